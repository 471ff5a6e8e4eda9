"""Every order that the core can give is carried out, and what is not there is refused: none is forgotten."""

from pathlib import Path
from typing import get_args

import pytest

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.engine import Acd
from appliance.acd.talk import Mode
from appliance.desk.alarms import Alarms
from appliance.desk.features import Features
from appliance.desk.legs import Legs
from appliance.desk.translate import Translator
from appliance.desk.voicemail import Voicemail
from appliance.desk.ways_out import WaysOut
from appliance.wire import Origin
from tests.support.desk_office import running_box, settings
from tests.support.fake_messages import FakeMessages


async def _never() -> None:
    """Nothing is committed here: no feature code is told about."""


class Between:
    """A translator between a real core, in which sato is rung for one caller, and a list of what the switch is told."""

    def __init__(self, tmp_path: Path) -> None:
        plan = settings(tmp_path)
        self.acd, self.legs = Acd(), Legs("m")
        self.said: list[wire.Message] = []
        self.posted: list[ev.Event] = []
        ways_out = WaysOut(plan, lambda: (), self.said.append, Alarms())
        features = Features(plan, self._post, self.said.append, lambda: self.acd.view(1.0), _never)
        voicemail = Voicemail(
            self.acd, self.legs, self._post, self.said.append, FakeMessages(), Alarms(), tmp_path / "recordings"
        )
        self.translator = Translator(
            plan, self.acd, self.legs, self._post, self.said.append, lambda closed: None, ways_out, features, voicemail
        )
        self._post(ev.Configured(plan.office))
        self._post(ev.PhoneFound("sato"))
        self._post(ev.DutyOn("sato", "test"))
        self.translator.heard(wire.Incoming("leg", Origin.TRUNK, "carrier", "0312345678", "", "200", 1.0))
        (self.contact,) = self.acd.state.contacts
        (self.offer,) = self.acd.state.offers
        self.posted.clear()

    def _post(self, event: ev.Event) -> None:
        self.posted.append(event)
        self.acd.handle(event, 1.0)


def order(kind: type[do.Command], contact: str, offer: str) -> do.Command:
    """An order of that kind about the one caller and the one offer."""
    orders: tuple[do.Command, ...] = (
        do.RingCaller(contact),
        do.HoldCaller(contact),
        do.OpenOffer(offer, contact, "sato", "front", 20.0, 4.0),
        do.WithdrawOffer(offer, "test"),
        do.Connect(contact, offer),
        do.RecordConversation("r1", contact, offer),
        do.DismissCaller(contact, "nobody_available", "no_agent"),
        do.AnnouncePosition(contact, 1),
        do.SendCaller(contact, Kind.VOICEMAIL, "", 1, 20.0, "key"),
        do.SayToCaller(contact, "closed", 1),
        do.TellCaller(contact, ("closing",)),
        do.AskMenu(contact, ("menu_choose",), 0),
        do.ReleaseCaller(contact, "test"),
        do.PauseRecording("r1", paused=True),
        do.TellAgent(offer, ("recording_paused",)),
        do.TellTalking(contact, ("recording_notice",)),
        do.RingCoach("k1", "eve", "103", "sato", 20.0, is_help=False),
        do.LetCoachIn("k1", "", offer, Mode.WHISPER),
        do.AskCoach("k1", ""),
        do.TakeOver("k1", "", contact, "r2"),
        do.DropCoach("k1", "", "over"),
        do.OfferCallback(contact, "2"),
        do.ReadBackNumber(contact, "0312345678"),
        do.AskNumber(contact),
        do.RefuseNumber(contact, "110"),
        do.PromiseCallback(contact, "0312345678", 1),
        do.DialCustomer(contact, "0312345678", 1, 30.0),
        do.AskCustomer(contact, 1),
        do.LeaveMessage(contact, 1),
        do.CancelDial(contact, 1),
        do.RingTarget(offer, contact, Kind.USER, "102", "", 20.0, 8.0),
        do.AdoptLeg(offer, "x-leg"),
        do.LetConsult(offer, "o9"),
        do.StopRecording("r1"),
        do.DismissAgent(offer, "caller_gone"),
        do.RefuseTransfer(contact, offer, "self"),
        do.AskAgent("n1", "sato", 20.0),
        do.StopAsking("n1", ""),
    )
    return next(one for one in orders if type(one) is kind)


TOLD_TO_THE_SWITCH: dict[type[do.Command], type[wire.Message]] = {
    do.RingCaller: wire.Ring,
    do.HoldCaller: wire.Hold,
    do.OpenOffer: wire.Dial,
    do.WithdrawOffer: wire.Hangup,
    do.Connect: wire.Bridge,
    do.RecordConversation: wire.Record,
    do.DismissCaller: wire.Play,
    do.SayToCaller: wire.Play,
    do.TellCaller: wire.Play,
    do.AskMenu: wire.Play,
    do.ReleaseCaller: wire.Hangup,
    do.PauseRecording: wire.PauseRecording,
    do.TellAgent: wire.Tell,
    do.TellTalking: wire.Tell,
    do.RingCoach: wire.Dial,
    do.LetCoachIn: wire.Join,
    do.AskCoach: wire.Tell,
    do.TakeOver: wire.Record,
    do.DropCoach: wire.Hangup,
    do.SendCaller: wire.Play,
    do.AnnouncePosition: wire.Play,
    do.OfferCallback: wire.Play,
    do.ReadBackNumber: wire.Play,
    do.AskNumber: wire.Play,
    do.RefuseNumber: wire.Play,
    do.PromiseCallback: wire.Play,
    do.DialCustomer: wire.Dial,
    do.AskCustomer: wire.Play,
    do.LeaveMessage: wire.Play,
    do.CancelDial: wire.Hangup,
    do.RingTarget: wire.Dial,
    do.LetConsult: wire.Bridge,
    do.StopRecording: wire.StopRecording,
    do.DismissAgent: wire.Play,
    do.AskAgent: wire.Dial,
    do.StopAsking: wire.Hangup,
}
# Known from now on, and told to a phone that asked by REFER only.
NOTED = {do.AdoptLeg, do.RefuseTransfer}


def test_no_order_of_the_core_is_unknown_here() -> None:
    assert {*TOLD_TO_THE_SWITCH, *NOTED} == set(get_args(do.Command))


@pytest.mark.parametrize("kind", get_args(do.Command), ids=lambda kind: kind.__name__)
def test_every_order_is_carried_out(kind: type[do.Command], tmp_path: Path) -> None:
    between = Between(tmp_path)
    between.translator.carry_out([order(kind, between.contact, between.offer)])
    said = [type(one) for one in between.said]
    assert (said[-1:], between.posted) == ([TOLD_TO_THE_SWITCH[kind]] if kind not in NOTED else [], [])


@pytest.mark.parametrize("kind", [Kind.USER, Kind.EXTERNAL, Kind.MENU])
def test_a_caller_who_cannot_be_sent_there_is_given_back_with_the_same_hop(kind: Kind, tmp_path: Path) -> None:
    between = Between(tmp_path)
    between.translator.carry_out([do.SendCaller(between.contact, kind, "x", 3, 20.0, "closed")])
    (refusal,) = between.posted
    assert isinstance(refusal, ev.CouldNotSend)
    assert (refusal.contact, refusal.hop) == (between.contact, 3)
    assert refusal.why != ""


async def test_a_chain_of_which_nothing_is_there_ends_in_its_message(tmp_path: Path) -> None:
    steps = tuple(Destination(kind, "x") for kind in (Kind.USER, Kind.EXTERNAL, Kind.MENU))
    async with running_box(tmp_path, no_agent_s=0.0, chains=(Chain(Reason.NO_AGENT, steps),)) as box:
        leg = box.switch.rings()
        assert (await box.switch.is_asked(wire.Play, leg=leg)).prompts == ("nobody_available",)
        box.switch.prompt_ends(leg)
        await box.switch.is_asked(wire.Hangup, leg=leg)
        assert (await box.recorded("dismissed")).number == "0312345678"


async def test_a_waiting_callers_key_reaches_the_queue_and_others_mean_nothing(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", voicemail_digit="1") as box:
        talking, _ = await box.talking()
        waiting = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Hold, leg=waiting)
        for leg, digit in ((talking, "1"), (waiting, "2"), (waiting, "1")):
            box.switch.presses(leg, digit)
        said = await box.switch.is_asked(wire.Play, prompts=("voicemail_greeting", "beep"))
        await box.desk.control.settled()
        assert len(box.view.calls) == 1
        assert [one.prompts for one in box.switch.commands(wire.Play)] == [("voicemail_offer", "press_1"), said.prompts]
        assert {one.leg for one in box.switch.commands(wire.Play)} == {waiting}
