"""Who hears what: each leg's hearing (silence, music, a prompt, its peer) brought about on the bridge.

Music and prompts end in the same turn in which a voice begins: the bridge carries out all changes of a turn at its
next tick. What a phone puts on hold hears nothing of its party, and the party hears music.
"""

import time
from collections.abc import Callable
from pathlib import Path

from appliance import wire
from appliance.errors import SwitchError
from appliance.switch.alarms import Alarms
from appliance.switch.legs import Hearing, Legs, LiveLeg
from appliance.switch.patchbay import Patchbay
from appliance.switch.pjsua import UserAgent
from appliance.switch.prompter import Prompter
from appliance.switch.settings import SwitchSettings


class Audio:
    """The shared music, the silence, the prompts, and who is connected to what."""

    def __init__(
        self, settings: SwitchSettings, ua: UserAgent, alarms: Alarms, legs: Legs, emit: Callable[[wire.Message], None]
    ) -> None:
        self._drain, self._legs, self._emit, self._language = ua.drain, legs, emit, settings.language
        prompts = Path(settings.prompts)
        self.patchbay = Patchbay(ua)
        self.silence = ua.player(prompts / "silence.wav", loop=True)
        self._music = ua.player(Path(settings.hold_music), loop=True)
        self._prompter = Prompter(ua, alarms, prompts / settings.language, self._prompt_begins, self._prompts_over)

    def plan(self, leg: LiveLeg) -> None:
        """Bring about what the leg is to hear, and that somebody drains what it says."""
        if leg.port is None:
            return
        source = self._source(leg)
        self.patchbay.hear(leg.port, frozenset() if source is None else frozenset({source}))
        self.patchbay.also(self._drain, leg.port)

    def renew(self, leg: LiveLeg, port: int) -> None:
        """pjsua2 opened the leg's audio, again perhaps and elsewhere: connect anew, its peer too."""
        self.forget(leg)
        self.patchbay.renewed(port)
        leg.port = port
        self.plan(leg)
        if (peer := self._legs.named(leg.peer)) is not None:
            self.plan(peer)

    def forget(self, leg: LiveLeg) -> None:
        """The leg's audio is gone; pjsua2 takes it off the bridge by itself."""
        if leg.port is not None:
            self.patchbay.renewed(leg.port)
            leg.port = None

    def play(self, leg: LiveLeg, prompts: tuple[str, ...]) -> None:
        """Play prompts in order, then music. Raises SwitchError when one of them has no file."""
        if missing := self._prompter.missing(prompts):
            raise SwitchError(f"the prompt {missing!r} was asked for, but there is no such file for {self._language!r}")
        self.cut_prompts(leg)
        leg.hearing = Hearing.MUSIC
        self._prompter.play(leg.name, prompts)

    def cut_prompts(self, leg: LiveLeg) -> None:
        """No more prompts for this leg."""
        if self._prompter.cut(leg.name):
            leg.hearing, leg.prompt_port = Hearing.MUSIC, None
            self.plan(leg)
            self._emit(wire.PromptEnded(leg.name, cut=True, at=time.monotonic()))

    def _source(self, leg: LiveLeg) -> int | None:
        match leg.hearing:
            case Hearing.MUSIC:
                return self._music
            case Hearing.PROMPT:
                return leg.prompt_port
            case Hearing.PEER if (peer := self._legs.named(leg.peer)) is not None:
                return self._music if peer.is_held else peer.port
        return None

    def _prompt_begins(self, name: str, port: int) -> None:
        if (leg := self._legs.named(name)) is not None:
            leg.hearing, leg.prompt_port = Hearing.PROMPT, port
            self.plan(leg)

    def _prompts_over(self, name: str) -> None:
        if (leg := self._legs.named(name)) is not None:
            leg.hearing, leg.prompt_port = Hearing.MUSIC, None
            self.plan(leg)
            self._emit(wire.PromptEnded(name, cut=False, at=time.monotonic()))
