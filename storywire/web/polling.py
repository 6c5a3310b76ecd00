"""When to ask a feed again, from how often it changes."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHRINK = 0.5
"""Where something was new, half as long is waited: a feed that wakes up is followed within a few questions."""

GROW = 1.25
"""Where nothing was, a quarter longer. The pause settles where about one question in four finds something new."""

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def pause(before: float, *, changed: bool, least: float, most: float, fresh: float = 0.0) -> float:
    """Seconds until the next question, from the seconds waited before this one.

    `fresh` is how long the server calls its answer fresh: asking earlier would be in vain. It counts up
    to `most`, for some servers call a feed fresh for a year.

    >>> pause(1800, changed=True, least=300, most=86_400), pause(1800, changed=False, least=300, most=86_400)
    (900.0, 2250.0)
    """
    wished = before * (SHRINK if changed else GROW)
    return float(min(max(wished, least, fresh), most))


def after_failure(before: float, failures: int, most: float) -> float:
    """Seconds until a feed that could not be had is asked again: twice as long after each failure in a row.

    >>> [after_failure(600, failures, 7200) for failures in (1, 2, 5)]
    [600.0, 1200.0, 7200.0]
    """
    return float(min(before * 2 ** min(failures - 1, 20), most))


def fresh_seconds(headers: Iterable[tuple[str, str]]) -> float:
    """How long an answer stays fresh by its `Cache-Control: max-age`; 0 where it does not say.

    >>> fresh_seconds([("Cache-Control", "public, max-age=600")])
    600.0
    """
    for name, value in headers:
        if name.lower() == "cache-control" and (found := _MAX_AGE.search(value)):
            return float(found[1])
    return 0.0
