"""Feeds and sitemaps as XML: the few parts of each entry that are wanted, from bytes nobody vouches for.

No tree is built, so memory follows what is wanted and not what is sent. The document type goes before the parser
sees anything: of the entities it declares only plain texts are put in, each once, so nothing can unfold, and
nothing outside the document is ever opened. What is not well formed is read as far as it makes sense.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import etree

from storywire.sources import text
from storywire.sources.xmltext import SPACES, prepared

MOST_PARTS = 300
"""Parts of one entry that are looked at, its tags included. The fullest entries of news have some 40."""

TEXT_LIMIT = 10_000
"""Characters of one part; an address or a headline takes some hundred."""

_STEP = 1 << 16
"""Bytes the parser takes at a time."""

_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@dataclass(slots=True)
class Part:
    """An element: its name with our prefix (`dc:creator`), what it holds, and the address its links start from."""

    name: str
    attributes: Mapping[str, str]
    base: str
    said: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, in the order it stands, stripped."""
        return "".join(self.said).strip()[:TEXT_LIMIT]

    def all(self, *names: str) -> list[Part]:
        """The parts of these names, those of the first name first."""
        return [part for name in names for part in self.parts if part.name == name]

    def first(self, *names: str) -> str:
        """The text of the first part of these names that has one."""
        return next((said for part in self.all(*names) if (said := part.text)), "")


def walk(
    body: bytes,
    base: str,
    charset: str | None,
    wanted: Mapping[str, frozenset[str]],
    take: Callable[[Part], bool],
) -> str:
    """Hand every entry to `take` until it answers no; says what the outermost element is called.

    `wanted` names the elements that are entries, and for each the elements directly inside it that are kept.
    """
    written = prepared(text.decoded(body, charset))
    reader = _Reader(base, wanted, take)
    parser = etree.XMLParser(
        target=reader,  # type: ignore[arg-type]  # lxml-stubs ask for `comment`, which lxml does not
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    encoded = written.encode("utf-8", "replace")
    del written
    try:
        for start in range(0, len(encoded), _STEP):
            parser.feed(encoded[start : start + _STEP])
            if reader.ended:
                break
        parser.close()
    except (etree.XMLSyntaxError, etree.LxmlError, ValueError):  # what was whole before it is taken
        pass
    return reader.root


class _Reader:
    """What the parser tells of elements, as parts of entries; lxml calls its methods."""

    def __init__(self, base: str, wanted: Mapping[str, frozenset[str]], take: Callable[[Part], bool]) -> None:
        self.root = ""
        self.ended = False
        self._wanted = wanted
        self._take = take
        self._bases = [base]
        self._open: list[Part] = []
        self._count = 0
        self._n_said = 0
        self._passed = 0
        """How many elements are open inside one that is not wanted."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._passed:
            self._passed += 1
            return
        name = _name(tag)
        self.root = self.root or name
        if not self._open:
            self._bases.append(_joined(self._bases[-1], attributes.get(_BASE)))
            if name in self._wanted and not self.ended:
                self._open.append(Part(name, dict(attributes), self._bases[-1]))
                self._count = 0
            return
        around = self._open[-1]
        self._count += 1
        if self._count > MOST_PARTS or (len(self._open) == 1 and name not in self._wanted[around.name]):
            self._passed = 1
            return
        part = Part(name, dict(attributes), _joined(around.base, attributes.get(_BASE)))
        around.parts.append(part)
        if len(self._open) == 1:
            self._n_said = 0
        self._open.append(part)

    def data(self, said: str) -> None:
        if self._passed or len(self._open) < 2 or self._n_said == MOST_PARTS:
            return
        self._n_said += 1
        for part in self._open[1:]:
            part.said.append(said[:TEXT_LIMIT])

    def end(self, tag: str) -> None:
        if self._passed:
            self._passed -= 1
        elif len(self._open) > 1:
            self._open.pop()
        else:
            if self._open:
                self.ended = not self._take(self._open.pop())
            if len(self._bases) > 1:
                self._bases.pop()

    def close(self) -> None:
        """Nothing is left to do."""


def _name(tag: str) -> str:
    """The name of an element, in small letters, with our prefix.

    >>> _name("{http://purl.org/dc/elements/1.1/}creator"), _name("dc:creator"), _name("pubDate")
    ('dc:creator', 'dc:creator', 'pubdate')
    """
    space, _, local = tag.rpartition("}")
    prefix = SPACES.get(space[1:].lower().rstrip("/"), "?") if space else ""
    return f"{prefix}:{local}".lower() if prefix else local.lower()


def _joined(base: str, more: str | None) -> str:
    try:
        return urljoin(base, more.strip()) if more else base
    except ValueError:
        return base
