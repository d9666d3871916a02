import pytest
from flask import Flask

from crm.own_paths import own_path, page_before


@pytest.mark.parametrize(
    "target", ["/", "/firms", "/firms/7/edit?tab=ip#x", "/firms?q=%E5%85%B0", "/firms?q=兰钧", "/a//b"]
)
def test_own_path_keeps_a_path_of_this_house(target: str) -> None:
    assert own_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        " ",
        "firms",
        "//evil.example",
        "///evil.example",
        "////evil.example/..",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/\x00/evil.example",
        "/\u2028/evil.example",
        "/\u00a0/evil.example",
        "/\u200b/evil.example",
        "http://evil.example",
        "https:evil.example",
        "https:///evil.example",
        "HTTPS://evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example@localhost",
        "@evil.example",
        ".evil.example",
        "..//evil.example",
        "%2f%2fevil.example",
        "/firms\r\nSet-Cookie: a=b",
        "/\x7f/evil.example",
        "/" + "a" * 2000,
        "?next=//evil.example",
        "#//evil.example",
        "/\\\\evil.example",
    ],
)
def test_own_path_refuses_whatever_could_lead_elsewhere(target: str | None) -> None:
    assert own_path(target) is None


@pytest.mark.parametrize(
    ("referrer", "page"),
    [
        ("http://localhost/firms/7?tab=ip", "/firms/7?tab=ip"),
        ("http://localhost.evil.example/firms", None),
        ("http://localhost@evil.example/firms", None),
        ("http://evil.example/http://localhost/firms", None),
        ("http://localhost//evil.example", None),
        ("https://localhost/firms", None),
        ("", None),
    ],
)
def test_page_before_is_the_referrer_only_when_it_is_ours(application: Flask, referrer: str, page: str | None) -> None:
    with application.test_request_context("/", headers={"Referer": referrer}):
        assert page_before() == page
