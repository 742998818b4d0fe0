"""Which signs may a text hold, and could these bytes hold one that a rule is about? The second is a look at bytes, so that ordinary events pass cheaply.

A first look may see too much and must never see too little: whatever it sees is judged again by the exact rules.
"""

import re

_NEVER = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufdd0-\ufdef\ufff0-\ufffb"
    "\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
)
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\u3099\u309a\ufe20-\ufe2f"
)
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
MAX_MARKS = 8
"""More combining marks on one base than any script needs."""
TEXT_RULES = (
    (re.compile(f"[{_NEVER}]"), "character", "no control, bidi, zero-width, tag or non-character", False),
    (re.compile(f"(?:^|[\\s{_SELECTORS}])[{_SELECTORS}]"), "character", "a variation selector follows its base", False),
    (
        re.compile(f"[{_MARKS}{_SELECTORS}]{{{MAX_MARKS + 1}}}"),
        "character",
        f"at most {MAX_MARKS} combining marks",
        False,
    ),
    (re.compile(f"[{_PRIVATE}]"), "private_use", "外字 needs a declared character set", True),
)
"""(what, reason, rule, whether a person can settle it) of each rule about the signs of a text."""
NOTEWORTHY = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\u200b-\u200f\u2028-\u202e"
    f"\u2060-\u2069\ufeff\ufdd0-\ufdef\ufff0-\uffff\ud800-\uf8ff\ufe00-\ufe0f{_MARKS}\U00010000-\U0010ffff]"
)
"""Every sign that a rule above could mean, and more."""


_CALM = bytes([*range(0x20, 0x7F), *range(0x80, 0xC0), *range(0xE3, 0xEA), 0xEF])
"""Printable ASCII; the first bytes of 、 to 鿿 and of what is of full or half width, and all the bytes that follow a first one."""
_AMONG_THEM = (
    re.compile(rb"\xe3(?:[\x84-\x8f]|\x82[\x99\x9a])"),
    re.compile(rb"\xef(?:[\x80-\xa3\xb7\xb8\xbb\xbf]|\xbc[\x90-\x99]|\xbe\xa0)"),
)
"""What begins like these and is none of them: circled signs, Hangul's fillers, the marks that voice a kana; full-width digits, selectors, private
and non-characters. A pattern for each first byte: the search leaps to it."""
_SHADES = bytes(0x30 if 0x30 <= byte <= 0x39 else 0x78 for byte in range(0x100))
_BETWEEN_DIGITS = b" -" + bytes(range(0x80, 0x100))
_TWELVE = b"0" * 12


def unusual(utf8: bytes) -> bool:
    """Whether a text without escapes may hold a sign that `TEXT_RULES` is about, or a digit in disguise (１, ①, ²); False = none is in it."""
    return bool(utf8.translate(None, _CALM)) or any(pattern.search(utf8) for pattern in _AMONG_THEM)


def twelve_digits(utf8: bytes) -> bool:
    """Whether twelve plain digits may follow each other, but for spaces, hyphens and whatever is not ASCII."""
    return _TWELVE in utf8.translate(_SHADES, _BETWEEN_DIGITS)
