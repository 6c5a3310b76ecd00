"""Real pages damaged at random, and what is wrong with the rows they give."""

from __future__ import annotations

import dataclasses
import random
import time
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from storywire import pages
from storywire.capture import Capture
from storywire.pages import Row
from storywire.schema import CLEANED, NORMALISED
from storywire.sources import folder

BUNDLED = Path(__file__).parent.parent / "data" / "raw"

LARGEST = 1_000_000
"""Bytes of a page that is damaged: doubling parts of a large one says nothing new and takes its time."""

TROUBLE = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xc3",
        b"\xf4\x90\x80\x80",
        b"&#0;",
        b"&#xD800;",
        b"&#x202e;",
        b"&#133;",
    ),
    *("\u202e \u2066 \u200f \ufeff \uffff \U0010ffff a\u0301\u0327 \u1100\u1161\u11a8".encode().split()),
    *(b"\\ud800", b"\\u0000", b"<", b">", b'"', b"<!--", b"]]>", b"<script>", b"</p>", b"<table>", b"</body></html>"),
    *(b"<div>" * 50, b"[" * 50, b'{"@graph":', b"9" * 40, b"2026-13-45T99:99:99+99:99", b"0001-01-01", b"\x1b$B"),
    *(b'<?xml version="1.0" encoding="utf-16"?>', b"<meta charset=utf-7>", b"<base href='//['>", b"http://[", b"%"),
)
"""What has broken programs before."""

DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def bundled() -> list[Capture]:
    """The captures of the sample pages."""
    found = (got for path in folder.find(BUNDLED).inputs for got in folder.read(BUNDLED, path))
    return [got for got in found if isinstance(got, Capture)]


def labelled(data: Path) -> list[Capture]:
    """The pages of the labelled sets in a folder; none where there are no sets."""
    found = []
    if (data / "pages.parquet").exists():
        for row in pq.read_table(data / "pages.parquet", columns=["id", "html", "url"]).to_pylist():
            body = row["html"] if isinstance(row["html"], bytes) else row["html"].encode("utf-8", "replace")
            found.append(Capture(body, "html", row["id"], row["url"]))
    if (data / "textdumps.parquet").exists():
        for row in pq.read_table(data / "textdumps.parquet", columns=["id", "dump", "url"]).to_pylist():
            found.append(Capture(row["dump"].encode("utf-8", "replace"), "dump", row["id"], row["url"]))
    return found


def case(sources: Sequence[Capture], seed: int, number: int) -> Capture:
    """One damaged page."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - no secret hangs on it
    source = chance.choice(sources)
    body = bytearray(source.body[:LARGEST])
    for _ in range(chance.choice((1, 1, 2, 3, 8, 30))):
        _damage(body, chance.choice(sources).body, chance)
    moment = chance.choice((None, source.captured_at, datetime(2026, 2, 3, tzinfo=UTC)))
    charset = chance.choice((None, source.charset, "utf-8", "iso-8859-1", "utf-16", "koi8-r", "big5", "nonsense\x00"))
    return dataclasses.replace(source, body=bytes(body[:LARGEST]), captured_at=moment, charset=charset)


def _damage(body: bytearray, other: bytes, chance: random.Random) -> None:
    """Flip, delete, double, splice, cut off, or put in what has broken programs before."""
    start = chance.randrange(len(body) + 1)
    end = min(len(body), start + int(10 ** chance.uniform(0, 4)))
    match chance.randrange(7):
        case 0:
            for place in range(start, end, max(1, (end - start) // 8)):
                body[place] ^= 1 << chance.randrange(8)
        case 1:
            del body[start:end]
        case 2:
            body[end:end] = body[start:end] * chance.choice((1, 1, 2, 50 if end - start < 1000 else 1))
        case 3:
            place = chance.randrange(len(other) + 1)
            body[start:end] = other[place : place + int(10 ** chance.uniform(0, 4))]
        case 4:
            del body[chance.choice((start, end)) :]
        case 5:
            body[start:start] = chance.choice(TROUBLE) * chance.choice((1, 1, 3, 200))
        case _:
            body[start:end] = (
                body[start:end]
                .decode("utf-8", "replace")
                .encode(chance.choice(("utf-16", "cp1251", "gb18030", "utf-7")), "replace")
            )


def complaints(capture: Capture) -> list[str]:
    """What is wrong with the rows of a capture; what raises is left to the caller."""
    cleaned = pages.clean(capture)
    rows = [(cleaned, CLEANED)]
    if cleaned["reason"] is None:
        rows.append((pages.normalise(cleaned | {"captured_at": capture.captured_at}), NORMALISED))
    found = []
    for row, table in rows:
        pa.Table.from_pylist([row], schema=table.arrow).validate(full=True)
        found += [f"{name}: {text!a:.80} is {why}" for name, text in _texts(row) if (why := _dirt(name, text))]
    return found


def _texts(row: Row) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield name, each
            elif isinstance(each, dict):
                yield from _texts(each)


def _dirt(name: str, text: str) -> str | None:
    """Why a text is not clean Unicode."""
    if not unicodedata.is_normalized("NFC", text):
        return "not in NFC"
    if not text or text != text.strip():
        return "empty or has white space around it"
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") and not (name == "text" and character == "\n"):
            return f"with U+{ord(character):04X} in it"
        if character in DIRECTION:
            return "told its direction"
    return None


def timed(capture: Capture) -> tuple[float, list[str]]:
    """The complaints about a capture, and the seconds of processor time that it took to have them."""
    begun = time.process_time()
    found = complaints(capture)
    return time.process_time() - begun, found
