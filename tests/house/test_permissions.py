"""Every address, asked by everybody in every way, answers as the table of crm/permissions.py says."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from crm.permissions import ABILITIES, ability_of, is_public
from pipelines.vocabulary import Role
from tests.builders import a_firm, a_user

METHODS = ("GET", "HEAD", "POST")
# What anybody may open; whoever adds a line here says why in the review.
PUBLIC = {
    "assets.show", "health.show", "sessions.new", "sessions.create", "sessions.confirm",
    "calendars.feed", "mail_links.show", "mail_links.act",  # a signed address is the key, to one list or one follow-up
}  # fmt: skip


def guarded(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """(rule, path, ability) of every endpoint that is not public; signing out last, since it ends the visit."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint == "sessions.destroy"):
        view = app.view_functions[rule.endpoint]
        if not is_public(view):
            yield rule, a_path(app, rule), ability_of(view)


def a_path(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, 1))


def asked(visitor: FlaskClient, rule: Rule, path: str) -> dict[str, int]:
    return {method: visitor.open(path, method=method).status_code for method in METHODS if method in rule.methods}


def test_every_endpoint_carries_exactly_one_mark(app: Flask) -> None:
    unmarked = [name for name, view in app.view_functions.items() if (ability_of(view) is not None) == is_public(view)]

    assert unmarked == []


def test_only_these_few_are_open_to_anybody(app: Flask) -> None:
    assert {name for name, view in app.view_functions.items() if is_public(view)} == PUBLIC


@pytest.mark.parametrize("role", Role, ids=lambda role: role.label)
def test_each_role_passes_where_the_table_lets_it_and_nowhere_else(
    app: Flask, signed_in: Callable[[Role], FlaskClient], role: Role
) -> None:
    a_firm(), a_user(Role.ADMINISTRATOR)
    visitor = signed_in(role)

    wrong = [
        f"{method} {rule.endpoint}: {status}"
        for rule, path, ability in guarded(app)
        for method, status in asked(visitor, rule, path).items()
        if (status == 403) == (ability in ABILITIES[role]) or status in (401, 500)
    ]

    assert wrong == []


def test_nobody_gets_anywhere_without_having_signed_in(app: Flask, client: FlaskClient) -> None:
    a_firm()
    client.carry_csrf_token()

    wrong = [
        f"{method} {rule.endpoint}: {status}"
        for rule, path, _ in guarded(app)
        for method, status in asked(client, rule, path).items()
        if status != (401 if method == "POST" else 303)
    ]

    assert wrong == []


def test_reading_never_writes_by_another_method(app: Flask, signed_in: Callable[[Role], FlaskClient]) -> None:
    """OPTIONS, PUT, PATCH, DELETE and TRACE are not spoken here, nor is a method hidden in a field or a header."""
    visitor = signed_in(Role.SECTION_CHIEF)

    answers = {method: visitor.open("/firms", method=method).status_code for method in ("OPTIONS", "PUT", "DELETE")}

    assert answers == {"OPTIONS": 405, "PUT": 405, "DELETE": 405}


def test_powers_are_separated() -> None:
    """三员分立: who grants access does not read the audit, who audits does nothing else, a leader looks, approves."""
    assert ABILITIES[Role.AUDITOR] == {"events.view", "events.export", "account.own"}
    assert "events.view" not in ABILITIES[Role.ADMINISTRATOR]
    assert [role for role, abilities in ABILITIES.items() if "users.manage" in abilities] == [Role.ADMINISTRATOR]
    assert ABILITIES[Role.DIRECTOR] == {
        "firms.view", "policies.view", "reports.view", "exports.run", "exports.approve", "tasks.view",
        "account.own",
    }  # fmt: skip
