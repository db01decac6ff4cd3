"""Text of any size to check, made from the project's own wordings: the same for the same seed.

``python bench/texts.py varied 10 FOLDER`` writes 10 MB of pages in which every sentence claims something and few
repeat: allowed and bent wordings with other figures, under headings and in lists. ``repeated`` writes the labelled
pages, or a folder of texts (``--sources``), over and over.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "tests" / "labelled" / "held-out"
PROPOSITIONS = ROOT / "claims" / "data" / "propositions"
MEGABYTE = 1_000_000
_LARGEST = 9 * MEGABYTE  # a file of 10 MB is the largest that is checked
_PAGE = 8_000
_FIGURE = re.compile(r"(?<![\w.,$])\d{1,3}(?![\w,:]|\.\d)")
_OPENINGS = (
    "", "", "", "", "", "In {year}, as we wrote then: ", "Of {people} people we asked, most had read this: ",
    "Our page of {year} says: ", "A reader in {year} asked about this: ", "To put it plainly: ",
)  # fmt: skip
_HEADINGS = ("What to expect", "The evidence", "Before you book", "Common questions", "Costs", "Safety", "In brief")


def wordings() -> list[str]:
    """Every allowed and bent wording of the packaged library, in a fixed order."""
    found: list[str] = []
    for path in sorted(PROPOSITIONS.glob("*.toml")):
        for proposition in tomllib.loads(path.read_text(encoding="utf-8"))["propositions"]:
            found += [wording["text"] for wording in proposition.get("wordings", ())]
            found += [text for bent in proposition.get("distortions", ()) for text in bent.get("texts", ())]
    return found


def varied(seed: int) -> Iterator[str]:
    """Pages without end, about 8 kB each."""
    chance, known = random.Random(seed), wordings()

    def sentence() -> str:
        told = _FIGURE.sub(lambda m: str(max(1, int(m.group()) + chance.randint(-9, 30))), chance.choice(known))
        opening = chance.choice(_OPENINGS)
        return opening.format(year=chance.randint(1990, 2026), people=chance.randint(20, 20_000)) + told

    while True:
        parts = [f"# {chance.choice(_HEADINGS)}, part {chance.randint(1, 99_999)}"]
        while sum(map(len, parts)) < _PAGE:
            if chance.random() < 0.2:
                parts.append(f"## {chance.choice(_HEADINGS)}")
            if chance.random() < 0.25:
                parts.append("\n".join(f"- {sentence()}" for _ in range(chance.randint(3, 6))))
            else:
                parts.append(" ".join(sentence() for _ in range(chance.randint(2, 6))))
        yield "\n\n".join(parts) + "\n"


def repeated(sources: Path | None) -> Iterator[str]:
    """The texts of a folder, or the labelled pages, together, without end."""
    paths = (
        sorted(p for p in sources.iterdir() if p.suffix in (".txt", ".md")) if sources else sorted(PAGES.glob("*.md"))
    )
    whole = "\n\n".join(path.read_text(encoding="utf-8") for path in paths) + "\n\n"
    while True:
        yield whole


def write(pages: Iterator[str], size: int, folder: Path) -> None:
    """Writes ``size`` bytes of pages, and what the last one has beyond, in files that may be checked."""
    folder.mkdir(parents=True, exist_ok=True)
    written = number = 0
    while written < size:
        least = min(_LARGEST, size - written)
        with (folder / f"text-{number:03}.md").open("wb") as file:
            begun = 0
            while begun < least:
                begun += file.write(next(pages).encode())
        written, number = written + begun, number + 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("varied", "repeated"))
    parser.add_argument("megabytes", type=float)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--seed", type=int, default=6)
    given = parser.parse_args()
    pages = varied(given.seed) if given.kind == "varied" else repeated(given.sources)
    write(pages, int(given.megabytes * MEGABYTE), given.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
