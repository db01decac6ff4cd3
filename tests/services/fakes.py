"""Crossref, PubMed and OpenAlex on loopback, as they answer in truth: odd 404s, errors inside a 200, silent absence.

Works are planted as a test needs them. DOIs are of the test prefix 10.5555, PMIDs are small, names are made up.
"""

from __future__ import annotations

from typing import Any

from tests.services.server import Reply, Server, html, of_json

_NO_WAIT = {"X-Rate-Limit-Limit": "10000", "X-Rate-Limit-Interval": "1s", "X-Api-Pool": "public-single"}


def crossref_work(doi: str, title: str, year: int, **fields: Any) -> dict[str, Any]:
    """A record with the members that Crossref sends, whether or not anyone reads them."""
    return {
        "DOI": doi,
        "type": "journal-article",
        "title": [title],
        "subtitle": [],
        "container-title": ["Journal of Made-up Results"],
        "short-container-title": ["J Made-up"],
        "publisher": "Nobody",
        "volume": "7",
        "issue": "3",
        "page": "101-109",
        "author": [
            {"given": "Ann", "family": "Example", "sequence": "first", "affiliation": []},
            {"given": "Ben", "family": "Sample", "sequence": "additional", "affiliation": []},
        ],
        "issued": {"date-parts": [[year, 3, 21]]},
        "published-print": {"date-parts": [[year, 4]]},
        "created": {"date-parts": [[year, 3, 1]], "date-time": f"{year}-03-01T00:00:00Z", "timestamp": 1},
        "is-referenced-by-count": 2,
        "reference": [{"key": "r1", "DOI": "10.5555/old", "doi-asserted-by": "crossref"}],
        "ISSN": ["0000-0000"],
        "source": "Crossref",
        "relation": {},
        **fields,
    }


def notice(kind: str, year: int, doi: str = "10.5555/notice", source: str = "publisher") -> dict[str, Any]:
    return {
        "DOI": doi,
        "type": kind,
        "label": kind.replace("_", " ").title(),
        "source": source,
        "updated": {"date-parts": [[year, 7, 26]], "date-time": f"{year}-07-26T00:00:00Z", "timestamp": 1},
    }


def summary(pmid: str, title: str, year: int, doi: str | None = None, **fields: Any) -> dict[str, Any]:
    ids = [{"idtype": "pubmed", "idtypen": 1, "value": pmid}]
    ids += [{"idtype": "doi", "idtypen": 3, "value": doi}] if doi else []
    return {
        "uid": pmid,
        "pubdate": f"{year} Apr",
        "epubdate": f"{year} Mar 21",
        "source": "J Made-up",
        "authors": [
            {"name": "Example A", "authtype": "Author", "clusterid": ""},
            {"name": "Sample B", "authtype": "Author", "clusterid": ""},
        ],
        "title": f"{title}.",
        "volume": "7",
        "issue": "3",
        "pages": "101-9",
        "pubtype": ["Journal Article"],
        "articleids": ids,
        "pmcrefcount": "",
        "fulljournalname": "The journal of made-up results",
        **fields,
    }


class Services:
    """The three services. Plant works in ``crossref``, ``pubmed``, ``openalex``; ``searches`` answers PubMed's search."""

    def __init__(self) -> None:
        self.crossref: dict[str, dict[str, Any]] = {}
        self.agencies: dict[str, str] = {}
        self.pubmed: dict[str, dict[str, Any]] = {}
        self.passed_over: set[str] = set()
        self.openalex: dict[str, dict[str, Any]] = {}
        self.searches: list[list[str]] = []
        self.found: list[dict[str, Any]] = []
        self.crossref_server = Server(self._crossref)
        self.pubmed_server = Server(self._pubmed)
        self.openalex_server = Server(self._openalex)

    @property
    def servers(self) -> tuple[Server, Server, Server]:
        return self.crossref_server, self.pubmed_server, self.openalex_server

    @property
    def asked(self) -> int:
        return sum(len(server.asked) for server in self.servers)

    @property
    def environment(self) -> dict[str, str]:
        names = ("CLAIMWISE_CROSSREF_URL", "CLAIMWISE_PUBMED_URL", "CLAIMWISE_OPENALEX_URL")
        return dict(zip(names, (server.base for server in self.servers), strict=True))

    def plant(self, doi: str, pmid: str | None, title: str, year: int, **fields: Any) -> None:
        """A work that all services know and agree on; ``fields`` go into the Crossref record."""
        self.crossref[doi] = crossref_work(doi, title, year, **fields)
        if pmid:
            self.pubmed[pmid] = summary(pmid, title, year, doi)
        self.openalex[doi] = opinion(doi, title, year)

    def _crossref(self, path: str, _: dict[str, str]) -> Reply:
        doi = path.removeprefix("works/").lower()
        if doi.endswith("/agency"):
            doi = doi.removesuffix("/agency")
            agency = self.agencies.get(doi) or ("crossref" if doi in self.crossref else None)
            if agency:
                return of_json(
                    {"status": "ok", "message-type": "work-agency", "message": {"DOI": doi, "agency": {"id": agency}}},
                    headers=_NO_WAIT,
                )
        elif doi in self.crossref:
            envelope = {"status": "ok", "message-type": "work", "message-version": "1.0.0"}
            return of_json({**envelope, "message": self.crossref[doi]}, headers=_NO_WAIT)
        return Reply(404, b"Resource not found.", "text/plain", _NO_WAIT)

    def _pubmed(self, path: str, parameters: dict[str, str]) -> Reply:
        headers = {"X-RateLimit-Limit": "10000", "X-RateLimit-Remaining": "9999"}
        if path == "esearch.fcgi":
            term = parameters["term"]
            if term.endswith("[doi]"):
                wanted = term.removesuffix("[doi]").strip('"')
                found = [p for p, s in self.pubmed.items() if any(i["value"] == wanted for i in s["articleids"])]
            else:
                found = self.searches.pop(0) if self.searches else []
            return of_json(
                {"header": {}, "esearchresult": {"count": str(len(found)), "idlist": found}}, headers=headers
            )
        result: dict[str, Any] = {"uids": []}
        for pmid in parameters["id"].split(","):
            if pmid in self.passed_over:
                continue
            result["uids"].append(pmid)
            result[pmid] = self.pubmed.get(pmid) or {"uid": pmid, "error": "cannot get document summary"}
        return of_json({"header": {"type": "esummary", "version": "0.3"}, "result": result}, headers=headers)

    def _openalex(self, path: str, _: dict[str, str]) -> Reply:
        if path == "works":
            return of_json({"meta": {"count": len(self.found), "per_page": 25, "page": 1}, "results": self.found})
        record = self.openalex.get(path.removeprefix("works/doi:").lower())
        return of_json(record, headers={"x-ratelimit-remaining-usd": "0.1"}) if record else html(404)


def opinion(doi: str, title: str, year: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": "https://openalex.org/W1",
        "doi": f"https://doi.org/{doi}",
        "title": title,
        "type": "article",
        "publication_year": year,
        "is_retracted": False,
        "ids": {"openalex": "https://openalex.org/W1"},
        "authorships": [{"author_position": "first", "author": {"id": "x", "display_name": "Ann Example"}}],
        "primary_location": {"source": {"display_name": "Journal of Made-up Results"}},
        **fields,
    }
