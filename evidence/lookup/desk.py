"""One place to put a question to a service: the cache first, then the network, and what came of it.

A service that failed several times in a row is not asked again in the same run, so that an outage costs minutes and
not hours.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from evidence.lookup.cache import Cache, Entry
from evidence.lookup.outcomes import Found, NotFound, Unavailable
from evidence.lookup.settings import PUBMED, Settings

if TYPE_CHECKING:
    from evidence.lookup.transport import Answer, Transport

T = TypeVar("T")

MAX_AGE: Final = dt.timedelta(days=7)  # a retraction must not stay unseen for longer
NOT_KEPT: Final = "was not asked (--offline), and no kept answer was found"
NOT_JSON: Final = "answers with something that is not its JSON"
_PATIENCE: Final = 3


class Desk:
    """Asks the services of one run. ``now`` is the clock of the cache (UTC).

    ``oldest`` is when the oldest kept answer that was used was given; ``None`` while none was used.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        version: str,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        transport: Transport | None = None,
    ) -> None:
        self.settings = settings
        self._agent = f"claimwise/{version}" + (f" (mailto:{settings.contact})" if settings.contact else "")
        self._cache = Cache(settings.cache)
        self._now = now
        self._transport = transport
        self._failures: Counter[str] = Counter()
        self.oldest: dt.datetime | None = None

    def ask(
        self,
        service: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        shape: type[T],
        pool: str = "single",
        absent: Callable[[bytes], bool] = lambda _: False,
    ) -> Found[T] | NotFound | Unavailable:
        """The answer as a value of ``shape``. ``absent`` tells from the body of a 404 whether it is the service's own.

        A 404 that is not comes from something else at that address, and is no answer about the work.
        """
        question = self._question(service, path, parameters or {})
        kept = self.recall(service, question, shape)
        if kept is not None:
            return kept
        if self.settings.offline:
            return Unavailable(service=service, reason=NOT_KEPT)
        answer = self.fetch(service, path, parameters or {}, pool=pool)
        if isinstance(answer, Unavailable):
            return answer
        if answer.status == 404 and absent(answer.body):
            return self.keep_absence(service, question)
        if answer.status != 200:
            return Unavailable(service=service, reason=refusal(answer.status))
        return self.keep(service, question, answer.body, shape)

    def fetch(self, service: str, path: str, parameters: Mapping[str, str], *, pool: str) -> Answer | Unavailable:
        """The bare answer from the network; never the cache's."""
        if self._failures[service] >= _PATIENCE:
            return Unavailable(service=service, reason=f"failed {_PATIENCE} times in a row and was not asked again")
        if self._transport is None:
            from evidence.lookup.transport import Transport

            self._transport = Transport(agent=self._agent)
        sent = dict(parameters)
        if service == PUBMED:  # its own way to name who asks
            sent |= {"tool": "claimwise"} | ({"email": self.settings.contact} if self.settings.contact else {})
        answer = self._transport.get(service, self.settings.bases[service], path, sent, pool=pool)
        self._failures[service] = self._failures[service] + 1 if isinstance(answer, Unavailable) else 0
        return answer

    def recall(self, service: str, question: str, shape: type[T]) -> Found[T] | NotFound | None:
        """The kept answer to a question while it is fresh enough; offline at any age."""
        entry = self._cache.find(question)
        if entry is None or not (self.settings.offline or dt.timedelta(0) <= self._now() - entry.asked <= MAX_AGE):
            return None
        value = None if entry.body is None else decode(entry.body.encode(), shape)
        if entry.body is not None and value is None:
            return None
        self.oldest = min(entry.asked, self.oldest or entry.asked)
        if value is None:
            return NotFound(service=service, as_of=entry.asked)
        return Found(service=service, value=value, as_of=entry.asked)

    def keep(self, service: str, question: str, body: bytes, shape: type[T]) -> Found[T] | Unavailable:
        """The body as a value, kept for later when it is sound."""
        value = decode(body, shape)
        if value is None:
            return Unavailable(service=service, reason=NOT_JSON)
        now = self._now()
        self._cache.keep(Entry(question=question, asked=now, body=body.decode()))
        return Found(service=service, value=value, as_of=now)

    def keep_absence(self, service: str, question: str) -> NotFound:
        """That the service has no such record, kept for later."""
        now = self._now()
        self._cache.keep(Entry(question=question, asked=now, body=None))
        return NotFound(service=service, as_of=now)

    def _question(self, service: str, path: str, parameters: Mapping[str, str]) -> str:
        return self.question(service, path, (f"{name}={parameters[name]}" for name in sorted(parameters)))

    def question(self, service: str, path: str, parts: Iterable[str] = ()) -> str:
        """What an answer is kept under: the address asked and what was asked, without who asked."""
        return "\n".join((self.settings.bases[service], path, *parts))


def decode(body: bytes, shape: type[T]) -> T | None:
    """JSON as a value; ``None`` for anything that is not of this shape."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def refusal(status: int) -> str:
    """Why an answer with this status, which is not 200, tells nothing about a work."""
    match status:
        case 401 | 403:
            return f"refuses to answer ({status})"
        case 404:
            return "has nothing at that address (404); check its base address"
        case _:
            return f"answers with status {status}"
