from apscheduler.triggers.cron import CronTrigger

from config import Config
from crm import clock
from crm.jobs import JOBS


def test_every_job_is_scheduled_and_every_schedule_has_a_job():
    assert set(Config.JOBS) == set(JOBS)


def test_schedules_name_weekdays_since_apscheduler_counts_them_from_monday():
    for times in Config.JOBS.values():
        weekday = times.split()[4]

        CronTrigger.from_crontab(times, timezone=clock.OFFICE_ZONE)
        assert not any(character.isdigit() for character in weekday)
