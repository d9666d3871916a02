"""What a password must be (GB/T 22239 身份鉴别 a): long, of several kinds, not the name, not what everybody uses.

How long and of how many kinds is a setting; config.py has the defaults.
"""

import re

from flask import current_app

from pipelines.refusals import Refusal

LONGEST = 128  # more than anybody types; an endless one would only keep argon2 busy
_NUMERALS = "零一二三四"
_KINDS = ("[a-z]", "[A-Z]", r"\d", r"[^A-Za-z\d]")
# What remains of the usual passwords without digits and signs: Passw0rd@2026, Admin#123456, 1qaz@WSX3edc.
_WORN_OUT = re.compile(
    "(password|passwd|pass|administrator|admin|root|test|user|guest|welcome|login|letmein|iloveyou|woaini|hello"
    "|qwertyuiop|qwerty|qwer|asdfgh|asdf|zxcvbn|zxcv|qaz|wsx|edc|abcdef|abcde|abcd|abc|monkey|dragon|china|huawei"
    "|jiashan|jiaxing|zhejiang|kjj|kjt|gxk|keji|kexue|gaoxin|yanzhen|crm|a|p|q)+"
)
_LOOK_ALIKES = str.maketrans("@013457$!", "aoieastsi")


def check_password(password: str, account: str, name: str) -> None:
    """Refuse a password that the rules do not allow, saying what to do about it."""
    if not _shortest() <= len(password) <= LONGEST:
        raise Refusal(f"新口令应为{_shortest()}至{LONGEST}个字符")
    if sum(bool(re.search(kind, password)) for kind in _KINDS) < _fewest_kinds():
        raise Refusal(f"新口令应包含{_kinds_in_words()}")
    if _contains(password, account) or _contains(password, name):
        raise Refusal("新口令不应包含账号或姓名")
    if len(set(password)) < 5 or _is_worn_out(password):
        raise Refusal("新口令太常见，容易被猜到，请换一个")


def rule_in_words() -> str:
    """For whoever is about to choose one."""
    return f"{_shortest()}至{LONGEST}个字符，含{_kinds_in_words()}；不含账号和姓名"


def _shortest() -> int:
    return int(current_app.config["PASSWORD_LENGTH"])


def _fewest_kinds() -> int:
    return min(int(current_app.config["PASSWORD_KINDS"]), len(_KINDS))


def _kinds_in_words() -> str:
    return f"大写字母、小写字母、数字、符号中的至少{_NUMERALS[_fewest_kinds()]}种"


def _contains(password: str, word: str) -> bool:
    return len(word) >= 2 and word.lower() in password.lower()


def _is_worn_out(password: str) -> bool:
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", password.lower())
    spellings = (core, core.translate(_LOOK_ALIKES))
    return any(_WORN_OUT.fullmatch(re.sub("[^a-z]", "", spelling)) for spelling in spellings)
