"""F10 to F13, F19, F20: whole calls on a line whose card, caller or exchange misbehaves, in virtual time (fxo §3.5)."""

import pytest

from appliance.lines.facts import LegEnded
from appliance.lines.states import State
from hw.modem.countries import COUNTRIES
from hw.sim.eventlog import What
from hw.sim.party import CallerState, HangUp, RemoteParty
from hw.sim.sound import Tone
from hw.sim.voices import babble
from tests.lines.virtual import WholeLine


@pytest.mark.parametrize("ppm", [-200.0, 200.0])
def test_f10_two_clocks_200_ppm_apart_keep_the_delay_and_lose_nothing_audible(tmp_path, ppm):
    line = WholeLine(tmp_path, ppm=ppm).in_service()
    line.called(voice=babble(20.0))
    line.run(60.0)
    deepest = shallowest = line.pipes.from_line.level
    for _ in range(480):
        line.run(0.25)
        deepest = max(deepest, line.pipes.from_line.level, line.pipes.to_line.level)
    assert deepest / 8 < 70, "ms inside a pipe"
    assert shallowest >= 0
    assert line.pipes.from_line.repeats == line.pipes.to_line.repeats == 0
    stats = line.core.stats(line.now)
    assert (stats.underruns, stats.overruns) == (0, 0)
    line.bye()
    assert line.wrongs() == []


@pytest.mark.parametrize("end", ["our side", "the caller", "the device"])
def test_f13_nobody_hears_a_moment_of_the_call_before(tmp_path, end):
    """A leg is up 0.3 s before the card has sound; the last caller's last word was repeated so long."""
    line = WholeLine(tmp_path).in_service()
    line.called(voice=Tone([1000]))
    line.run(2.0)
    assert any(line.pipes.from_line.pull(160))
    if end == "our side":
        line.bye()
    elif end == "the caller":
        line.core.line.hang_up(HangUp.LOOP_DROP, line.now)
        line.over()
    else:
        line.line.failed("it is gone")
    assert not any(line.pipes.from_line.pull(800))


def test_f11_a_flood_of_reports_is_one_alarm_and_hardly_a_line_of_log(tmp_path, caplog):
    line = WholeLine(tmp_path).in_service()
    party = line.called(voice=babble(5.0))
    with caplog.at_level("INFO"):
        for _ in range(300):
            line.fault("card.event", text="u", count=10)
            line.fault("card.event", text="o", count=2)
            line.run(0.02)
    assert party.state is CallerState.CONNECTED
    assert len(caplog.records) <= 3
    assert "carries less than a call needs" in line.line.alarm
    line.bye()
    line.run(2.0)
    assert line.line.alarm == "", "the next look at the line finds it well"


@pytest.mark.parametrize(("ms", "survives"), [(300, True), (1800, True), (3000, False), (0, False)])
def test_f12_a_frozen_card_costs_the_call_only_after_two_seconds_and_frees_the_leg_within_three(tmp_path, ms, survives):
    line = WholeLine(tmp_path).in_service()
    line.called(voice=Tone([1000]))
    line.fault("card.freeze", ms)
    line.run(3.0)
    assert line.is_leg_up is survives
    assert (line.line.state is State.TALKING) is survives
    if not survives:
        assert "no sound came from the modem" in line.line.alarm
        line.fault("card.reset") if ms == 0 else None
        assert not line.core.is_off_hook


@pytest.mark.parametrize("offset", [-0.8, -0.3, -0.15, -0.05, 0.0, 0.05, 0.15, 0.3, 0.8])
@pytest.mark.parametrize("code", ["JP", "US"])
def test_f19_a_caller_who_leaves_around_the_answer_is_no_ghost_at_the_agents_ear(tmp_path, offset, code):
    line = WholeLine(tmp_path, code=code, answers=4.0).in_service()
    party = RemoteParty("0312345678", None, babble(5.0))
    line.core.line.ring(party, line.now)
    while not line.trunk.invitations:
        line.run(0.05)
    line.run(4.0 + offset - 0.05)
    was_connected = party.state is CallerState.CONNECTED
    if was_connected:
        line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    elif party.state is CallerState.RINGING:
        line.core.line.give_up(line.now)
    gone = line.now
    line.state(State.IDLE)
    over = max((at for at, state, _ in line.told if state in (State.RELEASING, State.GUARD)), default=line.now)
    leg_began = next((at for at, state, _ in line.told if state is State.ANSWERING), over)
    if was_connected:
        assert over - gone <= 4.0, "as any hang-up by busy tone"
    elif any(state is State.ANSWERING for _, state, _ in line.told):
        assert over - max(gone, leg_began) <= 3.0
    assert line.trunk.hung_up, "the leg was ended"
    assert line.wrongs() == []


@pytest.mark.parametrize("code", COUNTRIES)
def test_f20_the_exchange_of_every_country_rings_is_answered_and_gives_up_in_time(tmp_path, code):
    """F20 partly: that a single spurious ring is no missed call is the desk's to say."""
    line = WholeLine(tmp_path, code=code, answers=None).in_service()
    party = RemoteParty("0312345678", None, None)
    line.core.line.ring(party, line.now)
    line.run(3.2 * COUNTRIES[code].ring_period)
    assert line.line.state is State.RINGING
    assert [one.number for one in line.trunk.invitations] == ["0312345678"]
    last = line.moments(What.RING_STARTED)[-1]
    line.core.line.give_up(line.now)
    line.state(State.GUARD)
    assert line.now - last <= COUNTRIES[code].abandoned_after + 0.1
    assert len(line.trunk.hung_up) == 1
    line.state(State.IDLE)
    line.answers = 0.2
    line.called(voice=babble(2.0))
    line.core.line.hang_up(HangUp.BUSY_TONE, line.now)
    assert line.over() <= 4.0


@pytest.mark.parametrize("pause", [1.0, 2.5, 3.5])
@pytest.mark.parametrize("refused", [True, False])
def test_f20_the_next_caller_is_not_taken_for_the_one_who_just_gave_up(tmp_path, pause, refused):
    line = WholeLine(tmp_path, answers=None).in_service()
    first, second = RemoteParty("0311111111", None, None), RemoteParty("0322222222", None, None)
    line.core.line.ring(first, line.now)
    while not line.trunk.invitations:
        line.run(0.05)
    if refused:
        line.line.leg(LegEnded(line.trunk.invitations[0].attempt, 603, "no"), line.now)
    line.core.line.give_up(line.now)
    line.run(pause)
    line.core.line.ring(second, line.now)
    line.run(4.0)
    assert [one.number for one in line.trunk.invitations] == ["0311111111", "0322222222"]
    assert line.trunk.hung_up == ([] if refused else [line.trunk.invitations[0].attempt])


def test_f20_one_spurious_ring_takes_no_line_and_is_forgotten(tmp_path):
    line = WholeLine(tmp_path, code="US", answers=None).in_service()
    line.fault("card.garbage", text=b"\r\nRING\r\n".hex())
    line.run(0.1)
    assert line.line.state is State.RINGING
    line.state(State.IDLE, seconds=15.0)
    assert line.moments(What.WENT_OFF_HOOK) == []
    assert len(line.trunk.hung_up) == len(line.trunk.invitations)


@pytest.mark.parametrize("wire", ["byte-by-byte", "late"])
def test_whole_calls_go_well_over_bad_wires_too(tmp_path, wire):
    from tests.hw.modem.scripted import WIRES

    line = WholeLine(tmp_path, wire=next(one for one in WIRES if one.name == wire)).in_service()
    for mode in (HangUp.BUSY_TONE, HangUp.LOOP_DROP):
        line.called(voice=babble(5.0))
        line.run(1.0)
        line.core.line.hang_up(mode, line.now)
        assert line.over() < 6.0
        line.state(State.IDLE)
        line.run(3.0)
    assert [wrong for wrong in line.wrongs() if "sample" not in wrong] == []
