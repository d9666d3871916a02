"""The mail back end of an office that has named its server: opens and closes as Flask-Mailman does, sends bytes.

A server that takes commands together (PIPELINING, RFC 2920) is asked twice a mail and not four times. What it answers
means the same.
"""

from collections.abc import Callable
from contextlib import suppress
from smtplib import (
    SMTP,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from flask_mailman.backends.smtp import EmailBackend as FlaskMailman

_TAKEN, _GO_ON, _GOING_AWAY = (250, 251), 354, 421


class EmailBackend(FlaskMailman):
    def hand_over(self, sender: str, to: str, written: bytes, meanwhile: Callable[[], None]) -> None:
        """sender, to: bare addresses. written: lines of ASCII that end with CRLF, none of which begins with a dot."""
        server: SMTP = self.connection
        server.ehlo_or_helo_if_needed()
        if server.has_extn("pipelining"):
            _hand_over_together(server, sender, to, written, meanwhile)
        else:
            meanwhile()
            server.sendmail(sender, [to], written)


def _hand_over_together(server: SMTP, sender: str, to: str, written: bytes, meanwhile: Callable[[], None]) -> None:
    size = f" SIZE={len(written)}" if server.has_extn("size") else ""
    server.send(f"MAIL FROM:<{sender}>{size}\r\nRCPT TO:<{to}>\r\nDATA\r\n")
    meanwhile()
    from_whom, to_whom, data = _answer(server), _answer(server), _answer(server)
    is_wanted = from_whom[0] in _TAKEN and to_whom[0] in _TAKEN
    taken = data
    if data[0] == _GO_ON:
        server.send(written + b".\r\n" if is_wanted else b".\r\n")  # to nobody: nothing goes out
        taken = _answer(server)
    if is_wanted and taken[0] == _TAKEN[0]:
        return
    with suppress(SMTPServerDisconnected):  # what it answered before counts
        server.rset()
    if from_whom[0] not in _TAKEN:
        raise SMTPSenderRefused(*from_whom, sender)
    if to_whom[0] not in _TAKEN:
        raise SMTPRecipientsRefused({to: to_whom})
    raise SMTPDataError(*taken)


def _answer(server: SMTP) -> tuple[int, bytes]:
    """A server that goes away answers nothing more."""
    code, words = server.getreply()
    if code == _GOING_AWAY:
        server.close()
        raise SMTPResponseException(code, words)
    return code, words
