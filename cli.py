"""The ``claimwise`` command: the entry point, the errors a user can cause, and printing. Nothing is computed here.

The commands are in ``claims/commands``; each hands back what to print, and this module prints it and exits.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Annotated, TextIO

import typer

from claims.commands import register
from claims.commands.outcome import Outcome

_ANY_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Every control character but tab, line feed and the start of a colour sequence becomes a blank. Output may be tens of
# megabytes, so this is done on the bytes of UTF-8, where most of them are one byte that is part of nothing else.
_CONTROLS = bytes.maketrans(bytes(c for c in (*range(32), 127) if c not in b"\t\n\x1b"), b" " * 30)
_AT_ONCE = 1_000_000  # characters that are printed at once, and the rest of their line
_LONGER_CONTROL = re.compile(rb"\xc2[\x80-\x9f]|\x1b(?!\[[\d;]*m)")


def application(named: str | None = None) -> typer.Typer:
    """The command line with the command ``named`` and its like only, which is quicker, else with all of them."""
    app = typer.Typer(
        name="claimwise",
        help="An evidence library and literature-claim checker.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback(invoke_without_command=True)(main)
    register(app, finish, named)
    return app


def main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        from evidence import __version__

        typer.echo(f"claimwise {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def start() -> None:
    """Entry point of the installed command: ``run``, after which the process ends at once.

    The interpreter would take apart one by one all values that the run has read, which takes a tenth of its time.
    """
    try:
        run()
    except SystemExit as end:
        if not isinstance(end.code, int | None) or threading.active_count() > 1:
            raise
        with contextlib.suppress(OSError, ValueError):  # told by ``run``
            sys.stdout.flush()
            sys.stderr.flush()
        atexit._run_exitfuncs()
        os._exit(end.code or 0)


def run() -> None:
    """Runs the command that the command line names; raises SystemExit with its exit code."""
    gc.disable()  # a command is one short run whose values live to its end; looking for cycles takes a tenth of it
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, _nowhere())
        getattr(sys, name).reconfigure(encoding="utf-8", errors="replace")
    try:
        app = application(sys.argv[1] if len(sys.argv) > 1 else None)
        code = app(prog_name="claimwise", standalone_mode=False)
        sys.stdout.flush()
        raise SystemExit(code)
    except (KeyboardInterrupt, typer.Abort):
        raise SystemExit(130) from None
    except typer.TyperException as error:
        _complain(error.format_message())
        raise SystemExit(3) from None  # Typer's own code for usage is 2, which here means "incomplete"
    except OSError as error:
        sys.stdout = _nowhere()
        _complain(f"the output cannot be written: {error.strerror}")
        raise SystemExit(2) from None


def finish(command: Callable[..., Outcome | str]) -> Callable[..., None]:
    """Prints what ``command`` returns and exits with its code.

    The errors a user can cause become one line each and the exit code that fits; any other is ours and is raised.
    """

    @functools.wraps(command)
    def finished(*arguments: object, **options: object) -> None:
        outcome = Outcome("")
        try:
            returned = command(*arguments, **options)
            outcome = returned if isinstance(returned, Outcome) else Outcome(returned)
            for line in outcome.complaints:
                _complain(line)
            _print((outcome.text,) if isinstance(outcome.text, str) else outcome.text)
        except typer.TyperException:
            raise
        except BrokenPipeError:  # the reader of the pipe has gone; what it did not read, it did not want
            sys.stdout = _nowhere()
        except Exception as error:
            from claims.session import explain

            told = explain(error)
            if told is None:
                raise
            for line in told.lines:
                _complain(line)
            raise typer.Exit(told.exit_code) from None
        if outcome.exit_code:
            raise typer.Exit(outcome.exit_code)

    return finished


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123


def _complain(message: str) -> None:
    typer.echo(f"claimwise: {_ANY_CONTROL.sub(' ', ' '.join(message.split()))}", err=True)


def _print(pieces: Iterable[str]) -> None:
    """Text to standard output; control characters of a record never reach the terminal, our own colours do."""
    printed = False
    for piece in pieces:
        start = 0
        while start < len(piece):  # a check of much text says much, and each step here makes a copy
            line = piece.find("\n", start + _AT_ONCE)
            end = line + 1 if line >= 0 else len(piece)
            safe = _LONGER_CONTROL.sub(b" ", piece[start:end].encode("utf-8", "surrogatepass").translate(_CONTROLS))
            typer.echo(safe.decode("utf-8", "surrogatepass"), nl=False)
            printed = True
            start = end
    if printed:
        typer.echo()


if __name__ == "__main__":
    start()
