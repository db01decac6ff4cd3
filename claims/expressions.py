"""Expressions that are more than an amount, or less: how often, which one, statistics, and numbers that only name.

Each rule reads one kind of expression at a token and answers None when it does not apply there.
"""

from __future__ import annotations

from typing import Final, cast

import msgspec
from msgspec.structs import replace

from claims.amounts import PERCENT, UNITS, Amount
from claims.quantity_words import Kind, UnitWord
from claims.ranges import Prefix, Ranges
from claims.sources import Bound
from evidence.vocabulary import HOURS_IN, TimeUnit, Unit

_OPEN_ABOVE: Final = frozenset({"at-least", "more-than"})
_BRACKETS: Final = frozenset("()[]")
_OPEN_BELOW: Final = frozenset({"up-to", "less-than"})


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of a text. ``start`` and ``end`` are offsets of the whole expression, with its bounding words.

    A low or high of None is open; ``unit`` None is a bare count; ``of`` is the noun counted, at most three words as
    written after the number, which the span leaves out where it can; ``per`` is what the figure is per. ``approximate``
    is true of hedged and of vague words, also where ``bound`` says more (about 50 to 70 percent).
    """

    start: int
    end: int
    low: float | None
    high: float | None
    unit: Unit | None
    bound: Bound
    kind: Kind
    per: str | None = None
    of: str | None = None
    approximate: bool = False


Found = tuple[Measured | None, int]  # and the token to go on from


class Expressions(Ranges):
    """Reads whole expressions from the tokens of one text."""

    def measured(
        self,
        i: int,
        amount: Amount,
        prefix: Prefix | None = None,
        *,
        kind: Kind,
        unit: str | None = None,
        per: str | None = None,
        of: str | None = None,
    ) -> Measured:
        """``amount`` as a figure that begins at token ``i``, within the bounds of the words around it."""
        low, high, bound = _bounded(amount, prefix or Prefix(next=i))
        return Measured(
            start=self.tokens[i].start,
            end=amount.end,
            low=low,
            high=high,
            unit=cast("Unit", unit) if unit in UNITS else None,
            bound=bound,
            kind=kind,
            per=per,
            of=of,
            approximate=bound == "about" or amount.vague or amount.bare or bool(prefix and prefix.about),
        )

    def ended(self, amount: Amount) -> tuple[Amount, bool]:
        """The amount with the words that end it (± 3, or more, and older), and whether they make an age of it."""
        k = amount.next
        if self.has(k, "plus_minus") and (spread := self.value(k + 1)):
            unit = amount.unit or spread.unit
            amount = replace(amount, unit=unit, end=spread.end, next=spread.next, plain=unit is None)
            k = amount.next
        suffix = self.tokens[k].entry.suffix
        if suffix is None or (self.tokens[k].text == "+" and not self.glued(k)):
            return amount, False
        return replace(amount, suffix=suffix, end=self.tokens[k].end, next=k + 1), self.has(k, "age")

    # What is no amount, or one by its words alone.

    def named_time(self, i: int) -> Found | None:
        amount = self.phrase(i)
        if amount is None:
            return None
        return self.measured(i, amount, kind="duration", unit="h"), amount.next

    def label(self, i: int) -> Found | None:
        """A number that only names: phase 3, pages 12-15, No. 4."""
        if not self.has(i, "label"):
            return None
        mark = self.tokens[i + 1].text
        k = i + 1 + (mark in (".", ":"))
        if self.tokens[k].form not in ("number", "opaque"):
            return None
        amount = self.range(k)
        if amount and (amount.unit or (mark == ":" and self.noun(amount.next))):
            return None
        while self.tokens[k].form in ("number", "opaque"):
            k += 1
            joined = self.tokens[k].text == "," or self.tokens[k].entry.roles & {"dash", "and", "or", "to"}
            k += bool(joined) and self.tokens[k + 1].form in ("number", "opaque")
        return None, k

    def numbered(self, i: int) -> Found | None:
        """Week 4, days 1 to 3, session 3: which one, not how many."""
        token = self.tokens[i]
        k = i + 1 + self.hyphen(i + 1)
        if not token.entry.roles & {"time_point", "numbered"} or self.tokens[k].form != "number":
            return None
        amount = self.range(k)
        if not (amount and amount.plain and amount.digits and amount.kind is None) or self.has(amount.next, "times"):
            return None
        if self.noun(amount.next) and not self._is_point_of(i, amount.next):
            return None
        unit = token.entry.unit
        of = None if unit else token.text
        return self.measured(i, amount, kind="ordinal", unit=unit.symbol if unit else None, of=of), amount.next

    def _is_point_of(self, i: int, k: int) -> bool:
        """Whether a time that ends at ``k`` is told of something (week 8 of the trial), no count."""
        before = self.tokens[i - 1] if i else None
        counted = before is not None and (before.entry.number is not None or before.form == "number")
        if counted or (i and self.has(i - 1, "per")):
            return False
        return self.tokens[k].text.lower() == "of" and self.tokens[k + 1].form == "word"

    def ordinal(self, i: int) -> Found | None:
        """Third treatment, 3rd or 4th session, second week; other ordinals (first-line) are no figures."""
        low = self._rank(i)
        if low is None:
            return None
        high, k = low, i + 1
        if self.tokens[k].entry.roles & {"or", "and", "to", "dash"} and (second := self._rank(k + 1) or 0) > low:
            high, k = second, k + 2
        token = self.tokens[k]
        if self.hyphen(k) or not token.entry.roles & {"time_point", "numbered"}:
            return None
        unit = token.entry.unit
        after = k + (unit is not None)
        amount = Amount(
            start=self.tokens[i].start,
            end=self.tokens[after - 1].end,
            next=after,
            low=low,
            high=high,
            joined=low != high,
        )
        of = None if unit else token.text
        return self.measured(i, amount, kind="ordinal", unit=unit.symbol if unit else None, of=of), after

    def _rank(self, i: int) -> float | None:
        token = self.tokens[i]
        return token.value if token.form == "ordinal" else token.entry.ordinal

    # Statistics: intervals, p values and ratios, so that their numbers are not taken for results.

    def statistic(self, i: int) -> Found | None:
        token = self.tokens[i]
        unit = self.unit(i + 1) if token.form == "number" else None
        if unit and unit[0] == PERCENT and (self.has(unit[1], "ci") or self.has(unit[1], "ci_after")):
            return self._interval(i, unit[1] + 1)
        named = token.text.isupper() or " " in token.text
        if self.has(i, "ci"):
            return self._interval(i, i + 1)
        if self.has(i, "spread") and named and self._is_equal(i + 1):
            return self._interval(i, i + 1, single=True)
        if self.has(i, "ratio_name") and named:
            k = self._past(i + 1)
            amount = self.range(k) if self.tokens[k].form == "number" else None
            if amount and amount.plain and not self.noun(amount.next):
                return self.measured(i, replace(amount, start=token.start), kind="ratio", unit="ratio"), amount.next
        return self._p_value(i) if self.has(i, "p_value") else None

    def _p_value(self, i: int) -> Found | None:
        k = i + 1 + self.hyphen(i + 1)
        k += self.has(k, "p_name")
        prefix = self.prefix(k)
        after = self._past(prefix.next)
        amount = self.value(after) if after > k and self.tokens[after].form == "number" else None
        if amount is None or not amount.plain or amount.low > 1:
            return None
        return self.measured(i, amount, prefix, kind="interval"), amount.next

    def _is_equal(self, i: int) -> bool:
        return self.has(i, "equals") or self.tokens[i].form == "number"

    def _past(self, i: int) -> int:
        """The token after signs and words of equality and brackets."""
        k = i
        while k < i + 5 and (
            self.tokens[k].entry.roles & {"equals", "ci"} or self.tokens[k].text in ("(", "[", ")", "]")
        ):
            k += 1
        return k

    def _interval(self, i: int, k: int, *, single: bool = False) -> Found:
        """Two limits after "95% CI", in one unit; nothing, but passed over, when none follow."""
        first = self._past(k)
        low = self.value(first)
        if low is None or low.vague:
            return None, k
        if low.unit == PERCENT and (inner := self.value(self._past(low.next))):  # CI 95% 1.2 to 3.4
            first, low = self._past(low.next), inner
        k = low.next
        joins = self.tokens[k].entry.roles & {"dash", "to", "and"} or self.tokens[k].text in (",", ";")
        high = self.value(k + 1) if joins else None
        if high is None and not single:
            return None, k
        high = high or low
        unit = high.unit or low.unit
        if high.high is None or low.low > high.high or (low.unit and low.unit != unit):
            return None, k
        amount = replace(high, low=low.low, joined=high is not low, unit=unit)
        if self.tokens[first - 1].text in _BRACKETS and self.tokens[amount.next].text in _BRACKETS:
            amount = replace(amount, end=self.tokens[amount.next].end, next=amount.next + 1)
        return self.measured(i, amount, kind="interval", unit=unit.symbol if unit else None), amount.next

    # How often.

    def every(self, i: int, prefix: Prefix) -> Found | None:
        """Every two weeks (the time between), every week (how often), every second patient (how many of them)."""
        k = prefix.next
        if not self.has(k, "every"):
            return None
        if (share := self._one_of_each(k)) is not None:
            return self.measured(i, share, prefix, kind="percentage", unit="%"), share.next
        amount = self.range(k + 1)
        if amount and amount.unit and amount.unit.kind == "duration" and not amount.bare:
            unit = amount.unit.symbol
            amount, _ = self.ended(amount)
            return self.measured(i, amount, prefix, kind="interval", unit=unit, per=unit), amount.next
        once = self.tokens[k + 1].entry.unit
        if once is None or once.kind != "duration" or self.hyphen(k + 2):
            return None
        rate = Amount(start=0, end=self.tokens[k + 1].end, next=k + 2, low=1.0, high=1.0)
        return self.rated(i, rate, prefix, once)

    def _one_of_each(self, k: int) -> Amount | None:
        """Every second patient: one of two; every third day is a time between."""
        token, counted = self.tokens[k + 1], self.tokens[k + 2].entry
        whole = token.entry.ordinal or (2.0 if self.has(k + 1, "alternate") else None)
        if whole is None or whole < 2 or counted.noun is None or counted.unit is not None:
            return None
        share = 100 / whole
        return Amount(start=self.tokens[k].start, end=token.end, next=k + 2, low=share, high=share, unit=PERCENT)

    def often(self, i: int, prefix: Prefix) -> Found | None:
        """Twice a week, three times daily, weekly; and how many fold: twice the dose, three times more."""
        k = prefix.next
        entry = self.tokens[k].entry
        if entry.fold:
            fold = Amount(start=0, end=self.tokens[k].end, next=k + 1, low=entry.fold, high=entry.fold)
            return self.measured(i, fold, prefix, kind="ratio", unit="fold"), k + 1
        if entry.rate and not self.has(k + 1, "no_rate") and not self.hyphen(k + 1) and not self.hyphen(k - 1):
            count, unit = entry.rate
            rate = Amount(start=0, end=self.tokens[k].end, next=k + 1, low=count, high=count)
            return self.rated(i, rate, prefix, UnitWord(unit, "duration"))
        times = self._count_of_times(k)
        if times is None:
            return None
        after = times.next + self.hyphen(times.next)
        if rate_word := self.tokens[after].entry.rate:
            count, unit = rate_word
            done = replace(
                times, low=times.low * count, high=times.high and times.high * count, end=self.tokens[after].end
            )
            return self.rated(i, replace(done, next=after + 1), prefix, UnitWord(unit, "duration"))
        per = self.per(after)
        if per and per[1]:
            return self.rated(i, replace(times, end=self.tokens[per[2] - 1].end, next=per[2]), prefix, per[1])
        if self.has(after, "every") and times.low == times.high == 1:
            return self.every(i, replace(prefix, next=after))
        many = entry.times is None or entry.multiple is not None
        if many and self.has(after, "compared"):
            return self.measured(i, times, prefix, kind="ratio", unit="fold"), times.next
        if entry.times or self.tokens[after - 1].text.lower() != "times":
            return None
        return self.measured(i, times, prefix, kind="count", of="times"), times.next

    def _count_of_times(self, i: int) -> Amount | None:
        """Twice, once or twice, two to three times, 2x."""
        entry, k = self.tokens[i].entry, i + 1
        low = entry.times or entry.multiple
        if low:
            joined = self.has(k, "or") and self.tokens[k + 1].entry.times
            k += 2 if joined else 0
            high = joined or low
            return Amount(
                start=self.tokens[i].start, end=self.tokens[k - 1].end, next=k, low=low, high=high, joined=bool(joined)
            )
        amount = self.range(i)
        if amount is None or amount.unit or amount.kind or not self.has(amount.next, "times"):
            return None
        if self.tokens[amount.next + 1].form == "number":  # 2 x 2
            return None
        return replace(amount, end=self.tokens[amount.next].end, next=amount.next + 1)

    def rated(self, i: int, times: Amount, prefix: Prefix, unit: UnitWord, *, of: str | None = None) -> Found:
        """So many times in a unit of time, as a frequency per week."""
        weeks = HOURS_IN["week"] / (HOURS_IN[cast("TimeUnit", unit.symbol)] * unit.factor)
        high = None if times.high is None else round(times.high * weeks, 9)
        rate = replace(times, low=round(times.low * weeks, 9), high=high)
        return self.measured(i, rate, prefix, kind="frequency", unit="per-week", per=unit.symbol, of=of), times.next


def _bounded(amount: Amount, prefix: Prefix) -> tuple[float | None, float | None, Bound]:
    """Low, high and bound of an amount with the words before and after it."""
    low, high = amount.low, amount.high
    bound = prefix.bound if not (prefix.inside and (amount.joined or amount.vague or amount.bare)) else None
    if bound == "up-to" and amount.suffix == "at-least" and high is not None:  # "up to a month or longer"
        return high, high, "about"
    bound = bound or (None if amount.suffix == "about" else amount.suffix)
    if bound in _OPEN_ABOVE:
        return low, None, bound
    if bound in _OPEN_BELOW and high is not None:
        return None, high, bound
    if high is None and not (amount.vague and not amount.joined):
        return low, high, "at-least"
    if amount.joined and low != high and not amount.bare:
        return low, high, "range"
    about = prefix.about or amount.suffix == "about" or amount.vague or amount.bare
    return low, high, "about" if about else "exact"
