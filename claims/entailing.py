"""Adds what a network says of a claim to what the comparisons of the claim said.

A stage of its own between considering and judging: all that the verdict rests on beside the two sums, every comparison
that failed and every bar, is as without a network.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec

from claims.entailment import Known
from claims.form_reading import texts_of

if TYPE_CHECKING:
    from claims.collection import Collection
    from claims.considering import Considered
    from claims.entailment import Entailment
    from claims.extraction import Assertion
    from claims.forms import Forms
    from claims.lexicon import Lexicon

_CARRIED_OVER: Final = ("intervention", "route", "population")  # what a claim may speak of without saying so
_LEAST: Final = 1e-9


class Entailing:
    """Has claims read by a network, beside the wordings of one library."""

    def __init__(self, collection: Collection, forms: Forms, network: Entailment) -> None:
        self._collection = collection
        self._forms = forms
        self._network = network

    @property
    def carries(self) -> float:
        """Support from which the evidence carries a claim."""
        return self._network.facts.carries

    def weighed(self, assertion: Assertion, considered: Considered) -> Considered:
        """What was considered, with the support and the fit of each verdict that comparisons and network give
        together."""
        facts = self._network.facts
        said = self._network.read(assertion.in_full, self.known(assertion, considered.near))
        points = _logit(considered.support)
        together = facts.base + facts.comparisons * points + facts.network * said.carried
        return msgspec.structs.replace(
            considered,
            support=1 / (1 + math.exp(-together)),
            fits={verdict: fit + said.verdicts[verdict] for verdict, fit in considered.fits.items()},
            read=together - points,
        )

    def known(self, assertion: Assertion, near: tuple[int, ...]) -> Known:
        """What a claim is read beside; ``near`` are the numbers of wordings, nearest first."""
        allowed = next((number for number in near if self._forms.form(number).allowed), None)
        bent = next((number for number in near if not self._forms.form(number).allowed), None)
        context = context_of(assertion, self._collection.lexicon)
        return Known(context=context, allowed=self._text(allowed), bent=self._text(bent))

    def _text(self, number: int | None) -> str | None:
        if number is None:
            return None
        topic = self._forms.form(number).topic
        return texts_of(topic, self._collection)[number - self._forms.of_topic(topic).start]


def context_of(assertion: Assertion, lexicon: Lexicon) -> str:
    """What a claim speaks of without saying so."""
    carried = (getattr(assertion.slots, slot)[:1] for slot in _CARRIED_OVER if slot not in assertion.stated)
    return ", ".join(lexicon.label(concept) for concepts in carried for concept in concepts)


def _logit(support: float) -> float:
    inside = min(max(support, _LEAST), 1 - _LEAST)
    return math.log(inside / (1 - inside))
