"""Templates into HTML, and the few fixed files that pages use. Every value is escaped where it is put in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import jinja2

_FOLDER: Final = Path(__file__).parent
# Address below /static, and what it is sent as.
STATIC: Final = {
    "style.css": "text/css; charset=utf-8",
    "filter.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


def build_environment() -> jinja2.Environment:
    """The templates of this package; a name that a template misspells is an error, and everything is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def static_files() -> dict[str, bytes]:
    """The fixed files by name."""
    return {name: (_FOLDER / "static" / name).read_bytes() for name in STATIC}
