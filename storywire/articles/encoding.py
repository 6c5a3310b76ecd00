"""The bytes of a page as text, whatever the page, its server or nobody says of the encoding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

Source = Literal["bom", "transport", "meta", "detected", "utf-8"]

MAX_BAD = 0.2
"""Share of the characters outside ASCII that may fail to decode. Bytes damaged on the way or cut off at the
end stay far below; German in windows-1252 read as UTF-8 fails at every one of them."""

MIN_RUN = 4
"""Bytes outside ASCII in a row that no word in a Latin alphabet has; Cyrillic, Greek or Chinese words do."""

SAMPLE = 6_000
"""Bytes of running text the detector sees: some 1,000 words, more changes no answer."""

MIN_EVIDENCE = 10
"""Bytes outside ASCII below which the detector guesses; a few lone ones are accents of windows-1252."""

HEAD = 4_096
"""Bytes in which a page may declare its encoding (the standard asks for 1,024, pages are less strict)."""

MAX_CONTROLS = 0.02
"""Share of control bytes above which the head of a body is no text; in random bytes it is a tenth."""

RARE = 100
"""One byte in so many up to which each place where it stands is looked at; past that an expression is faster."""

_DETECTABLE = [
    *("cp1251", "koi8_r", "cp1252", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949", "cp866", "cp874", "iso8859_2", "iso8859_5", "iso8859_7"),
]
_LATIN = re.compile(r"cp125[02478]|iso8859-(?:[1-4]|9|1[03456])|mac-roman")
_KNOWN = re.compile(
    r"utf-(?:8|16|16-le|16-be)|cp(?:866|874|932|949|125[0-8])|koi8-[ru]|iso8859-(?:[2-8]|1[03456])|"
    r"mac-(?:roman|cyrillic)|gb18030|big5hkscs|euc_jp|iso2022_jp"
)
_HIGH = re.compile(rb"[\x80-\xff]+")
# What is not closed goes on to the end: searched for anew at every "<", its end takes time that grows with the square.
_MARKUP = re.compile(rb"<(script|style)\b(?:.*?</\1\s*>|.*)|<[^>]*>?", re.DOTALL | re.IGNORECASE)
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})
_WIDE_CONTROLS = (
    (b"\xc2", re.compile(rb"\xc2[\x80-\x9f]")),
    (b"\xed", re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")),
    (b"\xef", re.compile(rb"\xef\xbf[\xbe\xbf]")),
)
"""Controls past ASCII, halves of surrogate pairs and codes that are no characters, as UTF-8 writes them, each behind
its first byte: to look at each place where that one stands takes a tenth of the time that the expression does."""
_BINARY_BYTES = bytes({*range(0x20)} - {*b"\t\n\f\r\x1b"})
_SIGNATURES = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"%PDF-", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b"),
    *(b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"(\xb5/\xfd", b"Rar!", b"\x7fELF", b"ID3", b"OggS", b"wOFF", b"wOF2"),
    *(b"PAR1", b"SQLite format 3\x00", b"\xd0\xcf\x11\xe0"),
)
"""First bytes of images, documents, archives, programs, sound, fonts and tables."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text as UTF-8, which is what the parser of markup takes; the encoding it came in, and what named that one."""

    utf8: bytes
    encoding: str
    source: Source

    @property
    def text(self) -> str:
        """The text itself."""
        return self.utf8.decode()


def decode(body: bytes, charset: str | None) -> Decoded:
    """The text of a page, without control characters, with one kind of line end.

    `charset` is what the transport declared: a label or a whole Content-Type header. A byte order mark
    decides; then bytes that can only be UTF-8; then the declarations, as browsers read them (ISO-8859-1
    means windows-1252); then, where they do not fit the bytes, a detector.

    >>> decode("Fußgänger in Köln".encode("cp1252"), "utf-8").text
    'Fußgänger in Köln'
    """
    mark, mark_bytes = read_bom(body)
    if mark is not None and mark_bytes is not None:
        return Decoded(_cleaned(body[len(mark_bytes) :].decode(mark, "replace")), mark, "bom")
    declared = _declared(body, charset)
    if (wide := _wide(body)) is not None:
        said = any(label.startswith("utf-16") for _, label in declared)
        return Decoded(_cleaned(body.decode(wide, "replace")), wide, "transport" if said else "detected")
    utf8 = _read_as_utf8(body)
    if utf8 is not None and not (b"\x1b" in body and any(label == "iso2022_jp" for _, label in declared)):
        naming: list[Source] = [source for source, label in declared if label == "utf-8"]
        return Decoded(_without_controls(utf8), "utf-8", naming[0] if naming else "utf-8")
    for source, label in declared:
        if not label.startswith("utf-") and _fits(body, label):
            return Decoded(_cleaned(body.decode(label, "replace")), label, source)
    if (guess := _detected(body)) is not None:
        return Decoded(_cleaned(body.decode(guess, "replace")), guess, "detected")
    return Decoded(_cleaned(body.decode("utf-8", "replace")), "utf-8", "utf-8")


def looks_binary(body: bytes) -> bool:
    """Whether the bytes are no text in any encoding: an image, a document, an archive, a program.

    >>> looks_binary(b"%PDF-1.7 ..."), looks_binary("Grüße".encode("utf-16"))
    (True, False)
    """
    if body.startswith(_SIGNATURES):
        return True
    if read_bom(body)[0] is not None or _wide(body) is not None:
        return False
    head = body[:HEAD]
    return len(head) - len(head.translate(None, _BINARY_BYTES)) > MAX_CONTROLS * len(head)


def _declared(body: bytes, charset: str | None) -> list[tuple[Source, str]]:
    """What the transport and the page say, in this order, where it is an encoding of the web."""
    transport = charset and (http_content_type_encoding(charset) or resolve_encoding(charset.strip()))
    said: list[tuple[Source, str | None]] = [
        ("transport", transport or None),
        ("meta", html_body_declared_encoding(body[:HEAD])),
    ]
    return [(source, label) for source, label in said if label is not None and _KNOWN.fullmatch(label)]


def _wide(body: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its markup is zero."""
    head = body[:HEAD]
    if len(head) < 2 or not head.count(0) * 4 > len(head):
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 2 < len(head) // 2 or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _read_as_utf8(body: bytes) -> bytes | None:
    """Bytes that are UTF-8, but for a few damaged characters, without these; else None."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace").encode() if _bad_share(body, "utf-8") <= MAX_BAD else None
    return body


def _fits(body: bytes, label: str) -> bool:
    """Whether bytes outside ASCII make sense in the encoding that was declared."""
    if _LATIN.fullmatch(label):
        runs = [len(run) for run in _HIGH.findall(body)]
        if sum(run for run in runs if run >= MIN_RUN) * 2 > sum(runs):
            return False
    return _bad_share(body, label) <= MAX_BAD


def _bad_share(body: bytes, label: str) -> float:
    """Share of the characters outside ASCII that the encoding has no reading for."""
    text = body.decode(label, "replace")
    outside = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") / outside if outside else 0.0


def _detected(body: bytes) -> str | None:
    """The encoding running text in these bytes is written in, by how plausibly its letters follow each other.

    Where windows-1252 gives the same letters it is taken: German reads alike in windows-1250, the French
    further down does not.
    """
    text = _MARKUP.sub(b" ", body[: 100 * SAMPLE])
    first = _HIGH.search(text)
    if first is None:
        return None
    start = max(0, first.start() - SAMPLE // 10)
    sample = text[start : start + SAMPLE]
    western = _fits(body, "cp1252")
    if western and sum(map(len, _HIGH.findall(sample))) < MIN_EVIDENCE:
        return "cp1252"
    best = from_bytes(sample, cp_isolation=_DETECTABLE, enable_fallback=False).best()
    guess = None if best is None else resolve_encoding(best.encoding)
    same = guess is None or sample.decode(guess, "replace") == sample.decode("cp1252", "replace")
    return "cp1252" if same and western else guess


def _cleaned(text: str) -> bytes:
    """Text as it may be stored, in UTF-8."""
    return _without_controls(text.encode("utf-8", "surrogatepass"))


def _without_controls(written: bytes) -> bytes:
    """UTF-8 with one kind of line end, without control characters and half characters."""
    kept = written.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in written else written
    kept = kept.translate(None, _CONTROLS)
    for first, control in _WIDE_CONTROLS:
        if _may_stand_in(kept, first, control):
            kept = control.sub(b"", kept)
    return kept


def _may_stand_in(written: bytes, first: bytes, sought: re.Pattern[bytes]) -> bool:
    """Whether what is sought, which begins with this byte, stands in the bytes; not looked for where that is common."""
    if written.count(first) * RARE > len(written):
        return True
    at = written.find(first)
    while at >= 0:
        if sought.match(written, at):
            return True
        at = written.find(first, at + 1)
    return False
