"""Considers a claim: the topics it is nearest to, the finding it speaks of, and how far the evidence supports it.

Ranking only chooses what to compare with. Whether a claim is carried is the sum of the points that its comparisons give
(``claims/data/scorecard.toml``), for each topic near it, nearer ones counting more.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from claims.comparisons import Compared, compare, of_study
from claims.discord import OF_FIGURES, agreement
from claims.forms import FINDING
from claims.held import Against, Held
from claims.manner import of_manner
from claims.poles import against_poles
from claims.propositions import Verdict
from claims.results import Results
from claims.sides import Sides
from claims.studied import Told
from claims.tallies import by_all, by_runs, by_said, said_by
from claims.verbatim import Departure, departure
from claims.wordings import Wordings, wordings_of

if TYPE_CHECKING:
    from claims.forms import Forms
    from claims.frames import Frame
    from claims.lexicon import Lexicon
    from claims.scorecard import Scorecard
    from claims.senses import Senses
    from claims.studied import Findings, Studied

_CANDIDATES: Final = 40  # forms looked at
NEAR: Final = 12  # wordings among which a network reads the nearest of each kind
_TOPICS: Final = 4  # topics compared
_COUNTED: Final = 6  # topics whose wordings are counted
_REPEATED: Final = 15  # wordings that a claim may nearly repeat
_VOTES: Final = 10
_SHARPNESS: Final = 5.0
_ALLOWED: Final = 8  # allowed wordings, and bent ones, looked at for what they say against the claim
_BENT: Final = 5
_FIRST: Final = 3
_AS_WELL: Final = 0.9
_SOFT: Final = frozenset({"unsaid", "dropped-figures", "surer"})  # discords by which nothing is said against a claim
_SAID: Final = {"s:": "sense-", "w:": "word-"}
_NEARER: Final = 10.0  # how much more a nearer topic counts, where the scorecard does not say which one is meant
_MEANT: Final = 2.0  # how much more one counts that is rather meant
_COUNTED_NEARER: Final = 3.0  # the same where wordings are counted


class Considered(msgspec.Struct, frozen=True, kw_only=True):
    """A claim against everything near it: topics, the one that is meant first, the finding meant, and the support from
    0 to 1.

    ``fits`` tells how well each verdict fits if the evidence does not carry the claim; empty when the scorecard names
    none. ``departure`` is there when the claim is nearly an allowed wording with a detail changed. ``near`` are the
    numbers of the nearest wordings, nearest first; ``read`` the points that a network added, ``None`` without one.
    """

    topics: tuple[Compared, ...]
    studied: Studied | None
    support: float
    fits: Mapping[Verdict, float] = {}
    departure: Departure | None = None
    near: tuple[int, ...] = ()
    read: float | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that fits best; ``None`` lets the first comparison that failed decide."""
        return max(self.fits, key=lambda verdict: (self.fits[verdict], verdict), default=None)

    @property
    def nearness(self) -> float:
        """Likeness to the nearest wording the library knows; 0 when there is none."""
        return max((topic.likeness for topic in self.topics), default=0.0)


class Considering:
    """Considers claims against the forms and findings of one library."""

    def __init__(
        self, forms: Forms, findings: Findings, lexicon: Lexicon, senses: Senses, scorecard: Scorecard
    ) -> None:
        self.forms = forms
        self._findings = findings
        self._results = Results(findings, lexicon)
        self._sides = Sides(findings, lexicon)
        self._lexicon = lexicon
        self._senses = senses
        self.scorecard = scorecard
        self._against = Against(forms, lexicon, senses.opposite)
        self._wordings: dict[str, Wordings] = {}

    def consider(self, frame: Frame, *, without: frozenset[int] = frozenset()) -> Considered:
        """``without`` leaves forms out, as if the library did not know them."""
        vector = self.forms.vector(frame)
        near = self.forms.nearest(vector, limit=_CANDIDATES, without=without)
        best: dict[str, float] = {}
        for likeness, number in near:
            topic = self.forms.lanes(number).topic
            best[topic] = max(likeness, best.get(topic, 0.0))
        held = Held(frame, vector, self._against)
        shared = self._votes(held, near)
        studied = self._findings.meant(frame)
        shared |= of_study(studied) | of_manner(frame)
        topics = []
        nearest = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:_COUNTED]
        self._bring([topic for topic, _ in nearest])
        known = [(nearness, self._of(topic, without)) for topic, nearness in nearest]
        shared |= self._tallied(frame, known)
        told, outcomes = Told(frame), frame.slots.get("outcome", ())
        for nearness, wordings in known[:_TOPICS]:
            compared = compare(held, wordings, forms=self.forms, lexicon=self._lexicon)
            results, misread = self._results.compared(frame, told, wordings.topic.findings)
            poles = against_poles(frame.poles, wordings.tally.poles)
            sides, exchanged = self._sides.compared(frame.sides, outcomes, wordings.topic.findings)
            values = {**compared.values, **shared, **results, **poles, **sides, "nearness": nearness}
            support = self.scorecard.support(values)
            known_as = {"values": values, "likeness": nearness, "support": support, "misread": misread or exchanged}
            topics.append(msgspec.structs.replace(compared, **known_as))
        topics = self._by_meaning(topics, studied)
        departed = departure(frame, vector, near[:_REPEATED], self.forms, self._lexicon, self._senses.opposite)
        if departed and shared["nearest-clean"] > _AS_WELL * {n: value for value, n in near}[departed.number]:
            departed = None  # another allowed wording is as near and agrees in every detail
        return Considered(
            topics=tuple(topics),
            studied=studied,
            support=self._support(topics),
            fits=self._fits(topics, frame),
            departure=_told(departed, topics, self.forms),
            near=tuple(number for _, number in near[:NEAR]),
        )

    def _tallied(self, frame: Frame, known: list[tuple[float, Wordings]]) -> dict[str, float]:
        """What the words and order of words of a claim tell, by the wordings of all topics near it, and by all that are
        bent."""
        first = known[0][0] if known else 0.0
        near = [(math.exp(_COUNTED_NEARER * (nearness - first)), wordings.tally) for nearness, wordings in known]
        marks, overall = said_by(frame), self.forms.overall()
        by_words, by_order = by_said(marks, near), by_runs(frame.runs, near)
        return {
            "tallied": by_words.allowed,
            "tallied-runs": by_order.allowed,
            "contradicted": by_words.contradicted,
            "contradicted-runs": by_order.contradicted,
            "contradicted-in-all": by_all(marks, overall.wordings, overall.said),
            "contradicted-runs-in-all": by_all(frame.runs, overall.wordings, overall.runs),
        }

    def _bring(self, topics: list[str]) -> None:
        """Brings what comparing with these topics asks for."""
        self.forms.bring(topics=[topic for topic in topics if topic not in self._wordings])

    def _by_meaning(self, topics: list[Compared], studied: Studied | None) -> list[Compared]:
        """The topics with their shares, the one that is rather meant first."""
        if not topics:
            return topics
        if self.scorecard.meant:
            scores = [_MEANT * self.scorecard.meaning(one) for one in self.meanings(topics, studied)]
        else:
            scores = [_NEARER * topic.likeness for topic in topics]
        parts = [math.exp(score - max(scores)) for score in scores]
        told = zip(parts, topics, strict=True)
        shared = [msgspec.structs.replace(topic, share=part / sum(parts)) for part, topic in told]
        return sorted(shared, key=lambda topic: (-topic.share, topic.topic))

    def meanings(self, topics: Sequence[Compared], studied: Studied | None) -> list[dict[str, float]]:
        """For each of the topics near a claim, what tells whether it is the one that is meant."""
        most = max((topic.likeness for topic in topics), default=0.0)
        told = studied.finding if studied and studied.explained + studied.named > 0 else None
        rest = [told in self.forms.topic(topic.topic).findings for topic in topics]
        return [_for_meaning(topic, most, studied=on) for topic, on in zip(topics, rest, strict=True)]

    def _support(self, topics: list[Compared]) -> float:
        return sum(topic.share * topic.support for topic in topics)

    def _fits(self, topics: list[Compared], frame: Frame) -> Mapping[Verdict, float]:
        """How well each verdict fits by the nearest topic, the nearest bent wording of any, and the claim's words."""
        if not topics:
            return {}
        values = topics[0].values | said(frame)
        closest = max(topics, key=lambda topic: topic.values["bent"] if topic.bent else 0.0)
        if closest.bent is not None:
            values[f"bent-{self.forms.form(closest.bent.number).verdict}"] = closest.values["bent"]
        return self.scorecard.fits(values)

    def _votes(self, held: Held, near: list[tuple[float, int]]) -> dict[str, float]:
        """How the nearest wordings of all topics stand, allowed or bent; one counts less the more it and the claim say
        against each other."""
        lanes = self.forms.lanes
        voting: dict[bool, list[tuple[float, int]]] = {True: [], False: []}
        for vote in near:
            voting[lanes(vote[1]).allows(vote[1])].append(vote)
        voting = {True: voting[True][:_ALLOWED], False: voting[False][:_BENT]}
        held.bring(number for votes in voting.values() for _, number in votes)
        agreed: dict[bool, list[float]] = {True: [], False: []}
        clean = {True: 0.0, False: 0.0}  # the most agreeing one that says nothing against the claim
        carrying = 0.0  # and the most agreeing allowed one that has all its figures
        for fine, votes in voting.items():
            for likeness, number in votes:
                against = held.discords(number)
                value = likeness * agreement(against)
                agreed[fine].append(value)
                if _SOFT.issuperset(against):
                    clean[fine] = max(clean[fine], value)
                if fine and OF_FIGURES.isdisjoint(against):
                    carrying = max(carrying, value)
        allowed, bent = agreed[True], agreed[False]
        voters = heapq.nlargest(_VOTES, [(value, True) for value in allowed] + [(value, False) for value in bent])
        whole = sum(math.exp(_SHARPNESS * value) for value, _ in voters) or 1.0
        most_allowed, most_bent = max(allowed, default=0.0), max(bent, default=0.0)
        first = heapq.nlargest(_FIRST, allowed)
        return {
            "votes-allowed": sum(math.exp(_SHARPNESS * value) for value, fine in voters if fine) / whole,
            "nearest-allowed": most_allowed,
            "nearest-bent": most_bent,
            "nearest-difference": most_allowed - most_bent,
            "nearest-three": sum(first) / len(first) if first else 0.0,
            "nearer-allowed": float(most_allowed > most_bent),
            "nearest-clean": clean[True],
            "nearest-clean-bent": clean[False],
            "cleaner-allowed": clean[True] - clean[False],
            "figures-not-carried": most_allowed - carrying,
        }

    def _of(self, topic: str, without: frozenset[int]) -> Wordings:
        if without and not without.isdisjoint(self.forms.of_topic(topic)):
            return wordings_of(self.forms.topic(topic), self.forms, self._findings, without)
        known = self._wordings.get(topic)
        if known is None:
            allows, of = self.forms.allowance(topic), self.forms.topic(topic)
            read = Wordings(of, self.forms, allows) if allows else wordings_of(of, self.forms, self._findings)
            known = self._wordings[topic] = read
        return known


def _for_meaning(topic: Compared, most: float, *, studied: bool) -> dict[str, float]:
    """What tells whether a topic is meant; ``most`` is the likeness of the topic that is nearest, ``studied`` whether
    the topic rests on the finding that the claim speaks of."""
    beside = {"behind": most - topic.likeness, "finding": float(topic.topic.startswith(FINDING))}
    return {**topic.values, **beside, "studied": float(studied)}


def said(frame: Frame) -> dict[str, float]:
    """The words and senses that a claim itself has, each as a value of 1: what it is like to say more than is known,
    or the contrary, is partly in the words ("guarantees", "every", "the only")."""
    return {f"{_SAID[key[:2]]}{key[2:]}": 1.0 for key in frame.own if key[:2] in _SAID}


def _told(departed: Departure | None, topics: list[Compared], forms: Forms) -> Departure | None:
    """The departure, unless all it departs in is a figure that the topic carries."""
    if departed is None or departed.details != ("n",):
        return departed
    topic = forms.lanes(departed.number).topic
    carried = any(compared.topic == topic and not compared.fit.beyond for compared in topics)
    return None if carried else departed
