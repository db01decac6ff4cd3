"""HTTP with bounds: every request ends in an answer or a plain reason within a set time, whatever the service does.

The only module that imports requests. It paces itself by the services' own headers, waits where it is told to, and
follows a redirect only to the same host: a service cannot send it into a private network.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

import msgspec
import requests

from evidence.lookup.outcomes import Unavailable


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one question. Times in seconds, ``size`` in bytes; ``overall`` holds over all tries and waits."""

    connect: float = 6.0
    read: float = 15.0
    overall: float = 60.0
    size: int = 4_000_000
    tries: int = 4
    backoff: float = 1.0
    longest_wait: float = 20.0


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A complete answer of the service, whatever its status."""

    status: int
    body: bytes


DEFAULT_LIMITS: Final = Limits()
_REDIRECTS: Final = 3
_TO_BE_RETRIED: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTING: Final = frozenset({301, 302, 303, 307, 308})
# Seconds between requests of a service that sends no rate headers; each is the strictest public rate documented.
_GAPS: Final = {"Crossref": 0.2, "PubMed": 0.34, "OpenAlex": 0.1}
_INTERVAL = re.compile(r"(\d{1,5})\s*s?")
_NUMBER = re.compile(r"\d{1,9}")


class _FailureError(Exception):
    """A request that came to nothing; ``again`` says whether another try may come to more."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again


class _Raw(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Asks services one request at a time. ``agent`` is the User-Agent sent with each request."""

    def __init__(
        self,
        *,
        agent: str,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._agent = agent
        self._limits = limits or DEFAULT_LIMITS
        self._clock = clock
        self._sleep = sleep
        self._session = _session(agent)
        self._gaps: dict[str, float] = {}
        self._free_at: dict[str, float] = {}

    def get(
        self, service: str, base: str, path: str, parameters: Mapping[str, str], *, pool: str = "single"
    ) -> Answer | Unavailable:
        """The answer to ``base/path?parameters``. ``pool`` names the kind of request, as a service paces each kind."""
        limits = self._limits
        deadline = self._clock() + limits.overall
        reason = "gave no answer"
        for attempt in range(limits.tries):
            self._await_turn(service, pool)
            wait = limits.backoff * 2.0**attempt
            try:
                raw = self._within(deadline, lambda: self._request(f"{base}/{path}", parameters, deadline))
            except _FailureError as failure:
                reason = failure.reason
                if not failure.again:
                    break
            else:
                self._learn_pace(service, pool, raw.headers)
                if raw.status not in _TO_BE_RETRIED:
                    return Answer(status=raw.status, body=raw.body)
                reason = "asks to be asked less often (429)" if raw.status == 429 else f"is out of order ({raw.status})"
                asked = _retry_after(raw.headers)
                if asked is not None and asked > limits.longest_wait:
                    reason = f"asks to wait {asked:.0f} s; try again later"
                    break
                wait = wait if asked is None else asked
            if attempt + 1 == limits.tries or self._clock() + wait >= deadline:
                break
            self._sleep(wait)
        return Unavailable(service=service, reason=reason)

    def _within(self, deadline: float, work: Callable[[], _Raw]) -> _Raw:
        """``work`` in a thread: neither a name server nor an answer in drops can hold us past the deadline."""
        done: queue.SimpleQueue[_Raw | Exception] = queue.SimpleQueue()

        def run() -> None:
            try:
                done.put(work())
            except Exception as error:  # noqa: BLE001 - handed over and raised where it is waited for
                done.put(error)

        threading.Thread(target=run, daemon=True).start()
        try:
            result = done.get(timeout=max(0.01, deadline - self._clock()))
        except queue.Empty:
            self._session = _session(self._agent)  # the thread left behind keeps the old one
            raise _FailureError(f"gave no complete answer within {self._limits.overall:g} s", again=False) from None
        if isinstance(result, Exception):
            raise result
        return result

    def _request(self, url: str, parameters: Mapping[str, str], deadline: float) -> _Raw:
        session = self._session
        given: Mapping[str, str] | None = parameters
        for _ in range(_REDIRECTS + 1):
            raw = self._one(session, url, given, deadline)
            if raw.status not in _REDIRECTING:
                return raw
            url, given = _redirect(url, raw.headers.get("Location", "")), None
        raise _FailureError("redirects without end", again=False)

    def _one(self, session: requests.Session, url: str, parameters: Mapping[str, str] | None, deadline: float) -> _Raw:
        limits = self._limits
        try:
            with session.get(
                url,
                params=parameters,
                timeout=(limits.connect, limits.read),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = bytearray()
                for chunk in response.iter_content(16_384):
                    body += chunk
                    if len(body) > limits.size:
                        raise _FailureError(f"answers with more than {limits.size // 1_000_000} MB", again=False)
                    if self._clock() > deadline:
                        raise _FailureError("answers too slowly", again=False)
                return _Raw(status=response.status_code, headers=response.headers, body=bytes(body))
        except requests.exceptions.SSLError:
            raise _FailureError("has no valid certificate", again=False) from None
        except requests.Timeout:
            raise _FailureError("does not answer in time", again=True) from None
        except requests.exceptions.ChunkedEncodingError:
            raise _FailureError("breaks off its answer", again=True) from None
        except requests.ConnectionError as error:
            # A read that times out inside the body arrives as a plain ConnectionError.
            slow = "timed out" in str(error).lower()
            raise _FailureError("does not answer in time" if slow else "cannot be reached", again=True) from None
        except (requests.RequestException, ValueError):  # urllib3 refuses some addresses with a ValueError
            raise _FailureError("gives an answer that cannot be read", again=False) from None

    def _await_turn(self, service: str, pool: str) -> None:
        key = f"{service} {pool}"
        early = self._free_at.get(key, 0.0) - self._clock()
        if early > 0:
            self._sleep(early)
        self._free_at[key] = self._clock() + self._gaps.get(key, _GAPS.get(service, 0.2))

    def _learn_pace(self, service: str, pool: str, headers: Mapping[str, str]) -> None:
        """Crossref and PubMed tell how many requests an interval may hold (PubMed's is a second)."""
        limit = headers.get("X-Rate-Limit-Limit") or headers.get("X-RateLimit-Limit") or ""
        interval = _INTERVAL.fullmatch(headers.get("X-Rate-Limit-Interval", "1s").strip())
        if _NUMBER.fullmatch(limit.strip()) and int(limit) > 0 and interval:
            key = f"{service} {pool}"
            gap = min(int(interval.group(1)) / int(limit), self._limits.longest_wait)
            before = self._gaps.get(key, _GAPS.get(service, 0.2))
            self._gaps[key] = gap
            self._free_at[key] = self._free_at.get(key, 0.0) + gap - before


def _session(agent: str) -> requests.Session:
    session = requests.Session()
    session.headers.clear()
    # Uncompressed, so that the size of an answer is the size of what is read.
    session.headers.update({"User-Agent": agent, "Accept": "application/json", "Accept-Encoding": "identity"})
    session.auth = _no_credentials  # else a .netrc of the user's would be sent
    return session


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _redirect(url: str, location: str) -> str:
    """Where a redirect leads: the same host, at most from http to https. Raises _FailureError for anything else."""
    try:
        target = urljoin(url, location)
        here, there = urlsplit(url), urlsplit(target)
        same_place = (here.scheme, here.hostname, here.port) == (there.scheme, there.hostname, there.port)
        upgraded = (here.scheme, there.scheme) == ("http", "https") and here.hostname == there.hostname
        upgraded = upgraded and here.port in (None, 80) and there.port in (None, 443)
    except ValueError:
        raise _FailureError("redirects to an address that cannot be read", again=False) from None
    if not location or not (same_place or upgraded) or there.username or there.password:
        host = (there.hostname or "nowhere")[:80]
        kind = "a private address" if _is_private(host) else "another host"
        raise _FailureError(f"redirects to {kind} ({host}), which is not followed", again=False)
    return target


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from a number or a date; ``None`` when the service does not say."""
    text = headers.get("Retry-After", "").strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=dt.UTC)
    return max(0.0, (then - dt.datetime.now(dt.UTC)).total_seconds())
