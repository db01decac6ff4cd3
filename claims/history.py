"""How a record came to be what it is: the changes of its text in the library's files, as git keeps them.

Reads the versions of the files along the first parents of HEAD, takes the record out of each, and compares. What is not
committed yet is the last change. Nothing is told of a library whose files no repository keeps.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from claims.git import is_shallow, run_git
from evidence.bibfile import split_blocks
from evidence.paths import LibraryPaths
from evidence.problems import UsageError

KINDS: Final = ("claim", "proposition", "finding", "reference", "source", "concept")
_OPTION: Final = "--history"
# The user's settings could have a log run gpg or another program.
_LOG: Final = ("log", "--first-parent", "-m", "--no-show-signature", "--no-ext-diff", "--no-textconv")
_UNIT, _RECORD = "\x1f", "\x1e"
_FORMAT: Final = f"--format={_RECORD}%H{_UNIT}%as{_UNIT}%an{_UNIT}%s"
_TABLE: Final = re.compile(r"^\[\[(?:propositions|claims|verifications)\]\]", re.MULTILINE)
# Records within a record that have histories of their own, by the kind of the outer one.
_APART: Final = {"source": "claims"}

# A record's fields as the file has them; ``None`` where the file does not hold it.
Version = Mapping[str, object] | None


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """A field before and after; ``None`` where it was not there. Of a list only what left and what came."""

    field: str
    was: object
    now: object


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one commit did to the record; ``commit`` is ``None`` for what is not committed yet."""

    commit: str | None
    date: str | None
    author: str | None
    subject: str
    fields: tuple[FieldChange, ...]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The changes, oldest first. ``complete`` is false in a shallow clone: the first change may not be the first."""

    files: tuple[str, ...]
    complete: bool
    changes: tuple[Change, ...]


class _Commit(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    date: str
    author: str
    subject: str


def history_of(paths: LibraryPaths, kind: str, key: str) -> History:
    """The history of a record. Raises UsageError for a kind without one or files outside of a repository."""
    if kind not in KINDS:
        raise UsageError(f"a {kind} has no history of its own; ask for that of the claims it names")
    top = _top(paths)
    files = _files(top, paths, kind, key)
    commits = tuple(_commits(top, files))
    versions = _versions(top, [commit.id for commit in commits], files, kind, key)
    parts: dict[str, Version] = dict.fromkeys(files)
    holding: set[str] = set()
    changes = []
    for commit, found in zip(commits, versions, strict=True):
        holding.update(file for file, version in found.items() if version is not None)
        fields = _step(parts, found)
        if fields:
            changes.append(
                Change(commit=commit.id, date=commit.date, author=commit.author, subject=commit.subject, fields=fields)
            )
    here = {file: _on_disk(top / file, kind, key) for file in files}
    holding.update(file for file, version in here.items() if version is not None)
    if fields := _step(parts, here):
        changes.append(Change(commit=None, date=None, author=None, subject="not committed yet", fields=fields))
    return History(
        files=tuple(f for f in files if f in holding),
        complete=not is_shallow(top, option=_OPTION),
        changes=tuple(changes),
    )


def compared(before: Version, after: Version) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of the newer version."""
    return tuple(_differing(before or {}, after or {}, ""))


def _differing(old: Mapping[str, object], new: Mapping[str, object], at: str) -> Iterator[FieldChange]:
    for field in dict.fromkeys((*new, *old)):
        was, now = old.get(field), new.get(field)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _differing(was, now, f"{at}{field}.")
        elif was != now:
            yield FieldChange(field=f"{at}{field}", **_sides(was, now))


def _sides(was: object, now: object) -> dict[str, object]:
    if isinstance(was, list) and isinstance(now, list):
        gone, came = [item for item in was if item not in now], [item for item in now if item not in was]
        if gone or came:
            return {"was": gone or None, "now": came or None}
    return {"was": was, "now": now}


def _step(parts: dict[str, Version], found: Mapping[str, Version]) -> tuple[FieldChange, ...]:
    """Takes the newer versions over and tells what they change; a record that moves between files does not change."""
    before = _whole(parts)
    parts.update(found)
    return compared(before, _whole(parts))


def _whole(parts: Mapping[str, Version]) -> dict[str, object]:
    return {field: value for part in parts.values() for field, value in (part or {}).items()}


# Files


def _top(paths: LibraryPaths) -> Path:
    found = os.fsdecode(run_git(paths.manifest.parent, "rev-parse", "--show-toplevel", option=_OPTION)).rstrip("\n")
    tracked = found and run_git(Path(found), "ls-files", "--", _real(paths.manifest), option=_OPTION)
    if not tracked:
        raise UsageError(
            f"{paths.manifest.parent}: no git repository keeps these files, so their history is not known; "
            "--history needs a library under version control"
        )
    return Path(found)


def _files(top: Path, paths: LibraryPaths, kind: str, key: str) -> tuple[str, ...]:
    """The files that hold the record or ever held it, relative to the repository, later ones last."""
    if kind in ("reference", "finding"):
        study = paths.studies / f"{key if kind == 'reference' else key.rpartition('.')[0]}.toml"
        wanted = [study] if kind == "finding" else [paths.bibliography, study, paths.verification]
        return tuple(os.path.relpath(_real(file), top) for file in wanted)
    folder = {"concept": paths.lexicon, "proposition": paths.propositions}.get(kind, paths.sources)
    looked_for = f"{key} = " if kind == "concept" else f'"{key}"'
    names = run_git(
        top, *_LOG, f"-S{looked_for}", "--format=", "--name-only", "-z", "--", _real(folder),
        option=_OPTION,
    )  # fmt: skip
    found = {os.fsdecode(name) for name in names.split(b"\0") if name}
    now = {os.path.relpath(_real(file), top) for file in folder.glob("*.toml") if _on_disk(file, kind, key) is not None}
    return (*sorted(found - now), *sorted(now))


def _real(path: Path) -> str:
    return os.path.realpath(path)


# Versions


def _commits(top: Path, files: Sequence[str]) -> Iterator[_Commit]:
    log = run_git(top, *_LOG, "--reverse", "--no-patch", _FORMAT, "--", *files, option=_OPTION)
    for entry in log.decode("utf-8", "replace").split(_RECORD)[1:]:
        commit, date, author, subject = entry.rstrip("\n").split(_UNIT, 3)
        yield _Commit(id=commit, date=date, author=author, subject=subject)


def _versions(
    top: Path, commits: Iterable[str], files: Sequence[str], kind: str, key: str
) -> Iterator[dict[str, Version]]:
    """At each commit what each file held of the record; a file that could not be read then is left out."""
    known: dict[str, Version | bool] = {}
    for commit in commits:
        asked = "".join(f"{commit}:{file}\n" for file in files)
        answer = run_git(top, "cat-file", "--batch", option=_OPTION, must=True, given=os.fsencode(asked))
        found: dict[str, Version] = {}
        for file, (blob, text) in zip(files, _blobs(answer, len(files)), strict=True):
            mark = f"{file}\0{blob}"
            if mark not in known:
                known[mark] = None if text is None else _taken(file, text, kind, key)
            version = known[mark]
            if not isinstance(version, bool):
                found[file] = version
        yield found


def _blobs(answer: bytes, count: int) -> Iterator[tuple[str, str | None]]:
    """Name and text of each object that was asked for; ``None`` for one that was not there."""
    at = 0
    for _ in range(count):
        end = answer.index(b"\n", at)
        words = answer[at:end].split(b" ")
        at = end + 1
        if words[-1] == b"missing":
            yield "", None
            continue
        size = int(words[-1])
        yield words[0].decode(), answer[at : at + size].decode("utf-8", "replace")
        at += size + 1


def _on_disk(path: Path, kind: str, key: str) -> Version:
    try:
        found = _taken(path.name, path.read_text(encoding="utf-8", errors="replace"), kind, key)
    except OSError:
        return None
    return None if isinstance(found, bool) else found


def _taken(file: str, text: str, kind: str, key: str) -> Version | bool:
    """The record as this text of the file has it; ``False`` when the text cannot be read."""
    if file.endswith(".bib"):
        entry = next((block.text for block in split_blocks(text) if block.kind == "entry" and block.key == key), None)
        return None if entry is None else {"bibliography": " ".join(entry.split())}
    try:
        return _record(tomllib.loads(_cut(text, key)), kind, key)
    except tomllib.TOMLDecodeError:
        return False


def _cut(text: str, key: str) -> str:
    """The one table of a long file that names the key first, so that the others need not be read."""
    named = re.compile(rf'^(?:id|key) = "{re.escape(key)}"', re.MULTILINE).search(text)
    starts = [found.start() for found in _TABLE.finditer(text)]
    if not named or not starts or named.start() < starts[0]:
        return text
    begin = max(start for start in starts if start <= named.start())
    return text[begin : min((start for start in starts if start > begin), default=len(text))]


def _record(data: Mapping[str, object], kind: str, key: str) -> Version:
    if kind == "concept":
        concepts = data.get("concepts")
        found = concepts.get(key) if isinstance(concepts, dict) else None
        return found if isinstance(found, dict) else None
    if "verifications" in data:
        verification = _of_list(data, "verifications", "key", key)
        return None if verification is None else {"verification": verification}
    if kind in ("proposition", "claim", "finding"):
        return _of_list(data, f"{kind}s", "id", key)
    whole = {field: value for field, value in data.items() if field != _APART.get(kind)}
    findings = whole.pop("findings", None)
    if isinstance(findings, list):
        whole |= {f"finding {item.get('id')}": item for item in findings if isinstance(item, dict)}
    return whole if key in (data.get("bibkey"), data.get("id")) else None


def _of_list(data: Mapping[str, object], table: str, name: str, key: str) -> Version:
    items = data.get(table)
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and item.get(name) == key:
            return item
    return None
