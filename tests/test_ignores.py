"""Comments that ignore a rule: how they are read, what they reach, when they do nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.checked_claims import CheckedClaim
from claims.checked_documents import CheckedDocument
from claims.documents import Document, read_document
from claims.ignores import find_ignores, read_directive, with_ignores
from claims.selection import DEFAULT_CODES
from claims.verdicts import RuleHit

TODAY = dt.date(2026, 11, 22)


def document(text: str, path: str = "a.md") -> Document:
    return read_document(path, text.encode())


def claim(page: Document, words: str, *codes: str, severity: str = "error") -> CheckedClaim:
    """A contradicted claim at these words of the page, under these rules."""
    start = page.text.index(words)
    line, column = page.position(start)
    return CheckedClaim(
        id=words, start=start, end=start + len(words), line=line, column=column, end_line=line, end_column=column,
        text=words, paraphrase=None, category=None, proposition=None, slots={}, quantities=(), certainty="plain",
        polarity="affirms", verdict="contradicted", reason="because", missing=(), evidence=(), suggestion=None,
        comparisons=(),
        rules=tuple(RuleHit(code=code, message="m", severity=severity) for code in codes),  # type: ignore[arg-type]
    )  # fmt: skip


def marked(page: Document, *claims: CheckedClaim, today: dt.date = TODAY) -> CheckedDocument:
    checked = CheckedDocument(path=page.path, sha256="0", source=None, words=1, claims=claims)
    return with_ignores(checked, find_ignores(page), today, DEFAULT_CODES)


def reached(text: str, *words: str, path: str = "a.md") -> list[str]:
    """Which of these words of the page a comment on EV003 reaches."""
    page = document(text, path)
    done = marked(page, *(claim(page, one, "EV003") for one in words))
    return [one.text for one in done.claims if one.status == "ignored"]


C = "<!-- claimwise-ignore EV003 -- the trial's own figure -->"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Intro.\n\n{C}\nOne here. Two here.\n\nThree here.\n", ["One here.", "Two here."]),
        (f"Intro.\n\n{C}\n\nOne here.\nTwo here.\n\nThree here.\n", ["One here.", "Two here."]),
        (f"One here. {C}\n\nTwo here. Three here.\n", ["One here."]),
        (f"One here. {C}\nTwo here.\n\nThree here.\n", ["One here."]),
        (f"One here. {C} Two here.\n\nThree here.\n", ["One here.", "Two here."]),
        (f"- One here. {C}\n- Two here.\n- Three here.\n", ["One here."]),
        (f"{C}\n- One here.\n- Two here.\n\nThree here.\n", ["One here."]),
        (f"{C}\n\n# One here.\n\nTwo here.\n\nThree here.\n", ["One here."]),
        (f"| h | i |\n|---|---|\n| One here. | Two here. {C} |\n| Three here. | x |\n", ["One here.", "Two here."]),
        (f"{C}\n\n| h | i |\n|---|---|\n| One here. | Two here. |\n\nThree here.\n", ["One here.", "Two here."]),
        (f"One here.\n\nTwo here.\n\nThree here.\n\n{C}\n", []),
        (f"```\n{C}\n```\nOne here.\n\nTwo here.\n\nThree here.\n", []),
        (f"Write `{C}` like that. One here.\n\nTwo here.\n\nThree here.\n", []),
        (C.replace("ignore", "ignore-file") + "\n\nOne here.\n\nTwo here. Three here.\n",
         ["One here.", "Two here.", "Three here."]),
    ],
)  # fmt: skip
def test_a_comment_reaches_its_line_or_the_block_that_follows(text: str, expected: list[str]) -> None:
    assert reached(text, "One here.", "Two here.", "Three here.") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"<p>One here.</p>\n{C}\n<p>Two here.</p><p>Three here.</p>", ["Two here."]),
        (f"<p>One here.</p><p>Two here. {C}</p><p>Three here.</p>", ["Two here."]),
        (f"<p>One here.</p>{C}<p>Two here.</p><p>Three here.</p>", ["One here."]),
        (f"<p>One here.\n{C}\nTwo here.</p><p>Three here.</p>", ["Two here."]),
    ],
)
def test_in_html_a_block_is_an_element(text: str, expected: list[str]) -> None:
    assert reached(text, "One here.", "Two here.", "Three here.", path="a.html") == expected


def test_plain_text_has_no_comments() -> None:
    assert find_ignores(document(f"{C}\nOne here.", "a.txt")) == ()


def test_what_is_left_of_a_claim_counts_on() -> None:
    page = document(f"One here. {C}\n")
    (kept,) = marked(page, claim(page, "One here.", "EV003", "EV014")).claims
    assert (kept.status, [hit.code for hit in kept.rules]) == ("new", ["EV014"])
    (gone,) = marked(page, claim(page, "One here.", "EV003")).claims
    assert (gone.status, gone.status_reason) == ("ignored", "the trial's own figure")
    assert [hit.code for hit in gone.rules] == ["EV003"]


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("claimwise-ignore EV003", "it gives no reason; write 'claimwise-ignore EV003 -- reason'"),
        ("claimwise-ignore EV003 --", "it gives no reason"),
        ("claimwise-ignore EV003 -- until=2030-01-01", "it gives no reason"),
        ("claimwise-ignore -- because", "it names no rule; write 'claimwise-ignore CODE -- reason'"),
        ("claimwise-ignore because it is right", "'because' is no rule and no family of rules"),
        ("claimwise-ignore EV03 -- because", "'EV03' is no rule and no family of rules; did you mean 'EV0"),
        ("claimwise-ignore EV003 -- because until=soon", "'until=soon' is not a date; write it as until=YYYY-MM-DD"),
        ("claimwise-ingore EV003 -- because", "did you mean 'claimwise-ignore'?"),
        ("claimwise-ignore EV003 -- because until=2026-11-21", "it expired on 2026-11-21, so what it ignored counts"),
    ],
)
def test_a_comment_that_is_not_in_order_does_nothing_and_is_told(comment: str, says: str) -> None:
    page = document(f"One here. <!-- {comment} -->\n")
    done = marked(page, claim(page, "One here.", "EV003"))
    assert done.claims[0].status == "new"
    (remark,) = done.remarks
    assert (remark.code, remark.severity, remark.line, remark.column) == ("CK005", "warning", 1, 11)
    assert says in remark.message


def test_a_comment_holds_through_its_last_day() -> None:
    page = document("One here. <!-- claimwise-ignore EV003 -- asked the author until=2026-11-22 -->\n")
    one = claim(page, "One here.", "EV003")
    assert marked(page, one).claims[0].status == "ignored"
    assert marked(page, one, today=TODAY + dt.timedelta(days=1)).claims[0].status == "new"


def test_a_comment_that_nothing_needs_is_told_with_the_rules_it_does_not_need() -> None:
    page = document("One here. <!-- claimwise-ignore EV003, EV004 VG RF008 -- because -->\n")
    (remark,) = marked(page, claim(page, "One here.", "EV003")).remarks
    assert (remark.code, remark.message) == ("CK004", "no claim that it reaches falls under EV004, VG; remove it")
    (remark,) = marked(page).remarks
    assert "EV003, EV004, VG" in remark.message


def test_a_text_in_which_nothing_was_judged_has_no_unused_comment() -> None:
    page = document(f"One here. {C}\n")
    checked = CheckedDocument(path="a.md", sha256="0", source=None, words=1, claims=(), on_subject=False)
    assert with_ignores(checked, find_ignores(page), TODAY, DEFAULT_CODES).remarks == ()


def test_all_stands_for_every_rule() -> None:
    page = document("One here. <!-- claimwise-ignore all -- quoted from the label -->\n")
    done = marked(page, claim(page, "One here.", "EV003", "CF001", "PR002"))
    assert (done.claims[0].status, done.remarks) == ("ignored", ())


@pytest.mark.parametrize("comment", ["", "TODO claimwise-ignore", "prettier-ignore", "more text"])
def test_other_comments_are_none_of_ours(comment: str) -> None:
    assert read_directive(comment) is None


@given(st.text(max_size=80))
def test_any_comment_is_read_or_refused_without_an_error(text: str) -> None:
    directive = read_directive(f"claimwise-ignore {text}")
    assert directive is not None
    assert directive.fault or (directive.words and directive.reason)


@given(st.text(alphabet="<!->- claimwise-ignore EV003\n`|", max_size=120))
def test_any_page_is_searched_without_an_error(text: str) -> None:
    page = document(f"{text}\n{C}\n\nOne here.")
    for found in find_ignores(page):
        assert 0 <= found.start <= found.end <= len(page.text)
