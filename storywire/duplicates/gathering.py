"""Related texts into groups and edges, component by component, what is found kept from run to run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from storywire.components import Arrays, Kept, by_home, components, digest, homes
from storywire.duplicates import cells, compare, edges, inheritance
from storywire.duplicates.bands import Flags, Why, is_copy
from storywire.duplicates.compare import Related
from storywire.duplicates.edges import Edges
from storywire.duplicates.months import Compared
from storywire.duplicates.sets import Ints


@dataclass(frozen=True, slots=True)
class Copies:
    """The lead of every article, by row, and whom it takes its date and its credit from (-1 for nobody); all edges."""

    lead: Ints
    date_from: Ints
    credit_from: Ints
    edges: Edges


@dataclass(frozen=True, slots=True)
class _Batch:
    """Components to be gathered: their texts, the articles that have these, and their pairs; all ascending."""

    texts: Ints
    articles: Ints
    related: Related


def gather(rows: pa.Table, found: Compared, originality: Ints, window_days: int, kept: Kept) -> Copies:
    """The groups of copies among compared articles, and an edge for each pair that shares text.

    `rows` are in order of their ids; `originality` is the place of each in the order of who took from whom.
    """
    n, related = rows.num_rows, found.related
    # What quotes two texts in full may turn out to be put together from them: that is decided with its copies.
    tied = is_copy(related.why) | (related.why == Why.QUOTED)
    component = components(found.texts.article.size, *related.rows[tied].T)
    repeated = np.bincount(found.text_of, minlength=component.size) > 1
    home = homes(component, found.texts.sets.part, ~repeated)
    one, other = related.rows.T
    inside = component[one] == component[other]
    pairs_of = dict(by_home(np.where(inside, home[one], -1)))
    articles_of = dict(by_home(home[found.text_of]))
    lead, date_from, credit_from = np.arange(n), np.full(n, -1), np.full(n, -1)
    parts = [edges.apart(found, related.pick(~inside), originality)]
    for part, texts in by_home(home):
        pairs = related.pick(pairs_of.get(part, np.empty(0, np.int64)))
        batch = _Batch(texts, articles_of[part], pairs)
        make = partial(_gathered, rows, found, repeated, originality, window_days, batch)
        made = kept.keep(f"copies-{found.names[part]}", _key(rows, found, window_days, batch), make)
        lead[batch.articles] = batch.articles[made["lead"]]
        for name, target in (("date_from", date_from), ("credit_from", credit_from)):
            taker = np.flatnonzero(made[name] >= 0)
            target[batch.articles[taker]] = batch.articles[made[name][taker]]
        parts.append(edges.from_arrays(made, batch.articles))
    return Copies(lead, date_from, credit_from, edges.joined(parts))


def _key(rows: pa.Table, found: Compared, window_days: int, batch: _Batch) -> str:
    """What a batch was made from: who is in it, and how they compare; nothing if nothing is kept between runs."""
    if "capture_id" not in rows.column_names:
        return ""
    names = (rows[name].take(pa.array(batch.articles)).to_pylist() for name in ("article_id", "capture_id"))
    texts = np.searchsorted(batch.texts, found.text_of[batch.articles])
    pairs = np.searchsorted(batch.texts, batch.related.rows)
    related = batch.related
    return digest(window_days, *names, texts, pairs, related.body, related.opening, related.why, related.title)


def _gathered(
    rows: pa.Table, found: Compared, repeated: Flags, originality: Ints, window_days: int, batch: _Batch
) -> Arrays:
    """Leads, donors and edges of a batch, its articles numbered from 0."""
    known, article = found.texts.known, found.texts.article[batch.texts]
    order = cells.by_size(found.texts.sets.body[batch.texts], known.day[article], article)
    number = np.empty(order.size, dtype=np.int64)
    number[order] = np.arange(order.size)
    chosen = batch.texts[order]
    texts = compare.Texts(found.texts.sets.take(chosen), found.texts.indexes, article[order], known)
    text_of = number[np.searchsorted(batch.texts, found.text_of[batch.articles])]
    pairs = batch.related
    placed = np.sort(number[np.searchsorted(batch.texts, pairs.rows)], axis=1)
    wide = Related(placed, pairs.body.astype(np.int64), pairs.opening.astype(np.int64), pairs.why, pairs.title)
    # Pairs by number: what follows must not depend on how the articles lie in cells.
    wide = wide.pick(np.lexsort((placed[:, 1], placed[:, 0])))
    gathered = compare.gather(texts, repeated[chosen], wide, window_days)
    best = np.searchsorted(batch.articles, texts.article)
    lead = best[gathered.lead[text_of]]
    donors = inheritance.donors(rows.take(pa.array(batch.articles)), lead)
    bound = edges.between(gathered, text_of, best, originality[batch.articles])
    return {"lead": lead.astype(np.int32), **donors, **bound.arrays()}
