"""Mail out of the box: queued on the disk, sent when the server takes it, never in anybody's way (S-41, R-48).

A mail keeps its Message-ID through all tries, so a server that took it and lost the answer shows it once. While the
server is away tries come farther and farther apart, for about a day; then the mail is given up with an alarm.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final, Protocol
from uuid import NAMESPACE_URL, uuid4, uuid5

import aiosmtplib

from appliance.desk.alarms import Alarms
from appliance.desk.alerts import OWN_TROUBLE
from appliance.errors import StorageError
from appliance.storage.outbox import MailRow

logger = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 30.0
LONGEST_RETRY_S: Final = 3600.0
MOST_TRIES: Final = 30
TIMEOUT_S: Final = 20.0
LARGEST_ATTACHMENT: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The server (`HOST:PORT`, "" sends nothing), how it is spoken with, and the sender.

    `security` is starttls, tls or none. `page` is the address of the page for links. `attach` sends the recording of a
    voicemail along.
    """

    server: str = ""
    sender: str = ""
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    page: str = ""
    attach: bool = False


class Outbox(Protocol):
    """What is needed of the store; a write is durable on return, or raises StorageError."""

    async def mail_queued(self, row: MailRow, /) -> None:
        """A mail is to be sent."""

    async def mail_gone(self, message_id: str, /) -> None:
        """It was sent, or given up."""

    async def mails(self) -> tuple[MailRow, ...]:
        """What waits, oldest first."""


class Mailer:
    """Queues and sends. `run` is the task that sends; `pause` waits between tries (tests hand in a shorter one)."""

    def __init__(
        self, settings: MailSettings, outbox: Outbox, alarms: Alarms, pause: Callable[[float], float] = float
    ) -> None:
        self._settings, self._outbox, self._alarms, self._pause = settings, outbox, alarms, pause
        self._due: dict[str, tuple[int, float]] = {}  # Message-ID → tries so far, when the next is due
        self._wake = asyncio.Event()

    async def send(
        self, recipients: tuple[str, ...], subject: str, text: str, attachment: str = "", key: str = ""
    ) -> None:
        """Queue a mail for each; what cannot be queued is an alarm, for nothing waits for a mail.

        Mails of one `key` to one person have one Message-ID, so that a second one shows as the same.
        """
        if not self._settings.server:
            return
        for recipient in recipients:
            row = self._letter(recipient, subject, text, attachment, key or uuid4().hex)
            try:
                await self._outbox.mail_queued(row)
            except StorageError as wrong:
                self._alarms.raise_(OWN_TROUBLE, f"A mail could not be written down, it is lost: {wrong}")
        self._wake.set()

    async def run(self) -> None:
        """Send what waits until cancelled, also what an earlier desk queued."""
        while self._settings.server:
            self._wake.clear()
            due = await self._send_all()
            if _is_to_end():
                return
            try:
                async with asyncio.timeout_at(due):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _letter(self, recipient: str, subject: str, text: str, attachment: str, key: str) -> MailRow:
        letter = EmailMessage(policy=SMTP)
        letter["From"], letter["To"] = self._settings.sender, recipient
        letter["Subject"] = " ".join(subject.split())  # a header is one line, whatever an alarm said
        name = uuid5(NAMESPACE_URL, f"deskbell:{key}:{recipient}")
        letter["Message-ID"] = f"<{name}@{self._settings.sender.rpartition('@')[2] or 'deskbell'}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(f"{text}\n\n{self._settings.page}\n" if self._settings.page else f"{text}\n")
        return MailRow(letter["Message-ID"], recipient, letter.as_bytes(), attachment if self._settings.attach else "")

    async def _send_all(self) -> float | None:
        """Try each mail that is due; when the next one is, in the loop's time, None when nothing is left."""
        now = asyncio.get_running_loop().time()
        try:
            rows = await self._outbox.mails()
        except StorageError as wrong:
            self._alarms.raise_(OWN_TROUBLE, f"Mails that wait cannot be read: {wrong}")
            return now + self._pause(FIRST_RETRY_S)
        for row in rows:
            if self._due.get(row.message_id, (0, now))[1] <= now:
                await self._try(row)
        return min((due for _, due in self._due.values()), default=None)

    async def _try(self, row: MailRow) -> None:
        """Hand one mail to the server; one that it did not take is due again, or given up."""
        tries = self._due.get(row.message_id, (0, 0.0))[0] + 1
        try:
            await self._hand_over(row)
        except (aiosmtplib.SMTPException, OSError) as wrong:
            if not _is_final(wrong) and tries < MOST_TRIES:
                wait_s = min(FIRST_RETRY_S * 2 ** (tries - 1), LONGEST_RETRY_S)
                self._due[row.message_id] = (tries, asyncio.get_running_loop().time() + self._pause(wait_s))
                self._alarms.raise_(OWN_TROUBLE, f"Mail cannot be sent, it is tried again: {self._named(wrong)}")
                return
            self._alarms.raise_(OWN_TROUBLE, f"A mail to {row.recipient} was given up: {self._named(wrong)}")
        except Exception as wrong:  # a mail that cannot be sent at all must not end the desk at each start
            logger.exception("A mail cannot be sent")
            self._alarms.raise_(OWN_TROUBLE, f"A mail to {row.recipient} was given up: {self._named(wrong)}")
        else:
            self._alarms.clear(OWN_TROUBLE)
            logger.info("A mail was sent")
        self._due.pop(row.message_id, None)
        try:
            await self._outbox.mail_gone(row.message_id)
        except StorageError as wrong:
            logger.warning("A sent mail could not be forgotten and goes out again: %s", wrong)

    async def _hand_over(self, row: MailRow) -> None:
        letter = message_from_bytes(row.message, policy=SMTP)
        sound = await asyncio.to_thread(_bytes_of, row.attachment) if row.attachment else b""
        if sound:
            letter.add_attachment(sound, maintype="audio", subtype="wav", filename=Path(row.attachment).name)
        host, _, port = self._settings.server.rpartition(":")
        await aiosmtplib.send(
            letter,
            hostname=host,
            port=int(port),
            username=self._settings.user or None,
            password=self._settings.password or None,
            use_tls=self._settings.security == "tls",
            start_tls=self._settings.security == "starttls",
            timeout=TIMEOUT_S,
        )

    def _named(self, wrong: Exception) -> str:
        return f"{self._settings.server}: {str(wrong) or type(wrong).__name__}"


def _is_to_end() -> bool:
    """Whether this task was cancelled and the library's `wait_for` kept it to itself, as Python 3.11's may."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _is_final(wrong: Exception) -> bool:
    """Whether the server said that it will never take this one; a wrong password may be put right meanwhile."""
    if isinstance(wrong, aiosmtplib.SMTPRecipientsRefused):
        return all(one.code >= 500 for one in wrong.recipients)
    return isinstance(wrong, aiosmtplib.SMTPDataError | aiosmtplib.SMTPSenderRefused) and wrong.code >= 500


def _bytes_of(path: str) -> bytes:
    """A recording to send along, b"" when it is gone or too large: the mail says where to hear it."""
    try:
        file = Path(path)
        return file.read_bytes() if file.stat().st_size <= LARGEST_ATTACHMENT else b""
    except OSError:
        return b""
