"""Bytes of lists, feeds and sitemaps as text, and pieces of markup as plain text."""

from __future__ import annotations

import codecs
import html
import re

from storywire.sources.record import whole

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def decoded(body: bytes, charset: str | None = None) -> str:
    r"""The text: what is valid UTF-8 is UTF-8, whatever was declared; then the header's word, then the document's.

    >>> decoded("<a>Föhn</a>".encode()), decoded(b'<?xml version="1.0" encoding="latin-1"?><a>F\xf6hn</a>')[-11:]
    ('<a>Föhn</a>', '<a>Föhn</a>')
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.match(body[:400])
    for said in (charset, declared[1].decode() if declared else None):
        if said and (text := _as(body, said)) is not None:
            return text
    return body.decode("windows-1252", "replace")


def _as(body: bytes, charset: str) -> str | None:
    """The bytes in an encoding that a stranger named; None where it does not fit or is no encoding of text."""
    try:
        known = codecs.lookup(charset)
        if not known._is_text_encoding or known.name.startswith(
            "utf-8"
        ):  # the standard library has no other way to ask
            return None
        return body.decode(known.name, "replace")
    except (LookupError, ValueError):
        return None


def plain(markup: str) -> str:
    """A headline or a name without tags and entities, on one line.

    Feeds write the same headline as text, as markup, and as markup whose signs are escaped once more; in a headline,
    what looks like a tag is one.

    >>> plain("<b>R&amp;D</b> at Norrby &lt;Sons&gt; &#8211; rain")
    'R&D at Norrby <Sons> – rain'
    """
    text = html.unescape(_TAG.sub("", markup)) if "&" in markup or "<" in markup else markup
    return " ".join(_CONTROL.sub(" ", whole(text)).split())
