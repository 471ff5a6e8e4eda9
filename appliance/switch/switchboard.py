"""The switchboard: carries out the desk's commands on legs and turns facts about calls into events.

Runs on the SIP thread only. Every command is idempotent and none is met with silence (appliance.wire, rule 2).
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, assert_never

from appliance import wire
from appliance.errors import SwitchError
from appliance.switch import arrivals, causes
from appliance.switch.alarms import Alarms
from appliance.switch.audio import Audio
from appliance.switch.dialling import Dialling
from appliance.switch.early import Early
from appliance.switch.facts import CallArrived, CallFact, CallMoved, KeyPressed, MediaChanged, Phase, TransferWanted
from appliance.switch.fallback import Fallback
from appliance.switch.guests import Guests
from appliance.switch.keeper import Keeper, Listening
from appliance.switch.legs import Hearing, Legs, LiveLeg
from appliance.switch.pjsua import UserAgent
from appliance.switch.recordings import Recordings
from appliance.switch.settings import SwitchSettings
from appliance.switch.texts import Texts
from appliance.switch.transfers import TOLD_S, Transfers
from appliance.switch.voice_watch import VoiceWatch
from appliance.wire import EndCause, Ended, LegState, Origin

logger = logging.getLogger(__name__)

_AUDIO_WITHIN: Final = 0.5
TONE_S: Final = 2.0


class Switchboard:
    """Legs, who hears whom, prompts and recordings. `emit` hands an event to the desk or keeps it for it."""

    def __init__(
        self, settings: SwitchSettings, ua: UserAgent, files: Keeper, boot: str, emit: Callable[[wire.Message], None]
    ) -> None:
        self._settings, self._ua, self._emit, self._boot = settings, ua, emit, boot
        self.alarms = Alarms()
        self._legs = Legs(boot)
        self._audio = Audio(settings, ua, self.alarms, self._legs, emit)
        self._capacity = settings.max_calls
        root = Path(settings.recordings)
        self.recordings = Recordings(ua, self._audio, files, root, emit)
        self._guests = Guests(self._legs, self._replan, self._take, self.hang_up, emit)
        self._early = Early(ua, self._legs, self._audio, emit)
        self._dialling = Dialling(ua, settings.realm, self.alarms, self._legs, self._audio, self._give_up, emit)
        self._fallback = Fallback(settings.without_desk, self.alarms, self, self._dialling.dial)
        self._transfers = Transfers(ua, self.alarms, self._legs, emit)
        self.texts = Texts(ua, self.alarms, boot, emit)
        self._voices = VoiceWatch(self.alarms, self._legs, ua.heard, self._fell_silent, ua.tell)

    # --- what the desk asks -------------------------------------------------------------------------------------

    def carry_out(self, command: wire.Command) -> None:
        """Do what the desk asked; what cannot be done is answered with an event."""
        try:
            self._dispatch(command)
        except SwitchError as failed:
            leg = getattr(command, "leg", "")
            logger.warning("%s: %s", type(command).__name__, failed)
            self._emit(wire.Refused(type(command).__name__, leg, str(failed), time.monotonic()))

    def _dispatch(self, command: wire.Command) -> None:
        match command:
            case wire.Ring() | wire.Hold() | wire.Play() | wire.Tell() | wire.Leave() | wire.Hangup():
                self._with(command.leg, lambda leg: self._change(leg, command))
            case wire.Join():
                self._join_as_guest(command)
            case wire.Dial():
                self._dialling.dial(command)
            case wire.DialAgain():
                self._dialling.dial_again(command)
            case wire.Bridge():
                self.bridge(command.a, command.b, ends_both=command.ends_both)
            case wire.AnswerTransfer():
                self._transfers.answer(command.leg, command.code)
            case wire.Record():
                self._record(command)
            case wire.RecordVoice():
                self._with(command.leg, lambda leg: self._record_voice(leg, command))
            case wire.PauseRecording() | wire.StopRecording():
                self.recordings.change(command)
            case wire.SendText() | wire.AnswerText():
                self.texts.carry_out(command, self._settings.realm)
            case wire.AskSnapshot():
                self._fallback.desk_took_over()
                self._emit(self.snapshot())
            case _:
                assert_never(command)

    def _change(
        self, leg: LiveLeg, order: wire.Ring | wire.Hold | wire.Play | wire.Tell | wire.Leave | wire.Hangup
    ) -> None:
        """Carry out an order about one leg that lives."""
        match order:
            case wire.Ring():
                if order.hears:  # where there is sound already 183 says it all: a 180 that overtakes it would end that
                    self._early.ring(leg, order.hears)
                self.ring(leg, order.contact)
            case wire.Hold():
                self.hold(leg)
            case wire.Play():
                self._play(leg, order.prompts, Hearing.SILENCE if order.then_silence else Hearing.MUSIC)
            case wire.Tell():
                self._audio.tell(leg, order.prompts)
            case wire.Leave():
                self._guests.leave(leg)
            case wire.Hangup() if delay_s := self._farewell_s(leg, order.tone):
                self.alarms.at(time.monotonic() + delay_s, lambda: self._with(leg.name, self.hang_up))
            case wire.Hangup():
                self.hang_up(leg, code=order.code, reason=order.reason)

    def ring(self, leg: LiveLeg, contact: str = "") -> None:
        """180 to the caller, once."""
        leg.contact = contact or leg.contact
        if leg.state is LegState.NEW and leg.origin is not Origin.DIALLED and not leg.accepted:
            self._ua.answer(leg.call, 180)
            leg.state = LegState.RINGING

    def hold(self, leg: LiveLeg) -> None:
        """Answer if need be; hold music."""
        self._audio.cut_prompts(leg)
        self._part(leg)
        leg.hearing = Hearing.MUSIC
        self._take(leg)
        self._audio.plan(leg)

    def _play(self, leg: LiveLeg, prompts: tuple[str, ...], then: Hearing) -> None:
        self._part(leg)
        self._audio.play(leg, prompts, then)
        self._take(leg)

    def bridge(self, first: str, second: str, *, ends_both: bool = True) -> None:
        """Connect two legs as soon as both are up; either one gone is answered with its end."""
        if (pair := self._legs.pair(first, second)) is None:
            self._tell_gone(first, second)
            return
        a, b = pair
        if a.peer == b.name and b.peer == a.name:
            if a.bridged:
                self._emit(wire.Bridged(first, second, time.monotonic()))
            return
        for leg, other in ((a, b), (b, a)):
            self._part(leg)
            leg.peer = other.name
        for leg in (a, b):
            leg.ends_both = ends_both
            self._take(leg)
        self._join(a)

    def hang_up(
        self, leg: LiveLeg, *, code: int = 0, reason: str = "", cause: EndCause = EndCause.US, text: str = ""
    ) -> None:
        """End the leg; its end is told at once, whatever SIP still has to settle."""
        headers = dict(causes.REASON) if reason == causes.ELSEWHERE else {}
        if code == 503:
            headers["Retry-After"] = "10"
        waiting = leg.origin is not Origin.DIALLED and not leg.accepted
        self._end_quietly(leg)
        heard = self._ua.hang_up(leg.call, (code or 480) if waiting else 0, headers)
        self._end(leg, cause, code=code, text=text, heard=heard)

    def _farewell_s(self, leg: LiveLeg, tone: str) -> float:
        """How long the leg stays: until its phone was told of a transfer, or while both who talk hear why it ends."""
        if self._transfers.is_being_told(leg.name):
            return TOLD_S
        if not tone or leg.state is not LegState.UP:
            return 0.0
        for one in (leg, self._legs.named(leg.peer)):
            if one is not None:
                self._audio.tell(one, (tone,))
        return TONE_S

    def find(self, name: str) -> LiveLeg | None:
        """The living leg of that name."""
        return self._legs.named(name)

    def snapshot(self) -> wire.Snapshot:
        """Everything alive now; what was missed is added by the server."""
        legs, recordings = tuple(leg.fact() for leg in self._legs), self.recordings.names()
        return wire.Snapshot(legs, recordings, (), self._capacity, self._boot, time.monotonic())

    def desk_left(self) -> None:
        """No desk any more: calls that nobody spoke to yet fall under the static rule."""
        for leg in self._legs:
            if leg.state is LegState.NEW and leg.origin is not Origin.DIALLED:
                self._fallback.take(leg)

    def close_all(self) -> None:
        """The switch ends: recordings are closed with the cause, then BYE to all."""
        self.recordings.close_all("switch stopped")
        for leg in self._legs:
            if self._legs.named(leg.name) is not None:
                self.hang_up(leg, code=503)

    # --- what calls do ------------------------------------------------------------------------------------------

    def take_fact(self, fact: CallFact, *, desk_listens: bool) -> None:
        """A callback's fact, in the order they came."""
        if isinstance(fact, CallArrived):
            self._arrived(fact, desk_listens=desk_listens)
            return
        leg = self._legs.of_call(fact.call)
        if leg is None:
            return
        match fact:
            case CallMoved():
                self._moved(leg, fact)
            case MediaChanged():
                self._media_changed(leg, fact)
            case TransferWanted():
                self._transfers.asked(leg, fact, desk_listens=desk_listens)
            case KeyPressed():
                self._early.pressed(leg, fact.digit)
            case _:
                assert_never(fact)

    def _arrived(self, fact: CallArrived, *, desk_listens: bool) -> None:
        if self._transfers.is_ours(fact):
            return
        leg = arrivals.admit(fact, self._legs, self._ua, self._capacity, self._emit, self._settings.urgent)
        if leg is not None and not desk_listens:
            self._fallback.take(leg)

    def _moved(self, leg: LiveLeg, fact: CallMoved) -> None:
        if fact.phase is Phase.ENDED:
            self._far_end(leg, fact)
        elif fact.phase is Phase.EARLY and leg.origin is Origin.DIALLED and leg.state is LegState.NEW:
            leg.state, leg.rings_at = LegState.RINGING, fact.contact
            if leg.alert is not None:
                leg.alert.cancel()
            self._emit(wire.Alerted(leg.name, time.monotonic()))
        elif fact.phase is Phase.ACCEPTED:
            leg.accepted, leg.evidence = True, fact.evidence
            self._if_up(leg)
            if leg.state is not LegState.UP and leg.origin is Origin.DIALLED:
                leg.silence_alarms()
                patience = time.monotonic() + _AUDIO_WITHIN
                leg.alert = self.alarms.at(
                    patience, lambda: self._give_up(leg, EndCause.FAULT, "answered without audio")
                )

    def _far_end(self, leg: LiveLeg, fact: CallMoved) -> None:
        cause = causes.of_far_end(leg, fact.code)
        self._end_quietly(leg, fact.gone_s)
        self._end(leg, cause, code=fact.code, text=fact.reason, heard=fact.heard)

    def _media_changed(self, leg: LiveLeg, fact: MediaChanged) -> None:
        if fact.port is None:
            if leg.accepted:
                self.hang_up(leg, cause=EndCause.FAULT)
            return
        if fact.held != leg.is_held:
            leg.is_held = fact.held
            self._emit(wire.HeldByPhone(leg.name, fact.held, time.monotonic()))
        self._audio.renew(leg, fact.port)
        self._early.came(leg)
        self._if_up(leg)
        self.recordings.leg_renewed(leg)

    def _if_up(self, leg: LiveLeg) -> None:
        """Answered means that both the 200 and the audio are there."""
        if leg.state is LegState.UP or not leg.accepted or leg.port is None:
            return
        leg.state = LegState.UP
        leg.silence_alarms()
        if leg.origin is Origin.DIALLED:
            self._emit(wire.Answered(leg.name, time.monotonic(), leg.evidence))
            self._fallback.answered(leg)
        if leg.peer:
            self._join(leg)
        elif leg.host:
            self._guests.came_up(leg)

    # --- who hears whom -----------------------------------------------------------------------------------------

    def _take(self, leg: LiveLeg) -> None:
        """Answer a call that came in; a phone that still rings answers by itself."""
        if leg.origin is not Origin.DIALLED and not leg.accepted:
            leg.accepted, leg.answered_at = True, time.monotonic()
            self._ua.answer(leg.call, 200)

    def _join(self, leg: LiveLeg) -> None:
        """Complete a bridge once both legs are up, in one turn: music and prompts stop as the voices start."""
        peer = self._legs.named(leg.peer)
        if peer is None or leg.bridged or LegState.UP not in (leg.state, peer.state) or leg.state is not peer.state:
            return
        for one in (leg, peer):
            self._audio.cut_prompts(one)
            one.hearing, one.bridged = Hearing.PEER, True
        self._audio.plan(leg)
        self._audio.plan(peer)
        self._emit(wire.Bridged(leg.name, peer.name, time.monotonic()))

    def _part(self, leg: LiveLeg) -> None:
        """Leave the leg's peer, which hears music instead; or the conversation whose guest it is."""
        if leg.host:
            self._guests.leave(leg)
        peer = self._legs.named(leg.peer) if leg.peer else None
        for one in (leg, peer):
            if one is not None:
                if one.bridged:
                    one.hearing = Hearing.MUSIC
                one.peer, one.bridged = "", False
                self._audio.plan(one)

    def _replan(self, leg: LiveLeg) -> None:
        """Bring about what everybody in the leg's conversation hears, and what is recorded of it."""
        self._audio.plan_around(leg)
        self.recordings.leg_renewed(leg)

    def _join_as_guest(self, order: wire.Join) -> None:
        leg, host = self._legs.named(order.leg), self._legs.named(order.host)
        if leg is None or host is None:
            self._tell_gone(order.leg, order.host)
            return
        if leg is host or leg.name == host.peer:
            raise SwitchError(f"leg {leg.name} was to be a guest of {host.name}, but it is one of the two who talk")
        if leg.peer:
            self._part(leg)
        self._guests.join(leg, host, order.mode)

    # --- recordings ---------------------------------------------------------------------------------------------

    def _record(self, order: wire.Record) -> None:
        left, right = self._legs.named(order.left), self._legs.named(order.right)
        if left is not None and right is not None:
            self.recordings.start(order.recording, (left, right), beep_s=order.beep_s)
        else:
            self._tell_gone(order.left, order.right)

    def _record_voice(self, leg: LiveLeg, order: wire.RecordVoice) -> None:
        """Listen to one leg alone, which hears nothing meanwhile; an order that comes twice changes nothing."""
        if order.recording not in self.recordings.names():
            self._part(leg)
            self._audio.cut_prompts(leg)
            leg.hearing = Hearing.SILENCE
            self._take(leg)
            self._audio.plan(leg)
        self.recordings.start(order.recording, (leg,), Listening(order.most_s, order.quiet_s))

    # --- ends ---------------------------------------------------------------------------------------------------

    def _with(self, name: str, work: Callable[[LiveLeg], None]) -> None:
        leg = self._legs.named(name)
        if leg is None:
            self._emit(self._legs.end_of(name))
        else:
            work(leg)

    def _tell_gone(self, *names: str) -> None:
        """Of several legs, tell which are gone."""
        for name in names:
            if self._legs.named(name) is None:
                self._emit(self._legs.end_of(name))

    def _give_up(self, leg: LiveLeg, cause: EndCause, text: str = "") -> None:
        """A ring or alert time ran out, or the call could not be placed."""
        if cause is EndCause.CAPACITY:
            self._capacity = min(self._capacity, len(self._legs) - 1)
        if self._legs.named(leg.name) is leg and leg.state is not LegState.UP:
            self.hang_up(leg, cause=cause, text=text)

    def _fell_silent(self, leg: LiveLeg) -> None:
        self.hang_up(leg, cause=EndCause.FAULT, text=f"no voice came from {leg.origin_id} any more")

    def _end_quietly(self, leg: LiveLeg, gone_s: float = 0.0) -> None:
        """Take the leg off the bridge and out of the recordings."""
        leg.silence_alarms()
        self.recordings.close_of_leg(leg.name, gone_s)
        self._audio.end(leg)

    def _end(self, leg: LiveLeg, cause: EndCause, *, code: int = 0, text: str = "", heard: int = 0) -> None:
        """Tell the end of a leg and end the other side of its conversation."""
        ended = Ended(leg.name, cause, time.monotonic(), code, text, heard)
        self._legs.end(leg, ended)
        self._emit(ended)
        logger.info("Leg %s ended: %s %s %s", leg.name, cause.value, code or "", text)
        self._fallback.ended(leg)
        self._dialling.ended(leg.name)
        peer = self._legs.named(leg.peer) if leg.peer else None
        if self._guests.ended(leg) or peer is None:
            return
        if leg.ends_both:
            self.hang_up(peer)
        else:
            self._part(peer)  # the desk says what becomes of it; until then it hears music
