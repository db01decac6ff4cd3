"""How much a claim says by itself: short and general claims are judged otherwise than those that name who got what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from claims.propositions import SCOPE_SLOTS

if TYPE_CHECKING:
    from claims.frames import Frame

_MUCH: Final = 20  # features of a wording that says a lot
_NAMED: Final = ("intervention", "outcome", "population")


def of_manner(frame: Frame) -> dict[str, float]:
    """What its own words hold, whatever the claim is held against: from 0 to 1 how much they say and how many concepts
    they name, and whether they name what was given, what came of it, and to whom."""
    concepts = sum(key.partition(":")[0] in SCOPE_SLOTS for key in frame.own)
    return {
        "own-said": min(len(frame.own), _MUCH) / _MUCH,
        "own-concepts": min(concepts, _MUCH) / _MUCH,
        **{f"names-{slot}": float(slot in frame.slots) for slot in _NAMED},
    }
