"""Remembers what was worked out in a run, so that what a site says on every page is read and judged once."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

_MOST: Final = 20_000

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Values by key, at most ``most`` of them: when it is full it forgets all and begins anew."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: K) -> V | None:
        """The value kept for a key, ``None`` when there is none."""
        return self._known.get(key)

    def keep(self, key: K, value: V) -> V:
        """Keeps a value and hands it back."""
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[key] = value
        return value
