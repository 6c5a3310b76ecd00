"""What a source announced of its pages travels from the archive to the tables, through a real run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from storywire.notice import Notice
from storywire.store.archive import Archive
from tests.flows.commands import command
from tests.flows.runs import articles
from tests.storywire.store.archive.exchanges import Made

pytestmark = pytest.mark.slow

AT = datetime(2031, 3, 5, 8, 10, tzinfo=UTC)
TEXT = "".join(
    f"<p>The ice closed the sound on day {n}, and the ferries of Norrby stayed in port.</p>" for n in range(9)
)
ADDRESS = "https://norrby.example/sea/"


def page(name: str, **facts: object) -> Made:
    body = f"<html><body><article>{TEXT}<p>Written as {name}.</p></article></body></html>".encode()
    return Made(url=ADDRESS + name, payload=body, body=body, at=AT, **facts)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw, data = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("data")
    with Archive(raw, AT, "storywire/0.1", clock=lambda: AT) as archive:
        fed = Notice(
            origin="feed",
            published_at="Tue, 04 Mar 2031 06:30:00 GMT",
            title="Ice closes the sound",
            authors=("Mara Lindqvist",),
            tags=("ice",),
            site_name="Norrby Post",
        )
        kept = archive.keep(
            page("fed", headers=(("Content-Type", "text/html"), ("TDM-Reservation", "1"))), fed, "norrby"
        )
        archive.keep(page("fed"), fed, "norrby", unchanged_since=kept.held)
        mapped = Notice(origin="sitemap", published_at="2031-03-03T23:30:00-05:00")
        archive.keep(page("mapped", is_tls_verified=False), mapped, "norrby")
        archive.failed(f"{ADDRESS}gone", "timeout", f"{ADDRESS}gone: no answer in 20 s", fed, "norrby")
    done = command("run", "--raw", str(raw), "--data", str(data))
    assert done.returncode == 0, done.stderr
    return data


def test_a_page_is_dated_and_named_by_what_announced_it(data: Path) -> None:
    rows = {row.url.removeprefix(ADDRESS): row for row in articles(data).itertuples()}
    assert set(rows) == {"fed", "mapped"}
    fed, mapped = rows["fed"], rows["mapped"]
    assert (fed.published_on, fed.date_source) == (date(2031, 3, 4), "feed")
    assert fed.published_at == datetime(2031, 3, 4, 6, 30, tzinfo=UTC)
    assert (fed.title, list(fed.authors), list(fed.tags)) == ("Ice closes the sound", ["Mara Lindqvist"], ["ice"])
    assert (fed.site_name, list(fed.opt_out), fed.is_tls_verified) == ("Norrby Post", ["tdm-reservation"], True)
    assert (mapped.published_on, mapped.date_source) == (date(2031, 3, 3), "sitemap")
    assert (mapped.title, list(mapped.opt_out), mapped.is_tls_verified) == (None, [], False)


def test_every_date_that_was_announced_is_among_the_evidence(data: Path) -> None:
    evidence = pd.read_parquet(data / "processed/date_evidence")
    assert set(evidence[evidence.chosen].role) == {"feed", "sitemap"}


def test_an_address_that_could_not_be_had_is_among_the_rejected_and_a_page_found_again_is_not(data: Path) -> None:
    (row,) = pd.read_parquet(data / "processed/rejected").itertuples()
    assert (row.reason, row.url, row.stage) == ("not_fetched", f"{ADDRESS}gone", "ingest")
    assert "no answer in 20 s (timeout)" in row.detail
    assert len(pd.read_parquet(data / "processed/revisions")) == 0
