"""Signals against text and data mining, in the headers of a response and the meta elements of a page.

Nothing is decided here: a signal is recorded under one name, and whoever uses the tables decides what it forbids.
Read are `noai` and `noimageai` of robots directives, the W3C's TDM Reservation Protocol, and the `Content-Usage`
field of the IETF's AI preferences (draft-ietf-aipref-attach).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_DIRECTIVES = frozenset({"noai", "noimageai"})
_SCOPE = re.compile(r"\s*([A-Za-z*][\w./-]{0,60})\s*:\s*")
_NO_BOT = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
"""Directives that have a value behind a colon, as the name of a robot has its directives."""

_PREFERENCE = re.compile(r"\s*([a-z*][a-z0-9_.*-]{0,40})\s*=\s*n\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_LONGEST = 10_000
"""Characters of a value that are looked at."""


def from_headers(headers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The signals of a response, by name, sorted; one meant for a robot by name has that name in front.

    >>> from_headers([("X-Robots-Tag", "noai, noindex, otherbot: noimageai"), ("TDM-Reservation", "1")])
    ('noai', 'otherbot:noimageai', 'tdm-reservation')
    >>> from_headers([("Content-Usage", "train-ai=n, search=y")])
    ('content-usage:train-ai=n',)
    """
    return _sorted((name.strip().lower(), value) for name, value in headers)


def from_meta(names_and_contents: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The signals of a page's meta elements, by the same names.

    >>> from_meta([("Robots", "max-image-preview:large, noai"), ("tdm-reservation", "1"), ("author", "noai")])
    ('noai', 'tdm-reservation')
    """
    given = []
    for name, content in names_and_contents:
        name = name.strip().lower()
        if name.endswith("bot") and name.isascii():
            given.append(("x-robots-tag", f"{name}: {content}"))
        else:
            given.append(("x-robots-tag" if name == "robots" else name, content))
    return _sorted(given)


def _sorted(given: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    signals: set[str] = set()
    policy = ""
    for name, value in given:
        value = value[:_LONGEST]
        if name == "x-robots-tag":
            signals.update(_directives(value))
        elif name == "tdm-reservation" and value.strip() == "1":
            signals.add("tdm-reservation")
        elif name == "tdm-policy":
            policy = value.strip()
        elif name == "content-usage":
            members = (_PREFERENCE.fullmatch(member) for member in value.split(","))
            signals.update(f"content-usage:{found[1].lower()}=n" for found in members if found)
    if policy and "tdm-reservation" in signals:  # the policy says on what terms; without a reservation it says nothing
        signals.add(f"tdm-policy:{''.join(policy.split())[:500]}")
    return tuple(sorted(signals))


def _directives(value: str) -> Iterator[str]:
    """The directives of one value; a robot's name in front holds until another one is named."""
    robot = ""
    for piece in value.split(","):
        scope = _SCOPE.match(piece)
        if scope is not None and scope[1].lower() not in _NO_BOT:
            robot, piece = scope[1].lower(), piece[scope.end() :]
        directive = piece.strip().lower()
        if directive in _DIRECTIVES:
            yield f"{robot}:{directive}" if robot and robot != "*" else directive
