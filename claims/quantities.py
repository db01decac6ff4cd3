"""Figures in English prose: every amount a text states, with its bounds, unit and kind.

``find_quantities`` reads a sentence or a segment: tokens first (``claims/numerals.py``), then amounts
(``claims/amounts.py``, ``claims/ranges.py``), and last what an amount is: a share, a dose, a year, how often. A number
that only names something (page 12, F-16, phase 3) is no figure.

Conventions: parts of a whole are percentages; frequencies are per week, and ``per`` is the unit written; an interval
with ``per`` is the time between repeats, one without it a statistical interval or a p value; a year or date is its
calendar year. Amounts are converted only inside one expression (40 minutes to 2 hours).
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from claims.amounts import PERCENT, Amount, converted
from claims.expressions import Expressions, Found, Measured
from claims.numerals import tokenize
from claims.quantity_words import NOTHING, Kind, UnitWord
from claims.ranges import Noun, Prefix
from evidence.vocabulary import Unit

__all__ = ["Measured", "find_quantities", "in_unit"]

# Up to here a number in words after "over" or "under" is as often unbounded: over two sessions, under three names.
_SMALL: Final = 12
_LONGEST_PLAIN: Final = 6  # digits of an amount written without marks between thousands
_OLDEST: Final = 115
_POPULATION: Final = 100_000
_LINK: Final = 6  # characters between "2" and "4" in "2, and 4 weeks"


def find_quantities(text: str) -> list[Measured]:
    """The figures of ``text`` in order, none overlapping another. Time grows in proportion to the text."""
    tokens = tokenize(text)
    finder = _Finder(text, tokens)
    found: list[Measured] = []
    i = 2
    while tokens[i].form != "end":
        token = tokens[i]
        if token.form in ("word", "symbol", "opaque") and not token.entry.starts:
            i += 1
            continue
        measured, after = finder.at(i)
        if measured:
            found.append(measured)
        i = max(after, i + 1)
    return _of_lists(text, found)


def in_unit(measured: Measured, unit: Unit) -> tuple[float | None, float | None] | None:
    """Low and high in ``unit``: times and masses are converted. None when the figure does not compare with it."""
    if measured.unit is None or measured.kind in ("year", "date", "age"):
        return None if measured.unit != unit or measured.unit is None else (measured.low, measured.high)
    if converted(1.0, measured.unit, unit) is None:
        return None
    low, high = (None if v is None else converted(v, measured.unit, unit) for v in (measured.low, measured.high))
    return low, high


def _of_lists(text: str, found: list[Measured]) -> list[Measured]:
    """Bare numbers of a list take the unit that the list names once: 2, 4 and 24 hours; days 1 and 8."""
    listed = False
    for k in range(len(found) - 2, -1, -1):
        this, after = found[k], found[k + 1]
        link = _link(text, this, after)
        either = after.bound == "range" and " or " in text[after.start : after.start + 40]
        listed = link in ("and", "or", ", and", ", or") or (link == "," and (listed or either))
        whole = after.kind == "percentage" and (this.high or this.low or 0) > 100  # 2.8 million, or 30.9%
        if (
            listed
            and not whole
            and _is_bare(this)
            and after.unit
            and after.kind in ("duration", "dose", "percentage", "money")
        ):
            found[k] = replace(this, unit=after.unit, kind=after.kind)
    for k in range(1, len(found)):
        before, this = found[k - 1], found[k]
        if (
            before.kind == "ordinal"
            and _is_bare(this)
            and _link(text, before, this) in ("and", "or", ",", ", and", "&")
        ):
            found[k] = replace(this, unit=before.unit, kind="ordinal", of=before.of)
    return found


def _is_bare(measured: Measured) -> bool:
    return (measured.kind, measured.unit, measured.of, measured.bound) == ("count", None, None, "exact")


def _link(text: str, left: Measured, right: Measured) -> str:
    """What joins two figures, when it is short."""
    return text[left.end : right.start].strip() if right.start - left.end <= _LINK else ""


class _Finder(Expressions):
    """Says what the amount at a token is."""

    def at(self, i: int) -> Found:
        """The figure that begins at a token, or None, and the token to go on from."""
        if self._numbers_a_post(i):
            return None, i + 2
        for rule in (self.named_time, self.label, self.statistic, self.ordinal, self.numbered):
            found = rule(i)
            if found:
                return found
        prefix = self.prefix(i)
        return self.every(i, prefix) or self.often(i, prefix) or self._amount(i, prefix) or (None, i + 1)

    def _numbers_a_post(self, i: int) -> bool:
        """Whether a number begins the text as the place of a post in a thread: "2/ And another thing"."""
        token = self.tokens[i]
        begins = self.tokens[i - 1].form == "end" and token.form == "number" and token.digits
        return begins and self.tokens[i + 1].text == "/" and self.glued(i + 1) and not self.glued(i + 2)

    def _amount(self, i: int, prefix: Prefix) -> Found | None:
        """An amount that no other rule reads, with the words around it."""
        amount = self.range(prefix.next, opened=prefix.opened)
        if amount is None:
            return None
        if self.has(i, "opening") and not amount.joined and not prefix.age:  # from 60% to 30%, between two
            return self._amount(i + 1, replace(self.prefix(i + 1), opened=prefix.opened))
        if self._bounds_nothing(i, prefix, amount):
            return self._amount(i + 1, self.prefix(i + 1))
        amount, aged = self.ended(amount)
        prefix = replace(prefix, age=prefix.age or aged)
        if amount.plain or (amount.vague and amount.unit is None):
            return self._bare_number(i, prefix, amount)
        unit, of = amount.unit, None
        if unit is None:
            assert amount.kind, "a decade or a date"
            return self.measured(i, amount, prefix, kind=amount.kind, unit="year"), amount.next
        if unit == PERCENT and (self.tokens[amount.next].text == "of" or amount.factor != 1):
            noun = self.noun(amount.next)
            of = noun.text if noun else None
        kind: Kind = "age" if unit.symbol == "year" and prefix.age else unit.kind
        amount, per = self._with_per(amount, amount.next)
        return self.measured(i, amount, prefix, kind=kind, unit=unit.symbol, per=per, of=of), amount.next

    def _bounds_nothing(self, i: int, prefix: Prefix, amount: Amount) -> bool:
        """Whether the words before the amount belong to the sentence: over two weeks, under three names."""
        if prefix.next == i:
            return False
        timed = amount.unit is not None and amount.unit.kind == "duration"
        if prefix.period and timed:
            return not self.has(i - 1, "over_more")
        if prefix.inside and not timed:
            noun = self.noun(amount.next)
            return not (noun and noun.repeats)
        if not prefix.loose or prefix.age or amount.unit is not None or amount.kind:
            return False
        return amount.vague or (not amount.digits and amount.low <= _SMALL)

    def _with_per(self, amount: Amount, i: int) -> tuple[Amount, str | None]:
        per = self.per(i)
        if per is None:
            return amount, None
        return replace(amount, end=self.tokens[per[2] - 1].end, next=per[2]), per[0]

    def _bare_number(self, i: int, prefix: Prefix, amount: Amount) -> Found:
        """A number without a unit: a year, an age, a count with its noun, or nothing."""
        noun = self.noun(amount.next, single=amount.low == amount.high == 1 and not amount.suffix)
        if noun is None and self.hyphen(amount.next) and amount.kind is None:  # a 63-person trial, a four-arm one
            noun = self.noun(amount.next + 1)
            if noun is None or noun.unit is None:
                return None, amount.next
        if amount.kind == "year" and self._is_year(prefix, amount, noun):
            return self.measured(i, amount, prefix, kind="year", unit="year"), amount.next
        if noun is None and self._is_age(i, prefix, amount):
            return self.measured(i, amount, prefix, kind="age", unit="year"), amount.next
        if noun and amount.suffix == "at-least" and prefix.next == i and self._singular(noun):
            return self.measured(i, amount, prefix, kind="age", unit="year"), amount.next  # the 65+ trial
        after = noun.next if noun else amount.next
        share = self.share(amount, after) if noun and amount.plain else None
        if share and not self.noun(share.next):  # "two patients in three", not "two deaths in five trials"
            return self.measured(
                i, share, prefix, kind="percentage", unit="%", of=noun.text if noun else None
            ), share.next
        rated = self._repeated(i, prefix, amount, noun, after) or self._per_population(i, prefix, amount, noun, after)
        if rated:
            return rated
        who = noun is None and amount.low > 1 and self.tokens[after].text.lower() == "who"  # the sixty who
        if noun is None and not who and self._is_nothing(i, prefix, amount):
            return None, amount.next
        amount, per = self._with_per(amount, after)
        unit, of = (noun.unit, noun.text) if noun else ("people" if who else None, None)
        return self.measured(i, amount, prefix, kind="count", unit=unit, per=per, of=of), max(amount.next, i + 1)

    def _singular(self, noun: Noun) -> bool:
        """Whether a counted noun stands in the singular; of people there are irregular plurals."""
        return noun.unit != "people" and not self.tokens[noun.next - 1].text.endswith("s")

    def _is_year(self, prefix: Prefix, amount: Amount, noun: Noun | None) -> bool:
        if prefix.bound and not prefix.year:
            return False
        if prefix.about and amount.low % 50 == 0:
            return False
        if noun is None or prefix.year or self.has(prefix.next - 1, "year_after"):
            return True
        # "The 2019 guidelines", "a 2013 trial", "the 2006 infusion", but not "the 2019 patients" nor "2000 trials".
        before = self.tokens[prefix.next - 1].entry.roles
        one = self._singular(noun) or not before.isdisjoint({"article", "determiner"})
        named = noun.unit is None or (noun.unit != "people" and one)
        return named and amount.low % 50 != 0

    def _is_age(self, i: int, prefix: Prefix, amount: Amount) -> bool:
        """Aged 20 to 60, adults 20+, people over 20."""
        if amount.low > _OLDEST or amount.vague:
            return False
        if prefix.age:
            return True
        before = self.tokens[i - 1]
        people = before.entry.noun == "people" or self.has(i - 1, "age_of")
        if amount.suffix in ("at-least", "up-to"):
            return people and amount.digits
        if prefix.bound not in ("more-than", "less-than") or not amount.digits or amount.low % 1 or amount.low < 10:
            return False
        return people or (before.form == "end" and prefix.loose)

    def _repeated(self, i: int, prefix: Prefix, amount: Amount, noun: Noun | None, after: int) -> Found | None:
        """Two sessions a week, three doses daily: how often."""
        if noun and not noun.repeats:
            return None
        per = self.per(after)
        of = noun.text if noun else None
        if per and per[1]:
            amount = replace(amount, end=self.tokens[per[2] - 1].end, next=per[2])
            return self.rated(i, amount, prefix, per[1], of=of)
        rate = self.tokens[after].entry.rate if noun else None
        if rate is None:
            return None
        high = None if amount.high is None else amount.high * rate[0]
        amount = replace(amount, low=amount.low * rate[0], high=high, end=self.tokens[after].end, next=after + 1)
        return self.rated(i, amount, prefix, UnitWord(rate[1], "duration"), of=of)

    def _per_population(self, i: int, prefix: Prefix, amount: Amount, noun: Noun | None, after: int) -> Found | None:
        """14 deaths per 100,000: the rate per hundred thousand."""
        whole = self.tokens[after + 1]
        if not self.has(after, "per_strict") or whole.form != "number" or whole.value < 100 or whole.value % 100:
            return None
        scale = _POPULATION / whole.value
        high = None if amount.high is None else amount.high * scale
        amount = replace(amount, low=amount.low * scale, high=high, end=whole.end, next=after + 2)
        per = self.text[whole.start : whole.end]
        of = noun.text if noun else None
        return self.measured(i, amount, prefix, kind="ratio", unit="per-100k", per=per, of=of), amount.next

    def _is_nothing(self, i: int, prefix: Prefix, amount: Amount) -> bool:
        """Whether a bare number without a noun says no amount: one, the two, Windows 11."""
        if prefix.bound or prefix.about or amount.suffix:
            return False
        if amount.vague:
            return amount.high is not None
        if amount.joined:
            return amount.low == amount.high
        if not amount.digits:
            return amount.low <= 1 or self.has(i - 1, "determiner")
        if amount.low <= 31 and (self.has(i - 1, "month") or self.has(amount.next, "month")):
            return True  # a day without its year
        if len(self.tokens[amount.next - 1].text) > _LONGEST_PLAIN and self.tokens[amount.next - 1].text.isdigit():
            return True  # a record's number
        before = self.tokens[i - 1]
        named = before.form == "word" and before.text[0].isupper() and before.entry is NOTHING
        return named and self.tokens[i - 2].form != "end"
