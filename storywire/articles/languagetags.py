"""Language tags: what a page declares, what the detectors call a language, and whether the two agree (BCP 47)."""

from __future__ import annotations

import re

from babel.core import get_global

_TAG = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*", re.IGNORECASE
)
_LIST = re.compile(r"[.,;@\s]")
_RETIRED = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro"}
_THREE: dict[str, str] = {
    code: short for code, short in get_global("language_aliases").items() if len(code) == 3 and len(short) == 2
}
"""Codes of three letters (ISO 639-2 and -3) that BCP 47 writes with two, by CLDR."""

_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis"})
_TRADITIONAL = frozenset({"TW", "HK", "MO"})

_MACRO = {"nb": "no", "nn": "no", "wuu": "zh", "yue": "zh", "cmn": "zh", "ary": "ar", "arz": "ar", "uzs": "uz"}
_MACRO |= {"fil": "tl"}
"""Languages under the macrolanguage they are written as (ISO 639-3), which is what langdetect's profiles tell;
Filipino is standard Tagalog."""


def normal_tag(declared: str | None) -> str | None:
    """A declared language as BCP 47 tag; None where it is none.

    >>> normal_tag("en_US"), normal_tag("zh-CN"), normal_tag("de, en;q=0.5"), normal_tag("english")
    ('en-US', 'zh-Hans-CN', 'de', None)
    """
    cleaned = _LIST.split((declared or "").strip())[0].replace("_", "-")
    match = _TAG.fullmatch(cleaned)
    if not match:
        return None
    language = match[1].lower()
    language = _THREE.get(language, _RETIRED.get(language, language))
    if language in _NO_LANGUAGE:
        return None
    script = match[2].title() if match[2] else None
    region = match[3].upper() if match[3] else None
    if language == "zh" and script is None and region:
        script = "Hant" if region in _TRADITIONAL else "Hans"
    return "-".join(part for part in (language, script, region) if part)


def written(tag: str) -> str:
    """The language of a tag as one that texts are told by: without script and region, under its macrolanguage.

    >>> written("nn-NO"), written("zh-Hant-TW"), written("kik"), written("sr-Latn")
    ('no', 'zh', 'ki', 'sr')
    """
    primary = tag.split("-")[0]
    primary = _THREE.get(primary, primary)
    return _MACRO.get(primary, primary)


def agree(found: str, declared: str | None) -> bool | None:
    """Whether a text is in the language its page declares; None where either is unknown.

    >>> agree("en", "en-GB"), agree("zh-Hant", "zh-Hans-CN"), agree("no", "nb"), agree("und", "de")
    (True, False, True, None)
    """
    if declared is None or found in _NO_LANGUAGE:
        return None
    scripts = {part for tag in (found, declared) for part in tag.split("-")[1:] if len(part) == 4}
    return written(found) == written(declared) and len(scripts) < 2
