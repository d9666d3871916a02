"""What an officer reads: unknown is a dash, and nothing is rounded the wrong way."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask, render_template_string

from crm.template_filters import (
    DASH,
    address,
    address_args,
    count,
    label,
    moment,
    page_window,
    percent,
    wan_yuan,
    zh_date,
)  # fmt: skip
from pipelines.vocabulary import Role


@pytest.mark.parametrize("shown", [wan_yuan, percent, zh_date, moment, label, count])
def test_unknown_is_a_dash_and_never_a_zero(shown):
    assert shown(None) == DASH


def test_wan_yuan_has_two_decimals_and_thousands_marks():
    assert wan_yuan(Decimal("123456789")) == "12,345.68"


def test_wan_yuan_half_a_hundredth_goes_up():
    assert wan_yuan(Decimal(50)) == "0.01"


def test_wan_yuan_of_zero_is_told_from_unknown():
    assert wan_yuan(Decimal(0)) == "0.00"


def test_wan_yuan_below_zero_keeps_its_sign():
    assert wan_yuan(Decimal(-1_234_567)) == "-123.46"


def test_wan_yuan_with_unit():
    assert wan_yuan(Decimal(10_000), unit=True) == "1.00 万元"


@pytest.mark.parametrize(("share", "shown"), [(Decimal("0.0525"), "5.3%"), (0.05, "5.0%"), (Decimal(12), "1,200.0%")])
def test_percent_has_one_decimal(share, shown):
    assert percent(share) == shown


def test_percent_without_unit_for_columns_that_name_it():
    assert percent(Decimal("0.05"), unit=False) == "5.0"


def test_zh_date_is_iso():
    assert zh_date(date(2026, 3, 9)) == "2026-03-09"


def test_moment_is_told_on_the_offices_clock():
    assert moment(datetime(2026, 11, 22, 16, 30, tzinfo=UTC)) == "2026-11-23 00:30"


@pytest.mark.parametrize(("value", "shown"), [(Role.OFFICER, "科员"), (True, "是"), (False, "否"), ("其他", "其他")])
def test_label(value, shown):
    assert label(value) == shown


@pytest.mark.parametrize(("number", "shown"), [(2503, "2,503"), (Decimal("12.50"), "12.5"), (0, "0"), (100, "100")])
def test_count_keeps_parts_and_drops_empty_decimals(number, shown):
    assert count(number) == shown


@pytest.mark.parametrize(("may", "shown"), [(True, "13800000003"), (False, "138****0003")])
def test_phone_is_whole_only_for_those_who_may_see_it(app: Flask, may, shown):
    with app.test_request_context():
        assert render_template_string("{{ '13800000003'|phone }}", can=lambda _ability: may) == shown


def test_hidden_tokens_of_a_bare_form_carry_one_against_forgery(app: Flask):
    with app.test_request_context():
        assert render_template_string("{{ hidden_tokens() }}").startswith(
            '<input type="hidden" name="csrf_token" value="I'
        )


def test_address_changes_some_arguments_and_drops_others(app: Flask):
    with app.test_request_context():
        args = {"version": "a", "name": "b", "sort": "-name", "page": 3}

        assert address("assets.show", args, page=None, size=50) == "/assets/a/b?sort=-name&size=50"


def test_address_args_leave_out_what_the_form_asks_for_itself():
    assert address_args("/firms?township=1&township=2&q=%E7%A7%91&page=3", "page") == [
        ("township", "1"), ("township", "2"), ("q", "科"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "pages", "window"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (5, 10, [1, None, 4, 5, 6, None, 10]),
        (10, 10, [1, None, 9, 10]),
        (2, 10, [1, 2, 3, None, 10]),
    ],
)
def test_page_window_offers_the_ends_and_the_neighbours(number, pages, window):
    assert page_window(number, pages) == window
