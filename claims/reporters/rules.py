"""The rules as a list and as pages: text, JSON, and the Markdown that ``docs/rules.md`` is made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec

from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen
from claims.rules import Family, Reported, RulePage

_TITLES: Final[dict[Family, str]] = {
    "evidence": "EV: what the evidence says",
    "vague": "VG: what the claim leaves out",
    "conflict": "CF: claims that cannot all hold",
    "references": "RF: the works behind a claim",
    "promotion": "PR: how copy promotes",
    "unchecked": "CK: what could not be checked",
}
_REPORTED: Final[dict[Reported, str]] = {
    "claim": "reported with a claim's verdict",
    "curated": "reported with the verdict of curated claims, in new copy not yet",
    "conflict": "reported as the kind of a conflict between claims",
    "unchecked": "reported as the reason why something was not checked",
    "comment": "reported of a comment that would ignore a rule",
    "reserved": "reserved: not reported yet",
}
_MARK: Final[dict[Reported, str]] = {"curated": " (curated claims only)", "reserved": " (reserved)"}
_LABEL: Final = 9
_INTRODUCTION: Final = """\
# Rules

Made by `claimwise rule --format markdown` from `claims/data/rules`; a test compares them, so change the data.

What `claimwise check` and `claimwise report` find falls under these rules. A code never changes its meaning and is
never given to another rule. The severity is the usual one; what only a clinic itself can show is a note. An example
shows what a rule is for and the verdict it deserves, not that new copy is sure to be caught: `claimwise evaluate`
measures that. Codes of what was not checked (CK001, CK003) are not printed yet: there the reason stands.

`--select` and `--ignore`, or the settings of a project, choose what is reported ([configuration.md](configuration.md));
RF008 is off unless it is selected. Comments can ignore a rule at one place ([old-copy.md](old-copy.md)).

`claimwise rule CODE` prints one page. With `--format json` the list is
`{"schema": "claimwise/rules/1", "rules": [...]}` and a page `{"schema": "claimwise/rule/1", "rule": {...}}`; the keys
are those of the data files.
"""


def render_rules(pages: Sequence[RulePage], form: str, screen: Screen) -> str:
    """The list of rules; as Markdown the list and every page."""
    match form:
        case "json":
            return to_json({"schema": "claimwise/rules/1", "rules": [_whole(page) for page in pages]})
        case "markdown":
            return "\n".join(
                [_INTRODUCTION, *_index(pages), *(f'\n<a id="{page.code}"></a>\n\n{_markdown(page)}' for page in pages)]
            )
        case _:
            return "\n".join(_list(pages, screen))


def render_rule(page: RulePage, form: str, screen: Screen) -> str:
    """One rule's page."""
    match form:
        case "json":
            return to_json({"schema": "claimwise/rule/1", "rule": _whole(page)})
        case "markdown":
            return _markdown(page)
        case _:
            return "\n".join(_page(page, screen))


def _whole(page: RulePage) -> dict[str, object]:
    """Every key, also where the value is the default, so that the shape does not change from rule to rule."""
    return {**msgspec.structs.asdict(page), "example": msgspec.structs.asdict(page.example)}


def _list(pages: Sequence[RulePage], screen: Screen) -> list[str]:
    widest = max((len(page.name) for page in pages), default=0)
    lines: list[str] = []
    for family, group in groupby(pages, key=lambda page: page.family):
        lines += ["", screen.style(_TITLES[family], "bold")]
        for page in group:
            head = f"{page.code}  {page.name.ljust(widest)}  {page.severity.ljust(len('warning'))}  "
            lines.append(screen.wrap(f"{page.checks}{_mark(page)}", indent=len(head), first=head))
    return lines[1:]


def _page(page: RulePage, screen: Screen) -> list[str]:
    verdict = f"deserves {page.example.verdict}: " if page.example.verdict else ""
    return [
        screen.style(f"{page.code} {page.name}", "bold"),
        screen.wrap(f"{page.severity} by default, {_REPORTED[page.reported]}"),
        "",
        _part(screen, "checks", _sentence(page.checks)),
        _part(screen, "why", page.why),
        _part(screen, "example", f"“{page.example.text}”"),
        _part(screen, "", f"{verdict}{page.example.because}"),
        _part(screen, "better", f"“{page.better}”" if page.carried_by else page.better),
        *([_part(screen, "", f"carried by the proposition {page.carried_by}")] if page.carried_by else []),
        *(_part(screen, "" if number else "misses", miss) for number, miss in enumerate(page.known_misses)),
        *(_part(screen, "" if number else "sources", source) for number, source in enumerate(page.sources)),
    ]


def _part(screen: Screen, label: str, text: str) -> str:
    return screen.wrap(text, indent=_LABEL, first=label)


def _index(pages: Sequence[RulePage]) -> list[str]:
    rows = [
        f"| [{page.code}](#{page.code}) | {page.name} | {page.severity} | {page.checks}{_mark(page)} |"
        for page in pages
    ]
    return ["| code | name | severity | checks |", "| --- | --- | --- | --- |", *rows]


def _markdown(page: RulePage) -> str:
    because = page.example.because
    better = f"> {page.better}\n\n(`{page.carried_by}`)" if page.carried_by else page.better
    lines = [
        f"## {page.code} {page.name}",
        "",
        f"{page.severity} by default, {_REPORTED[page.reported]}.",
        "",
        f"**What it checks.** {_sentence(page.checks)}",
        "",
        f"**Why it matters.** {page.why}",
        "",
        "**Example.**",
        "",
        f"> {page.example.text}",
        "",
        f"Deserves **{page.example.verdict}**: {because}." if page.example.verdict else _sentence(because),
        "",
        "**Better.**",
        "",
        better,
        "",
        "**Known misses.**",
        "",
        *(f"- {miss}" for miss in page.known_misses),
    ]
    if page.sources:
        lines += ["", "**Sources.**", "", *(f"- {source}" for source in page.sources)]
    return "\n".join(lines)


def _mark(page: RulePage) -> str:
    """What a list says after a rule that new copy is not held against yet; nothing for the others."""
    return _MARK.get(page.reported, "")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
