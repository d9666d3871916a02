"""How a firm's name is compared, found and ordered."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

# Characters that show nothing, or turn the reading direction: they hide in pasted names.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[()\[\]【】〔〕·・,，.。、\-—_\"'“”‘’]")
_SIGNS = re.compile(r"[^0-9a-z\n]")
_LEGAL_FORM = "有限责任公司"
_SHORT_LEGAL_FORM = "有限公司"
# How firms read a character that the dictionary first reads otherwise.
_IN_NAMES = {"长": "chang", "晟": "sheng"}
_TONELESS = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")


def cleaned(text: str) -> str:
    """The text as a person meant it: no invisible or direction-turning characters, single spaces, trimmed."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """The text as it is searched: half width, lower case, without any space."""
    half = text.replace("（", "(").replace("）", ")")
    bare = half.replace("(", "").replace(")", "")
    if bare.isalnum() and unicodedata.is_normalized("NFKC", bare):
        return half.lower()  # most names: nothing to take out, four times as fast
    return _SPACES.sub("", unicodedata.normalize("NFKC", cleaned(text))).lower()


def searched_number(text: str) -> str:
    """Codes and telephone numbers as they are searched: without the signs people put between their parts."""
    if text.isascii() and text.isalnum():
        return text.lower()  # most numbers
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=65536)
def normalised_name(name: str) -> str:
    """The name as two sheets would agree on it: folded, brackets removed, one legal form.

    嘉善科创（浙江）有限责任公司 and 嘉善科创(浙江) 有限公司 are the same firm; a branch (分公司) is not.
    """
    return _PUNCTUATION.sub("", folded(name)).replace(_LEGAL_FORM, _SHORT_LEGAL_FORM)


@lru_cache(maxsize=65536)
def pinyin(text: str) -> tuple[str, str]:
    """Full pinyin and initials of a text, lower case: 嘉善兰钧 → ("jiashanlanjun", "jslj").

    Letters and digits stay as they are, everything else is left out.
    """
    plain = folded(text)
    if not (spoken := list(_spoken_otherwise(plain, *_words_read_otherwise()))):
        return plain.translate(_READINGS), plain.translate(_INITIALS)
    syllables = [_READINGS[ord(character)] for character in plain]
    for start, readings in spoken:
        syllables[start : start + len(readings)] = readings
    return "".join(syllables), "".join([syllable[:1] for syllable in syllables])


def _spoken_otherwise(
    plain: str, swaying: re.Pattern[str], words: dict[str, list[str]]
) -> Iterator[tuple[int, list[str]]]:
    """Where a word begins that settles how a swaying character is read, and its readings; longer words first."""
    for found in swaying.finditer(plain):
        at = found.start()
        for start, end in ((at - 2, at + 1), (at - 1, at + 2), (at, at + 3), (at - 1, at + 1), (at, at + 2)):
            if start >= 0 and (readings := words.get(plain[start:end])):
                yield start, readings
                break


class _Readings(dict[int, str]):
    """How each character is read by itself, without its tone; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, _reading(chr(code)))


class _Initials(dict[int, str]):
    def __missing__(self, code: int) -> str:
        return self.setdefault(code, _READINGS[code][:1])


_READINGS, _INITIALS = _Readings(), _Initials()


def _reading(character: str) -> str:
    from pypinyin.constants import PINYIN_DICT  # slow import

    if character.isascii():
        return character if character.isalnum() else ""
    if character in _IN_NAMES:
        return _IN_NAMES[character]
    reading = PINYIN_DICT.get(ord(character), "").partition(",")[0].translate(_TONELESS)
    return reading if reading.isascii() else ""


@cache
def _words_read_otherwise() -> tuple[re.Pattern[str], dict[str, list[str]]]:
    """Words in which a character is not read as by itself (重庆: chongqing), and those characters.

    Looking only for these is thirty times faster than letting pypinyin cut every name into words.
    """
    from pypinyin.constants import PHRASES_DICT  # slow import

    words: dict[str, list[str]] = {}
    swaying: set[str] = set()
    for word, spoken in PHRASES_DICT.items():
        if len(word) > 3 or len(spoken) != len(word):
            continue
        readings = "\n".join([syllable for syllable, *_ in spoken]).translate(_TONELESS).split("\n")
        alone = [_READINGS[ord(character)] for character in word]
        if readings != alone:
            words[word] = readings
            swaying.update(character for character, a, b in zip(word, alone, readings, strict=True) if a != b)
    return re.compile(f"[{''.join(sorted(swaying))}]"), words


# Where a firm of this county sits and what form it has: parts of a name that tell no two firms apart.
_REGIONS = re.compile(r"^(?:浙江省?|嘉兴市?|嘉善县?)+|(?:浙江|嘉兴|嘉善)$")
_LEGAL_FORMS = re.compile(
    r"(?:股份)?(?:有限)?(?:责任)?(?:公司|合伙企业|个人独资企业|合作社|总厂)$|(?:普通|特殊普通|有限)合伙$"
)


def distinctive_part(name: str) -> str:
    """The name without region and legal form: 浙江嘉善兰钧新能源科技有限公司 → 兰钧新能源科技.

    Raw likeness is blinded by them (any two 嘉善…科技有限公司 look alike). Never empty: a name of nothing else stays.
    """
    plain = normalised_name(name)
    without_form = _LEGAL_FORMS.sub("", plain)
    return _REGIONS.sub("", without_form) or without_form or plain
