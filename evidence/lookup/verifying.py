"""References held against the services: each exists, is the work it says it is, and stands, or how it does not.

What could not be asked is never a result: such a reference has no verification, and says who did not answer and why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from evidence.bibliography import Reference
from evidence.lookup import crossref, openalex, pubmed
from evidence.lookup.desk import Desk
from evidence.lookup.merging import same_title
from evidence.lookup.outcomes import Found, NotFound, Unavailable
from evidence.lookup.works import Work, WorkOutcome
from evidence.verification import Notice, Verification, VerificationState

_SHOWN: Final = 300  # letters of a foreign title
_STRUCK: Final = ("retraction", "withdrawal")


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one reference. ``verification`` is ``None`` when it could not be judged.

    ``unavailable`` holds the services that gave no answer; when it is empty and there is no verification, the reference
    has neither DOI nor PMID to ask with.
    """

    key: str
    verification: Verification | None = None
    unavailable: tuple[Unavailable, ...] = ()


def verify(references: Sequence[Reference], desk: Desk) -> Iterator[Checked]:
    """Each reference's result as it comes in, in order. PubMed is asked in batches, the others work by work."""
    for start in range(0, len(references), pubmed.BATCH):
        chunk = references[start : start + pubmed.BATCH]
        summaries: Mapping[str, WorkOutcome] = pubmed.find_works(desk, [r.pmid for r in chunk if r.pmid])
        for reference in chunk:
            by_doi = crossref.find_work(desk, reference.doi) if reference.doi else None
            opinion = openalex.find_work(desk, reference.doi) if reference.doi else None
            by_pmid = summaries[reference.pmid] if reference.pmid else None
            yield judge(reference, by_doi=by_doi, by_pmid=by_pmid, opinion=opinion)


def judge(
    reference: Reference, *, by_doi: WorkOutcome | None, by_pmid: WorkOutcome | None, opinion: WorkOutcome | None
) -> Checked:
    """The result from what the services said; ``None`` stands for a service that there was nothing to ask.

    ``opinion`` is the second one on retraction: alone it makes no work retracted, and its silence holds nothing up.
    """
    asked = [outcome for outcome in (by_doi, by_pmid, opinion) if outcome is not None]
    unavailable = tuple(outcome for outcome in asked if isinstance(outcome, Unavailable))
    leading = [outcome for outcome in (by_doi, by_pmid) if outcome is not None]
    answered = [outcome for outcome in leading if not isinstance(outcome, Unavailable)]
    if not answered:
        return Checked(key=reference.key, unavailable=unavailable)
    state, details = _state(reference, answered, opinion)
    if state in ("agrees", "corrected") and len(answered) < len(leading):
        # Half an answer may show a fault, but not that there is none.
        return Checked(key=reference.key, unavailable=unavailable)
    heard = [*answered, *([opinion] if opinion and not isinstance(opinion, Unavailable) else [])]
    notices = dict.fromkeys(n for outcome in heard if isinstance(outcome, Found) for n in outcome.value.notices)
    verification = Verification(
        key=reference.key,
        # A kept answer is as old as it is, not as new as this run.
        checked=min(outcome.as_of for outcome in heard).astimezone(dt.UTC).date(),
        state=state,
        sources=tuple(outcome.service.lower() for outcome in heard),
        details="; ".join(details) or None,
        notices=tuple(notices),
    )
    return Checked(key=reference.key, verification=verification, unavailable=unavailable)


def _state(
    reference: Reference, answered: Sequence[Found[Work] | NotFound], opinion: WorkOutcome | None
) -> tuple[VerificationState, list[str]]:
    """The gravest that holds. Another work under the identifier comes first: its notices are not this work's."""
    works = [outcome.value for outcome in answered if isinstance(outcome, Found)]
    absent = [_absence(reference, outcome.service) for outcome in answered if isinstance(outcome, NotFound)]
    other = [detail for work in works for detail in _other_work(reference, work)]
    year = _other_year(reference, works)
    notices = [notice for work in works for notice in work.notices]
    told = [*_told(works, opinion)]
    differs = [*other, *absent, *year]
    if not works:
        return "not-found", differs
    if other:
        return "mismatch", [*differs, *told]
    if _is_struck(notices):
        return "retracted", [*told, *differs]
    if any(notice.kind == "concern" for notice in notices):
        return "concern", [*told, *differs]
    if absent:
        return "not-found", [*differs, *told]
    if year or _told_alone(works, opinion):
        return "mismatch", [*year, *told]
    return ("corrected" if notices else "agrees"), told


def _told_alone(works: Sequence[Work], opinion: WorkOutcome | None) -> bool:
    """Whether only the second opinion holds that the work was retracted."""
    struck = any(notice.kind in _STRUCK for work in works for notice in work.notices)
    return not struck and isinstance(opinion, Found) and bool(opinion.value.notices)


def _is_struck(notices: Sequence[Notice]) -> bool:
    struck = [notice for notice in notices if notice.kind in _STRUCK]
    back = [notice.date for notice in notices if notice.kind == "reinstatement" and notice.date]
    return any(not back or (notice.date is not None and notice.date > max(back)) for notice in struck)


def _told(works: Sequence[Work], opinion: WorkOutcome | None) -> Iterator[str]:
    """The notices in words, and who holds otherwise about a retraction."""
    for notice in dict.fromkeys(notice for work in works for notice in work.notices):
        place = f" (doi:{notice.doi})" if notice.doi else ""
        day = f" of {notice.date}" if notice.date else ""
        yield f"{notice.kind}{day}{place}, told by {notice.source}"
    struck = [work.service for work in works if any(n.kind in _STRUCK for n in work.notices)]
    silent = [work.service for work in works if work.service not in struck]
    if struck and silent:
        yield f"{', '.join(silent)} has no notice of it"
    if _told_alone(works, opinion):
        yield f"OpenAlex holds it retracted, {' and '.join(work.service for work in works)} not"


def _absence(reference: Reference, service: str) -> str:
    name = f"PMID {reference.pmid}" if service == "PubMed" else f"DOI {reference.doi}"
    return f"{service} has no {name}"


def _other_work(reference: Reference, work: Work) -> Iterator[str]:
    if work.title and not same_title(reference.title, work.title):
        yield f'{work.service} has the title "{work.title[:_SHOWN]}"'
    for name, ours, theirs in (("DOI", reference.doi, work.doi), ("PMID", reference.pmid, work.pmid)):
        if ours and theirs and ours != theirs:
            yield f"{work.service} has {name} {theirs}, the library {ours}"


def _other_year(reference: Reference, works: Sequence[Work]) -> list[str]:
    known = {year for work in works for year in (*work.years, work.year) if year}
    if reference.year is None or not known or reference.year in known:
        return []
    told = ", ".join(f"{work.service} has {work.year}" for work in works if work.year)
    return [f"the year is {reference.year} in the library, {told}"]
