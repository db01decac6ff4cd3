"""Splits the text of a segment into sentences, as spans that fit the text exactly.

A general segmenter does most of the work; rules of our own mend what it gets wrong in reports of studies:
abbreviations, units at the end of a sentence, and citation marks glued to a full stop.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import sentencex  # type: ignore[import-untyped]

from evidence.later import compiled_later

# The segmenter's time grows with the square of the text on unpaired quotes and signs, so it sees windows of it.
_WINDOW: Final = 2000
_REMEMBERED: Final = 4000  # characters of a text that is remembered: it is asked for more than once, and pages repeat
_MARGIN: Final = 200

# After these a sentence may go on with a small letter, a figure or a bracket.
# fmt: off
_JOINING: Final = frozenset({
    "approx.", "al.", "e.g.", "i.e.", "vs.", "cf.", "viz.", "no.", "nos.", "nr.", "dr.", "prof.", "mr.", "mrs.", "ms.",
    "st.", "jr.", "sr.", "fig.", "figs.", "tab.", "vol.", "vols.", "pp.", "p.", "ed.", "eds.", "ref.", "refs.", "eq.",
    "sect.", "chap.", "suppl.", "ca.", "est.", "max.", "avg.", "incl.", "excl.", "resp.", "u.s.", "u.s.a.", "u.k.",
    "e.u.", "inc.", "ltd.", "co.", "corp.", "dept.", "univ.", "i.v.", "i.m.", "p.o.", "s.c.", "ph.d.", "m.d.", "d.o.",
    "n.b.", "jan.", "feb.", "mar.", "apr.", "jun.", "jul.", "aug.", "sep.", "sept.", "oct.", "nov.", "dec.",
})
# fmt: on
# After these only with a small letter or a bracket: a figure may well begin the next sentence.
# fmt: off
_JOINING_UNITS: Final = frozenset({
    "etc.", "hr.", "hrs.", "min.", "mins.", "sec.", "secs.", "wk.", "wks.", "mo.", "mos.", "yr.", "yrs.", "a.m.",
    "p.m.", "kg.", "mg.",
})
# fmt: on
# After these always.
# fmt: off
_BINDING: Final = frozenset({
    "dr.", "prof.", "mr.", "mrs.", "ms.", "e.g.", "i.e.", "vs.", "cf.", "fig.", "figs.", "approx.", "ca.",
})
# fmt: on

_LAST_TOKEN: Final = compiled_later(r"[^\s(\[“\"‘']{1,12}$")
_WORD: Final = compiled_later(r"\w")
_LIST_NUMBER: Final = compiled_later(r"\(?\d{1,3}[.)]")
_CLOSERS: Final = compiled_later(r"[)\]”’»]{0,5}")
_MARK: Final = r"(?:\[\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,9}\]|[¹²³⁰⁴-⁹]{1,3}(?:[,⁻–-][¹²³⁰⁴-⁹]{1,3}){0,9})"
# Marks that follow a full stop belong to the sentence before.
_MARKS_AFTER: Final = compiled_later(
    rf"(?:\s?{_MARK}){{1,5}}(?=\s|$)|(?<=[”’)\"])\d{{1,3}}(?:[,–-]\d{{1,3}}){{0,9}}(?=\s|$)"
)
_GLUED: Final = compiled_later(
    rf"(?<=[^\W\d_][^\W\d_]|.[%)\]”’\"])[.!?][”’\"]?(?:{_MARK}|\d{{1,3}}(?:[,–-]\d{{1,3}}){{0,9}})\s+(?=[\"“‘(\[]?[^\W\d_])"
)
_UNIT_END: Final = compiled_later(
    r"(?<!\w)(?:(?<=\d\s)h|hrs?|mins?|secs?|wks?|mos?|yrs?|etc|[ap]\.m)\.[)”\"]?\s+(?=[\"“‘(]?[^\W\d_])"
)
_NOT_NEW: Final = compiled_later(r"(?:[ECMP][DS]?T|GMT|UTC|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)\b")
_ANSWER: Final = compiled_later(r"(?:No|Yes)\.\s+(?=[\"“‘]?[^\W\d_])")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` as (start, end) spans: in order, apart, without blanks around them.

    Every character that is no blank is in a span. A colon, a semicolon or a decimal point ends no sentence.
    """
    return list(_remembered(text) if len(text) <= _REMEMBERED else _split(text))


@lru_cache(maxsize=8192)
def _remembered(text: str) -> list[tuple[int, int]]:
    return _split(text)


def _split(text: str) -> list[tuple[int, int]]:
    cuts = {_past_marks(text, cut) for cut in _segment(text) if not _goes_on(text, cut)}
    cuts |= _missed(text)
    spans: list[tuple[int, int]] = []
    start = 0
    for cut in (*sorted(cuts), len(text)):
        if _LIST_NUMBER.fullmatch(text[start:cut].strip()) and cut < len(text):
            continue
        span = _trimmed(text, start, cut)
        if span and spans and not _WORD.search(text, *span):
            spans[-1] = (spans[-1][0], span[1])  # signs alone are no sentence
        elif span:
            spans.append(span)
        start = cut
    return spans


def _segment(text: str) -> list[int]:
    """Where the general segmenter begins a sentence; windows overlap so that none is judged by its cut-off end."""
    cuts: list[int] = []
    start = 0
    while True:
        window = text[start : start + _WINDOW]
        found = [start + boundary["end_index"] for boundary in sentencex.get_sentence_boundaries("en", window)]
        end = start + len(window)
        if end == len(text):
            return [cut for cut in (*cuts, *found) if cut < end]
        found = [cut for cut in found if cut <= end - _MARGIN]
        cuts += found
        half = start + _WINDOW // 2
        if found and found[-1] >= half:
            start = found[-1]
        else:
            blank = text.rfind(" ", half, end - _MARGIN)
            start = blank + 1 if blank >= 0 else end - _MARGIN


def _goes_on(text: str, cut: int) -> bool:
    """Whether the sentence does not end at ``cut`` after all."""
    end, begin = _around(text, cut)
    if begin == len(text):
        return False
    following = text[begin]
    if end == begin and text[end - 1 : end] == ".":
        return following.islower() or (following.isdigit() and text[end - 2 : end - 1].isdigit())
    found = _LAST_TOKEN.search(text, max(0, end - 12), end)
    token = found.group().lower() if found else ""
    if token in _BINDING or (token in ("a.m.", "p.m.") and _NOT_NEW.match(text, begin)):
        return True
    small = following.islower() or following == "("
    return (token in _JOINING and (small or following.isdigit())) or (token in _JOINING_UNITS and small)


def _past_marks(text: str, cut: int) -> int:
    """``cut``, or the place after the brackets, quotes and citation marks that still belong to the sentence."""
    end, begin = _around(text, cut)
    if end == begin:
        closers = _CLOSERS.match(text, end)
        end = closers.end() if closers else end
    marks = _MARKS_AFTER.match(text, end)
    return max(cut, _around(text, marks.end() if marks else end)[1])


def _missed(text: str) -> set[int]:
    """Ends of sentences that the general segmenter takes for something else."""
    cuts = set()
    for found in _GLUED.finditer(text):
        token = _LAST_TOKEN.search(text, max(0, found.start() - 11), found.start() + 1)
        known = token is not None and token.group().lower() in _JOINING | _BINDING
        if not known and _begins(text, found.end()):
            cuts.add(found.end())
    for found in _UNIT_END.finditer(text):
        if _begins(text, found.end()) and not _NOT_NEW.match(text, found.end()):
            cuts.add(found.end())
    for found in _ANSWER.finditer(text):
        before = (
            text[: found.start()].rstrip() if found.start() < 3 else text[found.start() - 3 : found.start()].rstrip()
        )
        if (not before or before.endswith((".", "!", "?", "”", '"'))) and _begins(text, found.end()):
            cuts.add(found.end())
    return cuts


def _begins(text: str, at: int) -> bool:
    return text[at : at + 2].lstrip('"“‘(')[:1].isupper()


def _around(text: str, cut: int) -> tuple[int, int]:
    """The end of the text before ``cut`` and the beginning of the text after it."""
    end = begin = cut
    while end > 0 and text[end - 1].isspace():
        end -= 1
    while begin < len(text) and text[begin].isspace():
        begin += 1
    return end, begin


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
