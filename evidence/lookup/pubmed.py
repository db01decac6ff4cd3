"""PubMed: records of PMIDs in batches, the PMID of a DOI, and search.

A missing PMID comes with status 200 and an ``error`` inside; one that a batch answer leaves out is asked for alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from evidence.identifiers import standard_doi, standard_pmcid, standard_pmid
from evidence.lookup.desk import NOT_JSON, NOT_KEPT, Desk, decode, refusal
from evidence.lookup.outcomes import Found, NotFound, Unavailable
from evidence.lookup.settings import PUBMED
from evidence.lookup.works import Work, WorkOutcome, corporate, plain, standard_pages, title_and_mark, year_in
from evidence.verification import Notice, NoticeKind

BATCH: Final = 50
_RETRACTED: Final = "retracted publication"
_NOTICE_TYPES: Final = frozenset(
    {"retraction of publication", "retraction notice", "expression of concern", "published erratum"}
)
_MARKS: Final[dict[str, NoticeKind]] = {"retraction": "retraction", "withdrawal": "withdrawal"}


class _Author(msgspec.Struct, frozen=True, kw_only=True):
    name: str = ""
    authtype: str = "Author"


class _ArticleId(msgspec.Struct, frozen=True, kw_only=True):
    idtype: str = ""
    value: str = ""


class _Summary(msgspec.Struct, frozen=True, kw_only=True):
    uid: str
    error: str | None = None
    title: str | None = None
    authors: list[_Author] | None = None
    source: str | None = None
    journal: str | None = msgspec.field(default=None, name="fulljournalname")
    pubdate: str | None = None
    epubdate: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    pubtype: list[str] | None = None
    articleids: list[_ArticleId] | None = None


class _SummaryReply(msgspec.Struct, frozen=True, kw_only=True):
    result: dict[str, msgspec.Raw]


class _IdList(msgspec.Struct, frozen=True, kw_only=True):
    idlist: list[str]


class _SearchReply(msgspec.Struct, frozen=True, kw_only=True):
    found: _IdList = msgspec.field(name="esearchresult")


def find_works(desk: Desk, pmids: Sequence[str]) -> dict[str, WorkOutcome]:
    """What PubMed says of each PMID; every one given has its outcome."""
    outcomes: dict[str, WorkOutcome] = {}
    for pmid in dict.fromkeys(pmids):
        kept = desk.recall(PUBMED, _question(desk, pmid), _Summary)
        if kept is not None:
            outcomes[pmid] = _outcome(kept)
        elif desk.settings.offline:
            outcomes[pmid] = Unavailable(service=PUBMED, reason=NOT_KEPT)
    missing = [pmid for pmid in dict.fromkeys(pmids) if pmid not in outcomes]
    for start in range(0, len(missing), BATCH):
        outcomes.update(_ask(desk, missing[start : start + BATCH]))
    for pmid in (p for p in missing if p not in outcomes):
        alone = _ask(desk, [pmid])
        outcomes[pmid] = alone.get(pmid) or Unavailable(service=PUBMED, reason=f"leaves {pmid} out of its answer")
    return outcomes


def find_work(desk: Desk, pmid: str) -> WorkOutcome:
    """The work with this PMID."""
    return find_works(desk, [pmid])[pmid]


def find_pmid(desk: Desk, doi: str) -> Found[str] | NotFound | Unavailable:
    """The PMID of the work with this DOI; not found when PubMed knows none or several."""
    # Signs of the query language inside a DOI would make another question of it.
    term = "".join(" " if sign in '"[]' else sign for sign in doi)
    reply = search(desk, f'"{term}"[doi]', limit=2)
    if isinstance(reply, Found):
        if len(reply.value) == 1:
            return Found(service=PUBMED, value=reply.value[0], as_of=reply.as_of)
        return NotFound(service=PUBMED, as_of=reply.as_of)
    return reply


def search(desk: Desk, term: str, *, limit: int) -> Found[tuple[str, ...]] | NotFound | Unavailable:
    """PMIDs that answer a query in PubMed's language, most relevant first."""
    parameters = {"db": "pubmed", "term": term, "retmode": "json", "retmax": str(limit), "sort": "relevance"}
    reply = desk.ask(PUBMED, "esearch.fcgi", parameters, shape=_SearchReply)
    if isinstance(reply, Found):
        pmids = tuple(pmid for text in reply.value.found.idlist[:limit] if (pmid := standard_pmid(text)))
        return Found(service=PUBMED, value=pmids, as_of=reply.as_of)
    return reply


def _ask(desk: Desk, pmids: Sequence[str]) -> dict[str, WorkOutcome]:
    """One batch; a PMID that the answer passes over has no outcome, unless the whole answer failed."""
    parameters = {"db": "pubmed", "id": ",".join(pmids), "retmode": "json"}
    answer = desk.fetch(PUBMED, "esummary.fcgi", parameters, pool="single")
    if isinstance(answer, Unavailable):
        return dict.fromkeys(pmids, answer)
    reply = decode(answer.body, _SummaryReply) if answer.status == 200 else None
    if reply is None:
        reason = NOT_JSON if answer.status == 200 else refusal(answer.status)
        return dict.fromkeys(pmids, Unavailable(service=PUBMED, reason=reason))
    return dict(_each(desk, reply, pmids))


def _each(desk: Desk, reply: _SummaryReply, pmids: Sequence[str]) -> Iterator[tuple[str, WorkOutcome]]:
    for pmid in pmids:
        body = reply.result.get(pmid)
        if body is None:
            continue
        summary = decode(bytes(body), _Summary)
        if summary is not None and summary.uid != pmid:
            yield pmid, Unavailable(service=PUBMED, reason=f"answers with another record for {pmid}")
        elif summary is not None and summary.error:
            yield pmid, desk.keep_absence(PUBMED, _question(desk, pmid))
        else:
            kept = desk.keep(PUBMED, _question(desk, pmid), bytes(body), _Summary)
            yield pmid, kept if isinstance(kept, Unavailable) else _outcome(kept)


def _question(desk: Desk, pmid: str) -> str:
    return desk.question(PUBMED, "esummary", (pmid,))


def _outcome(kept: Found[_Summary] | NotFound) -> WorkOutcome:
    if isinstance(kept, NotFound):
        return kept
    return Found(service=PUBMED, value=_work(kept.value), as_of=kept.as_of)


def _work(summary: _Summary) -> Work:
    title, mark = title_and_mark(summary.title)
    types = tuple(t for text in summary.pubtype or () if (t := plain(text)))
    words = {t.lower() for t in types}
    notices = [Notice(kind=_MARKS[mark], source="pubmed title")] if mark else []
    if _RETRACTED in words:
        notices = [Notice(kind="retraction", source="pubmed")]
    ids = {item.idtype: item.value for item in summary.articleids or ()}
    years = sorted({y for y in (year_in(summary.pubdate), year_in(summary.epubdate)) if y})
    return Work(
        service=PUBMED,
        doi=standard_doi(ids.get("doi", "")),
        pmid=standard_pmid(summary.uid),
        pmcid=standard_pmcid(ids.get("pmc", "")),
        title=title,
        authors=tuple(name for author in summary.authors or () if (name := _name(author))),
        container=plain(summary.journal) or plain(summary.source),
        year=year_in(summary.pubdate) or year_in(summary.epubdate),
        years=tuple(years),
        volume=plain(summary.volume),
        number=plain(summary.issue),
        pages=standard_pages(summary.pages),
        kind="article",
        types=types,
        notices=tuple(notices),
        notice_of=bool(words & _NOTICE_TYPES),
    )


def _name(author: _Author) -> str | None:
    """``Scalfani, V. F.`` from ``Scalfani VF``."""
    name = plain(author.name)
    if not name or author.authtype != "Author":
        return corporate(name)
    family, _, initials = name.rpartition(" ")
    if not family or not initials.isupper() or not initials.isalpha() or len(initials) > 3:
        return name
    return f"{family}, {' '.join(f'{letter}.' for letter in initials)}"
