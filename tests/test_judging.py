"""The verdict on a claim, on the small library and on libraries of a few records, with weights that do not change."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.collection import Collection
from claims.comparisons import lexicon_relation
from claims.considering import Considering
from claims.judging import CARRIES
from claims.propositions import Scope, Wording
from claims.scorecard import Scorecard, Steps, Tree, load_scorecard
from claims.verdicts import RULES
from tests.tiny import LEXICON, Engine, after, finding, others, proposition, study, tiny

VERDICTS = {"supported", "overstated", "vague", "contradicted", "unsupported", "promotional"}
RIGHT = [
    "About 64% of people with resistant depression respond to a ketamine infusion within a day.",
    "Two thirds of people with resistant depression respond within a day of an infusion.",
    "Blood pressure can climb for an hour or two after an infusion.",
    "Most people relapse within two weeks of one infusion.",
]
WRONG = [
    ("Ketamine is FDA approved for depression.", "contradicted", "regulatory"),
    ("Ketamine does not raise the blood pressure.", "contradicted", "polarity"),
    ("Ketamine lowers the blood pressure.", "contradicted", "polarity"),
    ("In a double-blind trial 28% responded on ketamine.", "contradicted", "attribution"),
    ("In the trial of Murrough and colleagues 64% responded on midazolam.", "contradicted", "attribution"),
    (
        "About 95% of people with resistant depression respond to a ketamine infusion within a day.",
        "overstated",
        "number",
    ),
    (
        "All people with resistant depression always respond to a ketamine infusion within a day.",
        "overstated",
        "absolute",
    ),
    (
        "About 64% of people with resistant depression respond to a ketamine spray within a day.",
        "overstated",
        None,
    ),
    ("Most people relapse within six weeks of one infusion.", "overstated", "duration"),
    ("One infusion keeps you well for years.", "overstated", "duration"),
    ("Brain connections are proven to be rebuilt by ketamine.", "overstated", "certainty"),
    ("Many people with depression see a remarkable response.", "vague", "generalised"),
]
PIECES = (
    "ketamine", "FDA", "not", "approved", "for", "depression", ".", "64%", "95%", "respond", "responded",
    "always", "may", "midazolam", "on", "infusion", "many", "blood", "pressure", "rises", "lowers",
    "permanently", "Murrough", "and", "colleagues", "in", "2013", "miracle", "our", "clinic", ";", "but",
)  # fmt: skip


# Supported


@pytest.mark.parametrize("text", RIGHT)
def test_what_the_evidence_carries_is_supported(engine: Engine, text: str) -> None:
    judged = engine.judge(text)
    assert judged.verdict == "supported"
    assert judged.support is not None
    assert judged.support >= CARRIES
    assert (judged.faults, judged.missing, judged.rules, judged.suggestion) == ((), (), (), None)
    assert judged.reason.startswith("covered: ")


def test_every_allowed_wording_of_the_library_is_supported(engine: Engine) -> None:
    for one in engine.collection.propositions.values():
        for wording in one.wordings:
            verdicts = {judged.verdict for judged in engine.judged(wording.text)}
            assert verdicts == {"supported"}, wording.text


def test_a_bent_wording_of_the_library_has_the_verdict_of_its_bend(engine: Engine) -> None:
    told = [
        (engine.judged(text), bend.verdict, text)
        for one in engine.collection.propositions.values()
        for bend in one.distortions
        for text in bend.texts
    ]
    assert not [text for judged, _, text in told if any(j.verdict == "supported" for j in judged)]
    right = [text for judged, verdict, text in told if [j.verdict for j in judged] == [verdict]]
    assert len(right) >= 0.8 * len(told), {text for *_, text in told} - set(right)


def test_the_evidence_is_named_with_its_stance(engine: Engine) -> None:
    right, wrong = engine.judge(RIGHT[1]), engine.judge(WRONG[0][0])
    assert {(link.finding, link.stance) for link in right.evidence} == {
        ("Murrough2013a.1", "supports"),
        ("Zarate2006.1", "supports"),
    }
    assert [(link.finding, link.stance) for link in wrong.evidence] == [("FDA2023CompoundedKetamine.1", "opposes")]


# Each kind of failure


@pytest.mark.parametrize(("text", "verdict", "fault"), WRONG)
def test_each_failure_has_its_verdict_and_its_fault(engine: Engine, text: str, verdict: str, fault: str | None) -> None:
    judged = engine.judge(text)
    assert judged.verdict == verdict, judged
    assert fault is None or fault in judged.faults, judged
    assert judged.rules
    assert {hit.code for hit in judged.rules} <= {rule.code for rule in RULES}


def test_a_right_claim_and_its_bent_twin_part(engine: Engine) -> None:
    assert engine.judge("The FDA has not approved ketamine for depression.").verdict == "supported"
    assert engine.judge("The FDA has approved ketamine for depression.").verdict == "contradicted"


def test_a_failed_claim_is_offered_a_wording_of_its_proposition(engine: Engine) -> None:
    judged = engine.judge("Ketamine is FDA approved for depression.")
    assert judged.proposition == "not-approved"
    allowed = {wording.text for wording in engine.collection.propositions["not-approved"].wordings}
    assert judged.suggestion in allowed


@pytest.mark.parametrize(
    ("nearest", "kept"),
    [
        ("The FDA has approved no form of ketamine for depression.", True),
        ("My doctor says ketamine is not approved for depression.", False),
        ("“Ketamine is not approved for depression,” she says.", False),
        ("not approved for depression by the FDA", False),
    ],
)
def test_what_is_offered_is_a_sentence_that_copy_can_print(engine: Engine, nearest: str, kept: bool) -> None:
    proposition = engine.collection.propositions["not-approved"]
    wordings = (Wording(text="Ketamine has no approval for depression."), Wording(text=nearest))
    other = msgspec.structs.replace(proposition, wordings=wordings)
    propositions = {**engine.collection.propositions, proposition.id: other}
    known = engine.collection
    changed = Collection(
        manifest=known.manifest, library=known.library, lexicon=known.lexicon, propositions=propositions, sources={}
    )
    judged = Engine(changed).judge("The FDA has approved all forms of ketamine for depression.")
    assert judged.verdict == "contradicted"
    assert (judged.suggestion == nearest) is kept
    assert judged.suggestion in {nearest, wordings[0].text, proposition.statement}


def test_a_claim_that_names_a_study_is_told_what_was_found(engine: Engine) -> None:
    judged = engine.judge("In the trial of Murrough and colleagues 64% responded on midazolam.")
    assert judged.reason.startswith("the arm is not as found: 64% responded 24 h after")
    assert ("Murrough2013a.1", "opposes") in {(link.finding, link.stance) for link in judged.evidence}


def test_slots_are_compared_one_by_one(engine: Engine) -> None:
    judged = engine.judge("About 64% of people with depression respond to a ketamine spray within a day.")
    relations = {one.slot: one.relation for one in judged.comparisons}
    assert relations["intervention"] == relations["outcome"] == "same"
    assert (relations["population"], relations["route"]) == ("broader", "other")


def test_a_vague_claim_lists_what_is_missing(engine: Engine) -> None:
    judged = engine.judge("Many people with depression see a remarkable response.")
    assert (judged.verdict, judged.missing) == ("vague", ("number", "time"))
    assert "VG001" in {hit.code for hit in judged.rules}


# Nothing in the library is near


@pytest.fixture(scope="module")
def elsewhere(engine: Engine) -> Engine:
    """A library that knows the words of the small one and none of its matters."""
    return Engine(tiny(*others(), lexicon=engine.collection.lexicon))


@pytest.mark.parametrize(
    ("text", "verdict", "code"),
    [
        ("A ketamine series takes five to eight weeks.", "unsupported", "EV001"),
        ("Ketamine is a miracle.", "promotional", None),
        ("Ketamine is simply wonderful stuff.", "promotional", None),
        ("The series is remarkably short.", "vague", "VG001"),
        ("Studies show that the spray eases symptoms.", "vague", "VG005"),
        ("Our clinic has three rooms for ketamine infusions.", "unsupported", None),
    ],
)
def test_what_nothing_bears_on(elsewhere: Engine, text: str, verdict: str, code: str | None) -> None:
    judged = elsewhere.judge(text)
    assert (judged.verdict, judged.proposition, judged.support) == (verdict, None, None)
    assert code is None or code in {hit.code for hit in judged.rules}


def test_what_only_the_provider_can_show_is_a_note(elsewhere: Engine) -> None:
    judged = elsewhere.judge("Our clinic has three rooms for ketamine infusions.")
    assert {hit.severity for hit in judged.rules} == {"note"}
    assert "only the provider can show" in judged.reason


def test_what_only_stands_near_a_treatment_is_praise_when_it_addresses_somebody_and_else_no_claim(
    elsewhere: Engine,
) -> None:
    def after(text: str) -> list[str]:
        return [judged.verdict for judged in elsewhere.judged(f"# Ketamine\n\n{text}\n")]

    assert after("You deserve a warm room.") == ["promotional"]
    assert after("The receptionist laughed and looked away.") == []


def test_a_promise_is_promotional_unless_it_gives_a_figure(elsewhere: Engine) -> None:
    promised = elsewhere.judge("Ketamine is your fresh start and a ray of hope.")
    assert promised.verdict == "promotional"
    assert "PR002" in {hit.code for hit in promised.rules}
    assert elsewhere.judge("Thousands of people find a fresh start with ketamine every year.").verdict == "promotional"
    assert elsewhere.judge("Ketamine is a fresh start: 95% respond to one infusion.").verdict != "promotional"


@pytest.mark.parametrize("promise", ["Imagine:", "Reclaim your life:", "A fresh start:"])
@pytest.mark.parametrize("wrong", [text for text, verdict, _ in WRONG if verdict == "contradicted"])
def test_a_promise_hides_nothing_that_is_wrong(engine: Engine, promise: str, wrong: str) -> None:
    assert "promotional" not in {judged.verdict for judged in engine.judged(f"{promise} {wrong}")}


def test_figures_under_the_head_of_the_providers_own_people_are_the_providers_to_show(engine: Engine) -> None:
    table = "| Measure | {} |\n|---|---|\n| Responded to ketamine | 94% |\n"
    (own,) = engine.judged(table.format("Our patients"))
    assert (own.verdict, own.rules[0].severity) == ("unsupported", "warning")
    assert "only the provider can show" in own.reason
    for head in ("All patients", "US adults", "What we found"):
        (other,) = engine.judged(table.format(head))
        assert "only the provider can show" not in other.reason


@pytest.mark.parametrize(
    ("row", "figure", "verdict"),
    [("Midazolam", "28%", "supported"), ("Midazolam", "64%", "contradicted"), ("Ketamine", "28%", "contradicted")],
)
def test_a_figure_in_a_row_of_one_treatment_is_told_of_it(engine: Engine, row: str, figure: str, verdict: str) -> None:
    page = f"| Drug | Result |\n|---|---|\n| {row} | {figure} responded in the trial of Murrough and colleagues |\n"
    assert [judged.verdict for judged in engine.judged(page)] == [verdict]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("In Murrough 2013 64% responded on ketamine.", "supported"),
        ("In Murrough 2013 64% never responded on ketamine.", "contradicted"),
        ("In Murrough 2013 64% responded on ketamine and slept in the garden.", "contradicted"),
        ("64% responded on ketamine.", "contradicted"),
    ],
)
def test_what_the_study_that_is_named_found_is_supported_without_a_wording_like_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, text: str, verdict: str
) -> None:
    known = engine.considered(text)
    unlike = msgspec.structs.replace(known, support=0.2, fits={"contradicted": 1.0}, departure=None)
    monkeypatch.setattr(engine.considering, "consider", lambda *_, **__: unlike)
    assert engine.judge(text).verdict == verdict


@pytest.mark.parametrize(("support", "verdict"), [(0.4, "overstated"), (0.5, "unsupported")])
def test_what_is_nearly_carried_and_fails_no_comparison_of_its_own_is_unsupported(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, support: float, verdict: str
) -> None:
    text = "Blood pressure can climb for an hour or two after an infusion."
    known = engine.considered(text)
    unsure = msgspec.structs.replace(known, support=support, fits={"overstated": 1.0})
    monkeypatch.setattr(engine.considering, "consider", lambda *_, **__: unsure)
    assert engine.judge(text).verdict == verdict


@pytest.mark.parametrize("text", ["Hello and good morning to you.", "The garden is green in spring."])
def test_what_claims_nothing_is_not_judged(engine: Engine, text: str) -> None:
    assert engine.judged(text) == []


# Precision first


@pytest.mark.parametrize("text", [*RIGHT, *(text for text, *_ in WRONG)])
@pytest.mark.parametrize("weights", ["tests", "packaged"])
def test_an_empty_library_supports_nothing(engine: Engine, text: str, weights: str) -> None:
    scorecard = {"tests": engine.considering.scorecard, "packaged": load_scorecard()}[weights]
    empty = Engine(tiny(lexicon=engine.collection.lexicon), scorecard)
    assert all(judged.verdict not in ("supported", "overstated", "contradicted") for judged in empty.judged(text))


def test_a_library_on_other_matters_supports_nothing(elsewhere: Engine) -> None:
    assert not [text for text in RIGHT if any(judged.verdict == "supported" for judged in elsewhere.judged(text))]


@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=25,
    )
)
def test_any_text_is_judged_soundly(engine: Engine, words: list[str]) -> None:
    for judged in engine.judged(" ".join(words)):
        assert judged.verdict in VERDICTS
        assert judged.reason
        assert judged.support is None or 0 <= judged.support <= 1
        if judged.verdict == "supported":
            assert judged.support is not None
            assert judged.support >= CARRIES - 0.001
            assert judged.evidence


def test_a_study_is_judged_by_though_no_proposition_speaks_of_it() -> None:
    found = finding("Larch2020", 1, "64% of people responded to ketamine", value=64, unit="%", time=after(24, "h"))
    engine = Engine(tiny(study("Larch2020", found, names=("LARK-1",)), *others()))
    right, wrong = (engine.judge(f"In LARK-1 {share} responded to ketamine.") for share in ("64%", "85%"))
    assert (right.verdict, wrong.verdict) == ("supported", "contradicted")
    assert "number" in wrong.faults
    assert right.proposition is None
    assert [link.finding for link in right.evidence] == ["Larch2020.1"]


def test_a_fact_told_of_another_drug_is_not_supported() -> None:
    scope = Scope(intervention=("ketamine",), outcome=("dizzy",))
    engine = Engine(tiny(proposition("dizzy", "Many people on ketamine feel dizzy.", scope=scope), *others()))
    assert engine.judge("Many people on ketamine feel dizzy.").verdict == "supported"
    other = engine.judge("Many people on lithium feel dizzy.")
    assert other.verdict != "supported"


def test_the_opposite_of_what_is_known_is_contradicted_though_nobody_bent_it_so() -> None:
    engine = Engine(tiny(proposition("risk", "Ketamine raises suicide risk."), *others()))
    judged = engine.judge("Ketamine lowers suicide risk within days.")
    assert (judged.verdict, judged.faults) == ("contradicted", ("polarity",))
    assert engine.judge("Ketamine raises suicide risk.").verdict == "supported"


# Parts of a judgement


@pytest.mark.parametrize(
    ("claimed", "carried", "relation"),
    [
        ((), (), "free"),
        (("ketamine",), (), "free"),
        ((), ("ketamine",), "missing"),
        (("ketamine",), ("ketamine", "lithium"), "same"),
        (("resistant",), ("low",), "narrower"),
        (("low",), ("resistant",), "broader"),
        (("lithium",), ("ketamine",), "other"),
    ],
)
def test_concepts_stand_to_each_other(claimed: tuple[str, ...], carried: tuple[str, ...], relation: str) -> None:
    assert lexicon_relation(LEXICON, claimed, carried) == relation


@given(st.dictionaries(st.sampled_from("abcd"), st.floats(-1e6, 1e6)), st.floats(-1e3, 1e3))
def test_support_lies_between_0_and_1_and_grows_with_what_speaks_for_it(values: dict[str, float], base: float) -> None:
    card = Scorecard(base=base, weights={"a": 2.0, "b": -1.0})
    support = card.support(values)
    assert 0 <= support <= 1
    assert card.support({**values, "a": values.get("a", 0.0) + 1}) >= support
    assert card.support({**values, "b": values.get("b", 0.0) + 1}) <= support
    assert math.isclose(card.support({**values, "d": 0.0}), card.support({k: values[k] for k in values if k in "ab"}))


TREE = Tree(asks=(0, 1), at=(0.5, 0.0), low=(-1, -2), high=(1, -3), points=(0.0, 1.0), ends=(-2.0, 0.5, 4.0))


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (0.0, 0.0, {"a": -2.0}),
        (0.5, 9.0, {"a": -2.0}),
        (0.6, 0.0, {"a": 1.0, "b": -0.5}),
        (0.6, 0.1, {"a": 1.0, "b": 3.0}),
    ],
)
def test_a_tree_gives_what_its_end_has_and_tells_which_comparison_gave_how_much(
    a: float, b: float, told: dict[str, float]
) -> None:
    card = Scorecard(base=0.0, names=("a", "b"), trees=(TREE,))
    assert card.support({"a": a, "b": b}) == pytest.approx(1 / (1 + math.exp(-sum(told.values()))))
    assert dict(card.tally({"a": a, "b": b})) == told


@given(st.dictionaries(st.sampled_from("abc"), st.floats(-2, 2)))
def test_what_the_comparisons_gave_is_all_that_a_card_gives(values: dict[str, float]) -> None:
    other = Tree(asks=(2,), at=(-0.5,), low=(-1,), high=(-2,), points=(0.0,), ends=(-0.25, 0.25))
    only = Tree(asks=(), at=(), low=(), high=(), points=(), ends=(0.0,))
    card = Scorecard(base=0.5, weights={"c": 1.0}, names=("a", "b", "c"), trees=(TREE, other, only))
    total = 0.5 + sum(points for _, points in card.tally(values))
    assert card.support(values) == pytest.approx(1 / (1 + math.exp(-total)), abs=0.01)


def test_every_tree_of_the_packaged_card_ends_and_asks_for_what_has_a_name() -> None:
    card = load_scorecard()
    assert card.trees
    for tree in card.trees:
        assert len(tree.at) == len(tree.low) == len(tree.high) == len(tree.asks) == len(tree.ends) - 1
        assert all(0 <= number < len(card.names) for number in tree.asks)
        # Each question but the first, and each end, is led to once, from a question before it.
        led = sorted((*tree.low, *tree.high))
        assert led == sorted({*range(-len(tree.ends), 0), *range(1, len(tree.asks))})
        assert all(there < 0 or there > here for side in (tree.low, tree.high) for here, there in enumerate(side))


def test_the_tally_names_what_weighed_most_first() -> None:
    card = Scorecard(base=0, weights={"small": 0.5, "for": 2.0, "against": -3.0, "absent": 9.0})
    assert card.tally({"small": 1.0, "for": 1.0, "against": 1.0}) == (("against", -3.0), ("for", 2.0), ("small", 0.5))


@pytest.mark.parametrize("points", [9.0, -9.0])
def test_the_topic_that_the_card_takes_for_the_one_meant_comes_first_and_decides_most(
    engine: Engine, points: float
) -> None:
    meant = {"finding": Steps(at=(0.5,), points=(0.0, points))}
    considering = Considering(
        engine.forms,
        engine.findings,
        engine.collection.lexicon,
        engine.reader.senses,
        msgspec.structs.replace(engine.considering.scorecard, meant=meant),
    )
    frame = engine.frame("Most people relapse within two weeks of a single infusion.")
    topics = considering.consider(frame).topics
    plain = engine.considering.consider(frame).topics
    assert {one.topic for one in topics} == {one.topic for one in plain}
    assert [one.likeness for one in plain] == sorted((one.likeness for one in plain), reverse=True)
    kinds = [one.topic.startswith("finding:") for one in topics]
    assert kinds == sorted(kinds, reverse=points > 0)
    assert {True, False} == set(kinds)
    assert sum(one.share for one in topics) == pytest.approx(1.0)
    assert topics[0].share > 0.99 / kinds.count(kinds[0])


def test_a_wording_left_out_is_as_if_the_library_did_not_know_it(engine: Engine) -> None:
    text = "Most people relapse within two weeks of a single infusion unless treatment goes on."
    frame = engine.frame(text)
    known = engine.considering.consider(frame)
    own = [n for n in engine.forms.of_topic("effect-fades") if engine.forms.form(n).frame == frame]
    assert len(own) == 1
    unknown = engine.considering.consider(frame, without=frozenset(own))
    assert known.nearness == pytest.approx(1.0)
    assert 0 < unknown.nearness < 1
    assert engine.considering.consider(frame) == known
