"""Reading archives back: what a file holds, and what a crash left of one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from storywire import notice
from storywire.sources import moments
from storywire.store.archive import form
from storywire.store.archive.facts import Held, Kept, Missed
from storywire.store.archive.files import ENDING, finished, is_alone, seen
from storywire.store.files import refused


def scan(raw: Path, path: Path) -> Iterator[Kept | Missed]:
    """The pages an archive of `Archive` holds, and the addresses it says were missed, up to its last whole record.

    They are what `keep` and `failed` returned. An archive of anybody else's gives none.

    Raises:
        OSError: The file cannot be read.
    """
    for _, found in _committed(path, seen(path).relative_to(raw).as_posix()):
        yield found


def recover(raw: Path, remember: Callable[[list[Kept | Missed]], None] = lambda found: None) -> list[Kept | Missed]:
    """Bring to an end what runs that died left half written, and tell what is in it.

    Every growing archive that no living process holds is cut behind the last page that is whole, and gets its visible
    name; one without a page is taken away. Whoever calls brings its own memory of addresses up to date with what
    each holds: all that `keep` had returned is in it, and pages that were written and not acknowledged may be.

    Args:
        raw: The raw folder.
        remember: Is told of each before it gets its visible name: what it remembers a second crash takes from nobody.

    Raises:
        StoreError: A file cannot be read, cut or renamed.
    """
    found: list[Kept | Missed] = []
    for growing in sorted(raw.glob(f"*/.*{ENDING}")):
        with refused(f"{growing}, which a crash left, cannot be brought to an end; make it writable"):
            found += _brought_to_an_end(raw, growing, remember)
    return found


def _brought_to_an_end(
    raw: Path, growing: Path, remember: Callable[[list[Kept | Missed]], None]
) -> list[Kept | Missed]:
    try:
        handle = os.open(growing, os.O_RDWR)
    except FileNotFoundError:  # its writer finished meanwhile
        return []
    if not is_alone(handle, growing):
        os.close(handle)
        return []
    end, found = 0, []
    for end, one in _committed(growing, seen(growing).relative_to(raw).as_posix()):  # noqa: B007 - read behind the loop
        found.append(one)
    if found:
        remember(found)
        finished(handle, growing, end)
    else:
        growing.unlink()
        os.close(handle)
    return found


def _committed(path: Path, name: str) -> Iterator[tuple[int, Kept | Missed]]:
    """What each record that commits something holds, with where it ends."""
    about: form.Record | None = None
    with path.open("rb") as file:
        for record in form.whole(file):
            found: Kept | Missed | None = None
            # One that lacks what ours have is another's.
            with contextlib.suppress(LookupError, ValueError, TypeError, AttributeError):
                if record.kind == "metadata":
                    about = record
                    found = _missed(record, f"{name}#offset={record.start}")
                elif about and about.headers["warc-concurrent-to"] == record.headers["warc-record-id"]:
                    found = _kept(record, about, f"{name}#offset={record.start}")
            if found:
                yield record.end, found


def _missed(record: form.Record, place: str) -> Missed | None:
    facts = record.facts
    if "failed" not in facts:
        return None
    kind, detail = facts["failed"]["kind"], facts["failed"]["detail"]
    at, said = _moment(record, "warc-date"), notice.read(record.block)
    return Missed(record.headers["warc-target-uri"], facts["source"], at, place, kind, detail, said)


def _kept(record: form.Record, about: form.Record, place: str) -> Kept | None:
    if record.kind not in ("response", "revisit"):
        return None
    facts = about.facts
    is_unchanged = record.kind == "revisit"
    held = Held(
        digest=facts["digest"],
        record=record.headers["warc-refers-to" if is_unchanged else "warc-record-id"],
        at=_moment(record, "warc-refers-to-date" if is_unchanged else "warc-date"),
        payload_digest=record.headers["warc-payload-digest"],
    )
    response = record.http
    return Kept(
        url=record.headers["warc-target-uri"],
        source=facts["source"],
        at=_moment(record, "warc-date"),
        place=place,
        held=held,
        is_unchanged=is_unchanged,
        status=int(response[""].split()[1]),
        etag=response.get("etag"),
        last_modified=response.get("last-modified"),
        hops=tuple((url, status) for url, status in facts["hops"]),
        notice=notice.read(about.block),
    )


def _moment(record: form.Record, name: str) -> datetime:
    moment = moments.read(record.headers[name])
    if moment is None:
        raise ValueError(f"{name} is no moment")
    return moment
