"""Virtual hardware, shipped: a voice modem on a PTY, a telephone exchange and the people who ring it.

`VirtualCard` in this process, or `python -m hw.sim` in its own with `hw.sim.client.SimClient` (specs: fxo §3).
"""

from hw.sim.caller import Caller
from hw.sim.card import VirtualCard
from hw.sim.catalogue import CATALOGUE
from hw.sim.countries import CallerIdTime
from hw.sim.errors import SimulatorError
from hw.sim.eventlog import CardEvent, What
from hw.sim.faults import FAULTS, PLUG_FAULTS
from hw.sim.oracle import violations
from hw.sim.party import CallerState, HangUp, Heard
from hw.sim.personalities import PERSONALITIES
from hw.sim.sound import Recording, Silence, Sound, Spoken, Tone, from_wav

__all__ = [
    "CATALOGUE",
    "FAULTS",
    "PERSONALITIES",
    "PLUG_FAULTS",
    "Caller",
    "CallerIdTime",
    "CallerState",
    "CardEvent",
    "HangUp",
    "Heard",
    "Recording",
    "Silence",
    "SimulatorError",
    "Sound",
    "Spoken",
    "Tone",
    "VirtualCard",
    "What",
    "from_wav",
    "violations",
]
