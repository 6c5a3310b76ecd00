"""Gather reports into events, and events into running stories."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pyarrow.compute as pc

from storywire import originators
from storywire.columns import coded
from storywire.schema import CLUSTERED, EVENTS, STORIES
from storywire.settings import Settings
from storywire.store import current
from storywire.store.files import read_table, write_table
from storywire.store.shelf import Shelf
from storywire.store.workspace import Workspace
from tasks.progress import stage
from tasks.step import step

COLUMNS = ["article_id", "capture_id", "captured_at", "site", "n_words", "language"]

FEW = ("site", "language")
"""Those that have few values: each is held once."""


@step("cluster")
def cluster(space: Workspace, settings: Settings, grouped: Path) -> Path:
    """Cluster one representative per duplicate group; copies follow it.

    Terms and titles are read for articles of events that changed; what is kept of the others stands.
    """
    from storywire.stories import clusters  # loads SciPy, a second that a run with nothing to do is spared

    articles = current.read(space, COLUMNS)
    groups = read_table(grouped, ["article_id", "duplicate_group", "is_lead", "published_on", "wire_agency"])
    groups = groups.take(pc.index_in(articles["article_id"], groups["article_id"]))
    for name in ("duplicate_group", "is_lead", "published_on"):
        articles = articles.append_column(name, groups[name])
    articles = articles.append_column("originator", originators.of(articles["site"], groups["wire_agency"]))
    for name in FEW:
        articles = articles.set_column(articles.column_names.index(name), name, coded(articles[name]))
    shelf = Shelf(space.clusters)
    with stage("cluster", articles.num_rows) as advance:
        found = clusters.cluster(
            articles, read=partial(current.of, space), kept=shelf, horizon_days=settings.story_horizon_days
        )
        shelf.clear()
        write_table(found.events, space.passing("events"), EVENTS.arrow)
        write_table(found.stories, space.passing("stories"), STORIES.arrow)
        write_table(found.clustered, space.passing("clustered"), CLUSTERED.arrow)
        advance(articles.num_rows)
    return space.passing("clustered")
