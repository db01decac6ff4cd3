"""One form of an English word for its spellings and inflections, so that a dictionary need not list them.

"Anaesthetised", "anesthetized" and "anesthetizes" are one form. Only endings that leave the meaning alone go (plurals,
verb forms); "relation" and "related" stay two. Length is not kept: offsets are the caller's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_REMEMBERED: Final = 100_000
# British to American, by letters; each is harmless where the letters stand for something else, as both sides of a
# comparison are rewritten alike.
_LETTERS: Final = (
    (re.compile(r"(?<=[a-z])ae(?=[a-z])|^ae(?=s|t)"), "e"),  # anaesthetic, haemorrhage, aetiology
    (re.compile(r"oe(?=dema|soph|str)|(?<=[fm])oe(?=t|b)|(?<=rh)oe|(?<=homs)oe"), "e"),  # oedema, foetus, diarrhoea
    (re.compile(r"(?<=[a-z]{2})our(?=s?$|ed$|ing$|able$|al$|ist$|ful$|ite$)"), "or"),  # behaviour, tumours, favourable
    (re.compile(r"(?<=[a-z]{3})is(?=e[drs]?$|ing$|ation)"), "iz"),  # randomised, organisation
    (re.compile(r"(?<=[a-z])ys(?=e[drs]?$|ing$)"), "yz"),  # analyse, paralysed
    (re.compile(r"^([a-z]*[aeiou][a-z]*[^aeiou][aeiou])ll(?=ed$|ing$|er$|ment|s?$)"), r"\1l"),  # labelled, enrolls
    (re.compile(r"(?<=[a-z][bt])re(?=s?$)"), "er"),  # centre, fibre
    (re.compile(r"(?<=[a-z]{3}m)me(?=s?$)"), ""),  # programme
    (re.compile(r"(?<=[a-z]{2})enc(?=e[ds]?$)"), "ens"),  # licence, defence
    (re.compile(r"(?<=dg)e(?=ment)"), ""),  # judgement
)
_BRITISH: Final = re.compile(r"ae|oe|our|is[ei]|isation|ys[ei]|ll|re|mme|enc|gem")
_TOKEN: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?|[^\w\s]")
_VOWEL: Final = re.compile(r"[aeiouy]")
_DOUBLED: Final = re.compile(r"([bdfgklmnprt])\1$")
_SHORTEST: Final = 4  # letters that must be left when an ending goes
_NO_PLURAL: Final = ("ss", "us", "is")


@lru_cache(maxsize=_REMEMBERED)
def american(word: str) -> str:
    """A folded word in American spelling, as far as the letters tell."""
    if not _BRITISH.search(word):
        return word
    for pattern, letters in _LETTERS:
        word = pattern.sub(letters, word)
    return word


@lru_cache(maxsize=_REMEMBERED)
def base_form(word: str) -> str:
    """A folded word without spelling variant, possessive, plural or verb ending."""
    word = american(word.removesuffix("'s").removesuffix("'"))
    if not word.isalpha():
        return word
    if len(word) > _SHORTEST and word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif len(word) > _SHORTEST and word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif len(word) >= _SHORTEST and word.endswith("s") and not word.endswith(_NO_PLURAL):
        word = word[:-1]
    elif word.endswith("ied") and len(word) > _SHORTEST:
        word = f"{word[:-3]}y"
    else:
        for ending in ("ing", "ed"):
            bare = word.removesuffix(ending)
            if bare != word and len(bare) >= _SHORTEST and _VOWEL.search(bare):
                word = _DOUBLED.sub(r"\1", bare)
                break
    return word[:-1] if len(word) > _SHORTEST and word.endswith("e") else word


def based_words(folded: str) -> tuple[str, dict[int, int], dict[int, int]]:
    """The words of a folded text in base form, a space on either side of each; where in the text the word begins that
    follows a space, and where the one ends that a space follows."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    parts: list[str] = []
    place = 0
    for match in _TOKEN.finditer(folded):
        form = base_form(match.group())
        starts[place] = match.start()
        place += len(form) + 1
        ends[place] = match.end()
        parts.append(form)
    return f" {' '.join(parts)} ", starts, ends
