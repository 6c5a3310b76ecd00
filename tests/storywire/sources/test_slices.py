from __future__ import annotations

import gzip
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.sources.members import DamagedError
from storywire.sources.slices import CutShortError, Slice, slices

LIMIT = 10_000


def record(name: str, block: bytes = b"<p>Rain") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {name}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


RECORDS = [record(name, name.encode() * 700) for name in ("one", "two", "three", "four", "five")]
MEMBERS = [gzip.compress(part, mtime=0) for part in RECORDS]
EACH = b"".join(MEMBERS)
ALL = gzip.compress(b"".join(RECORDS))
PLAIN = b"".join(RECORDS)


def read(data: bytes, origin: int = 0) -> list[Slice]:
    file = io.BytesIO(data)
    file.seek(origin)
    return list(slices(file, origin, LIMIT, lambda header: None))


def taken(data: bytes) -> tuple[list[Slice], Exception | None]:
    """The records of a file, at most so many, and what ended it."""
    found: list[Slice] = []
    try:
        for one in slices(io.BytesIO(data), 0, LIMIT, lambda header: None):
            found.append(one)
    except (CutShortError, DamagedError) as error:
        return found, error
    return found, None


def names(found: list[Slice]) -> list[str | None]:
    return [one.header("WARC-Target-URI") for one in found]


@pytest.mark.parametrize("data", [EACH, PLAIN])
def test_reading_begins_again_at_any_record(data: bytes) -> None:
    whole = read(data)
    assert names(whole) == ["one", "two", "three", "four", "five"]
    assert whole[-1].after == len(data)
    for place, one in enumerate(whole):
        assert one.start is not None
        again = read(data, one.start)
        assert [(a.number, a.start, a.after, a.block) for a in again] == [
            (a.number, a.start, a.after, a.block) for a in whole[place:]
        ]
    assert [a.after for a in whole[:-1]] == [a.start for a in whole[1:]]


def test_a_member_is_given_as_it_lies_in_the_file() -> None:
    assert [one.member for one in read(EACH)] == MEMBERS
    assert all(one.member is None for one in read(PLAIN) + read(ALL))
    assert [one.head + (one.block or b"") + b"\r\n\r\n" for one in read(ALL)] == RECORDS
    padded = b"".join(part + bytes(50) for part in MEMBERS)  # as tapes pad
    assert [one.member for one in read(padded)] == MEMBERS
    halves = [gzip.compress(part[:100]) + gzip.compress(part[100:]) for part in RECORDS]
    assert [one.member for one in read(b"".join(halves))] == halves


def test_inside_a_member_nothing_can_be_found_again() -> None:
    whole = read(ALL)
    assert [one.start for one in whole] == [0, None, None, None, None]
    assert [one.after for one in whole] == [None, None, None, None, len(ALL)]
    assert [one.place for one in whole] == ["0", *(f"0+{sum(map(len, RECORDS[:n]))}" for n in range(1, 5))]


@pytest.mark.parametrize("data", [EACH, PLAIN, ALL])
def test_a_file_that_ends_early_gives_its_whole_records(data: bytes) -> None:
    for cut in range(len(data) // 2, len(data) - 5, 7):
        found, error = taken(data[:cut])
        assert error is not None or found[-1].after == cut
        assert names(found) == ["one", "two", "three", "four", "five"][: len(found)]
        assert all(one.block == (one.header("WARC-Target-URI") or "").encode() * 700 for one in found)
    assert found


def test_what_is_not_wanted_or_too_large_is_passed_over_unread() -> None:
    large = gzip.compress(record("large", bytes(50_000_000)))
    data = EACH + large + gzip.compress(RECORDS[0])
    found = list(
        slices(io.BytesIO(data), 0, LIMIT, lambda header: "two" if header("WARC-Target-URI") == "two" else None)
    )
    assert [one.why for one in found] == [None, "two", None, None, None, "too_large", None]
    assert all((one.block is None) == (one.why is not None) for one in found)


def test_a_record_that_claims_more_than_it_has_costs_no_other() -> None:
    short = gzip.compress(b"WARC/1.0\r\nContent-Length: 9000\r\n\r\nshort")
    assert [one.why for one in read(gzip.compress(RECORDS[0]) + short + EACH)] == [None, "bad_record", *[None] * 5]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_bytes_make_it_fail_otherwise(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from([EACH, PLAIN, ALL])))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    found, _ = taken(bytes(damaged))
    assert len(found) < 1_000
    assert all(one.block is None or len(one.block) <= LIMIT for one in found)


@pytest.mark.parametrize(
    "data",
    [
        b"WARC/1.0\r\n" + b"A" * 5_000_000,
        b"WARC/1.0\r\n" + b"A: b\r\n" * 800_000,
        b"\r\n" * 3_000_000,
        gzip.compress(b"") * 200_000,
        gzip.compress(b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n") * 20_000,
    ],
)
def test_hostile_bytes_cost_no_more_than_their_length(data: bytes) -> None:
    began = time.process_time()
    taken(data)
    assert time.process_time() - began < 8
