"""The pages of docs/: every command in them exists with its options, every link resolves, the index leads to all."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md")])
USERS = ("writers", "reviewers", "researchers", "curators", "librarians", "ci")

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`(claimwise [^`\n]+)`")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_COMMAND = re.compile(r"claimwise [a-z-]+( |$)")
_BEGINS = re.compile(r"(claimwise [a-z-]+|make|export|cd|git|pip|pipx)( |$)|#")
_SHELL = {"|", ">", ">>", "<", "&&", "||"}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return [body for name, body in _FENCE.findall(page.read_text(encoding="utf-8")) if name == language]


def command_lines(page: Path) -> Iterator[str]:
    """The command lines of plain code blocks; a block that begins with none is output."""
    for language in ("", "sh", "bash"):
        for body in blocks(page, language):
            lines = [line.strip().removeprefix("$ ") for line in body.splitlines()]
            if _BEGINS.match(lines[0]):
                yield from filter(_COMMAND.match, lines)


def words_of(line: str) -> list[str]:
    """The words after ``claimwise``, up to a pipe or a redirection."""
    words = shlex.split(line, comments=True)[1:]
    return words[: next((at for at, word in enumerate(words) if word in _SHELL), len(words))]


@functools.cache
def whole() -> Any:
    from cli import application

    return typer.main.get_command(application())


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words name, and the words left for it. Raises KeyError when there is no such command."""
    command = whole()
    rest = list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        command = command.commands[rest.pop(0)]
    return command, rest


COMMANDS = sorted({(line, name_of(page)) for page in PAGES for line in command_lines(page)})


@pytest.mark.parametrize(("line", "page"), COMMANDS)
def test_every_command_line_of_a_page_parses(line: str, page: str) -> None:
    command, rest = command_of(words_of(line))
    try:
        command.make_context("claimwise", rest)
    except typer.TyperException as error:
        pytest.fail(f"{page}: {line}\n{error.format_message()}")


def test_a_command_line_with_a_misspelt_option_or_command_would_be_seen() -> None:
    command, rest = command_of(words_of("claimwise check draft.md --formt json | head"))
    with pytest.raises(typer.TyperException):
        command.make_context("claimwise", rest)
    with pytest.raises(KeyError):
        command_of(["chek", "draft.md"])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_named_in_running_text_exist_with_their_options(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for span in _SPAN.findall(text):
        words = re.findall(r"[^\s\[\]|…]+", span)[1:]
        if not re.fullmatch(r"[a-z-]+", words[0]):
            continue  # a placeholder
        command, rest = command_of(words)
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        unknown = {word.split("=")[0] for word in rest if re.match(r"--\w", word)} - options - {"--help"}
        assert not unknown, f"`{span}` has no {unknown}"


def anchors(page: Path) -> set[str]:
    """The names that links can point to: named ones; headings in lower case, blanks as hyphens, other signs left out."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    named = set(re.findall(r'<a id="(\w+)"></a>', text))
    return named | {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_within_the_project_resolves(page: Path) -> None:
    for target in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target} is not there"
        assert not anchor or anchor in anchors(there), f"{target}: no such heading"


def test_the_index_leads_to_every_page_and_there_is_a_page_for_every_user() -> None:
    linked = {target.partition("#")[0] for target in _LINK.findall((DOCS / "README.md").read_text(encoding="utf-8"))}
    pages = {page.name for page in DOCS.glob("*.md")} - {"README.md"}
    assert pages <= linked, f"docs/README.md lacks {sorted(pages - linked)}"
    assert {f"for-{user}.md" for user in USERS} <= pages


def test_the_pages_on_ci_name_hooks_inputs_and_variables_that_exist() -> None:
    page = DOCS / "for-ci.md"
    hooks, workflow, job = (yaml.safe_load(text) for text in blocks(page, "yaml"))
    manifest = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for repo in hooks["repos"] for hook in repo["hooks"]} <= manifest
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    used = next(step["with"] for step in workflow["jobs"]["claims"]["steps"] if step.get("id") == "claims")
    assert set(used) <= set(action["inputs"])
    text = page.read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in text for name in (*action["inputs"], *manifest))
    template = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
    assert set(job["claimwise"]["variables"]) <= set(template["claimwise"]["variables"])
