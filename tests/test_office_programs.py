"""LibreOffice opens what we annotate, and we read what it writes. Skipped where it is not installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import SMALL, Invoke
from tests.office import body_text, commented, docx, paragraph, run

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.usefixtures("fixed_weights"),
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed"),
]

APPROVED = "Ketamine is FDA approved for depression."
PAGE = f"""<html><body><h1>About the treatment</h1><p>Welcome to the <b>clinic</b>. Ketamine is <i>FDA approved</i>
for depression.<sup>1</sup></p><ul><li>{APPROVED}</li></ul></body></html>"""


def convert(file: str, to: str) -> Path:
    """The file as LibreOffice writes it in another format, below ``converted``."""
    assert SOFFICE
    profile = Path("profile").absolute().as_uri()
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", to, "--outdir", "converted", file],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (made,) = Path("converted").glob(f"{Path(file).stem}.{to.split(':', maxsplit=1)[0]}")
    return made


@pytest.fixture
def check(claimwise: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    claimwise("library", "build", "--library", SMALL)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: claimwise("check", *arguments, "--library", SMALL)


def test_an_annotated_copy_goes_through_libreoffice_with_its_text_and_comments(check: Invoke) -> None:
    draft = docx(
        paragraph(run("Welcome. Ketamine is ") + run("FDA appr", "<w:b/>") + run("oved for depression. Call us."))
    )
    Path("draft.docx").write_bytes(draft)
    assert check("draft.docx", "--annotate", "out.docx").exit_code == 1
    raw = convert("out.docx", "docx").read_bytes()
    assert body_text(raw) == body_text(draft)
    ((said, words),) = commented(raw).items()
    assert said.startswith("Contradicted: ")
    assert words == APPROVED


def test_a_draft_that_libreoffice_wrote_is_read_and_annotated(check: Invoke) -> None:
    Path("page.html").write_text(PAGE, encoding="utf-8")
    made = convert("page.html", "docx:MS Word 2007 XML")
    result = check(made, "--annotate", "out.docx")
    assert result.exit_code == 1
    assert "2 comments written" in result.stderr
    assert body_text(Path("out.docx").read_bytes()) == body_text(made.read_bytes())
    assert set(commented(Path("out.docx").read_bytes()).values()) == {APPROVED}
    text = check(made, "--extracted").stdout
    assert text.splitlines()[:3] == ["About the treatment", f"Welcome to the clinic. {APPROVED}¹", f"• {APPROVED}"]


def test_a_pdf_that_libreoffice_wrote_is_read(check: Invoke) -> None:
    Path("draft.docx").write_bytes(docx(paragraph("Welcome. " * 40 + APPROVED) + paragraph("Call us today.")))
    result = check(convert("draft.docx", "pdf"))
    assert result.exit_code == 1
    assert "  page 1  contradicted" in result.stdout
