"""What a test reads off a PDF: its text, and every font in it."""

import re
import zlib
from collections.abc import Iterator

import pypdfium2

FONT_OF_A_SUBSET = re.compile(rb"/(?:BaseFont|FontName)\s*/(?:[A-Z]{6}\+)?([A-Za-z0-9-]+)")


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


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
