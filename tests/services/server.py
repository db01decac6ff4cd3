"""A loopback HTTP server that answers as a test tells it, and misbehaves on request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

Asked = tuple[str, dict[str, str]]  # path, parameters


@dataclass
class Reply:
    """One answer. ``declared`` is the length told when it differs from the body's; ``drops`` sends a byte at a time."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    declared: int | None = None
    delay: float = 0.0
    drops: float = 0.0
    repeat: int = 1


def of_json(value: object, **fields: object) -> Reply:
    return Reply(body=json.dumps(value).encode(), **fields)  # type: ignore[arg-type]


def html(status: int) -> Reply:
    return Reply(status, b"<!DOCTYPE html><html><body>Service is temporarily down</body></html>", "text/html")


def cut_off() -> Reply:
    return Reply(body=b'{"message": {"DOI": "10.5555/', declared=5_000)


def vast() -> Reply:
    """A hundred megabytes, sent as fast as they are taken."""
    return Reply(body=b" " * 1_000_000, repeat=100)


def too_many(retry_after: str | None = None) -> Reply:
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return Reply(429, b"<html>Too many requests</html>", "text/html", headers)


def redirect(to: str) -> Reply:
    return Reply(302, b"", "text/html", {"Location": to})


class Server:
    """Serves while the ``with`` block runs. ``planned`` answers come first, by path, one a request; the last one stays."""

    def __init__(self, answer: Callable[[str, dict[str, str]], Reply]) -> None:
        self._answer = answer
        self.asked: list[Asked] = []
        self.headers: list[dict[str, str]] = []
        self.planned: dict[str, list[Reply]] = {}
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.handle(self)

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # a client that has gone

        self._http = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def plan(self, path: str, *replies: Reply) -> None:
        """What comes for ``path`` (decoded) instead of the true answer: each reply once, the last one for ever."""
        self.planned[path] = list(replies)

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        path = unquote(parts.path).strip("/")
        parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append((path, parameters))
        self.headers.append(dict(request.headers.items()))
        planned = self.planned.get(path)
        reply = self._answer(path, parameters)
        if planned:
            reply = planned.pop(0) if len(planned) > 1 else planned[0]
        time.sleep(reply.delay)
        request.send_response(reply.status)
        request.send_header("Content-Type", reply.kind)
        for name, value in reply.headers.items():
            request.send_header(name, value)
        told = len(reply.body) * reply.repeat if reply.declared is None else reply.declared
        request.send_header("Content-Length", str(told))
        request.end_headers()
        if reply.drops:
            for byte in reply.body:
                request.wfile.write(bytes([byte]))
                request.wfile.flush()
                time.sleep(reply.drops)
        else:
            for _ in range(reply.repeat):
                request.wfile.write(reply.body)
        if reply.declared is not None:
            request.close_connection = True

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
