"""The clients against loopback fakes of the services: what each oddity becomes, in bounded time, with nothing guessed."""

from __future__ import annotations

import datetime as dt
import json
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.bibfile import insert_entry
from evidence.bibliography import Reference, parse_bibliography
from evidence.importing.works import new_key
from evidence.lookup import crossref, openalex, pubmed
from evidence.lookup.adding import reference_of
from evidence.lookup.desk import Desk, decode
from evidence.lookup.merging import merge, same_title
from evidence.lookup.outcomes import Found, NotFound, Unavailable
from evidence.lookup.settings import read_settings
from evidence.lookup.transport import Limits, Transport
from evidence.lookup.verifying import Checked, judge
from evidence.lookup.works import Work, plain, standard_pages, title_and_mark
from evidence.problems import UsageError
from evidence.verification import Notice
from tests.services.fakes import Services, crossref_work, notice, opinion, summary
from tests.services.server import Reply, Server, cut_off, html, of_json, redirect, too_many, vast

DOI = "10.5555/abc.1"
QUICK = Limits(connect=1, read=0.2, overall=1.5, tries=2, backoff=0.01, longest_wait=0.3)
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def services() -> Iterator[Services]:
    fakes = Services()
    with fakes.crossref_server, fakes.pubmed_server, fakes.openalex_server:
        yield fakes


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


class Clock:
    """A desk's clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


def desk_of(services: Services, *, offline: bool = False, contact: str = "", clock: Clock | None = None) -> Desk:
    given = services.environment | ({"CLAIMWISE_CONTACT": contact} if contact else {})
    settings = read_settings(given, offline=offline)
    agent = "claimwise/0 test"
    transport = Transport(agent=agent, limits=QUICK) if not contact else None
    return Desk(settings, version="0", now=clock or Clock(), transport=transport)


# --- Crossref


def test_a_record_of_crossref_becomes_a_work(services: Services) -> None:
    services.plant(DOI, None, "On made-up  things &amp; <i>others</i>", 2013)
    found = crossref.find_work(desk_of(services), DOI)
    assert isinstance(found, Found)
    work = found.value
    assert work.title == "On made-up things & others"
    assert work.authors == ("Example, Ann", "Sample, Ben")
    assert (work.container, work.year, work.volume, work.number, work.pages, work.kind) == (
        "Journal of Made-up Results", 2013, "7", "3", "101--109", "article",
    )  # fmt: skip
    assert found.as_of == NOON


def test_an_unknown_doi_is_not_found_though_the_404_is_plain_text(services: Services) -> None:
    assert isinstance(crossref.find_work(desk_of(services), DOI), NotFound)
    assert [path for path, _ in services.crossref_server.asked] == [f"works/{DOI}", f"works/{DOI}/agency"]


def test_a_doi_of_another_agency_is_told_apart_from_an_unknown_one(services: Services) -> None:
    services.agencies[DOI] = "datacite"
    outcome = crossref.find_work(desk_of(services), DOI)
    assert isinstance(outcome, Unavailable)
    assert "registered with datacite" in outcome.reason


def test_a_404_that_is_not_crossrefs_own_is_no_answer_about_the_work(services: Services) -> None:
    services.crossref_server.plan(f"works/{DOI}", html(404))
    outcome = crossref.find_work(desk_of(services), DOI)
    assert isinstance(outcome, Unavailable)
    assert "check its base address" in outcome.reason


def test_a_retraction_is_seen_behind_a_correction_that_comes_first(services: Services) -> None:
    updates = [notice("correction", 2004), notice("retraction", 2010, "10.5555/r", "retraction-watch")]
    services.plant(DOI, None, "A work", 2000, **{"updated-by": updates})
    found = crossref.find_work(desk_of(services), DOI)
    assert isinstance(found, Found)
    assert [(n.kind, n.date, n.doi, n.source) for n in found.value.notices] == [
        ("correction", dt.date(2004, 7, 26), "10.5555/notice", "publisher"),
        ("retraction", dt.date(2010, 7, 26), "10.5555/r", "retraction-watch"),
    ]


def test_a_title_that_says_retracted_is_a_notice_and_loses_the_mark(services: Services) -> None:
    services.plant(DOI, None, "RETRACTED: A work of note", 2000)
    found = crossref.find_work(desk_of(services), DOI)
    assert isinstance(found, Found)
    assert found.value.title == "A work of note"
    assert [n.kind for n in found.value.notices] == ["retraction"]


def test_a_doi_with_signs_of_a_path_or_a_query_stays_one_doi(services: Services) -> None:
    doi = "10.5555/a/../../b?c#d%e<f>(g)"
    services.plant(doi, None, "A work", 2000)
    assert isinstance(crossref.find_work(desk_of(services), doi), Found)
    assert services.crossref_server.asked[0] == (f"works/{doi}", {})


# --- what may go wrong on the way


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (html(502), "is out of order (502)"),
        (html(200), "not its JSON"),
        (html(403), "refuses to answer (403)"),
        (of_json({"message": "none"}), "not its JSON"),
        (Reply(body=b'{"message": ' + b"[" * 100_000), "not its JSON"),
        (Reply(body=b"\xff\xfe"), "not its JSON"),
        (too_many(), "asked less often (429)"),
        (too_many("900"), "asks to wait 900 s"),
        (cut_off(), "breaks off its answer"),
        (Reply(body=b"{}", delay=0.6), "does not answer in time"),
        (Reply(body=b"{" * 200, drops=0.05), "within 1.5 s"),
        (redirect("/works/elsewhere-for-ever"), "redirects without end"),
        (redirect("http://169.254.169.254/latest"), "redirects to a private address (169.254.169.254)"),
        (redirect("http://10.0.0.8/x"), "redirects to a private address (10.0.0.8)"),
        (redirect("http://[::1]/x"), "redirects to a private address (::1)"),
        (redirect("https://example.org/x"), "redirects to another host (example.org)"),
        (redirect("file:///etc/passwd"), "redirects to another host"),
        (redirect("http://[broken"), "cannot be read"),
        (redirect(""), "redirects to"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_failure_is_a_plain_reason_and_takes_bounded_time(services: Services, reply: Reply, says: str) -> None:
    services.crossref_server.plan("works/elsewhere-for-ever", redirect("/works/elsewhere-for-ever"))
    services.crossref_server.plan(f"works/{DOI}", reply)
    begun = time.monotonic()
    outcome = crossref.find_work(desk_of(services), DOI)
    assert isinstance(outcome, Unavailable), outcome
    assert says in outcome.reason
    assert time.monotonic() - begun < QUICK.overall + 0.5


def test_an_answer_of_a_hundred_megabytes_is_cut_off_early(services: Services) -> None:
    services.crossref_server.plan(f"works/{DOI}", vast())
    begun = time.monotonic()
    outcome = crossref.find_work(desk_of(services), DOI)
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "answers with more than 4 MB"
    assert time.monotonic() - begun < 1


def test_a_server_behind_a_redirect_is_never_asked(services: Services) -> None:
    with Server(lambda _path, _parameters: of_json({})) as private:
        services.crossref_server.plan(f"works/{DOI}", redirect(f"{private.base}/secret"))
        assert isinstance(crossref.find_work(desk_of(services), DOI), Unavailable)
        assert private.asked == []


def test_a_redirect_on_the_same_host_is_followed(services: Services) -> None:
    services.plant(DOI, None, "A work", 2000)
    services.crossref_server.plan("works/10.5555/old", redirect(f"/works/{DOI}"))
    assert isinstance(crossref.find_work(desk_of(services), "10.5555/old"), Found)


def test_a_service_that_recovers_is_asked_again(services: Services) -> None:
    services.plant(DOI, None, "A work", 2000)
    true = of_json({"message": services.crossref[DOI]})
    services.crossref_server.plan(f"works/{DOI}", html(503), true)
    assert isinstance(crossref.find_work(desk_of(services), DOI), Found)


def test_retry_after_is_waited_for(services: Services) -> None:
    services.plant(DOI, None, "A work", 2000)
    waits: list[float] = []
    transport = Transport(agent="x", limits=Limits(tries=3, backoff=1), sleep=waits.append)
    true = of_json({"message": services.crossref[DOI]})
    services.crossref_server.plan(f"works/{DOI}", too_many("7"), too_many(), true)
    desk = Desk(read_settings(services.environment), version="0", transport=transport)
    assert isinstance(crossref.find_work(desk, DOI), Found)
    assert [wait for wait in waits if wait >= 1] == [7.0, 2.0]


def test_requests_are_paced_as_the_headers_say() -> None:
    headers = {"X-Rate-Limit-Limit": "2", "X-Rate-Limit-Interval": "1s"}
    clock, waits = [100.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    with Server(lambda _path, _parameters: of_json({}, headers=headers)) as server:
        transport = Transport(agent="x", clock=lambda: clock[0], sleep=sleep)
        for _ in range(3):
            transport.get("Crossref", server.base, "works/x", {})
    assert waits == pytest.approx([0.5, 0.5])


def test_a_service_that_fails_three_times_in_a_row_is_left_alone(services: Services) -> None:
    desk = desk_of(services)
    for number in range(5):
        services.crossref_server.plan(f"works/10.5555/{number}", html(500))
        outcome = crossref.find_work(desk, f"10.5555/{number}")
    assert isinstance(outcome, Unavailable)
    assert "not asked again" in outcome.reason
    assert len(services.crossref_server.asked) == 3 * QUICK.tries


def test_a_service_that_is_not_there_cannot_be_reached(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Server(lambda _path, _parameters: Reply())
    base = gone.base
    gone._http.server_close()
    settings = read_settings({**services.environment, "CLAIMWISE_CROSSREF_URL": base})
    outcome = crossref.find_work(Desk(settings, version="0", transport=Transport(agent="x", limits=QUICK)), DOI)
    assert isinstance(outcome, Unavailable)
    assert outcome.reason == "cannot be reached"


# --- who asks


def test_nobody_is_named_unless_a_contact_is_set(services: Services) -> None:
    desk = Desk(read_settings(services.environment), version="9.9")
    pubmed.find_work(desk, "1")
    crossref.find_work(desk, DOI)
    assert services.crossref_server.headers[0]["User-Agent"] == "claimwise/9.9"
    assert services.pubmed_server.asked[0][1].keys() == {"db", "id", "retmode", "tool"}


def test_a_contact_that_is_set_is_sent_and_never_kept(services: Services) -> None:
    desk = desk_of(services, contact="ann@example.org")
    services.plant(DOI, "1", "A work", 2000)
    crossref.find_work(desk, DOI)
    pubmed.find_work(desk, "1")
    assert services.crossref_server.headers[0]["User-Agent"] == "claimwise/0 (mailto:ann@example.org)"
    assert services.pubmed_server.asked[0][1]["email"] == "ann@example.org"
    kept = [path.read_text(encoding="utf-8") for path in desk.settings.cache.rglob("*.json")]
    assert len(kept) == 2
    assert not any("ann@" in text for text in kept)


def test_credentials_of_a_netrc_are_never_sent(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    crossref.find_work(desk_of(services), DOI)
    assert "Authorization" not in services.crossref_server.headers[0]


@pytest.mark.parametrize(
    "text", ["ftp://x.org", "x.org", "http://", "http://u:p@x.org", "http://x.org/?a=1", "http://[x"]
)
def test_a_base_address_that_is_none_is_refused_by_its_variable(text: str) -> None:
    with pytest.raises(UsageError, match="CLAIMWISE_CROSSREF_URL"):
        read_settings({"CLAIMWISE_CROSSREF_URL": text})


def test_a_contact_that_could_add_a_header_is_refused() -> None:
    with pytest.raises(UsageError, match="CLAIMWISE_CONTACT"):
        read_settings({"CLAIMWISE_CONTACT": "ann@example.org\r\nX-Header: 1"})


# --- the cache


def test_a_fresh_answer_is_kept_with_its_age_and_an_old_one_asked_for_again(services: Services) -> None:
    services.plant(DOI, None, "A work", 2000)
    clock = Clock()
    crossref.find_work(desk_of(services, clock=clock), DOI)
    clock.now += dt.timedelta(days=6)
    kept = crossref.find_work(desk_of(services, clock=clock), DOI)
    assert isinstance(kept, Found)
    assert (kept.as_of, services.asked) == (NOON, 1)
    clock.now += dt.timedelta(days=2)
    anew = crossref.find_work(desk_of(services, clock=clock), DOI)
    assert isinstance(anew, Found)
    assert (anew.as_of, services.asked) == (clock.now, 2)


def test_offline_uses_what_was_kept_however_old_and_asks_nobody(services: Services) -> None:
    services.plant(DOI, "1", "A work", 2000)
    clock = Clock()
    crossref.find_work(desk_of(services, clock=clock), DOI)
    asked = services.asked
    clock.now += dt.timedelta(days=400)
    desk = desk_of(services, offline=True, clock=clock)
    kept = crossref.find_work(desk, DOI)
    assert isinstance(kept, Found)
    assert kept.as_of == NOON
    for outcome in (
        crossref.find_work(desk, "10.5555/other"),
        pubmed.find_work(desk, "1"),
        openalex.find_work(desk, DOI),
    ):
        assert isinstance(outcome, Unavailable)
        assert "--offline" in outcome.reason
    assert services.asked == asked


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\xff", b"null", b'{"question": "x", "asked": "2026-11-22T12:00:00Z", "body": null}']
)
def test_a_damaged_entry_is_asked_for_again(services: Services, damage: bytes) -> None:
    services.plant(DOI, None, "A work", 2000)
    desk = desk_of(services)
    crossref.find_work(desk, DOI)
    (entry,) = desk.settings.cache.rglob("*.json")
    entry.write_bytes(damage)
    assert isinstance(crossref.find_work(desk_of(services), DOI), Found)
    assert services.asked == 2


def test_an_answer_that_could_not_be_read_is_not_kept(services: Services) -> None:
    services.crossref_server.plan(f"works/{DOI}", html(200))
    desk = desk_of(services)
    crossref.find_work(desk, DOI)
    assert not list(desk.settings.cache.rglob("*.json"))


def test_a_cache_folder_that_cannot_be_used_only_costs_asking_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMWISE_CACHE", "/dev/null/cache")
    services.plant(DOI, None, "A work", 2000)
    assert isinstance(crossref.find_work(desk_of(services), DOI), Found)


# --- PubMed and OpenAlex


def test_a_batch_of_pubmed_tells_found_missing_and_passed_over_apart(services: Services) -> None:
    services.pubmed["11"] = summary(
        "11", "A work", 2016, DOI, pubtype=["Journal Article", "Randomized Controlled Trial"]
    )
    services.pubmed["14"] = summary("14", "Another", 2016, pubtype=["Journal Article", "Retracted Publication"])
    services.passed_over = {"13"}
    outcomes = pubmed.find_works(desk_of(services), ["11", "12", "13", "14"])
    found, missing, passed, struck = (outcomes[pmid] for pmid in ("11", "12", "13", "14"))
    assert isinstance(found, Found)
    work = found.value
    assert (work.title, work.doi, work.pages, work.year) == ("A work", DOI, "101--109", 2016)
    assert work.authors == ("Example, A.", "Sample, B.")
    assert isinstance(missing, NotFound)
    assert isinstance(passed, Unavailable)
    assert "leaves 13 out" in passed.reason
    assert isinstance(struck, Found)
    assert [n.kind for n in struck.value.notices] == ["retraction"]
    assert [parameters["id"] for _, parameters in services.pubmed_server.asked] == ["11,12,13,14", "13"]


def test_a_batch_asks_only_for_what_is_not_kept(services: Services) -> None:
    services.plant(DOI, "11", "A work", 2016)
    services.plant("10.5555/b", "12", "A work b", 2016)
    pubmed.find_works(desk_of(services), ["11"])
    pubmed.find_works(desk_of(services), ["11", "12"])
    assert [parameters["id"] for _, parameters in services.pubmed_server.asked] == ["11", "12"]


def test_a_record_of_another_pmid_is_no_answer(services: Services) -> None:
    services.pubmed["11"] = summary("12", "Another work", 2016)
    outcome = pubmed.find_work(desk_of(services), "11")
    assert isinstance(outcome, Unavailable)
    assert "another record for 11" in outcome.reason


def test_the_rate_limit_of_pubmed_is_no_answer(services: Services) -> None:
    body = {"error": "API rate limit exceeded", "api-key": "127.0.0.1", "count": "5", "limit": "3"}
    services.pubmed_server.plan("esummary.fcgi", of_json(body, status=429))
    outcome = pubmed.find_work(desk_of(services), "11")
    assert isinstance(outcome, Unavailable)
    assert "(429)" in outcome.reason


def test_the_pmid_of_a_doi_is_found_and_several_are_none(services: Services) -> None:
    services.plant(DOI, "11", "A work", 2016)
    found = pubmed.find_pmid(desk_of(services), DOI)
    assert isinstance(found, Found)
    assert found.value == "11"
    services.pubmed["12"] = summary("12", "A twin", 2016, DOI)
    services.pubmed["13"] = summary("13", "A twin", 2016, "10.5555/none")
    clock = Clock()
    clock.now += dt.timedelta(days=30)
    assert isinstance(pubmed.find_pmid(desk_of(services, clock=clock), DOI), NotFound)


def test_openalex_gives_an_opinion_and_an_abstract_in_order(services: Services) -> None:
    index = {"people": [1], "Two": [0], "slept": [2]}
    services.openalex[DOI] = opinion(DOI, "A work", 2016, is_retracted=True, abstract_inverted_index=index)
    found = openalex.find_work(desk_of(services), DOI)
    assert isinstance(found, Found)
    assert [n.source for n in found.value.notices] == ["openalex"]
    assert found.value.abstract == "Two people slept"
    assert found.value.authors == ("Example, Ann",)
    assert isinstance(openalex.find_work(desk_of(services), "10.5555/none"), NotFound)


def test_one_odd_record_does_not_spoil_a_search(services: Services) -> None:
    services.found = [{"title": 3}, opinion(DOI, "A work", 2016, authorships=[{"author": None}])]
    found = openalex.search(desk_of(services), "a work", limit=5)
    assert isinstance(found, Found)
    assert [(work.title, work.authors) for work in found.value] == [("A work", ())]


# --- merging


def test_each_field_keeps_its_service_and_differences_are_listed() -> None:
    first = Work(service="Crossref", doi=DOI, title="A work", year=2013, years=(2013,), volume="7")
    second = Work(service="PubMed", doi=DOI, pmid="11", title="A work", year=2014, years=(2014,), volume="7")
    merged = merge([first, second])
    assert (merged.work.year, merged.work.pmid, merged.work.volume) == (2013, "11", "7")
    assert merged.sources == {
        "doi": "Crossref",
        "title": "Crossref",
        "year": "Crossref",
        "volume": "Crossref",
        "pmid": "PubMed",
    }
    assert [str(d) for d in merged.disagreements] == ["year: Crossref has 2013, PubMed has 2014"]


def test_an_online_and_a_printed_year_do_not_disagree() -> None:
    first = Work(service="Crossref", year=2014, years=(2013, 2014))
    second = Work(service="PubMed", year=2013, years=(2013,))
    assert merge([first, second]).disagreements == ()


def test_openalex_gives_nothing_but_its_notice() -> None:
    first = Work(service="Crossref", doi=DOI, title="A work")
    opinion = Work(
        service="OpenAlex", doi=DOI, title="Wrong", year=1900, notices=(Notice(kind="retraction", source="openalex"),)
    )
    work = merge([first, opinion]).work
    assert (work.title, work.year, len(work.notices)) == ("A work", None, 1)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("The effect of rest on sleep: a randomised trial", "The Effect of Rest on Sleep – A Randomised Trial.", True),
        ("The effect of rest on sleep", "The effect of rest on sleep: results of a trial", True),
        ("Schläft gut: über Ruhe", "Schlaft gut: uber Ruhe", True),
        ("The effect of rest on sleep", "The effect of noise on mood", False),
        ("Sleep", "Sleep in a hundred villages of the north", False),
        ("睡眠", "休息", False),
    ],
)  # fmt: skip
def test_titles_of_one_work_are_told_from_those_of_two(first: str, second: str, same: bool) -> None:
    assert same_title(first, second) is same


# --- judging


def work_of(service: str = "Crossref", **fields: object) -> Found[Work]:
    given = {"service": service, "title": "On made-up things", "doi": DOI, "year": 2013, "years": (2013,), **fields}
    return Found(service=service, value=Work(**given), as_of=NOON)  # type: ignore[arg-type]


OURS = Reference(key="Example2013", kind="article", title="On made-up things", year=2013, doi=DOI, pmid="11")
DOWN = Unavailable(service="Crossref", reason="does not answer in time")
RETRACTION = (Notice(kind="retraction", date=dt.date(2019, 7, 26), doi="10.5555/r", source="retraction-watch"),)


def judged(**outcomes: object) -> Checked:
    given = {"by_doi": None, "by_pmid": None, "opinion": None, **outcomes}
    return judge(OURS, **given)  # type: ignore[arg-type]


def state_of(**outcomes: object) -> str:
    verification = judged(**outcomes).verification
    return verification.state if verification else "none"


def test_states_are_what_the_services_say() -> None:
    pubmed_agrees = work_of("PubMed", pmid="11")
    gone = NotFound(service="Crossref", as_of=NOON)
    concern = (Notice(kind="concern", source="publisher"),)
    correction = (Notice(kind="correction", source="publisher"),)
    back = (*RETRACTION, Notice(kind="reinstatement", date=dt.date(2020, 1, 1), source="publisher"))
    assert state_of(by_doi=work_of(), by_pmid=pubmed_agrees) == "agrees"
    assert state_of(by_doi=work_of(notices=RETRACTION), by_pmid=pubmed_agrees) == "retracted"
    assert state_of(by_doi=work_of(notices=(*correction, *RETRACTION))) == "retracted"
    assert state_of(by_doi=work_of(notices=concern)) == "concern"
    assert state_of(by_doi=work_of(notices=correction)) == "corrected"
    assert state_of(by_doi=work_of(notices=back)) == "corrected"
    assert state_of(by_doi=work_of(title="Something else altogether")) == "mismatch"
    assert state_of(by_doi=work_of(title="Something else altogether", notices=RETRACTION)) == "mismatch"
    assert state_of(by_doi=work_of(year=2015, years=(2015,))) == "mismatch"
    assert state_of(by_doi=work_of(), by_pmid=work_of("PubMed", doi="10.5555/other", pmid="11")) == "mismatch"
    assert state_of(by_doi=gone) == "not-found"
    assert state_of(by_doi=gone, by_pmid=pubmed_agrees) == "not-found"


def test_an_outage_is_never_a_result() -> None:
    for outcomes in ({"by_doi": DOWN}, {"by_doi": DOWN, "by_pmid": work_of("PubMed", pmid="11")}):
        checked = judged(**outcomes)
        assert (checked.verification, checked.unavailable) == (None, (DOWN,))


def test_half_an_answer_may_show_a_fault() -> None:
    checked = judged(by_doi=DOWN, by_pmid=work_of("PubMed", pmid="11", notices=RETRACTION))
    assert checked.verification is not None
    assert (checked.verification.state, checked.unavailable) == ("retracted", (DOWN,))


def test_the_second_opinion_alone_retracts_nothing_and_is_shown() -> None:
    opinion = work_of("OpenAlex", notices=(Notice(kind="retraction", source="openalex"),))
    checked = judged(by_doi=work_of(), by_pmid=work_of("PubMed", pmid="11"), opinion=opinion)
    assert checked.verification is not None
    assert checked.verification.state == "mismatch"
    assert checked.verification.details == "OpenAlex holds it retracted, Crossref and PubMed not"


def test_a_result_is_as_old_as_its_oldest_answer() -> None:
    old = Found(service="PubMed", value=Work(service="PubMed", pmid="11"), as_of=NOON - dt.timedelta(days=5))
    verification = judged(by_doi=work_of(), by_pmid=old).verification
    assert verification is not None
    assert verification.checked == dt.date(2026, 11, 17)


# --- text of services, keys


@pytest.mark.parametrize(
    ("text", "mark", "title"),
    [
        ("RETRACTED ARTICLE: Sleep well", "retraction", "Sleep well"),
        ("[Retracted] Sleep well", "retraction", "Sleep well"),
        ("WITHDRAWN: Sleep well.", "withdrawal", "Sleep well"),
        ("Retracted tendons in horses", None, "Retracted tendons in horses"),
    ],
)
def test_marks_of_titles(text: str, mark: str | None, title: str) -> None:
    assert title_and_mark(text) == (title, mark)


@pytest.mark.parametrize(
    ("text", "pages"),
    [("1134-42", "1134--1142"), ("e12-e15", "e12--e15"), ("S3–9", "S3--S9"), ("77", "77"), ("1-1", "1"), (None, None)],
)
def test_pages_have_one_form(text: str | None, pages: str | None) -> None:
    assert standard_pages(text) == pages


@settings(deadline=None)
@given(st.text(max_size=200))
def test_text_of_a_service_has_no_control_characters_and_no_signs_of_bibtex(text: str) -> None:
    cleaned = plain(text) or "none"
    assert not {unicodedata.category(c) for c in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not set(cleaned) & set("{}\\")


@settings(deadline=None)
@given(title=st.text(min_size=1, max_size=80), family=st.text(max_size=30), container=st.text(max_size=40))
def test_whatever_a_service_sends_makes_an_entry_that_reads_back(title: str, family: str, container: str) -> None:
    record = crossref_work(DOI, title, 2013, author=[{"family": family, "given": "A"}])
    record["container-title"] = [container]
    message = decode(json.dumps(record).encode("utf-8", "replace"), crossref._Message)
    assert message is not None
    work = crossref._work(message)
    if work.title is None:
        return
    reference = reference_of(work)
    reference = msgspec.structs.replace(reference, key=new_key(reference, ()))
    references, problems = parse_bibliography(insert_entry("@misc{Zz,\n  title = {Zz},\n}\n", reference), name="x.bib")
    assert not problems
    assert set(references) == {"Zz", reference.key}
