"""What documents cite, as lines a person can scan, or as JSON (schema ``claimwise/citations/1``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen, clean, plural, shorten

if TYPE_CHECKING:
    from claims.citing import Citation
    from claims.documents import Document
    from evidence.library import Library

SCHEMA: Final = "claimwise/citations/1"
_FIELDS: Final = (
    "text", "start", "end", "kind", "status", "reference", "doi", "pmid", "score", "reason", "candidates",
)  # fmt: skip
_STYLE: Final = {"resolved": "supported", "ambiguous": "overstated", "unresolved": "error"}
_SHOWN: Final = 90  # characters of a citation's own words

Cited = Sequence[tuple["Document", Sequence["Citation"]]]


def render_citations(cited: Cited, form: str, library: Library, screen: Screen) -> str:
    """The citations of each document in the order given."""
    if form == "json":
        documents = [
            {"path": document.path, "citations": [{f: getattr(c, f) for f in _FIELDS} for c in citations]}
            for document, citations in cited
        ]
        return to_json({"schema": SCHEMA, "documents": documents})
    return "\n\n".join("\n".join(_document(*pair, library, screen)) for pair in cited) or "no document was read"


def _document(document: Document, citations: Sequence[Citation], library: Library, screen: Screen) -> Iterator[str]:
    counts: Counter[str] = Counter(citation.status for citation in citations)
    told = ", ".join(f"{counts[status]} {status}" for status in _STYLE if counts[status])
    yield screen.style(
        f"{clean(document.path)}: {plural(len(citations), 'citation')}{f' ({told})' if told else ''}", "bold"
    )
    for citation in citations:
        line, column = document.position(citation.start)
        place = document.place(citation.start) or f"{line}:{column}"
        words = shorten(" ".join(clean(citation.text).split()), _SHOWN)
        yield f"  {place}  {screen.style(citation.status, _STYLE[citation.status])}  {citation.kind}  {words}"
        for key in [citation.reference] if citation.reference else citation.candidates:
            mark = "" if citation.reference else "? "
            yield screen.wrap(f"{mark}{key}: {library.references[key].brief}", indent=8, first=" " * 6)
        yield screen.wrap(citation.reason, indent=8, first=" " * 6)
