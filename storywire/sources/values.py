"""The values of `sources.toml`: names, lengths of time, addresses; and what to write instead of what is none."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from storywire.sources import durations
from storywire.sources.addresses import address

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}|\[[0-9a-f:.]+\]")
_FROM_ENVIRONMENT = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_WITH_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*@")
_BEFORE_HOST = re.compile(r"(?<=//)[^/@\s]*@")
_SET_BY_THE_CLIENT = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match"}
    | {"te", "transfer-encoding", "upgrade", "user-agent"}
)


def _duration(value: object) -> timedelta:
    if not isinstance(value, str):
        raise ValueError("write 30m, 6h or 1d, in quotes")
    return durations.read(value)


def _age(value: object) -> timedelta | None:
    return None if value == "" else _duration(value)


def many(value: object) -> tuple[object, ...]:
    """A list of TOML as a tuple."""
    if not isinstance(value, list):
        raise ValueError("write a list, in brackets")
    return tuple(value)


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("write small letters of a to z, digits and hyphens, at most 60")
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("write a BCP 47 code such as sv or pt-BR")
    return value


def _host(value: str) -> str:
    host = value.strip().lower().rstrip(".")
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError("write a host alone, such as norrby.example")
    return host


def whole_address(value: str) -> str:
    """An address as the fetcher takes it, or that of a bucket; raises ValueError with the remedy."""
    if _WITH_NAME.match(value):
        raise ValueError(
            "credentials never stand in this file; take them out and send them with headers, "
            'such as { Authorization = "env:NAME" }'
        )
    if value.startswith("s3://") and len(value) > len("s3://"):
        return value
    if (found := address(value)) is None:
        raise ValueError("write a whole address, such as https://norrby.example/rss")
    return found


def headers_from_environment(value: dict[str, str]) -> dict[str, str]:
    """Headers whose values stand in the environment; raises ValueError, without the value, for any other."""
    for name, said in value.items():
        if not _HEADER.fullmatch(name):
            raise ValueError(f"{name[:60]!r} is no name of a header; mend it")
        if name.lower() in _SET_BY_THE_CLIENT:
            raise ValueError(f"{name} is set by the fetcher itself; take it away")
        if not _FROM_ENVIRONMENT.fullmatch(said):
            raise ValueError(
                f'{name} holds a value itself, and credentials never stand in this file; write "env:NAME" and set '
                "the environment variable NAME"
            )
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(durations.in_words)]
Age = Annotated[
    timedelta | None, BeforeValidator(_age), PlainSerializer(lambda age: durations.in_words(age) if age else "")
]
Durations = Annotated[tuple[Duration, ...], BeforeValidator(many)]
Name = Annotated[str, AfterValidator(_name)]
Url = Annotated[str, AfterValidator(whole_address)]
Urls = Annotated[tuple[Url, ...], BeforeValidator(many)]
Host = Annotated[str, AfterValidator(_host)]
Language = Annotated[str, AfterValidator(_language)]
Whole = Annotated[int, Field(strict=True)]


def shown(value: object) -> str:
    """A value at fault as it was written, cut, and without a password.

    >>> shown("https://ada:secret@norrby.example/"), shown(["3 weeks"]), shown({"Cookie": "x"})
    ('"https://...@norrby.example/"', '["3 weeks"]', 'a table')
    """
    if isinstance(value, dict):  # headers: what they hold is nobody's business
        return "a table"
    if isinstance(value, str | list | bool | int | float):
        written = _BEFORE_HOST.sub("...@", json.dumps(value, ensure_ascii=False, default=str))
    else:
        written = str(value)
    return written if len(written) <= 80 else f"{written[:77]}..."
