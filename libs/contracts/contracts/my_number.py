"""Could these twelve digits be a My Number (個人番号)?

番号法施行令6条; 平成26年総務省令85号5条: the twelfth digit is a check digit over the eleven before it. The check finds
typing errors only; it never replaces matching on name, birth date and address.
"""

_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def check_digit(body: str) -> int:
    """The check digit of an eleven-digit body (ASCII digits, highest place first). ValueError for any other text."""
    if len(body) != 11 or not (body.isascii() and body.isdigit()):
        raise ValueError("the body of a My Number has 11 ASCII digits")
    remainder = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return 0 if remainder <= 1 else 11 - remainder


def is_my_number(text: str) -> bool:
    """True for twelve ASCII digits whose check digit is right and whose body is not all zeros."""
    if len(text) != 12 or not (text.isascii() and text.isdigit()) or text.startswith("0" * 11):
        return False
    return check_digit(text[:11]) == int(text[11])
