"""A retraction reaches everything: verdicts, evidence, conflicts, listings, the library's own check."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from claims.collection import Collection, load_collection
from claims.judged import Judged
from claims.propositions import EvidenceLink
from claims.query import read_collection
from claims.snapshot import open_snapshot
from claims.sources import Claim
from claims.standing import claim_as_it_stands, judged_as_it_stands, lost_support
from claims.verdicts import RuleHit
from evidence.library import Library
from evidence.paths import input_hash, library_paths
from evidence.standing import Standing, standing_of
from evidence.verification import Notice, Verification, save_verifications
from tests.conftest import Invoke, edit
from tests.tiny import finding, proposition, reference, study, tiny

_DAY = dt.date(2026, 11, 22)
_KINDS = {"retracted": "retraction", "corrected": "correction", "concern": "concern"}
PAGE = """\
Ketamine can raise the blood pressure for up to two hours, so it is measured before and after.

In one controlled trial 64% of people with treatment-resistant depression had responded a day after one infusion.

Ketamine does not raise the blood pressure.

Ketamine is not approved by the FDA for depression.
"""


def verified(key: str, state: str, date: dt.date | None = dt.date(2021, 3, 4)) -> Verification:
    notices = (
        (Notice(kind=_KINDS[state], date=date, doi="10.5555/notice", source="crossref"),) if state in _KINDS else ()
    )  # type: ignore[arg-type]
    return Verification(key=key, checked=_DAY, state=state, sources=("crossref",), notices=notices)  # type: ignore[arg-type]


def plant(library: Path, *verifications: Verification) -> None:
    save_verifications(library / "verification.toml", {one.key: one for one in verifications})


@pytest.fixture
def retracted(library: Path) -> Path:
    """The small library with one of its three works retracted."""
    plant(library, verified("Zarate2006", "retracted"))
    return library


def small_library(**states: str) -> Library:
    """Two works with a finding each; what was verified of them is as given."""
    library = tiny(
        study("One2001", finding("One2001", 1, "half responded")),
        study("Two2002", finding("Two2002", 1, "half responded")),
        references=[reference("One2001", "Example, Ann", 2001), reference("Two2002", "Sample, Bo", 2002)],
    ).library
    found = {key: verified(key, state) for key, state in states.items()}
    return Library(references=library.references, studies=library.studies, verifications=found)


def links(*given: tuple[str, str]) -> tuple[EvidenceLink, ...]:
    return tuple(EvidenceLink(finding=f"{key}.1", stance=stance) for key, stance in given)  # type: ignore[arg-type]


def claim(verdict: str, *evidence: tuple[str, str], **fields: Any) -> Claim:
    given: dict[str, Any] = {"start": 0, "end": 1, "sha256": "", "anchor": "", "paraphrase": "Half respond"}
    given |= {"category": "efficacy", "importance": 2, "reason": "as curated", "evidence": links(*evidence)}
    return Claim(id="a-001", verdict=verdict, **{**given, **fields})  # type: ignore[arg-type]


# How a work stands


@pytest.mark.parametrize(
    ("curated", "asked", "stands"),
    [
        ("current", None, "current"),
        ("current", "agrees", "current"),
        ("current", "mismatch", "current"),
        ("current", "not-found", "current"),
        ("current", "corrected", "corrected"),
        ("corrected", "agrees", "corrected"),
        ("corrected", "concern", "concern"),
        ("concern", "corrected", "concern"),
        ("retracted", "agrees", "retracted"),
        ("corrected", "retracted", "retracted"),
    ],
)
def test_the_graver_of_curator_and_services_holds(curated: str, asked: str | None, stands: str) -> None:
    record = verified("One2001", asked) if asked else None
    assert standing_of(study("One2001", status=curated), record).state == stands


def test_a_standing_tells_the_latest_notice_of_its_kind() -> None:
    notices = tuple(
        Notice(kind=kind, date=dt.date(year, 2, 3), doi=f"10.5555/{year}", source="crossref")  # type: ignore[arg-type]
        for kind, year in (("correction", 2024), ("retraction", 2019), ("withdrawal", 2021))
    )
    record = Verification(key="One2001", checked=_DAY, state="retracted", sources=("crossref",), notices=notices)
    standing = standing_of(None, record)
    assert (str(standing), standing.doi, standing.checked) == ("retracted 2021-02-03", "10.5555/2021", _DAY)


def test_a_standing_without_a_dated_notice_is_told_without_a_date() -> None:
    assert str(standing_of(study("One2001", status="concern"), None)) == "expression of concern"
    assert str(standing_of(None, verified("One2001", "retracted", date=None))) == "retracted"


def test_the_library_says_how_each_work_stands() -> None:
    library = small_library(One2001="retracted", Two2002="agrees")
    assert library.standing("One2001").is_retracted
    assert library.standing("Two2002") == Standing(checked=_DAY)
    assert list(library.not_current) == ["One2001"]
    with pytest.raises(KeyError):
        library.standing("Three2003")


# What that does to a verdict


def test_a_supported_claim_whose_only_work_was_retracted_falls_and_the_reason_names_work_and_notice() -> None:
    stands = claim_as_it_stands(
        claim("supported", ("One2001", "supports"), suggestion="Say this."), small_library(One2001="retracted")
    )
    assert (stands.verdict, stands.suggestion) == ("unsupported", None)
    assert stands.reason == (
        "the only work that supports it was retracted: Example 2001 (retracted 2021-03-04, notice doi:10.5555/notice)"
    )
    assert [(hit.code, hit.severity) for hit in stands.rules] == [("RF003", "warning")]


def test_all_works_retracted_is_as_one() -> None:
    library = small_library(One2001="retracted", Two2002="retracted")
    stands = claim_as_it_stands(claim("supported", ("One2001", "supports"), ("Two2002", "supports-in-part")), library)
    assert stands.verdict == "unsupported"
    assert "every work that supports it" in stands.reason
    assert "Example 2001" in stands.reason
    assert "Sample 2002" in stands.reason


def test_with_other_evidence_the_verdict_stays_and_the_work_is_named() -> None:
    library = small_library(One2001="retracted")
    given = claim("supported", ("One2001", "supports"), ("Two2002", "supports"), suggestion="Say this.")
    stands = claim_as_it_stands(given, library)
    assert (stands.verdict, stands.reason, stands.suggestion) == ("supported", "as curated", "Say this.")
    (hit,) = stands.rules
    assert (hit.code, hit.severity) == ("RF003", "warning")
    assert "Example 2001" in hit.message
    assert "other evidence remains" in hit.message


@pytest.mark.parametrize("stance", ["opposes", "context"])
def test_what_does_not_support_a_supported_claim_neither_holds_nor_fells_it(stance: str) -> None:
    library = small_library(One2001="retracted")
    kept = claim_as_it_stands(claim("supported", ("One2001", stance), ("Two2002", "supports")), library)
    assert (kept.verdict, kept.rules) == ("supported", ())
    felled = claim_as_it_stands(claim("supported", ("One2001", "supports"), ("Two2002", stance)), library)
    assert felled.verdict == "unsupported"


def test_a_contradicted_claim_falls_with_the_works_that_spoke_against_it() -> None:
    library = small_library(One2001="retracted")
    given = {"faults": ("number",), "missing": ("time",)}
    stands = claim_as_it_stands(claim("contradicted", ("One2001", "opposes"), **given), library)
    assert (stands.verdict, [hit.code for hit in stands.rules], stands.missing) == ("unsupported", ["RF003"], ())
    assert "speaks against it" in stands.reason
    kept = claim_as_it_stands(claim("contradicted", ("One2001", "opposes"), ("Two2002", "opposes"), **given), library)
    assert (kept.verdict, [hit.code for hit in kept.rules]) == ("contradicted", ["EV002", "EV003", "RF003"])


def test_an_overstated_claim_stays_so_but_a_wording_that_nothing_carries_is_not_offered() -> None:
    library = small_library(One2001="retracted")
    given = claim("overstated", ("One2001", "supports-in-part"), faults=("number",), suggestion="Say this.")
    stands = claim_as_it_stands(given, library)
    assert (stands.verdict, stands.suggestion) == ("overstated", None)
    assert [hit.code for hit in stands.rules] == ["EV003", "RF003"]


@pytest.mark.parametrize("verdict", ["unsupported", "promotional"])
def test_a_verdict_that_rests_on_nothing_is_not_touched(verdict: str) -> None:
    stands = claim_as_it_stands(claim(verdict, ("One2001", "supports")), small_library(One2001="retracted"))
    assert stands.verdict == verdict
    assert not [hit for hit in stands.rules if hit.code.startswith("RF")]


@pytest.mark.parametrize(
    ("state", "code", "severity"), [("corrected", "RF004", "note"), ("concern", "RF005", "warning")]
)
def test_a_correction_is_noted_and_a_concern_warned_of_and_the_verdict_stays(
    state: str, code: str, severity: str
) -> None:
    stands = claim_as_it_stands(claim("supported", ("One2001", "supports")), small_library(One2001=state))
    assert (stands.verdict, stands.reason) == ("supported", "as curated")
    assert [(hit.code, hit.severity) for hit in stands.rules] == [(code, severity)]


@pytest.mark.parametrize("state", ["agrees", "mismatch", "not-found"])
def test_a_work_that_agrees_or_cannot_be_found_changes_no_verdict(state: str) -> None:
    given = claim("supported", ("One2001", "supports"))
    assert claim_as_it_stands(given, small_library(One2001=state)) == claim_as_it_stands(given, small_library())


def test_a_judgement_falls_as_a_curated_claim_does() -> None:
    library = small_library(One2001="retracted")
    hit = RuleHit(code="EV002", message="it is", severity="error")
    given = Judged(verdict="contradicted", reason="r", faults=("polarity",), rules=(hit,), evidence=links(("One2001", "opposes")))  # fmt: skip
    fallen = judged_as_it_stands(given, library)
    assert (fallen.verdict, fallen.faults, [h.code for h in fallen.rules]) == ("unsupported", (), ["RF003"])
    assert fallen.evidence == given.evidence
    assert judged_as_it_stands(given, small_library()) is given


def test_a_claim_that_names_a_retracted_work_falls_though_others_found_the_same() -> None:
    library = small_library(One2001="retracted")
    given = Judged(verdict="supported", reason="r", evidence=links(("One2001", "supports"), ("Two2002", "supports")))
    fallen = judged_as_it_stands(given, library, named=("One2001",))
    assert (fallen.verdict, [hit.code for hit in fallen.rules]) == ("unsupported", ["RF003"])
    assert fallen.reason.startswith("the work that the claim names was retracted: Example 2001")
    assert judged_as_it_stands(given, library, named=("Two2002",)).verdict == "supported"
    assert judged_as_it_stands(given, library, named=("One2001", "Two2002")).verdict == "supported"


def test_a_claim_that_cites_a_retracted_work_is_warned_of_it_whatever_its_verdict() -> None:
    library = small_library(One2001="retracted")
    curated = claim_as_it_stands(claim("unsupported", references=("One2001",)), library)
    assert (curated.verdict, [hit.code for hit in curated.rules]) == ("unsupported", ["EV001", "RF003"])
    read = Judged(verdict="supported", reason="r", evidence=links(("Two2002", "supports")))
    assert [hit.code for hit in judged_as_it_stands(read, library, named=("One2001",)).rules] == ["RF003"]
    assert judged_as_it_stands(read, library, named=("One2001", "Two2002")) is read


def test_a_read_claim_that_names_the_retracted_trial_is_not_carried_by_another(
    library: Path, claimwise: Invoke, fixed_weights: None, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text("In one controlled trial (Murrough et al. 2013) 64% of people with treatment-resistant depression had responded a day after one infusion.", encoding="utf-8")  # fmt: skip

    def verdict() -> str:
        result = claimwise("check", page, "--library", library, "--format", "json")
        return str(json.loads(result.stdout)["documents"][0]["claims"][0]["verdict"])

    assert verdict() == "supported"
    plant(library, verified("Murrough2013a", "retracted"))
    assert verdict() == "unsupported"


def test_a_proposition_loses_its_support_when_nothing_else_supports_it() -> None:
    library = small_library(One2001="retracted")
    both = links(("One2001", "supports"), ("Two2002", "supports"))
    assert lost_support(proposition("p", "Half respond.", evidence=both[:1]), library) == ("One2001",)
    assert lost_support(proposition("p", "Half respond.", evidence=both), library) == ()
    assert lost_support(proposition("p", "Half respond.", evidence=links(("One2001", "context"))), library) == ()


# In the library


def test_the_file_is_an_input_of_the_snapshot_and_comes_back_from_it(library: Path) -> None:
    paths = library_paths(library)
    before = input_hash(paths)
    plant(library, verified("Zarate2006", "retracted"))
    assert input_hash(paths) != before
    loaded = load_collection(paths).library
    read = read_collection(open_snapshot(paths)).library
    assert read.verifications == loaded.verifications == {"Zarate2006": verified("Zarate2006", "retracted")}
    assert read.not_current == loaded.not_current


def test_a_broken_file_is_told_with_file_and_line_by_every_command(library: Path, claimwise: Invoke) -> None:
    plant(library, verified("Zarate2006", "retracted"))
    edit(library / "verification.toml", '"retracted"', '"gone"')
    for command in (("library", "check"), ("report",), ("where-used", "Zarate2006")):
        result = claimwise(*command, "--library", library)
        assert result.exit_code == 4
        assert "verification.toml:6: 'gone' is not a word" in result.stdout + result.stderr


def test_library_check_names_a_verified_work_that_the_bibliography_lacks(library: Path, claimwise: Invoke) -> None:
    plant(library, verified("Zarate2006", "agrees"), verified("Nobody2001", "agrees"))
    result = claimwise("library", "check", "--library", library)
    assert result.exit_code == 4
    assert "verification.toml:4: Nobody2001 is not in references.bib" in result.stdout
    assert claimwise("report", "--library", library).exit_code == 0


def test_library_check_is_silent_without_the_file_and_when_all_works_agree(library: Path, claimwise: Invoke) -> None:
    assert claimwise("library", "check", "--library", library).exit_code == 0
    plant(library, *(verified(key, "agrees") for key in ("Zarate2006", "Murrough2013a")))
    assert claimwise("library", "check", "--library", library).exit_code == 0


def test_library_check_names_propositions_and_claims_that_lost_their_support(library: Path, claimwise: Invoke) -> None:
    plant(library, verified("Zarate2006", "retracted"), verified("Murrough2013a", "retracted"))
    result = claimwise("library", "check", "--library", library)
    assert result.exit_code == 4
    lines = [line for line in result.stdout.splitlines() if "retracted" in line or "no sound finding" in line]
    assert [line.split(": ")[0] for line in lines] == [
        "propositions/all.toml:2", "propositions/safety.toml:2", "propositions/safety.toml:42", "sources/a.toml:18",
    ]  # fmt: skip
    assert "all that supports it was retracted: Zarate2006 (retracted 2021-03-04)" in lines[1]


# Everywhere


def test_a_planted_retraction_turns_the_verdicts_that_rested_on_it(
    library: Path, tmp_path: Path, claimwise: Invoke, fixed_weights: None
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")

    def verdicts() -> list[tuple[str, list[str]]]:
        result = claimwise("check", page, "--library", library, "--format", "json")
        (document,) = json.loads(result.stdout)["documents"]
        return [(c["verdict"], [hit["code"] for hit in c["rules"]]) for c in document["claims"]]

    before = verdicts()
    assert [verdict for verdict, _ in before] == ["supported", "supported", "contradicted", "supported"]
    plant(library, verified("Zarate2006", "retracted"))
    assert verdicts() == [
        ("unsupported", ["RF003"]), ("supported", ["RF003"]), ("unsupported", ["RF003"]), ("supported", []),
    ]  # fmt: skip
    (library / "verification.toml").unlink()
    assert verdicts() == before


def test_where_used_names_every_place(retracted: Path, tmp_path: Path, claimwise: Invoke, fixed_weights: None) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    result = claimwise("where-used", "Zarate2006", "--pages", page, "--library", retracted, "--format", "json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["standing"]["state"] == "retracted"
    assert told["standing"]["date"] == "2021-03-04"
    used = {(link["kind"], link["owner"]) for link in told["used_by"]}
    assert {("finding", f"Zarate2006.{n}") for n in (1, 2, 3)} <= used
    assert {("proposition", p) for p in ("response-24h", "pressure-rises", "effect-fades")} <= used
    assert {("claim", "a-001"), ("claim", "b-001"), ("source", "a")} <= used
    assert [change["id"] for change in told["changed"]] == ["effect-fades", "pressure-rises"]
    passages = [(p["line"], p["verdict"], p["through"]) for p in told["pages"]]
    assert passages == [
        (1, "unsupported", ["Zarate2006.3"]),
        (3, "supported", ["Zarate2006.1"]),
        (5, "unsupported", ["Zarate2006.3"]),
    ]
    table = claimwise("where-used", "Zarate2006", "--pages", page, "--library", retracted)
    for line in ("retracted 2021-03-04, notice doi:10.5555/notice, told by crossref", "3 passages of the pages"):
        assert line in table.stdout


def test_where_used_finds_the_passages_of_a_finding_and_of_a_proposition(
    retracted: Path, tmp_path: Path, claimwise: Invoke, fixed_weights: None
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")

    def lines(key: str) -> list[int]:
        result = claimwise("where-used", key, "--pages", page, "--library", retracted, "--format", "json")
        return [passage["line"] for passage in json.loads(result.stdout)["pages"]]

    assert lines("Zarate2006.3") == [1, 5]
    assert lines("Zarate2006.2") == []
    assert lines("response-24h") == [3]
    refused = claimwise("where-used", "a-001", "--pages", page, "--library", retracted)
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "a-001 is a claim; --pages takes the id of a reference, finding or proposition" in refused.stderr


def test_where_used_tells_of_a_page_that_cannot_be_read(library: Path, tmp_path: Path, claimwise: Invoke) -> None:
    result = claimwise("where-used", "Zarate2006", "--pages", tmp_path / "nowhere.md", "--library", library)
    assert result.exit_code == 2
    assert "nowhere.md" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_registered_source_is_reported_and_searched_as_its_claims_stand(library: Path, claimwise: Invoke) -> None:
    plant(library, verified("Murrough2013a", "retracted"))

    def report(*options: str) -> dict[str, Any]:
        told = json.loads(claimwise("report", *options, "--library", library, "--format", "json").stdout)
        return {c["id"]: c for document in told["documents"] for c in document["claims"]}

    turned = report()["a-001"]
    assert (turned["verdict"], [hit["code"] for hit in turned["rules"]]) == ("unsupported", ["RF003"])
    assert turned["evidence"][0]["standing"]["doi"] == "10.5555/notice"
    assert report()["a-003"]["evidence"][0]["standing"] is None
    assert "a-001" in report("--verdict", "unsupported")
    assert "a-001" not in report("--verdict", "supported")
    checked = claimwise("check", library / "texts" / "page-a.txt", "--library", library, "--format", "json")
    (document,) = json.loads(checked.stdout)["documents"]
    assert (document["source"], document["claims"][0]["verdict"]) == ("a", "unsupported")
    found = claimwise("search", "--verdict", "unsupported", "--library", library).stdout
    assert "a-001" in found
    shown = claimwise("show", "a-001", "--library", library).stdout
    assert "unsupported, supported when it was curated" in shown
    used = claimwise("where-used", "Murrough2013a", "--library", library).stdout
    assert "supported, now unsupported" in used


@pytest.mark.parametrize("form", ["text", "compact", "markdown"])
def test_every_format_of_a_check_shows_a_retracted_work_among_others(
    retracted: Path, tmp_path: Path, claimwise: Invoke, fixed_weights: None, form: str
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    told = claimwise("check", page, "--library", retracted, "--format", form)
    assert told.exit_code == 0
    text = " ".join(told.stdout.replace("\\", "").split())
    assert "other evidence remains" in text
    assert "retracted 2021-03-04" in text


@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
def test_every_format_of_a_report_names_the_retracted_work(library: Path, claimwise: Invoke, form: str) -> None:
    plant(library, verified("Murrough2013a", "retracted"))
    told = claimwise("report", "--importance", "3", "--library", library, "--format", form).stdout
    assert "the only work that supports it was retracted" in " ".join(told.split())


def test_a_conflict_says_that_one_side_rests_on_a_work_that_is_not_current(library: Path, claimwise: Invoke) -> None:
    plant(library, verified("Murrough2013a", "concern"))
    told = json.loads(claimwise("conflicts", "--library", library, "--format", "json").stdout)
    rests = {end["id"]: end["rests_on"] for conflict in told["conflicts"] for end in conflict["claims"]}
    assert rests["a-001"] == rests["b-001"] == ["Murrough2013a expression of concern 2021-03-04"]
    assert rests["a-003"] == []
    for form in ("table", "markdown"):
        text = claimwise("conflicts", "--library", library, "--format", form).stdout
        assert "rests on Murrough2013a expression of concern 2021-03-04" in " ".join(text.split())


def test_status_says_when_references_were_verified_and_what_is_not_as_it_should_be(
    library: Path, claimwise: Invoke
) -> None:
    differs = Verification(key="Murrough2013a", checked=dt.date(2026, 10, 1), state="mismatch", sources=("crossref",), details="year 2013, crossref says 2014")  # fmt: skip
    plant(library, verified("Zarate2006", "retracted"), differs)
    text = claimwise("library", "status", "--library", library).stdout
    assert "2 references from 2026-10-01 to 2026-11-22, 1 never" in text
    assert "year 2013, crossref says 2014" in text
    assert "retracted 2021-03-04" in text
    status = json.loads(claimwise("library", "status", "--library", library, "--format", "json").stdout)["status"]
    assert status["verification"]["by_state"] == {"mismatch": 1, "retracted": 1}
    assert status["not_current"]["Zarate2006"]["state"] == "retracted"


def test_studies_and_findings_are_listed_with_the_standing_of_their_work(retracted: Path, claimwise: Invoke) -> None:
    listed = json.loads(claimwise("evidence", "list", "--library", retracted, "--format", "json").stdout)["studies"]
    assert {row["key"]: row["status"] for row in listed}["Zarate2006"] == "retracted"
    table = json.loads(claimwise("evidence", "table", "--library", retracted, "--format", "json").stdout)["findings"]
    standing = {row["finding"]: row["standing"] for row in table}
    assert (standing["Zarate2006.1"], standing["Murrough2013a.1"]) == ("retracted 2021-03-04", "")


def test_a_library_whose_works_all_agree_reports_byte_for_byte_as_one_never_verified(
    library: Path, tmp_path: Path, claimwise: Invoke
) -> None:
    other = tmp_path / "verified"
    shutil.copytree(library, other)
    plant(other, *(verified(key, "agrees") for key in ("Zarate2006", "Murrough2013a", "FDA2023CompoundedKetamine")))
    for command in (("report", "--details"), ("conflicts",), ("evidence", "table")):
        assert (
            claimwise(*command, "--library", library).stdout.splitlines()[2:]
            == (claimwise(*command, "--library", other).stdout.splitlines()[2:])
        )


def test_the_packaged_library_stands(real: Collection) -> None:
    """A retraction that a verification finds must be acted on before a release."""
    assert not [p.id for p in real.propositions.values() if lost_support(p, real.library)]
