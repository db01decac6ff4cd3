"""A PDF as extracted text with segments, page by page; scans, encrypted and damaged files are refused in one line.

This module asks PDFium for characters and where they stand; what makes a paragraph is ``pdf_layout``. The extracted
text has a line of the page a line.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, Final

from claims.documents import BinaryFile, Extracted, Unread
from claims.readers.pdf_layout import Line, lay_out

if TYPE_CHECKING:
    import pypdfium2

NEEDED: Final = 'PDF files are read with pypdfium2, which is not installed; run: pip install "claimwise[pdf]"'
_MOST_PAGES: Final = 2_000
_MOST_CHARACTERS: Final = 4_000_000
_END_REACH: Final = 4_096  # bytes from the end in which a whole file says that it ends
_LINE_HYPHENS: Final = (0x02, 0xFFFE)  # how PDFium gives the hyphen at which a line ends
_SOFT_HYPHENS: Final = (*_LINE_HYPHENS, 0xAD)
_LIGATURES: Final = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_BLANKS: Final = dict.fromkeys((*range(32), *range(127, 161), 8232, 8233), " ")
_SUPERSCRIPTS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SMALL: Final = 0.8  # of the line's size
_BOLD_WEIGHT: Final = 600
_BOLD_NAMES: Final = ("bold", "black", "heavy")
_NAME_LENGTH: Final = 128


def read_pdf(raw: bytes) -> Extracted:
    """The text and segments of a PDF; places are its pages. Raises BinaryFile, in one line, for what cannot be read.

    Pages that show nothing but a picture are noted as unread.
    """
    try:
        import pypdfium2
    except ImportError:
        raise BinaryFile(NEEDED) from None

    try:
        pdf = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        raise BinaryFile(_why(error)) from None
    try:
        return _read(pdf, whole=b"%%EOF" in raw[-_END_REACH:])
    finally:
        pdf.close()


def _why(error: Exception) -> str:
    import pypdfium2.raw as pdfium

    if getattr(error, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
        return "an encrypted PDF; save a copy without a password"
    return "no PDF, or a damaged or incomplete one; export it again"


def _read(pdf: pypdfium2.PdfDocument, *, whole: bool) -> Extracted:
    if len(pdf) > _MOST_PAGES:
        raise BinaryFile(f"has {len(pdf)} pages, more than {_MOST_PAGES}; split it")
    unread = [] if whole else [Unread(reason="the end of the file is missing, and pages may be missing with it")]
    pages: list[list[Line]] = []
    pictures = characters = 0
    for number in range(len(pdf)):
        lines, picture = _page(pdf, number)
        if lines is None:
            unread.append(Unread(reason=f"page {number + 1} is damaged and was not read"))
        elif not lines and picture:
            pictures += 1
            unread.append(
                Unread(reason=f"page {number + 1} is a picture without text; run text recognition (OCR) on it")
            )
        pages.append(lines or [])
        characters += sum(len(line.text) for line in lines or ())
        if characters > _MOST_CHARACTERS:
            raise BinaryFile(f"holds more than {_MOST_CHARACTERS // 1_000_000} million characters; split it")
    if not any(pages):
        if pictures:
            raise BinaryFile("a scan: pictures of pages without text; run text recognition (OCR) on it first")
        raise BinaryFile("holds no text that could be read; export it again with its text")
    text, segments, places = lay_out(pages)
    return Extracted(text=text, segments=segments, places=places, unread=tuple(unread))


def _page(pdf: pypdfium2.PdfDocument, number: int) -> tuple[list[Line] | None, bool]:
    """The lines of a page in the order of the file, ``None`` for a damaged one; and whether it holds a picture."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        page = pdf[number]
        try:
            lines = _lines(page.get_textpage())
            picture = not lines and any(o.type == pdfium.FPDF_PAGEOBJ_IMAGE for o in page.get_objects(max_depth=3))
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        return None, False
    return lines, picture


def _lines(page: pypdfium2.PdfTextPage) -> list[Line]:
    import pypdfium2.raw as pdfium

    lines: list[Line] = []
    codes: list[tuple[int, int]] = []  # character and its index
    for index in range(min(page.count_chars(), _MOST_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(page, index)
        if code in (0x0A, 0x0D):
            lines += _line(page, codes)
            codes = []
        elif code:
            codes.append((code, index))
            if code in _LINE_HYPHENS:  # the next line follows at once
                lines += _line(page, codes)
                codes = []
    return [*lines, *_line(page, codes)]


def _line(page: pypdfium2.PdfTextPage, codes: list[tuple[int, int]]) -> list[Line]:
    """The line of these characters; none if they are blank."""
    shown = [index for code, index in codes if code > 0x20 and code not in (0xA0, 0xFFFF)]
    boxes = [box for index in (shown[:1] + shown[len(shown) // 2 :][:1] + shown[-1:]) if (box := _box(page, index))]
    if not boxes:
        return []
    hyphen = codes[-1][0] in _SOFT_HYPHENS
    size = sorted(box[3] - box[1] for box in boxes)[len(boxes) // 2]
    foot = min(box[1] for box in boxes)
    text = _text([_lifted(page, code, index, size, foot) for code, index in codes])
    return [
        Line(
            text=text,
            left=min(box[0] for box in boxes),
            right=max(box[2] for box in boxes),
            top=max(box[3] for box in boxes),
            bottom=foot,
            size=size,
            bold=all(_is_bold(page, index) for index in (shown[0], shown[-1])),
            hyphen=hyphen or text.endswith(("-", "‐")),
        )
    ]


def _lifted(page: pypdfium2.PdfTextPage, code: int, index: int, size: float, foot: float) -> int:
    """The character, as a superscript digit where it is a small one above the line, as citations are marked."""
    if not 0x30 <= code <= 0x39:
        return code
    box = _box(page, index)
    small = box is not None and box[3] - box[1] < _SMALL * size and box[1] > foot + (1 - _SMALL) * size
    return ord(_SUPERSCRIPTS[code - 0x30]) if small else code


def _text(codes: list[int]) -> str:
    """The characters without blanks at the end; halves of one that PDFium gives apart are put together."""
    plain = [0x2D if code in _SOFT_HYPHENS else code for code in codes if code != 0xFFFF]
    joined = "".join(map(chr, plain))
    whole = joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.translate(_LIGATURES).translate(_BLANKS).rstrip()


def _box(page: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of a character with the room its font gives it."""
    import pypdfium2

    try:
        box: tuple[float, float, float, float] = page.get_charbox(index, loose=True)
    except pypdfium2.PdfiumError:
        return None
    return box


def _is_bold(page: Any, index: int) -> bool:
    import pypdfium2.raw as pdfium

    if pdfium.FPDFText_GetFontWeight(page, index) >= _BOLD_WEIGHT:
        return True
    name, flags = ctypes.create_string_buffer(_NAME_LENGTH), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(page, index, name, _NAME_LENGTH, flags)
    return any(word in name.value.decode("utf-8", "replace").lower() for word in _BOLD_NAMES)
