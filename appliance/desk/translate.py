"""Between the core and the switch: what legs do becomes what callers and agents do, and orders become messages.

Stateless but for `Legs`: whatever must be known after a restart is in the core's state or in the legs' names.
"""

import logging
from collections.abc import Callable, Sequence
from typing import assert_never

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import consent
from appliance.acd import events as ev
from appliance.acd.chains import Kind
from appliance.acd.engine import Acd
from appliance.acd.model import TALKS, ContactState
from appliance.desk import spoken
from appliance.desk.agent_keys import AgentKeys
from appliance.desk.asking import Asking
from appliance.desk.doubts import Doubts
from appliance.desk.exits import Exits
from appliance.desk.exits import Order as ExitOrder
from appliance.desk.features import Features
from appliance.desk.legs import Legs, Post, Say
from appliance.desk.own_calls import OwnCalls
from appliance.desk.passing import Passing
from appliance.desk.routing import Refusal, ToFeature, ToOutside, ToPhone, ToQueue, arrival, masked, route
from appliance.desk.settings import DeskSettings
from appliance.desk.supervisor_codes import SupervisorCodes
from appliance.desk.talks import Talks
from appliance.desk.voicemail import Voicemail
from appliance.desk.way_back import WayBack
from appliance.desk.ways_out import Use, WaysOut
from appliance.wire import EndCause, Origin

logger = logging.getLogger(__name__)

ELSEWHERE = "Call completed elsewhere"
FROM_OUTSIDE = "<urn:alert:source:external>"
"""Alert-Info of a queue's call (RFC 7462): phones ring differently than for a colleague (S-01)."""

_Asked = wire.HeldByPhone | wire.TransferAsked | wire.TextCame | wire.TextSent
RecordingOver = Callable[[wire.RecordingClosed], None]


class Translator:
    """Both directions. `post` tells the core, `say` tells the switch, `recording_over` tells storage."""

    def __init__(
        self,
        settings: DeskSettings,
        acd: Acd,
        legs: Legs,
        post: Post,
        say: Say,
        recording_over: RecordingOver,
        ways_out: WaysOut,
        features: Features,
        voicemail: Voicemail,
    ) -> None:
        self._settings, self._acd, self._legs, self._post, self._say = settings, acd, legs, post, say
        self._recording_over = recording_over
        self.before_arrival: Callable[[], object] = lambda: None
        """Called before the core hears of a new caller: the hours are judged for each (§3.7)."""
        self.snapshot_heard: Callable[[wire.Snapshot], None] = lambda snapshot: None
        """Called with snapshots that were asked for in the middle of a connection."""
        self.text_heard: Callable[[wire.TextCame | wire.TextSent], None] = lambda text: None
        """Called with what phones write, and with how what was written to them ended (S-20)."""
        self.ways_out, self._features = ways_out, features
        ways_out.use_of = self._use_of
        self.own_calls = OwnCalls(settings, acd, legs, post, say, ways_out)
        self._agent_keys = AgentKeys()
        self.asking = Asking(settings, acd, legs, post, say)
        self.doubts = Doubts(acd, legs, post)
        self.talks = Talks(settings, acd, legs, post, say, self.own_calls)
        self.supervisor_codes = SupervisorCodes(settings, self.talks, post, say)
        self.exits = Exits(settings, acd, legs, post, say, self.own_calls, ways_out, voicemail)
        self.way_back = WayBack(settings, acd, legs, say, self.own_calls)
        self.passing = Passing(settings, acd, legs, post, say, self.own_calls)
        self.passing.house.admit = self.admit

    # --- orders of the core ---------------------------------------------------------------------------------------

    def carry_out(self, commands: Sequence[do.Command]) -> None:
        """Send what the core ordered, in order."""
        for command in commands:
            self.exits.note(command)
            self._carry_out(command)
        self.exits.batch_done()

    def _carry_out(self, command: do.Command) -> None:
        match command:
            case do.RingCaller(contact):
                self._to_caller(contact, lambda leg: self._name(leg, contact))
            case do.HoldCaller(contact):
                self._to_caller(contact, lambda leg: self._hold(leg, contact))
            case do.OpenOffer():
                self._dial(command)
            case do.WithdrawOffer(offer, why, elsewhere):
                logger.info("Offer %s is withdrawn: %s", offer, why)
                self.passing.released(offer)
                self._say(wire.Hangup(self._legs.offer_leg(offer), reason=ELSEWHERE if elsewhere else ""))
            case do.Connect(contact, offer):
                self._to_caller(contact, lambda leg: self._say(wire.Bridge(leg, self._legs.offer_leg(offer))))
            case do.RecordConversation():
                self.record(command)
            case do.DismissCaller(contact, prompt, why):
                logger.info("Contact %s is dismissed: %s", contact, why)
                self._to_caller(contact, lambda leg: self._say(wire.Play(leg, (prompt,), then_silence=True)))
            case do.SayToCaller() | do.TellCaller() | do.AskMenu():
                self._tell(command)
            case _ if isinstance(command, ExitOrder):
                self.exits.carry_out(command)
            case _ if isinstance(command, do.TalkOrder | do.TransferOrder | do.NagOrder):
                self._talk(command)
            case do.ReleaseCaller(contact):
                self._to_caller(contact, lambda leg: self._say(wire.Hangup(leg)))
            case _:
                assert_never(command)

    def _talk(self, command: do.TalkOrder | do.TransferOrder | do.NagOrder) -> None:
        """Supervisors and recordings of a conversation; callers who are passed on from one; agents who are asked."""
        if isinstance(command, do.TransferOrder):
            self.passing.carry_out(command)
        elif isinstance(command, do.NagOrder):
            self.asking.carry_out(command)
        else:
            self.talks.carry_out(command)

    def _tell(self, order: do.SayToCaller | do.TellCaller | do.AskMenu) -> None:
        """Prompts for a caller who goes on being held, or is asked in a menu."""
        match order:
            case do.AskMenu():
                self._to_caller(order.contact, lambda leg: self._ask(leg, order))
            case do.TellCaller():
                self.exits.call_back.tell(order.contact, order.prompts)
            case do.SayToCaller():
                self._to_caller(
                    order.contact, lambda leg: self._say(wire.Play(leg, (order.prompt,), order.then_silence))
                )

    def _ask(self, leg: str, order: do.AskMenu) -> None:
        if self._legs.needs_name(leg):
            self._say(wire.Ring(leg, order.contact))
        self._say(wire.Play(leg, order.prompts, then_silence=True))

    def record(self, order: do.RecordConversation) -> None:
        """Have the conversation recorded, agent left and caller right."""
        self._legs.recordings[order.recording] = order.contact
        left = self._legs.offer_leg(order.offer)
        self._to_caller(order.contact, lambda leg: self._say(wire.Record(order.recording, left, leg, order.beep_s)))

    def _to_caller(self, contact: str, say: Callable[[str], None]) -> None:
        if leg := self._legs.leg_of(contact):
            say(leg)

    def _name(self, leg: str, contact: str) -> None:
        self._legs.needs_name(leg)
        self._say(wire.Ring(leg, contact))

    def _hold(self, leg: str, contact: str) -> None:
        if self._legs.needs_name(leg):
            self._say(wire.Ring(leg, contact))
        self._say(wire.Hold(leg))

    def _dial(self, order: do.OpenOffer) -> None:
        agent, contact = self._acd.agent(order.agent), self._acd.contact(order.contact)
        if agent is None or contact is None:
            return  # gone in the same batch
        queue = next((one for one in self._settings.office.queues if one.queue == order.queue), None)
        shown = f"[{queue.name or queue.queue}] " if queue is not None else ""
        logger.info("Contact %s (%s) is offered to %s", order.contact, masked(contact.number), order.agent)
        self._say(
            wire.Dial(
                leg=self._legs.offer_leg(order.offer),
                to=f"sip:{agent.settings.phone}@{self._settings.realm}",
                number=contact.number,
                name=shown + spoken.mark(contact, self._settings.language) + (contact.name or contact.number),
                ring_s=order.ring_s,
                alert_s=order.alert_s,
                contact=order.contact,
                alert_info=FROM_OUTSIDE,
            )
        )

    # --- what the switch tells ------------------------------------------------------------------------------------

    def heard(self, event: wire.Event) -> None:
        """Tell the core what an event of the switch means."""
        match event:
            case wire.Incoming():
                self.admit(event)
            case wire.Alerted(leg):
                self._post_offer(leg, ev.OfferAlerted)
                self.own_calls.alerted(leg)
            case wire.Answered():
                self._answered(event)
            case wire.Bridged(a, b):
                self._bridged(a, b)
            case wire.Ended():
                self.ended(event)
            case wire.PromptEnded():
                self._prompt_ended(event)
            case wire.RecordingStarted(recording):
                self.recording_began(recording)
            case wire.RecordingClosed():
                self.recording_closed(event)
            case wire.Refused():
                self._refused(event)
            case wire.Digit(leg, digit, at):
                self._digit(leg, digit, at)
            case _:
                self._heard_aside(event)

    def _answered(self, event: wire.Answered) -> None:
        leg = event.leg
        if not self.doubts.answered(leg, event.at):
            self._post_offer(leg, ev.OfferAccepted)
        self.own_calls.answered(leg, event.evidence)
        self.way_back.answered(leg)
        self.talks.answered(leg)
        self.asking.answered(leg)
        self.exits.answered(leg)

    def _heard_aside(self, event: _Asked | wire.LineState | wire.Snapshot | wire.Joined) -> None:
        """What agents' phones ask for and write, and what changes nothing by itself."""
        if isinstance(event, wire.Snapshot):
            self.snapshot_heard(event)
        elif isinstance(event, wire.HeldByPhone | wire.TransferAsked):
            self.passing.heard(event)
        elif isinstance(event, wire.TextCame | wire.TextSent):
            self.text_heard(event)
        else:
            logger.debug("Nothing to do for %s", type(event).__name__)

    def admit(self, call: wire.Incoming) -> None:
        """A call came in: into its queue, a feature code, to another phone, outside, or refused."""
        if not call.is_half_duplex and self.way_back.takes(call):
            if call.origin is Origin.LINE:
                self.ways_out.came_in(call.leg, call.origin_id)
            return
        to = route(call, self._settings)
        match to:
            case ToQueue(queue):
                self._to_queue(call, queue)
            case ToFeature(asked) if self.supervisor_codes.takes(asked):
                self.supervisor_codes.dial(call, asked)
            case ToFeature(asked):
                self._features.dial(call, asked)
            case ToPhone() | ToOutside():
                self.own_calls.begin(call, to)
            case Refusal(code, sentence, is_grave):
                logger.log(logging.ERROR if is_grave else logging.WARNING, "Refused (%d): %s", code, sentence)
                self._say(wire.Hangup(call.leg, code))
            case _:
                assert_never(to)

    def ended(self, event: wire.Ended) -> None:
        """A leg is gone: a caller hung up, an offer has its outcome, a phone's own call is over."""
        self.ways_out.ended(event.leg)
        self.passing.ended(event.leg)
        contact = self._legs.drop(event.leg)
        if contact and not self.exits.caller_gone(contact):
            self._post(ev.CallerHungUp(contact))
        if self._legs.offer_of(event.leg):
            self._offer_ended(event)
        self.own_calls.ended(event)
        self.way_back.ended(event.leg)
        self.exits.ended(event)
        self._features.ended(event.leg)
        self.talks.ended(event.leg)
        self.asking.ended(event.leg)
        self.supervisor_codes.ended(event.leg)
        self._agent_keys.forget(event.leg)
        self._legs.forget_adopted(event.leg)

    def recording_began(self, recording: str) -> None:
        """The recorder wrote its first frame (I-13)."""
        if self.exits.voicemail.began(recording):
            return
        if contact := self._legs.recordings.get(recording, ""):
            self._post(ev.RecordingBegan(contact, recording))

    def recording_closed(self, event: wire.RecordingClosed) -> None:
        """A recording is over: the indicator goes (S-07), the record gets its length and cause."""
        if self.exits.voicemail.closed(event):
            return
        contact = self._legs.recordings.pop(event.recording, "")
        self._post(ev.RecordingEnded(contact, event.recording))
        if event.cause:
            logger.warning("Recording %s is short or missing: %s", event.recording, event.cause)
        self._recording_over(event)

    def _to_queue(self, call: wire.Incoming, queue: str) -> None:
        contact = self._legs.contact_for(call)
        self._legs.bind(contact, call.leg)
        if call.origin is Origin.LINE:
            self.ways_out.came_in(call.leg, call.origin_id)
        if self._acd.contact(contact) is not None:
            logger.info("Contact %s is back on %s", contact, call.origin_id)
            self._post(ev.CallerReturned(contact))
            return
        self.before_arrival()
        logger.info("Contact %s: %s calls queue %s by %s", contact, masked(call.number), queue, call.origin_id)
        self._post(arrival(call, contact, queue, self._settings))
        if call.origin is Origin.PHONE:
            self.own_calls.started(call.origin_id, call.leg, outbound=True)

    def _use_of(self, leg: str) -> Use:
        """What an emergency call would end: nobody talks with a caller who only waits (§3.10)."""
        if self.way_back.is_on(leg):
            return Use.EMERGENCY
        contact = self._acd.contact(self._legs.contact_of(leg))
        return Use.QUEUE if contact is not None and contact.state in TALKS else Use.WAITING

    def _post_offer(self, leg: str, event: type[ev.OfferAlerted | ev.OfferAccepted]) -> None:
        if offer := self._legs.offer_of(leg):
            self._post(event(offer))

    def _bridged(self, a: str, b: str) -> None:
        for caller, other in ((a, b), (b, a)):
            contact, offer = self._legs.contact_of(caller), self._legs.offer_of(other)
            if contact and offer:
                self._post(ev.Bridged(contact, offer))
        for leg in (a, b):
            self.own_calls.bridged(leg)
            self.own_calls.connected(leg)

    def _offer_ended(self, event: wire.Ended) -> None:
        offer = self._legs.offer_of(event.leg)
        if self._acd.offer(offer) is None:
            return  # we hung it up ourselves and the core has forgotten it
        match event.cause:
            case EndCause.REJECTED:
                self._post(ev.OfferRejected(offer))
            case EndCause.BUSY:
                self._post(ev.OfferBusy(offer))
            case EndCause.NO_ANSWER:
                self._post(ev.OfferTimedOut(offer))
            case EndCause.UNREACHABLE | EndCause.CAPACITY:
                self._post(ev.OfferUnreachable(offer))
            case EndCause.FAR | EndCause.US | EndCause.FAULT | EndCause.GONE:
                self._post(ev.OfferLegEnded(offer))

    def _digit(self, leg: str, digit: str, at: float) -> None:
        """A key. A caller's in a talk may be a card's and is kept nowhere, but for a yes to being recorded (S-08)."""
        if any(one.pressed(leg, digit) for one in (self.doubts, self.talks, self.asking, self.supervisor_codes)):
            return
        if (offer := self._acd.offer(self._legs.offer_of(leg))) is not None:
            if self.passing.key(offer, leg, digit, at):
                return
            meant = self._agent_keys.pressed(leg, offer.agent, digit)
            if meant is not None:
                self._post(meant)
        else:
            self.passing.house_key(leg, digit, at)
        contact = self._acd.contact(self._legs.contact_of(leg))
        now = self.doubts.clock.of_monotonic(at)
        if contact is not None and (contact.state not in TALKS or consent.is_awaited(contact, digit, now)):
            self._post(ev.DigitPressed(contact.contact, digit))
            self.exits.voicemail.pressed(contact.contact, digit)

    def _prompt_ended(self, event: wire.PromptEnded) -> None:
        if event.cut:
            return
        self.talks.prompt_ended(event.leg)
        self.asking.prompt_ended(event.leg)
        self.supervisor_codes.prompt_ended(event.leg)
        if not self.exits.prompt_over(event.leg, self._legs.contact_of(event.leg)):
            self._message_over(event.leg)
            self._features.said(event.leg)
            self.passing.prompt_over(event.leg)
            self.own_calls.prompt_over(event.leg)

    def _message_over(self, leg: str) -> None:
        """A message was said: the last one ends in hanging up (D-06), one before a chain goes on along it (S-37)."""
        contact = self._acd.contact(self._legs.contact_of(leg))
        if contact is not None and contact.state in (ContactState.MENU, ContactState.PLACING):
            self._post(ev.MessageSaid(contact.contact, contact.hops))
        if contact is None or contact.state is not ContactState.FALLBACK:
            return
        if contact.sent_to is Kind.MESSAGE:
            self._say(wire.Hangup(leg))
        elif contact.sent_to is None:
            self._post(ev.MessageSaid(contact.contact, contact.hops))

    def _refused(self, event: wire.Refused) -> None:
        logger.warning("The switch refused %s: %s", event.command, event.why)
        if event.command == "Play":
            if not self.exits.refused(event.leg, self._legs.contact_of(event.leg)):
                self._message_over(event.leg)
            self._features.said(event.leg)
            self.passing.prompt_over(event.leg)
            self.own_calls.prompt_over(event.leg)
        elif event.command == "Dial" and (offer := self._legs.offer_of(event.leg)):
            self._post(ev.OfferUnreachable(offer))
