"""Cases made from the library itself: what must come out supported, what must not once one detail is changed, and what
must not change when only the dress of the words does.

Every allowed wording gives cases, so the suite grows with the library. A change of one detail is general: another
figure, another unit of time, another year, another treatment, population or agency of the lexicon, a negation taken
away or put in, a promise put on top.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from zlib import crc32

import msgspec

from claims.folding import fold

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.frames import FrameReader
    from claims.lexicon import Lexicon
    from claims.propositions import Proposition
    from claims.quantities import Measured
    from claims.tagging import Mention

Change = Literal[
    "none", "dress", "figure", "time", "year", "negation", "promise", "intervention", "population", "agency"
]
# A denial, and what stands in its place when it is taken away; longer ones first.
_DENIED: Final = (
    (" has not yet been ", " has already been "),
    (" have not yet been ", " have already been "),
    (" is not yet ", " is already "),
    (" are not yet ", " are already "),
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
# Words beside which a second denial, or "not", is no English, or changes nothing that is claimed.
_DENYING: Final = re.compile(
    r"\b(?:no|none|nobody|nothing|never|neither|nor|hardly|little|few|any(?:one|body|thing)?|whether|only)\b"
)
_PROMISE: Final = ("It is proven beyond any doubt that ", ", always and in every single patient")
_LONGER: Final = {"min": "months", "h": "months", "day": "years", "week": "years"}
_UNIT_WORD: Final = re.compile(r"\b(minutes?|hours?|days?|weeks?)\b", re.IGNORECASE)
_PLURAL_OF: Final = {"minute": "months", "hour": "months", "day": "years", "week": "years"}
_LATER: Final = 7
_TELLING: Final = 2  # a population with no more concepts above it is people at large
_ONE_SLOT: Final = ("intervention", "population", "agency")
_CHANGE_OF: Final[Mapping[str, Change]] = {
    "intervention": "intervention",
    "population": "population",
    "agency": "agency",
}
_NAME: Final = re.compile(
    r"[A-Z]{2,}(?:/\w+)?|[A-Z]\w+(?: (?:of |for |and )?[A-Z]\w+)+"
)  # an acronym, or capitals throughout
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s|$)")


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
    told = any(cue.rule.kind == "imperative" and cue.start == 0 for cue in reader.tagger.tag(text).cue_words)
    if proposition.certainty != "fact" and proposition.polarity == "affirms" and not told:
        yield "promise", _PROMISE[0] + text[0].lower() + text[1:].rstrip(".") + _PROMISE[1] + "."
    # What is denied of one illness or drug is as true of most others: none of them is shown, approved or tried.
    denies = proposition.polarity != "affirms" or "negation" in frame.kinds
    for mention in reader.tagger.tag(text).mentions:
        swappable = mention.slot in _ONE_SLOT and (mention.slot == "agency" or not denies)
        named = _named(text, mention, reader, others.lexicon) if swappable else None
        if named is not None and not _asked(text, named[1]):
            condition = text[: named[0]].rstrip().lower().endswith(" with")
            swapped = others.instead(mention, proposition, "" if condition else text[slice(*named)])
            if swapped is not None:
                begins = named[0] == 0 and text[0].isupper()
                changed = (
                    text[: named[0]] + (swapped[0].upper() + swapped[1:] if begins else swapped) + text[named[1] :]
                )
                yield _CHANGE_OF[mention.slot], changed
                break


def _asked(text: str, place: int) -> bool:
    """Whether a place stands in a question, which claims nothing."""
    end = _SENTENCE_END.search(text, place)
    return end is not None and end.group() == "?"


def _named(text: str, mention: Mention, reader: FrameReader, lexicon: Lexicon) -> tuple[int, int] | None:
    """The characters of the name of a concept and nothing more, so that another name can stand there: "with asthma",
    not "asthma scores"; of "misused cannabis" the drug."""
    start, end = mention.start, mention.end
    before, after = text[:start].rstrip().lower(), text[end:].lstrip()
    if mention.slot == "population":
        return (start, end) if before.endswith((" with", " in", " for")) and not after[:1].isalpha() else None
    if "-" in (text[start - 1 : start], text[end : end + 1]):
        return None
    if mention.slot == "agency":
        start += len("the ") * text[start:end].lower().startswith("the ")
        return (start, end) if _NAME.fullmatch(text[start:end]) else None
    for word in reversed(list(re.finditer(r"[^\W\d_]+", text[start:end]))):  # the last is what the others go with
        for inner in reader.tagger.tag(word.group()).mentions:
            if inner.slot == mention.slot and any(
                lexicon.related(a, b) for a in inner.concepts for b in mention.concepts
            ):
                return start + word.start(), start + word.end()
    return None


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
    whole = re.compile(rf"(?<![\d.,]){re.escape(number)}(?![\d.,]*\d)")  # not a part of another number beside it
    if not whole.search(said) or not carried:
        return None
    other = next((o for o in ("97", "3", "88", "11") if all(abs(float(o) - v) > _LATER for v in carried)), None)
    inside = any(
        v.low is not None and v.high is not None and v.low <= float(other or 0) <= v.high for v in proposition.values
    )
    if other is None or inside:
        return None
    return "figure", text[: figure.start] + whole.sub(other, said, count=1) + text[figure.end :]


def _negated(text: str) -> str | None:
    folded = fold(text)
    for said, instead in _DENIED:
        if text.count(said) == 1 and folded.count(" not ") == 1 and not _DENYING.search(folded):
            return None if _asked(text, text.index(said)) else text.replace(said, instead)
    if " not " in folded or "n't" in text or _DENYING.search(folded):
        return None
    for said, instead in _ASSERTED:
        if text.count(said) == 1 and " which" not in text and ";" not in text and not _asked(text, text.index(said)):
            return text.replace(said, instead)
    return None


class _Others:
    """For each concept of the lexicon another one that is nothing like it, by its plainest word."""

    def __init__(self, collection: Collection) -> None:
        self.lexicon = collection.lexicon
        self._scopes = [proposition.scope for proposition in collection.propositions.values()]
        self._used: dict[str, list[str]] = {slot: [] for slot in _ONE_SLOT}
        for scope in self._scopes:
            for slot in _ONE_SLOT:
                for concept in getattr(scope, slot):
                    if concept not in self._used[slot] and self.lexicon[concept].synonyms:
                        self._used[slot].append(concept)

    def instead(self, mention: Mention, proposition: Proposition, said: str) -> str | None:
        """A word for another concept of the slot, in the number of the one said; ``None`` when the proposition does not
        restrict the slot, or others tell the same of all other concepts."""
        slot = mention.slot
        scope: tuple[str, ...] = getattr(proposition.scope, slot)
        if not any(self.lexicon.related(concept, carried) for concept in mention.concepts for carried in scope):
            return None
        # Not always the first: what is one text's other drug or illness is not every text's.
        used = self._used[slot]
        first = crc32(proposition.id.encode()) % (len(used) or 1)
        for concept in (*used[first:], *used[:first]):
            known = (*scope, *mention.concepts, *proposition.scope.comparator)
            telling = slot != "population" or len(self.lexicon.wider(concept)) > _TELLING
            if not telling or any(self.lexicon.related(concept, other) for other in known):
                continue
            word = self._word(concept, slot, said)
            if word is not None and not self._is_told(slot, concept, proposition):
                return word
        return None

    def _word(self, concept: str, slot: str, said: str) -> str | None:
        """The plainest word for a concept; of a treatment one that stands without an article, or the plural for one."""
        words = self.lexicon[concept].synonyms
        if slot == "agency":
            return next((word for word in words if _NAME.fullmatch(word)), None)
        plural = _is_plural(said)
        if slot == "population":
            return words[0] if _is_plural(words[0]) <= plural else None
        fitting = (word for word in words if " " not in word and _is_plural(word) == plural)
        return next((word for word in fitting if plural or not any(w.startswith(f"{word}s") for w in words)), None)

    def _is_told(self, slot: str, concept: str, proposition: Proposition) -> bool:
        """Whether some proposition tells of this concept what the proposition tells of its own."""
        return any(
            any(self.lexicon.related(concept, named) for named in getattr(other, slot))
            and self._meet(other.outcome, proposition.scope.outcome)
            and (slot == "intervention" or self._meet(other.intervention, proposition.scope.intervention))
            for other in self._scopes
        )

    def _meet(self, told: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
        return not told or any(self.lexicon.related(a, b) for a in told for b in wanted)


def _is_plural(words: str) -> bool:
    """Whether the last word is a plural by its ending."""
    last = words.rpartition(" ")[2]
    return last.endswith("s") and (last[:-1].isupper() or not last.lower().endswith(("ss", "is", "us")))
