"""The settings of a project with where each comes from, and the baseline: for people and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from claims.config import BY_DEFAULT, shown
from claims.database.address import parse_address
from claims.reporters.as_json import to_json
from claims.reporters.layout import Screen, plural

if TYPE_CHECKING:
    from claims.baseline import Baseline
    from claims.config import Config

_LABEL: Final = 11
_PACKAGED: Final = "the packaged one"
_NO_PAGES: Final = "none: findings name 'claimwise rule CODE'"


def render_config(config: Config, baseline: Baseline | None, form: str, screen: Screen) -> str:
    """Every setting with its value and origin: ``default``, a place in a file, a variable, or the command line."""
    values = _values(config)
    origins = {key: config.origins.get(key, BY_DEFAULT) for key in values}
    file = shown(config.file) if config.file else None
    entries = len(baseline.entries) if baseline else None
    if form == "json":
        return to_json(
            {
                "schema": "claimwise/config/1",
                "file": file,
                "root": shown(config.root),
                "baseline": {"file": shown(config.baseline_file), "entries": entries},
                "settings": {key: {"value": value, "origin": origins[key]} for key, value in values.items()},
            }
        )
    counted = plural(entries, "finding") if entries is not None else "none"
    lines = [
        screen.wrap(file or "none found", indent=_LABEL, first="file"),
        screen.wrap(f"{counted} ({shown(config.baseline_file)})", indent=_LABEL, first="baseline"),
    ]
    for key, value in values.items():
        for number, told in enumerate(_told(key, value)):
            told_from = f"  [{origins[key]}]" if number == 0 else ""
            lines.append(screen.wrap(f"{told}{told_from}", indent=_LABEL, first=key if number == 0 else ""))
    return "\n".join(lines)


def _values(config: Config) -> dict[str, object]:
    """The settings as the file spells them, with what the command line says in their stead."""
    values: dict[str, object] = {
        field.encode_name: msgspec.to_builtins(getattr(config.settings, field.name))
        for field in msgspec.structs.fields(config.settings)
    }
    asked = {"select": config.given.select, "ignore": config.given.ignore, "fail-on": config.given.fail_on}
    values["model"] = config.model
    values |= {key: value for key, value in asked.items() if value is not None}
    place = config.library
    values["library"] = str(parse_address(place)) if isinstance(place, str) else place and shown(place)
    return values


def _told(key: str, value: object) -> list[str]:
    if key == "library" and value is None:
        return [_PACKAGED]
    if key == "rule-url" and value is None:
        return [_NO_PAGES]
    if key == "per-path" and isinstance(value, list | tuple):
        return [_part(part) for part in value] or ["none"]
    return [_plain(value) or "none"]


def _part(part: Mapping[str, object]) -> str:
    rest = "; ".join(f"{key} {_plain(value)}" for key, value in part.items() if key != "paths")
    return f"{_plain(part['paths'])}: {rest or 'as all'}"


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {grade}" for key, grade in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def render_baseline(baseline: Baseline, form: str, screen: Screen) -> str:
    """The entries by file; as JSON the file as it is."""
    if form == "json":
        return to_json(baseline)
    lines: list[str] = []
    path = None
    for entry in baseline.entries:
        if entry.path != path:
            path = entry.path
            lines += ["", screen.style(path, "heading")]
        told = f"{entry.text} …  ({entry.reason}, {entry.date.isoformat()})"
        lines.append(screen.wrap(told, indent=12, first=f"  {entry.code}"))
    return "\n".join([*lines[1:], "", plural(len(baseline.entries), "finding")])
