"""A real SMTP server on loopback that can be as unkind as real ones are."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class PostOffice:
    """accepted: every mail whose DATA was answered with 250. refuses: addresses that do not exist (550); greylists:
    how often each address is told to come again (451); hangs_up_after: mails after which the connection is dropped;
    stalls: seconds it takes over each mail; leaves_unanswered: mails that it takes, and goes away without saying so;
    password: nobody sends who does not know it."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.refuses: set[str] = set()
        self.greylists = 0
        self.hangs_up_after: int | None = None
        self.stalls = 0.0
        self.leaves_unanswered = 0
        self.connections = 0
        self.password: str | None = None
        self.sign_ins = 0
        self._asked: Counter[str] = Counter()

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        self.sign_ins += 1
        return AuthResult(success=told.password.decode() == self.password, handled=False)

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> Any:  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return ["250-PIPELINING", *responses]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refuses:
            return "550 5.1.1 no such mailbox"
        self._asked[address] += 1
        if self._asked[address] <= self.greylists:
            return "451 4.7.1 greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.stalls:
            await asyncio.sleep(self.stalls)
        if self.hangs_up_after is not None and len(self.accepted) >= self.hangs_up_after:
            self.hangs_up_after = None
            server.transport.abort()
            return "421 gone"
        self.accepted.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if self.leaves_unanswered:
            self.leaves_unanswered -= 1
            server.transport.abort()
        return "250 OK"

    @property
    def addresses(self) -> list[str]:
        return [str(mail["To"]) for mail in self.accepted]


@contextmanager
def post_office() -> Iterator[tuple[PostOffice, int]]:
    office = PostOffice()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        office, hostname="127.0.0.1", port=port, authenticator=office.authenticate, auth_require_tls=False
    )
    controller.start()
    try:
        yield office, port
    finally:
        controller.stop()
