"""The paragraphs told from menus, with justext itself as the oracle."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from justext.core import ParagraphMaker, revise_paragraph_classification
from lxml.html import document_fromstring
from trafilatura.external import try_justext

from storywire.articles.goodparagraphs import BAD, GOOD, NEAR, SHORT, good_paragraphs, paragraphs, settled

LINE = "The ferry that was late in the winter is on its way to the harbour, and it will be there before the night. "
TEXTS = [
    *("", " ", "\n", "x", "harbour", " Tide\r\n table ", "\xa0\t", "© the quay", "a &amp;copy b"),
    *(LINE, 2 * LINE, LINE.upper(), LINE.replace(" ", "\n "), "quay " * 12, "pier\v" * 50),
    *("Qxz " * 20 + "the of", "Qxz " * 14 + "the of and"),
]
TAGS = [*("p", "div", "a", "br", "span", "b", "h2", "li", "select", "option", "selection", "td", "table", "script")]
NODES = st.recursive(
    st.sampled_from([*TEXTS, "<br>", "<br>\n<br>", "<!-- the ferry -->", "<?quay the ferry?>"]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", st.sampled_from(TAGS), st.lists(inner, max_size=5)
    ),
    max_leaves=30,
)


@settings(deadline=None)  # justext reads its common words at first
@given(st.lists(NODES, max_size=8))
def test_the_good_paragraphs_are_justexts(nodes: list[str]):
    tree = document_fromstring(f"<body>{''.join(nodes)}</body>")
    assert good_paragraphs(tree) == [found.text for found in try_justext(tree, None, None)]


@given(st.lists(NODES, max_size=8))
def test_the_paragraphs_are_justexts(nodes: list[str]):
    tree = document_fromstring(f"<body>{''.join(nodes)}</body>")
    slow = ParagraphMaker.make_paragraphs(tree)
    assert list(paragraphs(tree)) == [
        (found.text, found.chars_count_in_links, "select" in found.dom_path) for found in slow
    ]


class Told:
    """A paragraph of justext that has been told by itself."""

    heading = False

    def __init__(self, kind: str):
        self.cf_class = self.class_type = kind


@given(st.lists(st.sampled_from([GOOD, NEAR, SHORT, BAD]), max_size=25))
def test_paragraphs_settle_each_other_as_in_justext(kinds: list[str]):
    slow = [Told(kind) for kind in kinds]
    revise_paragraph_classification(slow, 150)
    assert settled(kinds) == [told.class_type for told in slow]


@pytest.mark.parametrize(
    ("markup", "good"),
    [
        (f"<p>{2 * LINE}</p><p>Pier.</p><p>{2 * LINE}</p>", [(2 * LINE).strip(), "Pier.", (2 * LINE).strip()]),
        (f"<p>{2 * LINE}</p><p><a>Pier.</a></p><p>{2 * LINE}</p>", [(2 * LINE).strip()] * 2),
        (f"{2 * LINE}<br>Pier.<br><br>©", [2 * LINE + " Pier."]),
        (f"<ul>{'<li>Harbour<li>Bridge' * 9}</ul>", []),
        (f"<select><option>{2 * LINE}</select>", []),
    ],
)
def test_running_text_is_good_and_menus_are_not(markup: str, good: list[str]):
    """The pages above, drawn at random, could all be without one."""
    assert good_paragraphs(document_fromstring(f"<body>{markup}</body>")) == [" ".join(text.split()) for text in good]
