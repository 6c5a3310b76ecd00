"""From a list of feeds to the tables: `storywire fetch`, `run` and `status` on a web on this machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from storywire.store.archive import Kept, Missed
from tests.flows.commands import command
from tests.flows.runs import articles
from tests.flows.serving import Server
from tests.storywire.web import webs

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Done:
    """The folder it all took place in, what the web says should come, and what the commands said."""

    folder: Path
    expected: dict[str, Any]
    fetched: dict[str, dict[str, int]]
    again: dict[str, dict[str, int]]

    @property
    def data(self) -> Path:
        return self.folder / "data"


def by_the_list(web: Path) -> dict[str, str]:
    """Settings by which the web in a folder is fetched."""
    return {
        "STORYWIRE_SOURCES": str(web / "sources.toml"),
        "STORYWIRE_CONTACT": "desk@norrby.test",
        "STORYWIRE_ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "STORYWIRE_KNOWN_HOSTS": '{"*.test": "127.0.0.1"}',
        "STORYWIRE_BACKOFF_SECONDS": "0.02",
    }


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("operator")
    places = ("--raw", str(folder / "raw"), "--data", str(folder / "data"))
    environment = by_the_list(folder / "web")
    with webs.serving(folder / "web", "--hosts", "8", "--pages", "60", "--seed", "3") as web:
        said: list[dict[str, dict[str, int]]] = []
        for _ in range(2):
            ended = command("fetch", "--json", *places, **environment)
            assert ended.returncode == 0, ended.stderr
            said.append(json.loads(ended.stdout))
        expected = web.expected
    # The web is gone: what is fetched is read from the raw folder alone.
    ended = command("run", *places, **environment | {"STORYWIRE_SOURCES": str(folder / "none.toml")})
    assert ended.returncode == 0, ended.stderr
    return Done(folder, expected, *said)


def test_what_can_be_had_is_fetched_and_in_the_tables(done: Done) -> None:
    held = webs.held(done.folder / "raw")
    had = {webs.asked(one): one for one in held if isinstance(one, Kept)}
    assert set(had) == set(done.expected["had"])
    assert sum(counts.get("had", 0) for counts in done.fetched.values()) >= 0.9 * len(had)
    rows = articles(done.data)
    assert set(rows.url) == {one.url for one in had.values()}
    assert set(rows.site_name) == {f"Outlet {number:02}" for number in range(8)}
    by_url = {one.url: one for one in had.values()}
    stored = pd.concat(pd.read_parquet(path) for path in (done.data / "interim/captures").rglob("*.parquet"))
    assert {row.url: row.source for row in stored.itertuples()} == {url: one.source for url, one in by_url.items()}


def test_what_feeds_and_sitemaps_announced_is_evidence_for_the_date(done: Done) -> None:
    evidence = pd.read_parquet(done.data / "processed/date_evidence")
    announced = evidence[evidence.role.isin(["feed", "sitemap"])]
    assert set(announced.article_id) == set(articles(done.data).article_id)
    rows = articles(done.data)
    assert rows.published_on.notna().all()


def test_what_could_not_be_had_is_told_with_the_reason(done: Done) -> None:
    rejected = pd.read_parquet(done.data / "processed/rejected")
    told = rejected[rejected.reason == "not_fetched"]
    missed = {one.url for one in webs.held(done.folder / "raw") if isinstance(one, Missed)}
    assert set(told.url) == missed >= set(done.expected["forbidden"])
    assert told[told.url.isin(done.expected["forbidden"])].detail.str.contains("robots.txt asks").all()


def test_a_second_fetch_asks_for_what_is_left_and_the_status_shows_how_each_source_does(done: Done) -> None:
    assert sum(counts.get("asked", 0) for counts in done.again.values()) == 0  # no feed is due so soon
    ended = command("status", "--data", str(done.data), "--json")
    assert ended.returncode == 0, ended.stderr
    fetched = {one["source"]: one for one in json.loads(ended.stdout)["fetched"]}
    assert set(fetched) == {f"outlet-{number:02}{kind}" for number in range(8) for kind in ("", "-map")}
    assert all(one["error"] is None and one["asked_at"] for one in fetched.values())
    assert sum(one["seen"] for one in fetched.values()) == len(done.expected["had"])
    assert any(one["failures"].get("robots") for one in fetched.values())


def test_the_deployment_fetches_by_the_list_of_its_worker_and_shows_what_came(server: Server, folder: Path) -> None:
    places = (folder / "data", folder / "raw", folder / "worker.log")
    with (
        webs.serving(folder / "web", "--hosts", "4", "--pages", "20", "--seed", "5") as web,
        server.worker(*places, **by_the_list(folder / "web")) as worker,
    ):
        run = server.ended(server.start("fetch"), worker, places[-1])
        assert run["state_type"] == "COMPLETED", places[-1].read_text()[-3000:]
        expected = web.expected
    held = webs.held(folder / "raw")
    assert sorted(webs.asked(one) for one in held if isinstance(one, Kept)) == expected["had"]
    (shown,) = [one["data"] for one in server.all("artifacts") if one["key"] == "storywire-fetch"]
    assert sum(int(row.get("had") or 0) for row in json.loads(shown)) == len(expected["had"])
    said = places[-1].read_text()
    assert "Finished in state" in said
    assert not any("<html" in line for line in [*server.log(run["id"]), said]), "no log holds a page"
