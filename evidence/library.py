"""The evidence: references, studies and findings, cross-checked against each other.

``Library.load`` reads the text files, which are the truth. Nothing here knows a claim or a proposition.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.identifiers import standard_doi
from evidence.problems import LibraryError, Problem
from evidence.records import read_text, toml_files
from evidence.standing import Standing, standing_of
from evidence.studies import Finding, Study, load_study
from evidence.verification import load_verifications

if TYPE_CHECKING:
    from evidence.bibliography import Reference
    from evidence.paths import LibraryPaths
    from evidence.verification import Verification


class Library:
    """What the literature says. Immutable after construction; mappings are sorted by key.

    ``Library.open()`` reads the packaged library, ``Library.open(folder)`` another one. ``references`` and ``studies``
    are mappings by bib key, ``findings`` by finding id; ``reference``, ``study`` and ``finding`` read one of them.
    ``verifications`` holds what the services said of a work when they were last asked; ``standing`` sums that up.
    """

    def __init__(
        self,
        *,
        references: Mapping[str, Reference],
        studies: Mapping[str, Study],
        verifications: Mapping[str, Verification] | None = None,
    ) -> None:
        self.references: Mapping[str, Reference] = dict(sorted(references.items()))
        self.studies: Mapping[str, Study] = dict(sorted(studies.items()))
        self.verifications: Mapping[str, Verification] = dict(sorted((verifications or {}).items()))

    @property
    def findings(self) -> Mapping[str, Finding]:
        """Every finding by id, in the order of studies and of the findings in their files."""
        return self._all_findings

    @cached_property
    def _all_findings(self) -> dict[str, Finding]:
        return {finding.id: finding for study in self.studies.values() for finding in study.findings}

    @cached_property
    def journals(self) -> frozenset[str]:
        """The names under which articles of the bibliography appeared."""
        return frozenset(r.container for r in self.references.values() if r.kind == "article" and r.container)

    def reference(self, key: str) -> Reference:
        """The entry of the bibliography with this bib key. Raises KeyError for an unknown one."""
        return self.references[key]

    def study(self, key: str) -> Study:
        """The study record of this bib key. Raises KeyError for an unknown one."""
        return self.studies[key]

    def finding(self, finding_id: str) -> Finding:
        """The finding with this id, such as ``Murrough2013a.1``. Raises KeyError for an unknown one."""
        return self.findings[finding_id]

    def study_of(self, finding_id: str) -> Study:
        """The study of a finding; one from a snapshot may lack its findings. Raises KeyError for an unknown finding."""
        return self.studies[self.findings[finding_id].key]

    def bring(self, findings: Iterable[str]) -> None:
        """Reads together findings, with their studies, that will be asked for one by one; here all are at hand."""

    @cached_property
    def not_current(self) -> Mapping[str, Standing]:
        """How each work stands that was corrected, retracted or is under an expression of concern, by bib key."""
        return self._standings(sorted({*self.studies, *(key for key in self.verifications if key in self.references)}))

    def _standings(self, keys: Iterable[str]) -> dict[str, Standing]:
        standings = {key: standing_of(self.studies.get(key), self.verifications.get(key)) for key in keys}
        return {key: standing for key, standing in standings.items() if not standing.is_current}

    def standing(self, key: str) -> Standing:
        """How the work with this bib key stands today. Raises KeyError for one that is not in the library."""
        if key not in self.references and key not in self.studies:
            raise KeyError(key)
        return self.not_current.get(key) or standing_of(self.studies.get(key), self.verifications.get(key))

    def standing_of(self, finding_id: str) -> Standing:
        """How the work stands that a finding comes from. Raises KeyError for an unknown finding."""
        return self.standing(self.findings[finding_id].key)

    @classmethod
    def open(cls, folder: str | os.PathLike[str] | None = None) -> Library:
        """The library in ``folder``, ``None`` for the packaged one, from its text files.

        Raises UsageError when the folder holds no library, LibraryError with every unusable file and entry.
        """
        from evidence.paths import library_paths

        return cls.load(library_paths(None if folder is None else Path(folder)))

    @classmethod
    def load(cls, paths: LibraryPaths) -> Library:
        """The library from its text files. Raises LibraryError with every unusable file and entry."""
        from evidence.bibliography import read_bibliography

        problems: list[Problem] = []
        references: dict[str, Reference] = {}
        studies: dict[str, Study] = {}
        verifications: dict[str, Verification] = {}
        try:
            references, problems = read_bibliography(paths.bibliography, name=paths.name_of(paths.bibliography))
        except LibraryError as error:
            problems += error.problems
        try:
            files = toml_files(paths.studies, name=paths.name_of(paths.studies))
        except LibraryError as error:
            files, problems = [], [*problems, *error.problems]
        for path in files:
            try:
                study = load_study(path, name=paths.name_of(path))
                studies[study.bibkey] = study
            except LibraryError as error:
                problems += error.problems
        try:
            verifications = load_verifications(paths.verification, name=paths.name_of(paths.verification))
        except LibraryError as error:
            problems += error.problems
        if problems:
            raise LibraryError(*problems)
        return cls(references=references, studies=studies, verifications=verifications)


def cross_check(library: Library, paths: LibraryPaths) -> list[Problem]:
    """Where bibliography and study files part: a missing partner, or identifiers that differ."""
    bibliography = paths.name_of(paths.bibliography)
    problems = []
    for key, reference in library.references.items():
        if key not in library.studies:
            message = f"{key} has no study file"
            problems.append(
                _problem(bibliography, reference.line, "orphan-reference", message, f"add studies/{key}.toml")
            )
    for key, study in library.studies.items():
        file = paths.name_of(paths.studies / f"{key}.toml")
        partner = library.references.get(key)
        if partner is None:
            problems.append(_problem(file, 1, "orphan-study", f"{key} has no entry in {bibliography}", "add the entry"))
        elif study.doi is not None and standard_doi(study.doi) != partner.doi:
            message = f"DOI {study.doi} differs from {partner.doi or 'none'} in {bibliography}:{partner.line}"
            problems.append(_problem(file, _line(paths, key, "doi"), "doi-differs", message, "make them equal"))
    return problems + _strangers(library, paths)


def _strangers(library: Library, paths: LibraryPaths) -> list[Problem]:
    """Verified works that the bibliography does not have."""
    unknown = [key for key in library.verifications if key not in library.references]
    if not unknown:
        return []
    file, rows = paths.name_of(paths.verification), read_text(paths.verification).splitlines()
    lines = {row.partition("=")[2].strip().strip('"'): n for n, row in enumerate(rows, 1) if row.startswith("key")}
    cure = "remove the record, or add the entry"
    missing = f"is not in {paths.name_of(paths.bibliography)}"
    return [_problem(file, lines.get(key, 0), "verification", f"{key} {missing}", cure) for key in unknown]


def _line(paths: LibraryPaths, key: str, field: str) -> int:
    from evidence.records import line_of

    return line_of(read_text(paths.studies / f"{key}.toml"), f".{field}")


def _problem(file: str, line: int, code: str, message: str, cure: str) -> Problem:
    return Problem(file=file, line=line, code=code, message=message, cure=cure)
