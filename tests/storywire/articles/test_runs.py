"""The running paragraphs of a page, and the element they stand in."""

from lxml.html import HtmlElement

from storywire.articles import extraction, html, runs

SENTENCE = "The ferry left the harbour of Quay Haven at noon with forty people on board and came back."


def parsed(markup: str) -> HtmlElement:
    tree = html.parse(markup)
    assert tree is not None
    return tree


def paragraphs(number: int) -> str:
    return "".join(f"<p>{SENTENCE} That was trip {each} of the season.</p>" for each in range(number))


def test_paragraphs_of_one_parent_are_one_run() -> None:
    tree = parsed(f"<body><div>{paragraphs(3)}</div><div>{paragraphs(2)}<p>Share</p></div></body>")
    assert [len(run.paragraphs) for run in runs.runs(tree)] == [3, 2]


def test_lists_asides_comments_and_links_are_no_runs() -> None:
    tree = parsed(
        f"<body><aside>{paragraphs(3)}</aside><ul><li>{paragraphs(1)}</li></ul>"
        f"<div class='user-comments'><div>{paragraphs(4)}</div></div><p><a href='/'>{SENTENCE}</a></p></body>"
    )
    assert runs.runs(tree) == []


def test_the_frame_is_around_both_halves_of_an_article() -> None:
    tree = parsed(
        f"<body><div id=page><div id=story><div>{paragraphs(6)}</div><div>{paragraphs(3)}</div></div>"
        "<div id=below><p>Elsewhere on the quay</p></div></div></body>"
    )
    frame = runs.around(runs.runs(tree))
    assert frame is not None
    assert frame.get("id") == "story"


def test_a_page_without_running_text_has_no_frame() -> None:
    assert runs.around(runs.runs(parsed("<body><p>Menu</p></body>"))) is None


def test_an_article_in_an_element_of_no_name_is_read_with_its_headings_and_lists() -> None:
    body = f"{paragraphs(5)}<h2>What the crew said</h2>{paragraphs(4)}<ul><li>Two anchors were lost.</li></ul>"
    tree = parsed(
        "<html><body><div class='zz1'><a href='/a'>News</a><a href='/b'>Sport</a></div>"
        f"<div class='zz2'>{body}{paragraphs(2)}</div><footer>{paragraphs(1)}</footer></body></html>"
    )
    assert extraction.in_named_frame(tree) is None
    text = html.body_text(tree, None)
    assert text is not None
    assert "What the crew said" in text
    assert "- Two anchors were lost." in text
    assert "Sport" not in text
    assert text.count("forty people") == 11
