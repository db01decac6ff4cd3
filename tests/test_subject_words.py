"""No drug, disease, scale or agency has a name in Python: what the code knows of a subject, it knows from data.

The names come from the lexicons of two libraries on different subjects, so a new concept is watched from the day it is
written down. Identifiers, strings, comments and docstrings count alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from claims.lexicon import load_lexicon
from tests.test_completeness import CODE, ROOT

LEXICONS = (ROOT / "claims" / "data" / "lexicon", ROOT / "examples" / "vitamin-d" / "lexicon")
SLOTS = ("intervention", "population", "measure", "agency")

# Words of a lexicon that are ordinary English in Python. Each is there for a reason, and goes when the reason goes.
ALLOWED = {
    "people": "a unit of the vocabulary: what a count counts",
    "person": "who reads the page; also in 'personal'",
    "patient": "any reader's or trial's patient, no disease",
    "patients": "a word of the vocabulary of attributions, and a noun that a count counts",
    "adults": "a noun that a count counts",
    "clinic": "a word of the vocabulary of attributions and cues: who speaks",
    "provider": "who offers a treatment, whatever it is",
    "regulator": "any authority that approves, no particular one",
    "a regulator": "the same",
    "no treatment": "plain English: a promise that no treatment can keep",
    "child": "a sense of general English",
    "guideline": "a design of the vocabulary",
    "guidelines": "plural of a design of the vocabulary",
    "who": "the pronoun",
    "sun": "short for Sunday",
}
# Engine files that are being rewritten; a file leaves this list with its words.
BEING_REWRITTEN: frozenset[str] = frozenset()

_WORD = re.compile(r"[A-Za-z0-9]+")
_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LONG = 6  # from here on a word is also seen with an ending: -s, -like


def words(line: str) -> list[str]:
    """The words of a line in small letters; ``snake_case`` and ``CamelCase`` are several."""
    return [part.lower() for word in _WORD.findall(line) for part in _CASE.split(word)]


@cache
def names() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Every name as words, by its first word: ids, labels and synonyms of the concepts of ``SLOTS``."""
    found: set[tuple[str, ...]] = set()
    for folder in LEXICONS:
        for key, concept in load_lexicon(folder, root=ROOT).concepts.items():
            if concept.slot in SLOTS:
                texts = (key, concept.label, *concept.synonyms)
                found |= {tuple(words(form)) for text in texts for form in (text, text.lower())}
    listed: dict[str, list[tuple[str, ...]]] = {}
    for name in sorted(found - {()}):
        listed.setdefault(name[0], []).append(name)
    return {first: tuple(several) for first, several in listed.items()}


def named_in(source: str) -> Iterator[tuple[int, str]]:
    """Each name that stands in Python text, with its line; a name may run over the end of a line."""
    stream = [(number, word) for number, line in enumerate(source.splitlines(), 1) for word in words(line)]
    for position, (number, word) in enumerate(stream):
        for name in _beginning(word):
            run = [each for _, each in stream[position : position + len(name)]]
            if run[1:] == list(name[1:]) and " ".join(name) not in ALLOWED:
                yield number, " ".join(name)


def _beginning(word: str) -> Iterator[tuple[str, ...]]:
    for end in range(_LONG, len(word)):
        yield from (name for name in names().get(word[:end], ()) if len(name) == 1)
    yield from names().get(word, ())


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_names_no_subject(path: Path, request: pytest.FixtureRequest) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = sorted(set(named_in(path.read_text(encoding="utf-8"))))
    if found and name in BEING_REWRITTEN:
        pytest.xfail(f"is being rewritten: {found}")
    assert not found, "\n".join(f"{name}:{line}: '{word}' belongs in data" for line, word in found)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\nesketamine_dose = 84\n", 2),
        ("class KetamineDose:\n    pass\n", 1),
        ('"""About ketamines."""\n', 1),
        ("x = 1  # as in vitamin D3\n", 1),
        ("x = 'treatment-resistant\\\n    depression'\n", 1),
        ("SCALE = 'PHQ-9'\n", 1),
        ("ask(fda)\n", 1),
        ("x = {'tuberculosis'}\n", 1),
    ],
)
def test_a_name_is_seen_wherever_it_stands(source: str, line: int) -> None:
    assert line in {number for number, _ in named_in(source)}


def test_other_words_pass() -> None:
    assert not list(named_in("def whose(finding, sunk):  # it depends on who asks\n    return finding.d3x\n"))


def test_both_subjects_are_watched() -> None:
    everything = {" ".join(name) for several in names().values() for name in several}
    assert {"ketamine", "depression", "madrs", "fda", "cholecalciferol", "copd", "hba1c"} <= everything
    assert len(everything) > 1000


@pytest.mark.parametrize("word", ALLOWED)
def test_what_is_allowed_is_a_name_and_is_needed(word: str) -> None:
    name = tuple(words(word))
    assert name in names().get(name[0], ()), "no lexicon has it: take it off the list"
    texts = (" ".join(words(path.read_text(encoding="utf-8"))) for path in CODE)
    assert any(f" {word} " in f" {text} " for text in texts), "no Python has it: take it off the list"
