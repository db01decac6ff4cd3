"""Settings of a check from ``claimwise.toml`` or ``[tool.claimwise]`` of ``pyproject.toml``, and what overrides them.

Reads the one file that holds them, found upward from what is checked, and says of every value where it came from. A
misspelt key or rule is a UsageError with the line and the nearest right word.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, get_args

import msgspec

from claims.globs import fits_any
from claims.rule_links import RuleLinks, unfit
from claims.selection import DEFAULT, EVERY_CODE, Ruling, codes_of, selected, unknown_word
from claims.verdicts import FailOn, Severity
from evidence.paths import is_url
from evidence.problems import LibraryError, Problem, UsageError
from evidence.records import Record, convert, line_of, parse_toml, read_text

FILE_NAME: Final = "claimwise.toml"
PYPROJECT: Final = "pyproject.toml"
BASELINE_NAME: Final = ".claimwise-baseline.json"
BY_DEFAULT: Final = "default"
_TABLE: Final = ".tool.claimwise"
_SEE: Final = "see docs/configuration.md"
_GRADES: Final[tuple[Severity, ...]] = get_args(Severity)
_REPOSITORY: Final = ".git"


class PerPath(Record, frozen=True, kw_only=True, rename="kebab"):
    """Settings for the files that fit one of ``paths``; what is left out is as for all files."""

    paths: tuple[str, ...]
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    severity: dict[str, Severity] = msgspec.field(default_factory=dict)
    fail_on: FailOn | None = None


class Settings(Record, frozen=True, kw_only=True, rename="kebab"):
    """The file as written. Paths and patterns are relative to its folder; ``library`` ``None`` is the packaged one.

    ``rule_url`` is where the page of a rule is found, ``None`` for nowhere but in the command. ``cache``: whether
    judgements are kept for the next check. ``model``: whether a network reads each claim, too (extra ``model``).
    """

    library: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = (DEFAULT,)
    ignore: tuple[str, ...] = ()
    severity: dict[str, Severity] = msgspec.field(default_factory=dict)
    fail_on: FailOn = "overstated"
    rule_url: str | None = None
    cache: bool = True
    model: bool = False
    per_path: tuple[PerPath, ...] = ()


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says; ``None`` where it is silent. ``library_origin`` tells an option from a variable."""

    library: str | None = None
    library_origin: str = "command line"
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    fail_on: FailOn | None = None
    model: bool | None = None


class Config(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What holds for a run. ``root`` is the folder that paths count from, ``origins`` says where each value came from.

    ``given`` is what the command line said: it beats the settings for some paths, too.
    """

    root: Path
    file: Path | None = None
    settings: Settings = Settings()
    origins: Mapping[str, str] = {}
    given: Given = Given()

    @property
    def library(self) -> str | Path | None:
        """The library's folder or the address of its database, ``None`` for the packaged one.

        A path of the file is relative to the file.
        """
        named, written = self.given.library, self.settings.library
        if named is not None:
            return named if is_url(named) else Path(named)
        return written if written is None or is_url(written) else self.root / written

    @property
    def model(self) -> bool:
        """Whether a network reads each claim, too."""
        return self.settings.model if self.given.model is None else self.given.model

    @property
    def rule_links(self) -> RuleLinks:
        return RuleLinks(pattern=self.settings.rule_url)

    @property
    def baseline_file(self) -> Path:
        return self.root / BASELINE_NAME

    def relative(self, path: str) -> str:
        """The path as patterns and the baseline name it: from the root, with ``/``."""
        try:
            return Path(os.path.relpath(path, self.root)).as_posix()
        except ValueError:  # another drive, or a name that no file can have
            return path

    def admits(self, path: str) -> bool:
        """Whether ``include`` and ``exclude`` let the file be checked."""
        name = self.relative(path)
        included = not self.settings.include or fits_any(name, self.settings.include)
        return included and not fits_any(name, self.settings.exclude)

    @cached_property
    def _rulings(self) -> dict[str, Ruling]:
        return {}

    @cached_property
    def _kinds_of_rulings(self) -> dict[object, Ruling]:
        return {}

    def ruling(self, path: str) -> Ruling:
        """What holds for one file: the command line, else the last settings for paths it fits, else those for all."""
        if path not in self._rulings:
            self._rulings[path] = self._ruling(self.relative(path))
        return self._rulings[path]

    def _ruling(self, name: str) -> Ruling:
        select, ignore = self.settings.select, self.settings.ignore
        severity, fail_on = dict(self.settings.severity), self.settings.fail_on
        for part in self.settings.per_path:
            if fits_any(name, part.paths):
                select = select if part.select is None else part.select
                ignore = ignore if part.ignore is None else part.ignore
                severity = {**severity, **part.severity}
                fail_on = part.fail_on or fail_on
        chosen = select if self.given.select is None else self.given.select
        ignored = ignore if self.given.ignore is None else self.given.ignore
        key = (chosen, ignored, tuple(severity.items()), self.given.fail_on or fail_on)
        if key not in self._kinds_of_rulings:  # a site has thousands of files and few rulings
            self._kinds_of_rulings[key] = Ruling(
                codes=selected(chosen, ignored), severity=_by_code(severity), fail_on=self.given.fail_on or fail_on
            )
        return self._kinds_of_rulings[key]

    def wants(self, code: str) -> bool:
        """Whether a rule is selected for any file at all."""
        chosen = [self.settings.select, *(part.select or () for part in self.settings.per_path)]
        return any(code in codes_of(words) for words in (chosen if self.given.select is None else [self.given.select]))


def _by_code(severity: Mapping[str, Severity]) -> dict[str, Severity]:
    """Severities by code; a code's own beats its family's."""
    ordered = sorted(severity.items(), key=lambda entry: entry[0] in EVERY_CODE)
    return {code: grade for word, grade in ordered for code in codes_of((word,))}


def open_config(folder: Path, given: Given) -> Config:
    """What holds for files below ``folder``. Raises UsageError for a file, or a command line, that is wrong."""
    for words in (given.select, given.ignore):
        wrong = unknown_word(words or ())
        if wrong:
            raise UsageError(wrong)
    file = find_config(folder)
    settings, origins = load_settings(file) if file is not None else (Settings(), {})
    given_rules = {"select": given.select, "ignore": given.ignore, "fail-on": given.fail_on}
    named = {"library": given.library, **given_rules, "model": given.model}
    for key, value in named.items():
        if value is not None:
            origins[key] = given.library_origin if key == "library" else "command line"
    root = file.parent if file is not None else _repository(folder) or Path.cwd()
    return Config(root=root, file=file, settings=settings, origins=origins, given=given)


def find_config(folder: Path) -> Path | None:
    """The nearest file with settings in ``folder`` or above, not beyond the repository; ``claimwise.toml`` first.

    Raises UsageError when what has its name is no file: a check without the settings would not be what was asked for.
    """
    for place in _upward(folder):
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
        if os.path.lexists(place / FILE_NAME):
            what = "leads nowhere" if (place / FILE_NAME).is_symlink() else "is no file"
            raise UsageError(f"{shown(place / FILE_NAME)}: {what}; expected a file of settings, {_SEE}")
        if (place / PYPROJECT).is_file() and _has_table(place / PYPROJECT):
            return place / PYPROJECT
    return None


def load_settings(file: Path) -> tuple[Settings, dict[str, str]]:
    """The settings of a file, and for each key where it stands (``claimwise.toml:3``). Raises UsageError."""
    name = shown(file)
    at = _TABLE if file.name == PYPROJECT else ""
    try:
        text = read_text(file, name=name)
        data: object = parse_toml(text, name=name)
        for key in filter(None, at.split(".")):
            data = data.get(key, {}) if isinstance(data, dict) else {}
        for problem in (*_misspelt(data, Settings, text, name, at), *_no_grades(data, text, name, at)):
            raise LibraryError(problem)
        settings = convert(data, Settings, text=text, name=name, at=at, cure=_SEE)
    except LibraryError as error:
        raise UsageError(str(error.problems[0])) from None
    for key, words in _rule_words(settings):
        wrong = unknown_word(words)
        if wrong:
            raise UsageError(f"{name}:{_line(text, f'{at}.{key}')}: {wrong}")
    wrong = unfit(settings.rule_url) if settings.rule_url is not None else None
    if wrong:
        raise UsageError(f"{name}:{_line(text, f'{at}.rule-url')}: rule-url {wrong}; {_SEE}")
    keys = data if isinstance(data, dict) else {}
    return settings, {key: f"{file.name}:{_line(text, f'{at}.{key}')}" for key in keys}


def _line(text: str, path: str) -> int:
    """The line of a key, or of the first of its tables."""
    return line_of(text, f"{path}[0]")


def shown(path: Path) -> str:
    """The path as a user wrote it, as near as can be told: from the working directory when it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _misspelt(data: object, kind: type[Record], text: str, name: str, at: str) -> Iterator[Problem]:
    """The keys that no setting has, each with the nearest that is one."""
    if not isinstance(data, dict):
        return
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for key, value in data.items():
        if key in known:
            if key == "per-path" and isinstance(value, list):
                for number, part in enumerate(value):
                    yield from _misspelt(part, PerPath, text, name, f"{at}.{key}[{number}]")
            continue
        near = difflib.get_close_matches(key.lower().replace("_", "-"), known, n=1)
        cure = f"did you mean '{near[0]}'?" if near else f"use one of {', '.join(known)}"
        line = line_of(text, f"{at}.{key}")
        yield Problem(file=name, line=line, code="config", message=f"unknown key '{key}'", cure=cure)


def _no_grades(data: object, text: str, name: str, at: str) -> Iterator[Problem]:
    """The severities that are none."""
    if not isinstance(data, dict):
        return
    for word, grade in data["severity"].items() if isinstance(data.get("severity"), dict) else ():
        if grade not in _GRADES:
            line = line_of(text, f"{at}.severity.{word}")
            cure = f"use {', '.join(_GRADES)}; to turn a rule off, name it in ignore"
            yield Problem(file=name, line=line, code="config", message=f"'{grade}' is no severity", cure=cure)
    parts = data.get("per-path")
    for number, part in enumerate(parts if isinstance(parts, list) else ()):
        yield from _no_grades(part, text, name, f"{at}.per-path[{number}]")


def _rule_words(settings: Settings) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every place that names rules, with the words."""
    parts: list[tuple[str, Settings | PerPath]] = [("", settings)]
    parts += [(f"per-path[{number}].", part) for number, part in enumerate(settings.per_path)]
    for place, part in parts:
        yield f"{place}select", part.select or ()
        yield f"{place}ignore", part.ignore or ()
        yield f"{place}severity", tuple(part.severity)


def _has_table(file: Path) -> bool:
    """Whether a ``pyproject.toml`` speaks of us; one that cannot be read is another tool's to complain about."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    if "claimwise" not in text:
        return False
    try:
        tools = parse_toml(text, name=file.name).get("tool")
    except LibraryError:
        return "[tool.claimwise" in text
    return isinstance(tools, dict) and "claimwise" in tools


def _repository(folder: Path) -> Path | None:
    return next((place for place in _upward(folder) if (place / _REPOSITORY).exists()), None)


def _upward(folder: Path) -> Iterator[Path]:
    """The folder and those above it, up to the one that holds a repository."""
    place = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would leave the folder that a link stands in
    for folder_above in (place, *place.parents):
        yield folder_above
        if (folder_above / _REPOSITORY).exists():
            return
