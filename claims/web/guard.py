"""What stands before every page: only reading, only under the names this page is known by, only of bearable length.

A web page elsewhere can make a browser ask this server under a name of its own (DNS rebinding), so the Host header must
be an address, ``localhost`` or the name the server was started with. Every answer says that nothing may be loaded from
elsewhere, framed or guessed.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LONGEST_PATH: Final = 1000  # bytes of the path as sent
_LONGEST_QUERY: Final = 4000
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class Guard:
    """An ASGI application around another. ``host`` is the name the server was started with."""

    def __init__(self, app: ASGIApp, *, host: str) -> None:
        self._app = app
        self._host = host.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in _HEADERS.items():
                    headers[name] = value
                message["headers"] = headers.raw
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if not self._knows(Headers(scope=scope).getlist("host")):
            return PlainTextResponse("this server is not known by that name; use the address it printed\n", 400)
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("this server only reads; use GET\n", 405, headers={"Allow": "GET, HEAD"})
        if len(scope.get("raw_path") or scope["path"].encode()) > _LONGEST_PATH:
            return PlainTextResponse("the address is too long\n", 414)
        if len(scope["query_string"]) > _LONGEST_QUERY:
            return PlainTextResponse("the query is too long\n", 414)
        return None

    def _knows(self, given: list[str]) -> bool:
        if len(given) != 1:
            return False
        name = _without_port(given[0].lower())
        return name in ("localhost", self._host) or _is_address(name)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
