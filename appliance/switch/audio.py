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
from appliance.switch.beeps import Beeps
from appliance.switch.legs import Hearing, Legs, LiveLeg
from appliance.switch.patchbay import Patchbay
from appliance.switch.pjsua import UserAgent
from appliance.switch.prompter import Prompter
from appliance.switch.settings import SwitchSettings
from appliance.wire import Joining


class Audio:
    """The shared music, the silence, the prompts, and who is connected to what."""

    def __init__(
        self, settings: SwitchSettings, ua: UserAgent, alarms: Alarms, legs: Legs, emit: Callable[[wire.Message], None]
    ) -> None:
        self._drain, self._legs, self._emit, self._language = ua.drain, legs, emit, settings.language
        self._ua, self._alarms = ua, alarms
        prompts = Path(settings.prompts)
        self.patchbay = Patchbay(ua)
        self.silence = ua.player(prompts / "silence.wav", loop=True)
        self._music = ua.player(Path(settings.hold_music), loop=True)
        folder = self._folder = prompts / settings.language
        self._prompter = Prompter(ua, alarms, folder, self._prompt_begins, self._prompts_over)
        self._teller = Prompter(ua, alarms, folder, self._telling_begins, self._told)

    def plan(self, leg: LiveLeg) -> None:
        """Bring about what the leg is to hear, and that somebody drains what it says."""
        if leg.port is None:
            return
        sources = {self._source(leg), leg.told_port, leg.beep_port, *self._voices(leg)}
        self.patchbay.hear(leg.port, frozenset(source for source in sources if source not in (None, leg.port)))
        self.patchbay.also(self._drain, leg.port)

    def plan_around(self, host: LiveLeg) -> None:
        """Bring about what everybody in the host's conversation is to hear: host, peer and guests."""
        peer = self._legs.named(host.peer)
        for leg in (host, *((peer,) if peer is not None else ()), *self._legs.guests_of(host.name)):
            self.plan(leg)

    def renew(self, leg: LiveLeg, port: int) -> None:
        """pjsua2 opened the leg's audio, again perhaps and elsewhere: connect anew, its peer too."""
        self.forget(leg)
        self.patchbay.renewed(port)
        leg.port = port
        self.plan(leg)
        self.plan_around(self._legs.named(leg.host) or leg)
        if (peer := self._legs.named(leg.peer)) is not None:
            self.plan_around(peer)

    def end(self, leg: LiveLeg) -> None:
        """The leg is over: nothing is said to it any more."""
        self.cut_prompts(leg)
        self._teller.cut(leg.name)
        self.forget(leg)

    def forget(self, leg: LiveLeg) -> None:
        """The leg's audio is gone; pjsua2 takes it off the bridge by itself."""
        if leg.port is not None:
            self.patchbay.renewed(leg.port)
            leg.port = None

    def play(self, leg: LiveLeg, prompts: tuple[str, ...], then: Hearing = Hearing.MUSIC) -> None:
        """Play prompts in order, then music or silence. Raises SwitchError when one of them has no file."""
        self._has_all(prompts)
        self.cut_prompts(leg)
        leg.hearing = leg.after_prompts = then
        self._prompter.play(leg.name, prompts, leg.settles_s(time.monotonic()))

    def cut_prompts(self, leg: LiveLeg) -> None:
        """No more prompts for this leg."""
        if self._prompter.cut(leg.name):
            leg.hearing, leg.prompt_port = leg.after_prompts, None
            self.plan(leg)
            self._emit(wire.PromptEnded(leg.name, cut=True, at=time.monotonic()))

    def tell(self, leg: LiveLeg, prompts: tuple[str, ...]) -> None:
        """Say prompts over what the leg hears. Raises SwitchError when one of them has no file."""
        self._has_all(prompts)
        self._teller.play(leg.name, prompts)

    def named(self, leg: str) -> LiveLeg | None:
        """The living leg of that name."""
        return self._legs.named(leg)

    def beep(self, leg: LiveLeg, port: int | None) -> None:
        """Let the leg hear the beep of its recording over what it hears, or no more."""
        leg.beep_port = port
        self.plan(leg)

    def beeps(self, sounds: Callable[[str, int | None], None]) -> Beeps:
        """The beeps of all recordings."""
        return Beeps(self._ua, self._alarms, self._folder, sounds)

    def _has_all(self, prompts: tuple[str, ...]) -> None:
        if missing := self._prompter.missing(prompts):
            raise SwitchError(f"the prompt {missing!r} was asked for, but there is no such file for {self._language!r}")

    def voices_of(self, leg: LiveLeg) -> frozenset[int]:
        """What is recorded of a leg's side: its own voice, and those of guests whom both hear (§3.14)."""
        barging = [one for one in self._legs.guests_of(leg.name) if one.joins is Joining.BARGE]
        return frozenset(one.port for one in (leg, *barging) if one.port is not None)

    def _voices(self, leg: LiveLeg) -> set[int | None]:
        """Who is heard besides the peer: guests by the one or both they speak to; by a guest, everybody."""
        if leg.hearing is Hearing.HOST:
            host = self._legs.named(leg.host)
            return self._of_guest(leg, host) if host is not None and host.hearing is Hearing.PEER else set()
        if leg.hearing is not Hearing.PEER:
            return set()
        whispers = [one.port for one in self._legs.guests_of(leg.name) if one.joins is not Joining.LISTEN]
        barges = [one.port for one in self._legs.guests_of(leg.peer) if one.joins is Joining.BARGE]
        return {*whispers, *barges}

    def _of_guest(self, leg: LiveLeg, host: LiveLeg) -> set[int | None]:
        peer = self._legs.named(host.peer)
        others = [one.port for one in self._legs.guests_of(host.name) if one.joins is Joining.BARGE and one is not leg]
        return {host.port, peer.port if peer is not None else None, *others}

    def _source(self, leg: LiveLeg) -> int | None:
        match leg.hearing:
            case Hearing.MUSIC:
                return self._music
            case Hearing.PROMPT:
                return leg.prompt_port
            case Hearing.EARLY if (dialled := self._legs.named(leg.early)) is not None:
                return dialled.port
            case Hearing.PEER if (peer := self._legs.named(leg.peer)) is not None:
                return self._music if peer.is_held else peer.port
        return None

    def _prompt_begins(self, name: str, port: int | None) -> None:
        if (leg := self._legs.named(name)) is not None:
            leg.hearing, leg.prompt_port = Hearing.PROMPT, port
            self.plan(leg)

    def _telling_begins(self, name: str, port: int | None) -> None:
        if (leg := self._legs.named(name)) is not None:
            leg.told_port = port
            self.plan(leg)

    def _told(self, name: str) -> None:
        if (leg := self._legs.named(name)) is not None:
            leg.told_port = None
            self.plan(leg)

    def _prompts_over(self, name: str) -> None:
        if (leg := self._legs.named(name)) is not None:
            leg.hearing, leg.prompt_port = leg.after_prompts, None
            self.plan(leg)
            self._emit(wire.PromptEnded(name, cut=False, at=time.monotonic()))
