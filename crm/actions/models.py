"""Deeds on the model: trained, measured year by year, put to use by a person, and made to score the county."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import insert_rows
from crm.actions.events import Author, record_event
from crm.actions.tasks import Progress, work
from crm.extensions import begin_exclusive, db
from crm.models import Firm, ModelVersion, Prediction
from crm.queries.model_rows import YearRows, candidates_on, decided_years, rows_of_years
from pipelines.classifier.features import NAMES
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, TaskKind

_FEW, _FEW_FAILURES = 30, 10
_FIELDS = ("firm_id", "version_id", "as_of", "p_pass", "low", "high", "p_apply", "potential", "reasons")


def train_model(today: date, by: Author) -> ModelVersion:
    """On the first-time applications of past years with their results; raises Refusal where that would be no model."""
    from pipelines.classifier.potential import digest  # slow import

    decided = decided_years(today.year)
    _refuse_too_little(decided)
    years = rows_of_years(list(decided))
    model = _fitted(years, today.year)
    text = model.as_json()
    version = ModelVersion(
        by_name=by.name,
        model=text,
        sha256=digest(text),
        card=_card(model, years, decided),
        is_demo=bool(db.session.scalar(sa.select(Firm.is_demo).order_by(Firm.id).limit(1))),
    )
    db.session.add(version)
    db.session.flush()
    record_event(EventKind.MODEL_TRAINED, by, None, {"subject": f"模型 {version.id}", "count": model.decisions})
    db.session.commit()
    return version


def use_model(version_id: int, by: Author) -> ModelVersion:
    """The named person has seen the comparison; the former one is one click away."""
    begin_exclusive()
    db.session.expire_all()
    version = db.session.get(ModelVersion, version_id)
    if version is None:
        raise Refusal("没有这个模型版本。")
    _loaded(version)
    db.session.execute(sa.update(ModelVersion).values(is_live=False))
    version.is_live, version.live_by, version.live_at = True, by.name, clock.now()
    record_event(EventKind.MODEL_USED, by, None, {"subject": f"模型 {version.id}"})
    db.session.commit()
    return version


def score_firms(today: date) -> str:
    """Every candidate by the live model, once a day; without one nobody is scored."""
    import numpy as np  # slow import

    from pipelines.classifier.potential import reasons

    version = db.session.scalar(sa.select(ModelVersion).filter_by(is_live=True))
    if version is None:
        return "还没有启用的模型。"
    model, version_id = _loaded(version), version.id
    pairs = list(candidates_on(today))
    if not pairs:
        return "没有可以申报的企业。"
    rows = np.array([row for _, row in pairs])
    scores = model.scores(rows)
    begin_exclusive()
    db.session.execute(sa.delete(Prediction).where(Prediction.version_id == version_id, Prediction.as_of == today))
    insert_rows(Prediction, _FIELDS, (
        [firm_id, version_id, today, float(scores.p_pass[place]), float(scores.low[place]), float(scores.high[place]),
         float(scores.p_apply[place]), float(scores.potential[place]), reasons(model, rows[place])]
        for place, (firm_id, _) in enumerate(pairs)
    ))  # fmt: skip
    db.session.get_one(ModelVersion, version_id).scored_on = today
    db.session.commit()
    return f"已为 {len(pairs)} 家企业排序。"


@work(TaskKind.TRAIN_MODEL)
def _train(_arguments: dict[str, Any], by: Author, _progress: Progress) -> str:
    version = train_model(clock.today(), by)
    return f"已训练模型 {version.id}，请看检验后再启用。"


@work(TaskKind.SCORE_FIRMS)
def _score(_arguments: dict[str, Any], _by: Author, _progress: Progress) -> str:
    return score_firms(clock.today())


def _refuse_too_little(decided: dict[int, tuple[int, int]]) -> None:
    """Never a confident number out of too little: then the rules alone order the list."""
    total, failed = sum(each for each, _ in decided.values()), sum(each for _, each in decided.values())
    if total < _FEW:
        raise Refusal(f"首次申报有结果的只有 {total} 件，少于 {_FEW} 件，不足以训练；名单先按规则的档次排。")
    if failed < _FEW_FAILURES:
        raise Refusal(
            f"未通过的只有 {failed} 件，少于 {_FEW_FAILURES} 件：只有通过名单学不出差别，请补录未通过的申报。"
        )
    if len(decided) < 2:
        raise Refusal("只有一个年度的申报结果，无法按年检验，暂不训练。")


def _fitted(years: list[YearRows], year: int) -> Any:
    import numpy as np

    from pipelines.classifier.potential import fit

    decided = [~np.isnan(each.passed) for each in years]
    return fit(
        np.concatenate([each.rows[known] for each, known in zip(years, decided, strict=True)]),
        np.concatenate([each.passed[known] for each, known in zip(years, decided, strict=True)]),
        np.concatenate([np.full(int(known.sum()), each.year) for each, known in zip(years, decided, strict=True)]),
        np.concatenate([each.rows for each in years]),
        np.concatenate([each.applied for each in years]),
        year,
    )


def _card(model: Any, years: list[YearRows], decided: dict[int, tuple[int, int]]) -> dict[str, Any]:
    return {
        "years": [[year, number, failed] for year, (number, failed) in decided.items()],
        "decisions": model.decisions,
        "passes": model.passes,
        "candidates": sum(len(each.firm_ids) for each in years),
        "weights": [[name, round(float(weight), 4)] for name, weight in zip(NAMES, model.passing.weights, strict=True)],
        "evaluation": [row for year in list(decided)[1:] for row in _evaluated(years, year)],
    }


def _evaluated(years: list[YearRows], year: int) -> list[dict[str, Any]]:
    """Trained on the years before, tested on this one, beside what the rules and the research share alone would do."""
    import numpy as np

    from pipelines.classifier.measures import measured

    before = [each for each in years if each.year < year]
    tested = next((each for each in years if each.year == year), None)
    if tested is None or sum(int((~np.isnan(each.passed)).sum()) for each in before) < _FEW:
        return []
    known = ~np.isnan(tested.passed)
    rows, outcome = tested.rows[known], tested.passed[known]
    if not 0 < outcome.sum() < len(outcome):
        return []
    model = _fitted(before, year)
    rd = np.nan_to_num(rows[:, 0], nan=-2.0) + np.nan_to_num(rows[:, 1])
    told = [
        measured("模型", model.passing.probability(rows), outcome, is_probability=True),
        measured("规则评分", rows[:, NAMES.index("rule_score")], outcome, is_probability=False),
        measured("研发占比", rd, outcome, is_probability=False),
        measured("随机", np.random.RandomState(year).random_sample(len(outcome)), outcome, is_probability=False),
    ]
    return [{"year": year} | vars(each) for each in told]


def _loaded(version: ModelVersion) -> Any:
    from pipelines.classifier.potential import read_model  # slow import

    try:
        return read_model(version.model, version.sha256)
    except ValueError as error:
        raise Refusal(f"模型 {version.id} 与保存时不一致，或是为别的特征训练的，不能使用。请重新训练。") from error
