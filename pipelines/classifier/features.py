"""The features of the model: one named list, each with its label, the sign it may have, and the group it speaks for.

CLASSIFIER §6.3. A sign of +1 means that more of it never lowers the chance, −1 that more never raises it, 0 free.
"""

from typing import NamedTuple

from pipelines.refusals import Refusal

VERSION = "2026-11"  # raised when a definition changes: an older model is then out of date


class Feature(NamedTuple):
    """is_reason: may be told to people as a reason; the others only set the level (CLASSIFIER §6.3, fy_lag, ln_rev)."""

    name: str
    label: str
    sign: int
    group: str
    is_reason: bool = True


# group → label, in the order of the firm page
GROUPS = {
    "rd": "研发费用",
    "staff": "科技人员",
    "ps": "高新收入",
    "ip": "知识产权",
    "growth": "成长性",
    "field": "领域与平台",
    "conv": "成果转化",
    "org": "组织管理",
    "pre": "预评分",
    "hist": "申报经历",
    "data": "资料",
    "rule": "规则总评",
    "size": "规模与年龄",
}

FEATURES = (
    Feature("rd_short", "研发占比低于门槛的幅度", +1, "rd"),
    Feature("rd_surplus", "研发占比高于门槛的幅度", +1, "rd"),
    Feature("rd_bunch", "研发占比是否明显高出门槛", -1, "rd"),
    Feature("ded_cov", "加计扣除占研发费用的比例", +1, "rd"),
    Feature("ded_any", "享受过加计扣除", +1, "rd"),
    Feature("staff_short", "科技人员占比低于 10% 的幅度", +1, "staff"),
    Feature("staff_surplus", "科技人员占比高于 10% 的幅度", +1, "staff"),
    Feature("ps_short", "高新收入占比低于 60% 的幅度", +1, "ps"),
    Feature("ps_surplus", "高新收入占比高于 60% 的幅度", +1, "ps"),
    Feature("ln_n1", "有效Ⅰ类知识产权", +1, "ip"),
    Feature("ln_n2", "有效且未用过的Ⅱ类知识产权", +1, "ip"),
    Feature("ip_pts", "知识产权数量得分", +1, "ip"),
    Feature("ip_pending", "申请中的知识产权", 0, "ip"),
    Feature("ip_12m", "近 12 个月取得的知识产权", 0, "ip"),
    Feature("ip_acq", "受让知识产权的比例", -1, "ip"),
    Feature("pt_g_rev", "销售收入增长得分", +1, "growth"),
    Feature("pt_g_na", "净资产增长得分", +1, "growth"),
    Feature("sec_level", "行业与技术领域的契合度", +1, "field"),
    Feature("rd_centre", "市级以上研发机构", +1, "field"),
    Feature("coop", "产学研合作", +1, "field"),
    Feature("standard", "参与制定标准", +1, "field"),
    Feature("sme", "在省科技型中小企业名录", 0, "field"),
    Feature("ln_conv", "近三年成果转化", +1, "conv"),
    Feature("org_items", "组织管理文件齐备项数", +1, "org"),
    Feature("pre_score", "预评分", +1, "pre"),
    Feature("prev_hnte", "曾获高企认定", 0, "hist"),
    Feature("prev_fail", "曾申报未通过", 0, "hist"),
    Feature("fail_recent", "上一年申报未通过", 0, "hist"),
    Feature("last_score_gap", "上次专家评分与 71 分之差", +1, "hist"),
    Feature("incident", "近 12 个月有事故或违法记录", -1, "hist"),
    Feature("est_score", "按已有资料估算的创新能力得分", +1, "rule"),
    Feature("soft_lg", "各项条件的综合接近程度", +1, "rule"),
    Feature("age", "成立年数", 0, "size", False),
    Feature("ln_rev", "销售收入规模", 0, "size", False),
    Feature("fy_lag", "最近一次填报距今年数", 0, "data", False),
    Feature("na_rd", "缺研发费用或销售收入", -1, "data"),
    Feature("na_staff", "缺人员数据", -1, "data"),
    Feature("na_ps", "缺高新收入或总收入", -1, "data"),
    Feature("na_net", "缺净资产", -1, "data"),
    Feature("na_ded", "缺加计扣除数据", -1, "data"),
    Feature("na_conv", "缺成果转化数据", -1, "data"),
)
NAMES = tuple(feature.name for feature in FEATURES)
PLACE = {name: place for place, name in enumerate(NAMES)}

# What was known only with, or after, the result; also whatever says more about the office than about the firm.
_FORBIDDEN = ("result", "passed", "certificate_no", "expert_score", "decided_on", "publicized", "subsidy", "township",
              "park", "owner", "visits", "tags", "updated_at")  # fmt: skip


def check_names(names: tuple[str, ...]) -> None:
    """A model is trained on the named list and on nothing else."""
    told = [name for name in names if name in _FORBIDDEN or name not in PLACE]
    if told:
        raise Refusal(f"训练数据里有不允许使用的列：{'、'.join(told)}。模型只能使用清单里的特征，请去掉后再训练。")
    if names != NAMES:
        raise Refusal("训练数据的列与特征清单不一致，请用当前版本重新生成。")
