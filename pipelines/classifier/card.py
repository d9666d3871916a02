"""What a trained model says of itself: purpose, data, method, limits."""

from typing import NamedTuple

from pipelines.classifier.features import FEATURES
from pipelines.classifier.logistic import HALF_LIFE, C
from pipelines.classifier.potential import GAMMA, REFITS, Model
from pipelines.vocabulary import ModelLevel

DEMO_WORDS = "演示模型（合成数据训练），不代表本县企业"


class Line(NamedTuple):
    title: str
    words: str


def card(model: Model, is_demo: bool) -> list[Line]:
    lines = [
        Line(
            "用途",
            "给候选企业排一个先后，帮助安排走访和动员。条件是否满足由规则判断，模型不改变任何判断结论。",
        ),
        Line(
            "不可用于",
            "拒绝、推迟或压低任何服务、补助和受理；对外公布，或作为官方意见提供给企业、银行和其他部门；"
            "作为造假的证据。",
        ),
        Line("谁能看", "局内有候选名单权限的人员；镇街专干只看本镇街。"),
        Line("数据", _data(model)),
        Line(
            "标签",
            "首次（或失效后）申报的官方结果：通过为 1，未通过为 0。撤回、补正、待定不作标签；"
            "工作人员的反馈从不作为标签。",
        ),
        Line(
            "特征",
            f"{len(FEATURES)} 项，见特征清单。不使用镇街、园区、责任人、走访、备注、标签、已享受的补助和录入时间。",
        ),
        Line("方法", _method()),
        Line(
            "不确定性",
            f"概率按 5% 一档显示，区间来自 {REFITS} 次重抽样。年度评审宽严由全部企业共同承担，"
            f"计入指标规划（τ={model.tau:.2f}）。",
        ),
        Line(
            "已知局限",
            "只有申报过的企业才有结果；一年样本不足两百，年度之间会有波动；数据由企业自报；是相关性，不是因果。",
        ),
        Line(
            "人的责任",
            "是否动员、是否推荐由经办人和局领导决定。发现与实际不符，请用反馈按钮说明，年底与结果对照。",
        ),
    ]
    if is_demo or model.level is ModelLevel.RULES:
        lines.insert(0, Line("注意", DEMO_WORDS))
    return lines


def _data(model: Model) -> str:
    if model.level is ModelLevel.RULES:
        return f"本县已知结果只有 {model.decisions} 项（未通过 {model.failures} 项），不足以训练；系数来自合成数据。"
    years = f"{model.years[0]}–{model.years[-1]} 年" if len(model.years) > 1 else f"{model.years[0]} 年"
    return (
        f"{years}首次申报的官方结果 {model.decisions} 项，其中未通过 {model.failures} 项，"
        f"通过率 {model.base_rate * 100:.0f}%。特征取申报当年 3 月 31 日以前已知的记录，之后的记录在程序上读不到。"
    )


def _method() -> str:
    return (
        f"两个数。若申报的通过概率：带符号约束的逻辑回归（C={C}，近年结果权重大，半衰期 {HALF_LIFE:.0f} 年）。"
        "申报倾向：单独的模型，只用于排序，不作为对企业的评价。"
        f"没有申报过的企业按“通过概率 × 申报倾向的 {GAMMA} 次方”分 A–D 档，{GAMMA} 是约定，数据不能验证。"
    )
