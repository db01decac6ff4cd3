"""Amounts: one value with its unit, read from the tokens at a place, or nothing.

An amount knows no context: whether 2019 is a year, 65 an age or 3 an ordinal is for ``claims/quantities.py`` to say.
Every method looks a fixed number of tokens ahead, so that a text is read in time proportional to its length.
"""

from __future__ import annotations

from typing import Final, get_args

import msgspec

from claims.numerals import Token
from claims.quantity_words import Kind, Span, UnitWord
from claims.sources import Bound
from evidence.vocabulary import HOURS_IN, Unit

UNITS: Final = frozenset(get_args(Unit))
PERCENT: Final = UnitWord("%", "percentage")
YEAR: Final = UnitWord("year", "duration")
MILLIGRAMS_IN: Final = {"mg": 1.0, "g": 1e3, "kg": 1e6}
_HOURS: Final = {str(unit): hours for unit, hours in HOURS_IN.items()}
_FRACTIONS: Final = frozenset("½⅓⅔¼¾⅕⅖⅗⅘⅛")
_OPERATORS: Final = frozenset("x×^*")
_ORDINARY_NUMBER: Final = 20  # up to here "7 in 12" is as often no share as one


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """Low and high in ``unit`` (high None: open), where it stands, and the index of the token after it.

    ``plain`` is a number that may still take another's unit, ``bare`` a plural of time without a number, ``joined`` a
    range; ``factor`` is the million or the third that a range's first number shares ("two to three million").
    """

    start: int
    end: int
    next: int
    low: float
    high: float | None
    unit: UnitWord | None = None
    kind: Kind | None = None
    factor: float = 1.0
    plain: bool = False
    digits: bool = False
    vague: bool = False
    bare: bool = False
    joined: bool = False
    suffix: Bound | None = None


def converted(value: float, unit: str, into: str) -> float | None:
    """``value`` of one unit of time or mass in another; None when they do not compare."""
    if unit == into:
        return value
    for scale in (_HOURS, MILLIGRAMS_IN):
        if unit in scale and into in scale:
            return value * scale[unit] / scale[into]
    return None


class Amounts:
    """Reads amounts from the tokens of one text. Indexes are of tokens; end tokens on both sides stop every look."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens

    def has(self, i: int, role: str) -> bool:
        return role in self.tokens[i].entry.roles

    def glued(self, i: int) -> bool:
        """Whether nothing stands between a token and the one before it."""
        return self.tokens[i - 1].end == self.tokens[i].start

    def hyphen(self, i: int) -> bool:
        """Whether the token is a dash that joins its neighbours."""
        return self.has(i, "dash") and self.glued(i) and self.glued(i + 1)

    def names_noun(self, i: int) -> bool:
        """Whether a noun that can be counted stands at ``i``."""
        return self.tokens[i].entry.noun is not None

    def bare(self, i: int) -> Amount | None:
        """A plural of time without a number: hours."""
        token = self.tokens[i]
        stretch = token.entry.stretch
        if stretch is None:
            return None
        return _spanned(token, i + 1, stretch)

    def phrase(self, i: int) -> Amount | None:
        """A phrase of time that holds no number: immediately."""
        token = self.tokens[i]
        if token.entry.span is None or self.hyphen(i + 1):  # "immediate-release"
            return None
        return _spanned(token, i + 1, token.entry.span)

    def value(self, i: int) -> Amount | None:
        """One amount: a number, a part, a few, a date, with its unit where it has one."""
        token = self.tokens[i]
        entry = token.entry
        if token.form == "number":
            return self._number(i)
        if not entry.starts and token.form not in ("decade", "date"):
            return None
        if token.form == "date":
            return _dated(token.start, token, i + 1)
        if token.form == "decade" or entry.era:
            return self._decade(i)
        if entry.currency and self.tokens[i + 1].form == "number":
            return self._money(i, UnitWord(entry.currency, "money"))
        if entry.vague or entry.indefinite:
            return self._vague(i)
        if "article" in entry.roles:
            return self._article(i)
        if entry.part == 2:
            return self._half(i)
        if "month" in entry.roles:
            return self.date(i)
        if "dash" in entry.roles and token.text in "-−" and not self.glued(i) and self.glued(i + 1):
            return self._negative(i)
        return None

    def _negative(self, i: int) -> Amount | None:
        before = self.tokens[i - 1]
        amount = self._number(i + 1) if self.tokens[i + 1].form == "number" and before.form != "number" else None
        if amount is None or amount.kind or amount.high is None:
            return None
        return msgspec.structs.replace(amount, start=self.tokens[i].start, low=-amount.high, high=-amount.low)

    def unit(self, i: int) -> tuple[UnitWord, int] | None:
        """The unit at ``i``, with a hyphen before it or not, compounds joined (mg per kg), and the index after it."""
        k = i + self.hyphen(i)
        token = self.tokens[k]
        unit = token.entry.unit
        if unit is None or (len(token.text) == 1 and token.text.isupper() and token.text != "L"):
            return None
        if token.entry.currency and self.tokens[k + 1].form == "number":  # of the next amount
            return None
        k += 1
        while self.has(k, "per_strict") and (under := self.tokens[k + 1].entry.unit):
            symbol = f"{unit.symbol}/{under.symbol}"
            if symbol not in UNITS:
                break
            unit, k = UnitWord(symbol, unit.kind, unit.factor), k + 2
        return unit, k

    def _with_unit(self, amount: Amount, i: int) -> Amount | None:
        """``amount`` in the unit that stands at ``i``; None when none does."""
        found = self.unit(i)
        if found is None:
            return None
        unit, after = found
        return msgspec.structs.replace(
            amount, end=self.tokens[after - 1].end, next=after, low=amount.low * unit.factor, plain=False, kind=None,
            high=None if amount.high is None else amount.high * unit.factor, unit=UnitWord(unit.symbol, unit.kind),
        )  # fmt: skip

    def _number(self, i: int) -> Amount | None:
        token, after = self.tokens[i], i + 1
        low = token.value
        if self.tokens[i - 1].text == "/" and self.glued(i) and self.tokens[i - 2].form == "number":
            return None
        if self.tokens[after].text == "/" and self.glued(after) and self.tokens[after + 1].form == "number":
            return self._slashed(i)
        if self.has(after, "hour_of_day") or self._is_factor(i):
            return None
        if low == 1 and not token.digits and self.tokens[after].text == "point":  # "at one point"
            return None
        if self.has(after, "and_half") or (
            self.tokens[after].form == "number" and self.tokens[after].text in _FRACTIONS
        ):
            low, after = low + (self.tokens[after].value or 0.5), after + 1
        plain = Amount(
            start=token.start, end=self.tokens[after - 1].end, next=after, low=low, high=low, factor=token.factor,
            plain=True, digits=token.digits, kind="year" if _is_year(token) else None,
        )  # fmt: skip
        suffix = self.tokens[after].entry.suffix
        if suffix and self.tokens[after + 1].entry.unit:  # "two or more weeks"
            plain = msgspec.structs.replace(plain, suffix=suffix)
            return self._with_unit(plain, after + 1)
        if token.text in _FRACTIONS and not self.unit(after):  # ⅔ of
            return _part(plain, 100.0, after, token.end)
        return self._with_unit(plain, after) or self.share(plain, after) or self._day(plain, after) or plain

    def _is_factor(self, i: int) -> bool:
        """Whether a sign of calculation joins the number to another: 2 x 2, 10^5."""
        if self.tokens[i + 1].text in _OPERATORS and self.tokens[i + 2].form in ("number", "opaque"):
            return True
        return self.tokens[i - 1].text in _OPERATORS and self.tokens[i - 2].form == "number"

    def _day(self, amount: Amount, i: int) -> Amount | None:
        """5 March 2019."""
        found = self.date(i) if amount.digits and amount.low <= 31 else None
        return msgspec.structs.replace(found, start=amount.start) if found else None

    def date(self, i: int) -> Amount | None:
        """A month with its year (March 2019, March 5, 2019); the amount is the year, for days are not compared."""
        token = self.tokens[i]
        if not self.has(i, "month") or not token.text[0].isupper():
            return None
        k = i + 1 + (self.tokens[i + 1].text == ".")
        if self.tokens[k].form == "ordinal" or (self.tokens[k].form == "number" and self.tokens[k].value <= 31):
            k += 1
        k += self.tokens[k].text.lower() in (",", "of")
        return _dated(token.start, self.tokens[k], k + 1) if _is_year(self.tokens[k]) else None

    def share(self, amount: Amount, i: int) -> Amount | None:
        """Two thirds, seven out of ten, 12 of 28: a part of a whole, as a percentage."""
        k = i + self.hyphen(i)
        part = self.tokens[k].entry.part
        if part and amount.low <= _ORDINARY_NUMBER:
            return _part(amount, 100 / part, k + 1, self.tokens[k].end)
        counted = self.tokens[k].text == "of" and (amount.digits or self._of_people(k + 1))
        if not (self.has(k, "in_ratio") or counted) or amount.low % 1:
            return None
        k += 1 + self.hyphen(k + 1)
        k += counted and self.tokens[k].text.lower() == "the"
        whole = self.tokens[k]
        if whole.form != "number" or whole.value % 1 or not amount.low <= whole.value >= 2 or _is_year(whole):
            return None
        sure = counted or self.has(k - 1, "out_of") or amount.low == 1 or whole.value <= 10 or whole.value % 10 == 0
        if not sure or self.unit(k + 1):
            return None
        return _part(amount, 100 / whole.value, k + 1, whole.end)

    def _of_people(self, i: int) -> bool:
        """Whether so many people are told of: four of eight patients."""
        i += self.tokens[i].text.lower() == "the"
        return self.tokens[i].form == "number" and self.tokens[i + 1].entry.noun == "people"

    def _slashed(self, i: int) -> Amount | None:
        """1/3 of, 12/28 patients, 1/2 hour; None for what else is written so (120/80)."""
        top, bottom, after = self.tokens[i], self.tokens[i + 2], i + 3
        if not self.glued(i + 2) or self.tokens[after].text == "/" or not 0 < top.value < bottom.value:
            return None
        amount = Amount(
            start=top.start, end=bottom.end, next=after, low=top.value / bottom.value, high=top.value / bottom.value
        )
        if bottom.value <= 10 and (timed := self._with_unit(amount, after)):
            return timed
        if self.tokens[after].text.lower() in ("of", "(") or self.names_noun(after):
            return _part(msgspec.structs.replace(amount, low=top.value), 100 / bottom.value, after, bottom.end)
        return None

    def _money(self, i: int, unit: UnitWord) -> Amount | None:
        token, after = self.tokens[i + 1], i + 2
        trailing = self.unit(after)
        after += trailing is not None and trailing[0].kind == "money"  # $300 USD
        under = self.tokens[after + 1].entry.unit if self.has(after, "per_strict") else None
        if under and f"{unit.symbol}/{under.symbol}" in UNITS:
            unit, after = UnitWord(f"{unit.symbol}/{under.symbol}", "money"), after + 2
        return Amount(
            start=self.tokens[i].start, end=self.tokens[after - 1].end, next=after, low=token.value, high=token.value,
            unit=unit, factor=token.factor, digits=True,
        )  # fmt: skip

    def _vague(self, i: int) -> Amount | None:
        """Several, a few, a couple of, dozens: with a scale (several hundred) and a unit (a few weeks)."""
        token, after = self.tokens[i], i + 1
        low, high = token.entry.vague or (token.entry.indefinite, None)
        assert low is not None
        while (scale := self.tokens[after].entry.scale) and low < 1e12:
            low, high, after = low * scale, high and high * scale, after + 1
        amount = Amount(start=token.start, end=self.tokens[after - 1].end, next=after, low=low, high=high, vague=True)
        of = self.tokens[after].text == "of"
        timed = self._with_unit(amount, after + of + (self.tokens[after].text == "more"))
        if timed:
            return timed
        alone = token.text.lower() not in ("few", "couple") or (
            self.has(i - 1, "few_after") if token.text.lower() == "few" else of
        )
        return amount if alone else None

    def _article(self, i: int) -> Amount | None:
        """A week, an hour and a half, a third of, a half hour."""
        token = self.tokens[i]
        part = self.tokens[i + 1].entry.part
        if part:
            return self._part_of(i, part)
        amount = Amount(start=token.start, end=token.end, next=i + 1, low=1.0, high=1.0)
        timed = self._with_unit(amount, i + 1)
        if timed is None or timed.unit is None or timed.unit.kind != "duration":
            return None
        if self.has(timed.next, "and_half"):
            more = self.tokens[timed.next]
            timed = msgspec.structs.replace(timed, low=1.5, high=1.5, end=more.end, next=timed.next + 1)
        return None if self.hyphen(timed.next) and self.tokens[timed.next + 1].text != "long" else timed

    def _part_of(self, i: int, part: float) -> Amount | None:
        """The part after an article: of a time (a half hour), of a whole (a third of), or an ordinal (a third dose)."""
        noun, after = self.tokens[i + 1], i + 2
        whole = Amount(start=self.tokens[i].start, end=noun.end, next=after, low=1 / part, high=1 / part)
        timed = self._with_unit(whole, after) if part == 2 else self._timed_part(whole, after)
        if timed:
            return timed
        hedged = self.tokens[i - 1].entry.bound is not None
        following = self.tokens[after]
        counts = following.form in ("symbol", "end") or self.has(after, "part_before") or hedged
        if self.hyphen(after) or (noun.entry.ordinal and not counts):
            return None
        return _part(whole, 100 / part, after, noun.end, count=1.0)

    def _timed_part(self, amount: Amount, i: int) -> Amount | None:
        """... of an hour."""
        if self.tokens[i].text == "of" and self.has(i + 1, "article"):
            return self._with_unit(amount, i + 2)
        return None

    def _half(self, i: int) -> Amount | None:
        """Half an hour, half-hour, half of, half the; not the second half."""
        token = self.tokens[i]
        amount = Amount(start=token.start, end=token.end, next=i + 1, low=0.5, high=0.5)
        timed = self._with_unit(amount, i + 1 + self.has(i + 1, "article"))
        if timed or self.hyphen(i + 1) or self.has(i - 1, "old_part") or (self.glued(i) and self.has(i - 1, "dash")):
            return timed
        return _part(amount, 50.0, i + 1, token.end, count=1.0)

    def _decade(self, i: int) -> Amount | None:
        """The 1960s, the late 80s, in his sixties' digits (60s)."""
        k = i + (self.tokens[i].form != "decade")
        k += self.hyphen(k) and k > i
        token = self.tokens[k]
        if token.form != "decade":
            return None
        personal = self.has(i - 1, "personal")
        value = token.value
        if value < 100 and not personal:
            if not self.has(i - 1, "decade_after") and k == i:
                return None
            value += 1900
        # "The 1900s" are a century, "the 2000s" a decade.
        span = 99 if value in (1800, 1900) and token.value >= 100 else 9
        low, high = self.tokens[i].entry.era or (0.0, float(span))
        return Amount(
            start=self.tokens[i].start, end=token.end, next=k + 1, low=value + low, high=value + high, joined=True,
            kind="age" if personal else "year",
        )  # fmt: skip


def _is_year(token: Token) -> bool:
    """Whether the digits can be a year: four of them, from 1800 to 2099."""
    return token.form == "number" and len(token.text) == 4 and token.text.isdigit() and "1800" <= token.text < "2100"


def _dated(start: int, year: Token, after: int) -> Amount:
    return Amount(start=start, end=year.end, next=after, low=year.value, high=year.value, kind="date")


def _spanned(token: Token, after: int, span: Span) -> Amount:
    unit = UnitWord(span.unit, "duration")
    return Amount(start=token.start, end=token.end, next=after, low=span.low, high=span.high, unit=unit, bare=True)


def _part(amount: Amount, percent: float, after: int, end: int, *, count: float | None = None) -> Amount:
    """``amount`` parts of ``percent`` each."""
    value = round((amount.low if count is None else count) * percent, 9)
    return Amount(
        start=amount.start,
        end=end,
        next=after,
        low=value,
        high=value,
        unit=PERCENT,
        factor=percent,
        digits=amount.digits,
    )
