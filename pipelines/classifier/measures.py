"""What the features are on a day, for all firms at once: one row a firm, one column a feature, NaN for not known."""

from dataclasses import dataclass

import numpy as np

from pipelines.classifier.cleaning import Finding, cleaned
from pipelines.classifier.features import NAMES, PLACE
from pipelines.classifier.ledger import FIGURES, Columns, Floats, Ints, Snapshot
from pipelines.classifier.rule_score import PASS_SCORE, estimated_score, soft_product, unknown_gates

_YEARS = 4  # fiscal years looked at: t−4 … t−1
_COUNTED = 3  # of which the latest three known ones carry the research share
_TWO_YEARS, _YEAR = 730, 365
TIERS = ((5_000e4, 0.05), (20_000e4, 0.04), (np.inf, 0.03))  # 32号 第十一条（五）, upper ends included
TECH_STAFF, HIGH_TECH = 0.10, 0.60  # 第十一条（四）, （六）


@dataclass(frozen=True)
class Measured:
    """values: firms × FEATURES. unknown_gates: how many of the five gates that need figures cannot be told."""

    year: int
    values: Floats
    rule_score: Floats
    rd_intensity: Floats
    unknown_gates: Ints
    findings: list[Finding]

    def rows(self, places: Ints) -> "Measured":
        return Measured(
            self.year, self.values[places], self.rule_score[places], self.rd_intensity[places],
            self.unknown_gates[places], self.findings,
        )  # fmt: skip


def measured(snapshot: Snapshot, year: int) -> Measured:
    """Features for an application in `year`, from what the snapshot knows."""
    figures, findings = cleaned(snapshot["figures"], snapshot.size)
    annual = _Annual.of(figures, snapshot.size, year)
    values = np.full((snapshot.size, len(NAMES)), np.nan)
    columns = {
        **_research(annual),
        **_people(annual),
        **_products(annual),
        **_rights(snapshot),
        **_growth(annual),
        **_surroundings(snapshot, annual),
        **_history(snapshot, year),
        **_size(snapshot, annual, year),
    }
    columns["est_score"] = estimated_score(columns)
    soft = soft_product(columns)
    columns["soft_lg"] = np.clip(np.log(soft / (1 - soft)), -8, 4)
    for name, column in columns.items():
        values[:, PLACE[name]] = column
    intensity = _ratio(annual.sum_rd, annual.sum_sales)
    return Measured(year, values, soft, intensity, unknown_gates(columns), findings)


class _Annual:
    """Figures by firm and fiscal year: column 0 is year − 4, column 3 year − 1."""

    def __init__(self, tables: dict[str, Floats]) -> None:
        self.tables = tables
        sales, rd = tables["sales"], tables["rd"]
        both = ~np.isnan(sales) & ~np.isnan(rd)
        later = np.cumsum(both[:, ::-1], axis=1)[:, ::-1]
        counted = both & (later <= _COUNTED)
        self.known_years = counted.sum(axis=1)
        none = self.known_years == 0
        self.counted = counted
        self.sum_sales = np.where(none, np.nan, np.where(counted, sales, 0.0).sum(axis=1))
        self.sum_rd = np.where(none, np.nan, np.where(counted, rd, 0.0).sum(axis=1))

    @classmethod
    def of(cls, figures: Columns, size: int, year: int) -> "_Annual":
        column = figures["year"] - (year - _YEARS)
        shown = (column >= 0) & (column < _YEARS)
        tables = {}
        for name in FIGURES:
            tables[name] = np.full((size, _YEARS), np.nan)
            tables[name][figures["firm"][shown], column[shown]] = figures[name][shown]
        return cls(tables)

    def last(self, *names: str) -> tuple[list[Floats], Floats]:
        """The figures of the latest year in which all of them are known, and how many years that is back."""
        known = np.logical_and.reduce([~np.isnan(self.tables[name]) for name in names])
        place = _YEARS - 1 - np.argmax(known[:, ::-1], axis=1)
        there = known.any(axis=1)
        rows = np.arange(len(place))
        found = [np.where(there, self.tables[name][rows, place], np.nan) for name in names]
        return found, np.where(there, _YEARS - 1.0 - place, np.nan)


def required_share(sales: Floats) -> Floats:
    """The research share asked for; 5,000 万元 exactly is still 5 %, 2 亿元 exactly still 4 %."""
    bands = [sales <= upper for upper, _ in TIERS]
    share: Floats = np.select(bands, [share for _, share in TIERS], default=np.nan)
    return share


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Floats = np.where(whole > 0, part / whole, np.nan)
    return share


def _research(annual: _Annual) -> dict[str, Floats]:
    (sales,), _ = annual.last("sales")
    against = _ratio(annual.sum_rd, annual.sum_sales) / required_share(sales)
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.clip(np.log(against), -2, 1)
    claimed = annual.tables["deduction"]
    covered = annual.counted & ~np.isnan(claimed)
    base = np.where(covered, annual.tables["rd"], 0.0).sum(axis=1)
    cover = _ratio(np.where(covered, claimed, 0.0).sum(axis=1), base)
    return {
        "rd_short": np.minimum(margin, 0),
        "rd_surplus": np.clip(margin, 0, 0.5),
        # Below the line it stays 1, so that falling from just above it to just below never helps.
        "rd_bunch": np.where(np.isnan(against), np.nan, against < 1.10),
        "ded_cov": np.clip(cover, 0, 1.3),
        "ded_any": np.where(np.isnan(claimed).all(axis=1), np.nan, (np.nan_to_num(claimed) > 0).any(axis=1)),
        "na_rd": np.isnan(margin).astype(float),
        "na_ded": np.isnan(cover).astype(float),
    }


def _people(annual: _Annual) -> dict[str, Floats]:
    (tech, staff), _ = annual.last("tech_staff", "staff")
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.clip(np.log(_ratio(tech, staff) / TECH_STAFF), -1.5, 1.2)
    return {
        "staff_short": np.minimum(margin, 0),
        "staff_surplus": np.clip(margin, 0, 0.8),
        "na_staff": np.isnan(margin).astype(float),
    }


def _products(annual: _Annual) -> dict[str, Floats]:
    (high_tech, income), _ = annual.last("high_tech", "income")
    margin = _ratio(high_tech, income) - HIGH_TECH
    return {
        "ps_short": np.minimum(margin, 0),
        "ps_surplus": np.clip(margin, 0, 0.4),
        "na_ps": np.isnan(margin).astype(float),
    }


def _rights(snapshot: Snapshot) -> dict[str, Floats]:
    rights = snapshot["rights"]
    granted = rights["granted"] <= snapshot.day
    # The ledger does not say when a right lapsed, only that it has by now.
    held = granted & ~(rights["lapsed"] & (snapshot.day > snapshot.today.toordinal() - _YEAR))
    unused = rights["used_in"] >= snapshot.as_of.year
    one = snapshot.count("rights", held & rights["class_one"])
    two = snapshot.count("rights", held & ~rights["class_one"] & unused)
    bought = snapshot.count("rights", held & rights["bought"])
    held_count = snapshot.count("rights", held)
    return {
        "ln_n1": np.log1p(one),
        "ln_n2": np.log1p(two),
        "ip_pts": quantity_points(one, two),
        "ip_pending": np.log1p(snapshot.count("rights", ~granted)),
        "ip_12m": np.log1p(snapshot.count("rights", held & (rights["granted"] > snapshot.day - _YEAR))),
        "ip_acq": np.where(held_count > 0, bought / np.maximum(held_count, 1), 0.0),
    }


def quantity_points(one: Floats, two: Floats) -> Floats:
    """195号 三（七）1: one of Ⅰ类 7–8, five of Ⅱ类 5–6, three 3–4, one 1–2; the middle of each."""
    bands = [one >= 1, two >= 5, two >= 3, two >= 1]
    points: Floats = np.select(bands, [7.5, 5.5, 3.5, 1.5], default=0.0)
    return points


def _growth(annual: _Annual) -> dict[str, Floats]:
    return {
        "pt_g_rev": _growth_points(annual.tables["sales"]),
        "pt_g_na": _growth_points(annual.tables["net_assets"]),
        "na_net": np.isnan(annual.tables["net_assets"]).all(axis=1).astype(float),
    }


def _growth_points(values: Floats) -> Floats:
    """The mean of the last two yearly growths that are known, as 195号 三（七）4 scores it."""
    before, after = values[:, :-1], values[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(before > 0, after / before - 1, np.nan)
    known = ~np.isnan(rate)
    counted = known & (np.cumsum(known[:, ::-1], axis=1)[:, ::-1] <= 2)
    mean = _ratio(np.where(counted, rate, 0.0).sum(axis=1), counted.sum(axis=1).astype(float))
    return growth_points(mean)


def growth_points(rate: Floats) -> Floats:
    bands = [np.isnan(rate), rate >= 0.35, rate >= 0.25, rate >= 0.15, rate >= 0.05, rate > 0]
    points: Floats = np.select(bands, [np.nan, 9.5, 7.5, 5.5, 3.5, 1.5], default=0.0)
    return points


def _surroundings(snapshot: Snapshot, annual: _Annual) -> dict[str, Floats]:
    answer = snapshot.newest("questionnaires", not_before=snapshot.day - _TWO_YEARS)
    made = annual.tables["conversions"]
    reported = np.where(np.isnan(made).all(axis=1), np.nan, np.nansum(made[:, 1:], axis=1))
    conversions = np.where(np.isnan(answer["conversions"]), reported, answer["conversions"])
    listed = snapshot.count("listings", np.ones(len(snapshot["listings"]["firm"]), dtype=bool)) > 0
    return {
        "sec_level": snapshot.sector_level,
        "rd_centre": answer["rd_centre"],
        "coop": answer["partner"],
        "standard": answer["standard"],
        "sme": listed.astype(float),
        "ln_conv": np.log1p(conversions),
        "org_items": answer["documents"],
        "pre_score": snapshot.newest("pre_scores", not_before=snapshot.day - _TWO_YEARS)["points"],
        "na_conv": np.isnan(conversions).astype(float),
    }


def _history(snapshot: Snapshot, year: int) -> dict[str, Floats]:
    """Of earlier years only: a result of the year that is to be told would be the answer itself."""
    results = snapshot["results"]
    failed = (results["year"] < year) & ~results["passed"]
    earlier = snapshot.newest("results")
    gap = np.where(earlier["year"] < year, np.clip(earlier["score"] - PASS_SCORE, -20, 5), np.nan)
    certified = np.ones(len(snapshot["certificates"]["firm"]), dtype=bool)
    hit = snapshot["incidents"]["known"] > snapshot.day - _YEAR
    return {
        "prev_hnte": (snapshot.count("certificates", certified) > 0).astype(float),
        "prev_fail": (snapshot.count("results", failed) > 0).astype(float),
        "fail_recent": (snapshot.count("results", failed & (results["year"] == year - 1)) > 0).astype(float),
        "last_score_gap": gap,
        "incident": (snapshot.count("incidents", hit) > 0).astype(float),
    }


def _size(snapshot: Snapshot, annual: _Annual, year: int) -> dict[str, Floats]:
    (sales,), lag = annual.last("sales")
    age = np.where(snapshot.founded > 0, (snapshot.day - snapshot.founded) / 365.2425, np.nan)
    return {
        "age": np.clip(age, 0, 30),
        "ln_rev": np.log(np.maximum(sales, 1e4)),
        "fy_lag": np.where(np.isnan(lag), float(_YEARS), lag),
    }
