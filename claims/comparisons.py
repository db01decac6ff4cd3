"""How a claim stands to a topic, comparison by comparison, each a number with a name.

The names are those of ``claims/data/scorecard.toml``, which says what each weighs. Shares lie between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from claims.discord import agreement
from claims.frames import CERTAINTY, Frame
from claims.propositions import SCOPE_SLOTS
from claims.studied import PARTS
from claims.wordings import Bent, Fit, Wordings, bent_share, qualified
from evidence.vocabulary import HOURS_IN

if TYPE_CHECKING:
    from claims.faults import Misread
    from claims.features import Features, Vector
    from claims.forms import Forms, Topic
    from claims.held import Held
    from claims.lexicon import Lexicon
    from claims.studied import Studied

CUES: Final = (
    "praise",
    "strength",
    "weasel",
    "causation",
    "comparison",
    "attribution",
    "clinic",
    "address",
    "promise",
    "absolute",
    "strong",
    "negation",
)
SENSES: Final = [
    "all",
    "none",
    "most",
    "many",
    "only",
    "will",
    "may",
    "some",
    "caveat",
    "proven",
    "permanent",
    "cure",
    "safe",
    "superior",
    "rare",
    "mild",
    "strong",
]
_WITH_LIKENESS: Final = (
    "figure-beyond", "wrong-year", "denied", "contrary", "other-intervention", "other-route", "other-agency",
    "other-population", "other-outcome", "unsaid-all", "unsaid-none", "surer",
)  # fmt: skip
_CLOSEST: Final = 4  # allowed wordings that a claim is held against word by word
_CONCEPTS: Final = frozenset(
    {"outcome", "intervention", "route", "population", "agency", "setting", "species", "measure"}
)
_KIND_OF: Final[Mapping[str, str]] = {"n": "figure", "y": "year", "s": "sense", "w": "word"}
SWAPPED: Final = (*sorted(_CONCEPTS), "study", "figure", "year", "sense", "word")
_CLOSE: Final = 0.7  # likeness from which a difference in one detail is no accident of wording
_WHEN_CLOSE: Final = (
    *(f"swapped-{kind}" for kind in SWAPPED), "added", "left-out", "figure-beyond", "wrong-year", "denied", "contrary",
    "surer", "unsaid-all", "unsaid-none", "unsaid-proven", "absolute", "strong", "bent", "figure-familiar",
)  # fmt: skip
# The names of comparisons that are made of others, put together once.
_SWAPPED_NAMES: Final = [(kind, f"swapped-{kind}") for kind in SWAPPED]
_CUE_NAMES: Final = [(cue, f"cue-{cue}", f"unsaid-cue-{cue}") for cue in CUES]
_SENSE_NAMES: Final = [(f"s:{sense}", f"unsaid-{sense}") for sense in SENSES]
_LIKELY_NAMES: Final = [(name, f"likely-{name}") for name in _WITH_LIKENESS]
_CLOSE_NAMES: Final = [(name, f"close-{name}") for name in _WHEN_CLOSE]
_RELATION_VALUES: Final = {
    slot: {
        relation: {f"{slot}-{which}": float(relation == which) for which in ("other", "broader", "missing")}
        for relation in ("same", "narrower", "broader", "other", "missing", "free")
    }
    for slot in SCOPE_SLOTS
}
_BROADEST: Final = 2  # a concept that so few lie above says too little to be another one
_LIKE: Final = 0.2  # bent wordings less like the claim than this say nothing of it
_TELLING: Final = 0.5


# same: one concept of each side is the same; narrower / broader: the claim's is a kind of / wider than the carried
# one; other: they share nothing; missing: the claim does not say; free: the topic does not restrict the slot.
Relation = Literal["same", "narrower", "broader", "other", "missing", "free"]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of the claim against the same slot of the topic."""

    slot: str
    relation: Relation
    claimed: tuple[str, ...]
    carried: tuple[str, ...]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A claim against one topic. ``bent`` is the bent wording that the claim shares most with, if any; ``misread`` the
    finding that the claim tells otherwise than it was found, and in what.

    ``support``, from 0 to 1: how far the topic carries the claim by the scorecard. ``share``: how much of the claim's
    support this topic decides, among those near it.
    """

    topic: str
    likeness: float
    values: dict[str, float]
    fit: Fit
    relations: dict[str, Relation]
    others: tuple[str, ...]
    bent: Bent | None = None
    nearest_allowed: int | None = None
    misread: Misread | None = None
    support: float = 0.0
    share: float = 0.0


def compare(held: Held, wordings: Wordings, *, forms: Forms, lexicon: Lexicon) -> Compared:
    """Every comparison of a claim with a topic, but those that do not depend on the topic (``of_claim``)."""
    frame, vector = held.frame, held.vector
    values: dict[str, float] = {}
    forms.liken_all(vector, wordings.topic.id)
    likeness = sorted(((vector.found[n], -n) for n in wordings.allowed), reverse=True)
    allowed, nearest = (likeness[0][0], -likeness[0][1]) if likeness else (0.0, -1)
    values |= _swaps(vector, [-n for _, n in likeness[:_CLOSEST]], forms, lexicon)
    fit = wordings.fit(frame)
    values |= _coverage(held, wordings)
    values |= _figures(frame, fit, wordings.topic)
    values["figure-familiar"] = wordings.familiar(frame, forms.rarity) if fit.fitting or fit.years else 1.0
    values["reversed"] = float(_reversed(frame, wordings.topic, lexicon))
    values["other-label"] = float(any(wordings.relabels(key) for key in held.labels))
    closest, bare, bent = _bent(held, wordings, fit)
    values |= {
        "allowed": allowed,
        "bent": closest,
        "shortened": bare,
        "allowed-over-bent": allowed - closest,
        "allowed-over-shortened": allowed - bare,
    }
    core = wordings.core_weight
    features = frame.features
    values["core-missing"] = sum(w for key, w in wordings.core_weights if key not in features) / core if core else 0.0
    values |= _certainty(frame, wordings)
    relations, others, slots = _slots(held, wordings, lexicon)
    values |= slots
    values |= _topic(frame, wordings.topic, relations)
    values |= {likely: values[name] * allowed for name, likely in _LIKELY_NAMES}
    closeness = max(0.0, allowed - _CLOSE) / (1.0 - _CLOSE)
    values["closeness"] = closeness
    values |= {close: values[name] * closeness for name, close in _CLOSE_NAMES}
    return Compared(
        topic=wordings.topic.id,
        likeness=max(allowed, closest, bare),
        values=values,
        fit=fit,
        relations=relations,
        others=others,
        bent=bent,
        nearest_allowed=nearest if nearest >= 0 else None,
    )


def of_study(studied: Studied | None) -> dict[str, float]:
    """The comparisons with the finding that the claim speaks of, if it speaks of one."""
    values = dict.fromkeys(
        ("study-score", "study-explained", "study-unexplained", "study-named", "study-agrees", "study-parts"), 0.0
    )
    values |= {f"study-{part}": 0.0 for part in PARTS}
    if studied is None:
        return values
    known = studied.explained > 0 or studied.named
    values["study-score"] = min(max(studied.score, 0.0), 8.0) / 4
    values["study-explained"] = min(studied.explained, 3)
    values["study-unexplained"] = min(studied.unexplained, 3)
    values["study-named"] = float(studied.named)
    values["study-agrees"] = float(studied.explained > 0 and not studied.parted and studied.sure)
    values["study-parts"] = float(bool(studied.parted) and studied.sure)
    for part in studied.parted:
        values[f"study-{part}"] = float(known) * min(1.5, max(0.0, studied.score) / 3)
    return values


def _coverage(held: Held, wordings: Wordings) -> dict[str, float]:
    """What share of the claim the allowed wordings say too, say nothing of, deny, or say the contrary of."""
    covered = unsaid = denied = contrary = 0.0
    whole, signs_of = held.vector.whole, wordings.signs
    for key, weight, sign, deniable, sayable, opposite in held.covering:
        known = signs_of.get(key)
        if known is not None:
            if known in (sign, 0):
                covered += weight
            elif deniable:
                denied += weight
            continue
        if sayable:
            unsaid += weight
        if opposite in signs_of:
            if signs_of[opposite] in (sign, 0):
                contrary += weight
            else:
                covered += weight / 2
    return {
        "covered": covered / whole,
        "unsaid": unsaid / whole,
        "denied": denied / whole,
        "contrary": contrary / whole,
    }


def _swaps(vector: Vector, numbers: list[int], forms: Forms, lexicon: Lexicon) -> dict[str, float]:
    """What the claim says in place of what an allowed wording says, slot by slot, as shares of the claim: against the
    wording of those given that leaves least swapped."""
    best: tuple[float, dict[str, float], float, float] | None = None
    for number in numbers:
        if best is not None and not best[0]:
            break  # nothing less can be swapped
        known = forms.known(number)
        added = _beyond(vector, known, lexicon)
        lacking = _beyond(known, vector, lexicon)
        swapped = {kind: min(added[kind], lacking[kind]) for kind in SWAPPED if kind in added and kind in lacking}
        total = sum(swapped.values())
        if best is None or total < best[0]:
            best = total, swapped, sum(added.values()), sum(lacking.values())
    whole = vector.whole
    total, swapped, more, fewer = best or (0.0, {}, 0.0, 0.0)
    values = {name: swapped[kind] / whole if kind in swapped else 0.0 for kind, name in _SWAPPED_NAMES}
    return {**values, "swapped": total / whole, "added": more / whole, "left-out": fewer / whole}


def _beyond(mine: Features, other: Features, lexicon: Lexicon) -> dict[str, float]:
    """By kind, the weight of what a wording says itself and the other does not, nor anything related."""
    found: dict[str, float] = {}
    theirs, same_signs = other.weights, mine.negated == other.negated
    names = theirs.keys()
    for key, weight, kind, concept in _swappable(mine):
        if key in theirs:
            if same_signs or mine.sign(key) == other.sign(key):
                continue
        elif concept is not None and not names.isdisjoint(lexicon.kin(kind, concept)):
            continue
        found[kind] = found.get(kind, 0.0) + weight
    return found


def _swappable(features: Features) -> list[tuple[str, float, str, str | None]]:
    """What a wording itself says that may be swapped: key, weight, kind, and the concept if it is one."""
    known = features.swappable
    if known is None:
        known = features.swappable = [
            (key, weight, kind, concept)
            for key, weight in features.own.items()
            for kind, concept in (_kind_of(key),)
            if kind is not None
        ]
    return known


@lru_cache(maxsize=65536)
def _kind_of(key: str) -> tuple[str | None, str | None]:
    """The kind of swap that a feature belongs to, ``None`` for what is never swapped, and the concept if it is one."""
    slot, _, name = key.partition(":")
    kind = _KIND_OF.get(slot, slot)
    return kind if slot != "q" and kind in SWAPPED else None, name if slot in _CONCEPTS else None


def _figures(frame: Frame, fit: Fit, topic: Topic) -> dict[str, float]:
    return {
        "figure-fits": min(len(fit.fitting), 2),
        "figure-beyond": min(len(fit.beyond), 2),
        "figure-above": min(fit.above, 1),
        "figure-unknown": min(fit.unknown, 2),
        "wrong-year": float(bool(fit.wrong_years)),
        "right-year": min(fit.years, 1),
        "figures-all-fit": float(bool(fit.fitting) and not fit.beyond and not fit.wrong_years),
        "has-figure": float(bool(frame.measured)),
        "lacks-figure": float(not frame.measured and bool(topic.values)),
    }


def _bent(held: Held, wordings: Wordings, fit: Fit) -> tuple[float, float, Bent | None]:
    """Likeness to the closest bent wording whose telling parts the claim has, so far as the two agree, to the closest
    that only leaves things out, and the former."""
    frame, vector = held.frame, held.vector
    closest, bare, found = 0.0, 0.0, None
    alike = [(-likeness, number) for number in wordings.bent_numbers if (likeness := vector.found[number]) >= _LIKE]
    for less, number in sorted(alike):
        likeness = -less
        if likeness < closest and likeness <= bare:
            break  # what a wording shares and how far it agrees only take from its likeness
        if wordings.only_leaves_out(number):
            bare = max(bare, likeness)
            continue
        if likeness < closest:
            continue
        bent = wordings.of_bent(number)
        share = bent_share(bent, frame, fit)
        if share >= _TELLING and likeness * share >= closest:
            agreed = likeness * share * agreement(held.discords(number))
            if agreed > closest or (found is not None and agreed == closest and number < found.number):
                closest, found = agreed, bent
    return closest, bare, found


def _reversed(frame: Frame, topic: Topic, lexicon: Lexicon) -> bool:
    """Whether the two sides of a comparison have changed places."""

    def share(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
        return any(lexicon.related(a, b) for a in left for b in right)

    own, other = frame.slots.get("intervention", ()), frame.slots.get("comparator", ())
    if not own or not other or share(own, topic.scope.intervention) or share(other, topic.scope.comparator):
        return False
    return share(own, topic.scope.comparator) and share(other, topic.scope.intervention)


def _certainty(frame: Frame, wordings: Wordings) -> dict[str, float]:
    level = CERTAINTY[frame.certainty]
    values: dict[str, float] = {
        "surer": max(0, level - wordings.surest),
        "absolute": float(frame.certainty == "absolute"),
        "strong": float(frame.certainty == "strong"),
        "hedged": float(frame.certainty == "hedged"),
        "unqualified": 0.0 if qualified(frame) else wordings.qualified,
    }
    for cue, name, unsaid in _CUE_NAMES:
        values[name] = float(cue in frame.kinds)
        values[unsaid] = float(cue in frame.kinds and cue not in wordings.kinds)
    for sense, unsaid in _SENSE_NAMES:
        values[unsaid] = float(sense in frame.features and sense not in wordings.signs)
    return values


def _slots(
    held: Held, wordings: Wordings, lexicon: Lexicon
) -> tuple[dict[str, Relation], tuple[str, ...], dict[str, float]]:
    relations: dict[str, Relation] = {}
    values: dict[str, float] = {}
    others: list[str] = []
    scope = wordings.topic.scope
    negated = held.frame.negated
    for slot, said, telling in held.slots:
        relation = lexicon_relation(lexicon, said, getattr(scope, slot))
        relations[slot] = relation
        values |= _RELATION_VALUES[slot][relation]
        other = bool(telling and wordings.names(slot)) and not any(
            _known(concept, wordings.names(slot, denied=f"{slot}:{concept}" in negated), lexicon) for concept in telling
        )
        values[f"other-{slot}"] = float(other)
        others += [slot] if other else []
    return relations, tuple(others), values


def _known(concept: str, known: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether a concept, a wider one that still says something, or a narrower one is among those known."""
    if not lexicon.narrower(concept).isdisjoint(known) or concept in known:
        return True
    return any(wide in known and len(lexicon.wider(wide)) > _BROADEST for wide in lexicon.wider(concept))


@lru_cache(maxsize=65536)
def lexicon_relation(lexicon: Lexicon, claimed: tuple[str, ...], carried: tuple[str, ...]) -> Relation:
    """How the concepts of a claim stand to those carried."""
    if not carried:
        return "free"
    if not claimed:
        return "missing"
    if set(claimed) & set(carried):
        return "same"
    if any(wider in lexicon.wider(c) for c in claimed for wider in carried):
        return "narrower"
    if any(c in lexicon.wider(p) for c in claimed for p in carried):
        return "broader"
    return "other"


def _topic(frame: Frame, topic: Topic, relations: dict[str, Relation]) -> dict[str, float]:
    missing = [q for q in topic.requires if q in relations and relations[q] in ("missing", "broader")]
    figured = bool(frame.measured)
    untimed = "time" in topic.requires and figured and not any(m.unit in HOURS_IN for m in frame.measured)
    return {
        "qualifier-missing": len(missing),
        "figure-without-qualifier": len(missing) * float(figured),
        "figure-without-time": float(untimed),
        "topic-denies": float(not topic.affirms),
        "topic-factual": float(topic.factual),
        "topic-finding": float(topic.is_finding),
    }
