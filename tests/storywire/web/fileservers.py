"""Hosts that give files over HTTP, or as a bucket of S3, from 127.0.0.1, each on a port of its own."""

from __future__ import annotations

import contextlib
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer:
    """What a test sees of a host: what lies there, what it was asked for, and how it is to misbehave.

    `faults` are statuses that the next requests for a block are answered with, 0 for an answer that breaks off;
    `moved` leads from one path to an address.
    """

    def __init__(self, files: dict[str, bytes], *, ranges: bool = True) -> None:
        self.files = files
        self.ranges = ranges
        self.faults: list[int] = []
        self.moved: dict[str, str] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.port = 0

    def url(self, path: str, host: str = "files.test", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def blocks(self) -> list[str]:
        """The ranges that were asked for, in order."""
        return [headers.get("range", "") for method, _, headers in self.asked if method == "GET"]


@contextlib.contextmanager
def serving(server: FileServer, tls: ssl.SSLContext | None = None) -> Iterator[FileServer]:
    """The host, until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as listener:
        if tls is not None:
            listener.socket = tls.wrap_socket(listener.socket, server_side=True)
        server.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


def _handler(server: FileServer) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the test's output."""

        def _answer(self, *, with_body: bool) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.asked.append((self.command, self.path, headers))
            if target := server.moved.get(self.path):
                return self._send(302, b"", with_body, Location=target)
            data = server.files.get(self.path.partition("?")[0])
            if data is None:
                return self._send(404, b"nothing here", with_body)
            fault = server.faults.pop(0) if with_body and server.faults else None
            if fault:
                return self._send(fault, b"not now", with_body)
            found = re.fullmatch(r"bytes=(\d+)-(\d+)", headers.get("range", ""))
            if not (found and server.ranges):
                return self._send(200, data, with_body, broken=fault == 0)
            start, end = int(found[1]), min(int(found[2]) + 1, len(data))
            told = f"bytes {start}-{end - 1}/{len(data)}"
            return self._send(206, data[start:end], with_body, broken=fault == 0, Content_Range=told)

        def _send(self, status: int, body: bytes, with_body: bool, *, broken: bool = False, **more: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"a1"')
            self.send_header("Last-Modified", "Mon, 03 Mar 2031 08:00:00 GMT")
            for name, value in more.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if with_body:
                self.wfile.write(body[: len(body) // 2] if broken else body)
            self.close_connection = self.close_connection or broken

    return Handler
