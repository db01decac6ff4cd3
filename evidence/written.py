"""Takes apart a reference as people write it: identifiers, years, the words that are left.

No style is assumed. Where title, authors and journal stand is found later, by comparing with works that are known.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from evidence.identifiers import standard_doi, standard_nct, standard_pmcid, standard_pmid
from evidence.words import Word, words_of

# Of a longer text only this much, in characters, is looked at; no reference is as long.
LONGEST: Final = 1500
_DOI: Final = re.compile(r"10\.\d{4,9}/[^\s\"<>\[\]{}|\\^`]+", re.IGNORECASE)
_PMID: Final = re.compile(r"(?:\bpmid\s?:?\s{0,3}|pubmed\.ncbi\.nlm\.nih\.gov/|/pubmed/)(\d{1,9})\b", re.IGNORECASE)
_PMCID: Final = re.compile(r"\bPMC\d{4,9}\b", re.IGNORECASE)
_NCT: Final = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)
_URL: Final = re.compile(r"\bhttps?://[^\s<>\"]+|\bwww\.[^\s<>\"]+|\bdoi\s?:|\bdoi\b", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?<![\d–:-])(?:18|19|20)\d\d(?=[a-z]?\b)(?!\s?[–-]\s?\d{3})")
# What publishers add to a DOI in the path of a page.
_PATHS: Final = re.compile(r"/(?:full|abstract|pdf|epdf|meta|html|fulltext|summary)(?:/.*)?$|\.pdf$", re.IGNORECASE)


def trim_doi(found: str) -> str | None:
    """A DOI cut out of running text, in standard form, without the marks and path words that follow it."""
    doi = found.split("?")[0].split("#")[0].split("&")[0]
    doi = doi.rstrip(".,;:!'”’\"*_")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:")
    return standard_doi(_PATHS.sub("", doi))


class Written:
    """One reference as written. ``words`` leaves identifiers and links out; places count in ``text``."""

    def __init__(self, text: str) -> None:
        self.text = text[:LONGEST]
        dois = (trim_doi(found.group()) for found in _DOI.finditer(self.text))
        self.dois = tuple(dict.fromkeys(doi for doi in dois if doi))
        self.pmids = _all(standard_pmid, _PMID.findall(self.text))
        self.pmcids = _all(standard_pmcid, _PMCID.findall(self.text))
        self.ncts = _all(standard_nct, _NCT.findall(self.text))
        masked = self.text
        for pattern in (_URL, _DOI, _PMID, _PMCID):
            masked = pattern.sub(lambda found: "|" * len(found.group()), masked)
        self.masked = masked

    @cached_property
    def words(self) -> list[Word]:
        return words_of(self.masked)

    def years(self, outside: tuple[int, int] = (0, 0)) -> tuple[int, ...]:
        """The years written, except between the two places."""
        found = _YEAR.finditer(self.masked)
        return tuple(dict.fromkeys(int(y.group()) for y in found if not outside[0] <= y.start() < outside[1]))


def _all(standard: object, found: list[str]) -> tuple[str, ...]:
    assert callable(standard)
    return tuple(dict.fromkeys(value for value in map(standard, found) if value))
