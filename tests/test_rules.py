"""The rules: every code has a whole and truthful page, and the command shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.collection import Collection
from claims.documents import read_document
from claims.engine import Judge
from claims.lexicon import ConflictKind
from claims.propositions import Fault, Qualifier, Verdict
from claims.reporters.layout import Screen
from claims.reporters.rules import render_rule, render_rules
from claims.rules import FAMILIES, RULES_FOLDER, RulePage, find_rule, load_rules
from claims.sentences import split_sentences
from claims.verdicts import RULES, RuleHit, citing_hit, hits_for, rule_name, standing_hit
from evidence.problems import LibraryError, UsageError
from evidence.vocabulary import Status
from tests.conftest import Invoke, edit

ROOT = Path(__file__).resolve().parent.parent
PAGES = load_rules()
# Codes that were given up. A code that is taken out of the table comes here, so that nobody gives it to another rule.
RETIRED: frozenset[str] = frozenset()
# The names of the first release of the table: a code keeps its meaning for good.
FIRST = {
    "EV": "no-evidence contradicted number duration onset population route certainty causation species outcome single-study"
    " comparator time drug polarity attribution generalised dated regulatory",
    "VG": "missing-number missing-population missing-time missing-comparator missing-source missing-detail",
    "CF": "numeric-conflict polarity-conflict schedule-conflict duration-conflict definition-conflict regulatory-conflict"
    " coverage-conflict mechanism-conflict",
    "PR": "absolute-safety praise unapproved-use no-risk-told testimonial borrowed-approval",
    "CK": "unreadable unjudged too-large",
}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)


def words(text: str) -> int:
    return len(text.split())


def hits(
    verdict: Verdict, *, faults: tuple[Fault, ...] = (), missing: tuple[Qualifier, ...] = ()
) -> tuple[RuleHit, ...]:
    return hits_for(verdict, faults=faults, missing=missing, reason="because", severity=None)


def possible_hits() -> list[RuleHit]:
    """A hit of every rule that a claim's verdict can lead to, in each way there is."""
    found = [hit for verdict in get_args(Verdict) for hit in hits(verdict)]
    for fault in get_args(Fault):
        found += [*hits("overstated", faults=(fault,)), *hits("contradicted", faults=(fault,))]
    for qualifier in get_args(Qualifier):
        found += hits("vague", missing=(qualifier,))
    found += [standing_hit(state, "because") for state in get_args(Status) if state != "current"]
    found += [citing_hit(code, "because") for code in ("RF001", "RF002", "RF006", "RF007", "RF008")]
    return found


def test_every_code_has_a_page_that_agrees_with_the_table() -> None:
    told = {page.code: (page.name, page.checks) for page in PAGES}
    assert told == {rule.code: (rule.name, rule.checks) for rule in RULES}


def test_codes_and_names_are_unique_and_codes_keep_their_meaning() -> None:
    assert len({page.code for page in PAGES}) == len({page.name for page in PAGES}) == len(PAGES)
    assert not RETIRED & {page.code for page in PAGES}
    kept = {f"{family}{n:03}": name for family, names in FIRST.items() for n, name in enumerate(names.split(), 1)}
    assert {code: rule_name(code) for code in kept.keys() - RETIRED} == {c: kept[c] for c in kept.keys() - RETIRED}


def test_codes_of_a_family_are_numbered_without_a_gap() -> None:
    for family in FAMILIES:
        used = {page.code for page in PAGES if page.code.startswith(family)} | {c for c in RETIRED if c[:2] == family}
        assert sorted(used) == [f"{family}{number:03}" for number in range(1, len(used) + 1)]


@every_page
def test_a_page_is_whole(page: RulePage) -> None:
    assert re.fullmatch(r"(EV|VG|CF|RF|PR|CK)\d{3}", page.code)
    assert page.checks[0].islower()
    assert not page.checks.endswith(".")
    assert len(split_sentences(page.checks)) == 1
    assert 2 <= len(split_sentences(page.why)) <= 4
    assert page.why.endswith(".")
    assert words(page.example.text) <= 30
    assert words(page.example.because) <= 25
    assert not page.example.because.endswith(".")
    assert page.better.endswith(".")
    assert page.known_misses
    assert all(words(miss) <= 30 and miss.endswith(".") for miss in page.known_misses)
    for text in (
        page.name,
        page.checks,
        page.why,
        page.example.text,
        page.example.because,
        page.better,
        *page.known_misses,
    ):
        assert text == " ".join(text.split()) != ""


@every_page
def test_an_example_has_a_verdict_where_the_rule_is_about_one(page: RulePage) -> None:
    expected: dict[str, set[str | None]] = {
        "evidence": {"contradicted"} if page.name == "contradicted" else {"overstated", "contradicted"},
        "vague": {"vague"},
        "conflict": {None},
        "references": {"unsupported", "supported"},
        "promotion": {"overstated", "contradicted", "promotional"},
        "unchecked": {None},
    }
    special = {"no-evidence": "unsupported", "no-risk-told": "supported"}
    assert page.example.verdict in ({special[page.name]} if page.name in special else expected[page.family])


@every_page
def test_the_better_wording_is_one_that_the_library_carries(page: RulePage, real: Collection) -> None:
    if page.carried_by is None:
        assert page.family in ("references", "unchecked")
    else:
        carried = {wording.text for wording in real.propositions[page.carried_by].wordings}
        assert page.better in carried, f"take a wording of {page.carried_by}"
    assert page.better != page.example.text


@every_page
def test_every_source_is_in_the_bibliography(page: RulePage, real: Collection) -> None:
    for source in page.sources:
        key = re.fullmatch(r".+ \[(\w+)\]", source)
        assert key is not None
        reference = real.library.references[key.group(1)]
        assert reference.year is None or str(reference.year) in source


def test_what_is_said_to_be_reported_with_a_verdict_is_what_verdicts_lead_to() -> None:
    told = {page.code for page in PAGES if page.reported in ("claim", "curated")}
    assert told == {hit.code for hit in possible_hits()}


def test_no_rule_is_kept_back_that_new_copy_is_held_against(real: Collection) -> None:
    """When the checker learns to give a code, its page must stop saying that it cannot."""
    text = "\n\n".join(page.example.text for page in PAGES)
    found = {
        hit.code for read in Judge(real).read(read_document("x.txt", text.encode())) for hit in read.judgement.rules
    }
    late = sorted(page.code for page in PAGES if page.reported in ("curated", "reserved") and page.code in found)
    assert not late, f'found in new copy now: set reported = "claim" in {late}, then make docs/rules.md anew'


def test_the_severity_on_the_page_is_the_one_that_a_hit_has() -> None:
    severity = {page.code: page.severity for page in PAGES}
    for hit in possible_hits():
        assert hit.severity == severity[hit.code], hit.code


def test_every_kind_of_conflict_has_a_rule() -> None:
    names = [page.name for page in PAGES if page.family == "conflict"]
    assert names == [f"{kind}-conflict" for kind in get_args(ConflictKind)]
    assert {page.reported for page in PAGES if page.family == "conflict"} == {"conflict"}


def test_a_reserved_rule_says_so_first() -> None:
    for page in PAGES:
        assert page.known_misses[0].startswith("Reserved:") == (page.reported == "reserved"), page.code


def test_rules_are_found_by_code_and_by_name_in_any_case() -> None:
    for page in PAGES:
        assert page is find_rule(PAGES, page.code.lower()) is find_rule(PAGES, f" {page.name.upper()} ")


@given(st.text(max_size=40))
def test_an_unknown_code_is_refused_in_one_message(wanted: str) -> None:
    known = {word for page in PAGES for word in (page.code.lower(), page.name)}
    if wanted.strip().lower() not in known:
        with pytest.raises(UsageError, match="no rule has the code"):
            find_rule(PAGES, wanted)


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    for name in ("EV003.toml", "VG001.toml"):
        (folder / name).write_text((RULES_FOLDER / name).read_text(encoding="utf-8"), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "EV003"', 'code = "EV004"', "rules/EV003.toml: holds the rule EV004"),
        ('family = "evidence"', 'family = "vague"', "EV003 is no code of the family vague"),
        ('severity = "error"', 'severity = "grave"', "'grave' is not a word of the vocabulary of 'severity'"),
        ("sources = []", 'origin = "x"', "unknown key 'origin'"),
    ],
)
def test_a_wrong_page_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    folder = copied(tmp_path)
    assert [page.code for page in load_rules(folder)] == ["EV003", "VG001"]
    edit(folder / "EV003.toml", old, new)
    with pytest.raises(LibraryError) as caught:
        load_rules(folder)
    assert any(told in str(problem) for problem in caught.value.problems)


def test_the_list_names_every_rule_and_loses_no_word(claimwise: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    result = claimwise("rule")
    assert (result.exit_code, result.stderr) == (0, "")
    told = " ".join(result.stdout.split())
    assert "…" not in told
    for page in PAGES:
        assert f"{page.code} {page.name} {page.severity} {page.checks}" in told


def test_the_list_marks_what_new_copy_is_not_held_against(claimwise: Invoke) -> None:
    told = " ".join(claimwise("rule").stdout.split())
    assert told.count("(reserved)") == sum(page.reported == "reserved" for page in PAGES)
    assert told.count("(curated claims only)") == sum(page.reported == "curated" for page in PAGES)


@every_page
def test_a_page_shows_all_that_it_holds(page: RulePage) -> None:
    for text in (render_rule(page, "table", Screen(width=70)), render_rule(page, "markdown", Screen())):
        told = " ".join(text.split())
        assert page.severity in told
        for part in (
            page.code,
            page.why,
            page.example.text,
            page.example.because,
            page.better,
            *page.known_misses,
            *page.sources,
        ):
            assert part.lower() in told.lower()


def test_one_page_by_the_command(claimwise: Invoke) -> None:
    result = claimwise("rule", "ev007")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("EV007 route\nerror by default, reported with a claim's verdict\n")


def test_json_has_every_key_in_every_rule(claimwise: Invoke) -> None:
    listed = json.loads(claimwise("rule", "--format", "json").stdout)
    assert listed["schema"] == "claimwise/rules/1"
    assert [rule["code"] for rule in listed["rules"]] == [page.code for page in PAGES]
    for rule in listed["rules"]:
        assert set(rule) == set(RulePage.__struct_fields__)
        assert set(rule["example"]) == {"text", "verdict", "because"}
    one = json.loads(claimwise("rule", "PR002", "--format", "json").stdout)
    assert one == {"schema": "claimwise/rule/1", "rule": next(r for r in listed["rules"] if r["code"] == "PR002")}


def test_an_unknown_code_ends_in_one_line_with_the_nearest(claimwise: Invoke) -> None:
    result = claimwise("rule", "EV0O7")
    assert (result.exit_code, result.stdout) == (3, "")
    assert len(result.stderr.splitlines()) == 1
    assert re.search(r"did you mean .*\bEV007\b", result.stderr)
    far = claimwise("rule", "zzzzzz")
    assert (far.exit_code, len(far.stderr.splitlines())) == (3, 1)
    assert "'claimwise rule' lists all" in far.stderr


def test_the_rules_need_no_library(claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMWISE_LIBRARY", str(tmp_path / "nowhere"))
    assert claimwise("rule", "EV001").exit_code == 0


def test_the_page_of_the_docs_is_up_to_date(claimwise: Invoke) -> None:
    printed = claimwise("rule", "--format", "markdown").stdout
    assert printed == render_rules(PAGES, "markdown", Screen()) + "\n"
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == printed, (
        "claimwise rule --format markdown > docs/rules.md"
    )


def test_every_link_of_the_docs_leads_to_a_page() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    named = re.findall(r'^<a id="(\w+)"></a>\n\n## (\w+) ', text, re.MULTILINE)
    assert all(name == code for name, code in named)
    assert re.findall(r"\(#([^)]+)\)", text) == [page.code for page in PAGES] == [name for name, _ in named]
