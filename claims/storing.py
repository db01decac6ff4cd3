"""What ``check --store`` does: the database is looked at before the check, and gets what was found after it.

What is stored is the judgement itself, before selection, comments, baseline and changed lines; so it depends on the
document, the library and the engine alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from claims.selection import UNCITED_FIGURE

if TYPE_CHECKING:
    from claims.checking import CheckResult
    from claims.config import Config
    from claims.database.address import Address


class Kept(NamedTuple):
    """What to say of it, and whether every document is stored."""

    line: str
    whole: bool


def open_store(text: str) -> Callable[..., Kept]:
    """What stores a result in the database at an address; an empty database is set up.

    Raises UsageError for an address that is none, StorageError when the database cannot be used.
    """
    from claims.database.address import parse_address
    from claims.database.schema import prepare

    address = parse_address(text)
    prepare(address)
    return partial(_store, address)


def _store(address: Address, result: CheckResult, config: Config, *, blind: bool, checked: dt.datetime) -> Kept:
    from claims.database.results import Run, store
    from evidence import __version__

    settings = {"blind": blind, "uncited-figures": config.wants(UNCITED_FIGURE)}
    if "model" in result.library:
        settings[result.library["model"]] = True
    run = Run(
        project=config.root.resolve().name,
        library=result.library["name"],
        library_hash=result.library["hash"],
        engine=__version__,
        settings=tuple(name for name, on in settings.items() if on),
        checked=checked,
    )
    documents = (msgspec.structs.replace(d, path=config.relative(d.path)) for d in result.documents)
    stored = store(documents, run, address)
    return Kept(stored.told(address), stored.failure is None)
