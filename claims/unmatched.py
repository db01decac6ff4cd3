"""What to say of a claim that nothing in the library is near to: unsupported, vague, promotional, or no claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claims.folding import fold
from claims.judged import Judged, Ruling
from claims.verdicts import Severity, hits_for

if TYPE_CHECKING:
    from claims.cues import CueClass
    from claims.extraction import Assertion

# Senses by which a sentence says something of the world, not only of how one may feel about it.
_SENSES: Final = (
    "increase decrease worsen work fail cure cause prevent block activate stop last fade permanent return safe danger"
    " common rare proven unknown approve unapproved reject recommend require optional monitor unsupervised addict equal"
    " superior inferior replace suitable unsuitable legal illegal"
)
_ASSERTING: Final = frozenset(f"s:{sense}" for sense in _SENSES.split())
_SELLING: Final = ("praise", "promise", "clinic", "address")  # cues of words that sell rather than tell


def unmatched(assertion: Assertion) -> Judged | None:
    """The verdict on a claim that nothing in the library bears on."""
    praised = promotional_as_worded(assertion, "praise", "promise")
    if praised is not None:
        return _bare(praised)
    vague = vague_as_worded(assertion)
    if vague is not None:
        return _bare(vague)
    if not _checkable(assertion):
        of_it = "intervention" in assertion.stated or (assertion.slots.intervention and assertion.has(*_SELLING))
        if not of_it:
            return None
        return _bare(Ruling("promotional", "nothing that evidence could settle"))
    if assertion.has("clinic"):
        return provider_alone("note")
    return _bare(Ruling("unsupported", "nothing in the library bears on it"))


def provider_alone(severity: Severity | None = None) -> Judged:
    """The verdict on what no literature can show of one provider; ``severity`` ``None`` means the verdict's own."""
    return _bare(Ruling("unsupported", "a fact about this provider, which only the provider can show"), severity)


def _bare(ruling: Ruling, severity: Severity | None = None) -> Judged:
    rules = hits_for(ruling.verdict, faults=(), missing=ruling.missing, reason=ruling.reason, severity=severity)
    return Judged(verdict=ruling.verdict, reason=ruling.reason, missing=ruling.missing, rules=rules)


def _checkable(assertion: Assertion) -> bool:
    """Whether the claim names something that evidence could bear on."""
    figures = [m for m in assertion.measured if m.kind not in ("year", "date", "ordinal")]
    if "outcome" in assertion.stated or figures or not _ASSERTING.isdisjoint(assertion.frame.own):
        return True
    return "intervention" in assertion.stated and len(assertion.stated) > 1


def promotional_as_worded(assertion: Assertion, *kinds: CueClass) -> Ruling | None:
    """Words of these kinds that sell, with no figure and no study to hold on to."""
    if _figures(assertion) or assertion.frame.studies or not assertion.has(*kinds):
        return None
    return Ruling("promotional", "praise or a promise that no evidence could settle")


def vague_as_worded(assertion: Assertion) -> Ruling | None:
    """A strength word, a weasel word or an unnamed source, with nothing to hold on to."""
    if _figures(assertion) or assertion.frame.studies:
        return None
    if assertion.has("strength", "weasel", "praise"):
        return Ruling("vague", "a strength or frequency word stands without a figure", missing=("number",))
    if assertion.has("attribution"):
        return Ruling("vague", "it leans on studies that it does not name", missing=("source",))
    return None


def _figures(assertion: Assertion) -> bool:
    """Whether the claim gives a figure to hold on to; "thousands of people every year" is none."""
    weasels = tuple(cue.word for cue in assertion.cues if cue.kind == "weasel")
    return any(
        figure.kind != "frequency" and not fold(assertion.in_full[figure.start :]).startswith(weasels)
        for figure in assertion.measured
    )
