"""The page of each rule: what its code checks, why that matters, an example, and what the rule does not see.

Read from ``claims/data/rules``, one file a rule. No check reads them: the codes and names that a check needs stand in
``verdicts.py``, and a test holds the two together.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

from claims.propositions import Verdict
from claims.verdicts import Severity
from evidence.problems import LibraryError, Problem, UsageError
from evidence.records import Record, load_record, toml_files

Family = Literal["evidence", "vague", "conflict", "references", "promotion", "unchecked"]
# claim: with a claim's verdict; curated: with the verdict of a claim that a curator read, in new copy not yet;
# conflict: as the kind of a conflict between claims; unchecked: as a reason why something was not checked;
# comment: of a comment that would ignore a rule; reserved: not yet.
Reported = Literal["claim", "curated", "conflict", "unchecked", "comment", "reserved"]

RULES_FOLDER: Final = Path(__file__).parent / "data" / "rules"
# The beginning of a code names its family; families stand in this order.
FAMILIES: Final[Mapping[str, Family]] = {
    "EV": "evidence",
    "VG": "vague",
    "CF": "conflict",
    "RF": "references",
    "PR": "promotion",
    "CK": "unchecked",
}
_NEAR: Final = 3


class Example(Record, frozen=True, kw_only=True):
    """A text that falls under the rule; ``verdict`` is ``None`` where the rule is not about one claim's verdict."""

    text: str
    verdict: Verdict | None = None
    because: str


class RulePage(Record, frozen=True, kw_only=True):
    """Everything a reader may ask about a rule.

    ``severity`` is the default; ``checks`` is one sentence without its capital and its full stop. ``better`` is a
    wording of the packaged proposition ``carried_by``, or what to do where that is ``None``. A source ends with its key
    in the packaged bibliography, in brackets.
    """

    code: str
    name: str
    family: Family
    severity: Severity
    reported: Reported
    checks: str
    why: str
    example: Example
    better: str
    carried_by: str | None = None
    known_misses: tuple[str, ...]
    sources: tuple[str, ...]


def load_rules(folder: Path = RULES_FOLDER) -> tuple[RulePage, ...]:
    """All pages, by family and code. Raises LibraryError with every problem found."""
    pages: list[RulePage] = []
    problems: list[Problem] = []
    for path in toml_files(folder, name=folder.name):
        name = f"{folder.name}/{path.name}"
        try:
            page = load_record(path, RulePage, name=name)
        except LibraryError as error:
            problems += error.problems
            continue
        pages.append(page)
        if page.code != path.stem:
            problems.append(_problem(name, f"holds the rule {page.code}", "name the file after the code"))
        if FAMILIES.get(page.code[:2]) != page.family:
            problems.append(
                _problem(name, f"{page.code} is no code of the family {page.family}", "correct one of them")
            )
    if problems:
        raise LibraryError(*problems)
    order = list(FAMILIES)
    return tuple(sorted(pages, key=lambda page: (order.index(page.code[:2]), page.code)))


def find_rule(pages: Iterable[RulePage], wanted: str) -> RulePage:
    """The rule with this code or name, case ignored. Raises UsageError with the nearest codes when there is none."""
    by_word = {word: page for page in pages for word in (page.code.lower(), page.name)}
    found = by_word.get(wanted.strip().lower())
    if found is None:
        near = difflib.get_close_matches(wanted.strip().lower(), by_word, n=_NEAR)
        codes = ", ".join(dict.fromkeys(by_word[word].code for word in near))
        hint = f"did you mean {codes}?" if codes else "'claimwise rule' lists all"
        raise UsageError(f"no rule has the code '{wanted}'; {hint}")
    return found


def _problem(file: str, message: str, cure: str) -> Problem:
    return Problem(file=file, code="rule", message=message, cure=cure)
