"""Codes that count once: the six digits of a telephone (RFC 6238) and the recovery codes on paper."""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pyotp
import sqlalchemy as sa
from flask import current_app

from crm import clock
from crm.actions.password_hashes import hashed, matches
from crm.extensions import db
from crm.models import RecoveryCode, SecondFactor, User

ISSUER = "雁阵"
RECOVERY_CODES = 10
_SECONDS = 30
_DRIFT = (0, -1, 1)  # a telephone's clock may be off by half a minute
# No 0/O, 1/I: somebody copies these by hand.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_SALT = re.compile("[0-9a-f]{32}")
_PAPER = re.compile(f"(0[1-9]|10)([{_LETTERS}]{{12}})")


@dataclass(frozen=True)
class Enrolment:
    """What a telephone is told: as a picture, and as text for typing."""

    salt: str
    secret: str
    uri: str

    @property
    def spaced_secret(self) -> str:
        return " ".join(re.findall("....", self.secret))


def enrolment(user: User, salt: str | None = None) -> Enrolment:
    """A new one, or the one of a salt that a form brings back; nothing is written until a code of it was typed."""
    known = salt if salt and _SALT.fullmatch(salt) else secrets.token_hex(16)
    secret = _secret(user.id, known)
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.account, issuer_name=ISSUER)
    return Enrolment(known, secret, uri)


def matching_step(user_id: int, salt: str, typed: str, now: datetime) -> int | None:
    """The half minute whose code this is, near now; every candidate is compared, whatever the first one says."""
    code, step = _bare(typed), int(now.timestamp()) // _SECONDS
    if not re.fullmatch("[0-9]{6}", code):
        return None
    generator = pyotp.TOTP(_secret(user_id, salt))
    found = [step + drift for drift in _DRIFT if hmac.compare_digest(generator.generate_otp(step + drift), code)]
    return found[0] if found else None


def use_code(factor: SecondFactor, typed: str) -> bool:
    """Whether this code of the telephone counts; once only, also when it is sent twice at one moment."""
    step = matching_step(factor.user_id, factor.salt, typed, clock.now())
    if step is None:
        return False
    claim = sa.update(SecondFactor).where(SecondFactor.user_id == factor.user_id, SecondFactor.last_step < step)
    return db.session.execute(claim.values(last_step=step)).rowcount == 1  # type: ignore[attr-defined]  # an UPDATE has one


def use_recovery_code(user_id: int, typed: str) -> bool:
    """Whether this code of the paper counts; it is crossed out in the running transaction."""
    read = _PAPER.fullmatch(_bare(typed))
    if read is None:
        return False
    wanted = sa.select(RecoveryCode).filter_by(user_id=user_id, number=int(read[1]), used_at=None)
    code = db.session.scalar(wanted)
    if not matches(code.code_hash if code else None, read[2]) or code is None:
        return False
    claim = sa.update(RecoveryCode).where(RecoveryCode.id == code.id, RecoveryCode.used_at.is_(None))
    return db.session.execute(claim.values(used_at=clock.now())).rowcount == 1  # type: ignore[attr-defined]  # an UPDATE has one


def write_recovery_codes(user_id: int) -> list[str]:
    """Ten new ones in the place of the old, inside the running transaction; to be shown once."""
    forget_recovery_codes(user_id)
    shown = []
    for number in range(1, RECOVERY_CODES + 1):
        letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
        db.session.add(RecoveryCode(user_id=user_id, number=number, code_hash=hashed(letters)))
        shown.append("-".join([f"{number:02}", *re.findall("....", letters)]))
    return shown


def forget_recovery_codes(user_id: int) -> None:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _secret(user_id: int, salt: str) -> str:
    key = str(current_app.secret_key).encode()
    digest = hmac.new(key, f"one-time codes:{user_id}:{salt}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def _bare(typed: str) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed[:60])).upper()
