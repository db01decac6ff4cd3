"""Whether two read claims cannot both hold: what they say of each other, comparison by comparison, and points for it.

The comparisons ask how far the evidence carries each of the two, whether they meet on a topic, how alike their words
are, in what these say the contrary, and in which slots and figures they differ. The points are data
(``claims/data/partings.toml``): trees of questions, as those for support (``scorecard.py``).
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from claims.contrasts import Contrasts, is_compared
from claims.discord import ClaimSide, counted_figures, discords_of, same_value
from claims.frames import CERTAINTY
from claims.kept_records import load_kept_record
from claims.memory import Memory
from claims.pairing import SCOPE_OF_PAIRS, Findings, Placed, at_other_times, differ, meet, nearness_of, other_studies
from claims.scorecard import Scorecard
from claims.stances import Stances, part

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.lexicon import Lexicon

PARTINGS_FILE: Final = Path(__file__).parent / "data" / "partings.toml"
DOUBTFUL: Final = 0.3  # below this a pair that another comparison found is taken for two claims that both hold
PARTED: Final = 0.4  # from here a pair that meets on a topic cannot both hold, whatever else was found
_IN_THE_SAME_WORDS: Final = 0.9  # likeness of words from which a contrary decides by itself
_NEAREST: Final = 2  # topics of a claim on which it meets others
_KEPT: Final = 12  # claims looked at for one topic
_MOST: Final = 3  # pairs of one claim
_REMEMBERED: Final = 200_000  # pairs of topics
_CUES: Final = (
    "negation", "absolute", "strong", "strength", "attribution", "reported", "comparison", "causation", "weasel",
)  # fmt: skip
_QUANTIFIERS: Final = ("all", "none", "only")
_GROUPS: Final[Mapping[str, str]] = {"%": "percent", "h": "time", "year": "year", "#": "count"}


class Apart(NamedTuple):
    """Two claims that cannot both hold, the better carried first."""

    score: float
    held: str
    doubted: str


class _Side:
    """A claim with what is compared of it, worked out once."""

    def __init__(self, claim: Placed, contrasts: Contrasts, stances: Stances, opposite: Mapping[str, str]) -> None:
        frame = claim.frame
        self.claim = claim
        self.against = ClaimSide(frame, frame.features, opposite)
        self.folded: dict[str, float] = {}
        for key, weight in frame.features.items():
            if is_compared(key):
                folded = contrasts.folded(key)
                self.folded[folded] = max(weight, self.folded.get(folded, 0.0))
        self.length = math.sqrt(sum(weight**2 for weight in self.folded.values())) or 1.0
        self.answers = {position.aspect: position.value for position in stances.of(frame)}
        self.figures: dict[str, list[float]] = {}
        for group, values, _ in counted_figures(frame):
            self.figures.setdefault(group, []).extend(values)
        self.alone = _of_one(claim)


class Partings:
    """Compares the claims of one run in pairs. ``opposite`` maps a sense to its contrary."""

    def __init__(self, collection: Collection, card: Scorecard, opposite: Mapping[str, str]) -> None:
        self._lexicon: Lexicon = collection.lexicon
        self._card = card
        self._opposite = opposite
        self._findings = Findings(collection)
        self._stances = Stances(collection.lexicon)
        self._contrasts = Contrasts({}, opposite)
        self._sides: dict[str, _Side] = {}
        self._shared: Memory[tuple[str, str], float] = Memory(_REMEMBERED)

    def score(self, left: Placed, right: Placed) -> float:
        """From 0 to 1, how surely two claims cannot both hold; at least ``PARTED`` where they say the contrary, or give
        other figures, in the same words of the same thing."""
        values = self.values(left, right)
        contrary = values["contrasts"] or values["figures-other"]
        scoped = values["meet"] and not values["other-times"] and not values["other-studies"]
        by_itself = values["alike"] >= _IN_THE_SAME_WORDS and contrary and scoped
        return max(PARTED if by_itself else 0.0, self._card.support(values))

    def values(self, left: Placed, right: Placed) -> dict[str, float]:
        """The comparisons of two claims; the better carried one is ``held``, whichever is given first."""
        held, doubted = (self._side(claim) for claim in in_order(left, right))
        values = {f"held-{name}": value for name, value in held.alone.items()}
        values |= {f"doubted-{name}": value for name, value in doubted.alone.items()}
        values |= {f"fault-{fault}": 1.0 for fault in doubted.claim.faults}
        values["support-apart"] = held.claim.support - doubted.claim.support
        values["surer"] = doubted.alone["certainty"] - held.alone["certainty"]
        values |= self._met(held.claim, doubted.claim)
        values |= _worded(held, doubted)
        values |= self._said(held, doubted)
        values |= self._scoped(held, doubted)
        values |= _figured(held, doubted)
        return values

    def meeting(self, claims: Iterable[Placed]) -> Iterator[Apart]:
        """The pairs of claims near one topic that cannot both hold, one of them not carried: by the order of the
        latter, those most surely so first."""
        given = list(claims)
        near: dict[str, list[tuple[float, str, Placed]]] = defaultdict(list)
        for claim in given:
            if claim.verdict == "supported":
                for topic in claim.topics[:_NEAREST]:
                    near[topic.topic].append((-topic.likeness, claim.id, claim))
        kept = {topic: heapq.nsmallest(_KEPT, found, key=lambda f: f[:2]) for topic, found in near.items()}
        for claim in given:
            if claim.verdict != "supported":
                others = {i: one for topic in claim.topics[:_NEAREST] for _, i, one in kept.get(topic.topic, ())}
                scored = ((self.score(one, claim), i) for i, one in others.items())
                surest = heapq.nsmallest(_MOST, ((-score, i) for score, i in scored if score >= PARTED))
                for score, i in surest:
                    yield Apart(-score, *(one.id for one in in_order(others[i], claim)))

    def _side(self, claim: Placed) -> _Side:
        side = self._sides.get(claim.id)
        if side is None or side.claim is not claim:
            side = self._sides[claim.id] = _Side(claim, self._contrasts, self._stances, self._opposite)
        return side

    def _share(self, left: str, right: str) -> float:
        known = self._shared.get((left, right))
        return self._shared.keep((left, right), self._findings.shared(left, right)) if known is None else known

    def _met(self, held: Placed, doubted: Placed) -> dict[str, float]:
        """How near both are to one topic, or to two that share findings, and how differently it carries them."""
        near = apart = same = first = 0.0
        most = 0.0
        for i, one in enumerate(held.topics):
            for j, other in enumerate(doubted.topics):
                shared = self._share(one.topic, other.topic)
                if not shared:
                    continue
                nearness = math.sqrt(shared) * nearness_of(one) * nearness_of(other)
                near, most = max(near, nearness), max(most, nearness * (one.support - other.support))
                likeness = min(one.likeness, other.likeness)
                if shared == 1:
                    apart = max(apart, likeness * (one.support - other.support))
                if not i or not j:
                    first = max(first, shared * likeness)
                if not i and not j:
                    same = shared
        return {"met": most, "met-near": near, "topic-apart": apart, "topic-near": first, "topic-shared": same}

    def _said(self, held: _Side, doubted: _Side) -> dict[str, float]:
        """In what their words say the contrary, and which answers they give to one question."""
        contrasts = self._contrasts.contrasts(held.claim.frame, doubted.claim.frame)
        told: dict[str, float] = {f"contrast-{name}": 1.0 for name in contrasts}
        told["contrasts"] = float(len(contrasts))
        for name, value in discords_of(held.against, doubted.against, self._lexicon).items():
            told[f"discord-{name}"] = value
        for name, value in discords_of(doubted.against, held.against, self._lexicon).items():
            told[f"discord-back-{name}"] = value
        both = [(held.answers[a], doubted.answers[a], self._lexicon[a]) for a in held.answers if a in doubted.answers]
        told["answers-part"] = float(any(part(aspect, one, other) for one, other, aspect in both))
        told["answers-agree"] = float(any(one == other for one, other, _ in both))
        return told

    def _scoped(self, held: _Side, doubted: _Side) -> dict[str, float]:
        """In which slots they speak of the same, or of another thing, in their own words or not."""
        one, other = held.claim, doubted.claim
        told: dict[str, float] = {}
        for slot in SCOPE_OF_PAIRS:
            apart = differ(slot, one, other, self._lexicon)
            if apart:
                told[f"other-{slot}"] = 1.0 + (slot in one.stated) + (slot in other.stated)
            elif apart is False:
                told[f"same-{slot}"] = 1.0
        told["same-outcome"] = float(not set(one.slots.outcome).isdisjoint(other.slots.outcome))
        told["meet"] = float(meet(one, other, self._lexicon))
        told["other-times"] = float(at_other_times(one, other))
        told["other-studies"] = float(other_studies(one, other))
        told["same-studies"] = float(not set(one.frame.studies).isdisjoint(other.frame.studies))
        return told


def in_order(left: Placed, right: Placed) -> tuple[Placed, Placed]:
    """The better carried claim first."""
    return (left, right) if (left.support, left.id) >= (right.support, right.id) else (right, left)


def load_partings(path: Path = PARTINGS_FILE) -> Scorecard:
    """What the comparisons of two claims weigh. Raises LibraryError when the file is wrong."""
    return load_kept_record(path, Scorecard, name=path.name)


def _of_one(claim: Placed) -> dict[str, float]:
    """What counts of a claim whatever the other says."""
    frame = claim.frame
    told = {str(claim.verdict): 1.0, "support": claim.support, "certainty": float(CERTAINTY[frame.certainty])}
    told["nearness"] = max((topic.likeness for topic in claim.topics), default=0.0)
    told["words"] = float(len(frame.own))
    told["figures"] = float(len(claim.figures))
    told["years"] = float(sum(figure.kind in ("year", "date") for figure in frame.measured))
    told["moment"] = float(claim.moment is not None)
    told |= {f"cue-{cue}": 1.0 for cue in _CUES if cue in frame.kinds}
    return told | {name: 1.0 for name in _QUANTIFIERS if f"s:{name}" in frame.own}


def _worded(held: _Side, doubted: _Side) -> dict[str, float]:
    """How much of either claim the other says, or says the contrary of, and the rarest that both say."""
    shared = sum(weight * doubted.folded[key] for key, weight in held.folded.items() if key in doubted.folded)
    mine = held.claim.frame
    own = mine.own & doubted.claim.frame.own
    weights = sorted(
        (min(mine.features[k], doubted.claim.frame.features[k]) for k in own if k in mine.features), reverse=True
    )
    return {
        "alike": shared / held.length / doubted.length,
        "held-said": shared / held.length**2,
        "doubted-said": shared / doubted.length**2,
        "both-say": float(sum(map(is_compared, own))),
        "both-say-most": sum(weights[:3]),
    }


def _figured(held: _Side, doubted: _Side) -> dict[str, float]:
    """Which figures both give, the same or others, and which one of them alone."""
    told: dict[str, float] = {
        "figures-shared": float(len(held.claim.figures & doubted.claim.figures)),
        "held-figures-alone": float(len(held.figures.keys() - doubted.figures.keys())),
        "doubted-figures-alone": float(len(doubted.figures.keys() - held.figures.keys())),
    }
    same = other = 0
    for group in held.figures.keys() & doubted.figures.keys():
        equal = any(same_value(a, b, group) for a in held.figures[group] for b in doubted.figures[group])
        told[f"{_GROUPS.get(group, 'amount')}-{'same' if equal else 'other'}"] = 1.0
        same, other = same + equal, other + (not equal)
    return told | {"figures-same": float(same), "figures-other": float(other)}
