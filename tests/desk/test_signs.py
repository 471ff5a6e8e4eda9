"""What the fittings' outputs say: the stack light, the closing lamp, the buzzers."""

import itertools

import pytest

from appliance.acd import events as ev
from appliance.acd.house import Held
from appliance.acd.view import AgentView, OfficeView, QueueView, Status, WaitingView
from appliance.desk import contacts, signs
from appliance.desk.contacts import ContactSettings
from appliance.desk.lamps import PATTERNS
from appliance.desk.signs import BEACON, EMERGENCY, Rhythm, beacon, closing_lamp, counting, sound
from hw.fittings import Kind, Spot

TARGET_S = 60.0


def office(*statuses: Status, waits: tuple[float, ...] = (), is_open: bool = True, **fields: object) -> OfficeView:
    agents = tuple(AgentView(f"a{n}", "", "", n, status, 0.0) for n, status in enumerate(statuses, 1))
    waiting = tuple(WaitingView(f"c{n}", n, "front", "", "", "", since) for n, since in enumerate(waits, 1))
    return OfficeView(1, 0.0, agents, waiting, queues=(QueueView("front", is_open),), **fields)  # type: ignore[arg-type]


# --- the stack light


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (office(Status.AVAILABLE), "idle"),
        (office(Status.AVAILABLE, waits=(41.0,)), "waiting"),
        (office(Status.ON_CALL, waits=(41.0, 40.0)), "overdue"),
        (office(Status.OFF, Status.OFF_PROMPT, Status.OFF_ON_CALL, Status.UNREACHABLE), "nobody"),
        (office(Status.OFF, waits=(41.0,)), "nobody"),
        (office(Status.OFF, waits=(40.0,)), "overdue"),
        (office(Status.OFF, is_open=False), "closed"),
        (office(Status.AVAILABLE, is_open=False), "closed"),
        (office(Status.OFF, waits=(41.0,), is_open=False), "nobody"),
        (office(Status.WRAP_UP, waits=(41.0,), is_open=False), "waiting"),
        (office(Status.AVAILABLE, waits=(1.0,), notices=("fire",)), "notice"),
        (OfficeView(1, 0.0), "nobody"),
    ],
)
def test_the_stack_light_says_the_worst_that_is_so(view: OfficeView, says: str) -> None:
    """U-02: the stack light."""
    assert beacon(view, 100.0, TARGET_S)[0].id == says


def test_the_stack_light_turns_red_by_time_alone_exactly_when_the_longest_wait_passes_the_target() -> None:
    """U-02: the stack light."""
    view = office(Status.ON_CALL, waits=(41.0, 90.0))
    _, changes_at = beacon(view, 100.0, TARGET_S)
    assert changes_at == 101.0
    assert beacon(view, changes_at, TARGET_S)[0].id == "overdue"


def onsets(rhythm: Rhythm) -> list[float]:
    at, found, was = 0.0, [], rhythm[-1][0]
    for on, seconds in (*rhythm, *rhythm):
        if on and not was:
            found.append(at)
        at, was = at + seconds, on
    return found


EVERY_RHYTHM = [
    *(rhythm for sign in (*BEACON.values(), EMERGENCY) for _, rhythm in sign.shows),
    *(counting(number) for number in range(12)),
    *signs.SOUNDS.values(),
]


@pytest.mark.parametrize("rhythm", EVERY_RHYTHM)
def test_no_sign_comes_on_more_than_two_and_a_half_times_a_second(rhythm: Rhythm) -> None:
    gaps = [after - before for before, after in itertools.pairwise(onsets(rhythm))]
    assert all(gap >= 0.4 - 1e-9 for gap in gaps)


def test_red_of_the_stack_light_comes_on_at_most_once_in_two_seconds() -> None:
    for sign in BEACON.values():
        times = onsets(dict(sign.shows).get("red", signs.DARK))
        assert all(after - before >= 2.0 for before, after in itertools.pairwise(times))


def test_what_the_stack_light_says_is_told_by_place_and_rhythm_alone_or_means_that_somebody_must_act() -> None:
    shown = {sign.id: sign.shows for sign in BEACON.values()}
    assert shown.pop("overdue") == shown.pop("nobody")
    assert len(set(shown.values())) == len(shown)


# --- the closing lamp


@pytest.mark.parametrize(("held", "waiting", "flashes"), [("closing", 3, 3), ("closing", 1, 1), ("closing", 12, 9)])
def test_the_closing_lamp_counts_who_still_waits(held: str, waiting: int, flashes: int) -> None:
    """U-10: the closing key."""
    rhythm = closing_lamp(office(Status.ON_CALL, waits=(1.0,) * waiting, held=held))
    assert sum(on for on, _ in rhythm) == flashes
    assert rhythm[-1][1] >= 1.0  # a pause that is seen between two counts


def test_the_closing_lamp_flashes_long_while_the_last_ones_talk_and_nobody_waits() -> None:
    """U-10: not to be taken for one who waits."""
    (on, long), (off, _) = closing_lamp(office(Status.ON_CALL, held="closing"))
    (_, short), _ = closing_lamp(office(Status.ON_CALL, waits=(1.0,), held="closing"))
    assert (on, off) == (True, False)
    assert long >= 3 * short


def test_the_closing_lamp_is_steady_once_it_is_closed_and_dark_while_it_is_open() -> None:
    assert closing_lamp(office(held="closed")) == signs.LIT
    assert closing_lamp(office()) == closing_lamp(office(held="open")) == signs.DARK


# --- buzzers


def test_ringing_is_two_short_and_a_question_one_long_and_all_else_is_silent() -> None:
    """S-M3: the buzzer."""
    assert [seconds for on, seconds in sound("ringing") if on] == [0.1, 0.1]
    assert [seconds for on, seconds in sound("off_prompt") if on] == [0.6]
    assert {sound(pattern) for pattern in PATTERNS if pattern not in signs.SOUNDS} == {signs.DARK}
    assert set(signs.SOUNDS) <= set(PATTERNS)


# --- contacts


def held_by(actor: str, held: str = "closed") -> OfficeView:
    return OfficeView(1, 0.0, queues=(QueueView("front", False, held=held, held_by=actor),), held=held)


@pytest.mark.parametrize(
    ("down", "view", "is_found", "event"),
    [
        (True, office(), False, ev.HoursHeld(Held.CLOSING, "key")),
        (True, office(), True, ev.HoursHeld(Held.CLOSING, "key")),
        (True, held_by("sato", "open"), False, ev.HoursHeld(Held.CLOSING, "key")),
        (True, held_by("key"), True, None),
        (False, held_by("key"), False, ev.HoursHeld(Held.SCHEDULE, "key")),
        (False, held_by("key"), True, ev.HoursHeld(Held.SCHEDULE, "key")),
        (False, held_by("sato"), False, ev.HoursHeld(Held.SCHEDULE, "key")),
        (False, held_by("sato"), True, None),
        (False, office(), False, None),
    ],
)
def test_the_closing_key_means(down: bool, view: OfficeView, is_found: bool, event: ev.Event | None) -> None:
    assert contacts.closing_key(down, view, is_found=is_found) == event


def test_the_button_beside_the_key_forces_only_while_the_key_is_turned() -> None:
    assert contacts.force_button(True, is_key_on=True) == ev.HoursHeld(Held.CLOSED, "key", forced=True)
    assert contacts.force_button(True, is_key_on=False) is None
    assert contacts.force_button(False, is_key_on=True) is None
    assert contacts.patience_of(Spot(Kind.CLOSING_KEY, "", "force"), True) == 5.0


def test_a_dry_contact_raises_its_notice_once_and_clears_it_once() -> None:
    fire, quiet, burning = ContactSettings("fire"), office(), office(notices=("fire",))
    assert contacts.notice(fire, True, quiet) == ev.NoticeRaised("fire", "contact fire", "evacuation", evacuates=True)
    assert contacts.notice(fire, True, burning) is None
    assert contacts.notice(fire, False, burning) == ev.NoticeCleared("fire", "contact fire")
    assert contacts.notice(fire, False, quiet) is None
    assert contacts.notice(ContactSettings("door", ""), True, quiet) is None
