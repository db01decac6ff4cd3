"""Exports for reference managers, fact-check feeds and annotation tools: read back, and true to the library."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from claims.collection import Collection
from claims.commands.library import ExportFormat
from claims.exchange import claim_reviews, csl_json, web_annotations
from claims.export import FORMATS, TABLES, export
from evidence.bibliography import Reference
from evidence.importing.csl import read_csl
from tests.conftest import SMALL, TEXTS, Invoke
from tests.test_cli import EXPECTED

EXPORTS = ("csl", "claimreview", "annotations", "csv-excel")
# What a reference manager's file says of a work, and our bibliography as well.
SHARED = ("kind", "container", "year", "volume", "number", "doi", "pmid", "pmcid", "url")


@pytest.mark.parametrize("form", EXPORTS)
def test_exports_are_as_recorded(claimwise: Invoke, form: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    target = tmp_path / "export"
    done = claimwise("library", "export", "--format", form, "--library", SMALL, "--output", target)
    assert done.exit_code == 0
    told = target.read_text(encoding="utf-8")
    file = EXPECTED / f"export.{form}"
    if request.config.getoption("--record"):
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")


def test_every_export_is_offered() -> None:
    assert ExportFormat.__args__ == FORMATS  # type: ignore[attr-defined]


def test_csl_json_reads_back_as_the_same_works(real: Collection) -> None:
    works = read_csl(csl_json(real), file="export.json")
    assert works.problems == ()
    assert len(works.references) == len(real.library.references)
    for reference, back in zip(real.library.references.values(), works.references, strict=True):
        for field in SHARED:
            assert getattr(back, field) == getattr(reference, field), (reference.key, field)
        assert back.title.rstrip(".") == reference.title.rstrip(".")
        names = tuple(name.replace(", Jr", " Jr") for name in reference.authors)  # the suffix is a field of its own
        assert back.authors == names[: len(back.authors)]
        assert back.more_authors == (reference.more_authors or len(reference.authors) > len(back.authors))


def test_csl_names_keep_their_parts(small: Collection) -> None:
    items = {item["id"]: item for item in json.loads(csl_json(small))}
    assert items["FDA2023CompoundedKetamine"]["author"] == [{"literal": "U.S. Food and Drug Administration"}]
    assert items["Zarate2006"]["author"][0] == {"family": "Zarate", "given": "Carlos A.", "suffix": "Jr"}
    assert items["Murrough2013a"]["page"] == "1134-1142"
    assert items["Murrough2013a"]["issued"] == {"date-parts": [[2013]]}


def test_a_rating_stands_only_where_truth_was_judged(small: Collection) -> None:
    graph = json.loads(claim_reviews(small))["@graph"]
    ratings = {review["identifier"]: review["reviewRating"] for review in graph}
    assert set(ratings) == set(small.claims)
    assert ratings["b-003"] == {
        "@type": "Rating", "alternateName": "contradicted", "ratingValue": 1, "worstRating": 1, "bestRating": 4,
    }  # fmt: skip
    assert ratings["b-004"] == {"@type": "Rating", "alternateName": "promotional"}
    cited = [work for review in graph for work in review["citation"] if "sameAs" in work]
    assert all(work["sameAs"].startswith("https://doi.org/10.") for work in cited)


def test_annotations_find_their_passages_in_the_text(small: Collection) -> None:
    page = json.loads(web_annotations(small))
    assert (page["@context"], page["type"]) == ("http://www.w3.org/ns/anno.jsonld", "AnnotationPage")
    assert len(page["items"]) == len(small.claims)
    for item in page["items"]:
        text = (TEXTS / item["target"]["source"]).read_bytes().decode()
        quote, position = item["target"]["selector"]
        assert (quote["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")
        assert text[position["start"] : position["end"]].startswith(quote["exact"])
        assert len(quote["exact"].split()) <= 6


def test_exports_hold_no_sentence_of_a_source(real: Collection) -> None:
    for item in json.loads(web_annotations(real))["items"]:
        assert len(item["target"]["selector"][0]["exact"].split()) <= 6


@pytest.mark.parametrize("table", TABLES)
def test_excel_gets_its_byte_order_mark_and_no_formula(small: Collection, table: str) -> None:
    told = export(small, kind="csv-excel", table=table)
    assert told == f"\ufeff{export(small, kind='csv', table=table)}"
    assert all(not cell.startswith(("=", "@", "\t")) for row in csv.reader(io.StringIO(told[1:])) for cell in row)


def test_a_hostile_library_stays_data(small: Collection) -> None:
    evil = "=cmd|'/c x'!A1 </script><script>alert(1)</script> \x1b[31m\n@article{x, ER  - "
    hostile: dict[str, Any] = {
        "title": evil, "authors": (evil, "Example, Ann"), "container": evil, "note": evil,
        "doi": "10.5555/<x> \"y\"", "url": "javascript:alert(1)",
    }  # fmt: skip
    reference = msgspec.structs.replace(small.library.references["Murrough2013a"], **hostile)
    small.library.references["Murrough2013a"] = reference  # type: ignore[index]
    for kind in FORMATS:
        told = export(small, kind=kind, table="references")
        match kind:
            case "csv" | "csv-excel":
                (row,) = (r for r in csv.DictReader(io.StringIO(told.lstrip("\ufeff"))) if r["key"] == reference.key)
                assert row["title"].startswith("'=cmd")
                assert row["authors"].startswith("'=cmd")
            case "ris":
                assert told.count("\nER  - ") == 3
            case "bibtex":
                assert told.count("\n@") == 2
            case _:
                assert json.loads(told)
    assert "https://doi.org/10.5555/%3Cx%3E%20%22y%22" in claim_reviews(small)


def test_a_reference_with_nothing_but_a_title_can_be_exported(small: Collection) -> None:
    bare = Reference(key="Example2020", kind="misc", title="A plainly invented work", more_authors=True)
    small.library.references["Example2020"] = bare  # type: ignore[index]
    assert json.loads(csl_json(small))[-1] == {
        "id": "Example2020", "type": "document", "title": "A plainly invented work", "author": [{"literal": "others"}],
    }  # fmt: skip
