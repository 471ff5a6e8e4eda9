"""A bouncing contact becomes exactly the presses a finger made."""

import random

from hypothesis import given
from hypothesis import strategies as st

from hw.debounce import (
    DOUBLE_S,
    LONG_S,
    SETTLE_S,
    SHORT_S,
    STUCK_S,
    Contact,
    Kind,
    Press,
    at_start,
    deadline,
    edge,
    settle,
)

SHORTS = (Kind.SHORT, Kind.DOUBLE)


def play(edges: list[tuple[float, bool]], until: float = 1e6, contact: Contact | None = None) -> list[Press]:
    """Drive the function as the panel does: edges in order, deadlines kept between them."""
    contact = contact or Contact()
    presses = []
    for at, down in [*edges, (until, None)]:
        while (due := deadline(contact)) is not None and due <= at:
            contact, press = settle(contact, due)
            presses += [press] if press else []
        if down is not None:
            contact, press = edge(contact, down, at)
            presses += [press] if press else []
    return presses


def bouncing(at: float, down: bool, gaps: list[float]) -> list[tuple[float, bool]]:
    edges = [(at, down)]
    for gap in gaps:
        at += gap
        edges += [(at, not down), (at + gap, down)]
        at += gap
    return edges


def test_a_clean_short_press_is_one_short_press() -> None:
    assert play([(1.0, True), (1.2, False)]) == [Press(Kind.SHORT, 1.0, 1.2 - 1.0)]


def test_the_second_of_two_short_presses_close_together_is_a_double_one_and_a_third_is_a_first_again() -> None:
    pairs = [(1.0, True), (1.05, False), (1.15, True), (1.2, False), (1.3, True), (1.35, False)]
    assert [press.kind for press in play(pairs)] == [Kind.SHORT, Kind.DOUBLE, Kind.SHORT]


def test_two_short_presses_far_apart_are_two_and_a_long_one_is_never_the_half_of_a_double() -> None:
    apart = 1.1 + DOUBLE_S + 0.01
    assert [press.kind for press in play([(1.0, True), (1.1, False), (apart, True), (apart + 0.1, False)])] == [
        Kind.SHORT, Kind.SHORT,
    ]  # fmt: skip
    assert [press.kind for press in play([(1.0, True), (1.1, False), (1.3, True), (3.0, False)])] == [
        Kind.SHORT, Kind.LONG,
    ]  # fmt: skip


def test_a_level_that_is_told_twice_began_at_the_first_time() -> None:
    presses = play([(1.0, True), (1.01, True), (1.2, False), (1.21, False)])
    assert presses == [Press(Kind.SHORT, 1.0, 1.2 - 1.0)]


def test_a_press_between_short_and_long_means_nothing() -> None:
    assert play([(1.0, True), (1.0 + SHORT_S, False)]) == []
    assert play([(1.0, True), (1.0 + LONG_S - 0.01, False)]) == []


def test_a_long_press_is_decided_at_its_release() -> None:
    contact, _ = edge(Contact(), True, 1.0)
    contact, early = settle(contact, 2.5)
    assert early is None
    assert [press.kind for press in play([(2.6, False)], contact=contact)] == [Kind.LONG]


def test_a_button_held_ten_seconds_alarms_once_and_means_nothing() -> None:
    presses = play([(1.0, True), (1.0 + STUCK_S + 3, False), (20.0, True), (20.1, False)])
    assert [press.kind for press in presses] == [Kind.STUCK, Kind.SHORT]


def test_who_waits_for_a_button_knows_when_it_will_be_decided() -> None:
    contact, _ = edge(Contact(), True, 1.0)
    assert deadline(contact) == 1.0 + SETTLE_S
    contact, _ = settle(contact, 1.0 + SETTLE_S)
    assert deadline(contact) == 1.0 + STUCK_S
    contact, press = settle(contact, 1.0 + STUCK_S)
    assert press == Press(Kind.STUCK, 1.0, STUCK_S)
    assert deadline(contact) is None
    contact, _ = edge(contact, False, 20.0)
    assert deadline(contact) == 20.0 + SETTLE_S


def test_a_button_held_at_start_alarms_and_is_ignored_until_released() -> None:
    contact, press = at_start(True, 0.0)
    assert press is not None
    assert press.kind is Kind.HELD_AT_START
    assert play([(5.0, False)], contact=contact) == []
    assert at_start(False, 0.0)[1] is None


def test_a_glitch_of_a_microsecond_is_nothing_in_rest_and_nothing_in_a_press() -> None:
    assert play([(1.0, True), (1.000001, False)]) == []
    presses = play([(1.0, True), (1.3, False), (1.300001, True), (1.5, False)])
    assert presses == [Press(Kind.SHORT, 1.0, 0.5)]


bounces = st.lists(st.floats(0.0001, 0.001), max_size=8)


@given(st.lists(st.tuples(bounces, bounces, st.floats(0.05, 0.5)), min_size=1, max_size=12))
def test_any_bouncing_presses_are_counted_exactly(fingers: list[tuple[list[float], list[float], float]]) -> None:
    edges, at = [], 1.0
    for closing, opening, held in fingers:
        edges += bouncing(at, True, closing) + bouncing(at + held, False, opening)
        at += held + 0.2
    presses = play(edges)
    assert len(presses) == len(fingers)
    assert all(press.kind in SHORTS for press in presses)


@given(st.lists(st.tuples(st.floats(0.0, 0.4), st.booleans()), max_size=40))
def test_whatever_the_wire_does_no_press_is_shorter_than_the_settling_time(steps: list[tuple[float, bool]]) -> None:
    at, edges = 0.0, []
    for gap, down in steps:
        at += gap
        edges.append((at, down))
    assert all(press.held_s >= SETTLE_S - 1e-9 for press in play(edges))


def test_ten_thousand_presses_bouncing_up_to_five_milliseconds_are_ten_thousand_presses_of_their_own_length() -> None:
    shaky = random.Random(7)
    edges, at, fingers = [], 1.0, []
    for _ in range(10_000):
        held = shaky.uniform(0.06, SHORT_S - 0.01)
        edges += bouncing(at, True, within(0.005, shaky)) + bouncing(at + held, False, within(0.005, shaky))
        fingers.append((at, held))
        at += held + shaky.uniform(0.06, 0.3)
    presses = play(edges)
    assert len(presses) == 10_000
    assert all(press.kind in SHORTS for press in presses)
    for press, (began, held) in zip(presses, fingers, strict=True):
        assert 0.0 <= press.began - began <= 0.005 + 1e-9
        assert abs(press.held_s - held) <= 0.005 + 1e-9


def test_a_bad_contact_that_bounces_for_twenty_milliseconds_makes_one_event_of_each_press() -> None:
    """R-41: bouncing."""
    shaky = random.Random(9)
    edges, at = [], 1.0
    for _ in range(1000):
        edges += bouncing(at, True, within(0.020, shaky)) + bouncing(at + 0.15, False, within(0.020, shaky))
        at += 0.3
    presses = play(edges)
    assert len(presses) == 1000
    assert all(press.kind in SHORTS for press in presses)


def within(length: float, shaky: random.Random) -> list[float]:
    """Gaps of a burst of bounces that takes `length` seconds in all."""
    gaps = [shaky.uniform(0.00005, 0.001) for _ in range(shaky.randrange(12))]
    return [gap * length / 2 / max(sum(gaps), length / 2) for gap in gaps]


def test_ten_thousand_glitches_of_up_to_a_millisecond_are_no_press() -> None:
    shaky = random.Random(8)
    edges, at = [], 1.0
    for _ in range(10_000):
        at += shaky.uniform(0.00005, 0.05)  # often nearer to each other than a level takes to settle
        edges.append((at, True))
        at += shaky.uniform(0.0, 0.001)
        edges.append((at, False))
    assert play(edges) == []


@given(st.floats(0.05, 0.5), st.lists(st.tuples(st.floats(0.001, 0.5), st.floats(0.0, 0.001)), max_size=30))
def test_glitches_within_a_press_neither_end_it_nor_change_its_length(
    held: float, glitches: list[tuple[float, float]]
) -> None:
    edges, at = [(1.0, True)], 1.0 + SETTLE_S
    for gap, length in glitches:
        if at + gap + length >= 1.0 + held:
            break
        edges += [(at + gap, False), (at + gap + length, True)]
        at += gap + length
    assert play([*edges, (1.0 + held, False)]) == [Press(Kind.SHORT, 1.0, 1.0 + held - 1.0)]


@given(st.floats(STUCK_S + 0.05, 1e5), bounces, bounces)
def test_a_stuck_button_however_long_alarms_once_and_the_next_press_counts(
    held: float, closing: list[float], opening: list[float]
) -> None:
    free = 1.0 + held + 1.0
    edges = bouncing(1.0, True, closing) + bouncing(1.0 + held, False, opening)
    presses = play([*edges, (free, True), (free + 0.2, False)])
    assert [press.kind for press in presses] == [Kind.STUCK, Kind.SHORT]


@given(st.floats(0.0, 100.0), bounces)
def test_a_button_held_at_start_means_nothing_however_long_and_the_next_press_counts(
    held: float, opening: list[float]
) -> None:
    contact, _ = at_start(True, 0.0)
    free = held + 1.0
    presses = play([*bouncing(held, False, opening), (free, True), (free + 0.2, False)], contact=contact)
    assert [press.kind for press in presses] == [Kind.SHORT]


def test_a_wire_that_chatters_for_an_hour_is_no_press() -> None:
    assert play([(1.0 + step * 0.014, step % 2 == 0) for step in range(240_000)]) == []


def test_a_glitch_whose_second_edge_comes_late_is_no_press() -> None:
    """Edges carry the kernel's times; a thread that is held up brings them late, after the first has settled."""
    contact, _ = edge(Contact(), True, 1.0)
    contact, _ = settle(contact, 1.0 + SETTLE_S)
    assert contact.down
    contact, early = edge(contact, False, 1.001)
    contact, press = settle(contact, 1.1)
    assert (early, press, contact.down) == (None, None, False)


def test_a_release_whose_bounces_come_late_is_one_press() -> None:
    contact, _ = edge(Contact(), True, 1.0)
    contact, _ = settle(contact, 1.0 + SETTLE_S)
    contact, _ = edge(contact, False, 1.2)
    contact, press = settle(contact, 1.2 + SETTLE_S)
    assert press == Press(Kind.SHORT, 1.0, 1.2 - 1.0)
    contact, _ = edge(contact, True, 1.201)
    contact, _ = settle(contact, 1.25)
    contact, more = edge(contact, False, 1.202)
    contact, still_more = settle(contact, 1.3)
    assert (more, still_more, contact.down) == (None, None, False)
