"""Numbers that belong to nobody: every series is one the real registers have not reached, or says 模拟."""

_LETTERS = "ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_SIGNS = "0123456789" + _LETTERS
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
_WEIGHTS = [pow(3, place, 31) for place in range(17)]
_PREFIX = "91330421MAXN"  # 嘉善, and XN (虚拟) where real codes have other signs
_PREFIX_TOTAL = sum(_VALUES[sign] * weight for sign, weight in zip(_PREFIX, _WEIGHTS, strict=False))
_FIRST = 10_000  # below it: the codes that tests make up
_DIGITS_END = 90_000  # 90000–99999 stay free for firms that are not in the county yet


def county_code(number: int) -> str:
    """The credit code of the county's firm number 1, 2, …, with a true check digit; it belongs to nobody."""
    place = number + _FIRST - 1
    return _checked(f"{place:05d}" if place < _DIGITS_END else _lettered(place - _DIGITS_END))


def newcomer_code(number: int) -> str:
    """The code of a firm that the county does not know."""
    return _checked(f"{_DIGITS_END + number:05d}")


def _lettered(place: int) -> str:
    """Five signs that begin with a letter: 19 million more codes, none of them five digits."""
    signs = ""
    for _ in range(4):
        place, sign = divmod(place, len(_SIGNS))
        signs = _SIGNS[sign] + signs
    return _LETTERS[place] + signs


def _checked(five: str) -> str:
    """With the check digit of GB 32100-2015; ours, since stdnum's would be a sixth of the work on a million firms."""
    body = _PREFIX + five
    total = _PREFIX_TOTAL + sum(_VALUES[sign] * weight for sign, weight in zip(five, _WEIGHTS[12:], strict=True))
    return body + _SIGNS[-total % 31]


def certificate_no(year: int, block: int, position: int) -> str:
    """高企 certificates of Zhejiang run GR2023 33 000001 upwards; ours run from 999999 downwards."""
    return f"GR{year}33{999_999 - (block * 1000 + position) % 900_000:06d}"


def registration_no(year: int, number: int) -> str:
    """入库登记编号 of the national list; MN (模拟) stands where the real ones have figures."""
    return f"{year}330421MN{number:07d}"


def title_no(word: str, year: int, number: int) -> str:
    return f"模拟{word}{year}-{number:05d}"


def patent_no(year: int, kind: str, serial: int) -> str:
    """ZL, year, kind digit and a serial above nine million, which no year has reached."""
    return f"ZL{year}{kind}9{serial % 1_000_000:06d}.{serial * 7 % 10}"


def software_no(year: int, serial: int) -> str:
    return f"{year}SR9{serial % 1_000_000:06d}"


def mobile(digits: int) -> str:
    return f"13800{digits % 1_000_000:06d}"


def landline(digits: int) -> str:
    return f"0573-8000{digits % 10_000:04d}"
