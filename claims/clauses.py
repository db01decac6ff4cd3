"""Where a sentence says two things: the clauses that it is cut into, and the items of a list that it leads into.

What is cut off must claim something by itself: words that only hang on to a statement stay with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.cues import Cue
from claims.unclaiming import MIN_WORDS
from evidence.later import compiled_later

if TYPE_CHECKING:
    from claims.frames import FrameReader
    from claims.tagging import Mention

_SUBJECT: Final = r"(?=(?:it|they|this|these|those|that|he|she|we|you|there|such|its|their|our)\b)"
_CLAUSE: Final = compiled_later(
    r"(;\s+|,\s+(?:but|whereas|while|although|though|yet|so(?!\s+that\b)|which|because|since|meaning\s+that)\s+"
    r"|\s+(?:but|whereas|although)\s+|\s+because\s+(?!of\b)|,\s+as\s+" + _SUBJECT + r")"
    r"|(,\s+(?:(?:thereby|thus|also|hence|and|while)\s+)?(?=[a-z]{2,}ing\s))"
    r"|,?\s+(and)\s+"
)
_NEW_SUBJECT: Final = compiled_later(
    r"(?:it|they|this|these|those|he|she|we|you|there|its|their|our|your|many|most|some|several|few|only|about"
    r"|almost|nearly|around|roughly|all|each|every|no|one|two|three|half|fewer|more|people|patients|studies)\b"
)
_LEADING: Final = compiled_later(
    r"\s*[\"'“‘(]?(?:while|although|though|whereas|because|even though|since)\s", re.IGNORECASE
)
_COMMA: Final = compiled_later(r",\s+")
_AUXILIARY: Final = compiled_later(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|can|could|may|might|must|will|would|should)(?:n't)?\b"
)  # what can begin a second claim after "and": it is approved and is not addictive
_ADJECTIVE: Final = compiled_later(r"\w+(?:ive|ful|less|able|ible|ous|ly)\b")  # "safe and effective for" is one claim
# Verbs that say little themselves and bring in what follows from a statement.
_BRINGING: Final = compiled_later(
    r"(?:mak|lead|allow|offer|giv|provid|caus|help|result|creat|open|enabl|lett|keep|bring|mean|leav)ing\b"
)
_LIST: Final = compiled_later(r":\s+")
_ITEM: Final = compiled_later(r",\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+")
_ITEMS: Final = 3  # so many make a list
_TRAILING: Final = 4  # words that a claim has which hangs on to another


class Clause(NamedTuple):
    """A piece of a sentence that claims something; ``lead``: from where to where the words stand that it is led by."""

    start: int
    end: int
    lead: tuple[int, int] | None = None


def clauses_of(
    sentence: str, mentions: Sequence[Mention], cues: Sequence[Cue], reader: FrameReader
) -> Sequence[Clause]:
    """The sentence cut where it says two things: at a mark or word that parts clauses, before what is said to follow
    from a statement, at an "and" when both sides name an outcome of their own and the second begins with a verb, and
    between the items of a list of kinds of people."""
    return _listed(sentence, mentions, cues, reader) or list(_parted(sentence, mentions, reader))


def _parted(sentence: str, mentions: Sequence[Mention], reader: FrameReader) -> Iterator[Clause]:
    outcomes = [m for m in mentions if m.slot == "outcome"]
    start = 0
    if _LEADING.match(sentence):
        for comma in _COMMA.finditer(sentence):
            parts = sentence[: comma.start()], sentence[comma.end() :]
            if all(len(part.split()) > MIN_WORDS and reader.predicates(part) for part in parts):
                yield Clause(0, comma.start())
                start = comma.end()
                break
    for cut in _CLAUSE.finditer(sentence, start):
        parts = sentence[start : cut.start()], sentence[cut.end() :]
        if not all(len(part.split()) >= MIN_WORDS for part in parts):
            continue
        if cut.group(1) is not None:
            apart = all(reader.predicates(part) for part in parts)
        elif cut.group(2) is not None:
            apart = reader.predicates(parts[0]) and _follows(parts[1], reader)
        else:
            before = {m.concepts for m in outcomes if start <= m.start and m.end <= cut.start()}
            after = {m.concepts for m in outcomes if m.start >= cut.end()}
            acts = _AUXILIARY.match(parts[1]) is not None or (reader.acts(parts[1]) and not _ADJECTIVE.match(parts[1]))
            told = bool(before and after) and before != after and acts
            apart = told or (sentence[cut.start()] == "," and _begins_anew(parts, reader))
        if apart:
            yield Clause(start, cut.start())
            start = cut.end()
    yield Clause(start, len(sentence))


def _begins_anew(parts: tuple[str, str], reader: FrameReader) -> bool:
    """Whether what follows an "and" is a statement with a subject of its own."""
    acts = (_AUXILIARY.search(part) is not None or reader.has_verb(part) for part in parts)
    return _NEW_SUBJECT.match(parts[1]) is not None and all(acts)


def _follows(part: str, reader: FrameReader) -> bool:
    """Whether words that begin with a participle claim something besides what they hang on to."""
    verb = part.split(maxsplit=1)[0]
    brings = _BRINGING.match(part) is not None or reader.acts(part)
    return brings and len(part.split()) >= _TRAILING and reader.predicates(part[len(verb) :])


def _listed(sentence: str, mentions: Sequence[Mention], cues: Sequence[Cue], reader: FrameReader) -> list[Clause]:
    """The items of a list that ends the sentence, each of which names people of another kind; empty without one. What
    is denied of the whole list is left together: a lead lends its items no sign."""
    head = _LIST.search(sentence)
    if head is None or any(cue.kind == "negation" for cue in cues):
        return []
    people = [m for m in mentions if m.slot == "population" and m.start >= head.end()]
    if len(people) < _ITEMS or not reader.predicates(sentence[: head.start()]):
        return []
    ends = [m.start() for m in _ITEM.finditer(sentence, head.end())] + [len(sentence)]
    starts = [head.end()] + [m.end() for m in _ITEM.finditer(sentence, head.end())]
    items = list(zip(starts, ends, strict=True))
    if sum(any(low <= m.start < high for m in people) for low, high in items) < max(_ITEMS, len(items) - 1):
        return []
    lead = 0, head.start()
    return [Clause(0, items[0][1]), *(Clause(low, high, lead) for low, high in items[1:])]
