from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storywire.articles.languagetags import agree, normal_tag


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en_US", "en-US"),
        ("de-AT", "de-AT"),
        (" FR ", "fr"),
        ("zh-CN", "zh-Hans-CN"),
        ("zh_TW", "zh-Hant-TW"),
        ("zh-hant-hk", "zh-Hant-HK"),
        ("zh", "zh"),
        ("sr-Latn-RS", "sr-Latn-RS"),
        ("es-419", "es-419"),
        ("de-DE-1996", "de-DE"),
        ("pt_BR.UTF-8", "pt-BR"),
        ("deu", "de"),
        ("swe-SE", "sv-SE"),
        ("cze", "cs"),
        ("iw", "he"),
        ("nb", "nb"),
        ("en-GB,en;q=0.5", "en-GB"),
        ("und", None),
        ("english", None),
        ("", None),
        (None, None),
        ("{{ lang }}", None),
        ("12", None),
    ],
)
def test_a_declared_language_becomes_a_tag_or_nothing(declared: str | None, tag: str | None) -> None:
    assert normal_tag(declared) == tag


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40))
def test_a_tag_made_twice_is_made_once(declared: str) -> None:
    tag = normal_tag(declared)
    assert tag is None or normal_tag(tag) == tag


@pytest.mark.parametrize(
    ("found", "declared", "agrees"),
    [
        ("en", "en-GB", True),
        ("no", "nb-NO", True),
        ("tl", "fil", True),
        ("zh-Hant", "zh-Hant-TW", True),
        ("zh-Hant", "zh", True),
        ("zh-Hant", "zh-Hans-CN", False),
        ("sr-Cyrl", "sr-Latn-RS", False),
        ("sr-Cyrl", "sr", True),
        ("de", "en-US", False),
        ("pl", "pol", True),
        ("und", "en", None),
        ("de", None, None),
    ],
)
def test_a_text_in_another_language_than_its_page_says_is_told(found: str, declared: str, agrees: bool | None) -> None:
    assert agree(found, declared) is agrees
