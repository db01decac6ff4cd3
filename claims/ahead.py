"""The claims of one document, judged part by part before the document is looked at, so that processes share them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from claims.documents import Document
    from claims.engine import Judge
    from claims.extraction import Assertion
    from claims.judged import Judged

Judgements = list["Judged | None"]
WORTH_PARTING: Final = 600  # characters of new text for which another process pays that judges a part of it


class Ahead:
    """Claims that were read, to be judged in any process that was forked off after that."""

    def __init__(self, claims: Sequence[Assertion], judge: Judge) -> None:
        self._claims = claims
        self._judge = judge

    def judged(self, part: int, parts: int) -> Judgements:
        """The judgements of one of so many parts; neighbours, for they need the same of the library."""
        return list(map(self._judge.judgement, self._part(part, parts)))

    def take(self, part: int, parts: int, judgements: Judgements) -> None:
        """Has the judge of this process remember what was judged in another one."""
        for claim, judgement in zip(self._part(part, parts), judgements, strict=True):
            self._judge.remember(claim, judgement)

    def _part(self, part: int, parts: int) -> Sequence[Assertion]:
        return self._claims[len(self._claims) * part // parts : len(self._claims) * (part + 1) // parts]


GoAhead = Callable[["Document"], Ahead | None]
