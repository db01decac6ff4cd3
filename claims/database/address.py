"""The address of a database, as users write it, and a form of it that may be shown.

Pure: nothing is opened and no driver is loaded. A password is never part of what is shown or of a message.
"""

from __future__ import annotations

import re
from typing import Final, Literal
from urllib.parse import unquote

import msgspec

from evidence.paths import is_url
from evidence.problems import UsageError

FORMS: Final = "sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
_SQLITE: Final = "sqlite:///"
_POSTGRESQL: Final = ("postgresql+psycopg://", "postgresql://")
_IN_QUERY: Final = re.compile(r"(?<=password=)[^&]+", re.IGNORECASE)
_NO_PORT: Final = re.compile(r":(?!\d*(?:[,/?#]|$))[^/?#]*")


class Address(msgspec.Struct, frozen=True):
    """``place`` is the file of a SQLite database or the URI that the PostgreSQL driver takes, password and all."""

    kind: Literal["sqlite", "postgresql"]
    place: str

    def __str__(self) -> str:
        """The address without the password."""
        if self.kind == "sqlite":
            return f"{_SQLITE}{self.place}"
        rest = self.place.partition("://")[2]
        user, at, host = rest.rpartition("@")
        name, colon, password = user.partition(":")
        hidden = f"{name}:***" if colon and password else user
        # Without an @ what follows a colon is a port, or a password that somebody forgot to end.
        host = host if at else _NO_PORT.sub(":***", host)
        return f"{_POSTGRESQL[0]}{hidden}{at}{_IN_QUERY.sub('***', host)}"

    def __repr__(self) -> str:
        return str(self)

    def without_secrets(self, message: str) -> str:
        """A driver's message with the password blotted out, should the driver have repeated it."""
        rest = self.place.partition("://")[2]
        secrets = {rest.rpartition("@")[0].partition(":")[2], *_IN_QUERY.findall(rest)} - {""}
        message = message.replace(self.place, str(self))
        for secret in sorted({*secrets, *map(unquote, secrets)}, key=len, reverse=True):
            message = message.replace(secret, "***")
        return message


def parse_address(text: str) -> Address:
    """What ``text`` names. Raises UsageError when it is not the address of a database that can be used."""
    if text.startswith(_SQLITE):
        place = text.removeprefix(_SQLITE)
        if place in ("", ":memory:"):
            raise UsageError("a database in memory is gone when the command ends; write sqlite:///FILE")
        return Address("sqlite", place)
    for start in _POSTGRESQL:
        if text.startswith(start) and len(text) > len(start):
            return Address("postgresql", f"postgresql://{text.removeprefix(start)}")
    # What was written is not repeated: it may hold a password.
    scheme = f"an address that begins with '{text.partition(':')[0]}:'" if is_url(text) else "what was given"
    raise UsageError(f"{scheme} is no database that can be used; write {FORMS}")
