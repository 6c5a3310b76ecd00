from __future__ import annotations

import pytest

from storywire import pages
from storywire.capture import Capture
from storywire.work.pool import Pool
from tests.storywire.work import troubled

pytestmark = pytest.mark.slow  # real processes that really die

SENTENCES = (
    "The ferry that ran aground off Norrby was towed free on Wednesday night, a day later than the coast guard hoped.",
    "Divers found two dents in the hull but no leak, and the channel was opened to traffic again before midnight.",
    "The operator said the vessel would sail again on Saturday, and that its passengers get their money back.",
)


def page(number: int, trouble: str = "") -> Capture:
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    asks = f"<!-- TROUBLE {trouble} -->" if trouble else ""
    markup = f"<html><head><title>Ferry {number} towed free</title></head><body>{asks}<article>{body}</article>"
    return Capture(markup.encode(), "html", f"{number}.html", f"https://norrby.example/ferry-{number}")


def test_pages_that_hang_explode_and_crash_cost_their_own_rows_and_no_others() -> None:
    """The batch comes back whole and in order: articles as one process would read them, and the reason for the rest."""
    trouble = {2: "hangs", 5: "hoards", 8: "aborts"}
    batch = [page(number, trouble.get(number, "")) for number in range(10)]
    with Pool(
        workers=2, deadline_seconds=1, memory_bytes=1_500_000_000, preload=("storywire.work.warm", troubled.__name__)
    ) as pool:
        outcomes = list(pool.run_each(troubled.clean, batch))
    assert [outcome.item for outcome in outcomes] == batch
    for number, outcome in enumerate(outcomes):
        if number not in trouble:
            assert outcome.value == pages.clean(batch[number])
            assert outcome.value["text"] == "\n".join(SENTENCES)
    failures = {number: outcomes[number].failure for number in trouble}
    assert failures == {2: "timeout", 5: "crashed", 8: "crashed"}
