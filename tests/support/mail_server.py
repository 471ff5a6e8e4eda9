"""A real mail server (aiosmtpd) on loopback: keeps what it takes, refuses what it is told to refuse."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from appliance.selftest.ports import free_port


class MailServer:
    """What came in, oldest first. `answer` is said to the next mails instead of taking them."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[tuple[str, EmailMessage]] = []
        self.answer = ""
        self.refused = 0

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer:
            self.refused += 1
            return self.answer
        letter = message_from_bytes(envelope.content or b"", policy=default)
        assert isinstance(letter, EmailMessage)
        self.mails += [(recipient, letter) for recipient in envelope.rcpt_tos]
        return "250 taken"

    async def took(self, count: int, timeout: float = 8.0) -> list[tuple[str, EmailMessage]]:
        """The mails, once there are so many."""
        async with asyncio.timeout(timeout):
            while len(self.mails) < count:
                await asyncio.sleep(0.01)
        return self.mails

    async def was_asked(self, times: int, timeout: float = 8.0) -> None:
        """Wait until it has refused so often."""
        async with asyncio.timeout(timeout):
            while self.refused < times:
                await asyncio.sleep(0.01)

    @contextmanager
    def running(self) -> Iterator["MailServer"]:
        """Open for a block; it may open again on the same port."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()
