"""Where things lie in a data folder."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from storywire import version
from storywire.store import manifest
from storywire.store.files import INTERIM, PROCESSED, StoreError, refused


@dataclass(frozen=True, slots=True)
class Workspace:
    """A data folder: `interim/` for the stages, rebuilt at will, and `processed/` for the tables.

    `run` names the run at work, where it is one: it has a folder of its own for what its tasks hand on.
    `detector` is the setting `language_detector`, which the normalise stage depends on beside its code.
    """

    root: Path
    run: str = "nobody"
    detector: str = "combined"

    @property
    def interim(self) -> Path:
        """Everything between the captures and the tables."""
        return self.root / INTERIM

    @property
    def processed(self) -> Path:
        """The tables."""
        return self.root / PROCESSED

    @property
    def captures(self) -> Path:
        """The captured bytes, by capture day."""
        return self.interim / "captures"

    @property
    def ledger(self) -> Path:
        """Which raw files were read, and what in them became no capture."""
        return self.interim / "ledger.sqlite"

    @property
    def visits(self) -> Path:
        """What was asked of the web, and what is to be asked next."""
        return self.interim / "visits.sqlite"

    @property
    def fetching(self) -> Path:
        """The file held by who fetches from the web."""
        return self.interim / "fetch.lock"

    @property
    def completed(self) -> Path:
        """One record per capture day that was carried through, and notes of those that failed."""
        return self.interim / "days"

    @property
    def runs(self) -> Path:
        """One folder per run at work."""
        return self.interim / "run"

    @property
    def own(self) -> Path:
        """The folder of this run."""
        return self.runs / self.run

    @property
    def lock(self) -> Path:
        """The file held by who writes the tables."""
        return self.interim / "writer.lock"

    @property
    def intake(self) -> Path:
        """The file held by who takes captures in from a raw folder."""
        return self.interim / "intake.lock"

    @property
    def cleaned(self) -> Path:
        """Results of the clean stage, valid for one version of its code."""
        return self.interim / f"cleaned-{version.of(*version.CLEAN)}"

    @property
    def normalised(self) -> Path:
        """Results of the normalise stage, valid for one version of its code and the stage before, and one detector."""
        return self.interim / f"normalised-{version.of(*version.NORMALISE)}-{self.detector}"

    @property
    def copies(self) -> Path:
        """What is kept of the texts of each month, and of how they compare."""
        return self.interim / f"copies-{version.of(*version.RELATE)}-{self.detector}"

    @property
    def clusters(self) -> Path:
        """What is kept of the terms of each month's reports, and of the events and stories they make."""
        return self.interim / f"clusters-{version.of(*version.RELATE)}-{self.detector}"

    def shelves(self) -> list[Path]:
        """Where arrays are kept between runs, of any version of the code."""
        found = (path for step in ("copies", "clusters") for path in self.interim.glob(f"{step}-*"))
        return sorted(path for path in found if path.is_dir())

    def clear_shelves(self) -> None:
        """Have the next run compare all articles anew.

        Raises:
            StoreError: What is kept cannot be removed.
        """
        for folder in self.shelves():
            with refused(f"{folder} cannot be removed"):
                shutil.rmtree(folder)

    @property
    def published(self) -> Path:
        """What is remembered of the published files, see `store.published`."""
        return self.interim / "published"

    def passing(self, name: str) -> Path:
        """File that one task of this run hands to the next."""
        return self.own / f"{name}.parquet"

    def there(self) -> Workspace:
        """The same, for who changes nothing in a folder that no run has made.

        Raises:
            StoreError: No run has.
        """
        if not self.interim.is_dir():
            raise StoreError(
                f"{self.root} is no data folder of Storywire's; give another with --data, or let a run make it"
            )
        return self

    def prepare(self) -> Workspace:
        """Make the folders, and find out now whether they can be written to and what is in them is understood.

        Raises:
            StoreError: They cannot, or the tables were written by a newer version of Storywire.
        """
        for folder in (self.interim, self.processed):
            with refused(f"the data folder {folder} cannot be made"):
                folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK | os.X_OK):
                raise StoreError(f"the data folder {folder} is not writable; give another with --data")
        manifest.load(self.processed)
        return self
