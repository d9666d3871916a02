"""When the door stays shut for a while (等保 身份鉴别 b): counted from rows, so a restart forgets nothing."""

from datetime import datetime, timedelta

from flask import current_app

from crm import clock
from crm.models import User
from crm.queries.sign_ins import failures_from_address, failures_of_account
from pipelines.refusals import Refusal

_ADDRESS_WINDOW = timedelta(minutes=10)


class LockedOut(Refusal):
    status = 429

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"登录失败次数过多，请{in_minutes(wait)}后再试，或请管理员解除锁定")


def locked_for(account: str, address: str, user: User | None) -> timedelta | None:
    """How long the door stays shut for the try that was just recorded; None: the password may be looked at."""
    tries = current_app.config["SIGN_IN_TRIES"]
    tries_of_address = current_app.config["SIGN_IN_TRIES_PER_ADDRESS"]
    moment = clock.now()
    ends = [
        _end(failures_of_account(account, _since(user, moment), tries + 1), tries, lock_minutes()),
        _end(failures_from_address(address, moment - _ADDRESS_WINDOW, tries_of_address + 1), tries_of_address,
             _ADDRESS_WINDOW),
    ]  # fmt: skip
    waits = [end - moment for end in ends if end is not None and end > moment]
    return max(waits, default=None)


def after_failure(account: str, user: User | None) -> str:
    """What somebody is told whose failure is already recorded, the same words whether or not the account exists."""
    tries: int = current_app.config["SIGN_IN_TRIES"]
    moment = clock.now()
    failures = failures_of_account(account, _since(user, moment), tries)
    if len(failures) < tries:
        return f"还可再试{tries - len(failures)}次"
    return f"已连续失败{tries}次，请{in_minutes(failures[-1] + lock_minutes() - moment)}后再试，或请管理员解除锁定"


def in_minutes(wait: timedelta) -> str:
    return f"{max(1, -(-int(wait.total_seconds()) // 60))}分钟"


def lock_minutes() -> timedelta:
    return timedelta(minutes=current_app.config["SIGN_IN_LOCK_MINUTES"])


def _since(user: User | None, moment: datetime) -> datetime:
    window = moment - lock_minutes()
    return max(window, user.unlocked_at) if user and user.unlocked_at else window


def _end(failures: list[datetime], tries: int, window: timedelta) -> datetime | None:
    """The newest failure is the try itself; the lock holds until the oldest of the `tries` before it leaves."""
    return failures[tries] + window if len(failures) > tries else None
