"""Figures to try out: what is left empty stays as it is known."""

from crm.forms.fields import ChineseForm, CountField, NumberField, WanYuanField


class WhatIfForm(ChineseForm):
    """Sent by GET and kept nowhere; the address carries it."""

    class Meta(ChineseForm.Meta):
        csrf = False

    sales_revenue = WanYuanField("销售收入")
    rd_spend = WanYuanField("研发费用（高企口径）")
    high_tech_revenue = WanYuanField("高新技术产品（服务）收入")
    staff = NumberField("职工总数")
    tech_staff = NumberField("科技人员")
    conversions = CountField("科技成果转化数")
    more_class_one = CountField("再取得Ⅰ类知识产权", most=100)
    more_class_two = CountField("再取得Ⅱ类知识产权", most=100)


class PotentialWhatIfForm(WhatIfForm):
    """The same figures, and what staff can add."""

    documents = CountField("研发管理文件齐备", most=5)
    pre_score = CountField("预评分", most=100)
