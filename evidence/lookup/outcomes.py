"""What asking a service can come to: an answer, a plain no, or no answer. The last is never taken for the second."""

from __future__ import annotations

import datetime as dt
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Found(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """The service knows it. ``as_of`` is when the service answered (UTC), which a cached answer keeps."""

    service: str
    value: T
    as_of: dt.datetime


class NotFound(msgspec.Struct, frozen=True, kw_only=True):
    """The service answered that it has no such record."""

    service: str
    as_of: dt.datetime


class Unavailable(msgspec.Struct, frozen=True, kw_only=True):
    """The service gave no usable answer; ``reason`` completes the sentence "the service …"."""

    service: str
    reason: str

    def __str__(self) -> str:
        return f"{self.service} {self.reason}"
