"""How many words a text has, in any script."""

from __future__ import annotations

import re

_ASCII = bytes(code if chr(code).isalnum() else 32 for code in range(128)) + bytes(128)
# Han, kana, Thai, Lao, Khmer and Burmese are written without spaces: each letter counts as a word there.
_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")


def count(text: str) -> int:
    """Runs of letters and digits, or single letters in scripts without spaces.

    >>> count("Harbour reopens after 12 days"), count("港口重新开放")
    (5, 6)
    """
    if text.isascii():  # most lines of most languages, at a quarter of the cost
        return len(text.encode().translate(_ASCII).split())
    return len(_WORD.findall(text))
