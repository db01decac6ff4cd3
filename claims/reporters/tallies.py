"""What weighed for and against a claim, in words: the names of ``claims/comparisons.py`` for a reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_WHOLE: Final = {
    "absolute": "absolute wording",
    "strong": "sure wording",
    "hedged": "hedged wording",
    "surer": "surer than the allowed wordings",
    "unqualified": "no hedge where the evidence needs one",
    "nearness": "likeness to the nearest known wording",
    "allowed": "likeness to allowed wordings",
    "nearest-allowed": "likeness to allowed wordings",
    "closeness": "likeness to allowed wordings",
    "votes-allowed": "how many of the nearest wordings are allowed",
    "bent": "likeness to bent wordings",
    "nearest-bent": "likeness to bent wordings",
    "nearest-three": "likeness to allowed wordings",
    "nearer-allowed": "nearer to allowed or to bent wordings",
    "nearest-clean": "likeness to allowed wordings that say nothing against it",
    "nearest-clean-bent": "likeness to bent wordings that say nothing against it",
    "cleaner-allowed": "whether allowed or bent wordings say less against it",
    "figures-not-carried": "figures that allowed wordings like it do not have",
    "tallied": "its words, as they stand in allowed and in bent wordings",
    "tallied-runs": "the order of its words, as in allowed and in bent wordings",
    "contradicted": "its words, as they stand in contradicted wordings",
    "contradicted-runs": "the order of its words, as in contradicted wordings",
    "contradicted-in-all": "its words, as they stand in contradicted wordings",
    "contradicted-runs-in-all": "the order of its words, as in contradicted wordings",
    "poles": "words that have a contrary",
    "pole-sum": "which of two contrary words allowed wordings have",
    "pole-for": "the one of two contrary words that allowed wordings have",
    "pole-against": "the contrary of a word that allowed wordings have",
    "pole-bent": "the one of two contrary words that bent wordings have",
    "result-told": "a figure that was found",
    "result-untold": "a figure that was not found, of a kind that was",
    "result-clean": "a figure that was found as the claim has it",
    "result-parts": "details in which a figure was found otherwise",
    "shortened": "likeness to shortened wordings",
    "allowed-over-bent": "nearer to allowed or to bent wordings",
    "nearest-difference": "nearer to allowed or to bent wordings",
    "allowed-over-shortened": "nearer to allowed or to shortened wordings",
    "covered": "what the allowed wordings say too",
    "unsaid": "what the allowed wordings do not say",
    "added": "what the closest allowed wording does not say",
    "left-out": "what the closest allowed wording says besides",
    "core-missing": "what all allowed wordings say is missing",
    "denied": "it denies what is carried, or affirms what is denied",
    "contrary": "it says the contrary",
    "reversed": "the sides of the comparison are swapped",
    "swapped": "details that differ from the closest allowed wording",
    "figure-fits": "a figure that fits",
    "figures-all-fit": "every figure fits",
    "figure-beyond": "a figure beyond what is carried",
    "figure-above": "a figure above what is carried",
    "figure-unknown": "a figure that could not be placed",
    "figure-familiar": "how well the figure is known here",
    "figure-without-qualifier": "a figure without what it needs beside it",
    "figure-without-time": "a figure without its time point",
    "qualifier-missing": "a detail that the evidence needs is missing",
    "has-figure": "it gives a figure",
    "lacks-figure": "it gives no figure",
    "right-year": "the right year",
    "wrong-year": "a wrong year",
    "topic-denies": "the position denies something",
    "topic-factual": "the position is a plain fact",
    "topic-finding": "it was held against one finding",
    "study-score": "likeness to one finding",
    "study-explained": "figures that one finding explains",
    "study-unexplained": "figures that the finding does not explain",
    "study-named": "it names a study",
    "study-agrees": "it agrees with the study it speaks of",
    "study-parts": "it departs from the study it speaks of",
    "network": "the network that read it beside the nearest wordings",
}
# What stands before the name of a slot, detail or word.
_BEGINNINGS: Final = {
    "close-swapped-": "almost an allowed wording, with another {}",
    "swapped-": "another {} than in the closest allowed wording",
    "other-": "another {} than in any known wording",
    "unsaid-cue-": "words of {} that no allowed wording has",
    "cue-": "words of {}",
    "unsaid-": "a word like “{}” where no allowed wording has one",
    "study-": "another {} than in the study it speaks of",
    "result-": "a figure that was found for another {}",
}
_ENDINGS: Final = {
    "-other": "another {} than the evidence",
    "-broader": "a wider {} than the evidence",
    "-missing": "{} not said",
}
_SCALED: Final = ("likely-", "close-")  # the same comparison, weighed by likeness
_NAMED: Final = {"intervention": "treatment", "drug": "treatment", "number": "figure", "time": "time point"}
_CUES: Final = {
    "absolute": "absoluteness",
    "strong": "sureness",
    "weasel": "vagueness",
    "clinic": "a clinic about itself",
}


def in_words(name: str) -> str:
    """One comparison's name as a phrase; a name without one stands with its hyphens opened."""
    if name in _WHOLE:
        return _WHOLE[name]
    for ending, phrase in _ENDINGS.items():
        if name.endswith(ending) and "-" not in name.removesuffix(ending):
            return _filled(phrase, name.removesuffix(ending))
    for beginning, phrase in _BEGINNINGS.items():
        if name.startswith(beginning):
            rest = name.removeprefix(beginning)
            return _filled(phrase, _CUES.get(rest, rest) if "cue-" in beginning else rest)
    for beginning in _SCALED:
        if name.startswith(beginning):
            return in_words(name.removeprefix(beginning))
    return name.replace("-", " ")


def for_and_against(tally: Iterable[tuple[str, float]]) -> tuple[list[str], list[str]]:
    """What weighed for and what against a claim, each phrase once, the heaviest first."""
    sums: dict[str, float] = {}
    for name, weight in tally:
        phrase = in_words(name)
        sums[phrase] = sums.get(phrase, 0.0) + weight
    heavy = sorted(sums.items(), key=lambda entry: -abs(entry[1]))
    return [phrase for phrase, weight in heavy if weight > 0], [phrase for phrase, weight in heavy if weight < 0]


def _filled(phrase: str, name: str) -> str:
    return phrase.format(_NAMED.get(name, name.replace("-", " ")))
