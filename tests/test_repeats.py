"""Claims and conflicts held in little room are those that were found, and a large site takes hardly more of it."""

from __future__ import annotations

import subprocess
import sys
from array import array
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.checked_claims import CheckedClaim
from claims.documents import Document
from claims.repeats import Claims, Kind, chosen, kinds_of, where
from tests.conftest import SMALL, Invoke
from tests.test_check_formats import claim

ROOT = Path(__file__).resolve().parent.parent
WORD = st.text(st.sampled_from("aé☃ \n\r\t-"), max_size=12).map(lambda text: f"a{text}b")
LINES = st.lists(st.tuples(WORD, st.text(st.sampled_from(" \n\r"), max_size=3)), max_size=12)


def held(parts: list[tuple[str, str]]) -> tuple[Claims, tuple[CheckedClaim, ...]]:
    """Passages of a text, held in little room and as they are."""
    text = "".join(passage + between for passage, between in parts)
    document = Document(path="p.md", sha256="", text=text, segments=())
    kinds = {passage: Kind(claim(id="", text=passage)) for passage, _ in parts}
    places, plain, start = array("I"), [], 0
    for number, (passage, between) in enumerate(parts, start=1):
        end = start + len(passage)
        (line, column), (end_line, end_column) = document.position(start), document.position(end)
        places.extend((start, line, column))
        place = {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
        plain.append(claim(id=f"p-c{number:02}", text=passage, start=start, end=end, **place))
        start = end + len(between)
    return Claims([kinds[passage] for passage, _ in parts], places, name="p"), tuple(plain)


@given(LINES)
def test_claims_held_in_little_room_stand_where_they_stood(parts: list[tuple[str, str]]) -> None:
    claims, plain = held(parts)
    assert tuple(claims) == plain == tuple(claims[at] for at in range(len(claims)))
    assert claims == plain
    assert claims[1:3] == plain[1:3]
    assert [claims.numbered(one.id) for one in plain] == list(plain)
    assert sum(number for _, number in kinds_of(claims)) == len(plain)
    assert [one.id for one in claims.called("q")] == [one.id.replace("p-", "q-") for one in plain]


@given(LINES, st.integers(0, 14))
def test_some_claims_keep_their_numbers(parts: list[tuple[str, str]], length: int) -> None:
    claims, plain = held(parts)
    wanted = [one for one in plain if len(one.text) > length]
    some = chosen(claims, lambda one: len(one.text) > length)
    assert list(some) == wanted == list(where(claims, lambda one: len(one.text) > length))
    assert isinstance(some, Claims)
    assert [some.numbered(one.id) for one in wanted] == wanted
    assert all(some.numbered(one.id) is None for one in plain if one not in wanted)


def test_a_claim_is_changed_where_it_stands_or_of_every_copy() -> None:
    claims, plain = held([("ab", " "), ("acb", " "), ("ab", "")])
    vague = msgspec.structs.replace(plain[2], verdict="vague")
    assert [one.verdict for one in claims.replaced({2: vague})][-1] == "vague"
    assert next(iter(claims.replaced({2: vague}))).verdict == plain[0].verdict
    changed = claims.altered(lambda kind: Kind(vague) if kind.claim.text == "ab" else kind)
    assert [one.verdict == "vague" for one in changed] == [True, False, True]
    assert claims.altered(lambda kind: kind) is claims


@pytest.mark.parametrize("form", ["compact", "csv", "json"])
def test_thirty_times_the_pages_take_hardly_more_memory(claimwise: Invoke, tmp_path: Path, form: str) -> None:
    claimwise("library", "build", "--library", SMALL)
    text = "Ketamine is FDA approved for depression.\n\nThe FDA has not approved ketamine for depression.\n\n"
    peaks = []
    for number in (1, 30):
        folder = tmp_path / str(number)
        folder.mkdir()
        for page in range(2 * number):
            (folder / f"page-{page}.md").write_text(f"# Page {page}\n\n{text * 800}", encoding="utf-8")
        peaks.append(peak("check", str(folder), "--library", str(SMALL), "--format", form))
    assert peaks[1] < 1.4 * peaks[0], peaks


def peak(*words: str) -> float:
    """The most memory of the command, in kB."""
    told = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", told, sys.executable, str(ROOT / "cli.py"), *words]
    return float(subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT).stdout)
