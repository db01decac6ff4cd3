"""The verdict on a claim: computed from its comparisons with the library, each failure a rule with a code.

Precision first: ``supported`` needs comparisons that together carry the claim. What they do not carry falls under the
comparison that failed; what nothing bears on is unsupported, vague with what is missing, or no claim at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from claims.altered import Repeated
from claims.comparisons import Comparison
from claims.faults import DEPARTED, DEPARTED_FAULT, MISREAD, MISREAD_FAULTS, PARTED_FAULT, SLOT_FAULT
from claims.figures import paired_figures
from claims.forms import FINDING
from claims.judged import NETWORK, Judged, Match, Ruling
from claims.pairing import near_topics
from claims.propositions import SCOPE_SLOTS, EvidenceLink, Fault, Verdict
from claims.studied import PARTS
from claims.unmatched import promotional_as_worded, provider_alone, unmatched, vague_as_worded
from claims.verdicts import hits_for
from evidence.later import compiled_later
from evidence.studies import amount
from evidence.vocabulary import HOURS_IN, Stance

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.comparisons import Compared
    from claims.considering import Considered, Considering
    from claims.entailing import Entailing
    from claims.extraction import Assertion
    from claims.frames import FrameReader
    from claims.quantities import Measured
    from claims.studied import Studied
    from claims.verbatim import Departure

_MOSTLY: Final = 0.5  # share of allowed wordings with a qualifier from which one that has none is surer
_UNSETTLED: Final = 0.30  # support from which a claim that nothing speaks against is not said to be wrong
_UNSURE: Final = 0.45  # support from which no failed comparison makes a claim wrong: about half of them would err
CARRIES: Final = 0.70  # support from which the evidence carries a claim: a little below, three of ten would err
_CARRIES_BARE: Final = 0.80  # the same for a sentence that names nothing the library knows: below, six of ten would err
FAR: Final = 0.30  # likeness below which nothing in the library is near
_FAR_IF_BARE: Final = 0.42  # the same for a sentence that names nothing the library knows: likeness is then of manner
_NEAR_ENOUGH: Final = 0.55
_BENT: Final = 0.4  # likeness from which a bent wording names the fault
_REFUTED: Final = 0.3  # share of a claim that a topic denies, from which it refutes it
_ELSEWHERE: Final = 0.5  # share of a claim of which a topic says nothing, from which it may be about something else
_AT_MOST_NEAR: Final = "nothing held here carries it; what is nearest may be about something else"
_HARDLY: Final = 0.15  # of a claim that is as its study found it, what it says beside that
_NOTHING: Final = 0.05  # the same for another topic near it
_AS_LIKE: Final = 0.85  # how like a bent wording must be, against an allowed one of another topic
_CONTRARY: Final = 0.08
_DENIED: Final = 0.12
_REPLACED: Final = ("intervention", "route", "agency")  # slots that a better wording of another thing must name itself
_SPOKEN: Final = compiled_later(r"[\"“”«»]|\b(?:I|[Mm]e|[Mm]y|[Mm]ine|[Ww]e|[Uu]s|[Oo]urs?)\b")
_STANCES: Final[Mapping[str, Mapping[Stance, Stance]]] = {
    "contradicted": {"supports": "opposes", "supports-in-part": "opposes", "opposes": "supports"},
    "overstated": {"supports": "supports-in-part"},
    "unsupported": {"supports": "context", "supports-in-part": "context", "opposes": "context"},
}


class Judging:
    """Judges claims against one library."""

    def __init__(
        self, collection: Collection, considering: Considering, reader: FrameReader, entailing: Entailing | None = None
    ) -> None:
        self._collection = collection
        self._considering = considering
        self._entailing = entailing
        self._repeated = Repeated(collection, considering.forms, reader)

    def judge(self, assertion: Assertion) -> Judged | None:
        """The judgement on a claim; ``None`` when it claims nothing that could be judged (context, greetings)."""
        if assertion.in_house:
            return provider_alone()
        considered = self._considering.consider(assertion.frame)
        studied = considered.studied
        known = studied is not None and studied.sure
        near = considered.nearness >= (_FAR_IF_BARE if _bare(assertion) else FAR) or known
        if not near or not considered.topics:  # a study may be known by a figure of which no wording is near
            return unmatched(assertion)
        if self._entailing:
            considered = self._entailing.weighed(assertion, considered)
        topic = self._deciding(considered)
        departure = considered.departure
        bound = self._entailing.carries if self._entailing else CARRIES
        bound = max(bound, _CARRIES_BARE) if _bare(assertion) else bound
        carried = considered.support >= bound and not (_goes_further(assertion, topic) or _denied(considered, topic))
        carried = (carried or self._is_as_found(assertion, considered, topic)) and topic.misread is None
        if departure is None and carried:
            departure = self._repeated.departure(assertion.in_full, considered.topics, topic)
        if departure is not None:
            ruling = self._departed(departure, considered)
        elif carried:
            ruling = Ruling("supported", f"covered: {self._statement(topic)}")
        else:
            topic = topic if topic.misread else self._bent_topic(considered) or considered.topics[0]
            ruling = self._ruling(assertion, considered, topic)
        return self._judged(assertion, considered, topic, ruling)

    def _is_as_found(self, assertion: Assertion, considered: Considered, topic: Compared) -> bool:
        """Whether a claim tells what the study that it names or cites found and hardly more, so that it needs no
        wording like it; anything that speaks against it by itself bars that."""
        studied = considered.studied
        if studied is None or not studied.exact:
            return False
        beside = [max(near.values["unsaid"], near.values["added"]) for near in considered.topics]
        if max(topic.values["unsaid"], topic.values["added"]) > _HARDLY and min(beside) > _NOTHING:
            return False
        here = msgspec.structs.replace(considered, topics=(topic,))
        return next(self._failed(assertion, here, topic), None) is None

    def likeness(self, assertion: Assertion) -> float:
        """How like the claim is to the nearest wording that the library knows, from 0 to 1."""
        return self._considering.consider(assertion.frame).nearness

    def _deciding(self, considered: Considered) -> Compared:
        """The topic that carries most of the claim."""

        return max(considered.topics, key=lambda topic: (topic.share * topic.support, topic.topic))

    def _bent_topic(self, considered: Considered) -> Compared | None:
        """The topic of the bent wording that the claim is most like, if it is like one."""
        near = [t for t in considered.topics if t.bent is not None and t.values["bent"] >= _BENT]
        return max(near, key=lambda topic: (topic.values["bent"], topic.topic), default=None)

    def _ruling(self, assertion: Assertion, considered: Considered, topic: Compared) -> Ruling:
        """What is wrong with a claim that the evidence does not carry: of the comparisons that failed the first that
        makes the verdict, else the first."""
        failed = tuple(self._failed(assertion, considered, topic))
        selling = promotional_as_worded(assertion, "promise")
        # A promise hides nothing that may be wrong: only what would be vague or unsupported is promotional instead.
        mild = considered.verdict in ("vague", "unsupported") and all(ruling.verdict == "vague" for ruling in failed)
        if selling and mild:
            return selling
        ruling = self._fitting(failed, considered, topic)
        unsure = considered.support >= _UNSURE and topic.misread is None
        return self._uncovered(topic) if unsure and ruling.verdict in ("contradicted", "overstated") else ruling

    def _fitting(self, failed: tuple[Ruling, ...], considered: Considered, topic: Compared) -> Ruling:
        """Of what the comparisons and the support say, the first that makes the verdict which fits, else the first."""
        rulings = (*failed, *self._by_support(considered, topic))
        if considered.verdict is None:
            return rulings[0]
        fitting = next((ruling for ruling in rulings if ruling.verdict == considered.verdict), rulings[0])
        if fitting.verdict == considered.verdict:
            return fitting
        if considered.verdict == "unsupported":
            return self._uncovered(topic)
        if considered.verdict == "vague":
            return Ruling("vague", "it gives no figure, and nothing else to hold on to", missing=("number",))
        return fitting if considered.support >= _UNSETTLED else fitting._replace(verdict=considered.verdict)

    def _failed(self, assertion: Assertion, considered: Considered, topic: Compared) -> Iterator[Ruling]:
        """What the comparisons that failed say, one by one."""
        studied = considered.studied
        if studied is not None and studied.sure and studied.parted and _is_meant(studied):
            yield self._misreported(studied)
        for found in (
            self._misread(topic),
            self._misfigured(topic),
            self._bent(considered),
            self._opposed(topic),
            self._elsewhere(assertion, topic),
            vague_as_worded(assertion),
        ):
            if found is not None:
                yield found

    def _by_support(self, considered: Considered, topic: Compared) -> Iterator[Ruling]:
        """What may be wrong with a claim by how sure it is and how little the evidence carries it."""
        values = topic.values
        if values["surer"] > 0 or values["unqualified"] >= _MOSTLY or values["absolute"] > 0:
            absolute: Fault = "absolute" if values["absolute"] else "certainty"
            reason = self._because("the wording is surer than the evidence", topic)
            yield Ruling("overstated", reason, (absolute,))
        if considered.support >= _UNSETTLED:
            yield self._uncovered(topic)
        else:
            reason = self._because("it is not as the evidence has it", topic)
            yield Ruling("contradicted", reason, ("polarity",))
        yield Ruling("overstated", self._because("the claim says more than the evidence", topic), ("generalised",))

    def _uncovered(self, topic: Compared) -> Ruling:
        return Ruling("unsupported", self._because("near to what is known, but not covered by it", topic))

    def _because(self, said: str, topic: Compared) -> str:
        """The reason, with what is known; of a topic that says nothing of most of the claim, that it is but near."""
        far = topic.values["unsaid"] >= _ELSEWHERE
        return f"{_AT_MOST_NEAR if far else said}: {self._statement(topic)}"

    def _departed(self, departure: Departure, considered: Considered) -> Ruling:
        """A claim that is an allowed wording but for a detail."""
        if departure.details == ("n",):
            of = self._considering.forms.form(departure.number).topic
            found = next((self._misfigured(topic) for topic in considered.topics if topic.topic == of), None)
            if found is not None:
                return found
        faults = tuple(dict.fromkeys(DEPARTED_FAULT[detail] for detail in departure.details))
        form = self._considering.forms.form(departure.number)
        verdict: Verdict = "overstated" if departure.details == ("certainty",) else "contradicted"
        said = " and ".join(DEPARTED[detail] for detail in departure.details)
        return Ruling(verdict, f"{said} is not as in what the evidence carries: {self._said(form.topic)}", faults)

    def _misreported(self, studied: Studied) -> Ruling:
        finding = self._collection.library.findings[studied.finding]
        details = " and ".join(PARTS[part] for part in studied.parted)
        faults = tuple(dict.fromkeys((*(PARTED_FAULT[part] for part in studied.parted), "attribution")))
        return Ruling("contradicted", f"{details} is not as found: {finding.summary}", faults)

    def _misread(self, topic: Compared) -> Ruling | None:
        """A result told of another outcome than it was found for; two sides that have changed places."""
        if topic.misread is None:
            return None
        finding, part = topic.misread
        found = self._collection.library.findings[finding].summary
        return Ruling("contradicted", f"{MISREAD[part]} is not as found: {found}", MISREAD_FAULTS[part])

    def _bent(self, considered: Considered) -> Ruling | None:
        """A known way to bend a proposition, when the claim has what gives it away."""
        topic = self._bent_topic(considered)
        if topic is None or topic.bent is None:
            return None
        form = self._considering.forms.form(topic.bent.number)
        if form.topic.startswith(FINDING):
            finding = self._collection.library.findings[form.topic.removeprefix(FINDING)]
            told: tuple[Fault, ...] = (form.fault,) if form.fault else ()
            return Ruling(form.verdict, f"the finding is another: {finding.summary}", told)
        distortion = self._collection.propositions[form.topic].distortions[form.bend or 0]
        return Ruling(distortion.verdict, distortion.reason, (distortion.kind,), distortion.missing)

    def _misfigured(self, topic: Compared) -> Ruling | None:
        fit = topic.fit
        known = self._considering.forms.topic(topic.topic)
        if fit.wrong_years and topic.values["allowed"] >= _NEAR_ENOUGH:
            year = f"{fit.wrong_years[0]:g}"
            return Ruling(
                "contradicted", f"{year} is not the date on record: {self._statement(topic)}", ("attribution",)
            )
        if not fit.beyond or topic.values["allowed"] < FAR:
            return None
        figure = fit.beyond[0]
        timed = figure.unit in HOURS_IN
        fault: Fault = "duration" if timed and fit.above else "onset" if timed else "number"
        verdict: Verdict = "overstated" if fit.above and not known.factual else "contradicted"
        reason = f"the evidence does not carry {_said(figure)}: {self._statement(topic)}"
        return Ruling(verdict, reason, (fault,))

    def _opposed(self, topic: Compared) -> Ruling | None:
        if topic.values["unsaid"] >= _ELSEWHERE:
            return None
        if topic.values["contrary"] >= _CONTRARY or topic.values["denied"] >= _DENIED:
            return Ruling("contradicted", f"the claim says the opposite: {self._statement(topic)}", ("polarity",))
        return None

    def _elsewhere(self, assertion: Assertion, topic: Compared) -> Ruling | None:
        slots = [slot for slot in topic.others if slot in SLOT_FAULT and slot in assertion.stated]
        if not slots or topic.values["allowed"] < _NEAR_ENOUGH:
            return None
        known = self._considering.forms.topic(topic.topic)
        faults = tuple(SLOT_FAULT[slot] for slot in slots)
        verdict: Verdict = "contradicted" if known.factual else "overstated"
        return Ruling(verdict, f"the evidence is about something else: {self._statement(topic)}", faults)

    def _statement(self, topic: Compared) -> str:
        return self._said(topic.topic)

    def _said(self, topic: str) -> str:
        if topic.startswith(FINDING):
            return self._collection.library.findings[topic.removeprefix(FINDING)].summary
        return self._collection.propositions[topic].statement

    def _judged(self, assertion: Assertion, considered: Considered, topic: Compared, ruling: Ruling) -> Judged:
        proposition = self._collection.propositions.get(topic.topic)
        comparisons = tuple(_slots(assertion, topic, self._considering.forms.topic(topic.topic).scope))
        match = None
        if proposition is not None:
            match = Match(
                proposition=proposition,
                comparisons=comparisons,
                figures=tuple(paired_figures(assertion.measured, proposition.values)),
                similarity=topic.likeness,
            )
        return Judged(
            verdict=ruling.verdict,
            reason=ruling.reason,
            faults=ruling.faults,
            missing=ruling.missing,
            rules=hits_for(
                ruling.verdict, faults=ruling.faults, missing=ruling.missing, reason=ruling.reason, severity=None
            ),
            suggestion=self._suggestion(topic) if ruling.verdict != "supported" else None,
            match=match,
            proposition=proposition.id if proposition else None,
            evidence=tuple(self._evidence(considered, topic, ruling.verdict)),
            comparisons=comparisons,
            tally=self._tally(considered, topic),
            topics=near_topics(considered.topics),
            support=round(considered.support, 3),
            likeness=round(considered.nearness, 3),
        )

    def _tally(self, considered: Considered, topic: Compared) -> tuple[tuple[str, float], ...]:
        """What weighed most; of a network that read the claim always what it added."""
        by_comparisons = self._considering.scorecard.tally(topic.values)
        return by_comparisons if considered.read is None else ((NETWORK, round(considered.read, 2)), *by_comparisons)

    def _suggestion(self, topic: Compared) -> str | None:
        """The allowed wording nearest to the claim that may stand in its place, else the first, else the statement.

        One that leaves out what the claim gets wrong (another treatment, route or agency) would leave it wrong; one in
        the first person or in quotation marks would put words into somebody's mouth; half a sentence is none.
        """
        proposition = self._collection.propositions.get(topic.topic)
        if proposition is None or not proposition.wordings:
            return None
        forms = self._considering.forms
        first = forms.of_topic(topic.topic)[0]
        place = (topic.nearest_allowed if topic.nearest_allowed is not None else first) - first
        nearest = place - 1 if 0 < place <= len(proposition.wordings) else 0
        wrong = [slot for slot in _REPLACED if topic.relations[slot] == "other"]
        for number in dict.fromkeys((nearest, 0)):
            text, named = proposition.wordings[number].text, forms.form(first + 1 + number).frame.slots
            if all(named.get(slot) for slot in wrong) and text[:1] == text[:1].upper() and not _SPOKEN.search(text):
                return text
        return proposition.statement

    def _evidence(self, considered: Considered, topic: Compared, verdict: Verdict) -> Iterator[EvidenceLink]:
        proposition = self._collection.propositions.get(topic.topic)
        denies = proposition is not None and proposition.polarity == "denies"
        # What shows that something is not so speaks against a claim that goes beyond it, not for a part of it.
        stances = _STANCES.get("contradicted" if denies and verdict == "overstated" else verdict, {})
        links: dict[str, Stance] = {}
        studied = considered.studied
        if (
            studied is not None
            and studied.sure
            and (_is_told(studied) or (verdict != "supported" and _is_meant(studied)))
        ):
            links[studied.finding] = stances.get("supports", "supports")
        if topic.topic.startswith(FINDING):
            links.setdefault(topic.topic.removeprefix(FINDING), stances.get("supports", "supports"))
        for link in proposition.evidence if proposition else ():
            links.setdefault(link.finding, stances.get(link.stance, link.stance))
        yield from (EvidenceLink(finding=finding, stance=stance) for finding, stance in links.items())


def _bare(assertion: Assertion) -> bool:
    """Whether the words themselves name no concept, no study and no figure."""
    return not (assertion.stated or assertion.frame.studies or assertion.measured)


def _is_meant(studied: Studied) -> bool:
    """Whether it is this study that a claim gets wrong: one figure that another study has too tells of nothing; a name
    does, figures that go together, or the figure of the other arm."""
    return studied.named or studied.explained > 1 or "arm" in studied.parted


def _is_told(studied: Studied) -> bool:
    """Whether a claim tells a result of this study: one figure that happens to be the same is no evidence."""
    return studied.named or (studied.explained > 1 and not studied.parted)


def _goes_further(assertion: Assertion, topic: Compared) -> bool:
    """Whether a claim admits no exception where no allowed wording does, and about something else at that; then
    likeness of words does not carry it."""
    surer = assertion.frame.certainty == "absolute" and topic.values["surer"] > 0
    return surer and (topic.relations["outcome"] == "other" or topic.values["likely-surer"] > 0)


def _denied(considered: Considered, topic: Compared) -> bool:
    """Whether another topic near by says the contrary, and knows the claim as a bent wording."""
    enough = _AS_LIKE * topic.values["allowed"]
    return any(t.values["denied"] >= _REFUTED and t.values["bent"] >= enough for t in considered.topics)


def _slots(assertion: Assertion, topic: Compared, scope: object) -> Iterator[Comparison]:
    for slot in SCOPE_SLOTS:
        carried: tuple[str, ...] = getattr(scope, slot)
        claimed: tuple[str, ...] = getattr(assertion.slots, slot)
        if carried or claimed:
            yield Comparison(slot=slot, relation=topic.relations[slot], claimed=claimed, carried=carried)


def _said(figure: Measured) -> str:
    return amount(figure.low, figure.high, figure.unit)
