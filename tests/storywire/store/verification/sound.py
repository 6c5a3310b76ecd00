"""A small data folder that keeps every promise: a story of two reports, one of them copied, and a page apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from storywire import figures, schema
from storywire.capture import Capture
from storywire.figures import DayFigures
from storywire.store import captures, completed, layout, ledger, manifest, stages, swap
from storywire.store.files import table_bytes, write_whole
from storywire.store.manifest import Manifest
from storywire.store.shelf import Shelf
from storywire.store.workspace import Workspace

Tables = dict[str, pa.Table]
TableOf = Callable[..., pa.Table]

MONDAY, TUESDAY = date(2026, 2, 2), date(2026, 2, 3)
DECLARED = {table.name: table for table in schema.PUBLISHED}


def page(uri: str, body: bytes, day: date | None, **facts: Any) -> Capture:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None
    return Capture(body, "html", uri, captured_at=moment, **facts)


FERRY_FIRST = page("ferry-1.html", b"<p>Ferry aground</p>", MONDAY)
FERRY = page("ferry-2.html", b"<p>Ferry aground off Norrby</p>", TUESDAY)
COPY = page("copy.html", b"<p>Ferry aground off Norrby, too</p>", TUESDAY)
TOWED = page("towed.html", b"<p>Ferry towed</p>", TUESDAY)
CHOIR = page("choir.html", b"<p>Choir festival</p>", None)
CHOIR_AGAIN = page("choir-again.html", b"<p>Choir festival</p>", None)
LOGIN = page("login.html", b"<p>Please log in</p>", MONDAY)
ALL = (FERRY_FIRST, FERRY, COPY, TOWED, CHOIR, CHOIR_AGAIN, LOGIN)


SHELVED = {"places": np.arange(3, dtype=np.int32), "leads": np.array([True, False, True])}


def of(capture: Capture) -> dict[str, Any]:
    return {"capture_uri": capture.uri, "capture_digest": capture.digest, "captured_at": capture.captured_at}


def tables(table_of: TableOf) -> Tables:
    story = {"story_id": "s20260202-0a", "event_id": "e20260202-0a", "revision": 1}
    ferry = {"duplicate_group": "g1", "site": "courier.example", "published_on": MONDAY, **story}
    later = {"duplicate_group": "g3", "published_on": TUESDAY, **story, "event_id": "e20260203-0b"}
    copied = {"is_lead": False, "duplicate_of": "a1", "duplicate_kind": "copy", "site": "echo.example"}
    inherited = {"date_inherited_from": "a1", "wire_inherited_from": "a1"}
    choir = {"duplicate_group": "g4", "event_id": "eundated-0c", "revision": 1}
    n = {"n_articles": 3, "n_reports": 2, "n_events": 2, "n_sites": 2, "n_sources": 2}
    chosen = {"rank": 1, "chosen": True}
    return {
        "articles": table_of(
            schema.ARTICLES,
            {"article_id": "a1", **ferry, **of(FERRY), "revision": 2, "text": "Ferry aground off Norrby"},
            {"article_id": "a2", **ferry, **copied, **inherited, **of(COPY)},
            {"article_id": "a3", **later, **of(TOWED)},
            {"article_id": "a4", **choir, **of(CHOIR)},
        ),
        "stories": table_of(
            schema.STORIES,
            {"story_id": "s20260202-0a", "first_on": MONDAY, "last_on": TUESDAY, **n, "lead_article": "a1"},
        ),
        "events": table_of(
            schema.EVENTS,
            {
                **{"event_id": "e20260202-0a", "story_id": "s20260202-0a", "first_on": MONDAY, "last_on": MONDAY},
                **{"n_articles": 2, "n_reports": 1, "n_sites": 2, "n_sources": 1, "lead_article": "a1"},
            },
            {
                **{"event_id": "e20260203-0b", "story_id": "s20260202-0a", "first_on": TUESDAY, "last_on": TUESDAY},
                **{"n_articles": 1, "n_reports": 1, "n_sites": 0, "n_sources": 1, "lead_article": "a3"},
            },
            {
                "event_id": "eundated-0c",
                "n_articles": 1,
                "n_reports": 1,
                "n_sites": 0,
                "n_sources": 1,
                "lead_article": "a4",
            },
        ),
        "revisions": table_of(
            schema.REVISIONS, {"article_id": "a1", "revision": 1, **of(FERRY_FIRST), "superseded_by": FERRY.digest}
        ),
        "duplicates": table_of(schema.DUPLICATES, {"article_id": "a2", "original_id": "a1", "published_on": MONDAY}),
        "date_evidence": table_of(
            schema.DATE_EVIDENCE,
            {"article_id": "a1", **chosen, "day": MONDAY, "captured_at": FERRY.captured_at},
            {"article_id": "a1", "rank": 2, "day": TUESDAY, "chosen": False, "captured_at": FERRY.captured_at},
            {"article_id": "a3", **chosen, "day": TUESDAY, "captured_at": TOWED.captured_at},
        ),
        "rejected": table_of(
            schema.REJECTED,
            {**of(LOGIN), "stage": "clean", "reason": "no_article"},
            {**of(CHOIR_AGAIN), "stage": "ingest", "reason": "repeat"},
            {"capture_uri": "torn.warc", "stage": "ingest", "reason": "truncated"},
        ),
        "story_aliases": table_of(
            schema.STORY_ALIASES, {"retired_id": "s20260203-0b", "story_id": "s20260202-0a"}, {"retired_id": "s1"}
        ),
        "captured": table_of(
            schema.CAPTURED, *({name: of(one)[name] for name in schema.CAPTURED.names} for one in ALL)
        ),
    }


def publish(space: Workspace, of_rows: Mapping[str, pa.Table]) -> None:
    """Publish tables as a run would, with figures that fit."""
    parts = [part for name, rows in of_rows.items() for part in layout.parts(DECLARED[name], rows)]
    index = pa.Table.from_pylist([of(one) for one in ALL])
    before = manifest.load(space.processed)
    after = Manifest(before.files, "captures and code", figures.by_day(index, of_rows), figures.in_all(of_rows))
    swap.publish(space.processed, swap.prepare(space.processed, before, parts, after))


def build(root: Path, table_of: TableOf) -> Workspace:
    """The folder, with everything a run leaves in it."""
    space = Workspace(root).prepare()
    captures.keep(space.captures, list(ALL))
    with ledger.opened(space.ledger) as book:
        book.record("raw", [ledger.Reading(one.uri, "1", ((one.id, one.uri, one.digest),), ()) for one in ALL])
    for folder, table in ((space.cleaned, schema.CLEANED), (space.normalised, schema.NORMALISED)):
        stages.keep(
            folder, str(TUESDAY), [dict.fromkeys(table.names) | {"capture_id": FERRY.id, "article_id": "a1"}], table
        )
    Shelf(space.copies).keep("2026-02", "captures of the month", lambda: dict(SHELVED))
    publish(space, tables(table_of))
    run = table_of(schema.RUNS, {"run_id": "r20260203T120000", "started_at": FERRY.captured_at})
    write_whole(space.processed / "runs/r20260203T120000.parquet", table_bytes(run))
    for figures_of_day in manifest.load(space.processed).days:
        completed.write(space.completed, done(figures_of_day))
    return space


def done(of_day: DayFigures) -> completed.DayDone:
    return completed.DayDone(
        **of_day.model_dump(),
        run_id="r",
        pipeline_version="1",
        seconds=1.0,
        finished_at=datetime(2026, 2, 4, tzinfo=UTC),
    )
