"""Whether a page can name a library's subject at all, told from its bytes: what cannot is never parsed.

Errs on the side of reading: it looks for the subject's words anywhere, tags and scripts included, with and without the
markup that may stand inside a word.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

import ahocorasick_rs

from claims.folding import fold

if TYPE_CHECKING:
    from claims.collection import Manifest
    from claims.lexicon import Lexicon

_TAG: Final = re.compile(r"<[^<>]*>")
_UNSEEN: Final = re.compile("[\u00ad\u200b\u200c\u200d\u2060*_`\\\\]")
_MARKUP: Final = re.compile("[<&*_`\\\\\u00ad\u200b\u200c\u200d\u2060]")
_BLANKS: Final = re.compile(
    "[-\u2010\u2011\u2012\u2013\u2014\u2212\u00a0\u2009\u202f\\s/]{2,}|[-\u2010-\u2014\u2212\u00a0\u2009\u202f\t\n\r/]"
)
_APOSTROPHES: Final = re.compile("[\u2018\u2019\u02bc]")


class TopicWords:
    """The words for what a library is about; a library that does not say what it is about has every page read."""

    def __init__(self, manifest: Manifest, lexicon: Lexicon) -> None:
        concepts = {narrow for subject in manifest.subject for narrow in lexicon.narrower(subject)}
        words = {" ".join(fold(word).split()) for key in concepts for word in lexicon.concepts[key].synonyms} - {""}
        self._words = ahocorasick_rs.AhoCorasick(sorted(words)) if words else None
        self.everything = not manifest.subject

    def may_be_in(self, body: bytes) -> bool:
        """False when no reader could find the subject in this text."""
        if self.everything:
            return True
        text = body.decode("utf-8", "replace")
        return self._has(text) or (bool(_MARKUP.search(text)) and self._has(_plain(text)))

    def _has(self, text: str) -> bool:
        # As ``fold`` does, but several times faster, since offsets may move.
        folded = _APOSTROPHES.sub("'", _BLANKS.sub(" ", text.lower()))
        return self._words is not None and bool(self._words.find_matches_as_indexes(folded))


def _plain(text: str) -> str:
    """The text without tags and what is not seen."""
    return _UNSEEN.sub("", html.unescape(_TAG.sub("", text.replace("<br", " <br").replace("<BR", " <BR"))))
