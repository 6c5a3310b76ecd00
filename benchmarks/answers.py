"""What the pipeline says of one page, one sentence, one text: the functions the benchmark's workers run."""

from __future__ import annotations

import resource
from datetime import date
from pathlib import Path
from typing import Any

from storywire import pages
from storywire.articles import language
from storywire.capture import Capture
from storywire.duplicates import shingles
from storywire.stories import terms

Row = dict[str, Any]


def article(capture: Capture) -> Row:
    """One page through both per-page stages; where it is rejected, the date that the rejection tells."""
    cleaned = pages.clean(capture)
    if cleaned["reason"] is not None:
        choice = pages.own_date(cleaned, capture.captured_at)
        return _dated(choice.published_on, choice.confidence)
    own = pages.normalise(cleaned | {"captured_at": capture.captured_at})
    # The labels are who is credited: an organisation where no person is.
    told = {"authors": cleaned["authors"] or cleaned["byline"]} | {name: cleaned[name] for name in ("text", "title")}
    return told | {"language": own["language"]} | _dated(own["published_on"], own["date_confidence"])


def _dated(day: date | None, confidence: float | None) -> Row:
    return {"publication_date": str(day) if day else None, "date_confidence": confidence}


def identified(text: str) -> Row:
    """The language of one sentence."""
    code = language.identify(text, None).code
    return {"language": None if code == "und" else code}


def compared(row: Row) -> Row:
    """What an article with known text is compared by."""
    code = row.get("language") or language.identify(row["text"], None).code
    weighed = terms.weigh(row["title"], row["text"], code)
    return {
        "language": code,
        "shingles": shingles.shingle(row["text"], code).tolist(),
        "terms": list(weighed.terms),
        "weights": weighed.weights.tolist(),
    }


def credited(capture: Capture) -> Row:
    """The agency one page credits, with the words that say so; nothing where it is rejected."""
    cleaned = pages.clean(capture)
    if cleaned["reason"] is not None:
        return {}
    own = pages.normalise(cleaned | {"captured_at": capture.captured_at})
    return {name: own[name] for name in ("wire_agency", "wire_source", "wire_confidence", "wire_evidence")}


def memory(capture: Capture) -> dict[str, int]:
    """The bytes of memory the process holds after one page, and the most it held in its life (on Linux)."""
    article(capture)
    held = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return {"held": held, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
