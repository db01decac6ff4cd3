"""The command that opens the library in a browser: ``serve``."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from claims.commands.options import LibraryOption
from claims.commands.outcome import Finish


def register(app: typer.Typer, finish: Finish) -> None:
    """Adds the command to ``app``."""
    app.command("serve")(finish(serve))


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; only this machine unless given.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8734,
    open: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    library: LibraryOption = None,
) -> str:
    """A local, read-only web page over the library: search, every record, evidence charts, JSON beside each page."""
    import gc
    from contextlib import closing
    from functools import partial

    _require_extra()
    from claims.query import meta, read_collection
    from claims.session import parse_day, say, show_progress
    from claims.snapshot import connect, snapshot_of
    from claims.web.application import build_application
    from claims.web.serving import address_of, is_loopback, listen, run

    with closing(listen(host, port)) as listening:
        snapshot = snapshot_of(library, progress=show_progress)
        with closing(connect(snapshot)) as connection:
            collection, facts = read_collection(connection), meta(connection)
        app = build_application(
            collection, partial(connect, snapshot), library_hash=facts["hash"], today=parse_day(None), host=host
        )
        address = address_of(listening, host)
        say(f"{facts['title']}: {address} (end with Ctrl-C)")
        if not is_loopback(listening):
            say("whoever reaches this machine can read the library; leave --host out to keep it to yourself")
        if open:
            import webbrowser

            webbrowser.open(address)
        gc.enable()  # the command line turns it off for short runs; a server would grow
        with contextlib.suppress(KeyboardInterrupt):
            run(app, listening)
    return ""


def _require_extra() -> None:
    """Raises UsageError when a package of the extra is not installed."""
    from importlib.util import find_spec

    from evidence.problems import UsageError

    missing = [name for name in ("starlette", "uvicorn", "jinja2") if find_spec(name) is None]
    if missing:
        raise UsageError(f'serve needs {", ".join(missing)}, which is not installed; pip install "claimwise[serve]"')
