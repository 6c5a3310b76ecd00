from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from storywire.web import remote
from storywire.web.exchange import FetchError
from storywire.web.guard import Guard
from storywire.web.remote import Remote
from tests.storywire.web.fileservers import FileServer, serving

FILE = bytes(range(256)) * 200
KNOWN = {"*.test": "127.0.0.1", "inside.test": "127.0.0.2", "private.test": "10.0.0.1"}

Remotes = Callable[..., Remote]


@pytest.fixture
def remote_of(monkeypatch: pytest.MonkeyPatch) -> Remotes:
    """A way to files that may connect to 127.0.0.1 alone, asks for 10 kB at a time, and waits for nobody."""
    monkeypatch.setattr(remote, "BLOCK_BYTES", 10_000)
    guard = Guard([ip_network("127.0.0.1")], KNOWN)

    def make(agent: str | None = "storywire/0 (+desk@storywire.test)", **given: Any) -> Remote:
        return Remote(guard, agent, **{"sleep": lambda seconds: None} | given)

    return make


def read(way: Remote, place: str, origin: int = 0) -> bytes:
    """All of a file, in small steps."""
    with way.open(place, origin) as file:
        parts = []
        while part := file.read(3_000):
            parts.append(part)
    return b"".join(parts)


def test_a_local_file_is_read_from_where_it_is_asked(remote_of: Remotes, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(FILE)
    with remote_of() as way:
        assert read(way, str(tmp_path / "a.bin"), 300) == FILE[300:]
        with pytest.raises(FetchError) as failed:
            read(way, str(tmp_path / "b.bin"))
    assert failed.value.kind == "status"
    assert "b.bin" in failed.value.detail


def test_a_file_of_the_web_comes_in_blocks_from_where_it_is_asked(remote_of: Remotes) -> None:
    with serving(FileServer({"/a.bin": FILE})) as server, remote_of() as way:
        assert read(way, server.url("/a.bin"), 20_001) == FILE[20_001:]
    starts = [int(block.removeprefix("bytes=").partition("-")[0]) for block in server.blocks()]
    assert starts == sorted(set(starts))
    assert min(starts) == 20_001
    assert {headers["user-agent"] for _, _, headers in server.asked} == {"storywire/0 (+desk@storywire.test)"}
    assert {headers["accept-encoding"] for _, _, headers in server.asked} == {"identity"}


@pytest.mark.parametrize("faults", [[503, 503, 503], [0, 0, 0], [429, 0, 500]])
def test_a_block_that_fails_is_asked_for_again(remote_of: Remotes, faults: list[int]) -> None:
    pauses: list[float] = []
    with serving(FileServer({"/a.bin": FILE})) as server, remote_of(sleep=pauses.append) as way:
        server.faults = list(faults)
        assert read(way, server.url("/a.bin")) == FILE
    assert len(pauses) == 3
    assert pauses == sorted(pauses)


def test_a_host_that_goes_on_failing_is_left_alone(remote_of: Remotes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(FileServer({"/a.bin": FILE})) as server, remote_of() as way:
        server.faults = [503] * 100
        with pytest.raises(FetchError) as failed:
            read(way, server.url("/a.bin?Signature=s3cret"))
    assert (failed.value.kind, failed.value.retry) == ("status", True)
    assert "503" in failed.value.detail
    assert "s3cret" not in failed.value.detail + caplog.text
    assert len(server.blocks()) == remote.TRIES


def test_a_host_that_gives_no_parts_is_read_as_a_whole(remote_of: Remotes) -> None:
    with serving(FileServer({"/a.bin": FILE}, ranges=False)) as server, remote_of() as way:
        assert read(way, server.url("/a.bin")) == FILE
        assert read(way, server.url("/a.bin"), 30_000) == FILE[30_000:]


def test_what_is_not_there_is_said_so(remote_of: Remotes) -> None:
    with serving(FileServer({})) as server, remote_of() as way, pytest.raises(FetchError) as failed:
        read(way, server.url("/a.bin"))
    assert (failed.value.kind, failed.value.retry) == ("status", False)
    assert "404" in failed.value.detail


@pytest.mark.parametrize(
    "host", ["inside.test", "127.0.0.2", "[::ffff:127.0.0.2]", "2130706434", "0x7f.2", "0177.0.0.2", "private.test"]
)
def test_no_host_is_connected_to_that_is_not_public(remote_of: Remotes, host: str) -> None:
    with serving(FileServer({"/a.bin": FILE})) as server, remote_of() as way, pytest.raises(FetchError) as failed:
        read(way, server.url("/a.bin", host))
    assert failed.value.kind in ("refused_address", "url")
    assert not server.asked


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:{}/b.bin", "http://169.254.169.254/latest/", "http://inside.test/"]
)
def test_a_redirect_leads_to_no_host_that_is_not_public(remote_of: Remotes, target: str) -> None:
    with serving(FileServer({"/b.bin": FILE})) as server, remote_of() as way:
        server.moved["/a.bin"] = target.format(server.port)
        with pytest.raises(FetchError) as failed:
            read(way, server.url("/a.bin"))
    assert failed.value.kind == "refused_address"
    assert {path for _, path, _ in server.asked} == {"/a.bin"}


@pytest.mark.parametrize("place", ["file:///etc/hostname", "ftp://files.test/a", "gopher://files.test/a", "data://x"])
def test_nothing_but_the_web_and_s3_is_asked(remote_of: Remotes, place: str) -> None:
    with remote_of() as way, pytest.raises(FetchError) as failed:
        read(way, place)
    assert failed.value.kind == "url"


def test_a_redirect_leads_to_no_local_file(remote_of: Remotes) -> None:
    with serving(FileServer({})) as server, remote_of() as way:
        server.moved["/a.bin"] = "file:///etc/hostname"
        with pytest.raises(FetchError) as failed:
            read(way, server.url("/a.bin"))
    assert failed.value.kind == "url"


def test_nobody_is_asked_where_nobody_says_who_asks(remote_of: Remotes) -> None:
    with (
        serving(FileServer({"/a.bin": FILE})) as server,
        remote_of(agent=None) as way,
        pytest.raises(FetchError, match="STORYWIRE_CONTACT"),
    ):
        read(way, server.url("/a.bin"))
    assert not server.asked


def test_credentials_go_to_the_hosts_of_the_source_alone(remote_of: Remotes) -> None:
    secret = {"Authorization": SecretStr("Bearer s3cret"), "X-Key": SecretStr("s3cret")}
    with (
        serving(FileServer({"/a.bin": FILE})) as own,
        serving(FileServer({"/b.bin": FILE})) as other,
        remote_of(secret=secret, origins=frozenset({("http", "files.test")})) as way,
    ):
        assert read(way, own.url("/a.bin")) == FILE
        own.moved["/c.bin"] = other.url("/b.bin", "elsewhere.test")
        assert read(way, own.url("/c.bin")) == FILE
        with pytest.raises(FetchError) as failed:
            read(way, own.url("/none.bin"))
    assert all(headers["authorization"] == "Bearer s3cret" for _, _, headers in own.asked)
    assert all(headers["x-key"] == "s3cret" for _, _, headers in own.asked)
    assert other.asked
    assert not any({"authorization", "x-key"} & set(headers) for _, _, headers in other.asked)
    assert "s3cret" not in repr(failed.value) + failed.value.detail


def test_a_certificate_is_checked_unless_the_operator_says_otherwise(remote_of: Remotes) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("files.test").configure_cert(context)
    with serving(FileServer({"/a.bin": FILE}), context) as server:
        with remote_of() as way, pytest.raises(FetchError) as failed:
            read(way, server.url("/a.bin", scheme="https"))
        with remote_of(verify_tls=False) as way:
            assert read(way, server.url("/a.bin", scheme="https")) == FILE
    assert failed.value.kind == "tls"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> FileServer:
    """A server as S3 addresses it, without credentials in the environment."""
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    return FileServer({"/archive/2031/a.bin": FILE})


@pytest.mark.slow
def test_a_file_in_s3_is_read_without_credentials(
    remote_of: Remotes, bucket: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(bucket):
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{bucket.port}")
        with remote_of() as way:
            assert read(way, "s3://archive/2031/a.bin") == FILE
            assert read(way, "s3://archive/2031/a.bin", 25_000) == FILE[25_000:]
            with pytest.raises(FetchError) as failed:
                read(way, "s3://archive/2031/none.bin")
    assert failed.value.kind == "status"
    assert not any("authorization" in headers for _, _, headers in bucket.asked)
    assert all("storywire/0" in headers["user-agent"] for _, _, headers in bucket.asked)


@pytest.mark.slow
def test_s3_leads_to_no_host_that_is_not_public(
    remote_of: Remotes, bucket: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(bucket):
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.2:{bucket.port}")
        with remote_of() as way, pytest.raises(FetchError) as failed:
            read(way, "s3://archive/2031/a.bin")
    assert failed.value.kind == "refused_address"
    assert not bucket.asked
