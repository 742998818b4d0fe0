"""Can these characters be written in a file of this character set? What can't is named, never replaced in silence.

Some signs have two code points for one place in the older sets (0x8160 is 〜 in JIS X 0208 and ～ in Microsoft's CP932): a fixed table
takes the one that the set knows. Kana with a separate voiced mark are written composed. Everything else is written as it is, or not at all.
"""

import re
import unicodedata
from typing import Literal

Charset = Literal["cp932", "shift_jis", "utf-8"]

_TO_CP932 = str.maketrans("〜‖−—¢£¬", "～∥－―￠￡￢")
_TO_JIS = str.maketrans("～∥－—￠￡￢", "〜‖−―¢£¬")
_KANA_AND_MARK = re.compile("[ぁ-ゖァ-ヺ][\u3099\u309a]")


class NotWritable(Exception):
    """The text has characters that the set does not have. `points` are their code points; the text itself is not told."""

    def __init__(self, charset: Charset, points: tuple[str, ...]) -> None:
        super().__init__(f"{charset} does not have {', '.join(points)}")
        self.charset, self.points = charset, points


def written(text: str, charset: Charset) -> str:
    """The text with the code points that the set has for the same signs."""
    composed = _KANA_AND_MARK.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), text)
    if charset == "utf-8":
        return text
    return composed.translate(_TO_CP932 if charset == "cp932" else _TO_JIS)


def unwritable(text: str, charset: Charset) -> tuple[str, ...]:
    """Code points of the text that the set does not have, each once, in order: `U+9AD9`."""
    missing: dict[str, None] = {}
    for character in written(text, charset):
        try:
            character.encode(charset)
        except UnicodeEncodeError:
            missing[f"U+{ord(character):04X}"] = None
    return tuple(missing)


def encode(text: str, charset: Charset) -> bytes:
    """The bytes of a text. NotWritable names what can't be written."""
    try:
        return written(text, charset).encode(charset)
    except UnicodeEncodeError:
        raise NotWritable(charset, unwritable(text, charset)) from None
