"""What a wording says, as comparable features: concepts by slot, senses and stems of words, figures, and their signs.

A frame is read the same way from a claim and from every wording the library knows, so that the two compare. A sign is
-1 where a negation reaches the words. Figures are tied to the treatment they are told of, where the words say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from claims.arms import Arm, arms_of
from claims.cues import Cue, joined, place_cues
from claims.folding import fold
from claims.marks import labels_of, span_of, ties_of
from claims.memory import Memory
from claims.poles import load_poles
from claims.quantities import Measured, find_quantities
from claims.sides import Side, load_sides
from claims.tagging import named_by
from claims.tallies import runs_of

if TYPE_CHECKING:
    from claims.extraction import Sentence, Told, Understood
    from claims.lexicon import Lexicon
    from claims.senses import Senses
    from claims.studied import StudyNames
    from claims.tagging import Mention, Tagger

Certainty = Literal["hedged", "plain", "strong", "absolute"]
CERTAINTY: Final[Mapping[Certainty, int]] = {"hedged": 0, "plain": 1, "strong": 2, "absolute": 3}

# How much of a feature counts: named outright, a wider concept of what is named, a word inside a concept's name.
_NAMED: Final = 1.0
_WIDER: Final = 0.45
_WORD: Final = 0.8
_INSIDE: Final = 0.65
_SENSE_INSIDE: Final = 0.6
_FIGURE: Final = 0.6
_KIND: Final = 0.5
_COMPARING: Final = re.compile(
    r"\b(?:than|versus|vs|compared (?:with|to)|against|unlike|over|beats?|superior to|inferior to|instead of|from)\s+"
    r"(?:\w+\s+){0,2}$"
)
_CONTRASTED: Final = re.compile(
    r"\b(?:unlike|in contrast to|as opposed to|contrary to|rather than|instead of|other than)\s+(?:\w+\s+){0,2}$"
)
_THAN: Final = ("than ", "than with ", "than on ", "than after ", "than for ")  # even where nothing stands before it
_WINDOW: Final = 48  # characters on each side of a figure that tell what it is of
_BLOCKS: Final = 8_192  # blocks of text that are remembered


class Frame(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The features of one wording.

    ``features`` maps a key (``outcome:response``, ``s:increase``, ``w:bladder``, ``n:64:%``, ``y:2019``,
    ``l:schedule:3``) to its weight,
    ``negated`` holds the keys with sign -1. ``slots`` holds the concepts that the words themselves name;
    ``comparator`` those named as the other side of a comparison. ``arms`` gives for a figure's span the concepts of the
    treatment it is told of, ``around`` the features near it, ``ties`` those of the phrase it belongs to. ``kinds`` are
    the classes of cues present. ``runs`` are marks of the words that stand together (``runs_of``), kept by topic and
    not with each wording; ``poles`` those at which it stands (``claims/poles.py``); ``sides`` which treatments it puts
    before which (``claims/sides.py``).
    """

    features: dict[str, float]
    negated: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    slots: dict[str, tuple[str, ...]] = {}
    measured: tuple[Measured, ...] = ()
    arms: dict[str, tuple[str, ...]] = {}
    around: dict[str, tuple[str, ...]] = {}
    ties: dict[str, tuple[str, ...]] = {}
    studies: tuple[str, ...] = ()
    designs: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    certainty: Certainty = "plain"
    runs: tuple[int, ...] = ()
    poles: tuple[int, ...] = ()
    sides: tuple[Side, ...] = ()

    def sign(self, key: str) -> int:
        return -1 if key in self.negated else 1

    def has(self, *keys: str) -> bool:
        return any(key in self.features for key in keys)

    def arm(self, figure: Measured) -> tuple[str, ...]:
        """The treatment that a figure is told of; empty when the words do not say."""
        return self.arms.get(span_of(figure), ())

    def near(self, figure: Measured) -> tuple[str, ...]:
        """The features of the words around a figure, up to the next figure on each side."""
        return self.around.get(span_of(figure), ())

    def tied(self, figure: Measured) -> tuple[str, ...]:
        """The features of the phrase that a figure belongs to: what follows it, else what leads to it."""
        return self.ties.get(span_of(figure), ())


class FrameReader:
    """Reads frames with one lexicon. Immutable after construction, but that it remembers what it understood."""

    def __init__(self, lexicon: Lexicon, tagger: Tagger, senses: Senses, studies: StudyNames) -> None:
        self._lexicon = lexicon
        self.tagger = tagger
        self.senses = senses
        self._poles = load_poles()
        self._sides = load_sides()
        self._studies = studies
        self.understood: Memory[tuple[object, ...], Understood] = Memory()
        self.read_before: Memory[tuple[object, ...], Sequence[Sentence]] = Memory()
        self.told: Memory[tuple[object, ...], tuple[object, Told]] = Memory(_BLOCKS)
        self._named: Memory[str, dict[str, tuple[str, ...]]] = Memory(_BLOCKS)
        self._bare: Memory[str, bool] = Memory()
        self._heads: Memory[tuple[str, tuple[str, ...]], bool] = Memory()

    def read(self, text: str, *, context: Mapping[str, float] | None = None, under: Arm = ()) -> Frame:
        """The frame of a text; ``context`` adds features that headings and earlier sentences carry. ``under``: the one
        treatment that a row or column is about, of which its figures are told when the text names none."""
        folded = fold(text)
        tags = self.tagger.tag(text)
        cues = place_cues(tags.cue_words, tags.stops, tags.near_stops, 0, len(text), joined(text, tags.named))
        measured = tuple(find_quantities(text))
        building = _Building(folded, [c for c in cues if c.kind == "negation"], self.senses.opposite)
        self._mentions(tags.mentions, building)
        studies = self._named_studies(folded, building)
        self._words(text, folded, building)
        building.figures(measured)
        labels = list(labels_of(text, measured))
        for *_, key in labels:
            building.add(key, _NAMED)
        own = frozenset(building.features)
        for key, weight in (context or {}).items():
            if key not in building.features:
                building.features[key] = weight
        treatments = [m for m in tags.mentions if m.slot == "intervention"]
        if under and not treatments:
            arms = {span_of(figure): under for figure in measured if figure.kind == "percentage"}
        else:
            arms = dict(arms_of(folded, measured, treatments))
        return Frame(
            features=building.features,
            negated=frozenset(key for key, sign in building.signs.items() if sign < 0),
            own=own,
            slots={slot: tuple(concepts) for slot, concepts in building.slots.items()},
            measured=measured,
            arms=arms,
            around=dict(_around(folded, measured, building.placed)),
            ties=dict(ties_of(folded, measured, [*building.placed, *building.inside, *labels])),
            studies=studies,
            designs=self._studies.designs(folded),
            kinds=frozenset(cue.kind for cue in cues),
            certainty=certainty_of(cues),
            runs=runs_of(folded),
            poles=self._poles.find(folded, building.sign),
            sides=self._sides.find(folded, [(m.start, m.end, m.concepts) for m in treatments], building.sign),
        )

    def concepts(self, text: str) -> dict[str, tuple[str, ...]]:
        """The concepts that a text names, by slot."""
        known = self._named.get(text)
        return self._named.keep(text, self._concepts(text)) if known is None else known

    def _concepts(self, text: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for mention in self.tagger.tag(text).mentions:
            found.setdefault(mention.slot, {}).update(dict.fromkeys(mention.concepts))
        return {slot: tuple(concepts) for slot, concepts in found.items()}

    def predicates(self, text: str) -> bool:
        """Whether a head says something of somebody, rather than naming a thing."""
        return bool({"outcome", "measure"} & self.concepts(text).keys()) or self.has_verb(text)

    def has_verb(self, text: str) -> bool:
        """Whether a head has a word that can carry a claim."""
        return any(word.key in self.senses.acting for word in self.senses.words(fold(text)))

    def is_bare(self, text: str) -> bool:
        """Whether a cell holds a figure and no words of content."""
        known = self._bare.get(text)
        if known is None:
            bare = bool(find_quantities(text)) and not any(True for _ in self.senses.words(fold(text)))
            known = self._bare.keep(text, bare)
        return known

    def heads_claim(self, head: str, columns: tuple[str, ...]) -> bool:
        """Whether the head of a row says what is claimed in it, and the heads of its columns do not."""
        known = self._heads.get((head, columns))
        if known is None:
            says = self.has_verb if self.has_verb(head) else self.predicates
            known = self._heads.keep((head, columns), says(head) and not any(map(says, columns)))
        return known

    def acts(self, text: str) -> bool:
        """Whether a clause begins with a verb that can carry a claim of its own."""
        first = next(iter(sorted(self.senses.words(fold(text)), key=lambda word: word.start)), None)
        return first is not None and first.key in self.senses.acting and not text[: first.start].strip()

    def lend(self, slot: str, concepts: Iterable[str], weight: float) -> dict[str, float]:
        """The features of concepts that are understood, not said."""
        features: dict[str, float] = {}
        for concept in concepts:
            for wider in self._lexicon.above(concept):
                features.setdefault(f"{slot}:{wider}", weight * _WIDER)
            features[f"{slot}:{concept}"] = weight
        return features

    def _mentions(self, mentions: Sequence[Mention], building: _Building) -> None:
        for mention in mentions:
            building.covered.append((mention.start, mention.end))
            slot = mention.slot
            if slot == "intervention" and building.slots.get(slot):
                before = building.folded[max(0, mention.start - 28) : mention.start]
                slot = "comparator" if _COMPARING.search(before) else slot
            elif slot == "intervention" and building.folded[: mention.start].endswith(_THAN):
                slot = "comparator"
            # "Unlike the one, the other is approved" says it of the other alone.
            contrasted = _CONTRASTED.search(building.folded, max(0, mention.start - 28), mention.start) is not None
            for concept in mention.concepts:
                building.slots.setdefault(slot, {})[concept] = None
                turned = (concept in mention.denied) != contrasted
                sign = building.sign(mention.start, mention.end) * (-1 if turned else 1)
                building.placed.append((mention.start, mention.end, f"{mention.slot}:{concept}"))
                building.add(f"{mention.slot}:{concept}", _NAMED, sign)
                for wider in self._lexicon.above(concept):
                    building.add(f"{mention.slot}:{wider}", _WIDER, sign)

    def _named_studies(self, folded: str, building: _Building) -> tuple[str, ...]:
        named: dict[str, None] = {}
        for start, end, keys in self._studies.find(folded):
            building.named.append((start, end))
            building.add(f"study:{'+'.join(keys)}", _NAMED, building.sign(start, end))
            named |= dict.fromkeys(keys)
        return tuple(named)

    def _words(self, text: str, folded: str, building: _Building) -> None:
        for word in self.senses.words(folded):
            if word.key in self.senses.judging and named_by(text, word.start):
                continue
            if any(low <= word.start and word.end <= high for low, high in building.named):
                continue  # the name of a study is one feature, not also its words
            within = any(low <= word.start and word.end <= high for low, high in building.covered)
            if word.key.startswith("s:"):
                phrase = " " in folded[word.start : word.end]
                weight = _SENSE_INSIDE if within and not phrase else _NAMED
            else:
                weight = _INSIDE if within else _WORD
            building.add(word.key, weight, building.sign(word.start, word.end))
            (building.inside if within else building.placed).append((word.start, word.end, word.key))


class _Building:
    """Gathers the features of one text."""

    def __init__(self, folded: str, negations: list[Cue], opposite: Mapping[str, str]) -> None:
        self.folded = folded
        self.features: dict[str, float] = {}
        self.signs: dict[str, int] = {}
        self.slots: dict[str, dict[str, None]] = {}
        self.covered: list[tuple[int, int]] = []
        self.named: list[tuple[int, int]] = []  # names of studies
        self.placed: list[tuple[int, int, str]] = []
        self.inside: list[tuple[int, int, str]] = []  # words within the name of a concept
        self._negations = negations
        self._opposite = opposite

    def sign(self, start: int, end: int) -> int:
        """-1 when an odd number of negations reaches the span."""
        count = sum(
            1
            for cue in self._negations
            if cue.scope_start <= start < cue.scope_end and (cue.end <= start or cue.start >= end)
        )
        return -1 if count % 2 else 1

    def add(self, key: str, weight: float, sign: int = 1) -> None:
        if sign < 0 and key.startswith("s:") and key[2:] in self._opposite:
            key, sign = f"s:{self._opposite[key[2:]]}", 1  # "not recommended" is "advised against"
        if self.features.get(key, 0.0) < weight:
            self.features[key] = weight
        self.signs.setdefault(key, sign)

    def figures(self, measured: Iterable[Measured]) -> None:
        for figure in measured:
            timed = figure.kind == "duration"
            self.add(f"q:{figure.kind}" if timed else f"q:{figure.kind}:{figure.unit or ''}", _KIND)
            if figure.kind == "year" and figure.low is not None:
                self.add(f"y:{figure.low:g}", _NAMED)
                continue
            for value in {figure.low, figure.high} - {None}:
                if value is not None and value > 1:
                    self.add(f"n:{value:g}:{figure.unit or ''}", _FIGURE)


def certainty_of(cues: Sequence[Cue]) -> Certainty:
    """How sure the wording is: a cue that is itself negated does not count."""
    denied = [cue for cue in cues if cue.kind == "negation"]
    kinds = {c.kind for c in cues if not any(n.start <= c.start < n.end for n in denied)}
    if "absolute" in kinds:
        return "absolute"
    if "hedge" in kinds:
        return "hedged"
    return "strong" if "strong" in kinds else "plain"


def _around(
    folded: str, measured: Sequence[Measured], placed: Sequence[tuple[int, int, str]]
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Each figure with the features of the words near it."""
    figures = [m for m in measured if m.kind != "ordinal"]
    for position, figure in enumerate(figures):
        low = figures[position - 1].end if position else 0
        high = figures[position + 1].start if position + 1 < len(figures) else len(folded)
        low, high = max(low, figure.start - _WINDOW), min(high, figure.end + _WINDOW)
        low = max(low, folded.rfind(";", low, figure.start) + 1)
        stop = folded.find(";", figure.end, high)
        high = high if stop < 0 else stop
        near = (key for start, end, key in placed if low <= start and end <= high)
        yield span_of(figure), tuple(dict.fromkeys(near))
