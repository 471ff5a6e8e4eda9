"""What is wrong with one line, in sentences: its modem, which lasts, or its wire, which is looked at again."""

import logging
from typing import Final

from hw.modem.events import Ready, Sign

logger = logging.getLogger(__name__)

OVERLOADED: Final = (
    "the modem's USB port carries less than a call needs (the card ran dry more than 20 times a second); a port of its "
    "own, without a hub full of others, would be right"
)
OTHER_TELEPHONE: Final = {
    Sign.VOLTAGE_DROP: "another telephone on the line was lifted; the call goes on",
    Sign.VOLTAGE_RISE: "the other telephone on the line was put down",
}


class Alarms:
    """The alarms of the line called `name`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._modem = self.wire = ""
        self.volts: float | None = None  # measured last, where the modem can

    @property
    def sentence(self) -> str:
        """The one to show; empty when all is well."""
        return self._modem or self.wire

    def ready(self, ready: Ready) -> None:
        """The modem was initialised."""
        self._modem, self.wire, self.volts = ready.alarm, ready.line_alarm, ready.volts

    def sign(self, sign: Sign, *, is_shared: bool) -> None:
        """A signal of the modem in a call: where telephones share the line, what one of them did."""
        if is_shared and sign in OTHER_TELEPHONE:
            logger.info("Line %s: %s", self._name, OTHER_TELEPHONE[sign])

    def half_duplex(self, why: str) -> str:
        """The modem turned out to have no stream both ways; the sentence to show."""
        self._modem = why
        logger.error("Line %s: %s", self._name, why)
        return why

    def checked(self, alarm: str) -> bool:
        """The wire was looked at; False when nothing changed. What is told is told once."""
        if alarm == self.wire:
            return False
        self.wire = alarm
        logger.log(logging.WARNING if alarm else logging.INFO, "Line %s: %s", self._name, alarm or "it is well again")
        return True
