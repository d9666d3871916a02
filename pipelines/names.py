"""How a firm's name is compared, found and ordered."""

import re
import unicodedata
from functools import lru_cache

# Characters that show nothing, or turn the reading direction: they hide in pasted names.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_LEGAL_FORM = "有限责任公司"
_SHORT_LEGAL_FORM = "有限公司"


def cleaned(text: str) -> str:
    """The text as a person meant it: no invisible or direction-turning characters, single spaces, trimmed."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """The text as it is searched: half width, lower case, without any space."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", cleaned(text))).lower()


@lru_cache(maxsize=65536)
def normalised_name(name: str) -> str:
    """The name as two sheets would agree on it: folded, brackets removed, one legal form.

    嘉善科创（浙江）有限责任公司 and 嘉善科创(浙江) 有限公司 are the same firm; a branch (分公司) is not.
    """
    plain = re.sub(r"[()\[\]【】〔〕·・,，.。、\-—_\"'“”‘’]", "", folded(name))
    return plain.replace(_LEGAL_FORM, _SHORT_LEGAL_FORM)


@lru_cache(maxsize=65536)
def pinyin(text: str) -> tuple[str, str]:
    """Full pinyin and initials of a text, lower case: 嘉善兰钧 → ("jiashanlanjun", "jslj").

    Letters and digits stay as they are, everything else is left out.
    """
    from pypinyin import Style, lazy_pinyin  # slow import

    syllables = [
        part
        for part in lazy_pinyin(folded(text), style=Style.NORMAL, errors=lambda run: list(run))
        if part.isalnum() and part.isascii()
    ]
    return "".join(syllables), "".join(part[0] for part in syllables)
