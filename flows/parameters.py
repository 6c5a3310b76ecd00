"""What flows can be asked for: types with bounds, of which the Prefect UI makes a form.

A value that cannot be is refused before a run begins, so it is never retried. What each parameter is
stands in the docstrings of the flows, where Prefect looks for the sentences of the form.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

EARLIEST = date(1990, 1, 1)
"""No page was captured before there was a web; a slip in the year ends here, and not in a range of centuries."""

MOST_CAUGHT_UP = 366
"""Days a daily run may catch up on: a year; a backfill does more."""

MOST_ACTIVE = 64
"""Days a backfill may hold open at once; past this the pages of one publish would not fit in memory."""


def _captured_by_now(day: date) -> date:
    """A capture day that has begun in UTC.

    >>> _captured_by_now(date(9999, 1, 1))
    Traceback (most recent call last):
    ValueError: 9999-01-01 lies in the future...
    """
    today = datetime.now(UTC).date()
    if day < EARLIEST:
        raise ValueError(f"{day} lies before there were pages to capture; give a day from {EARLIEST} on")
    if day > today:
        raise ValueError(f"{day} lies in the future (today is {today} in UTC); give a day that has been captured")
    return day


class Reprocess(StrEnum):
    """Which days of a backfill run again, beside those that never did."""

    NONE = "none"
    FAILED = "failed"
    COMPLETED = "completed"


class By(StrEnum):
    """What the days of a backfill are: days of capture, or days of publication."""

    CAPTURE = "capture"
    PUBLICATION = "publication"


CaptureDay = Annotated[date, AfterValidator(_captured_by_now)]
CatchUp = Annotated[int, Field(ge=0, le=MOST_CAUGHT_UP)]
MaxActive = Annotated[int, Field(ge=1, le=MOST_ACTIVE)]
