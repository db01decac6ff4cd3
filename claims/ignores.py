"""Comments that say which finding may stand, and why: ``<!-- claimwise-ignore EV003 -- reason until=2027-01-01 -->``.

Pure: the comments of a document are found, and its claims marked. A comment without a reason, without a rule or past
its day does nothing and is reported, and so is one that nothing here needs any more.
"""

from __future__ import annotations

import datetime as dt
import difflib
from bisect import bisect_left, bisect_right
from itertools import accumulate
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

import msgspec

from claims.checked_documents import CheckedDocument, Remark
from claims.repeats import replaced
from claims.selection import ALL, EVERY_CODE, INVALID_IGNORE, UNUSED_IGNORE, codes_of, unknown_word, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from claims.checked_claims import CheckedClaim
    from claims.documents import Document, Segment

IGNORE: Final = "claimwise-ignore"
IGNORE_FILE: Final = "claimwise-ignore-file"
COMMENTED: Final = frozenset({".md", ".markdown", ".html", ".htm"})
_OPEN: Final = "<!--"
_CLOSE: Final = "-->"
_DASHES: Final = frozenset({"--", "–", "—"})
_UNTIL: Final = "until="


class Directive(msgspec.Struct, frozen=True, kw_only=True):
    """What a comment asks for. ``words`` are its rules as written, ``until`` is the last day on which it holds.

    ``fault`` says why it does nothing; ``None`` when it is in order.
    """

    whole_file: bool
    words: tuple[str, ...] = ()
    reason: str = ""
    until: dt.date | None = None
    fault: str | None = None

    def fault_on(self, today: dt.date) -> str | None:
        """Why it does nothing on this day."""
        if self.fault is None and self.until is not None and today > self.until:
            return f"it expired on {self.until.isoformat()}, so what it ignored counts again"
        return self.fault


class Ignore(msgspec.Struct, frozen=True, kw_only=True):
    """A directive at its place. It reaches the claims that touch the span from ``start`` to ``end``."""

    directive: Directive
    line: int
    column: int
    start: int
    end: int


def read_directive(comment: str) -> Directive | None:
    """What the text of a comment asks for; ``None`` when it does not speak to us."""
    words = comment.split()
    if not words or not words[0].lower().startswith("claimwise"):
        return None
    keyword = words[0].lower()
    whole_file = keyword == IGNORE_FILE
    if keyword not in (IGNORE, IGNORE_FILE):
        near = difflib.get_close_matches(keyword, (IGNORE, IGNORE_FILE), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else f"; write '{IGNORE}' or '{IGNORE_FILE}'"
        return Directive(whole_file=False, fault=f"'{words[0]}' is no word of a comment for claimwise{hint}")
    days = [word for word in words if word.startswith(_UNTIL)]
    rest = [word for word in words[1:] if not word.startswith(_UNTIL)]
    cut = next((place for place, word in enumerate(rest) if word in _DASHES), len(rest))
    rules = tuple(dict.fromkeys(word for part in rest[:cut] for word in part.split(",") if word))
    reason = " ".join(rest[cut + 1 :])
    until, fault = _until(days)
    if not rules:
        fault = f"it names no rule; write '{keyword} CODE -- reason'"
    elif unknown_word(rules):
        fault = unknown_word(rules)
    elif not reason:
        fault = f"it gives no reason; write '{keyword} {' '.join(rules)} -- reason'"
    return Directive(whole_file=whole_file, words=rules, reason=reason, until=until, fault=fault)


def _until(days: Sequence[str]) -> tuple[dt.date | None, str | None]:
    if not days:
        return None, None
    try:
        return dt.date.fromisoformat(days[-1].removeprefix(_UNTIL)), None
    except ValueError:
        return None, f"'{days[-1]}' is not a date; write it as {_UNTIL}YYYY-MM-DD"


def noting(documents: Iterable[Document], found: dict[str, Sequence[Ignore]]) -> Iterator[Document]:
    """The documents, as they come; the comments of each that has any are added to ``found``, by its path."""
    for document in documents:
        ignores = find_ignores(document)
        if ignores:
            found[document.path] = ignores
        yield document


def ignores_of(documents: Iterable[Document]) -> dict[str, Sequence[Ignore]]:
    """The comments of documents, by path."""
    found: dict[str, Sequence[Ignore]] = {}
    for _ in noting(documents, found):
        pass
    return found


def find_ignores(document: Document) -> tuple[Ignore, ...]:
    """The comments of a Markdown, HTML or Word file that speak to us, each with what it reaches; none in code."""
    if document.comments:
        return tuple(_written(document))
    if PurePath(document.path).suffix.lower() not in COMMENTED or "claimwise" not in document.text.lower():
        return ()
    page = _Page(document)
    return tuple(found for start, end in _comments(document.text) if (found := page.placed(start, end)))


def _written(document: Document) -> Iterator[Ignore]:
    """The comments that people left in a Word file: each reaches the words it is about."""
    for comment in document.comments:
        directive = read_directive(comment.text)
        if directive is not None:
            line, column = document.position(comment.start)
            yield Ignore(directive=directive, line=line, column=column, start=comment.start, end=comment.end)


def _comments(text: str) -> Iterator[tuple[int, int]]:
    at = text.find(_OPEN)
    while at >= 0:
        end = text.find(_CLOSE, at + 4)
        if end < 0:
            return
        yield at, end + 3
        at = text.find(_OPEN, end + 3)


class _Page:
    """Where the blocks of a document stand, to tell which of them a comment is about."""

    def __init__(self, document: Document) -> None:
        self._document = document
        code = [segment for segment in document.segments if segment.kind == "code"]
        self._code = sorted(map(_span, code))
        self._blocks = sorted((*_span(s), s.kind) for s in document.segments if s.kind != "code")
        self._starts = [block[0] for block in self._blocks]

    def placed(self, start: int, end: int) -> Ignore | None:
        at = bisect_right(self._code, (start, len(self._document.text) + 1)) - 1
        if at >= 0 and self._code[at][1] > start:
            return None
        directive = read_directive(self._document.text[start + 4 : end - 3])
        if directive is None:
            return None
        line, column = self._document.position(start)
        begin, stop = self._reach(start, end)
        return Ignore(directive=directive, line=line, column=column, start=begin, end=stop)

    def _reach(self, start: int, end: int) -> tuple[int, int]:
        """A comment after words of its line: the claims of that block on that line, in a table those of the row.

        Any other: the rest of the block it stands in, or else the block that follows; a table is one block.
        """
        text = self._document.text
        line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
        line_end = min(place for sign in "\n\r" if (place := text.find(sign, end)) >= 0 or (place := len(text)))
        at = bisect_right(self._starts, start) - 1
        if at >= 0:
            first, last, kind = self._blocks[at]
            inside = last > start
            if last > line_start and (not inside or text[max(line_start, first) : start].strip()):
                if kind == "table-cell":
                    return line_start, line_end
                return max(line_start, first), min(line_end, last)
            if inside:
                return end, last
        if at + 1 == len(self._blocks):
            return end, end
        first, last, kind = self._blocks[at + 1]
        at += 2
        while kind == "table-cell" and at < len(self._blocks) and self._blocks[at][2] == kind:
            last = self._blocks[at][1]
            at += 1
        return first, last


def _span(segment: Segment) -> tuple[int, int]:
    return segment.begin, segment.end


def with_ignores(
    document: CheckedDocument, ignores: Sequence[Ignore], today: dt.date, reported: frozenset[str]
) -> CheckedDocument:
    """The document with its claims marked, and a remark for each comment that does nothing.

    ``reported`` are the codes that the check reports; a comment on any other is not called unused.
    """
    live = [ignore for ignore in ignores if not ignore.directive.fault_on(today)]
    used: list[set[str]] = []
    covering: dict[int, list[tuple[frozenset[str], str]]] = {}
    reach = _Reach(document.claims)
    for ignore in live:
        codes = codes_of(ignore.directive.words)
        used.append(set())
        for place in reach.of(ignore):
            hits = codes.intersection(hit.code for hit in document.claims[place].rules)
            if hits:
                used[-1] |= hits
                covering.setdefault(place, []).append((hits, ignore.directive.reason))
    claims: dict[int, CheckedClaim] = {}
    for place, covers in covering.items():
        covered = frozenset[str]().union(*(hits for hits, _ in covers))
        why = "; ".join(dict.fromkeys(reason for _, reason in covers))
        claims[place] = without(document.claims[place], covered, status="ignored", why=why)
    remarks = [
        _remark(ignore, INVALID_IGNORE, fault)
        for ignore in ignores
        if (fault := ignore.directive.fault_on(today)) and INVALID_IGNORE in reported
    ]
    if document.on_subject and document.sha256 is not None and UNUSED_IGNORE in reported:
        for ignore, found in zip(live, used, strict=True):
            idle = [word for word in ignore.directive.words if _idle(word, found, reported)]
            if idle:
                remarks.append(
                    _remark(ignore, UNUSED_IGNORE, f"no claim that it reaches falls under {', '.join(idle)}; remove it")
                )
    remarks.sort(key=lambda remark: (remark.line, remark.column))
    marked = replaced(document.claims, claims)
    return msgspec.structs.replace(document, claims=marked, remarks=(*document.remarks, *remarks))


class _Reach:
    """Which claims a comment reaches, by their numbers, without looking at every claim for every comment."""

    def __init__(self, claims: Sequence[CheckedClaim]) -> None:
        self._claims = claims
        self._order = sorted(range(len(claims)), key=lambda number: claims[number].start)
        self._starts = [claims[number].start for number in self._order]
        ends = (claims[number].end for number in self._order)
        self._furthest = list(accumulate(ends, max))  # where claims up to this one end at most

    def of(self, ignore: Ignore) -> Iterator[int]:
        if ignore.directive.whole_file:
            yield from self._order
            return
        at = bisect_left(self._starts, ignore.end) - 1
        while at >= 0 and self._furthest[at] > ignore.start:
            if self._claims[self._order[at]].end > ignore.start:
                yield self._order[at]
            at -= 1


def _idle(word: str, found: set[str], reported: frozenset[str]) -> bool:
    """Whether a rule of a comment is needed by no claim, though the check would report it."""
    codes = EVERY_CODE if word == ALL else codes_of((word,))
    return bool(codes & reported) and not codes & found


def _remark(ignore: Ignore, code: str, why: str) -> Remark:
    return Remark(code=code, message=why, severity="warning", line=ignore.line, column=ignore.column)
