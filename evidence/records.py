"""Turns a TOML file into a typed, frozen value, or says in one line where the file is wrong.

The types are msgspec structs: unknown keys, wrong types and words outside a vocabulary are refused. msgspec
names the place as a path (``$.findings[3].unit``); ``line_of`` turns that path into a line of the file.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from evidence.later import compiled_later
from evidence.problems import LibraryError, Problem

T = TypeVar("T")

_HEADER = compiled_later(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\"-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = compiled_later(r"^\s*([A-Za-z0-9_-]+|\"[^\"]+\")\s*=")
_STEP = compiled_later(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]")
_UNKNOWN = compiled_later(r"unknown field `([^`]+)`")
_AT = compiled_later(r" - at `(?:key in )?\$([^`]*)`$")
_SYNTAX_LINE = compiled_later(r"\(at line (\d+)")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every curated value: immutable, unknown keys refused.

    msgspec does not inherit ``kw_only``: each value class states it.
    """


def read_text(path: Path, *, name: str | None = None) -> str:
    """The file as UTF-8 text. Raises LibraryError when it is missing, unreadable or not UTF-8."""
    shown = name or str(path)
    try:
        if path.exists() and not path.is_file():
            raise LibraryError(_problem(shown, 0, "not a regular file", "put the file there"))
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LibraryError(
            _problem(shown, 0, "the file is missing", "restore it or remove what refers to it")
        ) from None
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text (byte {error.start})"
        raise LibraryError(_problem(shown, 0, message, "save the file as UTF-8")) from None
    except OSError as error:
        raise LibraryError(
            _problem(shown, 0, f"cannot be read: {error.strerror}", "check the path and its rights")
        ) from None


def parse_toml(text: str, *, name: str) -> dict[str, object]:
    """TOML text as plain data. Raises LibraryError with the line of a syntax error."""
    import tomllib  # most checks read no file of TOML

    try:
        return tomllib.loads(text, parse_float=_finite)
    except RecursionError:
        raise LibraryError(_problem(name, 1, "not valid TOML: nested too deeply", "flatten it")) from None
    except _NumberError as error:
        line = next((n for n, row in enumerate(text.splitlines(), 1) if str(error) in row), 0)
        raise LibraryError(_problem(name, line, f"'{error}' is not a finite number", "give a figure")) from None
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_LINE.search(str(error))
        line = int(found.group(1)) if found else max(1, text.count("\n"))
        reason = str(error).split(" (at ")[0]
        raise LibraryError(_problem(name, line, f"not valid TOML: {reason}", "correct the line")) from None
    except ValueError as error:  # an integer of thousands of digits
        raise LibraryError(_problem(name, 0, f"not valid TOML: {error}", "correct the number")) from None


class _NumberError(Exception):
    """A number that TOML allows and no figure can be."""


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NumberError(text)
    return value


def toml_files(folder: Path, *, name: str) -> list[Path]:
    """The TOML files of a folder in order. Raises LibraryError when the folder is missing or cannot be listed."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        raise LibraryError(_problem(name, 0, "the folder is missing", "create it, empty if need be")) from None
    except OSError as error:
        reason = f"the folder cannot be read: {error.strerror}"
        raise LibraryError(_problem(name, 0, reason, "check its rights")) from None


_SEE: Final = "see docs/data-format.md for the keys and words"


def convert(data: object, kind: type[T], *, text: str, name: str, at: str = "", cure: str = _SEE) -> T:
    """Plain data as a value of ``kind``. ``at`` is the path of ``data`` inside the file, for the line."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message = str(error)
        place = _AT.search(message)
        path = at + (place.group(1) if place else "")
        reason = _AT.sub("", message)
        unknown = _UNKNOWN.search(reason)
        if unknown:
            path += f".{unknown.group(1)}"
            reason = f"unknown key '{unknown.group(1)}'"
        line = line_of(text, path)
        raise LibraryError(_problem(name, line, _plain(reason, path, data, at), cure)) from None


def load_record(path: Path, kind: type[T], *, name: str | None = None) -> T:
    """The TOML file as a value of ``kind``."""
    shown = name or str(path)
    text = read_text(path, name=shown)
    return convert(parse_toml(text, name=shown), kind, text=text, name=shown)


def line_of(text: str, path: str) -> int:
    """The 1-based line where ``path`` (``.findings[3].unit``) stands, or that of its nearest ancestor; 0 if none."""
    lines = _line_table(text)
    steps = tuple(key or int(index) for key, index in _STEP.findall(path))
    while steps:
        if steps in lines:
            return lines[steps]
        steps = steps[:-1]
    return 0


@functools.lru_cache(maxsize=8)  # a loader asks for many lines of one file
def _line_table(text: str) -> Mapping[tuple[str | int, ...], int]:
    table: dict[tuple[str | int, ...], int] = {}
    counts: dict[tuple[str | int, ...], int] = {}
    current: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            current = _resolve(header.group(2).split("."), array=header.group(1) == "[[", counts=counts)
            table.setdefault(current, number)
            continue
        key = _KEY.match(line)
        if key:
            table.setdefault((*current, key.group(1).strip('"')), number)
    return table


def _resolve(names: list[str], *, array: bool, counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    path: tuple[str | int, ...] = ()
    for position, name in enumerate(names):
        path = (*path, name.strip('"'))
        last = position == len(names) - 1
        if last and array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _plain(reason: str, path: str, data: object, at: str) -> str:
    """msgspec's reason with the key and the refused word named."""
    value: object = data
    for key, index in _STEP.findall(path.removeprefix(at)):
        try:
            value = value[key] if key else value[int(index)]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            value = None
            break
    key = path.rsplit(".", 1)[-1] if "." in path else path
    if reason.startswith("Invalid enum value"):
        return f"'{value}' is not a word of the vocabulary of '{key}'"
    return f"{reason[0].lower()}{reason[1:]}" + (f" in '{key}'" if key and "unknown key" not in reason else "")


def _problem(file: str, line: int, message: str, cure: str) -> Problem:
    return Problem(file=file, line=line, code="file", message=message, cure=cure)
