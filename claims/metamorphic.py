"""Cases made from the library itself: what must come out supported, what must not once one detail is changed, and what
must not change when only the dress of the words does.

Every allowed wording gives cases, so the suite grows with the library. A change of one detail is general: another
figure, another unit of time, another year, another treatment, population or agency of the lexicon, a negation taken
away or put in, a promise put on top.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from claims.folding import fold

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.frames import FrameReader
    from claims.propositions import Proposition
    from claims.quantities import Measured
    from claims.tagging import Mention

Change = Literal[
    "none", "dress", "figure", "time", "year", "negation", "promise", "intervention", "population", "agency"
]
# A denial, and what stands in its place when it is taken away; longer ones first.
_DENIED: Final = (
    (" has not been ", " has been "),
    (" have not been ", " have been "),
    (" is not ", " is "),
    (" are not ", " are "),
    (" was not ", " was "),
    (" were not ", " were "),
    (" cannot ", " can "),
    (" did not ", " did indeed "),
    (" does not ", " does indeed "),
)
_ASSERTED: Final = ((" is ", " is not "), (" are ", " are not "), (" was ", " was not "), (" were ", " were not "))
_PROMISE: Final = ("It is proven beyond any doubt that ", ", always and in every single patient")
_LONGER: Final = {"min": "months", "h": "months", "day": "years", "week": "years"}
_UNIT_WORD: Final = re.compile(r"\b(minutes?|hours?|days?|weeks?)\b", re.IGNORECASE)
_PLURAL_OF: Final = {"minute": "months", "hour": "months", "day": "years", "week": "years"}
_LATER: Final = 7
_TELLING: Final = 2  # a population with no more concepts above it is people at large
_ONE_SLOT: Final = ("intervention", "population", "agency")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence with what was changed in it; ``of`` is the proposition that it is a wording of."""

    of: str
    change: Change
    original: str
    text: str

    @property
    def stands(self) -> bool:
        """Whether the sentence must still be supported."""
        return self.change in ("none", "dress")


class _Cut(NamedTuple):
    start: int
    end: int
    text: str


def cases(collection: Collection, reader: FrameReader) -> Iterator[Case]:
    """Every case that the library gives, in the order of its propositions."""
    others = _Others(collection)
    for proposition in collection.propositions.values():
        for wording in proposition.wordings:
            text = wording.text
            yield Case(of=proposition.id, change="none", original=text, text=text)
            yield Case(of=proposition.id, change="dress", original=text, text=_dressed(text))
            for change, changed in _changes(text, proposition, reader, others):
                if changed != text:
                    yield Case(of=proposition.id, change=change, original=text, text=changed)


def _changes(text: str, proposition: Proposition, reader: FrameReader, others: _Others) -> Iterator[tuple[Change, str]]:
    frame = reader.read(text)
    for figure in frame.measured:
        made = _other_figure(text, figure, proposition)
        if made is not None:
            yield made
            break
    denial = _negated(text)
    if denial is not None:
        yield "negation", denial
    if proposition.certainty != "fact" and proposition.polarity == "affirms":
        yield "promise", _PROMISE[0] + text[0].lower() + text[1:].rstrip(".") + _PROMISE[1] + "."
    for mention in reader.tagger.tag(text).mentions:
        if mention.slot in _ONE_SLOT and _whole(text, mention):
            swapped = others.instead(mention, proposition)
            if swapped is not None:
                changed = text[: mention.start] + swapped + text[mention.end :]
                yield ("intervention" if mention.slot == "intervention" else _slot(mention.slot)), changed
                break


def _whole(text: str, mention: Mention) -> bool:
    """Whether the words name the concept and nothing more: "with asthma", but not "asthma scores"."""
    if mention.slot != "population":
        return True
    before, after = text[: mention.start].rstrip().lower(), text[mention.end :].lstrip()
    return before.endswith((" with", " in", " for")) and not after[:1].isalpha()


def _slot(slot: str) -> Change:
    return "population" if slot == "population" else "agency"


def _dressed(text: str) -> str:
    """The same words in another dress: typographic blanks, dashes and quotes, and another spelling of percent."""
    dressed = text.replace("-", "\u2011").replace("'", "\u2019").replace(" percent", "%")
    return re.sub(r"(\d) (mg|hours|days|weeks|months)\b", "\\1\u00a0\\2", dressed)


def _other_figure(text: str, figure: Measured, proposition: Proposition) -> tuple[Change, str] | None:
    said = text[figure.start : figure.end]
    if figure.kind == "year" and figure.low is not None:
        if not said.isdigit() or text[figure.end : figure.end + 1] == "s":
            return None
        return "year", text.replace(said, f"{figure.low + _LATER:.0f}")
    if figure.kind == "duration" and figure.unit in _LONGER and figure.low is not None and said[:1].isdigit():
        changed = _UNIT_WORD.sub(lambda m: _PLURAL_OF[m.group(1).lower().rstrip("s")], said, count=1)
        return ("time", text[: figure.start] + changed + text[figure.end :]) if changed != said else None
    if figure.unit != "%" or figure.low is None or figure.bound not in ("exact", "about"):
        return None
    carried = [
        v for value in proposition.values for v in (value.low, value.high) if v is not None and value.unit == "%"
    ]
    number = f"{figure.low:g}"
    if number not in said or not carried:
        return None
    other = next((o for o in ("97", "3", "88", "11") if all(abs(float(o) - v) > _LATER for v in carried)), None)
    inside = any(
        v.low is not None and v.high is not None and v.low <= float(other or 0) <= v.high for v in proposition.values
    )
    if other is None or inside:
        return None
    return "figure", text[: figure.start] + said.replace(number, other) + text[figure.end :]


def _negated(text: str) -> str | None:
    for said, instead in _DENIED:
        if text.count(said) == 1 and fold(text).count(" not ") == 1:
            return text.replace(said, instead)
    if " not " in fold(text) or "n't" in text or " no " in fold(text):
        return None
    for said, instead in _ASSERTED:
        if text.count(said) == 1 and " which" not in text and ";" not in text:
            return text.replace(said, instead)
    return None


class _Others:
    """For each concept of the lexicon another one that is nothing like it, by its plainest word."""

    def __init__(self, collection: Collection) -> None:
        self._lexicon = collection.lexicon
        self._used: dict[str, list[str]] = {slot: [] for slot in _ONE_SLOT}
        for proposition in collection.propositions.values():
            for slot in _ONE_SLOT:
                for concept in getattr(proposition.scope, slot):
                    if concept not in self._used[slot] and self._lexicon[concept].synonyms:
                        self._used[slot].append(concept)

    def instead(self, mention: Mention, proposition: Proposition) -> str | None:
        """A word for another concept of the slot; ``None`` when the proposition does not restrict the slot."""
        scope: tuple[str, ...] = getattr(proposition.scope, mention.slot)
        if not any(self._lexicon.related(concept, carried) for concept in mention.concepts for carried in scope):
            return None
        for concept in self._used[mention.slot]:
            known = (*scope, *mention.concepts, *proposition.scope.comparator)
            telling = mention.slot != "population" or len(self._lexicon.wider(concept)) > _TELLING
            if telling and not any(self._lexicon.related(concept, other) for other in known):
                return self._lexicon[concept].synonyms[0]
        return None
