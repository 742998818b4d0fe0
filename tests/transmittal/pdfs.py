"""What a test reads off a PDF: its text, and every font in it."""

import re
import zlib
from collections.abc import Iterator

import pypdfium2

FONT_OF_A_SUBSET = re.compile(rb"/(?:BaseFont|FontName)\s*/(?:[A-Z]{6}\+)?([A-Za-z0-9-]+)")


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return text.replace("\x02", "-")  # PDFium takes a hyphen at the end of a line for hyphenation


def pages_of(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def objects(pdf: bytes) -> Iterator[bytes]:
    """The text of a PDF's objects, compressed ones unpacked."""
    yield pdf
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            continue  # a stream that is not compressed


def fonts_of(pdf: bytes) -> set[str]:
    return {name.decode() for part in objects(pdf) for name in FONT_OF_A_SUBSET.findall(part)}


def standard_of(pdf: bytes) -> str | None:
    """The PDF/A that a document says it is, as `2U`; None = it says nothing, or lacks the output intent that it then must have."""
    said = re.search(rb"<pdfaid:part>(\d)</pdfaid:part>\s*<pdfaid:conformance>(\w)</pdfaid:conformance>", pdf)
    has_intent = any(b"/GTS_PDFA1" in part for part in objects(pdf))
    return (said[1] + said[2]).decode() if said and has_intent else None
