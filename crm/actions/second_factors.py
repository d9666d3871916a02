"""Setting up, renewing and taking away the second step at the door."""

from flask import current_app

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.one_time_codes import forget_recovery_codes, matching_step, write_recovery_codes
from crm.actions.password_hashes import matches
from crm.actions.sessions import end_sessions
from crm.extensions import db
from crm.models import SecondFactor, User
from crm.queries.second_factors import is_required, second_factor_of
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def set_up_codes(user: User, salt: str, password: str, code: str) -> list[str]:
    """From now on the sign-in asks for a code of this telephone; answers the recovery codes, to be shown once.

    A telephone that was set up before is replaced. Every other place where this person is in ends.
    """
    _check_password(user, password)
    step = matching_step(user.id, salt, code, clock.now())
    if step is None:
        raise Refusal("验证码不对。请核对手机时间是否准确，用手机上当前显示的6位数字再试")
    factor = second_factor_of(user.id) or SecondFactor(user_id=user.id)
    factor.salt, factor.last_step, factor.made_at = salt, step, clock.now()
    db.session.add(factor)
    shown = write_recovery_codes(user.id)
    end_sessions(user.id, except_token=user.session_token)
    record_event(EventKind.CODES_SET_UP, Author.of(user))
    db.session.commit()
    return shown


def renew_recovery_codes(user: User, password: str) -> list[str]:
    _check_password(user, password)
    if second_factor_of(user.id) is None:
        raise Refusal("还没有启用两步验证")
    shown = write_recovery_codes(user.id)
    record_event(EventKind.RECOVERY_CODES_MADE, Author.of(user))
    db.session.commit()
    return shown


def remove_codes(user: User, password: str) -> None:
    _check_password(user, password)
    if is_required(user, current_app.config["CODES_REQUIRED"]):
        raise Refusal("管理员必须使用两步验证，不能停用；换手机请重新绑定")
    _forget(user)
    record_event(EventKind.CODES_REMOVED, Author.of(user))
    db.session.commit()


def reset_codes(user: User, by: Author) -> None:
    """For somebody who has lost telephone and paper: the next sign-in needs the password alone."""
    if by.user_id == user.id:
        raise Refusal("不能重置自己的两步验证，请另一位管理员操作，或在服务器上执行 flask users reset-codes")
    if second_factor_of(user.id) is None:
        raise Refusal(f"{user.name}没有启用两步验证，不用重置")
    _forget(user)
    end_sessions(user.id)
    record_event(EventKind.CODES_RESET, by, particulars={"subject": f"{user.name}（{user.account}）"})
    db.session.commit()


def _forget(user: User) -> None:
    forget_recovery_codes(user.id)
    db.session.delete(second_factor_of(user.id))


def _check_password(user: User, password: str) -> None:
    if not matches(user.password_hash, password):
        raise Refusal("现用口令不对")
