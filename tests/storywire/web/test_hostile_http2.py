"""What hostile frames of HTTP/2 cannot do."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storywire.web import loop
from storywire.web.client import Client, FetchError, Limits
from storywire.web.guard import Guard


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """One frame of HTTP/2."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


SETTINGS, STATUS_200, STATUS_ABC = frame(4, 0, 0, b""), b"\x88", b"\x08\x03abc"


Answered = Callable[[list[bytes]], FetchError | None]


@pytest.fixture
def answered_by(serve: Callable[..., Any], authority: trustme.CA) -> Answered:
    """What becomes of a request that is answered with some frames: a failure, or none."""
    speaking, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.issue_cert("norrby.test").configure_cert(speaking)
    speaking.set_alpn_protocols(["h2"])
    authority.configure_trust(trusting)
    guard = Guard([ip_network("127.0.0.0/8")], {"*.test": "127.0.0.1"})

    async def fetch(frames: list[bytes]) -> FetchError | None:
        async def talk(head: bytes, writer: asyncio.StreamWriter) -> None:
            if head.startswith(b"PRI"):
                await asyncio.sleep(0.01)  # the request comes right behind
                writer.write(SETTINGS + b"".join(frames))
                writer.close()

        client = Client("storywire/0", guard=guard, tls=trusting, limits=Limits(read_seconds=1.0))
        async with serve(talk, tls=speaking) as server, client:
            try:
                await client.get(server.url(scheme="https"))
            except FetchError as error:
                return error
            return None

    return lambda frames: loop.run(fetch(frames))


@pytest.mark.parametrize(
    ("frames", "kind"),
    [
        ([frame(1, 4, 1, STATUS_200), frame(0, 1, 1, b"<p>Rain</p>")], None),
        ([frame(1, 4, 1, STATUS_ABC), frame(0, 1, 1, b"<p>Rain</p>")], "protocol"),
        ([frame(1, 4, 1, STATUS_200 + b"\x0f\x0d\x0299"), frame(0, 1, 1, b"<p>Rain</p>")], "truncated"),
        ([frame(1, 4, 1, STATUS_200), frame(0, 0, 1, b"<p>Ra")], "truncated"),
        ([frame(1, 4, 1, STATUS_200), frame(3, 0, 1, bytes(4))], "protocol"),
        ([frame(1, 4, 1, b"\xff" * 20)], "protocol"),
        ([frame(0, 1, 1, b"<p>Rain</p>")], "protocol"),
        ([frame(1, 0, 1, b"\x88"), *[frame(9, 0, 1, b"\x00\x01a\x01b" * 9)] * 5_000], "protocol"),
        ([frame(7, 0, 0, bytes(8))], "protocol"),
        ([], "connect"),
    ],
    ids=["page", "status", "short", "cut", "reset", "hpack", "data first", "continuations", "goaway", "nothing"],
)
def test_http_2_gone_wrong_is_a_failure_like_any_other(
    answered_by: Answered, frames: list[bytes], kind: str | None
) -> None:
    error = answered_by(frames)
    assert (error.kind if error else None) == kind


@given(
    st.lists(
        st.builds(
            frame,
            st.integers(0, 10),
            st.sampled_from([0, 1, 4, 5, 8, 32, 255]),
            st.integers(0, 3),
            st.sampled_from([STATUS_200, STATUS_ABC, bytes(4), bytes(8)]) | st.binary(max_size=30),
        ),
        max_size=6,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_frames_come_there_is_an_answer_or_a_failure(answered_by: Answered, frames: list[bytes]) -> None:
    error = answered_by(frames)
    assert error is None or error.detail.startswith("https://norrby.test:")
