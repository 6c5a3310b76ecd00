"""What flows can be asked for: types with bounds and a sentence, which the Prefect UI shows as a form.

A value that cannot be is refused before a run begins, so it is never retried.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

MOST_ACTIVE = 64
"""Days a backfill may hold open at once; past this the pages of one publish would not fit in memory."""


def _captured_by_now(day: date) -> date:
    """A capture day that has begun somewhere in UTC.

    >>> _captured_by_now(date(9999, 1, 1))
    Traceback (most recent call last):
    ValueError: 9999-01-01 lies in the future...
    """
    today = datetime.now(UTC).date()
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
Raw = Annotated[
    Path | None,
    Field(description="Folder the captures are taken from; the worker's STORYWIRE_RAW where not given."),
]
Data = Annotated[
    Path | None,
    Field(description="Folder that holds the stages and the tables; the worker's STORYWIRE_DATA where not given."),
]
Day = Annotated[
    CaptureDay | None,
    Field(description="Capture day (UTC). Not given: the day before the scheduled time."),
]
CatchUp = Annotated[
    int,
    Field(ge=0, le=366, description="Days before it that are run as well where they are missing or have failed."),
]
First = Annotated[CaptureDay, Field(description="First day of the range (UTC).")]
Last = Annotated[CaptureDay, Field(description="Last day of the range (UTC), included.")]
Which = Annotated[
    Reprocess,
    Field(
        description="Days that never ran always run. `none`: only these; `failed`: also those that failed; "
        "`completed`: all, and every page is read again."
    ),
]
MaxActive = Annotated[
    int,
    Field(ge=1, le=MOST_ACTIVE, description="Days that are read side by side, and published together."),
]
Backwards = Annotated[bool, Field(description="Newest day first.")]
DryRun = Annotated[bool, Field(description="Only say which days would run, and why.")]
Diff = Annotated[bool, Field(description="Compute the tables, publish nothing, and say what would change in them.")]
Kind = Annotated[
    By,
    Field(
        description="`capture`: the range names days of capture. `publication`: the days on which articles published "
        "in the range were captured, as far as the tables know, and those of the range that never ran."
    ),
]
Repair = Annotated[bool, Field(description="Mend what is safe to mend: derived files, an interrupted publish.")]
