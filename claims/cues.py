"""Cues: words that change how a claim is meant (negation, hedge, absolute, reported speech ...), and their scope.

The words are data (``claims/data/cues.toml``); the scope rules follow ConText: a cue reaches forward or backward to the
end of its clause, stops at a stop word, and a pseudo cue ("not only") switches off what it covers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, Protocol

import msgspec

from claims.kept_records import load_kept_record
from evidence.problems import LibraryError, Problem
from evidence.records import Record

CueClass = Literal[
    "pseudo",
    "negation",
    "hedge",
    "absolute",
    "strong",
    "strength",
    "weasel",
    "attribution",
    "reported",
    "myth",
    "question",
    "instruction",
    "clinic",
    "in-house",
    "address",
    "praise",
    "promise",
    "causation",
    "comparison",
    "modal-advice",
    "imperative",
    "condition",
    "meta",
]
Direction = Literal["forward", "backward", "both", "sentence"]
_JOINING: Final = re.compile(r",?\s*(?:/|\b(?:or|and|nor)\b)?\s*")
CUES_FILE: Final = Path(__file__).parent / "data" / "cues.toml"


class CueRule(Record, frozen=True, kw_only=True):
    """Words of one class with one direction; ``pseudo`` needs no direction. ``near``: the scope also ends at the words
    of ``near_stop``, unless one follows at once ("not for sale"). ``of_noun``: it ends with the first concept named,
    and those joined to it ("without monitoring adds risk" denies no risk)."""

    kind: CueClass = msgspec.field(name="class")
    direction: Direction = "both"
    words: tuple[str, ...]
    near: bool = False
    of_noun: bool = False


class CueBook(Record, frozen=True, kw_only=True):
    """All cue rules, the words at which a scope ends, and those at which a near scope ends."""

    stop: tuple[str, ...]
    near_stop: tuple[str, ...] = ()
    cues: tuple[CueRule, ...]


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """One cue in a text: its span, its class, and the span of the words it speaks of."""

    start: int
    end: int
    kind: CueClass
    word: str
    scope_start: int
    scope_end: int

    def covers(self, start: int, end: int) -> bool:
        """Whether the cue speaks of any part of the span."""
        return self.scope_start < end and start < self.scope_end


@lru_cache(maxsize=4)
def load_cues(path: Path = CUES_FILE) -> CueBook:
    """The cue book. Raises LibraryError when the file is wrong or a word stands in two rules of one class."""
    book = load_kept_record(path, CueBook, name=path.name)
    seen: set[tuple[str, str]] = set()
    for rule in book.cues:
        for word in rule.words:
            if (rule.kind, word) in seen:
                problem = Problem(
                    file=path.name,
                    code="cue",
                    message=f"'{word}' stands twice under {rule.kind}",
                    cure="keep one",
                )
                raise LibraryError(problem)
            seen.add((rule.kind, word))
    return book


class Placed(Protocol):
    """A cue word at its place in a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def rule(self) -> CueRule: ...
    @property
    def word(self) -> str: ...


def place_cues(
    found: Sequence[Placed],
    stops: Sequence[int],
    near_stops: Sequence[int],
    start: int,
    end: int,
    named: Sequence[tuple[int, int]] = (),
) -> list[Cue]:
    """Cues of one sentence with their scopes.

    ``found`` are the cue words inside ``start`` to ``end``; ``stops`` and ``near_stops`` the offsets at which a stop
    word begins; ``named`` are the spans of the concepts that the sentence names, in order (``joined``).
    """
    hidden = [(word.start, word.end) for word in found if word.rule.kind == "pseudo"]
    cues = []
    for word in found:
        rule = word.rule
        if rule.kind == "pseudo" or any(low <= word.start and word.end <= high for low, high in hidden):
            continue
        before = max((stop for stop in stops if stop < word.start), default=start)
        after = min((stop for stop in stops if stop >= word.end), default=end)
        if rule.near:
            after = min(after, *(stop for stop in near_stops if stop > word.end + 1), end)
        if rule.of_noun:
            after = next((min(after, high) for low, high in named if word.end <= low < after), after)
        low = word.start if rule.direction == "forward" else start if rule.direction == "sentence" else before
        high = word.end if rule.direction == "backward" else end if rule.direction == "sentence" else after
        cues.append(
            Cue(start=word.start, end=word.end, kind=rule.kind, word=word.word, scope_start=low, scope_end=high)
        )
    return cues


def joined(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of concepts in a text, those that "or", "and" or a comma joins taken together."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if found and (low <= found[-1][1] or _JOINING.fullmatch(text, found[-1][1], low)):
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return found
