"""Name of a job → the deed it does, and the clock that rings for it in a process of its own.

The clock only rings: what is due stands in the database, so a job that runs twice, or late, harms nobody.
"""

import logging
import os
from collections.abc import Callable
from datetime import date, datetime
from socket import gethostname
from threading import Event, Timer

import click
from flask import Flask, current_app

from crm import clock
from crm.actions.backups import back_up_when_due
from crm.actions.checks import refuse_unsafe_start
from crm.actions.event_seals import check_all_events, prune_events, seal_all_events, seal_noted_events
from crm.actions.housekeeping import evaluate_all_firms, purge_expired, refresh_all_standings
from crm.actions.reminders import deliver_reminders, is_quiet, keep_watch, plan_reminders
from crm.actions.renewals import open_renewals
from crm.actions.restoring import rehearse_when_due
from crm.actions.scoring import score_county
from pipelines.refusals import Refusal

_stopping = Event()
_HOLDER = f"{gethostname()[:20]}-{os.getpid()}"


def _deliver(_today: date) -> str:
    """Mail goes out in office hours."""
    now = clock.now()
    return "现在不是工作时间，不发邮件。" if is_quiet(now) else deliver_reminders(now, _stopping.is_set)


JOBS: dict[str, Callable[[date], str]] = {
    "back_up": back_up_when_due,
    "rehearse_backup": rehearse_when_due,
    "refresh_standings": refresh_all_standings,
    "evaluate_firms": evaluate_all_firms,
    "purge_expired": purge_expired,
    "open_renewals": open_renewals,
    "score_firms": score_county,
    "plan_reminders": plan_reminders,
    "deliver_reminders": _deliver,
    "seal_events": seal_all_events,
    "prune_events": prune_events,
    "check_events": check_all_events,
}

_HOUR = 3600
_SECONDS_TO_LEAVE = 8
_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.cli.add_command(_run_job)
    app.cli.add_command(_clock)
    app.teardown_appcontext(seal_noted_events)  # of a request, a command, a job alike


@click.command("run-job")
@click.argument("name", type=click.Choice(sorted(JOBS)))
@click.option("--today", "on", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天来做，默认今天")
def _run_job(name: str, on: datetime | None) -> None:
    """手工执行一项定时任务。"""
    _refuse_unsafe_start()
    click.echo(JOBS[name](on.date() if on else clock.today()))


@click.command("clock")
def _clock() -> None:
    """定时进程：按 config.JOBS 的时间表执行任务，直到被叫停。"""
    _refuse_unsafe_start()
    scheduler = scheduler_for(_this_app())
    works = keep_watch(_HOLDER, clock.now())
    told = "" if works else "（另一个定时进程在值守，这个待命，对方停一分半钟后接手）"
    click.echo(f"定时进程已启动{told}：" + "，".join(job.id for job in scheduler.get_jobs()))
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        click.echo("定时进程已停止。")


def _refuse_unsafe_start() -> None:
    try:
        refuse_unsafe_start(_this_app())
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _this_app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined]  # a LocalProxy


def scheduler_for(app: Flask):
    """A scheduler with every job of config.JOBS, not yet started; SIGTERM gives the running job some seconds to end."""
    import signal

    from apscheduler.schedulers.blocking import BlockingScheduler
    from apscheduler.triggers.cron import CronTrigger

    scheduler = BlockingScheduler(
        timezone=clock.OFFICE_ZONE,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _HOUR},
    )
    for name, times in app.config["JOBS"].items():
        trigger = CronTrigger.from_crontab(times, timezone=clock.OFFICE_ZONE)
        scheduler.add_job(_run_in, trigger, args=[app, name], id=name)

    def stop(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # told twice, it leaves once
        _stopping.set()  # a run of mails ends between two of them
        _leave_soon()
        raise SystemExit

    signal.signal(signal.SIGTERM, stop)
    return scheduler


def _leave_soon() -> None:
    """A job that has not ended in some seconds is cut off, and the database takes back what was not committed, as after
    a power cut: otherwise the process would wait for its threads."""
    leaving = Timer(_SECONDS_TO_LEAVE, os._exit, [0])
    leaving.daemon = True
    leaving.start()


def _run_in(app: Flask, name: str) -> None:
    """Run one job, unless another clock is on watch; what goes wrong is logged and the next ring comes all the same."""
    with app.app_context():
        try:
            if not keep_watch(_HOLDER, clock.now()):
                return
            _log.info("%s: %s", name, JOBS[name](clock.today()))
        except Exception:
            _log.exception("job %s failed", name)
