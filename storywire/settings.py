"""Every knob, with its unit, its default and the reason for the default.

Each is read from an environment variable `STORYWIRE_<NAME>` or from a file `.env`; the command
line and the flows pass values on, so nothing else in the project reads the environment.
"""

from __future__ import annotations

import difflib
import io
import os
from pathlib import Path
from typing import Literal

from dotenv.parser import parse_stream
from pydantic import Field, IPvAnyNetwork, SecretStr, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "STORYWIRE_"
"""How the names of environment variables begin that are settings."""

FILE = Path(".env")
"""The file of settings, in the folder a command is started in."""


class SettingsError(Exception):
    """What is set cannot be read, or is no setting; the message says where and what to do."""


class Settings(BaseSettings):
    """What an operator may set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    raw: Path = Field(Path("data/raw"), description="Folder the captures are taken from.")
    data: Path = Field(Path("data"), description="Folder that holds `interim/` and `processed/`.")
    sources: Path = Field(
        Path("sources.toml"),
        description="File that lists what is to be fetched; it need not exist. docs/sources.md.",
    )

    max_page_bytes: int = Field(
        10_000_000,
        ge=1_000,
        description="Largest page taken, in bytes after decompression. The largest of 585 real pages has 2.1 MB; "
        "what is larger is a list, an archive or an attack.",
    )
    page_deadline_seconds: float = Field(
        10.0,
        gt=0,
        description="Longest a worker may compute over one page, in seconds of processor time, so that a busy machine "
        "gives up no more pages than an idle one; three times as long by the clock. The slowest of 293 real pages "
        "took 1.5.",
    )
    worker_memory_bytes: int = Field(
        3_000_000_000,
        ge=500_000_000,
        description="Address space of one worker, in bytes; a page that needs more is rejected.",
    )
    workers: int = Field(
        default_factory=lambda: max(1, os.cpu_count() or 1),
        ge=1,
        description="Processes that read pages side by side; as many as there are processors.",
    )
    recycle_after: int = Field(
        2_000, ge=1, description="Pages a worker reads before a fresh one takes over: bounds what a leak can cost."
    )
    batch_captures: int = Field(
        500,
        ge=1,
        description="Captures that are stored, and cleaned, in one go: what a crash costs at most.",
    )
    duplicate_window_days: int = Field(
        14, ge=0, description="Dated articles further apart than this are no copies, in days."
    )
    story_horizon_days: int = Field(
        30,
        ge=0,
        le=36_525,  # days are 32-bit numbers; a century is more than any page lay unseen
        description="How far before its capture an article without a date is looked up among events and stories, in "
        "days. Dated articles need none: the days between them decide.",
    )
    language_detector: Literal["combined", "langdetect"] = Field(
        "combined",
        description="What tells the language of a text: `combined`, langdetect's profiles with py3langid beside them "
        "for what they have no profile of; `langdetect`, that library's own code alone, seeded: a tenth of the speed.",
    )
    contact: str | None = Field(
        None,
        min_length=3,
        description="Mail or web address of who runs this: part of the User-Agent, so that a host can complain. "
        "Without it nothing is fetched from the web.",
    )
    fetch_connections: int = Field(50, ge=1, description="Hosts that are asked side by side; each one thing at a time.")
    fetch_minutes: float = Field(
        50.0,
        gt=0,
        description="Longest a run goes on to fetch, in minutes; what is left waits for the next. Ends before the "
        "next hour's run begins.",
    )
    backoff_seconds: float = Field(
        1.0,
        ge=0,
        description="Longest first pause after a host was in trouble, in seconds; twice as long after each one more.",
    )
    allowed_networks: tuple[IPvAnyNetwork, ...] = Field(
        (),
        description='Networks that may be fetched from though they are not public, as JSON: `["10.1.0.0/16"]`. For '
        "sites of the house, and tests.",
    )
    known_hosts: dict[str, str] = Field(
        {},
        description='Addresses of hosts that are not looked up, as JSON: `{"*.test": "127.0.0.1"}`. They are judged '
        "like all others.",
    )
    s3_anonymous: bool = Field(
        True,
        description="Whether archives in S3 are asked for without credentials, as public ones may be; else with those "
        "that boto3 finds.",
    )
    remember_days: int = Field(
        90,
        ge=1,
        description="Days for which a page is remembered that no feed or sitemap names any more. One that is named "
        "again later is fetched again.",
    )
    remember_pages: int = Field(
        2_000_000, ge=1_000, description="Most pages that are remembered; some 500 bytes of disk each."
    )
    lock_wait_seconds: float = Field(
        3600.0,
        ge=0,
        description="How long a run waits for another that writes, in seconds; 0 gives up at once. Only a hung "
        "process is waited for that long: a dead one holds nothing.",
    )
    task_runner: Literal["threads", "dask"] = Field(
        "threads",
        description="Where pages are read: `threads` in worker processes of the run itself, `dask` in those of a "
        "Dask cluster that shares the data folder (needs a Prefect server and the extra `dask`).",
    )
    dask_address: str | None = Field(
        None, description="Address of the Dask scheduler, such as `tcp://scheduler:8786`; needed for `dask`."
    )
    silent_days: int = Field(
        3, ge=1, description="Days without a capture after which `storywire status` calls an outlet or source silent."
    )
    keep_stages_days: int = Field(
        14,
        ge=0,
        description="Days for which `maintain` keeps stage results of code that is no longer run: time to go back.",
    )
    keep_runs_days: int = Field(0, ge=0, description="Days for which `maintain` keeps rows of `runs`; 0 keeps all.")
    failure_webhook: SecretStr | None = Field(
        None, description="Address that is sent a JSON object (POST) when a run fails. Never logged."
    )
    failure_command: SecretStr | None = Field(
        None,
        description="Command that is run, with the same JSON on its standard input, when a run fails: a program and "
        "its arguments, without a shell. Never logged.",
    )

    @model_validator(mode="after")
    def _dask_has_an_address(self) -> Settings:
        if self.task_runner == "dask" and not self.dask_address:
            raise ValueError("the task runner `dask` needs STORYWIRE_DASK_ADDRESS, such as tcp://scheduler:8786")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, the environment and `.env`, once nothing in them is lost without a word.

        Raises:
            SettingsError: `.env` cannot be read, or a name in it is that of no setting, or one in the environment
                is nearly that of a setting. Others there may be a platform's: Kubernetes sets STORYWIRE_SERVICE_HOST
                for a service named so.
        """
        for name, where in {**dict.fromkeys(os.environ, ""), **_set_in(FILE)}.items():
            short = name.upper().removeprefix(PREFIX).lower()
            if not name.upper().startswith(PREFIX) or short in cls.model_fields:
                continue
            if close := difflib.get_close_matches(short, cls.model_fields, 1, cutoff=0.6 if where else 0.8):
                meant = f"did you mean {PREFIX}{close[0].upper()}?"
                raise SettingsError(f"{where or 'the environment'}: there is no setting {name}; {meant}")
            if where:
                raise SettingsError(f"{where}: there is no setting {name}; docs/settings.md lists them all")
        # Only now, and not by the model's own configuration: a source reads its file when it is made.
        in_file = DotEnvSettingsSource(settings_cls, env_file=FILE, env_file_encoding="utf-8")
        return init_settings, env_settings, in_file

    @property
    def page_limits(self) -> str:
        """What a page may cost, as a stored verdict names it."""
        return f"{self.page_deadline_seconds:g} s, {self.worker_memory_bytes} bytes"

    def at(self, raw: Path | None, data: Path | None) -> Settings:
        """The same settings with other folders, where such are given."""
        return self.model_copy(update={"raw": raw or self.raw, "data": data or self.data})


def _set_in(file: Path) -> dict[str, str]:
    """The names that a file sets, each with where it stands; none where there is no file.

    Raises:
        SettingsError: It cannot be read, or a line in it sets nothing.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        wrong = f"{file.absolute()} cannot be read as UTF-8 text ({error})"
        raise SettingsError(f"{wrong}; mend it or take it away") from None
    found = {}
    for binding in parse_stream(io.StringIO(text)):
        written = binding.original.string.lstrip()
        empty_lines = binding.original.string.removesuffix(written).count("\n")
        where = f"{file}:{binding.original.line + empty_lines}"
        if binding.error or (binding.key and binding.value is None):
            raise SettingsError(f"{where}: {written.rstrip()!r} sets nothing; write NAME=value")
        if binding.key:
            found[binding.key] = where
    return found
