"""What the lines process is told at its start: one JSON file, written by the supervisor. Durations in seconds."""

import enum
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec

from appliance.errors import ConfigError
from appliance.settings_file import host_and_port, read
from hw.errors import ModemError
from hw.modem.callerid import Telling
from hw.modem.countries import Country, country
from hw.modem.driver import Modem


class Dial(enum.Enum):
    """Who sends the digits of a call out: we, as tones in the sound, or the modem's own dialler."""

    AUDIO = "audio"
    MODEM = "modem"
    PULSE = "pulse"

    def able(self, digits: str) -> str:
        """The digits, when they can be dialled so. Raises ModemError."""
        if self is Dial.PULSE and not digits.isdecimal():
            raise ModemError(f"{digits!r} cannot be dialled by pulses, which have no * and no #; dial = 'audio' could")
        return digits


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One analogue line: its name, the modem's tty, the two-letter country, and commands its modem needs besides.

    `keys` says who is believed about the caller's keys: our detector (`audio`), or the `modem` if its chip mutes them.
    `echo_cancelling` takes out of the line what we sent (libspeexdsp). `parallel_phones`: other telephones are on the
    same pair, so that a drop of its voltage is not a hang-up. `dial` says who sends the digits of calls out,
    `caller_id` how the modem tells who calls. `flash_s` (0: the country's), `reversal` and `tones_db` are for an
    exchange of one's own that is not as the country's, as is `in_use_v` (see Country). `card_ms`: the most sound that
    is kept in the modem.
    """

    id: str
    device: str
    country: str = "JP"
    modem_init: tuple[str, ...] = ()
    keys: Literal["audio", "modem"] = "audio"
    echo_cancelling: bool = True
    parallel_phones: bool = False
    dial: Dial = Dial.AUDIO
    caller_id: Telling = Telling.TEXT
    flash_s: float = 0.0
    reversal: Literal["country", "yes", "no"] = "country"
    tones_db: float = 0.0
    in_use_v: float = 20.0
    card_ms: int = 120

    @property
    def where(self) -> Country:
        """What holds in its country, and on this line otherwise. Raises ModemError for a country that is not known."""
        found = country(self.country)
        swaps = {"country": found.reverses_at_answer, "yes": True, "no": False}[self.reversal]
        found = replace(
            found, flash=self.flash_s or found.flash, reverses_at_answer=swaps, tones_db=self.tones_db,
            in_use_v=self.in_use_v,
        )  # fmt: skip
        return found.without_caller_id() if self.caller_id is Telling.OFF else found

    def modem(self) -> Modem:
        """A driver for its modem."""
        return Modem(self.where, self.modem_init, self.parallel_phones, self.caller_id)


class LinesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the lines process needs to know.

    `sip` is our host:port, `switch` the switch's; `rtp_ports` are the first and last port. `hold_music` is a mono
    WAV (8 kHz, 16 bit) for a caller whose switch died, who is kept for `keep_caller` seconds. `traces` is the folder
    that calls on lines are written down in, `learnt` where lines keep what they learn of their exchange; empty: none.
    """

    sip: str
    switch: str
    socket: str
    lines: tuple[Line, ...]
    hold_music: str
    rtp_address: str = "127.0.0.1"
    rtp_ports: tuple[int, int] = (17400, 17499)
    keep_caller: float = 60.0
    log_level: str = "INFO"
    traces: str = ""
    learnt: str = ""


def load(path: Path) -> LinesSettings:
    """Read the settings file. Raises ConfigError with what is wrong in it."""
    settings = read(path, LinesSettings, "the lines'")
    host_and_port(settings.sip)
    host_and_port(settings.switch)
    for line in settings.lines:
        try:
            country(line.country)
        except ModemError as wrong:
            raise ConfigError(f"lines: {line.id}: {wrong}") from wrong
    twice = {line.id for line in settings.lines if [other.id for other in settings.lines].count(line.id) > 1}
    if twice:
        raise ConfigError(f"lines: {', '.join(sorted(twice))} is named twice; each line needs a name of its own")
    return settings
