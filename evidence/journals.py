"""Whether a run of words names a journal: in full, abbreviated as ISO 4 does, or by its initials.

``Am J Psychiatry`` and ``AJP`` are ``American Journal of Psychiatry``. No list of abbreviations is kept: a word is
abbreviated by its beginning (``Psychiatr``) or by some of its letters in order (``Natl``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from evidence.words import Word, words_of

_SMALL: Final = frozenset({"the", "of", "and", "in", "for", "on", "to", "a", "an", "et", "de", "la"})
_BRACKETS: Final = re.compile(r"[(\[][^)\]]*[)\]]")
# A publisher's place or addition; the academy's journal goes by its name without its country.
_TAIL: Final = re.compile(r"(?<=\bSciences)\s+of\s+the\s.*$|,.*$", re.IGNORECASE)
_HEAD: Final = re.compile(r"^(?:the|u\.?s\.?)\s+", re.IGNORECASE)
_SHORTEST_INITIALS: Final = 3
_MOST_OF: Final = 0.6


def journal_forms(name: str) -> tuple[tuple[str, ...], ...]:
    """The significant words of a journal's (or publisher's) name, longest form first."""
    forms: dict[tuple[str, ...], None] = {}
    plain = _BRACKETS.sub(" ", name)
    for form in (plain, _TAIL.sub("", plain)):
        words = tuple(word.folded for word in words_of(_HEAD.sub("", form)) if word.folded not in _SMALL)
        if words:
            forms.setdefault(words)
    return tuple(forms)


def find_journal(words: Sequence[Word], forms: Iterable[tuple[str, ...]]) -> tuple[int, int] | None:
    """The first and last word (the last excluded) that name the journal; ``None`` when none do.

    A run that goes on with another capitalised word is another journal: ``JAMA`` is not in ``JAMA Psychiatry``.
    """
    for form in forms:
        for first, word in enumerate(words):
            if not word.folded or word.folded[0] != form[0][0]:
                continue
            last = _run(words, first, form)
            if last is not None and _whole(words, first, last):
                return first, last
    return None


def _run(words: Sequence[Word], first: int, form: tuple[str, ...]) -> int | None:
    """Where the run that begins at ``first`` and names ``form`` ends."""
    initials = "".join(part[0] for part in form)
    if len(form) >= _SHORTEST_INITIALS and words[first].text == initials.upper():
        return first + 1
    at = first
    for place, part in enumerate(form):
        while place and at < len(words) and words[at].folded in _SMALL and words[at].joined:
            at += 1
        joined = at == first or (at < len(words) and words[at].joined)
        if at < len(words) and joined and _abbreviates(words[at].folded, part):
            at += 1
        elif place >= 2 and place >= _MOST_OF * len(form) and words[at - 1].folded == form[place - 1]:
            return at  # the name's head only, as "Harvard Health" for a "Harvard Health Blog"
        else:
            return None
    return at


def _abbreviates(short: str, long: str) -> bool:
    if short == long:
        return True
    if not short or short[0] != long[0] or len(short) >= len(long):
        return False
    if long.startswith(short):
        return True
    letters = iter(long)
    return len(short) >= 3 and len(short) * 3 >= len(long) and all(letter in letters for letter in short)


def _whole(words: Sequence[Word], first: int, last: int) -> bool:
    """Whether the name neither goes on before nor after the run."""
    before = words[first - 1] if first else None
    after = words[last] if last < len(words) else None
    starts = before is None or not words[first].close or not before.text[0].isupper() or before.folded in _SMALL
    ends = after is None or not after.close or not after.text[0].isupper() or after.text in ("U", "US", "USA")
    return starts and ends
