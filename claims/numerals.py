"""The tokens of a text: numbers put together, phrases known, and names that hold digits set aside.

One pass, from left to right, with a fixed look to either side. What the tokens say together is for
``claims/quantities.py``.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from claims.quantity_words import NOTHING, Entry, vocabulary

Form = Literal["word", "symbol", "number", "ordinal", "decade", "date", "opaque", "end"]
Piece = tuple[int, int, str, str | None]  # start, end, text, which alternative of _PIECE

# Beyond these a run of digits is no figure, and reading it as one costs more than it is long.
_LONGEST: Final = 18
_LARGEST: Final = 1e15
_CLOSERS: Final = frozenset(").,;”\"'’]")
_MARKS: Final = frozenset("_@^\\*#")
_DASHES: Final = frozenset("-–−‐‑‒")  # not the long one: what it joins are sentences
_LISTING: Final = frozenset(",;-–") | {"and"}
_GROUP_SPACES: Final = frozenset("\u00a0\u2007\u2009\u202f")
_JOINS: Final = frozenset({"to", "or", "and", "in_ratio"})

_PIECE: Final = re.compile(
    r"(?P<date>(?<![0-9/-])(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{4}|[0-9]{2}))(?![0-9/-]))"
    # telephone numbers, times and proportions (2:1), and the idiom
    r"|(?P<opaque>(?:\+?[0-9]{1,2}[ .-])?(?:\([0-9]{3}\) ?|[0-9]{3}[ .-])[0-9]{3}[ .-][0-9]{4}(?![0-9])"
    r"|\+[0-9]{1,3}(?:[ -][0-9]{2,4}){2,5}|[0-9]{1,3}(?::[0-9]{1,3})+(?![0-9])|24/7(?![0-9]))"
    r"|(?P<number>[0-9]+(?:,[0-9]{3}(?![0-9]))*(?:[.·][0-9]+)*)"
    r"|(?P<word>[^\W0-9_]+(?:['’][^\W0-9_]+)*)"
    r"|(?P<symbol>[^\w\s]|_)"
)
_ADDRESS: Final = re.compile(r"://|@|www\.|doi:|10\.[0-9]{4}")
_CHUNK: Final = re.compile(r"\S+")


class Token(msgspec.Struct, frozen=True, gc=False):
    """One number, word, phrase or sign. ``value`` is a number's; ``factor`` is the million inside it."""

    start: int
    end: int
    form: Form
    text: str
    entry: Entry = NOTHING
    value: float = 0.0
    factor: float = 1.0
    digits: bool = False


def tokenize(text: str) -> list[Token]:
    """The tokens of ``text`` in order, between end tokens, so that looking back and ahead needs no care."""
    reader = _Reader(text)
    raw, out, step = reader.raw, reader.out, reader.step
    entries, heads = reader.words.entries.get, reader.words.heads
    i = 0
    while i < len(raw) - 3:
        start, end, word, form = raw[i]
        if form == "word" and (low := word.lower()) not in heads:  # nine in ten pieces
            out.append(Token(start, end, "word", word, entries(low, NOTHING)))
            i += 1
        else:
            i = step(i)
    return out + [Token(len(text), len(text), "end", "")] * 4


class _Reader:
    """One pass over the pieces of a text: ``step`` turns what stands at one into tokens, and says where to go on."""

    def __init__(self, text: str) -> None:
        # An address becomes a word of the same length: offsets stay, its digits are gone.
        self.text = _CHUNK.sub(_without_address, text) if _ADDRESS.search(text) else text
        self.raw: list[Piece] = [(*m.span(), m.group(), m.lastgroup) for m in _PIECE.finditer(self.text)]
        self.raw += [(len(text) + 9, len(text) + 9, "", None)] * 3
        self.words = vocabulary()
        self.out: list[Token] = [Token(-9, -9, "end", "")] * 2

    def step(self, i: int) -> int:
        start, end, text, form = self.raw[i]
        if form == "number":
            return self._number(i)
        if form == "opaque":
            return self._opaque(i)
        if form == "date":
            year = text[:4] if text[4] == "-" else text.rpartition("/")[2]
            century = 0 if len(year) == 4 else 1900 if year > "40" else 2000
            self.out.append(Token(start, end, "date", text, value=century + float(year)))
            return i + 1
        return self._word(i)

    def _word(self, i: int) -> int:
        start, _, text, _ = self.raw[i]
        word = text.lower()
        if word in ("(", "[") and (after := self._citation(i)):
            return after
        for parts in self.words.longer.get((word, self.raw[i + 1][2].lower()), ()):
            last = i + len(parts) - 1
            if last < len(self.raw) and all(self.raw[i + k][2].lower() == parts[k] for k in range(2, len(parts))):
                entry = self.words.entries[" ".join(parts)]
                if entry.suffix is None or entry.bound or not self._is_figure(last + 1):
                    return self._emit(start, self.raw[last][1], entry, last + 1)
        entry = self.words.entries.get(word, NOTHING)
        if entry.number is not None or ("article" in entry.roles and self._entry(i + 1).scale):
            return self._spoken(i)
        return self._emit(start, self.raw[i][1], entry, i + 1)

    def _is_figure(self, i: int) -> bool:
        """Whether a number follows, so that the words before bound it: "and over 300", "or more than ten"."""
        entry = self._entry(i)
        number = self.raw[i][3] == "number" or entry.number is not None or entry.currency is not None
        return number or "than" in self.raw[i][2]

    def _emit(self, start: int, end: int, entry: Entry, after: int) -> int:
        text = self.text[start:end]
        if entry.number is not None:
            self.out.append(Token(start, end, "number", text, value=entry.number))
        else:
            self.out.append(Token(start, end, "word" if text[0].isalpha() else "symbol", text, entry))
        return after

    def _entry(self, i: int) -> Entry:
        return self.words.entries.get(self.raw[i][2].lower(), NOTHING)

    def _opaque(self, i: int, start: int | None = None) -> int:
        """A name or number that says no amount, with all that is joined to it."""
        begin, end = self.raw[i][0] if start is None else start, self.raw[i][1]
        i += 1
        while self.raw[i][0] == end and (self.raw[i][3] in ("word", "number") or self._hyphen(i, end)):
            end, i = self.raw[i][1], i + 1
        self.out.append(Token(begin, end, "opaque", ""))
        return i

    def _hyphen(self, i: int, end: int) -> bool:
        """Whether a hyphen joins what ends at ``end`` to the piece after it."""
        start, after, text, _ = self.raw[i]
        return start == end and text in _DASHES and self.raw[i + 1][0] == after

    def _is_name(self, start: int) -> bool:
        """Whether what stands before a number makes a name or a footnote of it: B12, F-16, "mood.3"."""
        before, last = self.out[-2:]
        if last.end != start:
            return False
        if last.form == "word":
            return last.entry.currency is None
        if last.form in ("opaque", "date") or last.text in _MARKS:
            return True
        if before.end != last.start or not (before.form in ("word", "opaque") or before.text in _CLOSERS):
            return False
        if last.text in _DASHES:
            return before.form != "word" or not _joins(before.entry)
        return last.text in _CLOSERS

    def _names(self, i: int, end: int) -> bool:
        """Whether a hyphen and an unknown word after a number make a name of it: 5-HT, one-off, 14'er."""
        if self.raw[i][2] in ("'", "’") and self.raw[i][0] == end:
            return self.raw[i + 1][3] == "word" and self.raw[i + 1][0] == self.raw[i][1]
        if not self._hyphen(i, end) or self.raw[i + 1][3] != "word" or _joins(self._entry(i + 1)):
            return False
        pair = (self.raw[i + 1][2].lower(), self.raw[i + 2][2].lower())
        return not any(self.words.entries[" ".join(parts)].unit for parts in self.words.longer.get(pair, ()))

    def _number(self, i: int) -> int:
        start, end, text, _ = self.raw[i]
        point = self.out[-1].text == "." and self.out[-1].end == start  # .05
        odd = len(text) > _LONGEST or text.count(".") + text.count("·") + point > 1
        if odd or self._is_name(start) or self._is_marker(i) or self._is_chain(i):
            return self._opaque(i)
        if point:
            start, text = self.out.pop().start, "." + text
        elif text[0] == "0" and text[1:2].isdigit():
            return self._opaque(i)
        i += 1
        while len(text) <= _LONGEST and self._is_group(i, end, text):
            text, end, i = text + self.raw[i][2], self.raw[i][1], i + 1
        value = float(text.replace(",", "").replace("·", "."))
        if self.raw[i][0] == end and (self.raw[i][3] == "word" or self._is_possessive(i)):
            return self._glued(i, start, end, value)
        return self._scaled(i, start, end, value)

    def _glued(self, i: int, start: int, end: int, value: float) -> int:
        """Digits and the letters joined to them: 84mg, 3rd, the 1960s, $2M, or a name (5HT)."""
        entry, word = self._entry(i), self.raw[i][2].lower()
        form: Form | None = "ordinal" if "ordinal_ending" in entry.roles else None
        if word in ("s", "'", "’"):
            form, i = ("decade" if value % 10 == 0 else None), i + (word != "s")
        if form:
            text = self.text[start : self.raw[i][1]]
            self.out.append(Token(start, self.raw[i][1], form, text, value=value, digits=True))
            return i + 1
        money = self.words.money_scales.get(word) if self.out[-1].entry.currency else None
        if money:
            return self._scaled(i + 1, start, self.raw[i][1], value * money, factor=money)
        if entry.unit or entry.scale or entry.number is not None or entry.roles & {"times", "hour_of_day"}:
            return self._scaled(i, start, end, value)
        return self._opaque(i, start)

    def _scaled(self, i: int, start: int, end: int, value: float, *, factor: float = 1.0) -> int:
        """Digits and the scales after them (1.2 million)."""
        while value < _LARGEST and (scale := self._entry(k := i + self._hyphen(i, end)).scale):
            value, factor, end, i = value * scale, factor * scale, self.raw[k][1], k + 1
        if self._names(i, end):
            return self._opaque(i, start)
        self.out.append(Token(start, end, "number", self.text[start:end], value=value, factor=factor, digits=True))
        return i

    def _is_possessive(self, i: int) -> bool:
        """Whether an apostrophe and an s follow: the 1960's."""
        return self.raw[i][2] in ("'", "’") and self.raw[i + 1][2] == "s" and self.raw[i + 1][0] == self.raw[i][1]

    def _is_group(self, i: int, end: int, text: str) -> bool:
        """Whether the piece is three more digits of ``text``, a number written with spaces (45 979)."""
        start, after, more, form = self.raw[i]
        first = self.raw[i - 1][2]
        if form != "number" or len(more) != 3 or start != end + 1 or len(first) > 3:
            return False
        if not (first.isdigit() and text.isdigit() and more.isdigit()):
            return False
        if self.text[end] in _GROUP_SPACES:
            return True
        # An ordinary space is as often one between two numbers, as in "5 100 mg tablets".
        sure = len(text) > 1 or more == "000"
        return self.text[end] == " " and sure and self.text[after : after + 1] not in _DASHES

    def _is_marker(self, i: int) -> bool:
        """Whether the number only counts off an item of a list: "2. Dosing"."""
        start, end, _, _ = self.raw[i]
        if self.out[-1].form != "end" and "\n" not in self.text[self.out[-1].end : start]:
            return False
        mark_start, mark_end, mark, _ = self.raw[i + 1]
        return mark in (".", ")") and mark_start == end and self.text[mark_end : mark_end + 1].isspace()

    def _is_chain(self, i: int) -> bool:
        """Whether hyphens join three numbers or more, which say no amount: 978-3-16."""
        second, third = self.raw[i + 2], self.raw[min(i + 4, len(self.raw) - 1)]
        if not (self._hyphen(i + 1, self.raw[i][1]) and second[3] == "number" and third[3] == "number"):
            return False
        return self._hyphen(i + 3, second[1])

    def _citation(self, i: int) -> int:
        """The piece after numbers in brackets that only point to references or count items; 0 if they do more."""
        if any(token.entry.roles & {"ci", "spread"} for token in self.out[-2:]):
            return 0
        k = i + 1
        while k < i + 32 and (self.raw[k][2] in _LISTING or (self.raw[k][3] == "number" and len(self.raw[k][2]) <= 3)):
            k += 1
        if k == i + 1 or self.raw[k][2] != (")" if self.raw[i][2] == "(" else "]"):
            return 0
        self.out.append(Token(self.raw[i][0], self.raw[k][1], "opaque", ""))
        return k + 1

    def _spoken(self, i: int) -> int:
        """A number in words: twenty-one, two hundred and five, a million."""
        k, end, total, group = i, self.raw[i][0], 0.0, 0.0
        room, largest, factor = 1000.0, float("inf"), 1.0
        if self._entry(i).number is None:  # the article of "a million"
            k, end, group, room = i + 1, self.raw[i][1], 1.0, 0.0
        while True:
            hundreds = room == 100 or (group == 0 and total > 0)
            at = k + (k > i and (self._hyphen(k, end) or (hundreds and self._and(k, first=not total))))
            entry = self._entry(at)
            if entry.number is not None and entry.number < room and (entry.number or k == i):
                group, factor = group + entry.number, 1.0
                room = 10.0 if entry.number >= 20 else 0.0
            elif entry.scale is not None and group and entry.scale < largest and (entry.scale != 100 or group < 100):
                factor *= entry.scale
                if entry.scale > 100:
                    total, group, room, largest = total + group * entry.scale, 0.0, 1000.0, entry.scale
                else:
                    group, room = group * entry.scale, 100.0 if entry.scale == 100 else 0.0
            else:
                break
            end, k = self.raw[at][1], at + 1
        start = self.raw[i][0]
        if self._is_name(start) or self._names(k, end):
            return self._opaque(k - 1, start)
        self.out.append(Token(start, end, "number", self.text[start:end], value=total + group, factor=factor))
        return k

    def _and(self, k: int, *, first: bool) -> bool:
        """Whether an "and" goes on with the number: two hundred and five, not "between a hundred and two hundred"."""
        if "and" not in self._entry(k).roles or "opening" in self.out[-1].entry.roles:
            return False
        number = self._entry(k + 1).number
        scale = self._entry(k + 2).scale
        return number is not None and 0 < number < 100 and (not scale or (first and scale > 100))


def _joins(entry: Entry) -> bool:
    """Whether a hyphen between a number and this word is one of grammar and not of a name."""
    if entry.unit or entry.scale or entry.part or entry.times or entry.stretch or entry.era or entry.rate:
        return True
    return entry.number is not None or entry.noun is not None or not entry.roles.isdisjoint(_JOINS)


def _without_address(chunk: re.Match[str]) -> str:
    return "x" * len(chunk.group()) if _ADDRESS.search(chunk.group()) else chunk.group()
