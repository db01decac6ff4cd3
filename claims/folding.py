"""The form of a text in which words are matched: same length, lower case, every dash and blank as one space."""

from __future__ import annotations

from typing import Final

_SPACES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2212\u00a0\u2009\u202f\t\n\r/"
_APOSTROPHES: Final = "\u2018\u2019\u02bc"
_FOLD: Final = {**{ord(c): " " for c in _SPACES}, **{ord(c): "'" for c in _APOSTROPHES}}


def fold(text: str) -> str:
    """The text in the form that is matched; offsets do not move."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few capitals have longer lower-case forms; offsets must not move
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lowered.translate(_FOLD)


def bounded(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` begins and ends at the bounds of words."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())
