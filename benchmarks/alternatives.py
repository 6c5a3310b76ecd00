"""What other open tools say of the same labelled sets, in prediction files for the same scorer.

`python benchmarks/alternatives.py --data DIR --out DIR [--only trafilatura,...]`, in an environment of its own (its
packages are pinned in alternatives.lock; docs/quality.md has the commands). It imports nothing of ours, takes each tool
as its documentation says, and fetches nothing: pages come from the sets. One folder of predictions per tool.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]
Predict = Callable[[Row], Row]

PAGES = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "benchmark", "text", "title")),
        ("authors", pa.list_(pa.string())),
        *((name, pa.string()) for name in ("publication_date", "language")),
    ]
)
DATES = pa.schema([(name, pa.string()) for name in ("id", "url", "publication_date")])
LANGUAGES = pa.schema([(name, pa.string()) for name in ("text", "language")])


def by_trafilatura(row: Row) -> Row:
    """Text and metadata in the default configuration; several authors come as one string."""
    import trafilatura

    found: Any = trafilatura.bare_extraction(row["html"], url=row["url"], with_metadata=True)
    if found is None:
        return {}
    authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
    return {"text": found.text, "title": found.title, "authors": authors, "publication_date": found.date}


def by_newspaper(row: Row) -> Row:
    """Text and metadata of a page that is handed over; images stay where they are."""
    import newspaper

    article = newspaper.Article(row["url"] or "https://none.example/", fetch_images=False)
    article.download(input_html=_decoded(row["html"]))
    article.parse()
    day = article.publish_date.date().isoformat() if article.publish_date else None
    return {
        "text": article.text,
        "title": article.title,
        "authors": list(article.authors),
        "publication_date": day,
        "language": article.meta_lang or None,
    }


def by_readability(row: Row) -> Row:
    """Text, the paragraphs on lines of their own, and the short title."""
    from lxml.html import fragment_fromstring
    from readability import Document

    page = Document(_decoded(row["html"]))
    tree = fragment_fromstring(page.summary(), create_parent=True)
    for block in tree.iter("p", "div", "li", "h1", "h2", "h3", "h4", "br", "blockquote", "tr"):
        block.tail = "\n" + (block.tail or "")
    lines = (" ".join(line.split()) for line in tree.text_content().splitlines())
    return {"text": "\n".join(filter(None, lines)), "title": page.short_title()}


def by_htmldate(row: Row) -> Row:
    """The date of publication, not of the last change."""
    from htmldate import find_date

    return {"publication_date": find_date(row["html"], url=row["url"], original_date=True)}


def by_langdetect(row: Row) -> Row:
    """The language of a text, seeded: else the answer is drawn by lot."""
    import langdetect

    langdetect.DetectorFactory.seed = 0
    return {"language": langdetect.detect(row["text"])}


def by_py3langid(row: Row) -> Row:
    """The language of a text."""
    import py3langid

    return {"language": py3langid.classify(row["text"])[0]}


def by_lingua(row: Row) -> Row:
    """The language of a text, of all 75; null where it cannot tell."""
    found = _lingua().detect_language_of(row["text"])
    return {"language": found.iso_code_639_1.name.lower() if found else None}


@cache
def _lingua() -> Any:
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_all_languages().build()


TOOLS: dict[str, tuple[Predict, tuple[str, ...]]] = {
    "trafilatura": (by_trafilatura, ("pages", "dates")),
    "newspaper4k": (by_newspaper, ("pages", "dates")),
    "readability-lxml": (by_readability, ("pages",)),
    "htmldate": (by_htmldate, ("pages", "dates")),
    "langdetect": (by_langdetect, ("languages",)),
    "py3langid": (by_py3langid, ("languages",)),
    "lingua-language-detector": (by_lingua, ("languages",)),
}
"""Every tool by the name of its package, and the sets it has an answer for."""

SCHEMAS = {"pages": PAGES, "dates": DATES, "languages": LANGUAGES}


def predicted(predict: Predict, rows: list[Row], schema: pa.Schema) -> Iterator[Row]:
    """The answers for a set; a page that breaks the tool has none."""
    for row in rows:
        try:
            found = predict(row)
        except Exception as error:
            print(f"  {type(error).__name__}: {str(error)[:120]}", file=sys.stderr)
            found = {}
        known = {name: row[name] for name in ("id", "benchmark", "url") if name in schema.names}
        known |= {"text": row["text"]} if schema is LANGUAGES else {}
        yield dict.fromkeys(schema.names) | known | found


def main() -> int:
    """Predict with every tool, then print what the scorer says of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets and score.py")
    parser.add_argument("--out", type=Path, required=True, help="folder for the predictions, one below it per tool")
    parser.add_argument("--only", default=",".join(TOOLS), help="tools to run, parted by commas")
    given = parser.parse_args()
    sys.addaudithook(_offline)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    for name in given.only.split(","):
        predict, sets = TOOLS[name]
        folder = given.out / name
        folder.mkdir(parents=True, exist_ok=True)
        for each in sets:
            rows = pq.read_table(given.data / f"{each}.parquet").to_pylist()
            started = time.process_time()
            answers = list(predicted(predict, rows, SCHEMAS[each]))
            seconds = time.process_time() - started
            pq.write_table(pa.Table.from_pylist(answers, SCHEMAS[each]), folder / f"{each}.parquet")
            print(f"{name} {version(name)}: {len(rows)} of {each} in {seconds:.1f} CPU seconds", flush=True)
        scorer = [sys.executable, str(given.data / "score.py"), str(folder), str(given.data)]
        scored = subprocess.run(scorer, check=True, capture_output=True, text=True)  # noqa: S603 - the caller named it
        print(json.dumps(json.loads(scored.stdout)), flush=True)
    return 0


def _offline(event: str, _: Any) -> None:
    """Nothing may be fetched, by any tool."""
    if event == "socket.connect":
        raise OSError("the benchmark is offline")


def _decoded(html: bytes | str) -> str:
    """The page as text, for tools that take no bytes."""
    if isinstance(html, str):
        return html
    from charset_normalizer import from_bytes

    try:
        return html.decode()
    except UnicodeDecodeError:
        return str(from_bytes(html).best() or html.decode("utf-8", "replace"))


if __name__ == "__main__":
    sys.exit(main())
