"""An application into a running server. The socket is bound first: its address is known, and a taken port is told."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

import uvicorn

from evidence.problems import StorageError, UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_WAITING: Final = 64  # connections that wait to be taken
_AT_ONCE: Final = 100
_GRACE_SECONDS: Final = 2


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes any free one. Raises UsageError for a host or port that cannot be."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"'{host}' is no address to listen on: {_reason(error)}; use 127.0.0.1") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_WAITING)
    except OSError as error:
        listening.close()
        raise StorageError(f"cannot listen on {host}:{port}: {_reason(error)}; choose another --port") from None
    return listening


def address_of(listening: socket.socket, host: str) -> str:
    """The address to open in a browser; an unspecified host is reached on this machine as 127.0.0.1."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{name}]' if ':' in name else name}:{listening.getsockname()[1]}/"


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine can reach it."""
    return str(listening.getsockname()[0]).startswith("127.") or listening.getsockname()[0] == "::1"


def run(app: ASGIApp, listening: socket.socket) -> None:
    """Serves until the process is told to end. No header of a proxy is believed, no visit is written down."""
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        limit_concurrency=_AT_ONCE,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
