"""Addresses into pages: the ASGI application over one library.

The collection was read once and never changes; what is searched for is asked of the snapshot, each request through a
read-only connection of its own. A page and its JSON have one address, apart from the ending.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from claims.conflict_list import KINDS as CONFLICT_KINDS
from claims.conflict_list import list_conflicts
from claims.query import Link, close_ids, kind_of, links_to, title, where_used
from claims.reporters.as_json import to_json
from claims.reporters.evidence import render_findings, render_studies, study_rows
from claims.reporters.hits import render_found
from claims.reporters.layout import Screen
from claims.reporters.rules import render_rule, render_rules
from claims.rules import load_rules
from claims.standing import claim_as_it_stands
from claims.status import library_status
from claims.web import claim_pages, evidence_pages, listings, searching
from claims.web.guard import Guard
from claims.web.rendering import STATIC, build_environment, static_files
from claims.web.views import FOLDERS, Page, Section, Text, link, path_of
from evidence.problems import ClaimwiseError, UsageError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from claims.collection import Collection

Connect = Callable[[], sqlite3.Connection]

_JSON: Final = ".json"
_SCREEN: Final = Screen(width=100, colour=False)  # JSON has no width
_PAGES: Final[Mapping[str, Callable[[Collection, str], Page]]] = {
    "claim": claim_pages.claim_page,
    "proposition": claim_pages.proposition_page,
    "conflict": claim_pages.conflict_page,
    "source": claim_pages.source_page,
    "reference": evidence_pages.study_page,
    "finding": evidence_pages.finding_page,
    "concept": evidence_pages.concept_page,
}
_UNMATCHED: Final = "Not Found"  # what Starlette says of an address that no route has
_LISTED: Final = 200  # records that rest on another, shown on its page


class Site:
    """One library's pages. ``connect`` opens a read-only connection to its snapshot."""

    def __init__(self, collection: Collection, connect: Connect, *, library_hash: str, today: dt.date) -> None:
        self._collection = collection
        self._connect = connect
        self._hash = library_hash
        self._today = today
        self._rules = {page.code: page for page in load_rules()}
        self._templates = build_environment()
        self._static = static_files()
        self._records: Mapping[str, Mapping[str, object]] = {
            "claim": collection.claims,
            "proposition": collection.propositions,
            "conflict": {conflict.id: conflict for conflict in collection.conflicts},
            "source": collection.sources,
            "reference": collection.library.references,
            "finding": collection.library.findings,
            "concept": collection.lexicon.concepts,
        }

    def routes(self) -> list[Route]:
        """Every address; a listing also under its name with ``.json``."""
        records = [Route(f"/{FOLDERS[kind]}/{{key:path}}", self._record_route(kind)) for kind in _PAGES]
        pairs = {
            "/search": self.search,
            "/studies": self.studies,
            "/evidence": self.evidence,
            "/conflicts": self.conflicts,
            "/rules": self.rules,
        }
        listed = [Route(path + ending, answer) for path, answer in pairs.items() for ending in ("", _JSON)]
        return [
            Route("/", self.home),
            Route("/index.json", self.home),
            *listed,
            Route("/rules/{key:path}", self.rule),
            *records,
            Route("/static/{name}", self.static),
        ]

    def home(self, request: Request) -> Response:
        status = library_status(self._collection, library_hash=self._hash, today=self._today)
        _given(request, ())
        if _wants_json(request):
            return _json(to_json({"schema": "claimwise/status/1", "status": status}))
        return self._html("listing.html", page=listings.home(self._collection, status), is_home=True)

    def search(self, request: Request) -> Response:
        given = _given(request)
        with closing(self._connect()) as connection:
            answer = searching.run_search(self._collection, connection, given)
            if _wants_json(request):
                return _json(render_found(answer.found, answer.text, "json", _SCREEN))
            page = searching.search_listing(self._collection, connection, given, answer)
        return self._html("listing.html", page=page, is_home=False)

    def studies(self, request: Request) -> Response:
        given = _given(request)
        page = listings.studies(self._collection, given)
        if _wants_json(request):
            rows = study_rows(self._collection, design=given.get("design") or None, level=given.get("level") or None)
            return _json(render_studies(rows, "json", _SCREEN))
        return self._html("listing.html", page=page, is_home=False)

    def evidence(self, request: Request) -> Response:
        given = _given(request)
        rows = listings.evidence_rows(self._collection, given)
        if _wants_json(request):
            return _json(render_findings(rows, "json", _SCREEN))
        return self._html("listing.html", page=listings.evidence(self._collection, given, rows), is_home=False)

    def conflicts(self, request: Request) -> Response:
        given = _given(request)
        if _wants_json(request):
            kind, severity = listings.conflict_filters(given, CONFLICT_KINDS)
            return _json(to_json(list_conflicts(self._collection, self._hash, severity=severity, kind=kind)))
        return self._html(
            "listing.html", page=listings.conflicts(self._collection, given, CONFLICT_KINDS), is_home=False
        )

    def rules(self, request: Request) -> Response:
        _given(request, ())
        pages = tuple(self._rules.values())
        if _wants_json(request):
            return _json(render_rules(pages, "json", _SCREEN))
        return self._html("listing.html", page=listings.rules(pages), is_home=False)

    def rule(self, request: Request) -> Response:
        key, as_json = _key(request, self._rules)
        rule = self._rules.get(key)
        if rule is None:
            raise HTTPException(404, f"no rule has the code “{_short(key)}”")
        if as_json:
            return _json(render_rule(rule, "json", _SCREEN))
        page = evidence_pages.rule_page(self._collection, rule)
        return self._html("record.html", page=page, json=f"{path_of('rule', key)}{_JSON}")

    def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._static:
            raise HTTPException(404, "there is no such file")
        return Response(self._static[name], media_type=STATIC[name])

    def _record_route(self, kind: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            key, as_json = _key(request, self._records[kind])
            if key not in self._records[kind]:
                return self._missing(kind, key, as_json=as_json)
            with closing(self._connect()) as connection:
                if as_json:
                    fields = {"kind": kind, "id": key, "record": self._records[kind][key], **self._stands(kind, key)}
                    links = {"named_by": links_to(connection, kind, key), "used_by": where_used(connection, kind, key)}
                    return _json(to_json({"schema": "claimwise/record/1", **fields, **links}))
                users = _users(connection, kind, where_used(connection, kind, key))
            page = _PAGES[kind](self._collection, key)
            return self._html("record.html", page=page, users=users, json=f"{path_of(kind, key)}{_JSON}")

        return answer

    def _stands(self, kind: str, key: str) -> dict[str, object]:
        """What the JSON of a record says beyond the record itself."""
        library = self._collection.library
        if kind == "claim":
            return {"stands": claim_as_it_stands(self._collection.claims[key], library)}
        if kind == "reference":
            return {"study": library.studies.get(key), "standing": library.standing(key)}
        if kind == "finding":
            return {"standing": library.standing_of(key)}
        return {}

    def _missing(self, kind: str, key: str, *, as_json: bool) -> Response:
        word = "study" if kind == "reference" else kind
        message = f"no {word} has the id “{_short(key)}”"
        with closing(self._connect()) as connection:
            near = close_ids(connection, key[:200]) if key else []
            links = tuple(link(found, one) for one in near if (found := kind_of(connection, one)))
        return self._failure(404, message, as_json=as_json, links=links)

    def on_error(self, request: Request, error: Exception) -> Response:
        """The page of an error that a visitor can cause, or of a library that is gone."""
        as_json = _wants_json(request)
        match error:
            case HTTPException():
                missing = "there is no such page" if error.detail == _UNMATCHED else error.detail
                return self._failure(error.status_code, missing, as_json=as_json)
            case UsageError():
                return self._failure(400, str(error), as_json=as_json)
            case _:
                message = "the library cannot be read any more; start the server again"
                return self._failure(503, message, as_json=as_json)

    def _failure(self, status: int, message: str, *, as_json: bool, links: tuple[Text, ...] = ()) -> Response:
        if as_json:
            return _json(to_json({"schema": "claimwise/error/1", "error": message}), status)
        return self._html("error.html", status=status, message=message, links=links)

    def _html(self, template: str, *, status: int = 200, **values: object) -> Response:
        common = {"library": self._collection.manifest, "hash": self._hash, "users": (), "status": status}
        return HTMLResponse(self._templates.get_template(template).render({**common, **values}), status)


def build_application(
    collection: Collection, connect: Connect, *, library_hash: str, today: dt.date, host: str
) -> ASGIApp:
    """The ASGI application. ``today`` decides which reviews are due; ``host`` is the name it is served under."""
    site = Site(collection, connect, library_hash=library_hash, today=today)
    errors = dict.fromkeys((HTTPException, ClaimwiseError, sqlite3.Error), site.on_error)
    app = Starlette(routes=site.routes(), exception_handlers=errors)
    app.router.redirect_slashes = False  # a redirect would repeat an address that somebody else wrote
    return Guard(app, host=host)


def _given(request: Request, known: tuple[str, ...] | None = None) -> dict[str, str]:
    """The filters of an address, empty ones left out. Raises UsageError for one given twice, or not ``known``."""
    given: dict[str, str] = {}
    for name, word in request.query_params.multi_items():
        if not word.strip():
            continue
        if name in given:
            raise UsageError(f"the filter '{_short(name)}' is given twice; give it once")
        if known is not None and name not in known:
            raise UsageError(f"this page takes no filter '{_short(name)}'")
        given[name] = word
    return given


def _users(connection: sqlite3.Connection, kind: str, links: Sequence[Link]) -> tuple[Section, ...]:
    """What rests on a record, each record once; the findings of a study stand on its page anyway."""
    owners = {(one.kind, one.owner): one for one in links if (kind, one.kind) != ("reference", "finding")}
    texts = tuple(
        link(owner, key, title(connection, owner, key), note=f"{owner} {key} {one.relation} {one.target}")
        for (owner, key), one in list(owners.items())[:_LISTED]
    )
    note = f"The first {_LISTED} of {len(owners)}." if len(owners) > _LISTED else None
    return (Section(id="users", title="What rests on it", note=note, texts=texts),) if texts else ()


def _wants_json(request: Request) -> bool:
    return str(request.url.path).endswith(_JSON)


def _key(request: Request, records: Mapping[str, object]) -> tuple[str, bool]:
    """The id of an address, and whether its JSON is asked for; an id that itself ends so is the page."""
    key = str(request.path_params["key"])
    if key not in records and key.endswith(_JSON):
        return key.removesuffix(_JSON), True
    return key, False


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"


def _json(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="application/json")
