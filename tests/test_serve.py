"""The web page over a library: every page and its JSON, links that lead somewhere, hostile addresses, the command."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import html.parser
import re
import signal
import sqlite3
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from claims.collection import Collection
from claims.propositions import Carried
from claims.query import meta, read_collection
from claims.snapshot import connect, ensure_snapshot
from claims.web import charts
from claims.web.application import build_application
from claims.web.views import FOLDERS, outside_links, path_of
from evidence.bibliography import Reference
from evidence.paths import LibraryPaths, library_paths
from evidence.studies import Confidence, Effect, Finding
from tests.conftest import SMALL, Invoke
from tests.serving import running

TODAY = dt.date(2026, 1, 1)


class Client:
    """Requests to an application without a server, in one event loop."""

    def __init__(self, app: ASGIApp) -> None:
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8734")

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def head(self, path: str) -> httpx.Response:
        return self.request("HEAD", path)

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


class Served:
    """A library behind a test client."""

    def __init__(self, snapshot: Path, *, host: str = "127.0.0.1") -> None:
        self.snapshot = snapshot
        with contextlib.closing(connect(snapshot)) as connection:
            self.collection: Collection = read_collection(connection)
            library_hash = meta(connection)["hash"]
        app = build_application(
            self.collection, partial(connect, snapshot), library_hash=library_hash, today=TODAY, host=host
        )
        self.client = Client(app)

    def json(self, path: str) -> dict[str, object]:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert answer.headers["content-type"] == "application/json"
        return dict(answer.json())

    def html(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.text)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return answer.text


@contextlib.contextmanager
def serving(paths: LibraryPaths, cache: Path) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLAIMWISE_CACHE", str(cache))
        snapshot = ensure_snapshot(paths)
    served = Served(snapshot)
    yield served
    served.client.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(library_paths(SMALL), tmp_path_factory.mktemp("cache")) as served:
        yield served


class _Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.hrefs += [value for name in ("href", "src", "action") if (value := given.get(name))]
        self.ids += [value for value in (given.get("id"),) if value]


def read(text: str) -> _Links:
    links = _Links()
    links.feed(text)
    return links


def all_records(collection: Collection) -> Iterator[tuple[str, str]]:
    yield from (("claim", key) for key in collection.claims)
    yield from (("proposition", key) for key in collection.propositions)
    yield from (("finding", key) for key in collection.library.findings)
    yield from (("reference", key) for key in collection.library.references)
    yield from (("conflict", conflict.id) for conflict in collection.conflicts)
    yield from (("source", key) for key in collection.sources)
    yield from (("concept", key) for key in collection.lexicon.concepts)
    yield ("rule", "EV003")


LISTS = ("/search", "/studies", "/evidence", "/conflicts", "/rules")


def test_every_record_has_a_page_and_json_that_names_it(served: Served) -> None:
    kinds = set()
    for kind, key in all_records(served.collection):
        kinds.add(kind)
        page = served.html(path_of(kind, key))
        assert f"<code>{key}</code>" in page
        assert f'href="{path_of(kind, key)}.json"' in page
        told = served.json(f"{path_of(kind, key)}.json")
        assert told["schema"] in ("claimwise/record/1", "claimwise/rule/1")
        assert kind == "rule" or (told["kind"], told["id"]) == (kind, key)
    assert kinds == set(FOLDERS) - {"study"}


@pytest.mark.parametrize("path", ["/", *LISTS])
def test_every_list_has_a_page_and_json(served: Served, path: str) -> None:
    page = read(served.html(path))
    for landmark in ("header", "nav", "main", "footer", "h1", "title"):
        assert page.tags.count(landmark) >= 1, landmark
    assert page.tags.count("h1") == 1
    assert str(served.json("/index.json" if path == "/" else f"{path}.json")["schema"]).startswith("claimwise/")


def test_every_internal_link_leads_to_a_page(served: Served) -> None:
    seen, waiting = {"/"}, ["/"]
    while waiting:
        path = waiting.pop()
        answer = served.client.get(path)
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        links = read(answer.text)
        assert len(links.ids) == len(set(links.ids)), path
        for href in links.hrefs:
            if href.startswith("#"):
                assert href[1:] in links.ids, (path, href)
            elif href.startswith("/") and href not in seen:
                seen.add(href)
                waiting.append(href)
            else:
                assert href.startswith(("/", "https://", "http://")), (path, href)
    assert {path_of(kind, key) for kind, key in all_records(served.collection) if kind != "rule"} <= {
        *seen,
        *(path_of("concept", key) for key in served.collection.lexicon.concepts),  # not each one is used
    }


def test_json_of_a_claim_says_what_the_command_shows(served: Served, claimwise: Invoke) -> None:
    key = next(iter(served.collection.claims))
    shown = msgspec.json.decode(claimwise("show", key, "--format", "json", "--library", SMALL).stdout)
    told = served.json(f"/claims/{key}.json")
    assert told["record"] == shown["record"]
    assert told["named_by"] == shown["named_by"]


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/search.json?q=response&kind=claim", ("search", "response", "--kind", "claim", "--limit", "50")),
        ("/search.json?route=iv", ("search", "--slot", "route=iv", "--limit", "50")),
        ("/studies.json?design=rct", ("evidence", "list", "--design", "rct")),
        ("/evidence.json?outcome=response", ("evidence", "table", "--outcome", "response")),
        ("/conflicts.json?severity=2", ("conflicts", "--severity", "2")),
        ("/rules.json", ("rule",)),
    ],
)
def test_json_of_a_list_is_that_of_the_command(
    served: Served, claimwise: Invoke, path: str, command: tuple[str, ...]
) -> None:
    library = () if command[0] == "rule" else ("--library", SMALL)
    printed = claimwise(*command, "--format", "json", *library)
    assert printed.exit_code == 0, printed.stderr
    assert served.json(path) == msgspec.json.decode(printed.stdout)


def test_filters_narrow_a_search_and_stay_chosen(served: Served) -> None:
    verdict = next(iter(served.collection.claims.values())).verdict
    page = served.html(f"/search?kind=claim&verdict={verdict}&q=")
    hits = re.findall(r'<a href="/claims/([^"]+)"', page)
    assert hits
    assert all(served.collection.claims[key].verdict == verdict for key in hits)
    assert f'<option value="{verdict}" selected>' in page


def test_long_results_come_in_pages_that_lose_nothing(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims.web.searching.PER_PAGE", 3)
    path: str | None = "/search?kind=finding"
    found: list[str] = []
    while path:
        page = served.html(path)
        found += re.findall(r'<a href="/findings/([^"]+)"', page)
        later = re.search(r'href="([^"]+)" rel="next"', page)
        path = later[1].replace("&amp;", "&") if later else None
    assert sorted(found) == sorted(served.collection.library.findings)


def test_an_id_typed_into_the_search_leads_to_its_record(served: Served) -> None:
    assert 'href="/studies/Murrough2013a"' in served.html("/search?q=Murrough2013a")


def test_an_unknown_id_is_404_with_near_ids(served: Served) -> None:
    page = served.html("/studies/Murrough2013", 404)
    assert 'href="/studies/Murrough2013a"' in page
    answer = served.client.get("/studies/Murrough2013.json")
    assert (answer.status_code, answer.json()["schema"]) == (404, "claimwise/error/1")


@pytest.mark.parametrize(
    "path",
    [
        "/studies/../../../../etc/passwd",
        "/studies/..%2f..%2f..%2fetc%2fpasswd",
        "/static/..%2f..%2fapplication.py",
        "/static/%2e%2e/application.py",
        "/static//etc/passwd",
        "http://127.0.0.1:8734//example.org/",
        "/studies//",
        "/claims/",
        "/claims/%00",
        "/claims/%ff%fe",
        "/claims/%ED%A0%80",
        "/claims/%F0%9F%A6%84%E2%80%AE",
        "/concepts/' OR 1=1 --",
        "/<script>alert(1)</script>",
        "/claims/<img src=x onerror=alert(1)>",
        "/claims/" + "a" * 900,
        "/rules/EV999",
        "/claims.json/x",
    ],
)
def test_a_hostile_path_is_a_plain_404(served: Served, path: str) -> None:
    page = served.html(path, 404)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "root:" not in page


@pytest.mark.parametrize(
    "query",
    [
        "q=%22",
        "q=" + "%22*%5E-%28%29%3A%7B%7D",
        "q=NEAR%28a+b%29",
        "q=title%3Aresponse",
        "q=a+AND+NOT+OR",
        "q=response*",
        "q=%00",
        "q=%ff%fe%C0%80",
        "q=%F0%9F%A6%84",
        "q=%E2%80%AE%E2%80%8F",
        "q=" + "a" * 300,
        "q=" + "b+" * 150,
        "q=<script>alert(1)</script>",
        "q='; DROP TABLE claim; --",
        "kind=nothing",
        "verdict=%00",
        "route=" + "x" * 2000,
        "importance=9",
        "page=0",
        "page=-1",
        "page=999999999999999999999999",
        "page=%D9%A3",
        "page=2000",
        "reference=%27",
        "source=../../etc",
        "unknown=1",
        "q=a&q=b",
        "%FF=%FE",
        "q=" + "a" * 301,
    ],
)
@pytest.mark.parametrize("ending", ["", ".json"])
def test_a_hostile_query_is_answered_or_a_plain_400(served: Served, query: str, ending: str) -> None:
    answer = served.client.get(f"/search{ending}?{query}")
    assert answer.status_code in (200, 400)
    assert "<script>alert" not in answer.text or ending
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=60), name=st.sampled_from(["q", "kind", "route", "page", "reference", "source"]))
def test_no_text_breaks_a_search(served: Served, text: str, name: str) -> None:
    assert served.client.get("/search", params={name: text.encode("utf-8", "replace")}).status_code in (200, 400)


@settings(max_examples=40, deadline=None)
@given(key=st.text(min_size=1, max_size=40).filter(lambda key: "/" not in key and key not in (".", "..")))
def test_no_key_breaks_a_record_page(served: Served, key: str) -> None:
    address = path_of("claim", key.encode("utf-8", "replace").decode())
    assert served.client.get(address).status_code in (200, 404)


@pytest.mark.parametrize("path", ["/evidence?outcome=nothing", "/studies?design=x", "/conflicts?kind=x", "/rules?x=1"])
def test_a_filter_that_is_none_is_told(served: Served, path: str) -> None:
    assert "nothing" in served.html(path, 400) or "x" in served.html(path, 400)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8734", 200),
        ("localhost:8734", 200),
        ("LOCALHOST", 200),
        ("[::1]:8734", 200),
        ("192.0.2.7:8734", 200),
        ("evil.example", 400),
        ("localhost.evil.example:8734", 400),
        ("127.0.0.1.evil.example", 400),
        ("evil.example:127.0.0.1", 400),
        ("", 400),
    ],
)
def test_the_page_answers_only_to_names_nobody_else_can_give_it(served: Served, host: str, status: int) -> None:
    assert served.client.get("/", headers={"host": host}).status_code == status


def test_the_name_it_was_started_with_is_answered_to(served: Served) -> None:
    named = Served(served.snapshot, host="library.example")
    assert named.client.get("/", headers={"host": "library.example:80"}).status_code == 200
    assert named.client.get("/", headers={"host": "evil.example"}).status_code == 400
    named.client.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_it_only_reads(served: Served, method: str) -> None:
    answer = served.client.request(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_head_is_answered_without_a_body(served: Served) -> None:
    answer = served.client.head("/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/", "/nothing", "/search?page=0", "/index.json", "/static/style.css"])
def test_every_answer_forbids_what_is_foreign_and_sets_no_cookie(served: Served, path: str) -> None:
    headers = served.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "set-cookie" not in headers
    assert headers["referrer-policy"] == "no-referrer"


def test_too_long_an_address_is_refused(served: Served) -> None:
    assert served.client.get("/claims/" + "a" * 2000).status_code == 414
    assert served.client.get("/search?q=" + "a" * 5000).status_code == 414


def test_pages_hold_no_inline_script_or_style(served: Served) -> None:
    for path in ("/", "/search", "/propositions/" + next(iter(served.collection.propositions))):
        page = served.html(path)
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|javascript:", page)


def test_markup_in_a_record_is_shown_and_never_run(library: Path, tmp_path: Path) -> None:
    file = next((library / "studies").glob("Murrough2013a.toml"))
    text = file.read_text(encoding="utf-8")
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    file.write_text(re.sub(r'^locator = ".*"$', f'locator = "{evil}"', text, flags=re.M), encoding="utf-8")
    with serving(library_paths(library), tmp_path / "cache") as marked:
        page = marked.html("/studies/Murrough2013a")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_script_address_in_the_bibliography_is_no_link() -> None:
    assert outside_links(Reference(key="X", kind="misc", title="T", url="javascript:alert(1)")) == ()
    assert outside_links(Reference(key="X", kind="misc", title="T", url="https://[bad")) == ()
    (link,) = outside_links(Reference(key="X", kind="misc", title="T", doi='10.5555/a"b<c?d#e'))
    assert link.href == "https://doi.org/10.5555/a%22b%3Cc%3Fd%23e"


def test_the_snapshot_cannot_be_written_through_the_connection(served: Served) -> None:
    with contextlib.closing(connect(served.snapshot)) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM claim")


def test_a_snapshot_that_is_gone_is_told(tmp_path: Path) -> None:
    with serving(library_paths(SMALL), tmp_path / "cache") as gone:
        gone.snapshot.unlink()
        assert "start the server again" in gone.html("/search?q=response", 503)
        assert gone.client.get("/search.json?q=response").status_code == 503


def make_finding(**fields: object) -> Finding:
    given = {"id": "Example2020.1", "outcome": "response", "statistic": "proportion", "species": "human"}
    told = {"summary": "a result", "locator": "abstract", "verified": "yes"}
    return msgspec.convert({**given, **told, **fields}, Finding)


def draw(*findings: Finding, least: int = 1) -> tuple[charts.Chart, ...]:
    figures = [f for one in findings for f in charts.finding_figures(one, label="Example 2020", href="/", note="")]
    return charts.build_charts(figures, least=least)


def test_a_finding_is_drawn_with_interval_and_comparator() -> None:
    (chart,) = draw(make_finding(value=60, unit="%", comparator_value=20, ci=Confidence(low=40, high=80)))
    (row,) = chart.rows
    assert row.low is not None
    assert row.point is not None
    assert row.high is not None
    assert row.against is not None
    assert row.against < row.low < row.point < row.high
    assert row.figure.told == "60% against 20% (40 to 80)"


def test_ratios_share_a_scale_where_double_and_half_are_equally_far() -> None:
    (chart,) = draw(
        make_finding(effect=Effect(statistic="odds-ratio", value=2.0), statistic="statement"),
        make_finding(effect=Effect(statistic="risk-ratio", value=0.5, low=0.25, high=1.0), statistic="statement"),
    )
    (double, half), neutral = chart.rows, chart.neutral
    assert chart.title == "Relative effects (ratios)"
    assert neutral is not None
    assert double.point is not None
    assert half.point is not None
    assert double.point - neutral == pytest.approx(neutral - half.point, abs=0.02)


def test_figures_of_different_units_are_never_on_one_axis() -> None:
    drawn = draw(make_finding(value=60, unit="%"), make_finding(value=3, unit="points", statistic="mean-difference"))
    assert [len(chart.rows) for chart in drawn] == [1, 1]


def test_an_open_side_reaches_the_end_of_the_axis() -> None:
    value = msgspec.convert({"aspect": "response-rate", "high": 70, "unit": "%"}, Carried)
    (chart,) = charts.build_charts([charts.carried_figure(value, label="Carried", href="/")], least=1)
    assert chart.rows[0].low == chart.ticks[0].at
    assert chart.rows[0].figure.told == "up to 70%"


@given(
    numbers=st.lists(st.floats(-1e9, 1e9, allow_nan=False).map(lambda n: round(n, 6)), min_size=1, max_size=6),
    ratio=st.booleans(),
)
def test_whatever_is_drawn_lies_inside_the_chart(numbers: list[float], ratio: bool) -> None:
    statistic = "odds-ratio" if ratio else "mean-difference"
    drawn = draw(*(make_finding(value=n, unit="ratio" if ratio else "points", statistic=statistic) for n in numbers))
    for chart in drawn:
        places = [tick.at for tick in chart.ticks]
        assert places == sorted(places)
        assert len(places) > 1
        for row in chart.rows:
            assert row.point is not None
            assert -0.1 <= row.point <= 100.1


def test_without_the_extra_one_line_says_what_to_install(claimwise: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    told = claimwise("serve", "--library", SMALL)
    assert told.exit_code == 3
    assert 'pip install "claimwise[serve]"' in told.stderr


@pytest.mark.parametrize("host", ["no such host", "256.1.1.1", "a" * 300])
def test_a_host_that_cannot_be_is_told(claimwise: Invoke, host: str) -> None:
    told = claimwise("serve", "--library", SMALL, "--host", host)
    assert told.exit_code == 3
    assert "is no address to listen on" in told.stderr


def test_the_command_serves_and_ends_quietly(tmp_path: Path, claimwise: Invoke) -> None:
    with running(tmp_path) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}index.json", timeout=10) as answer:
            assert "server" not in answer.headers
            assert msgspec.json.decode(answer.read())["schema"] == "claimwise/status/1"
        taken = claimwise("serve", "--library", SMALL, "--port", address.rstrip("/").rpartition(":")[2])
        assert taken.exit_code == 2
        assert "cannot listen on" in taken.stderr
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""
