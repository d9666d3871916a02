"""What a server answers means the same, whether it takes commands together (PIPELINING) or one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

from crm.extensions import mail
from crm.mail import Outcome, connection, hand_over

WRITTEN = b"Subject: x\r\n\r\nabc\r\n"
HANGS_UP = ""


@contextmanager
def a_server(together: bool, answers: dict[str, str]) -> Iterator[tuple[list[bytes], int]]:
    """The first mail meets these answers, by verb and "." for the mail itself; an empty one hangs up."""
    bodies, usual = list[bytes](), {"DATA": "354 go on", "QUIT": "221 bye"}
    usual["EHLO"] = "250-here\r\n250-SIZE 9999999\r\n250 PIPELINING" if together else "250-here\r\n250 SIZE 9999999"

    class Server(StreamRequestHandler):
        disable_nagle_algorithm = True

        def say(self, verb: str) -> bool:
            words = answers.pop(verb, None)
            words = usual.get(verb, "250 ok") if words is None else words
            self.wfile.write(words.encode() + b"\r\n" if words else b"")
            if words.startswith("354"):
                return self.take()
            return not words.startswith(("421", "221")) and words != HANGS_UP

        def take(self) -> bool:
            lines = [self.rfile.readline()]
            while lines[-1] not in (b".\r\n", b""):
                lines.append(self.rfile.readline())
            bodies.append(b"".join(lines))
            return self.say(".")

        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while (line := self.rfile.readline()) and self.say(line[:4].decode().strip().upper()):
                pass

    with ThreadingTCPServer(("127.0.0.1", 0), Server) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield bodies, server.server_address[1]
        finally:
            server.shutdown()


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({}, Outcome()),
        ({"MAIL": "452 4.3.1 no room"}, Outcome("4.3.1 no room")),
        ({"MAIL": "550 who are you"}, Outcome("who are you", is_permanent=True)),
        ({"RCPT": "450 come again"}, Outcome("come again")),
        ({"RCPT": "550 5.1.1 nobody", "DATA": "503 for whom"}, Outcome("5.1.1 nobody", is_permanent=True)),
        ({"RCPT": "550 5.1.1 nobody", ".": "554 for nobody"}, Outcome("5.1.1 nobody", is_permanent=True)),
        ({"RCPT": "251 will forward"}, Outcome()),
        ({"DATA": "451 not now"}, Outcome("not now")),
        ({".": "451 greylisted"}, Outcome("greylisted")),
        ({".": "554 spam"}, Outcome("spam", is_permanent=True)),
        ({"RCPT": "550 5.1.1 nobody", "DATA": "503 for whom", "RSET": HANGS_UP}, Outcome("5.1.1 nobody", True)),
        ({"MAIL": "421 closing"}, Outcome("closing", is_over=True)),
        ({"RCPT": "421 closing"}, Outcome("closing", is_over=True)),
        ({"DATA": "421 closing"}, Outcome("closing", is_over=True)),
        ({".": "421 closing"}, Outcome("closing", is_over=True)),
        ({"RCPT": HANGS_UP}, Outcome("Connection unexpectedly closed", is_over=True, is_unanswered=True)),
        ({".": HANGS_UP}, Outcome("Connection unexpectedly closed", is_over=True, is_unanswered=True)),
    ],
)
def test_an_answer_and_what_it_means(app, together, answers, outcome):
    to_come = dict(answers)
    with a_server(together, to_come) as (bodies, port):
        app.config.update(MAIL_BACKEND="smtp", MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_TIMEOUT=5)
        mail.init_app(app)
        done = []
        with connection() as through:
            assert hand_over(WRITTEN, "x@example.cn", through, lambda: done.append(len(bodies))) == outcome
            if not outcome.is_over and "RSET" not in answers:
                to_come.clear()
                assert hand_over(WRITTEN, "y@example.cn", through) == Outcome()
                assert bodies.pop() == WRITTEN + b".\r\n"

    assert done == [0]
    met_at = set(answers) - {"RSET"}
    is_offered = met_at <= {"."} or answers == {"RCPT": "251 will forward"}
    assert [body for body in bodies if body != b".\r\n"] == [WRITTEN + b".\r\n"] * is_offered
