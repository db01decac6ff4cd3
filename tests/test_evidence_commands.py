"""`evidence add`, `verify` and `find` against loopback fakes: each planted fault told as what it is, nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.lookup.transport import Limits
from evidence.verification import load_verifications
from tests.conftest import Invoke, edit
from tests.services.fakes import Services, notice, opinion, summary
from tests.services.server import Reply, cut_off, html

BIB = "references.bib"
ADDED = "10.5555/new.1"
ROOT = Path(__file__).parent.parent


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    fakes = Services()
    monkeypatch.setattr(
        "evidence.lookup.transport.DEFAULT_LIMITS",
        Limits(connect=1, read=0.3, overall=1.5, tries=2, backoff=0.01, longest_wait=0.3),
    )
    with fakes.crossref_server, fakes.pubmed_server, fakes.openalex_server:
        for name, value in {**fakes.environment, "NO_PROXY": "127.0.0.1"}.items():
            monkeypatch.setenv(name, value)
        yield fakes


def reference(key: str, doi: str | None, pmid: str | None, title: str, year: int = 2013) -> str:
    lines = [f"  title = {{{{{title}}}}},", "  journal = {Journal of Made-up Results},", f"  year = {{{year}}},"]
    lines += [f"  doi = {{{doi}}},"] if doi else []
    lines += [f"  pmid = {{{pmid}}},"] if pmid else []
    return "\n".join([f"@article{{{key},", "  author = {Example, Ann},", *lines, "}", "", ""])


def with_references(library: Path, *entries: tuple[str, str | None, str | None, str]) -> None:
    """The library's references, and study files that are drafts, replaced by these."""
    (library / BIB).write_text("".join(reference(*entry) for entry in entries), encoding="utf-8")
    for path in (library / "studies").iterdir():
        path.unlink()
    for key, doi, _, _ in entries:
        mark = f'doi = "{doi}"\n' if doi else ""
        text = f'bibkey = "{key}"\n{mark}design = "rct"\nverified = "no"\ncurated = 2026-11-22\ndraft = true\n'
        (library / "studies" / f"{key}.toml").write_text(text, encoding="utf-8")


# --- verify


def planted(services: Services, library: Path) -> None:
    """One reference of every fate, in order of key. The outages stand apart: three in a row would end the asking."""
    fates = ("agrees", "broken", "concern", "corrected", "down", "gone", "none", "other", "retracted", "struck", "year")
    entries: list[tuple[str, str | None, str | None, str]] = []
    for number, fate in enumerate(fates, 1):
        doi, pmid, title = f"10.5555/{fate}", str(100 + number), f"On the made-up matter of {fate}"
        entries.append(
            (f"K{number:02}{fate}", None if fate == "none" else doi, None if fate == "none" else pmid, title)
        )
        services.plant(doi, pmid, title, 2013)
    later = [notice("correction", 2014, "10.5555/c"), notice("retraction", 2019, "10.5555/r", "retraction-watch")]
    services.crossref["10.5555/retracted"]["updated-by"] = later
    services.crossref["10.5555/corrected"]["updated-by"] = [notice("correction", 2014)]
    services.crossref["10.5555/concern"]["updated-by"] = [notice("expression_of_concern", 2015)]
    services.pubmed["110"]["pubtype"] = ["Journal Article", "Retracted Publication"]
    services.crossref["10.5555/other"]["title"] = ["A wholly different piece of work"]
    services.crossref["10.5555/year"].update(
        {"issued": {"date-parts": [[2018]]}, "published-print": {"date-parts": [[2018]]}}
    )
    services.pubmed["111"].update({"pubdate": "2018", "epubdate": ""})
    del services.crossref["10.5555/gone"]
    services.crossref_server.plan("works/10.5555/down", Reply(body=b"{}", delay=0.7))
    services.crossref_server.plan("works/10.5555/broken", cut_off())
    with_references(library, *entries)


def test_verify_tells_each_planted_fault_as_what_it_is(claimwise: Invoke, services: Services, library: Path) -> None:
    planted(services, library)
    result = claimwise("evidence", "verify", "--library", library, "--format", "json")
    assert result.exit_code == 1, result.output
    told = {row["key"][3:]: row for row in json.loads(result.stdout)["references"]}
    assert {name: row["state"] for name, row in told.items()} == {
        "agrees": "agrees",
        "broken": "not-asked",
        "concern": "concern",
        "corrected": "corrected",
        "down": "not-asked",
        "gone": "not-found",
        "none": "no-identifier",
        "other": "mismatch",
        "retracted": "retracted",
        "struck": "retracted",
        "year": "mismatch",
    }
    assert "retraction of 2019-07-26 (doi:10.5555/r), told by retraction-watch" in told["retracted"]["details"]
    assert told["struck"]["details"] == "retraction, told by pubmed; Crossref has no notice of it"
    assert 'Crossref has the title "A wholly different piece of work"' in told["other"]["details"]
    assert told["year"]["details"] == "the year is 2013 in the library, Crossref has 2018, PubMed has 2018"
    assert told["gone"]["details"].startswith("Crossref has no DOI 10.5555/gone")
    assert told["down"]["unavailable"] == ["Crossref does not answer in time"]
    assert told["broken"]["unavailable"] == ["Crossref breaks off its answer"]
    stored = load_verifications(library / "verification.toml")
    assert {key[3:] for key in stored} == set(told) - {"down", "broken", "none"}
    assert stored["K09retracted"].notices[1].doi == "10.5555/r"


def test_verify_tells_people_the_same(claimwise: Invoke, services: Services, library: Path) -> None:
    planted(services, library)
    result = claimwise("evidence", "verify", "--library", library)
    first, *_, last = result.stdout.splitlines()
    assert first.startswith("K09retracted  retracted (")
    assert "    Crossref does not answer in time" in result.stdout.splitlines()
    assert last == (
        "11 references: 2 retracted, 2 another work, or the services part, 1 not found, 1 under an expression of concern, "
        "1 corrected, 2 could not be asked, 1 without DOI and PMID, not asked, 1 agrees"
    )


def test_a_sound_library_ends_well_and_an_outage_ends_incomplete(
    claimwise: Invoke, services: Services, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_references(library, ("A", "10.5555/a", "1", "On made-up rest"), ("B", None, None, "A page without marks"))
    services.plant("10.5555/a", "1", "On made-up rest", 2013)
    assert claimwise("evidence", "verify", "--library", library).exit_code == 0
    services.openalex_server.plan("works/doi:10.5555/a", html(502))
    monkeypatch.setenv("CLAIMWISE_CACHE", str(tmp_path / "another"))
    result = claimwise("evidence", "verify", "--library", library)
    assert result.exit_code == 2
    assert "OpenAlex is out of order (502)" in result.stdout


def test_what_the_study_file_tells_already_is_no_news(claimwise: Invoke, services: Services, library: Path) -> None:
    with_references(library, ("A", "10.5555/a", "1", "On made-up rest"))
    services.plant("10.5555/a", "1", "On made-up rest", 2013, **{"updated-by": [notice("correction", 2014)]})
    assert claimwise("evidence", "verify", "--library", library).exit_code == 1
    edit(library / "studies/A.toml", "draft", 'status = "corrected"\ndraft')
    result = claimwise("evidence", "verify", "--library", library)
    assert (result.exit_code, "corrected, as the study file says" in result.stdout) == (0, True)


def test_since_passes_over_what_was_checked_but_still_tells_of_it(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    planted(services, library)
    claimwise("evidence", "verify", "--library", library)
    asked = services.asked
    services.crossref_server.planned.clear()
    result = claimwise("evidence", "verify", "--since", "2000-01-01", "--library", library)
    assert result.exit_code == 1
    assert "K09retracted  retracted (" in result.stdout
    assert "in an earlier run" in result.stdout
    assert [path for path, _ in services.crossref_server.asked[-2:]] == ["works/10.5555/broken", "works/10.5555/down"]
    assert services.asked - asked == 2, "all but what could not be asked is kept"


def test_only_the_references_named_are_verified(claimwise: Invoke, services: Services, library: Path) -> None:
    planted(services, library)
    result = claimwise("evidence", "verify", "K01agrees", "--library", library)
    assert (result.exit_code, result.stdout) == (0, "1 reference: 1 agrees\n")
    result = claimwise("evidence", "verify", "Nobody1999", "--library", library)
    assert (result.exit_code, "unknown reference 'Nobody1999'" in result.stderr) == (3, True)


def test_a_second_run_over_the_same_answers_writes_the_same_bytes(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    planted(services, library)
    claimwise("evidence", "verify", "--library", library)
    before = (library / "verification.toml").read_bytes()
    claimwise("evidence", "verify", "--offline", "--library", library)
    assert (library / "verification.toml").read_bytes() == before


def test_offline_says_how_old_the_answers_are_and_dates_the_results_by_them(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    with_references(library, ("A", "10.5555/a", "1", "On made-up rest"))
    services.plant("10.5555/a", "1", "On made-up rest", 2013)
    claimwise("evidence", "verify", "--library", library)
    for path in (Path(os.environ["CLAIMWISE_CACHE"]) / "lookup").rglob("*.json"):
        kept = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**kept, "asked": "2020-02-29T12:00:00Z"}), encoding="utf-8")
    asked = services.asked
    result = claimwise("evidence", "verify", "--offline", "--library", library)
    assert (result.exit_code, services.asked) == (0, asked)
    assert "the oldest is of 2020-02-29" in result.stderr
    assert str(load_verifications(library / "verification.toml")["A"].checked) == "2020-02-29"


def test_offline_with_nothing_kept_asks_nobody_and_is_incomplete(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    result = claimwise("evidence", "verify", "--offline", "--library", library)
    assert result.exit_code == 2
    assert "was not asked (--offline)" in result.stdout
    assert services.asked == 0
    assert not (library / "verification.toml").exists()


def test_a_run_that_is_killed_has_lost_nothing(services: Services, library: Path) -> None:
    entries = [(f"K{n:02}", f"10.5555/k{n}", None, f"On the made-up matter number {n}") for n in range(12)]
    with_references(library, *entries)
    for _, doi, _, title in entries:
        services.plant(doi, None, title, 2013)
        services.crossref_server.plan(
            f"works/{doi}", Reply(body=json.dumps({"message": services.crossref[doi]}).encode(), delay=0.05)
        )
    services.crossref["10.5555/k0"]["updated-by"] = [notice("retraction", 2019)]
    services.crossref_server.planned.pop("works/10.5555/k0")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "cli.py"), "evidence", "verify", "--library", str(library)]
    stored = library / "verification.toml"
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as run:
        for _ in range(1000):
            if stored.exists() and len(load_verifications(stored)) >= 3:
                break
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
    done = load_verifications(stored)
    assert 3 <= len(done) < 12
    services.crossref_server.asked.clear()
    again = subprocess.run(
        [*command, "--since", "2026-01-01"], env=environment, capture_output=True, text=True, check=False
    )
    assert again.returncode == 1, again.stderr
    assert "K00  retracted" in again.stdout
    after = load_verifications(stored)
    assert set(after) == {key for key, *_ in entries}
    assert {key: after[key] for key in done} == done
    asked = {path.removeprefix("works/10.5555/k") for path, _ in services.crossref_server.asked}
    assert not asked & {str(int(key[1:])) for key in done}
    assert [path for path in library.iterdir() if path.name.endswith(".tmp")] == []


def test_a_retraction_that_is_found_reaches_whatever_rests_on_the_work(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    title = "Antidepressant efficacy of ketamine in treatment-resistant major depression: a two-site randomized controlled trial"
    doi = "10.1176/appi.ajp.2013.13030392"
    services.plant(doi, "23982301", title, 2013)
    assert claimwise("evidence", "verify", "Murrough2013a", "--library", library).exit_code == 0
    assert "RF003" not in claimwise("report", "--details", "--library", library).stdout
    services.crossref[doi]["updated-by"] = [notice("retraction", 2019)]
    for kept in (Path(os.environ["CLAIMWISE_CACHE"]) / "lookup").rglob("*.json"):
        kept.unlink()
    assert claimwise("evidence", "verify", "Murrough2013a", "--library", library).exit_code == 1
    assert "retracted 2019-07-26" in claimwise("where-used", "Murrough2013a", "--library", library).stdout
    assert "RF003" in claimwise("report", "--details", "--library", library).stdout


def test_a_verification_file_with_faults_is_named_before_anyone_is_asked(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    (library / "verification.toml").write_text("[[verifications]]\nkey = 3\n", encoding="utf-8")
    result = claimwise("evidence", "verify", "--library", library)
    assert (result.exit_code, services.asked) == (4, 0)
    assert "verification.toml" in result.stderr


# --- add


def test_add_writes_an_entry_and_a_study_file_and_the_check_stays_clean(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    before = (library / BIB).read_text(encoding="utf-8")
    services.plant(ADDED, "77", "A made-up trial of rest & sleep", 2013)
    services.pubmed["77"]["pubtype"] = ["Journal Article", "Randomized Controlled Trial"]
    result = claimwise("evidence", "add", f"https://doi.org/{ADDED.upper()}", "--library", library)
    assert result.exit_code == 0, result.output
    assert "added as Example2013" in result.stdout
    after = (library / BIB).read_text(encoding="utf-8")
    entry = after[after.index("@article{Example2013,") :].split("\n\n")[0]
    assert after.replace(f"{entry}\n\n", "").replace(f"\n\n{entry}", "") == before
    assert entry.splitlines() == [
        "@article{Example2013,",
        "  author  = {Example, Ann and Sample, Ben},",
        "  title   = {{A made-up trial of rest \\& sleep}},",
        "  journal = {Journal of Made-up Results},",
        "  year    = {2013},",
        "  volume  = {7},",
        "  number  = {3},",
        "  pages   = {101--109},",
        f"  doi     = {{{ADDED}}},",
        "  pmid    = {77},",
        "}",
    ]
    study = (library / "studies/Example2013.toml").read_text(encoding="utf-8")
    assert 'design = "rct"' in study
    assert "draft = true" in study
    check = claimwise("library", "check", "--library", library, "--today", "2026-11-22")
    assert (check.exit_code, check.stdout) == (
        0,
        "the library is clean, checked without the source texts (--sources DIR checks the anchors)\n",
    )


@pytest.mark.parametrize("again", [ADDED, "77", f"doi:{ADDED}", "PMID: 77"])
def test_a_second_add_changes_nothing_and_says_so(
    claimwise: Invoke, services: Services, library: Path, again: str
) -> None:
    services.plant(ADDED, "77", "A made-up trial of rest", 2013)
    claimwise("evidence", "add", ADDED, "--library", library)
    before = {path: path.read_bytes() for path in library.rglob("*") if path.is_file()}
    asked = services.asked
    result = claimwise("evidence", "add", again, "--library", library)
    assert result.exit_code == 0
    assert "already in the library as Example2013; nothing was changed" in result.stdout
    assert {path: path.read_bytes() for path in library.rglob("*") if path.is_file()} == before
    assert services.asked == asked, "what is there need not be asked for"


def test_a_work_that_is_there_under_its_other_identifier_is_known(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    title = "A randomized trial of an N-methyl-D-aspartate antagonist in treatment-resistant major depression"
    services.plant("10.1001/archpsyc.63.8.856", "88", title, 2006)
    result = claimwise("evidence", "add", "88", "--library", library)
    assert "already in the library as Zarate2006" in result.stdout


def test_two_works_of_one_author_and_year_get_two_keys(claimwise: Invoke, services: Services, library: Path) -> None:
    services.plant(ADDED, "77", "A made-up trial of rest", 2013)
    services.plant("10.5555/new.2", "78", "A made-up trial of noise", 2013)
    result = claimwise("evidence", "add", ADDED, "78", "--library", library, "--format", "json")
    keys = [one["key"] for one in json.loads(result.stdout)["results"]]
    assert keys == ["Example2013", "Example2013b"]
    assert claimwise("library", "check", "--library", library, "--today", "2026-11-22").exit_code == 0


def test_what_is_not_found_or_could_not_be_asked_changes_nothing(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    before = (library / BIB).read_bytes()
    result = claimwise("evidence", "add", "10.5555/none", "--library", library)
    assert (result.exit_code, "not found; nothing was changed" in result.stdout) == (1, True)
    services.crossref_server.plan("works/10.5555/down", html(502))
    result = claimwise("evidence", "add", "10.5555/down", "--library", library)
    assert (result.exit_code, "could not be asked; nothing was changed" in result.stdout) == (2, True)
    result = claimwise("evidence", "add", "not-an-identifier", "--library", library)
    assert (result.exit_code, "neither a DOI nor a PMID" in result.stderr) == (3, True)
    assert (library / BIB).read_bytes() == before


def test_what_had_to_be_mended_in_an_identifier_is_said(claimwise: Invoke, services: Services, library: Path) -> None:
    services.plant("10.5555/a<b", None, "A made-up trial of rest", 2013)
    result = claimwise("evidence", "add", "10.5555/A%3Cb", "--library", library)
    assert (result.exit_code, "added as Example2013" in result.stdout) == (0, True)
    assert "'10.5555/A%3Cb' was read as 10.5555/a<b: percent-encoding undone" in result.stderr
    assert "{10.5555/a<b}" in (library / BIB).read_text(encoding="utf-8")


def test_services_that_part_are_shown_and_none_is_averaged(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    services.plant(ADDED, "77", "A made-up trial of rest", 2013)
    services.pubmed["77"].update({"volume": "9"})
    result = claimwise("evidence", "add", ADDED, "--library", library)
    assert "volume: Crossref has 7, PubMed has 9" in result.stdout
    assert "  volume  = {7}," in (library / BIB).read_text(encoding="utf-8")


def test_the_record_of_another_work_fills_no_field(claimwise: Invoke, services: Services, library: Path) -> None:
    services.plant(ADDED, "77", "A made-up trial of rest", 2013)
    del services.crossref[ADDED]["volume"]
    services.pubmed["77"].update({"title": "Weather and crops.", "volume": "99"})
    result = claimwise("evidence", "add", ADDED, "--library", library)
    assert 'PubMed\'s record was left out: it has the title "Weather and crops"' in result.stdout
    text = (library / BIB).read_text(encoding="utf-8")
    entry = text[text.index("@article{Example2013,") :].split("\n\n")[0]
    assert "99" not in entry
    assert "pmid" not in entry


def test_a_doi_that_only_a_neighbour_answers_for_is_not_found(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    services.pubmed["78"] = summary("78", "A neighbour", 2013, "10.5555/neighbour")
    services.pubmed["78"]["articleids"].append({"idtype": "pii", "value": ADDED})
    result = claimwise("evidence", "add", ADDED, "--library", library)
    assert (result.exit_code, "not found; nothing was changed" in result.stdout) == (1, True)


def test_a_retracted_work_is_added_as_such(claimwise: Invoke, services: Services, library: Path) -> None:
    services.plant(ADDED, "77", "A made-up trial of rest", 2013, **{"updated-by": [notice("retraction", 2019)]})
    result = claimwise("evidence", "add", ADDED, "--library", library)
    assert "retraction of 2019-07-26, told by publisher" in result.stdout
    assert 'status = "retracted"' in (library / "studies/Example2013.toml").read_text(encoding="utf-8")


def test_line_ends_and_oddities_of_the_file_stay(claimwise: Invoke, services: Services, library: Path) -> None:
    services.plant(ADDED, "77", "A made-up trial of rest", 2013)
    text = (library / BIB).read_text(encoding="utf-8").replace("\n", "\r\n")
    (library / BIB).write_bytes(text.encode())
    claimwise("evidence", "add", ADDED, "--library", library)
    grown = (library / BIB).read_bytes().decode()
    assert "\n" not in grown.replace("\r\n", "")
    start = grown.index("@article{Example2013,")
    end = grown.index("}\r\n", start) + 3
    assert grown[:start] + grown[end:].removeprefix("\r\n") in (text, text + "\r\n")


def test_a_bibliography_with_faults_is_named_and_left(claimwise: Invoke, services: Services, library: Path) -> None:
    edit(library / BIB, "year    = {2006}", "year    = {06}")
    before = (library / BIB).read_bytes()
    result = claimwise("evidence", "add", ADDED, "--library", library)
    assert (result.exit_code, services.asked) == (4, 0)
    assert "year '06' is not a year" in result.stderr
    assert (library / BIB).read_bytes() == before


def test_a_library_that_cannot_be_written_is_told_before_anyone_is_asked(
    claimwise: Invoke, services: Services, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evidence.lookup.adding._is_writable", lambda _: False)  # root may write anywhere
    for command in (("add", ADDED), ("verify",)):
        result = claimwise("evidence", *command, "--library", library)
        assert (result.exit_code, services.asked) == (2, 0)
        assert "cannot be written; use --library" in result.stderr


def test_a_study_file_without_its_entry_is_kept_and_gets_it(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    services.plant(ADDED, "77", "A made-up trial of rest", 2013)
    path = library / "studies" / "Mine2013.toml"
    path.write_text(
        f'bibkey = "Mine2013"\ndoi = "{ADDED}"\ndesign = "rct"\nverified = "no"\ncurated = 2026-11-22\ndraft = true\n'
    )
    before = path.read_bytes()
    result = claimwise("evidence", "add", ADDED, "--library", library)
    assert "added as Mine2013" in result.stdout
    assert path.read_bytes() == before


# --- find


def test_find_ranks_by_what_is_shared_and_by_design_and_says_why(
    claimwise: Invoke, services: Services, library: Path
) -> None:
    services.searches = [[], ["31", "32", "33"]]
    title = "Response to ketamine infusion in treatment-resistant depression"
    services.pubmed["31"] = summary("31", "Weather and crops", 2019)
    services.pubmed["32"] = summary("32", title, 2019, "10.5555/f", pubtype=["Randomized Controlled Trial"])
    services.pubmed["33"] = summary("33", f"Retraction: {title}", 2020, pubtype=["Retraction of Publication"])
    services.found = [
        opinion("10.5555/f", title, 2019),
        opinion("10.1176/appi.ajp.2013.13030392", "Ketamine in treatment-resistant depression", 2013),
    ]
    result = claimwise("evidence", "find", "response-24h", "--library", library, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["candidates"]
    assert [one["title"] for one in found] == [title, "Ketamine in treatment-resistant depression", "Weather and crops"]
    best, known, _ = found
    assert (best["design"], best["level"], best["services"]) == ("rct", "2", ["PubMed", "OpenAlex"])
    assert any(reason.startswith("names ") for reason in best["why"])
    assert "rct, level 2 (typed Randomized Controlled Trial)" in best["why"]
    assert (known["key"], known["why"][-1]) == ("Murrough2013a", "in the library as Murrough2013a")
    terms = [parameters["term"] for path, parameters in services.pubmed_server.asked if path == "esearch.fcgi"]
    assert len(terms) == 2
    assert terms[0].startswith(terms[1]), "the second query is a wider one"


def test_find_takes_a_claim_and_a_text(claimwise: Invoke, services: Services, library: Path) -> None:
    services.found = [opinion("10.5555/f", "Ketamine and sleep", 2019)]
    for given in ("a-001", "Does ketamine help people to sleep?"):
        result = claimwise("evidence", "find", given, "--library", library)
        assert result.exit_code == 0, result.output
        assert "1. Ketamine and sleep" in result.stdout
        assert "doi:10.5555/f" in result.stdout


def test_find_says_who_was_silent(claimwise: Invoke, services: Services, library: Path) -> None:
    services.pubmed_server.plan("esearch.fcgi", html(503))
    services.found = [opinion("10.5555/f", "Ketamine and sleep", 2019)]
    result = claimwise("evidence", "find", "response-24h", "--library", library)
    assert (result.exit_code, "1. Ketamine and sleep" in result.stdout) == (2, True)
    assert "PubMed is out of order (503)" in result.stderr


def test_find_without_a_word_is_told(claimwise: Invoke, services: Services, library: Path) -> None:
    result = claimwise("evidence", "find", "?!", "--library", library)
    assert (result.exit_code, services.asked) == (3, 0)
    assert "no word to look for" in result.stderr


def test_no_other_command_asks_anyone(claimwise: Invoke, services: Services, library: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "In one trial 64% of people responded to an infusion (https://doi.org/10.5555/x).\n", encoding="utf-8"
    )
    claimwise("check", page, "--library", library)
    claimwise("library", "status", "--library", library)
    claimwise("evidence", "list", "--library", library)
    assert services.asked == 0
