"""Why a sentence claims nothing: a question, a heading, an instruction, a reference, something said by others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from claims.cues import Cue, place_cues
from claims.sentences import split_sentences
from evidence.later import compiled_later

if TYPE_CHECKING:
    from claims.documents import Segment
    from claims.frames import FrameReader

INSTRUCTION: Final = "an instruction"  # why what tells the reader to do something makes no claim
MIN_WORDS: Final = 3
_CITED: Final = compiled_later(r"[A-Z][\w'’-]+(?: [A-Z]{1,3})?(?:,| et al| (?:19|20)\d\d,)")
_YEAR: Final = compiled_later(r"\b(?:19|20)\d\d\b")
_COMMA: Final = compiled_later(r",\s*")
_CAPITALS: Final = 0.7
_CITATION_WORDS: Final = 14
_UNENDED: Final = compiled_later(
    r"\b(?:following|follows|these|this|such as|includes?|including|included|is|are|was|were|be|may|can|if|when|who"
    r"|with|for|by|to|of|that|like|as|than|in|on)\s*:$",
    re.IGNORECASE,
)
_QUOTES: Final = "\"'“”‘’«»"


def no_claim(segment: Segment, sentence: str, cues: Sequence[Cue], *, led: bool = False) -> str | None:
    """Why a sentence claims nothing; ``None`` when it claims. ``led``: a list's lead says what is told of its items."""
    words = sentence.strip().strip(_QUOTES)
    if words.endswith("?"):
        return "a question"
    if segment.kind == "quotation":
        return "a quotation"
    if segment.kind == "heading":
        return "a heading"
    listed = led and segment.kind == "list-item"
    if segment.kind != "table-cell" and not listed and len(words.split()) < MIN_WORDS:
        return "too short to assert anything"
    if _is_reference(words):
        return "a reference"
    if segment.kind == "prose" and _UNENDED.search(words):
        return "it leads into a list, whose items end it"
    kinds = {cue.kind for cue in cues}
    if kinds & {"myth", "reported"}:
        return "reported or quoted, not asserted"
    if "meta" in kinds:
        return "about the text itself"
    return INSTRUCTION if _tells_to_do(sentence, cues) else None


def _tells_to_do(sentence: str, cues: Sequence[Cue]) -> bool:
    first = len(sentence) - len(sentence.lstrip(f" {_QUOTES}"))
    places = {first}
    if any(cue.kind == "condition" and cue.start == first for cue in cues):
        comma = _COMMA.search(sentence, first)  # "If you feel unsafe, call ..."
        places |= {comma.end()} if comma else set()
    return any(c.kind == "imperative" and c.start in places and sentence[c.end : c.end + 1] != "-" for c in cues)


def instructs(text: str, reader: FrameReader) -> bool:
    """Whether the last sentence of a text tells the reader to do something."""
    start, end = split_sentences(text)[-1]
    tags = reader.tagger.tag(text[start:end])
    return _tells_to_do(text[start:end], place_cues(tags.cue_words, tags.stops, tags.near_stops, 0, end - start))


def _is_reference(words: str) -> bool:
    """Whether a line is a work's author, journal and year: nearly all of its words begin with a capital."""
    named = [word for word in words.split() if word[0].isalpha()]
    capital = sum(word[0].isupper() for word in named)
    cited = capital >= _CAPITALS * len(named) or " et al" in words
    short = len(words.split()) <= _CITATION_WORDS and cited
    return short and bool(_CITED.match(words)) and bool(_YEAR.search(words))
