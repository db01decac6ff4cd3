"""LaTeX accents and signs as characters, in the fields that are prose; addresses and identifiers must never come here.

One pass without recursion, so that braces thousands deep cost nothing. A command that is not known stays as written.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ACCENTS: Final = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
}
_LETTERS: Final = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "alpha": "α", "beta": "β", "gamma": "γ",
    "delta": "δ",
    "kappa": "κ", "mu": "μ", "omega": "ω", "sigma": "σ", "textendash": "–", "textemdash": "—", "textquoteright": "’",
    "textregistered": "®", "texttrademark": "™", "times": "×", "pm": "±", "geq": "≥", "leq": "≤", "textbackslash": "\\",
    "ldots": "…", "dots": "…", "textasciitilde": "~", "degree": "°",
}  # fmt: skip
_STYLES: Final = "emph|textit|textbf|textrm|textsc|textsuperscript|textsubscript|text|mathrm|ensuremath|em|it|bf|rm|sc"
_SIGN = re.compile(
    r"\\(?P<accent>[`'^~=.\"]|[uvHrdck](?![A-Za-z]))\s?(?P<open>\{?)\\?(?P<letter>[A-Za-z])(?P<close>\}?)"
    rf"|\\(?P<style>(?:{_STYLES}))(?![A-Za-z])\s?"
    rf"|\\(?P<name>{'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}}|[ \t])?"
    r"|\\(?P<escaped>[&%#$_{} ])|(?P<dash>---|--)|(?P<tie>~)|(?P<quote>``|'')|(?P<math>\$)"
)


def decode_latex(text: str) -> str:
    """The prose a field means: ``Caf{\\'e}`` is ``Café``. Braces that protect capitals stay for the caller."""
    if not any(sign in text for sign in "\\~$`'-"):
        return text
    return unicodedata.normalize("NFC", _SIGN.sub(_decoded, text))


def _decoded(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if groups["accent"]:
        # One brace without its partner belongs to what is around the accent.
        around = "" if len(groups["open"]) == len(groups["close"]) else groups["open"] + groups["close"]
        return groups["letter"] + _ACCENTS[groups["accent"]] + around
    if groups["name"]:
        return _LETTERS[groups["name"]]
    if groups["escaped"]:
        return "" if groups["escaped"] in "{}" else groups["escaped"]
    if groups["dash"]:
        return "–" if groups["dash"] == "--" else "—"
    if groups["quote"]:
        return "“" if groups["quote"] == "``" else "”"
    return " " if groups["tie"] else ""
