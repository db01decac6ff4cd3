"""Ranges, and the words around an amount: bounds before it, what is counted and "per" what after it.

A range is two amounts joined by a dash, "to", "or" or "and", brought into one unit.
"""

from __future__ import annotations

from typing import Final, cast

import msgspec
from msgspec.structs import replace

from claims.amounts import UNITS, Amount, Amounts, converted
from claims.numerals import Token
from claims.quantity_words import Entry, Kind, UnitWord, vocabulary
from claims.sources import Bound
from evidence.vocabulary import Unit

_PREFIX_WORDS: Final = 4
_NOUN_WORDS: Final = 3
_NOUN_TOKENS: Final = 12


class Prefix(msgspec.Struct, frozen=True, kw_only=True):
    """What the words before an amount say of it; ``next`` is the token after them.

    ``loose`` bounds are no bounds before small numbers in words, ``period`` ones none before times, and ``inside``
    ("within") is one before a single time only.
    """

    next: int
    bound: Bound | None = None
    about: bool = False
    opened: str = ""
    age: bool = False
    year: bool = False
    loose: bool = False
    period: bool = False
    inside: bool = False


class Noun(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted, as written; the unit it stands for; the token after it."""

    text: str
    unit: Unit | None
    repeats: bool
    next: int


class Ranges(Amounts):
    """Reads ranges and the words around them from the tokens of one text."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.text = text

    def prefix(self, i: int) -> Prefix:
        """The bounding words at ``i``; empty when there are none."""
        prefix = Prefix(next=i)
        for _ in range(_PREFIX_WORDS):
            entry = self.tokens[prefix.next].entry
            if not (entry.bound or entry.year_bound or entry.roles & {"opening", "age"}):
                break
            grown = self._grown(prefix, entry)
            if grown is None:
                break
            prefix = grown
        if prefix.next == i:
            return prefix
        after = prefix.next
        while after < prefix.next + 2 and self.has(after, "filler") and not prefix.age:
            after += 1
        after += self.has(after, "article") and self.tokens[after + 1].form == "number"
        return replace(prefix, next=after)

    def _grown(self, prefix: Prefix, entry: Entry) -> Prefix | None:
        """The prefix with the word at its end added; None when the word bounds nothing there."""
        text, after = self.tokens[prefix.next].text.lower(), prefix.next + 1
        if entry.year_bound:
            year = self.value(after)
            known = year is not None and year.kind in ("year", "date")
            return replace(prefix, next=after, bound=entry.year_bound, year=True) if known else None
        roles = entry.roles
        opened = next((word for word in ("between", "from") if text.startswith(word) or text.endswith(word)), "")
        if "age" in roles:
            while after < prefix.next + 3 and self.has(after, "equals"):
                after += 1
        return replace(
            prefix, next=after, about=prefix.about or entry.bound == "about", opened=opened or prefix.opened,
            bound=entry.bound if entry.bound not in (None, "about") else prefix.bound, age=prefix.age or "age" in roles,
            loose=prefix.loose or "loose" in roles, period=prefix.period or "period" in roles,
            inside=prefix.inside or "inside" in roles,
        )  # fmt: skip

    def noun(self, i: int, *, single: bool = False) -> Noun | None:
        """The noun after a number: its first plural or known noun within three words, with the words before it.

        ``single``: after "one" a plural is a verb ("one lasts"), so only known nouns will do.
        """
        explicit = self.tokens[i].text.lower() == "of"
        if explicit and single:  # "one of the first"
            return None
        k = first = i + explicit
        while explicit and k < first + 2 and self.has(k, "determiner"):
            k += 1
        first, words = k, 0
        while words < _NOUN_WORDS and k < first + _NOUN_TOKENS:
            token = self.tokens[k]
            if token.form == "number" and self.hyphen(k + 1) and k == first:  # three 40-minute sessions
                k += 2
                continue
            if token.form != "word" or token.entry.bound or token.entry.suffix or self.has(k, "stop"):
                break
            if self.hyphen(k + 1) or (self.tokens[k + 1].text == "." and self.glued(k + 1) and len(token.text) == 1):
                k += 2  # long-lasting and U.S. are one word with the next
                continue
            words += 1
            if token.entry.noun is not None or (not single and _is_plural(token.text)):
                return self._headed(first, k)
            k += 1
        if explicit and k > first and self.tokens[first].form == "word" and not self.has(first, "stop"):
            return self._headed(first, first)
        return None

    def _headed(self, first: int, head: int) -> Noun:
        entry = self.tokens[head].entry
        name = entry.noun if head == first or not self.has(head, "adjacent") else None
        text = " ".join(self.text[self.tokens[first].start : self.tokens[head].end].split())
        unit = cast("Unit", name) if name in UNITS else None
        repeats = entry.noun == "sessions" or "repeated" in entry.roles
        if self.tokens[first].form == "number":  # which is a figure of its own: nothing after it is of this one
            return Noun(text=text, unit=unit, repeats=False, next=first)
        return Noun(text=text, unit=unit, repeats=repeats, next=head + 1)

    def per(self, i: int) -> tuple[str, UnitWord | None, int] | None:
        """What the figure is per: the word as written, its unit of time if it is one, the token after it."""
        if not self.has(i, "per"):
            return None
        token = self.tokens[i + 1]
        unit = token.entry.unit
        if unit and unit.kind == "duration" and not self.has(i + 2, "not_per"):
            return unit.symbol, unit, i + 2
        if self.tokens[i].text == "/" and not (self.glued(i) and self.glued(i + 1)):
            return None
        strict = self.has(i, "per_strict") and token.form == "word" and not self.has(i + 1, "stop")
        return (token.text.lower(), None, i + 2) if strict or token.entry.noun == "sessions" else None

    def range(self, i: int, *, opened: str = "") -> Amount | None:
        """A value, or two joined by a dash, "to", "or", and after "between" by "and"."""
        first = self.value(i) or self.bare(i)
        if first is None:
            return None
        second = self._second(first.next, opened)
        joined = self._join(first, second) if second else None
        if joined and joined.high is not None and joined.low > joined.high:
            low, high = joined.high, joined.low
            joined = None if opened == "from" else replace(joined, low=low, high=high)
        if joined is None and first.bare and not self.has(i - 1, "stretch_after") and self.tokens[i - 1].form != "end":
            return None  # "visiting hours"
        return joined or first

    def _second(self, i: int, opened: str) -> Amount | None:
        """The amount after a joining word at ``i``."""
        dash = self.has(i, "dash")
        if dash and self.tokens[i].text == "—" and not self.hyphen(i):
            return None
        k = i + dash  # "2- to 3-week"
        joins = self.has(k, "to") or self.has(k, "or") or (opened == "between" and self.has(k, "and"))
        if joins:
            k += 1 + self.hyphen(k + 1)
        elif not dash:
            return None
        k += self.tokens[k].entry.bound == "about"
        return self.value(k) or (None if self.has(k - 1, "and") else self.bare(k))

    def _join(self, first: Amount, second: Amount) -> Amount | None:
        """Both as one range, in the smaller unit; None when they are not of one kind."""
        if second.bare:
            return self._pair(first, second)
        low, high, unit, kind = first.low, second.high, second.unit, second.kind
        if first.unit and second.unit:
            return self._mixed(first, second)
        if first.plain and (second.unit or second.plain):
            if second.factor != 1 and first.factor == 1 and low < second.low / second.factor:
                low *= second.factor  # "two to three million", "one to two thirds"
            if first.kind == "year" and kind is None:
                return _years(first, second)
            if kind == "year" and first.kind is None:
                if low < 100:
                    return None
                kind = None
        elif first.unit and second.plain:
            if kind or self.names_noun(second.next):
                return None
            unit = first.unit
        elif first.kind is None or first.kind != kind:
            return None
        return _both(first, second, low=low, high=high, unit=unit, kind=kind)

    def _mixed(self, first: Amount, second: Amount) -> Amount | None:
        """Two amounts with units of their own: 40 minutes to 2 hours."""
        assert first.unit and second.unit
        low, high = first.low, second.high
        factor = converted(1.0, second.unit.symbol, first.unit.symbol)
        if factor is None:
            return None
        if factor < 1:  # the second unit is the smaller
            return _both(first, second, low=low / factor, high=high, unit=second.unit, kind=second.kind)
        if second.unit.kind == "money" and first.factor == 1 and low < second.low / second.factor:
            low *= second.factor  # $1.2 to $1.5 billion
        high = None if high is None else round(high * factor, 9)
        return _both(first, second, low=low, high=high, unit=first.unit, kind=second.kind)

    def _pair(self, first: Amount, second: Amount) -> Amount | None:
        """Two bare times, or an amount of time and a bare one: hours to days, several days to weeks."""
        if first.unit is None or second.unit is None:
            return None
        pair = vocabulary().pairs.get((first.unit.symbol, second.unit.symbol))
        if pair is None:
            return None
        low = pair.low if first.bare else first.low
        both = _both(first, second, low=low, high=pair.high, unit=first.unit, kind=None)
        return replace(both, bare=first.bare)


def _years(first: Amount, second: Amount) -> Amount | None:
    """A year and the last digits of another (2013-14), or its month (2026-11)."""
    if second.unit or not second.digits:
        return None
    if first.low % 100 < second.low < 100:
        high = first.low - first.low % 100 + second.low
        return _both(first, second, low=first.low, high=high, unit=None, kind="year")
    if second.low <= 12:
        return replace(second, start=first.start, low=first.low, high=first.low, kind="date", plain=False)
    return None


def _is_plural(word: str) -> bool:
    return len(word) > 3 and word[-1] == "s" and word[-2] not in "sui"


def _both(
    first: Amount, second: Amount, *, low: float, high: float | None, unit: UnitWord | None, kind: Kind | None
) -> Amount:
    return replace(
        second, start=first.start, low=round(low, 9), high=high, unit=unit, kind=kind, joined=True, bare=False,
        plain=first.plain and second.plain, digits=first.digits or second.digits,
        vague=first.vague or second.vague or first.bare or second.bare,
    )  # fmt: skip
