"""Deeds on the model: trained, measured year by year, put to use by a person."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.changes import row_for_change
from crm.actions.events import Author, record_event
from crm.actions.tasks import Progress, unwatched, work
from crm.extensions import db
from crm.models import ModelVersion
from crm.queries.model_history import group_names, history_notes
from crm.queries.model_ledger import county_ledger, is_demo_register
from crm.queries.models import loaded, rules_digest
from pipelines.vocabulary import EventKind, TaskKind


def train_model(today: date, by: Author, progress: Progress = unwatched) -> ModelVersion:
    """On the first applications of past years with their official results. Too few of them make a version that says so
    and shows no percentages; never a confident number."""
    from dataclasses import replace

    from pipelines.classifier.drift import reference  # slow import: NumPy, SciPy, scikit-learn
    from pipelines.classifier.evaluation import evaluated
    from pipelines.classifier.examples import candidates, decided_years, seasons
    from pipelines.classifier.potential import digest, trained
    from pipelines.classifier.quota import tau_from

    ledger = county_ledger(today)
    years = decided_years(ledger)
    lived = seasons(ledger, years)
    steps = len(years) + 2
    progress(1, steps)
    told = iter(range(2, steps))
    evaluation = evaluated(lived, group_names(ledger), lambda _year: progress(next(told, steps), steps))
    model = replace(trained(lived), tau=tau_from(evaluation.history))
    text = model.as_json()
    seen = candidates(lived)
    card = {
        "decisions": model.decisions,
        "failures": model.failures,
        "years": list(model.years),
        "base_rate": model.base_rate,
        "tau": model.tau,
        "candidates": len(seen),
        "notes": history_notes(ledger),
        "evaluation": evaluation.as_data(),
        "reference": reference(seen.values)._asdict(),
    }
    version = ModelVersion(
        by_name=by.name, level=model.level, data_as_of=today, model=text, sha256=digest(text),
        trees=model.apply.kept if model.apply else None, trees_sha256=model.apply.sha256 if model.apply else None,
        rules_digest=rules_digest(today), card=card, is_demo=is_demo_register(),
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    record_event(EventKind.MODEL_TRAINED, by, None, {"subject": f"模型 {version.id}", "count": model.decisions})
    db.session.commit()
    progress(steps, steps)
    return version


def use_model(version_id: int, by: Author) -> ModelVersion:
    """The named person has seen the comparison; the former one is one click away."""
    version = row_for_change(ModelVersion, version_id, "没有这个模型版本，请回到模型页重新选择。")
    loaded(version)
    db.session.execute(sa.update(ModelVersion).values(is_live=False))
    version.is_live, version.live_by, version.live_at = True, by.name, clock.now()
    record_event(EventKind.MODEL_USED, by, None, {"subject": f"模型 {version.id}"})
    db.session.commit()
    return version


@work(TaskKind.TRAIN_MODEL)
def _train(_arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    version = train_model(clock.today(), by, progress)
    return f"已训练模型 {version.id}，请看检验后再启用。"
