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
        if self._has(text):
            return True
        if not _MARKUP.search(text):
            return False
        return any(self._has(_UNSEEN.sub("", html.unescape(_TAG.sub(gap, text)))) for gap in (" ", ""))

    def _has(self, text: str) -> bool:
        folded = " ".join(fold(text).split())
        return self._words is not None and bool(self._words.find_matches_as_indexes(folded))
