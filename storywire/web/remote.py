"""Large files wherever they lie, on the disk, on the web or in S3, read from front to back through fsspec.

Over the network a file comes in blocks, each a request of its own, one at a time; two are in memory at most. The
addresses connected to are judged as for every page: names are looked up by the guard alone, and the very socket is
refused where its address is not public, after redirects too.
"""

from __future__ import annotations

import contextlib
import logging
import random
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpcore2
from aiohttp.abc import AbstractResolver, ResolveResult
from fsspec.implementations.http import HTTPFile, HTTPFileSystem, HTTPStreamFile
from pydantic import SecretStr

from storywire.sources.members import Readable
from storywire.web.exchange import FetchError
from storywire.web.faults import failure, shown, wanted_pause
from storywire.web.guard import Guard, RefusedError

for _name in ("fsspec", "s3fs", "aiobotocore", "botocore"):
    # They write whole addresses, signatures in them too, and headers, where the program's log is set to DEBUG.
    logging.getLogger(_name).setLevel(logging.WARNING)

BLOCK_BYTES = 4_000_000
"""What is asked for at a time: of a file of 1 GB 250 requests. Larger ones cost memory and gain nothing."""

CONNECT_SECONDS, SILENT_SECONDS, BLOCK_SECONDS = 10.0, 60.0, 300.0
"""Longest time to connect, between two packets, and for one block, however busily it drips."""

TRIES = 4
"""How often a block is asked for before the file is left to the next run."""

PAUSE_SECONDS = 1.0
"""Before the second try, on average; each further pause is four times as long."""

LONGEST_PAUSE = 60.0
"""Seconds; who wants more time (`Retry-After`) gets it until the next run."""

_SKIP_BYTES = 1 << 20


class Remote:
    """Opens files by path or address (`http`, `https`, `s3`). Names no local file that is not given as a path.

    Args:
        guard: Who may be connected to.
        agent: Who asks; None where nobody is named, and nothing is asked then.
        secret: Headers that are sent to `origins` (scheme and host) alone, and told to nobody.
        verify_tls: Whether hosts must show a valid certificate.
        s3_anonymous: Whether buckets are asked without credentials; else boto3's own ways to find some are gone.
        sleep: Waits between tries.
    """

    def __init__(
        self,
        guard: Guard,
        agent: str | None,
        *,
        secret: Mapping[str, SecretStr] | None = None,
        origins: frozenset[tuple[str, str]] = frozenset(),
        verify_tls: bool = True,
        s3_anonymous: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._guard = guard
        self._agent = agent
        self._secret = secret or {}
        self._origins = origins
        self._verify_tls = verify_tls
        self._s3_anonymous = s3_anonymous
        self._sleep = sleep
        self._web: dict[float | None, HTTPFileSystem] = {}
        self._s3: Any = None

    def __enter__(self) -> Remote:
        return self

    def __exit__(self, *error: object) -> None:
        for system, session in (*((one, "_session") for one in self._web.values()), (self._s3, "_s3creator")):
            if (opened := getattr(system, session, None)) is not None:
                system.close_session(system.loop, opened)
        self._web, self._s3 = {}, None

    @contextlib.contextmanager
    def open(self, place: str, origin: int = 0) -> Iterator[Readable]:
        """A file from byte `origin` on.

        Raises:
            FetchError: It cannot be had; raised by its `read` as well.
        """
        reading = _Reading(lambda in_blocks: self._opened(place, in_blocks), place, self._sleep)
        with contextlib.closing(reading):
            reading.start(origin)
            yield reading

    def _opened(self, place: str, in_blocks: bool) -> Any:
        if "://" not in place:
            return open(place, "rb")  # noqa: PTH123 - closed by who reads
        scheme = urlsplit(place).scheme
        if scheme not in ("http", "https", "s3"):
            raise FetchError("url", f"{shown(place)}: is not of http, https or s3; nothing else is fetched.")
        if self._agent is None:
            raise FetchError("url", f"{shown(place)}: nobody is named who asks; set STORYWIRE_CONTACT.")
        if scheme == "s3":
            return self._buckets().open(place, "rb", block_size=BLOCK_BYTES, cache_type="readahead")
        system = self._sites(BLOCK_SECONDS)
        found = system.info(place)
        if in_blocks and found["size"] and found.get("partial", True):
            return system.open(place, "rb", block_size=BLOCK_BYTES, cache_type="readahead", size=found["size"])
        return self._sites(None).open(place, "rb", block_size=0)

    def _sites(self, seconds: float | None) -> HTTPFileSystem:
        """Hosts of the web, whose answers may take so long."""
        if seconds not in self._web:
            limits = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS, sock_read=SILENT_SECONDS)
            how = {"get_client": self._client, "client_kwargs": {"timeout": limits}}
            self._web[seconds] = HTTPFileSystem(**how, skip_instance_cache=True)
        return self._web[seconds]

    def _buckets(self) -> Any:
        if self._s3 is None:
            try:
                from s3fs import S3FileSystem
            except ImportError:
                raise FetchError("url", "files in S3 need the extra `s3`: install storywire[s3].") from None
            connector = {"resolver": _Resolver(self._guard), "socket_factory": self._socket}
            config = {"connector_args": connector, "user_agent_extra": self._agent, "proxies": {}}
            self._s3 = S3FileSystem(
                anon=self._s3_anonymous, config_kwargs=config, skip_instance_cache=True, use_listings_cache=False
            )
        return self._s3

    async def _client(self, *, timeout: aiohttp.ClientTimeout, **_: Any) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=_Resolver(self._guard),
            use_dns_cache=False,
            socket_factory=self._socket,
            ssl=httpcore2.default_ssl_context() if self._verify_tls else False,
            limit=1,
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": self._agent or "", "Accept-Encoding": "identity"},
            auto_decompress=False,  # offsets are those of the file as it lies there
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(self._with_secrets,),
            timeout=timeout,
            trust_env=False,
        )

    async def _with_secrets(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Called for every hop, so that what a redirect leads to gets no credentials of another."""
        is_own = (request.url.scheme, request.url.host) in self._origins
        for name, value in self._secret.items():
            request.headers.popall(name, None)
            if is_own:
                request.headers[name] = value.get_secret_value()
        return await handler(request)

    def _socket(self, place: Any) -> socket.socket:
        """A socket for an address that was looked up, or written out, which no resolver sees."""
        family, kind, protocol, _, where = place
        if not self._guard.permits(where[0]):
            raise RefusedError(f"its address {where[0]} is not public")
        return socket.socket(family, kind, protocol)


class _Resolver(AbstractResolver):
    """Names as the guard looks them up."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in await self._guard.addresses(host)
        ]

    async def close(self) -> None:
        """Nothing is held."""


class _Reading:
    """A file whose blocks are asked for again where that may help.

    A host that gives files as a whole alone is read in one go; what breaks off is left to the next run then.
    """

    def __init__(self, opened: Callable[[bool], Any], place: str, sleep: Callable[[float], None]) -> None:
        self._opened = opened
        self._place = place
        self._sleep = sleep
        self._file: Any = None
        self._at = 0

    def start(self, origin: int) -> None:
        """Open the file, to be read from a byte on."""
        self._file = self._with_patience(lambda: self._opened(True))
        self._go_to(origin)

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ask = self._once if isinstance(self._file, HTTPStreamFile) else self._with_patience
        data: bytes = ask(lambda: self._file.read(size))
        self._at += len(data)
        return data

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _go_to(self, origin: int) -> None:
        if not isinstance(self._file, HTTPStreamFile):
            self._file.seek(origin)
            self._at = origin
        while self._at < origin and self.read(min(origin - self._at, _SKIP_BYTES)):
            pass

    def _with_patience(self, ask: Callable[[], Any]) -> Any:
        for tries in range(1, TRIES):
            try:
                return self._once(ask)
            except FetchError as failed:
                pause = PAUSE_SECONDS * 4 ** (tries - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
                asked = wanted_pause(failed, time.time())
                if not failed.retry or asked > LONGEST_PAUSE:
                    raise
                self._sleep(max(pause, asked))
        return self._once(ask)

    def _once(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except FetchError:
            raise
        except Exception as error:
            if not (isinstance(error, ValueError) and isinstance(self._file, HTTPFile)):
                raise failure(error, self._place) from error
        at, self._at = self._at, 0  # the host does not give parts of a file
        self._file = self._once(lambda: self._opened(False))
        self._go_to(at)
        return ask()
