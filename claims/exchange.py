"""Parts of the library in formats of other programs: CSL JSON, schema.org ClaimReview, W3C Web Annotation.

Pure. No sentence of a source is in any of them: claims are told by their paraphrase and found by at most six words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from claims.reporters.as_json import to_json
from claims.standing import claim_as_it_stands

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.propositions import Verdict
    from claims.sources import Claim, Source
    from evidence.bibliography import Reference

# The types of CSL 1.0.2 that our entry types map to; a document is the generic one.
_CSL_TYPE: Final = {
    "article": "article-journal",
    "book": "book",
    "incollection": "chapter",
    "techreport": "report",
    "phdthesis": "thesis",
    "online": "webpage",
    "unpublished": "manuscript",
}
_PUBLISHED_BY: Final = frozenset({"book", "techreport", "phdthesis"})  # their container is who published them
_SUFFIXES: Final = frozenset({"Jr", "Sr", "II", "III", "IV"})
# Truth as a number, where the verdict is about truth: what nothing decides has none.
_RATING: Final[dict[Verdict, int]] = {"contradicted": 1, "overstated": 2, "vague": 3, "supported": 4}


def csl_json(collection: Collection) -> str:
    """The bibliography as a CSL JSON array, in the order of the bibliography."""
    return to_json([_csl(reference) for reference in collection.library.references.values()])


def claim_reviews(collection: Collection) -> str:
    """The curated claims as schema.org ClaimReview (JSON-LD), with the verdict as things stand."""
    graph = [_review(claim, source, collection) for source, claim in _claims(collection)]
    return to_json({"@context": "https://schema.org", "@graph": graph})


def web_annotations(collection: Collection) -> str:
    """The curated claims as W3C Web Annotations: the passage by position, its beginning by at most six words.

    Positions are code points of the source's text, the end exclusive.
    """
    items = [_annotation(claim, source, collection) for source, claim in _claims(collection)]
    page = {"@context": "http://www.w3.org/ns/anno.jsonld", "id": "#claims", "type": "AnnotationPage"}
    return to_json({**page, "items": items})


def _claims(collection: Collection) -> list[tuple[Source, Claim]]:
    return [(source, claim) for source in collection.sources.values() for claim in source.claims]


def _csl(reference: Reference) -> dict[str, Any]:
    container = "publisher" if reference.kind in _PUBLISHED_BY else "container-title"
    names = zip(reference.authors, reference.people, strict=True)
    values: dict[str, Any] = {
        "id": reference.key,
        "type": _CSL_TYPE.get(reference.kind, "document"),
        "title": reference.title.replace("{", "").replace("}", ""),
        "author": [
            *(_name(plain, whole=author.startswith("{")) for author, plain in names),
            *([{"literal": "others"}] if reference.more_authors else []),
        ],
        container: reference.container,
        "issued": {"date-parts": [[reference.year]]} if reference.year else None,
        "volume": reference.volume,
        "issue": reference.number,
        "page": reference.pages.replace("--", "-") if reference.pages else None,
        "DOI": reference.doi,
        "PMID": reference.pmid,
        "PMCID": reference.pmcid,
        "URL": reference.url,
        "note": reference.note,
    }
    return {name: value for name, value in values.items() if value}


def _name(name: str, *, whole: bool) -> dict[str, str]:
    family, comma, given = (part.strip() for part in name.partition(","))
    if whole or not comma:
        return {"literal": name}
    first, _, last = given.rpartition(" ")
    if first and last.rstrip(".") in _SUFFIXES:
        return {"family": family, "given": first.rstrip(","), "suffix": last}
    return {"family": family, "given": given}


def _review(claim: Claim, source: Source, collection: Collection) -> dict[str, Any]:
    stands = claim_as_it_stands(claim, collection.library)
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": stands.verdict}
    if stands.verdict in _RATING:
        rating |= {"ratingValue": _RATING[stands.verdict], "worstRating": 1, "bestRating": max(_RATING.values())}
    keys = dict.fromkeys(collection.library.findings[link.finding].key for link in claim.evidence)
    return {
        "@type": "ClaimReview",
        "@id": f"#{quote(claim.id)}",
        "identifier": claim.id,
        "author": {"@type": "Organization", "name": collection.manifest.title},
        "datePublished": source.curated.isoformat(),
        "claimReviewed": claim.paraphrase,
        "reviewBody": stands.reason,
        "reviewRating": rating,
        "itemReviewed": {
            "@type": "Claim",
            "text": claim.paraphrase,
            "author": {"@type": "Organization", "name": source.publisher},
            "appearance": {
                "@type": "CreativeWork",
                "name": source.title,
                **({"datePublished": source.date.isoformat()} if source.date else {}),
            },
        },
        "citation": [_citation(collection.library.references[key]) for key in keys],
    }


def _citation(reference: Reference) -> dict[str, str]:
    work = {"@type": "CreativeWork", "identifier": reference.key, "name": reference.citation}
    return {**work, "sameAs": f"https://doi.org/{quote(reference.doi)}"} if reference.doi else work


def _annotation(claim: Claim, source: Source, collection: Collection) -> dict[str, Any]:
    stands = claim_as_it_stands(claim, collection.library)
    return {
        "id": f"#{quote(claim.id)}",
        "type": "Annotation",
        "motivation": "assessing",
        "body": [
            {"type": "TextualBody", "purpose": "classifying", "format": "text/plain", "value": stands.verdict},
            {"type": "TextualBody", "purpose": "commenting", "format": "text/plain", "value": stands.reason},
        ],
        "target": {
            "source": quote(source.file),
            "selector": [
                {"type": "TextQuoteSelector", "exact": claim.anchor},
                {"type": "TextPositionSelector", "start": claim.start, "end": claim.end},
            ],
        },
    }
