"""One source of `sources.toml`: every key with its unit, its default and the reason for it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from storywire.notice import Notice
from storywire.sources import durations
from storywire.sources.values import (
    Age,
    Duration,
    Durations,
    Host,
    Language,
    Name,
    Url,
    Urls,
    Whole,
    headers_from_environment,
    many,
    shown,
    whole_address,
)

SourceKind = Literal["folder", "jsonl", "feed", "sitemap", "urls", "warc"]

POLLED = frozenset({"feed", "sitemap", "urls"})
"""Kinds whose pages are fetched one by one."""


class Limits(BaseModel):
    """What may stand under `[defaults]`, and in every source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every: Duration = Field(
        timedelta(minutes=30),
        description="How often it is asked at first; from then on the more often the more it changes, between "
        "`every_min` and `every_max`. Half an hour misses nothing of a feed that lists the news of a few hours.",
    )
    every_min: Duration = Field(
        timedelta(minutes=5), description="Shortest time between two looks. Most servers keep a feed for that long."
    )
    every_max: Duration = Field(
        timedelta(days=1), description="Longest time between two looks: a daily run sees every source."
    )
    delay: Annotated[float, Field(strict=True, allow_inf_nan=False)] = Field(
        2.0,
        ge=0,
        le=3600,
        description="Seconds between the end of one request to a host and the start of the next. A longer "
        "`Crawl-delay` of the host's robots.txt wins. Two seconds are a reader who opens one page after another.",
    )
    pages_per_run: Whole = Field(
        500, ge=1, description="Pages fetched in one run; the rest waits for the next. At two seconds each, 17 minutes."
    )
    entries: Whole = Field(
        2_000, ge=1, le=50_000, description="Entries taken of one feed or sitemap, the newest first. Feeds have 10-100."
    )
    depth: Whole = Field(3, ge=0, le=10, description="Levels of sitemap indexes followed; sites have one or two.")
    documents: Whole = Field(
        200,
        ge=1,
        description="Sitemaps fetched in one run, those that changed last first: an archive's index has more.",
    )
    max_age: Age = Field(
        timedelta(days=7),
        description="Entries dated longer ago are not fetched, so that a new source does not bring its whole "
        'archive; `""` takes any. What has no date is taken.',
    )
    recheck: Durations = Field(
        (timedelta(days=1),),
        description="A page is fetched again this long after it was first, once for each; `[]` never. Most "
        "corrections come within a day.",
    )
    full_every: Duration = Field(
        timedelta(days=7),
        description="A page is fetched in full this often, even if its ETag says it is unchanged: some lie.",
    )
    verify_tls: Annotated[bool, Field(strict=True)] = Field(
        True, description="Whether the host must show a valid certificate; `false` is recorded with each page."
    )
    paused: Annotated[bool, Field(strict=True)] = Field(False, description="Whether it is left alone for now.")


class Source(Limits):
    """One `[[source]]`. What a header holds is not in it: only which environment variable does."""

    name: Name = Field(
        description="What it is called in the tables, in `data/raw` and in commands: small letters, digits, hyphens."
    )
    kind: SourceKind = Field(description=f"What it is: {', '.join(get_args(SourceKind))}.")
    url: Url | None = Field(None, description="Address of the feed, sitemap or archive; for `urls`, of a page.")
    urls: Urls = Field((), description="Several addresses instead of one.")
    file: Path | None = Field(None, description="Text file with an address of a page on each line.")
    path: Path | None = Field(None, description="Local folder, or file; relative to the folder of `sources.toml`.")
    paths: Annotated[tuple[Path, ...], BeforeValidator(many)] = Field((), description="Several local archives.")
    warc_list: str | None = Field(
        None,
        alias="list",
        description="Path or address of a list of archives, one a line, gzipped or not: `warc.paths.gz` of CC-NEWS.",
    )
    base: Url | None = Field(None, description="Address put in front of the lines of `list`.")
    outlet: str | None = Field(
        None, min_length=1, max_length=200, description="Name of the outlet, where a page does not give it."
    )
    language: Language | None = Field(
        None, description="Language of the outlet as a BCP 47 code; counts where a page declares none."
    )
    hosts: Annotated[tuple[Host, ...], BeforeValidator(many)] = Field(
        (), description="Pages of these hosts alone, and of what lies below them; default: of any."
    )
    languages: Annotated[tuple[Language, ...], BeforeValidator(many)] = Field(
        (), description="Pages of an archive in these languages alone."
    )
    since: date | None = Field(None, description="Records of an archive captured on this day or later.")
    until: date | None = Field(None, description="Records of an archive captured on this day or earlier.")
    headers: Annotated[dict[str, str], AfterValidator(headers_from_environment)] = Field(
        {},
        description='Headers sent to the hosts of its own addresses and to no other; values are `"env:NAME"`, the '
        "environment variable that holds them.",
    )

    @field_validator("file", "path", "paths", "warc_list", mode="after")
    @classmethod
    def _below_the_listing(cls, value: Any, info: ValidationInfo) -> Any:
        folder: Path = (info.context or {}).get("folder", Path())
        if isinstance(value, tuple):
            return tuple(folder / one.expanduser() for one in value)
        if isinstance(value, Path):
            return folder / value.expanduser()
        if isinstance(value, str):
            return whole_address(value) if "://" in value else str(folder / Path(value).expanduser())
        return value

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The addresses that are asked, in the order they are written."""
        return (self.url, *self.urls) if self.url else self.urls

    @property
    def files(self) -> tuple[Path, ...]:
        """The local folders and files that are read."""
        return tuple(one for one in (self.path, *self.paths, self.file) if one is not None)

    @property
    def own_hosts(self) -> frozenset[str]:
        """The hosts of its own addresses: to these alone its headers are sent."""
        return frozenset(host for one in self.endpoints if (host := urlsplit(one).hostname))

    def takes(self, url: str) -> bool:
        """Whether a page of that address is wanted, by its host.

        >>> source = Source(name="norrby", kind="feed", url="https://norrby.example/rss", hosts=["norrby.example"])
        >>> source.takes("https://www.norrby.example/a"), source.takes("https://ads.example/a")
        (True, False)
        """
        host = urlsplit(url).hostname or ""
        return not self.hosts or any(host == one or host.endswith(f".{one}") for one in self.hosts)

    def notice(self) -> Notice:
        """What the operator wrote of every page of it."""
        return Notice(site_name=self.outlet, language=self.language)

    def variables(self) -> dict[str, str]:
        """The environment variable that holds each header's value."""
        return {name: said.removeprefix("env:") for name, said in self.headers.items()}

    def secrets(self, environment: Mapping[str, str] = os.environ) -> dict[str, SecretStr]:
        """The headers with their values, for the request alone; those whose variable is not set are left out."""
        return {
            name: SecretStr(environment[variable])
            for name, variable in self.variables().items()
            if environment.get(variable)
        }

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """What does not fit together, by the key to change."""
        given = [key for key in _PLACES[self.kind] if getattr(self, "warc_list" if key == "list" else key)]
        places = " or ".join(_PLACES[self.kind])
        if not given:
            yield "kind", f"a source of the kind {self.kind} needs {places}; write it."
        elif len(given) > 1 and self.kind != "warc":
            yield given[-1], f"gives {' and '.join(given)}; keep one of them."
        if self.base and not self.warc_list:
            yield "base", "base is put before the lines of list, and there is no list; take it away."
        if self.kind != "warc" and any(one.startswith("s3:") for one in self.endpoints):
            yield given[0], f"{given[0]} is no web address; s3:// is for archives (kind warc)."
        if not self.every_min <= self.every <= self.every_max:
            low, mid, high = map(durations.in_words, (self.every_min, self.every, self.every_max))
            yield "every", f"every is {mid}, outside every_min ({low}) and every_max ({high}); write one between them."
        if self.since and self.until and self.since > self.until:
            yield "since", f"since ({self.since}) is after until ({self.until}); change one of them."
        plain = [one for one in self.endpoints if self.headers and one.startswith("http:")]
        if plain:
            yield "headers", f"credentials would go unencrypted to {shown(plain[0])}; write https."


_PLACES: Mapping[str, tuple[str, ...]] = {
    "folder": ("path",),
    "jsonl": ("path",),
    "feed": ("url", "urls"),
    "sitemap": ("url", "urls"),
    "urls": ("url", "urls", "file"),
    "warc": ("path", "paths", "url", "urls", "list"),
}
"""The keys that say where a source of each kind lies; one of them is given, of an archive any."""

_ALWAYS = frozenset({"name", "kind", "outlet", "language", "paused"})
_NETWORK = frozenset({"headers", "verify_tls", "delay"})
_FETCHED = _NETWORK | {"every", "every_min", "every_max", "pages_per_run", "recheck", "full_every", "hosts"}
_FURTHER: Mapping[str, frozenset[str]] = {
    "folder": frozenset(),
    "jsonl": frozenset(),
    "feed": _FETCHED | {"entries", "max_age"},
    "sitemap": _FETCHED | {"entries", "max_age", "depth", "documents"},
    "urls": _FETCHED,
    "warc": _NETWORK | {"base", "hosts", "languages", "since", "until"},
}

KEYS_OF_KIND: Mapping[str, frozenset[str]] = {
    kind: _ALWAYS | frozenset(_PLACES[kind]) | _FURTHER[kind] for kind in get_args(SourceKind)
}
"""The keys that mean something for each kind."""
