"""How a password is kept: argon2id, with the cost of the settings."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

# No 0/O, 1/l/I: somebody reads these aloud over the telephone.
_CAPITALS, _SMALLS, _DIGITS = "ABCDEFGHJKMNPQRSTUVWXYZ", "abcdefghjkmnpqrstuvwxyz", "23456789"
_dummies: dict[PasswordHasher, str] = {}


def hashed(password: str) -> str:
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Takes as long for an account that does not exist (None) as for one that does."""
    hasher = _hasher()
    try:
        return hasher.verify(password_hash or _dummy(hasher), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Made with another cost than today's settings."""
    return _hasher().check_needs_rehash(password_hash)


def one_time_password() -> str:
    """Readable aloud, 70 bits, of three classes: a person changes it at the first sign-in."""
    groups = ("".join(secrets.choice(_CAPITALS + _SMALLS + _DIGITS) for _ in range(4)) for _ in range(3))
    password = "-".join(groups)
    has_all = all(any(letter in alphabet for letter in password) for alphabet in (_CAPITALS, _SMALLS, _DIGITS))
    return password if has_all else one_time_password()


def _hasher() -> PasswordHasher:
    key = "yanzhen-password-hasher"
    if key not in current_app.extensions:
        current_app.extensions[key] = PasswordHasher(**current_app.config["PASSWORD_HASHING"])
    return current_app.extensions[key]


def _dummy(hasher: PasswordHasher) -> str:
    if hasher not in _dummies:
        _dummies[hasher] = hasher.hash(secrets.token_urlsafe())
    return _dummies[hasher]
