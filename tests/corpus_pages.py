"""A crawl made up from a seed: pages on and off the subject, in HTML, Markdown and plain text, with the odd bad record.

Sentences are those of the labelled pages, pairs and pages on other subjects, some with their figures changed.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

LABELLED = Path(__file__).parent / "labelled"
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_FIGURE = re.compile(r"(?<![\w.,])\d{1,2}(?![\w.,])")
_MENU = ["Home", "About", "Services", "Prices", "Team", "Contact", "Blog"]


@cache
def sentences(*, on_subject: bool) -> tuple[str, ...]:
    """The sentences that pages are made of."""
    if not on_subject:
        paths = sorted((LABELLED / "other-subjects").glob("*.md"))
        return tuple(dict.fromkeys(sentence for path in paths for sentence in _prose(path)))
    paths = sorted([*LABELLED.glob("fitting/*/*.md"), *LABELLED.glob("held-out/*.md")])
    found = [sentence for path in paths for sentence in _prose(path)]
    for path in sorted(LABELLED.glob("**/minimal-pairs.jsonl")):
        found += [json.loads(line)["sentence"] for line in path.read_text(encoding="utf-8").splitlines() if line]
    return tuple(dict.fromkeys(found))


def _prose(path: Path) -> list[str]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
    return [
        s for line in lines for s in _SENTENCE.split(line) if 5 <= len(s.split()) <= 40 and not set(s) & set("[]<>|`")
    ]


def make_pages(count: int, *, seed: int = 1, share: float = 0.2) -> Iterator[dict[str, Any]]:
    """``count`` records of a crawl, of which this share names the subject; about one in 200 repeats an id."""
    chance = random.Random(seed)
    for number in range(count):
        on_subject = chance.random() < share
        own = sentences(on_subject=on_subject)
        picked = [_varied(chance.choice(own), chance) for _ in range(chance.randint(4, 14))]
        if on_subject and chance.random() < 0.3:
            picked += chance.sample(sentences(on_subject=False), 3)
        body, field = _laid_out(picked, chance)
        page = chance.randrange(number) if number and chance.random() < 0.005 else number
        yield {"url": f"https://site-{page % 97}.example/page/{page}", field: body}


def _varied(sentence: str, chance: random.Random) -> str:
    return _FIGURE.sub(lambda _: str(chance.randint(2, 90)), sentence) if chance.random() < 0.03 else sentence


def _laid_out(picked: list[str], chance: random.Random) -> tuple[str, str]:
    """The sentences as a page, and the field of a record that holds such pages."""
    title = " ".join(picked[0].split()[:5]).rstrip(".,;:")
    cut = len(picked) // 2
    match chance.randrange(4):
        case 0:
            return f"{title}\n\n{' '.join(picked[:cut])}\n\n{' '.join(picked[cut:])}\n", "text"
        case 1:
            items = "\n".join(f"- {sentence}" for sentence in picked[cut:])
            return f"# {title}\n\n{' '.join(picked[:cut])}\n\n{items}\n", "markdown"
        case _:
            menu = "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in _MENU)
            items = "".join(f"<li>{sentence}</li>" for sentence in picked[cut:])
            script = "<script>var seen = 1; track({page: 'x'});</script>" * chance.randint(1, 40)
            return (
                f"<!doctype html><html><head><title>{title}</title>{script}</head><body><nav><ul>{menu}</ul></nav>"
                f"<h1>{title}</h1><p>{' '.join(picked[:cut])}</p><ul>{items}</ul><footer>All rights</footer></body></html>",
                "html",
            )


def write_crawl(folder: Path, count: int, *, files: int = 8, seed: int = 1, share: float = 0.2) -> Path:
    """The crawl as files: JSON Lines plain and gzipped in turn, a broken line in one of them."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = list(make_pages(count, seed=seed, share=share))
    size = -(-count // files)
    for number in range(files):
        lines = [json.dumps(page, ensure_ascii=False) for page in pages[number * size : (number + 1) * size]]
        if number == 1:
            lines.insert(3, '{"url": "https://broken.example", "text": ')
        text = "".join(f"{line}\n" for line in lines).encode()
        if number % 2:
            (folder / f"crawl-{number:03}.jsonl.gz").write_bytes(gzip.compress(text, mtime=0))
        else:
            (folder / f"crawl-{number:03}.jsonl").write_bytes(text)
    return folder


def warc_record(kind: str, url: str, content: str, body: bytes) -> bytes:
    """A record of a WARC file, to be gzipped by itself."""
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: {content}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n"
