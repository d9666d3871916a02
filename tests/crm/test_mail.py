"""The bytes of a mail: what a mail program reads out of them is what was put in, whatever that was."""

from email import message_from_bytes, policy

import pytest

from crm.mail import Letter, Outcome, as_bytes, write

AWKWARD = [
    "雁阵提醒：3 件事——嘉善某某科技有限公司的高企证书到期",
    "a" * 200,
    "𠮷" * 60,
    "plain",
    "=?utf-8?b?6ZuB?= 'x' \"y\"",
    ".",
    "中a" * 40,
]


def read(written: bytes):
    return message_from_bytes(written, policy=policy.default)


@pytest.mark.parametrize("words", AWKWARD)
def test_what_is_read_is_what_was_written(app, words):
    text, page = f".\n..\n{words * 50}\nFrom me\n--=_part--\n", f"<p>{words}</p>"

    mail = read(as_bytes(Letter(words, text, page), "shen@example.cn", "abc@localhost"))

    assert mail["Subject"] == words
    assert (mail["To"], mail["Message-ID"]) == ("shen@example.cn", "<abc@localhost>")
    assert mail.get_body(("plain",)).get_content() == text
    assert mail.get_body(("html",)).get_content() == page
    assert not mail.defects


@pytest.mark.parametrize("words", AWKWARD)
def test_it_goes_over_any_wire(app, words):
    """ASCII, CRLF, no line too long, none that begins with a dot and would need another one."""
    lines = as_bytes(Letter(words, words * 50, words), "shen@example.cn", "abc@localhost").decode("ascii").split("\r\n")

    assert [line for line in lines if len(line) > 78 or line.startswith(".") or "\n" in line or "\r" in line] == []


@pytest.mark.parametrize(
    "to",
    ["x@example.cn\r\nBcc: all@example.cn", "x@example.cn\nBcc: y@example.cn", "x@example.cn, y@example.cn", "",
     "x@example.cn>\r\nDATA"],
)  # fmt: skip
def test_an_address_that_is_none_or_more_than_one_is_refused(app, to):
    refused = write("test", to, "abc@localhost", now=None)

    assert isinstance(refused, Outcome)
    assert refused.is_permanent


def test_a_domain_in_chinese_is_written_as_post_offices_know_it(app):
    mail = read(as_bytes(Letter("s", "t", "p"), "shen@科技局.中国", "abc@localhost"))

    assert mail["To"] == "shen@" + "科技局.中国".encode("idna").decode()


def test_the_sender_may_have_a_name(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_DEFAULT_SENDER", "雁阵 <yanzhen@example.cn>")

    sender = read(as_bytes(Letter("s", "t", "p"), "x@example.cn", "abc@localhost"))["From"].addresses[0]

    assert (sender.display_name, sender.addr_spec) == ("雁阵", "yanzhen@example.cn")
