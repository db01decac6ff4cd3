"""Nothing is left out: reporters, rules, docs and the size of modules."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import get_args

import pytest

from claims.collection import Collection
from claims.propositions import Category, Fault, Qualifier, Verdict
from claims.reporters.registry import REPORTERS
from claims.sources import Claim
from claims.status import library_status
from claims.verdicts import RULES, rule_hits
from tests.conftest import Invoke

ROOT = Path(__file__).resolve().parent.parent
CODE = [ROOT / "cli.py", *ROOT.glob("evidence/**/*.py"), *ROOT.glob("claims/**/*.py")]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_rule_codes_are_unique_and_named() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def _claim(**fields: object) -> Claim:
    base: dict[str, object] = {
        "id": "x-001",
        "start": 0,
        "end": 1,
        "sha256": "",
        "anchor": "",
        "paraphrase": "",
        "category": "efficacy",
        "importance": 3,
        "reason": "because",
    }
    return Claim(**{**base, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", get_args(Fault))
def test_every_fault_has_a_rule(fault: str) -> None:
    (hit,) = rule_hits(_claim(verdict="overstated", faults=(fault,)))
    assert hit.severity == "error"
    assert hit.message.endswith(": because")


@pytest.mark.parametrize("missing", get_args(Qualifier))
def test_everything_that_can_be_missing_has_a_rule(missing: str) -> None:
    (hit,) = rule_hits(_claim(verdict="vague", missing=(missing,)))
    assert hit.code.startswith("VG")


def test_a_fact_about_one_clinic_is_only_noted() -> None:
    assert rule_hits(_claim(verdict="unsupported"))[0].severity == "warning"
    assert rule_hits(_claim(verdict="unsupported", scope="clinic-specific"))[0].severity == "note"
    assert rule_hits(_claim(verdict="supported")) == ()


@pytest.mark.parametrize("verdict", get_args(Verdict))
def test_the_docs_name_every_verdict(verdict: str) -> None:
    assert verdict in (ROOT / "docs" / "json.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*get_args(Category), *get_args(Fault)])
def test_the_data_format_names_every_word(word: str) -> None:
    assert f"`{word}`" in (ROOT / "docs" / "data-format.md").read_text(encoding="utf-8")


def test_every_module_of_commands_is_registered() -> None:
    from claims.commands import COMMANDS, evidence

    shared = {"__init__", "options", "outcome"}
    modules = {path.stem for path in (ROOT / "claims" / "commands").glob("*.py")} - shared
    assert {*COMMANDS.values(), *(part.__name__.rsplit(".", 1)[1] for part in evidence.PARTS)} == modules


def test_every_format_of_check_is_offered() -> None:
    from claims.checking import FAIL_ON
    from claims.commands import checking, options
    from claims.reporters.check_registry import CHECK_REPORTERS

    assert set(get_args(checking.CheckFormat)) == set(CHECK_REPORTERS)
    assert set(get_args(options.Threshold)) == set(FAIL_ON)


def test_every_format_of_report_is_offered(claimwise: Invoke) -> None:
    from claims.commands.options import ReportFormat

    assert set(REPORTERS) == set(get_args(ReportFormat))


@pytest.mark.parametrize(
    "command",
    ["check", "evaluate", "report", "conflicts", "search", "show", "where-used", "evidence list", "evidence show", "evidence table",
     "library check", "library status", "library build", "library export"],
)  # fmt: skip
def test_the_readme_shows_every_command(command: str) -> None:
    assert f"claimwise {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_states_the_counts_that_status_prints(real: Collection) -> None:
    status = library_status(real, library_hash="", today=dt.date(2026, 11, 22))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, count in status.counts.items():
        assert re.search(rf"^ *{name} +{count:,}$", readme, re.MULTILINE), (name, count)
    assert "@@" not in readme


def test_what_the_user_asked_for_is_there() -> None:
    for name in ("evidence", "claims", "references.bib", "cli.py", "tests", "pyproject.toml"):
        assert (ROOT / name).exists()
    dependencies = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name in ("sqlmodel", "typer", "requests", "bibtexparser", "rapidfuzz"):
        assert f'"{name}' in dependencies


def test_the_packaged_library_is_as_large_as_promised(real: Collection) -> None:
    assert len(real.library.references) >= 200
    assert len(real.library.findings) >= 600
    assert len(real.propositions) >= 220
    assert len(real.claims) >= 400
    assert len(real.sources) == 5


def test_no_claim_keeps_more_of_its_source_than_an_anchor(real: Collection) -> None:
    for claim in real.claims.values():
        assert len(claim.anchor.split()) <= 6
        assert len(claim.paraphrase.split()) <= 20


def test_the_reference_list_of_the_page_that_has_one_is_linked(real: Collection) -> None:
    items = real.sources["003"].references
    assert [item.number for item in items] == list(range(1, 15))
    assert len({item.reference for item in items}) == 14
