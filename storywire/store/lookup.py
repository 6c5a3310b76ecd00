"""Articles by the names people have for them, and what the tables say of two of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import pyarrow as pa
import pyarrow.compute as pc

from storywire import explanation, schema
from storywire.articles import urls
from storywire.explanation import Explanation
from storywire.settings import Settings
from storywire.store import manifest
from storywire.store.files import StoreError, read_table
from storywire.store.manifest import Manifest
from storywire.store.reading import of_one_state

if TYPE_CHECKING:
    from storywire.store.storylines import Storyline

Row = dict[str, Any]

NAMES = ("article_id", "url", "canonical_url", "capture_uri")
"""Columns an article can be named by."""

SHOWN = 5
"""Names told in a sentence that cannot tell them all."""

ALIKE = 2_000
"""Names that are compared letter by letter with one nobody knows."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Two articles, and what the tables hold of them: all columns but where it says otherwise.

    `others` are the leads of their groups and those they inherited from, by id; `edges` the pairs among all of these.
    """

    one: Row
    other: Row
    others: dict[str, Row]
    edges: list[Row]
    events: dict[str, Row]
    stories: dict[str, Row]


@overload
def explain(one: str, other: str, data: Path | str | None = None) -> Explanation: ...


@overload
def explain(one: str, other: None = None, data: Path | str | None = None) -> Storyline: ...


def explain(one: str, other: str | None = None, data: Path | str | None = None) -> Explanation | Storyline:
    """Why two articles are the same, or not; or, given one id, how a story or an event holds together.

    Args:
        one: An article id, an address, or a file name below the raw folder; by itself the id of a story or an event.
        other: The other article.
        data: The data folder; the setting `STORYWIRE_DATA` (default `data`) where not given.

    Raises:
        StoreError: A name is unknown or fits several articles; or nothing was published in that folder.
    """
    if other is None:
        from storywire.store import storylines  # loads SciPy, a second that two articles are spared

        return storylines.explain(one, data)
    settings = Settings()
    found = facts(Path(data if data is not None else settings.data) / "processed", one, other)
    return explanation.explain(
        found.one,
        found.other,
        others=found.others,
        edges=found.edges,
        events=found.events,
        stories=found.stories,
        window_days=settings.duplicate_window_days,
    )


def facts(processed: Path, one: str, other: str) -> Facts:
    """What the tables hold of two articles: ids, addresses, file names or ends of paths in the raw folder.

    Raises:
        StoreError: A name is unknown or fits several articles; or nothing was published in that folder.
    """
    return of_one_state(processed, lambda: _facts(processed, one, other))


def _facts(processed: Path, one: str, other: str) -> Facts:
    state = manifest.load(processed)
    leaves = _paths(state, "articles")
    index = {leaf: read_table(processed / leaf, list(NAMES)) for leaf in leaves}
    names = pa.concat_tables([schema.ARTICLES.empty().select(list(NAMES)), *index.values()])
    ids = [_named(processed, state, names, name) for name in (one, other)]
    rows = _rows(processed, index, ids)
    near = {row[column] for row in rows.values() for column in _POINTERS if row[column] is not None} - set(ids)
    others = _rows(processed, index, near)
    known = rows | others
    months = {f"{row['published_on']:%Y-%m}" if row["published_on"] else schema.UNDATED for row in known.values()}
    edges = [
        edge
        for path in _paths(state, "duplicates")
        if path.split("/")[1].partition("=")[2] in months
        for edge in _among(read_table(processed / path), set(known))
    ]
    clusters = [
        _keyed(processed, state, table, {row[f"{key}_id"] for row in rows.values()})
        for table, key in (("events", "event"), ("stories", "story"))
    ]
    return Facts(rows[ids[0]], rows[ids[1]], others, edges, *clusters)


_POINTERS = ("duplicate_of", "date_inherited_from", "wire_inherited_from")


def _paths(state: Manifest, table: str) -> list[str]:
    files = state.files
    return sorted(files.filter(pc.equal(files["table"], table))["path"].to_pylist())


def _rows(processed: Path, index: dict[str, pa.Table], ids: Iterable[str]) -> dict[str, Row]:
    """The articles with these ids, from the files that hold them."""
    wanted = pa.array(sorted(set(ids)), pa.string())
    found: dict[str, Row] = {}
    for leaf, names in index.items():
        if pc.any(pc.is_in(names["article_id"], wanted)).as_py():
            rows = read_table(processed / leaf)
            found |= {row["article_id"]: row for row in rows.filter(pc.is_in(rows["article_id"], wanted)).to_pylist()}
    return found


def _among(edges: pa.Table, ids: set[str]) -> list[Row]:
    wanted = pa.array(sorted(ids), pa.string())
    both = pc.and_(pc.is_in(edges["article_id"], wanted), pc.is_in(edges["original_id"], wanted))
    found: list[Row] = edges.filter(both).to_pylist()
    return found


def _keyed(processed: Path, state: Manifest, table: str, keys: set[str | None]) -> dict[str, Row]:
    """The rows of `events` or `stories` with these keys."""
    rows: list[Row] = []
    for path in _paths(state, table):
        held = read_table(processed / path)
        key = held.column_names[0]
        rows += held.filter(pc.is_in(held[key], pa.array(sorted(filter(None, keys)), pa.string()))).to_pylist()
    return {next(iter(row.values())): row for row in rows}


def _named(processed: Path, state: Manifest, names: pa.Table, name: str) -> str:
    """The article a name means."""
    address = urls.canonical(name)
    for column, value in (("article_id", name), ("url", name), ("canonical_url", address), ("capture_uri", name)):
        found = names.filter(pc.equal(names[column], value or ""))
        if found.num_rows == 1:
            return str(found["article_id"][0])
        if found.num_rows:
            raise StoreError(_ambiguous(name, found))
    found = names.filter(_ends(names["capture_uri"], name))
    if found.num_rows == 1:
        return str(found["article_id"][0])
    raise StoreError(_ambiguous(name, found) if found.num_rows else _unknown(processed, state, names, name))


def _ends(uris: pa.ChunkedArray, name: str) -> pa.Array:
    """Which captures have this file name or end of a path, the place in a container left out or not."""
    wanted = "/" + name.removeprefix("./").lstrip("/")

    def fits(uri: str) -> bool:
        parts = (uri, uri.partition("#")[0])
        # A path from elsewhere, `data/raw/2026-02-03/page.html`, ends with the one below the raw folder.
        return any(f"/{part}".endswith(wanted) or wanted.endswith(f"/{part}") for part in parts)

    return pa.array([fits(uri or "") if uri else False for uri in uris.to_pylist()], pa.bool_())


def _ambiguous(name: str, found: pa.Table) -> str:
    rows = sorted(zip(found["capture_uri"].to_pylist(), found["article_id"].to_pylist(), strict=True))
    told = ", ".join(f"{uri} ({article})" for uri, article in rows[:SHOWN])
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return f"{name!r} fits {len(rows)} articles: {told}{more}; give more of the path, or the article id"


def _unknown(processed: Path, state: Manifest, names: pa.Table, name: str) -> str:
    """Why no article has this name, and which have one like it."""
    for path in _paths(state, "revisions"):
        rows = read_table(processed / path, ["capture_uri", "article_id"])
        for row in rows.filter(_ends(rows["capture_uri"], name)).to_pylist()[:1]:
            return f"{name!r} is an earlier capture of {row['article_id']}; give that id to compare its newest text"
    for path in _paths(state, "rejected"):
        rows = read_table(processed / path, ["capture_uri", "url", "reason", "detail"])
        rows = rows.filter(pc.or_(_ends(rows["capture_uri"], name), pc.fill_null(pc.equal(rows["url"], name), False)))
        for row in rows.to_pylist()[:1]:
            return f"{name!r} became no article ({row['reason']}: {row['detail']}); give a capture that did"
    like = _alike(name, names)
    hint = f"; like it are {', '.join(like)}" if like else ""
    return f"no article is called {name!r}{hint}; give an article id, an address, or a file name below the raw folder"


def _alike(name: str, names: pa.Table) -> list[str]:
    """Names of articles that a slip of the finger may have meant."""
    column = "canonical_url" if "://" in name else "capture_uri"
    given = (urls.canonical(name) or name) if "://" in name else name.rsplit("/", 1)[-1]
    known = {value for value in names[column].to_pylist() if value}
    ends = {value: value if "://" in name else value.rsplit("/", 1)[-1] for value in sorted(known)}
    if "://" not in name:
        ends |= {article: article for article in names["article_id"].to_pylist()}
    held = sorted(value for value in ends if name and name.lower() in value.lower())
    if held:
        return held[:3]
    # Letter by letter is slow: where there are many, those with most letter pairs in common.
    pairs = {given[at : at + 2] for at in range(len(given) - 1)}
    likely = sorted(ends, key=lambda value: (-sum(pair in ends[value] for pair in pairs), value))[:ALIKE]
    scored = ((difflib.SequenceMatcher(None, given, ends[value], autojunk=False).ratio(), value) for value in likely)
    return [value for score, value in sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:3] if score >= 0.6]
