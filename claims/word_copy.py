"""Writes the annotated copy of a Word draft: says before anything is judged whether it can be, then writes it whole.

The draft itself is never written to.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from evidence.problems import StorageError, UsageError

if TYPE_CHECKING:
    import datetime as dt

    from claims.annotating import Comment
    from claims.inputs import Inputs

_SUFFIXES: Final = (".docx", ".docm")


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A Word file that was read, with its bytes, and where its annotated copy goes."""

    path: str
    raw: bytes
    out: Path


def open_draft(inputs: Inputs, out: Path) -> Draft:
    """The one Word document among what is checked.

    Raises UsageError when there is not exactly one, when it came by standard input, or when ``out`` is a file that is
    checked or has another suffix; StorageError when the file is no longer what was read.
    """
    drafts = [document for document in inputs.documents if document.path.lower().endswith(_SUFFIXES)]
    if len(drafts) != 1:
        raise UsageError(f"--annotate takes one Word document (.docx); {len(drafts) or 'none'} could be read")
    path = Path(drafts[0].path)
    if out.suffix.lower() != path.suffix.lower():
        raise UsageError(f"--annotate {out}: the copy of {path.name} must end in {path.suffix.lower()}")
    if out.is_dir() or not out.parent.is_dir():
        raise UsageError(f"--annotate {out}: {'is a folder' if out.is_dir() else 'its folder does not exist'}")
    checked = (*(Path(document.path) for document in inputs.documents), *map(Path, inputs.unreadable))
    if any(_same(out, other) for other in checked):
        raise UsageError(f"--annotate {out}: is itself checked; give the copy another name")
    if not path.is_file():
        raise UsageError(f"--annotate needs a file, not standard input; {path} is none")
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != drafts[0].sha256:
        raise StorageError(f"{path}: has changed while it was checked; run the command again")
    return Draft(path=drafts[0].path, raw=raw, out=out)


def write_annotated(draft: Draft, comments: Sequence[Comment], *, written: dt.datetime) -> str:
    """Writes the copy with the comments; what was there under that name is replaced at once or not at all.

    Returns the line that tells of it.
    """
    from claims.annotating import annotate

    made = annotate(draft.raw, comments, written=written)
    import tempfile

    handle, name = tempfile.mkstemp(dir=draft.out.parent, prefix=f".{draft.out.name[:100]}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        beside.chmod(0o666 & ~_umask())
        beside.replace(draft.out)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return f"{len(comments)} {'comment' if len(comments) == 1 else 'comments'} written to {draft.out}"


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
