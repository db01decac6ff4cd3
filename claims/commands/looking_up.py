"""The commands that ask bibliographic services: evidence add, verify, find. No other command reaches the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from claims.commands.options import FolderOption, LibraryOption, ListFormatOption
from claims.commands.outcome import Finish, Outcome

if TYPE_CHECKING:
    from evidence.lookup.adding import Identifier
    from evidence.lookup.desk import Desk
    from evidence.lookup.outcomes import Unavailable
    from evidence.lookup.works import Work

OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Ask no service; use the answers kept from before, however old.")
]


def register(group: typer.Typer, finish: Finish) -> None:
    """Adds the commands to the ``evidence`` group."""
    group.command("add")(finish(evidence_add))
    group.command("verify")(finish(evidence_verify))
    group.command("find")(finish(evidence_find))


def evidence_add(
    identifiers: Annotated[list[str], typer.Argument(metavar="DOI|PMID...", help="DOIs or PMIDs of the works.")],
    offline: OfflineOption = False,
    format: ListFormatOption = "table",
    library: FolderOption = None,
) -> Outcome:
    """Add works by DOI or PMID: an entry in the bibliography and the beginning of a study file."""
    from claims.reporters.looked_up import render_added
    from claims.session import library_paths, parse_day, this_screen
    from evidence.lookup.adding import add, require_writable

    paths = library_paths(library)
    read = [_identifier(text) for text in identifiers]
    works = list(dict.fromkeys(work for work, _ in read))
    odd = tuple(said for _, said in read if said)
    require_writable(paths)
    desk = _desk(offline=offline)
    results = [add(paths, work, desk, today=parse_day(None)) for work in works]
    states = {result.state for result in results}
    silent = any(result.unavailable for result in results)
    code = 1 if "not-found" in states else 2 if silent else 0
    return Outcome(render_added(results, format, this_screen()), exit_code=code, complaints=(*odd, *_age(desk)))


def evidence_verify(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY]...", help="Bib keys; every reference when left out.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Pass over references checked on this date or later (YYYY-MM-DD).")
    ] = None,
    offline: OfflineOption = False,
    format: ListFormatOption = "table",
    library: FolderOption = None,
) -> Outcome:
    """Ask about every reference: does it exist, is it the work it says, was it corrected or retracted."""
    from claims.reporters.looked_up import render_verified
    from claims.session import library_paths, parse_day, show_count, this_screen
    from evidence.library import Library
    from evidence.lookup.adding import require_writable
    from evidence.lookup.verification_run import verify_library

    paths = library_paths(library)
    day = parse_day(since) if since else None
    content = Library.load(paths)
    require_writable(paths)
    desk = _desk(offline=offline)
    rows = verify_library(
        paths,
        content,
        desk,
        keys=keys or (),
        since=day,
        progress=lambda done, total: show_count("verifying references", done, total),
    )
    silent = any(row.unavailable for row in rows)
    code = 1 if any(row.is_problem for row in rows) else 2 if silent else 0
    return Outcome(render_verified(rows, format, this_screen()), exit_code=code, complaints=_age(desk))


def evidence_find(
    given: Annotated[
        str, typer.Argument(metavar="CLAIM-ID|PROPOSITION-ID|TEXT", help="What a study is looked for: an id or a text.")
    ],
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="At most this many candidates.")] = 10,
    offline: OfflineOption = False,
    format: ListFormatOption = "table",
    library: LibraryOption = None,
) -> Outcome:
    """Candidate works for a claim, a proposition or a text, from PubMed and OpenAlex, ranked with reasons."""
    from claims.candidates import plain_query, queries, question_about, rank
    from claims.query import read_collection
    from claims.reporters.looked_up import render_candidates
    from claims.session import open_library, this_screen
    from evidence.problems import UsageError

    collection = read_collection(open_library(library))
    question = question_about(collection, given)
    asked = queries(question, collection)
    if not asked:
        raise UsageError(f"'{given}' has no word to look for; give the id of a claim or proposition, or a sentence")
    desk = _desk(offline=offline)
    works, silent = _search(desk, asked, plain_query(question, collection), limit=3 * limit)
    found = rank(question, works, collection, limit=limit)
    text = render_candidates(question, found, format, this_screen())
    complaints = (*(str(unavailable) for unavailable in silent), *_age(desk))
    return Outcome(text, exit_code=2 if silent else 0, complaints=complaints)


def _search(desk: Desk, asked: tuple[str, ...], words: str, *, limit: int) -> tuple[list[Work], list[Unavailable]]:
    """What PubMed finds by the narrowest query that finds anything, and OpenAlex by the words; and who was silent."""
    from evidence.lookup import openalex, pubmed
    from evidence.lookup.outcomes import Found, Unavailable

    works: list[Work] = []
    silent: dict[str, Unavailable] = {}
    for query in asked:
        pmids = pubmed.search(desk, query, limit=limit)
        if isinstance(pmids, Unavailable):
            silent[pmids.service] = pmids
            break
        if isinstance(pmids, Found) and pmids.value:
            for outcome in pubmed.find_works(desk, pmids.value).values():
                if isinstance(outcome, Found):
                    works.append(outcome.value)
                elif isinstance(outcome, Unavailable):
                    silent[outcome.service] = outcome
            break
    found = openalex.search(desk, words, limit=limit)
    if isinstance(found, Found):
        works += found.value
    elif isinstance(found, Unavailable):
        silent[found.service] = found
    return works, list(silent.values())


def _identifier(text: str) -> tuple[Identifier, str | None]:
    """What is asked for, and what had to be mended to read it."""
    from evidence.identifiers import parse_identifier
    from evidence.problems import UsageError

    found = parse_identifier(text)
    if found is None or found.kind not in ("doi", "pmid"):
        raise UsageError(f"'{text}' is neither a DOI nor a PMID; write 10.1000/… or the digits of the PMID")
    odd = f"'{text}' was read as {found.value}: {found.oddity}" if found.oddity else None
    return ("doi" if found.kind == "doi" else "pmid", found.value), odd


def _desk(*, offline: bool) -> Desk:
    from claims.session import environment
    from evidence import __version__
    from evidence.lookup.desk import Desk
    from evidence.lookup.settings import read_settings

    return Desk(read_settings(environment(), offline=offline), version=__version__)


def _age(desk: Desk) -> tuple[str, ...]:
    """A line that says how old the oldest kept answer is, where one of another day was used."""
    from claims.session import parse_day

    if desk.oldest is None or desk.oldest.date() >= parse_day(None):
        return ()
    return (f"some answers were kept from before; the oldest is of {desk.oldest.date()}",)
