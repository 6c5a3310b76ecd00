"""What `storywire sources` shows: what is listed, what is wrong with it, and what a source would give."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from storywire.settings import Settings
from storywire.sources import adding, durations, listing, preview
from storywire.sources.entries import Document
from storywire.sources.listing import Listing, ListingError
from storywire.sources.preview import Held
from storywire.sources.source import POLLED, Source
from storywire.store.files import StoreError, write_whole

app = typer.Typer(help="What is listed in sources.toml.", no_args_is_help=True)
console = Console()

MOST_SHOWN = 20
"""Entries and captures a test shows; `--json` has all entries."""

Named = Annotated[str, typer.Argument(help="Name of a source.")]
File = Annotated[Path | None, typer.Option("--sources", help="The listing; default: STORYWIRE_SOURCES, sources.toml.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command("list")
def show(file: File = None, as_json: Json = False) -> None:
    """Show what is listed."""
    found = _listing(file)
    if as_json:
        typer.echo(json.dumps([_as_json(one) for one in found.sources], indent=1, ensure_ascii=False))
    elif not found.sources:
        console.print(
            f"{found.path} lists no source; `storywire sources add` writes one.", markup=False, soft_wrap=True
        )
    else:
        console.print(_table(found))


@app.command()
def check(file: File = None, as_json: Json = False) -> None:
    """Say all that is wrong with the listing, and with what it needs around it; exit code 2 where anything is."""
    path = _path(file)
    try:
        found = listing.read(path)
        problems = [
            f'{path}: source "{one.name}": {what}'
            for one in found.sources
            if not one.paused
            for what in preview.lacking(one, os.environ)
        ]
        count = len(found.sources)
    except ListingError as error:
        problems, count = list(error.problems), 0
    if as_json:
        typer.echo(json.dumps({"sources": count, "problems": problems}, indent=1, ensure_ascii=False))
    else:
        for problem in problems:
            console.print(problem, style="red", markup=False, highlight=False, soft_wrap=True)
        if not problems:
            console.print(
                f"{path}: {count} source{'s' if count != 1 else ''}, nothing wrong.", markup=False, soft_wrap=True
            )
    if problems:
        raise typer.Exit(2)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is called: small letters, digits, hyphens.")],
    kind: Annotated[str, typer.Option(help="folder, jsonl, feed, sitemap, urls or warc.")],
    url: Annotated[list[str] | None, typer.Option(help="Address; repeatable.")] = None,
    path: Annotated[str | None, typer.Option(help="Local folder or file, relative to the listing's folder.")] = None,
    file_of_urls: Annotated[str | None, typer.Option("--file", help="Text file with an address a line.")] = None,
    warc_list: Annotated[str | None, typer.Option("--list", help="List of archives: a path or an address.")] = None,
    base: Annotated[str | None, typer.Option(help="Address put in front of the lines of that list.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Name of the outlet.")] = None,
    language: Annotated[str | None, typer.Option(help="Its language, such as sv or pt-BR.")] = None,
    every: Annotated[str | None, typer.Option(help="How often it is asked at first, such as 30m.")] = None,
    max_age: Annotated[str | None, typer.Option(help="Entries dated longer ago are not fetched, such as 7d.")] = None,
    delay: Annotated[float | None, typer.Option(help="Seconds between two requests to one host.")] = None,
    host: Annotated[list[str] | None, typer.Option(help="Pages of this host alone; repeatable.")] = None,
    file: File = None,
) -> None:
    """Write one more source at the end of the listing; what stands there stays as it is."""
    target = _path(file)
    urls = url or []
    given: dict[str, adding.Value | None] = {
        "name": name,
        "kind": kind,
        "url": urls[0] if len(urls) == 1 else None,
        "urls": urls if len(urls) > 1 else None,
        "path": path,
        "file": file_of_urls,
        "list": warc_list,
        "base": base,
        "outlet": outlet,
        "language": language,
        "every": every,
        "max_age": max_age,
        "delay": delay,
        "hosts": host or None,
    }
    values = {key: value for key, value in given.items() if value is not None}
    try:
        before = target.read_bytes().decode("utf-8-sig") if target.exists() else None
        written = adding.added(before, values, target)
        write_whole(target, written.encode())
    except UnicodeDecodeError as error:
        raise StoreError(f"{target}: is no UTF-8 at byte {error.start}; write the file in UTF-8.") from None
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror or error}; make it writable.") from None
    _say(f"{target}: added {name}; `storywire sources test {name}` shows what it gives.")


@app.command("test")
def trial(name: Named, file: File = None, as_json: Json = False) -> None:
    """Show what one fetch of a source would give, and what would be left out and why; keeps nothing."""
    source = _listing(file).named(name)
    if lacks := preview.lacking(source, os.environ):
        raise StoreError("\n".join(f'source "{name}": {what}' for what in lacks))
    settings = Settings()
    try:
        found: Document | Held
        if source.files and source.kind not in (*POLLED, "warc"):
            found = preview.held(source, limit_bytes=settings.max_page_bytes)
        elif source.kind == "urls":
            found = preview.listed(source, now=datetime.now(UTC))
        else:
            found = _by_a_fetch(source, settings)
    except OSError as error:
        raise StoreError(f'source "{name}": {error.filename or "input"}: {error.strerror or error}; mend it.') from None
    if as_json:
        typer.echo(json.dumps(_told(found), indent=1, ensure_ascii=False))
    elif isinstance(found, Held):
        _show_held(source, found)
    else:
        _show_document(source, found)


def _by_a_fetch(source: Source, settings: Settings) -> Document | Held:
    """One fetch of each address of the source, or the beginning of its first archive."""
    from storywire.web.client import FetchError
    from storywire.web.peek import look_into, peek

    try:
        return look_into(source, settings) if source.kind == "warc" else peek(source, settings)
    except FetchError as error:
        raise StoreError(f'source "{source.name}": {error.detail}') from None


def _path(file: Path | None) -> Path:
    return file or Settings().sources


def _listing(file: Path | None) -> Listing:
    return listing.read(_path(file))


def _as_json(source: Source) -> dict[str, Any]:
    """The source as it is in force, defaults included; of credentials only which variable holds them."""
    return source.model_dump(mode="json", by_alias=True)


def _table(found: Listing) -> Table:
    table = Table(title=str(found.path), title_justify="left", box=None, pad_edge=False)
    for column in ("source", "kind", "outlet", "lang", "every", "where"):
        table.add_column(column, overflow="fold")
    for one in found.sources:
        every = "paused" if one.paused else durations.in_words(one.every) if one.kind in POLLED else ""
        where = _where(one)
        more = f" and {len(where) - 1} more" if len(where) > 1 else ""
        cells = (one.name, one.kind, one.outlet or "", one.language or "", every, f"{where[0]}{more}")
        table.add_row(*map(Text, cells), style="dim" if one.paused else None)
    return table


def _where(source: Source) -> Sequence[str]:
    return [*source.endpoints, *map(str, source.files), *([source.warc_list] if source.warc_list else [])]


def _told(found: Document | Held) -> dict[str, Any]:
    """What a test found, for a program to read."""
    if isinstance(found, Held):
        return {
            "inputs": found.n_inputs,
            "captures": [
                {
                    "uri": one.uri,
                    "kind": one.kind,
                    "url": one.url,
                    "captured_at": one.captured_at.isoformat() if one.captured_at else None,
                    "bytes": len(one.body),
                }
                for one in found.captures
            ],
            "left_out": dict(found.left_out),
            "rejected": [{"uri": one.uri, "reason": one.reason, "detail": one.detail} for one in found.rejections],
        }
    return {
        "entries": [
            {
                "url": one.url,
                "listed_at": one.listed_at.isoformat() if one.listed_at else None,
                "notice": json.loads(one.notice.as_json()),
            }
            for one in found.entries
        ],
        "further": list(found.further),
        "left_out": found.n_left_out,
        "why": list(found.why),
    }


def _show_document(source: Source, found: Document) -> None:
    _say(f"{source.name}: {len(found.entries):,} pages")
    table = Table(box=None, pad_edge=False)
    for column in ("dated (UTC)", "title", "address"):
        table.add_column(column, overflow="fold")
    for one in found.entries[:MOST_SHOWN]:
        dated = f"{one.listed_at:%Y-%m-%d %H:%M}" if one.listed_at else "·"
        table.add_row(dated, Text(one.notice.title or "·"), Text(one.url))
    if found.entries:
        console.print(table)
    if len(found.entries) > MOST_SHOWN:
        _say(f"... and {len(found.entries) - MOST_SHOWN:,} more")
    if found.further:
        _say(f"further sitemaps: {len(found.further):,}, the first {found.further[0]}")
    for reason in found.why:
        _say(f"left out: {reason}")


def _show_held(source: Source, found: Held) -> None:
    beginning = "what the beginning of the first gives" if source.kind == "warc" else "the first captures"
    _say(f"{source.name}: {found.n_inputs:,} inputs; {beginning}:")
    table = Table(box=None, pad_edge=False)
    for column in ("captured (UTC)", "kind", "bytes", "where"):
        table.add_column(column, overflow="fold")
    for one in found.captures:
        moment = f"{one.captured_at:%Y-%m-%d %H:%M}" if one.captured_at else "·"
        table.add_row(moment, one.kind, f"{len(one.body):,}", Text(one.url or one.uri))
    console.print(table)
    for why, count in found.left_out.items():
        _say(f"left out: {why}: {count:,}")
    for refused in found.rejections:
        _say(f"left out: {refused.reason}: {refused.detail}")


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
