"""Identifiers of works in one standard form: DOI, PMID, PMCID, NCT number, arXiv id.

``standard_*`` takes what a file or a person writes and returns the standard form, or ``None`` when it is not such an
identifier; ``find_identifiers`` finds all of them in running text, links included. Nothing is looked up.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from evidence.later import compiled_later

IdentifierKind = Literal["doi", "pmid", "pmcid", "nct", "arxiv"]

# https://www.crossref.org/blog/dois-and-matching-regular-expressions/ (2015): prefix 10.<4-9 digits>, then a suffix.
# A suffix is bounded so that a text of nothing but prefixes takes linear time; the longest real ones have about 150.
_LONGEST: Final = 300
_DOI = compiled_later(
    r"(?<![0-9.])10\.[0-9]{4,9}(?:\.[0-9]{1,9})?(?:/|%2F)[^\s\"<>`|\u201c\u201d\u2018\u2019\u00ab\u00bb\u2014\u2026\u3002]{1,301}",
    re.IGNORECASE,
)
_WHOLE_DOI = compiled_later(r"10\.[0-9]{4,9}(?:\.[0-9]{1,9})?(?:/|%2F)\S+", re.IGNORECASE)
_DOI_LEAD = compiled_later(
    r"(?:https?://)?(?:dx\.|www\.)?doi\.org/(?:doi:)?\s*|doi(?:\s*:\s*|\s+)(?=10\.)", re.IGNORECASE
)
_DOI_BEFORE = compiled_later(r"(?:(?:dx\.|www\.)?doi\.org/(?:doi:)?|\bdoi\s{0,20}[:=]?\s{0,3}\{?)$", re.IGNORECASE)
# The end of a serial item identifier, the only DOIs with angle brackets: <465::AID-AJMG1>3.0.CO;2-F
_SICI_TAIL = compiled_later(r"<[^\s<>\"]{1,60}>[0-9]\.[0-9]\.[A-Z]{2};2-[0-9A-Z#]", re.IGNORECASE)
_NEXT_DOI = compiled_later(r"[,;](?=(?:doi:|https?://[a-z.]{1,20}/)?10\.[0-9]{4,9}/)", re.IGNORECASE)
_PAGES = r"/(?:full|fulltext|abstract|summary|meta|references|epub|pdf|epdf|pdfdirect|html)"
_LINK_QUERY = compiled_later(r"[?&].*|#[^;]*$")
_LINK_TAIL = compiled_later(rf"(?:{_PAGES})+/?$|(?:\.full|\.abstract|\.pdf|\.html?)+$", re.IGNORECASE)
# A site and a path that end right before a DOI, where the link is written without its scheme.
_SITE = compiled_later(r"(?:\b[a-z0-9-]{1,40}\.){1,3}[a-z]{2,6}/(?:[^\s\"<>()]{0,80}[/=])?$", re.IGNORECASE)
_PREPRINT_TAIL = compiled_later(r"v[0-9]{1,2}(?:\.full)?(?:\.pdf)?$")
_ESCAPED = compiled_later(r"\\([_%&#$])")
_PERCENT = compiled_later(r"(?:%[0-9A-Fa-f]{2})+")
_FOOTNOTE = compiled_later(r"(?:\[[0-9]{1,3}\])+$|[¹²³⁴-⁹⁰]+$")  # a reference mark set right after a DOI
_CLOSERS: Final = {")": "(", "]": "[", "}": "{"}
_TRAILING: Final = ".,;:!?'*_\\/"

_NCBI = r"(?:www\.)?ncbi\.nlm\.nih\.gov/(?:m/)?"
_EUROPE = r"europepmc\.org/(?:article|articles|abstract)/"
_PMC_PLACES = rf"{_NCBI}pmc/articles/|pmc\.ncbi\.nlm\.nih\.gov/articles/|{_EUROPE}(?:pmc/)?"
_PUBMED_PLACES = rf"{_NCBI}pubmed/(?:\?term=)?|pubmed\.ncbi\.nlm\.nih\.gov/(?:\?term=)?|{_EUROPE}med/"
_TRIAL_PLACES = r"(?:www\.|classic\.|beta\.)?clinicaltrials\.gov/(?:ct2/show/(?:study/|results/)?|study/|show/)"
_ARXIV_ID = (
    r"(?P<arxiv>[0-9]{4}\.[0-9]{4,5}|[a-z]{2,10}(?:-[a-z]{2,10})?(?:\.[a-z]{2})?/[0-9]{7})"
    r"(?P<version>v[0-9]{1,2})?(?:\.pdf)?"
)
_OTHERS = compiled_later(
    rf"(?:https?://)?(?:{_PUBMED_PLACES})(?P<pmid_link>[1-9][0-9]{{0,8}})(?![0-9])/?"
    r"|\b(?:pmid|pubmed id)\s{0,20}[:=]?\s{0,3}\{?(?P<pmid>[1-9][0-9]{0,8})(?![0-9])"
    rf"|(?:(?:https?://)?(?:{_PMC_PLACES})|\bpmcid\s{{0,20}}[:=]?\s{{0,3}}\{{?|\b)PMC(?P<pmcid>[0-9]{{4,9}})(?![0-9])/?"
    rf"|(?:(?:https?://)?(?:{_TRIAL_PLACES})|\b)NCT[ -]?(?P<nct>[0-9]{{8}})(?![0-9])"
    rf"|(?:(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|\barxiv\s{{0,3}}:\s{{0,3}}){_ARXIV_ID}(?![0-9])",
    re.IGNORECASE,
)

# Every match of the above has one of these in it, in any case, and begins and ends not far from it.
_MARKS: Final = ("pubmed", "pmid", "pmc", "nct", "arxiv")
_MARK = compiled_later("|".join(_MARKS), re.IGNORECASE)
_BEFORE_MARK: Final = 80
_AFTER_MARK: Final = 400

_INVISIBLE = compiled_later("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_HYPHENS: Final = dict.fromkeys(map(ord, "‐‑‒–−"), "-")
# Letters and digits that look like ASCII ones: Cyrillic and Greek, full-width forms, other scripts' digits, slashes.
_LOOKALIKES: Final = {
    **dict(zip(map(ord, "аеорсхуіѕјһԁԛԝ"), "aeopcxyisjhdqw", strict=True)),
    **dict(zip(map(ord, "АВЕКМНОРСТХІЅЈ"), "ABEKMHOPCTXISJ", strict=True)),
    **dict(zip(map(ord, "ΑΒΕΖΗΙΚΜΝΟΡΤΧοι"), "ABEZHIKMNOPTXoi", strict=True)),
    **{0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)},
    **{0x1D7CE + n: str(n % 10) for n in range(50)},
    **{start + n: str(n) for start in (0x660, 0x6F0, 0x966) for n in range(10)},
    0x2044: "/",
    0x2215: "/",
    0x2024: ".",
}
_FOLD: Final = {**_HYPHENS, **_LOOKALIKES}
_FOLDED: Final = {chr(code): sign for code, sign in _FOLD.items()}


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier in its standard form, and where it stands.

    ``start`` and ``end`` are offsets into the text; a prefix (``doi:``) and the link it is part of belong to it.
    ``oddity`` says in words what had to be mended to read it; ``None`` where nothing had.
    """

    kind: IdentifierKind
    value: str
    start: int
    end: int
    oddity: str | None = None


def standard_doi(text: str) -> str | None:
    """``10.1176/appi.ajp.1`` in lower case (DOIs are case-insensitive), or ``None``.

    Takes a DOI, ``doi:`` and a DOI, or a link to doi.org; percent-encoding and LaTeX escapes are undone.
    """
    given = _fold(text.strip())
    lead = _DOI_LEAD.match(given)
    bare = given[lead.end() :] if lead else given
    if not _WHOLE_DOI.fullmatch(bare):
        return None
    return _tidy_doi(bare, linked=bool(lead and "/" in lead.group()))[0]


def standard_pmid(text: str) -> str | None:
    """The digits of a PubMed id, or ``None``; also from ``PMID: 1`` and a PubMed link."""
    return _bare(r"[1-9][0-9]{0,8}", text) or _whole("pmid", text)


def standard_pmcid(text: str) -> str | None:
    """``PMC`` and digits, or ``None``; also from a link to PubMed Central."""
    digits = _bare(r"[0-9]{4,9}", text)
    return f"PMC{digits}" if digits else _whole("pmcid", text)


def standard_nct(text: str) -> str | None:
    """``NCT`` and eight digits, or ``None``; also from a link to the registry."""
    return _whole("nct", text)


def standard_arxiv(text: str) -> str | None:
    """``2101.00001`` or ``hep-th/9901001`` without its version, or ``None``; also from ``arXiv:`` and a link."""
    bare = re.fullmatch(_ARXIV_ID, _fold(text.strip()).lower())
    return bare.group("arxiv") if bare else _whole("arxiv", text)


def parse_identifier(text: str) -> Identifier | None:
    """What a person gives as one identifier: any form ``find_identifiers`` knows, or a PubMed id as bare digits."""
    given = text.strip()
    digits = _bare(r"[1-9][0-9]{0,8}", given)
    if digits:
        return Identifier(kind="pmid", value=digits, start=0, end=len(text))
    found = find_identifiers(given)
    if len(found) == 1 and not given[: found[0].start].strip("<([{\"'") and not _rest(given, found[0]):
        return found[0]
    doi = standard_doi(given)
    return Identifier(kind="doi", value=doi, start=0, end=len(text)) if doi else None


def find_identifiers(text: str) -> tuple[Identifier, ...]:
    """Every identifier in the text, in order, none overlapping another. Takes linear time."""
    clean, removed = _without_invisible(text)
    folded = clean
    for sign in _FOLDED.keys() & set(() if clean.isascii() else clean):
        folded = folded.replace(sign, _FOLDED[sign])
    spans: list[tuple[int, int, IdentifierKind, str, list[str]]] = [*_dois(folded)]
    starts = [span[0] for span in spans]
    for match in _others(folded):
        before = bisect.bisect_right(starts, match.start()) - 1
        if before >= 0 and spans[before][1] > match.start():
            continue  # part of a DOI
        kind, value, oddities = _other(match)
        spans.append((match.start(), match.end(), kind, value, oddities))
    found = []
    for start, end, kind, value, oddities in sorted(spans):
        first, last = _original(start, removed), _original(end - 1, removed) + 1
        oddity = "; ".join([*_odd_characters(text[first:last]), *oddities]) or None
        found.append(Identifier(kind=kind, value=value, start=first, end=last, oddity=oddity))
    return tuple(found)


def _others(text: str) -> Iterator[re.Match[str]]:
    """The matches of ``_OTHERS``: only what stands near a mark that each has is looked at."""
    low = high = 0
    for start in _marked(text):
        if start - _BEFORE_MARK > high:
            yield from _OTHERS.finditer(text, low, high)
            low = start - _BEFORE_MARK
        high = start + _AFTER_MARK
    if high:
        yield from _OTHERS.finditer(text, low, high)


def _marked(text: str) -> list[int]:
    """Where a mark begins. Looking for words in small letters is many times as fast as ignoring case."""
    small = text.lower()
    if len(small) != len(text) or "\u0131" in small:  # a form of i that only ignoring case finds
        return [mark.start() for mark in _MARK.finditer(text)]
    found = []
    for mark in _MARKS:
        at = small.find(mark)
        while at >= 0:
            found.append(at)
            at = small.find(mark, at + 1)
    return sorted(found)


def _dois(text: str) -> list[tuple[int, int, IdentifierKind, str, list[str]]]:
    spans: list[tuple[int, int, IdentifierKind, str, list[str]]] = []
    position = 0
    at = text.find("10.")
    while at >= 0:
        match = _DOI.match(text, at)
        if match is None:
            at = text.find("10.", at + 1)
            continue
        start, raw = match.start(), match.group()
        if len(raw) > _LONGEST:  # no DOI: a long word that begins like one
            position = start + 3
            at = text.find("10.", position)
            continue
        sici = _SICI_TAIL.match(text, match.end())
        raw = raw + sici.group() if sici else _cut(raw)
        link = _link_start(text, start, position)
        value, oddities = _tidy_doi(raw, linked=link is not None)
        before = _DOI_BEFORE.search(text, max(position, start - 40), start)
        end = start + len(raw)
        position = max(end, start + 3)
        at = text.find("10.", position)
        if value is not None:
            begin = link if link is not None else before.start() if before else start
            spans.append((begin, end, "doi", value, oddities))
    return spans


def _cut(raw: str) -> str:
    """The DOI up to a bracket that closes one opened before it, the next DOI of a list, or closing punctuation."""
    following = _NEXT_DOI.search(raw)
    raw = raw[: following.start()] if following else raw
    open_brackets: list[str] = []
    for index, sign in enumerate(raw):
        if sign in "([{":
            open_brackets.append(sign)
        elif sign in _CLOSERS and (not open_brackets or open_brackets.pop() != _CLOSERS[sign]):
            raw = raw[:index]
            break
    return _FOOTNOTE.sub("", raw.rstrip(_TRAILING)).rstrip(_TRAILING)


def _link_start(text: str, start: int, lowest: int) -> int | None:
    """Where the link that the character at ``start`` is part of begins; ``None`` when it is in no link."""
    lowest = max(lowest, start - _LONGEST)
    scheme = text.rfind("://", lowest, start)
    if scheme < 0:
        site = _SITE.search(text, max(lowest, start - 150), start)
        return site.start() if site else None
    if any(sign.isspace() or sign in '"<>()[]' for sign in text[scheme:start]):
        return None
    return next((scheme - len(s) for s in ("https", "http") if text[lowest:scheme].lower().endswith(s)), None)


def _tidy_doi(raw: str, *, linked: bool) -> tuple[str | None, list[str]]:
    """A DOI as written, in standard form, and what was odd; ``None`` when nothing of its suffix is left."""
    oddities = []
    value = raw
    for escape, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        if escape in value:
            value = value.replace(escape, sign)
            oddities.append(f"'{escape}' read as '{sign}'")
    if linked and ";2-" not in value:
        value = _LINK_TAIL.sub("", _LINK_QUERY.sub("", value))
        if value.startswith("10.1101/"):
            value = _PREPRINT_TAIL.sub("", value)
    if _ESCAPED.search(value):
        value = _ESCAPED.sub(r"\1", value)
        oddities.append("LaTeX escapes undone")
    if _PERCENT.search(value):
        value = _PERCENT.sub(_decoded, value)
        oddities.append("percent-encoding undone")
    elif "%" in value:
        oddities.append("has a '%' that encodes nothing")
    value = _cut(value).lower() if "<" not in value else value.rstrip(".,;").lower()
    prefix, slash, suffix = value.partition("/")
    if not slash or not suffix or not any(sign.isalnum() for sign in suffix):
        return None, oddities
    return f"{prefix}/{suffix}", oddities


def _decoded(match: re.Match[str]) -> str:
    data = bytes.fromhex(match.group().replace("%", ""))
    text = data.decode("utf-8", errors="replace")
    return text if text.isprintable() and "\ufffd" not in text and " " not in text else match.group()


def _other(match: re.Match[str]) -> tuple[IdentifierKind, str, list[str]]:
    groups = match.groupdict()
    if pmid := groups["pmid_link"] or groups["pmid"]:
        return "pmid", pmid, []
    if groups["pmcid"]:
        return "pmcid", f"PMC{groups['pmcid']}", []
    if groups["nct"]:
        return "nct", f"NCT{groups['nct']}", []
    version = groups["version"]
    return "arxiv", groups["arxiv"].lower(), [f"version {version} left out"] if version else []


def _without_invisible(text: str) -> tuple[str, list[int]]:
    """The text without invisible characters, and for each one removed how much of the cleaned text precedes it."""
    if text.isascii():
        return text, []
    removed = [match.start() - count for count, match in enumerate(_INVISIBLE.finditer(text))]
    return (_INVISIBLE.sub("", text) if removed else text), removed


def _original(offset: int, removed: list[int]) -> int:
    return offset + bisect.bisect_right(removed, offset)


def _odd_characters(written: str) -> list[str]:
    if written.isascii():
        return []
    oddities = ["invisible characters removed"] if _INVISIBLE.search(written) else []
    alike = sorted({sign for sign in written if ord(sign) in _LOOKALIKES})
    oddities += [f"'{sign}' (U+{ord(sign):04X}) read as '{_LOOKALIKES[ord(sign)]}'" for sign in alike]
    if any(ord(sign) in _HYPHENS for sign in written):
        oddities.append("a typographic dash read as '-'")
    return oddities


def _fold(text: str) -> str:
    return text if text.isascii() else _INVISIBLE.sub("", text).translate(_FOLD)


def _bare(pattern: str, text: str) -> str | None:
    found = re.fullmatch(pattern, _fold(text.strip()))
    return found.group() if found else None


def _whole(kind: IdentifierKind, text: str) -> str | None:
    """The one identifier of this kind that ``text`` is, apart from spaces and closing punctuation."""
    given = text.strip()
    found = find_identifiers(given)
    if len(found) != 1 or found[0].kind != kind or found[0].start or _rest(given, found[0]):
        return None
    return found[0].value


def _rest(given: str, found: Identifier) -> str:
    """What follows the identifier, closing punctuation and the tail of its link apart."""
    rest = given[found.end :]
    return "" if rest[:1] in {"/", "?", "#"} and " " not in rest else rest.strip(">)]}\"'.,;:")
