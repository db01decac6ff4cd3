"""Labelled sets: pages, claim lists, minimal pairs and conflicts that careful readers judged, read from files.

The forms are told apart by their content: ``page.labels.json`` beside its page, a claim list (``.jsonl`` with ``doc``,
``start``, ``end``) whose texts stand in a folder, minimal pairs (``.jsonl`` with ``pair_id``), and pairs of labels that
conflict or only look like it (``.jsonl`` with ``a``, ``b``, ``kind``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TypeVar, get_args

import msgspec

from claims.documents import Document, read_document
from claims.evaluation import NOTHING, ConflictLabel, Label, Member
from claims.inputs import known_suffixes
from claims.propositions import Verdict
from evidence.files import read_bounded
from evidence.problems import StorageError, UsageError

_PAGE: Final = ".labels.json"
_LIST: Final = ".jsonl"
_VERDICTS: Final = frozenset({*get_args(Verdict), NOTHING})
T = TypeVar("T")


class LabelledDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document and its labels, in page order."""

    document: Document
    labels: tuple[Label, ...]


class LabelledSet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was labelled.

    Of the files of a folder, ``skipped`` are those that hold none of the forms, ``spoilt`` says what is wrong with
    those that could not be used.
    """

    documents: tuple[LabelledDocument, ...] = ()
    members: tuple[Member, ...] = ()
    conflicts: tuple[ConflictLabel, ...] = ()
    skipped: tuple[str, ...] = ()
    spoilt: tuple[str, ...] = ()


class _PageLabel(msgspec.Struct, kw_only=True):
    id: str
    start: int
    end: int
    expected_verdict: str
    also_ok: tuple[str, ...] = ()
    importance: int = 1

    def label(self) -> Label:
        return _label(self.id, self.start, self.end, self.expected_verdict, self.also_ok, self.importance)


class _PageFile(msgspec.Struct, kw_only=True):
    labels: tuple[_PageLabel, ...]
    doc: str = ""
    sha256: str | None = None


class _ListedClaim(msgspec.Struct, kw_only=True):
    doc: str
    start: int
    end: int
    expected_verdict: str
    id: str = ""
    alt_verdicts: tuple[str, ...] = ()
    importance: int = 1

    def label(self) -> Label:
        return _label(self.id, self.start, self.end, self.expected_verdict, self.alt_verdicts, self.importance)


class _PairMember(msgspec.Struct, kw_only=True):
    pair_id: str
    sentence: str
    expected_verdict: str
    member: str = ""
    also_ok: tuple[str, ...] = ()


def read_labelled(paths: Sequence[Path], *, texts: Path | None = None) -> LabelledSet:
    """The labels in files and folders; ``texts`` is the folder of the texts of claim lists (else the list's own).

    Raises UsageError for a path that holds no labels, StorageError for a named file whose labels cannot be read or do
    not fit; in a folder such a file is left out and told.
    """
    documents: list[LabelledDocument] = []
    members: list[Member] = []
    conflicts: list[ConflictLabel] = []
    skipped: list[str] = []
    spoilt: list[str] = []
    for given in paths:
        for path in _files(given):
            try:
                found = _read(path, texts)
            except (StorageError, UsageError) as error:
                if path == given or (texts is not None and not texts.is_dir()):
                    raise
                spoilt.append(str(error))
                continue
            documents += found.documents
            members += found.members
            conflicts += found.conflicts
            if found == LabelledSet():
                if path == given:
                    raise UsageError(f"{path}: holds no labels in a form that is known (docs/json.md)")
                skipped.append(str(path))
    if spoilt and not (documents or members or conflicts):
        raise StorageError("; ".join(spoilt))
    return LabelledSet(
        documents=tuple(documents),
        members=tuple(members),
        conflicts=tuple(conflicts),
        skipped=tuple(skipped),
        spoilt=tuple(spoilt),
    )


def _files(given: Path) -> list[Path]:
    if given.is_dir():
        found = sorted(p for p in given.rglob("*") if p.name.endswith((_PAGE, _LIST)) and p.is_file())
        if not found:
            raise UsageError(f"{given}: holds no labels ({_PAGE} or {_LIST} files)")
        return found
    if not given.exists():
        raise UsageError(f"{given}: no such file or folder")
    beside = given.with_name(f"{given.stem}{_PAGE}")
    return [beside] if given.suffix.lower() in known_suffixes() and beside.is_file() else [given]


def _read(path: Path, texts: Path | None) -> LabelledSet:
    if path.name.endswith(_LIST):
        return _read_list(path, texts)
    page = _decode(_bytes(path), _PageFile, str(path))
    document = _document(_page_of(path, page.doc))
    if page.sha256 is not None and page.sha256 != document.sha256:
        raise StorageError(f"{path}: was made for another version of {document.path}")
    return LabelledSet(documents=(_checked(path, document, [item.label() for item in page.labels]),))


def _read_list(path: Path, texts: Path | None) -> LabelledSet:
    claims: dict[str, list[Label]] = {}
    members: list[Member] = []
    conflicts: list[ConflictLabel] = []
    for number, line in enumerate(_bytes(path).splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        keys = _decode(line, dict[str, msgspec.Raw], where)
        if "pair_id" in keys:
            pair = _decode(line, _PairMember, where)
            _require_known(where, (pair.expected_verdict, *pair.also_ok))
            members.append(
                Member(
                    pair=pair.pair_id,
                    name=pair.member,
                    sentence=pair.sentence,
                    verdict=pair.expected_verdict,
                    also=pair.also_ok,
                )
            )
        elif {"doc", "start", "end", "expected_verdict"} <= keys.keys():
            claim = _decode(line, _ListedClaim, where)
            claims.setdefault(claim.doc, []).append(claim.label())
        elif {"a", "b", "kind"} <= keys.keys():
            conflicts.append(_decode(line, ConflictLabel, where))
    folder = texts or path.parent
    documents = tuple(
        _checked(path, _document(_text_of(path, doc, folder)), labels) for doc, labels in sorted(claims.items())
    )
    return LabelledSet(documents=documents, members=tuple(members), conflicts=tuple(conflicts))


def _checked(path: Path, document: Document, labels: Iterable[Label]) -> LabelledDocument:
    ordered = tuple(sorted(labels, key=lambda label: (label.start, label.end, label.id)))
    for label in ordered:
        if not 0 <= label.start < label.end <= len(document.text):
            raise StorageError(f"{path}: label {label.id} lies outside {document.path}")
        _require_known(f"{path}: label {label.id}", (label.verdict, *label.also))
    return LabelledDocument(document=document, labels=ordered)


def _page_of(path: Path, doc: str) -> Path:
    stem = path.name.removesuffix(_PAGE)
    names = [f"{stem}{suffix}" for suffix in sorted(known_suffixes())]
    for name in (*names, doc):
        if name and (path.parent / name).is_file():
            return path.parent / name
    raise StorageError(f"{path}: its page is not beside it ({stem}.md, say)")


def _text_of(path: Path, doc: str, folder: Path) -> Path:
    """The one file whose name begins with the document's id."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; --texts takes the folder of the texts")
    known = known_suffixes()
    found = [
        file
        for file in sorted(folder.iterdir())
        if file.is_file() and file.suffix.lower() in known and _begins(file.stem, doc)
    ]
    if len(found) != 1:
        many = f"{len(found)} files begin with it" if found else "no file begins with it"
        raise UsageError(
            f"{path}: the text of document {doc} is not in {folder} ({many}); name its folder with --texts"
        )
    return found[0]


def _begins(stem: str, doc: str) -> bool:
    return stem.startswith(doc) and not stem[len(doc) : len(doc) + 1].isalnum()


def _document(path: Path) -> Document:
    return read_document(str(path), _bytes(path))


def _bytes(path: Path) -> bytes:
    try:
        return read_bounded(path)
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror}") from None


def _decode(raw: bytes, kind: type[T], where: str) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StorageError(f"{where}: not labels as expected: {error}") from None


def _label(key: str, start: int, end: int, verdict: str, also: tuple[str, ...], importance: int) -> Label:
    return Label(start=start, end=end, verdict=verdict, also=also, importance=importance, id=key)


def _require_known(where: str, verdicts: Iterable[str]) -> None:
    for verdict in verdicts:
        if verdict not in _VERDICTS:
            raise StorageError(f"{where}: unknown verdict '{verdict}'; use one of {', '.join(sorted(_VERDICTS))}")
