"""Word and PDF files made by hand for tests, down to what no program writes willingly; and comments read back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORDML = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def part(kind: str, content: str) -> str:
    """A part of WordprocessingML with the usual prefixes."""
    return f"<w:{kind} {_SPACES}>{content}</w:{kind}>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(content: str, properties: str = "") -> str:
    inner = content if content.startswith("<") else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def word_parts(
    body: str, more: Mapping[str, str] | None = None, links: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The parts of a Word file; ``more`` maps kinds such as ``footnotes`` to content, ``links`` ids to addresses."""
    kinds = [kind for kind in more or {} if (more or {})[kind]]
    relations = [
        f'<Relationship Id="k{n}" Type="{_OFFICE}/{kind.rstrip("0123456789")}" Target="{kind}.xml"/>'
        for n, kind in enumerate(kinds)
    ]
    relations += [
        f'<Relationship Id="{key}" Type="{_OFFICE}/hyperlink" TargetMode="External" Target="{to}"/>'
        for key, to in (links or {}).items()
    ]
    overrides = "".join(
        f'<Override PartName="/word/{kind}.xml" ContentType="{_WORDML}.{kind}+xml"/>'
        for kind in ("document.main", *kinds)
    ).replace("/word/document.main.xml", "/word/document.xml")
    roots = {"footnotes": "footnotes", "endnotes": "endnotes", "styles": "styles", "numbering": "numbering"}
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": part("document", f"<w:body>{body}</w:body>"),
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(relations)}</Relationships>',
        **{
            f"word/{kind}.xml": part(roots.get(kind, {"header1": "hdr", "footer1": "ftr"}.get(kind, kind)), content)
            for kind, content in (more or {}).items()
        },
    }


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def docx(body: str, more: Mapping[str, str] | None = None, links: Mapping[str, str] | None = None) -> bytes:
    return zipped(word_parts(body, more, links))


def commented(raw: bytes) -> dict[str, str]:
    """The words that each comment of a file is anchored at, by the comment's own text."""
    archive = zipfile.ZipFile(io.BytesIO(raw))
    names = {}
    for comment in etree.fromstring(archive.read("word/comments.xml")):
        text = "\n".join("".join(p.itertext(f"{{{W}}}t")) for p in comment.iter(f"{{{W}}}p"))
        names[comment.get(f"{{{W}}}id")] = text
    open_now: dict[str, list[str]] = {}
    found: dict[str, str] = {}
    for element in etree.fromstring(archive.read("word/document.xml")).iter():
        key = element.get(f"{{{W}}}id")
        if element.tag == f"{{{W}}}commentRangeStart":
            open_now[key] = []
        elif element.tag == f"{{{W}}}commentRangeEnd":
            found[names[key]] = "".join(open_now.pop(key))
        elif element.tag == f"{{{W}}}t":
            for texts in open_now.values():
                texts.append(element.text or "")
    assert not open_now
    return found


def body_text(raw: bytes) -> str:
    """All characters of the body, whatever runs they stand in."""
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(raw)).read("word/document.xml"))
    return "|".join("".join(p.itertext(f"{{{W}}}t")) for p in root.iter(f"{{{W}}}p"))


Word = tuple[float, float, float, str]  # from the left, from the foot, size, text


def pdf(pages: Sequence[Sequence[Word]], *, bold: str = "", picture: bool = False, locked: bool = False) -> bytes:
    """A PDF of these lines; those that hold ``bold`` are bold. ``picture`` draws one on each page, ``locked`` encrypts."""
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    }
    kids = []
    for lines in pages:
        number = len(objects) + 2
        kids.append(f"{number} 0 R")
        content = "".join(
            f"BT /F{2 if bold and bold in text else 1} {size} Tf {x} {y} Td ({_escaped(text)}) Tj ET\n"
            for x, y, size, text in lines
        )
        if picture:
            content += "q 200 0 0 200 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q\n"
        stream = content.encode("cp1252")
        objects[number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> "
            b"/Contents %d 0 R >>" % (number + 1)
        )
        objects[number + 1] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    made = bytearray(b"%PDF-1.4\n")
    places = {}
    for number in sorted(objects):
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % places[number] for number in sorted(objects))
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>] " % (
        b"41" * 32,
        b"42" * 32,
    )
    made += b"trailer << /Size %d /Root 1 0 R %s>>\n" % (len(objects) + 1, lock if locked else b"")
    made += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(made)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
