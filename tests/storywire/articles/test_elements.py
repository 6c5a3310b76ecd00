"""The text of an element is what lxml says it is."""

from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring, fromstring

from storywire.articles.elements import text_of

PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<br>",
        "<ul><li>",
        "</ul>",
        "ferry ",
        "\n",
        "é…",
        "港",
        "&amp;",
        "&nbsp;",
        "&unknown;",
    ]
)


@given(st.lists(PIECES, max_size=30))
def test_the_text_of_every_element_is_that_of_lxml(pieces: list[str]) -> None:
    tree = document_fromstring(f"<html><body>a{''.join(pieces)}</body></html>")
    for element in tree.iter():
        assert text_of(element) == element.text_content()


def test_scripts_and_what_stands_behind_an_element_are_read_as_lxml_does() -> None:
    tree = fromstring("<div>Harbour <script>a < b && c</script><style>p {}</style> open <i></i>again</div>")
    assert text_of(tree) == tree.text_content() == "Harbour a < b && cp {} open again"
    assert [text_of(part) for part in tree] == ["a < b && c", "p {}", ""]
