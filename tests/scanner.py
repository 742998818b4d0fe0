"""Is a My Number anywhere, in any spelling? Looks for the numbers that a test issued, never for anybody's."""

import base64
import json
from collections.abc import Iterable, Iterator

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def spellings(number: str) -> dict[str, bytes]:
    """Every way in which we look for one number, by name."""
    groups = [number[:4], number[4:8], number[8:]]
    wide = number.translate(_WIDE)
    found = {
        "as it is": number.encode(),
        "hyphens": "-".join(groups).encode(),
        "spaces": " ".join(groups).encode(),
        "digits apart": " ".join(number).encode(),
        "full width": wide.encode(),
        "full width, CP932": wide.encode("cp932"),
        "arabic digits": number.translate(_ARABIC).encode(),
        "JSON escapes": json.dumps(wide)[1:-1].encode(),
        "JSON escapes of ASCII": "".join(f"\\u{ord(c):04x}" for c in number).encode(),
        "hex": number.encode().hex().encode(),
        "UTF-16LE": number.encode("utf-16-le"),
        "UTF-16BE": number.encode("utf-16-be"),
        "percent": "".join(f"%{ord(c):02X}" for c in number).encode(),
        "reversed": number[::-1].encode(),
    }
    for shift in range(3):  # base64 depends on what stands before; the part that does not is enough
        text = base64.b64encode(b"\0" * shift + number.encode()).rstrip(b"=")
        found[f"base64, {shift} before"] = text[(0, 2, 3)[shift] : -1]
    return found


class Scanner:
    """Looks for issued numbers in whatever it is given, and tells where and in which spelling; never which number."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self._wanted = {spelled: name for number in numbers for name, spelled in spellings(number).items()}

    def findings(self, place: str, content: bytes) -> Iterator[str]:
        seen = set()
        for spelled, name in self._wanted.items():
            if name not in seen and spelled in content:
                seen.add(name)
                yield f"{place}: {name}"
