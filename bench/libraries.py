"""A library of any size, and pages about it, made up: the same in every run, and smaller ones are parts of larger.

``python bench/libraries.py 2000 FOLDER`` writes the files of a library of 2,000 propositions that ``library check``
finds sound, and pages on its first 200. Concepts grow with the square root of the propositions and are used as
unevenly as words are; every sentence also has words of the packaged library's wordings, so that the index has work.
All names are invented.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from texts import wordings

SEED = 6
_PAGES, _CLAIMS = 50, 12  # pages, and claims on each
_ABOUT = 200  # propositions that the pages are about
_IN_FILE = 250
_FINDINGS = 10  # findings of a study; every two propositions rest on one finding
_SLOTS = {"intervention": (12, 1.2), "population": (8, 0.6), "outcome": (16, 0.8)}  # at first, and times the root
_ROUTES = ("swallowed", "injected", "inhaled", "worn as a patch")
_VERBS = {"lowers": "decrease", "eases": "decrease", "raises": "increase", "improves": "increase", "delays": "decrease"}
_PLACES = ("in small trials", "in primary care", "in one large trial", "in older people", "in pooled trials", "at home")
_ONSETS = tuple("b c d f g h j k l m n p r s t v w z br cl dr fl gr pl st tr".split())  # noqa: SIM905 - reads better
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ei", "ou")
_ENDINGS = {
    "intervention": ("vane", "drine", "lomab", "quil"),
    "population": ("osis", "algia"),
    "outcome": ("ence", "ity"),
}
_FAMILIES = ("Abalo", "Brenn", "Cuvier", "Dorsa", "Ekwall", "Farrin", "Gosta", "Hallow", "Ibsun", "Jarvo", "Kestrel")


@cache
def name(slot: str, number: int) -> str:
    """The invented name of a concept."""
    chance = random.Random(f"{SEED} {slot} {number}")
    stem = "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(3))
    return f"{stem}{chance.choice(_ENDINGS[slot])}{'' if number < 500 else ' ' + chance.choice(_ONSETS) + str(number)}"


def names(slot: str, propositions: int) -> dict[str, str]:
    """Every concept of a slot in a library of that size: id and name."""
    return {f"{slot}-{number}": name(slot, number) for number in range(_width(slot, propositions))}


def _width(slot: str, propositions: int) -> int:
    first, rate = _SLOTS[slot]
    return first + int(rate * propositions**0.5)


class Made:
    """Proposition ``number``, made up; what it says does not depend on the size of the library."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._chance = chance = random.Random(SEED * 1_000_003 + number)
        self.concepts = {slot: self._pick(slot) for slot in _SLOTS}
        other = self._pick("intervention")
        self.against = None if other == self.concepts["intervention"] or chance.random() < 0.5 else other
        self.treatment, self.whom, self.outcome = (name(slot, place) for slot, place in self.concepts.items())
        self.route = chance.randrange(len(_ROUTES))
        self.verb = chance.choice(tuple(_VERBS))
        self.place = chance.choice(_PLACES)
        self.low = chance.randint(5, 60)
        self.high = self.low + chance.randint(1, 20)
        self.weeks = chance.randint(2, 52)
        self.finding = f"{bibkey(number // (2 * _FINDINGS))}.{number // 2 % _FINDINGS + 1}"

    def _pick(self, slot: str) -> int:
        """A concept among those there are at this size; the first are used most, as with words."""
        width = _width(slot, max(_ABOUT, self.number))
        return int(width * self._chance.random() ** 2)

    def tail(self, words: list[str]) -> str:
        """Some words of real wordings in a row."""
        told = self._chance.choice(words).rstrip(".").split()
        start = self._chance.randrange(max(1, len(told) - 4))
        return " ".join(told[start : start + 5])

    def core(self, verb: str, figure: str) -> str:
        compared = f" compared with {name('intervention', self.against)}" if self.against is not None else ""
        told = f"{self.treatment.capitalize()}, {_ROUTES[self.route]}, {verb} {self.outcome} by {figure}"
        return f"{told} in people with {self.whom}{compared}"

    def allowed(self, words: list[str]) -> list[str]:
        """The statement and two wordings."""
        figure = f"{self.low}% to {self.high}%"
        told = f"{self.treatment} {self.verb} {self.outcome} by {figure} {self.place}"
        may = f"People with {self.whom} who take {self.treatment} may find that it {self.verb} {self.outcome}"
        return [
            f"{self.core(self.verb, figure)} over {self.weeks} weeks, {self.place}: {self.tail(words)}.",
            f"Over {self.weeks} weeks {told}: {self.tail(words)}.",
            f"{may}; {self.tail(words)}.",
        ]

    def bent(self) -> list[tuple[str, str, str]]:
        """Fault, verdict and text of wordings that bend it."""
        more = min(99, self.high + 30)
        return [
            ("number", "overstated", f"{self.core(self.verb, f'{more}%')} within {self.weeks} weeks."),
            (
                "absolute",
                "overstated",
                f"{self.treatment.capitalize()} always {self.verb} {self.outcome} in everyone with {self.whom}.",
            ),
        ]


def bibkey(study: int) -> str:
    letters = ""
    rest = study
    while True:
        letters, rest = chr(97 + rest % 26) + letters, rest // 26
        if not rest:
            break
    return f"{_FAMILIES[study % len(_FAMILIES)]}{1990 + study % 37}{letters}"


def _bare() -> list[str]:
    """Real wordings, but for signs that a TOML string would have to escape."""
    return [text.replace('"', "").replace("\\", "") for text in wordings()]


def write_library(count: int, folder: Path) -> None:
    words = _bare()
    for part in ("lexicon", "propositions", "studies", "sources"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    _text(folder / "library.toml", ['name = "made-up"', 'title = "Made up"', 'licence = "CC-BY-4.0"'])
    _text(folder / "lexicon" / "all.toml", _lexicon(count))
    studies = (count + 2 * _FINDINGS - 1) // (2 * _FINDINGS)
    _text(folder / "references.bib", (line for study in range(studies) for line in _reference(study)))
    last = (count + 1) // 2
    for study in range(studies):
        findings = range(study * _FINDINGS, min(last, (study + 1) * _FINDINGS))
        _text(folder / "studies" / f"{bibkey(study)}.toml", _study(study, findings, words))
    for start in range(0, count, _IN_FILE):
        made = range(start, min(count, start + _IN_FILE))
        lines = (line for number in made for line in _proposition(Made(number), words))
        _text(folder / "propositions" / f"{start:07}.toml", lines)


def write_pages(folder: Path) -> None:
    """Pages of claims on the first propositions, as allowed, as bent and worded anew, among sentences of no claim."""
    words = _bare()
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(SEED)
    for page in range(_PAGES):
        said = []
        for _ in range(_CLAIMS):
            made = Made(chance.randrange(_ABOUT))
            kind = chance.random()
            if kind < 0.4:
                said.append(chance.choice(made.allowed(words)))
            elif kind < 0.7:
                said.append(chance.choice(made.bent())[2])
            else:
                told = f"{made.treatment} {made.verb} {made.outcome} by {chance.randint(2, 90)}%"
                said.append(f"Since {chance.randint(2001, 2026)}, {told}.")
            said.append("Ask at the desk if anything is not clear.")
        paragraphs = [" ".join(said[start : start + 6]) for start in range(0, len(said), 6)]
        _text(folder / f"page-{page:02}.md", ["# What to expect", *(f"\n{paragraph}" for paragraph in paragraphs)])


def _lexicon(count: int) -> Iterator[str]:
    yield "[concepts]"
    for slot in _SLOTS:
        for key, label in names(slot, count).items():
            yield f'{key} = {{slot = "{slot}", label = "{label}", synonyms = ["{label}"]}}'
    for number, route in enumerate(_ROUTES):
        yield f'route-{number} = {{slot = "route", label = "{route}", synonyms = ["{route}"]}}'
    yield 'human = {slot = "species", label = "human", synonyms = ["people"]}'
    aspect = 'slot = "aspect", label = "change", compare = "interval", conflict = "numeric", severity = 2, unit = "%"'
    yield f"change = {{{aspect}}}"


def _reference(study: int) -> Iterator[str]:
    key = bibkey(study)
    family = _FAMILIES[study % len(_FAMILIES)]
    second = _FAMILIES[(study // 7) % len(_FAMILIES)]
    yield f"@article{{{key},"
    yield f"  author  = {{{family}, {chr(65 + study % 26)}. and {second}, {chr(65 + study // 26 % 26)}.}},"
    title = f"A made-up study of {name('intervention', study % 500)} in {name('population', study // 3 % 500)}"
    yield f"  title   = {{{{{title}, part {study}}}}},"
    yield "  journal = {Journal of Made-up Results},"
    yield f"  year    = {{{1990 + study % 37}}},\n}}\n"


def _study(study: int, findings: range, words: list[str]) -> Iterator[str]:
    key = bibkey(study)
    yield f'bibkey = "{key}"\ndesign = "rct"\nn = {40 + study % 900}\nverified = "yes"\ncurated = 2026-01-01'
    for number in findings:
        made = Made(2 * number)
        concepts = made.concepts
        yield f'\n[[findings]]\nid = "{key}.{number % _FINDINGS + 1}"\noutcome = "outcome-{concepts["outcome"]}"'
        yield f'aspect = "change"\nstatistic = "proportion"\nvalue = {made.low}\nunit = "%"\nspecies = "human"'
        yield f'population = ["population-{concepts["population"]}"]'
        yield f'intervention = ["intervention-{concepts["intervention"]}"]'
        told = f"{made.treatment.capitalize()} changed {made.outcome} by {made.low}% in {made.whom}"
        yield f'summary = "{told}, {made.tail(words)}"'
        yield f'locator = "table {number % 7 + 1}"\nverified = "yes"'


def _proposition(made: Made, words: list[str]) -> Iterator[str]:
    statement, *allowed = made.allowed(words)
    concepts = made.concepts
    yield f'[[propositions]]\nid = "made-{made.number}"\ncategory = "efficacy"\nstatement = "{statement}"'
    yield 'importance = 2\ncertainty = "moderate"\nreviewed = 2026-01-01\nreview_by = 2099-01-01\n'
    yield f'[propositions.scope]\nroute = ["route-{made.route}"]'
    yield from (f'{slot} = ["{slot}-{number}"]' for slot, number in concepts.items())
    yield from ([f'comparator = ["intervention-{made.against}"]'] if made.against is not None else [])
    yield f'\n[[propositions.values]]\naspect = "change"\nlow = {made.low}\nhigh = {made.high}\nunit = "%"\n'
    yield f'[[propositions.evidence]]\nfinding = "{made.finding}"\nstance = "supports"\n'
    yield from (f'[[propositions.wordings]]\ntext = "{text}"\n' for text in allowed)
    for fault, verdict, text in made.bent():
        yield f'[[propositions.distortions]]\nkind = "{fault}"\nchange = "made up"\nverdict = "{verdict}"'
        yield f'reason = "it is not as found"\ntexts = ["{text}"]\n'


def _text(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("propositions", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    write_library(given.propositions, given.folder / "library")
    write_pages(given.folder / "pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
