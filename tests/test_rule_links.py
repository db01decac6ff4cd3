"""Where a finding says what its rule means: the setting ``rule-url``, and what every format tells without it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.reporters.check_registry import CHECK_REPORTERS
from claims.reporters.checked import View
from claims.reporters.word_comments import word_comments
from claims.rule_links import RuleLinks, unfit
from claims.rules import load_rules
from tests.conftest import SMALL, Invoke
from tests.test_check_formats import claim, result

ADDRESS = "https://docs.example.org/rules.md#{code}"
BAD = "Ketamine is FDA approved for depression.\n\nNot a claim. <!-- claimwise-ignore VG001 -- nothing here -->\n"
COMMAND = re.compile(r"claimwise rule ((?:EV|VG|CF|RF|PR|CK)\d{3})")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "page.md"
    path.write_text(BAD, encoding="utf-8")
    return path


def told(claimwise: Invoke, form: str, *more: str) -> str:
    done = claimwise("check", "page.md", "--library", SMALL, "--format", form, *more)
    assert done.exit_code == 1, done.stderr
    return done.stdout


def linked(page: Path, address: str = ADDRESS) -> None:
    (page.parent / "claimwise.toml").write_text(f'rule-url = "{address}"\n', encoding="utf-8")


# The setting


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS,
        "http://127.0.0.1:8000/rules/{code}",
        "HTTPS://example.org/{code}.html?of={code}",
        "https://[::1]:8000/rules/{code}",
        "https://example.org/a%20b/({code})",
    ],
)
def test_an_address_with_the_code_in_it_fits(address: str) -> None:
    assert unfit(address) is None


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("https://example.org/rules", "must contain {code}"),
        ("", "must contain {code}"),
        ("javascript:alert('{code}')", "must be an address"),
        ("data:text/html,{code}", "must be an address"),
        ("ftp://example.org/{code}", "must be an address"),
        ("//example.org/{code}", "must be an address"),
        ("rules/{code}", "must be an address"),
        ("https:///{code}", "must be an address"),
        ("https://{code}.example.org/", "must name its host plainly"),
        ("https://user:word@example.org/{code}", "must name its host plainly"),
        ("https://example.org:99999/{code}", "is no address"),
        ("https://[::1/{code}", "is no address"),
        ("https://example.org/{code}/{name}", "may hold no '{'"),
        ("https://example.org/a b/{code}", "may hold no ' '"),
        ('https://example.org/"><script>{code}', "may hold no '\"'"),
        ("https://example.org/{code}\nrule", "may hold no '\\n'"),
        ("https://exämple.org/{code}", "may hold no 'ä'"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(address: str, wrong: str) -> None:
    assert wrong in str(unfit(address))


@given(st.text(max_size=40), st.text(max_size=10))
def test_whatever_fits_is_an_address_that_no_format_can_run(before: str, after: str) -> None:
    address = f"{before}{{code}}{after}"
    if unfit(address) is None:
        assert re.fullmatch(r"https?://[!-~]+", RuleLinks(pattern=address).way("EV003"), re.IGNORECASE)


def test_a_wrong_address_is_told_with_its_line_and_config_prints_a_right_one(claimwise: Invoke, page: Path) -> None:
    linked(page, "javascript:{code}")
    done = claimwise("config")
    assert (done.exit_code, "claimwise.toml:1: rule-url must be an address" in done.stderr) == (3, True)
    linked(page)
    assert f"{ADDRESS}  [claimwise.toml:1]" in claimwise("config").stdout
    settings = json.loads(claimwise("config", "--format", "json").stdout)["settings"]
    assert settings["rule-url"] == {"value": ADDRESS, "origin": "claimwise.toml:1"}


# Without it


@pytest.mark.parametrize("form", ["compact", "markdown", "github", "gitlab", "rdjson", "junit", "csv", "json"])
def test_every_finding_names_the_command_that_explains_its_rule(claimwise: Invoke, page: Path, form: str) -> None:
    named = set(COMMAND.findall(told(claimwise, form)))
    assert {"EV002", "CK004"} - ({"CK004"} if form == "csv" else set()) <= named
    assert not {code for code in named if code not in {rule.code for rule in load_rules()}}


def test_the_terminal_says_how_to_ask_and_with_explain_names_each_rule(claimwise: Invoke, page: Path) -> None:
    assert "what a rule means: claimwise rule CODE" in told(claimwise, "text")
    assert "rules   claimwise rule EV002" in told(claimwise, "text", "--explain")


def test_a_page_explains_the_rules_that_occur_in_it_and_no_others(claimwise: Invoke, page: Path) -> None:
    html = told(claimwise, "html")
    sections = re.findall(r'<article class="rule" id="r-(\w+)"', html)
    assert set(sections) == set(re.findall(r'href="#r-(\w+)"', html))
    assert {"EV002", "CK004"} <= set(sections)
    shown = next(rule for rule in load_rules() if rule.code == "EV002")
    assert shown.why.split(".")[0].replace("'", "&#39;") in html


def test_a_page_of_clean_copy_has_no_rules(claimwise: Invoke, page: Path) -> None:
    page.write_text("Hello there.\n", encoding="utf-8")
    done = claimwise("check", "page.md", "--library", SMALL, "--format", "html")
    assert 'id="rules"' not in done.stdout


def test_the_audit_explains_its_rules_in_the_same_way(claimwise: Invoke) -> None:
    for form in ("markdown", "json", "html"):
        assert COMMAND.search(claimwise("report", "--library", SMALL, "--format", form).stdout) or form == "html"
    assert '<article class="rule" id="r-' in claimwise("report", "--library", SMALL, "--format", "html").stdout
    assert "what a rule means: claimwise rule CODE" in claimwise("report", "--library", SMALL).stdout


# With it


def test_formats_with_a_place_for_the_address_hold_it_there(claimwise: Invoke, page: Path) -> None:
    linked(page)
    address = ADDRESS.replace("{code}", "EV002")
    (run,) = json.loads(told(claimwise, "sarif"))["runs"]
    assert {rule["id"]: rule["helpUri"] for rule in run["tool"]["driver"]["rules"]}["EV002"] == address
    found = json.loads(told(claimwise, "rdjson"))["diagnostics"]
    assert {"value": "EV002", "url": address} in [diagnostic["code"] for diagnostic in found]
    table = json.loads(told(claimwise, "json"))["rules"]
    assert table["EV002"] == {
        "name": "contradicted",
        "checks": "the evidence, a label or a regulator says otherwise",
        "command": "claimwise rule EV002",
        "url": address,
    }
    assert f"[EV002]({address})" in told(claimwise, "markdown")
    assert address in next(csv.DictReader(io.StringIO(told(claimwise, "csv"))))["rule_pages"].split("; ")
    assert f'<a href="{address}" rel="noopener noreferrer">' in told(claimwise, "html")


def test_formats_without_one_end_the_message_with_the_address(claimwise: Invoke, page: Path) -> None:
    linked(page)
    end = f"Rule: {ADDRESS.replace('{code}', 'EV002')}"
    assert any(line.endswith(end) for line in told(claimwise, "github").splitlines())
    assert any(issue["description"].endswith(end) for issue in json.loads(told(claimwise, "gitlab")))
    failures = [node.text or "" for node in ET.fromstring(told(claimwise, "junit")).iter("failure")]
    assert any(text.endswith(end) for text in failures)
    assert f"[{ADDRESS.replace('{code}', 'EV002')}]" in told(claimwise, "compact")
    assert f"rules   {ADDRESS.replace('{code}', 'EV002')}" in told(claimwise, "text", "--explain")


def test_an_address_cannot_leave_the_link_that_holds_it(claimwise: Invoke, page: Path) -> None:
    linked(page, "https://example.org/a&b'(c)/{code}")
    assert "[EV002](https://example.org/a&b'%28c%29/EV002)" in told(claimwise, "markdown")
    assert 'href="https://example.org/a&amp;b&#39;(c)/EV002"' in told(claimwise, "html")


def test_a_comment_in_word_says_what_the_rule_checks_and_where_its_page_is() -> None:
    (document,) = result(claim()).documents
    for links, way in ((RuleLinks(), "claimwise rule EV003"), (RuleLinks(pattern=ADDRESS), ADDRESS[:-6] + "EV003")):
        (comment,) = word_comments(document, View(), links)
        assert comment.lines[-1] == f"Rule EV003 number: the figure lies beyond what the evidence carries. {way}"


def test_the_fingerprint_of_a_finding_does_not_change_with_the_address(claimwise: Invoke, page: Path) -> None:
    before = told(claimwise, "gitlab")
    linked(page)
    assert [issue["fingerprint"] for issue in json.loads(before)] == [
        issue["fingerprint"] for issue in json.loads(told(claimwise, "gitlab"))
    ]


def test_every_format_is_looked_at_here() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{form}"' in here for form in CHECK_REPORTERS)
