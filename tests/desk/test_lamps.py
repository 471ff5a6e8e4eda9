"""What every lamp of the table keeps: it cannot harm, and an eye that confuses hues can tell it from all others."""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.desk.dimming import DAY_S, LOWEST, Dimming, dimming
from appliance.desk.lamp_legend import PICTURES, drawings, legend, picture
from appliance.desk.lamps import PATTERNS, Pattern, Step
from appliance.desk.panel import look_of
from appliance.desk.settings import PanelSettings
from hw.panel import on_or_off

DOCS = Path(__file__).parents[2] / "docs"
SVG = "{http://www.w3.org/2000/svg}"
every_pattern = pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda pattern: pattern.id)


# --- no lamp can harm


def onsets(pattern: Pattern, lit: Callable[[Step], bool]) -> list[float]:
    """When, over two rounds, a light that `lit` accepts comes on."""
    found, at, was = [], 0.0, lit(pattern.steps[-1])
    for step in itertools.chain(pattern.steps, pattern.steps):
        now = lit(step)
        if now and not was:
            found.append(at)
        at, was = at + step[3], now
    return found


def slowest_gap(times: list[float]) -> float:
    return min((b - a for a, b in itertools.pairwise(times)), default=1e9)


def looks(pattern: Pattern) -> list[Pattern]:
    """The pattern as a lamp that dims shows it, and as one that is on or off does."""
    return [replace(pattern, plain=()), on_a_plain_lamp(pattern)]


def on_a_plain_lamp(pattern: Pattern) -> Pattern:
    return replace(pattern, steps=tuple((*on_or_off(step[:3]), step[3]) for step in pattern.on(dims=False)), plain=())


every_look = pytest.mark.parametrize(
    "pattern", [look for pattern in PATTERNS.values() for look in looks(pattern)], ids=lambda pattern: pattern.id
)


@every_look
def test_nothing_flashes_faster_than_two_and_a_half_times_a_second(pattern: Pattern) -> None:
    """S-M3: for everybody's eyes."""
    for weights in ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)):
        levels = [sum(weight * part for weight, part in zip(weights, step, strict=False)) for step in pattern.steps]
        for threshold in set(levels):
            times = onsets(
                pattern,
                lambda step, weights=weights, threshold=threshold: (
                    sum(weight * part for weight, part in zip(weights, step, strict=False)) >= threshold
                ),
            )
            assert slowest_gap(times) >= 0.4 - 1e-9


def is_saturated_red(step: Step) -> bool:
    """As WCAG 2.3.1 says it: red is at least 80 % of the light."""
    red, green, blue, _ = step
    return red > 0.0 and red / (red + green + blue) >= 0.8


@every_look
def test_red_never_flashes_faster_than_once_in_two_seconds(pattern: Pattern) -> None:
    """S-M3: red least of all."""
    assert slowest_gap(onsets(pattern, is_saturated_red)) >= 2.0 - 1e-9


@every_look
def test_a_pattern_is_light_between_nothing_and_everything_for_some_time(pattern: Pattern) -> None:
    assert all(0.0 <= part <= 1.0 for step in pattern.steps for part in step[:3])
    assert all(step[3] >= 0.1 for step in pattern.steps)


# --- nobody needs hues

# Linear RGB as an eye without the middle, or without the long cones sees it (Vienot, Brettel, Mollon 1999).
EYES = {
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
}
LUMINANCE = (0.2126, 0.7152, 0.0722)
BRIGHTER = 1.4
"""A steady lamp this many times as bright as another is seen to be."""


def brightness(step: Step, eye: str) -> float:
    seen = (sum(row[part] * step[part] for part in range(3)) for row in EYES[eye])
    return max(0.001, sum(weight * part for weight, part in zip(LUMINANCE, seen, strict=True)))


def rhythm(pattern: Pattern, eye: str) -> list[tuple[float, float]]:
    """(seconds, brightness) of what such an eye can tell apart, whatever the hue."""
    felt: list[tuple[float, float]] = []
    for step in pattern.steps:
        level = brightness(step, eye)
        if felt and are_alike(felt[-1][1], level, 1.15):
            felt[-1] = (felt[-1][0] + step[3], felt[-1][1])
        else:
            felt.append((step[3], level))
    if len(felt) > 1 and are_alike(felt[0][1], felt[-1][1], 1.15):
        seconds, _ = felt.pop()
        felt[0] = (felt[0][0] + seconds, felt[0][1])
    return [(1.0, felt[0][1])] if len(felt) == 1 else felt


def are_alike(one: float, other: float, ratio: float) -> bool:
    return max(one, other) < ratio * min(one, other)


def can_be_told_apart(one: Pattern, other: Pattern, eye: str) -> bool:
    a, b = rhythm(one, eye), rhythm(other, eye)
    if len(a) != len(b):
        return True
    turns = [b[place:] + b[:place] for place in range(len(b))]
    return not any(
        all(
            are_alike(here[0], there[0], 1.2) and are_alike(here[1], there[1], BRIGHTER)
            for here, there in zip(a, turn, strict=True)
        )
        for turn in turns
    )


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize(
    ("one", "other"), list(itertools.combinations(PATTERNS.values(), 2)), ids=lambda pattern: pattern.id
)
def test_two_lamps_differ_in_rhythm_or_brightness_to_an_eye_that_confuses_hues(
    one: Pattern, other: Pattern, eye: str
) -> None:
    """S-M3: not by hue alone."""
    assert can_be_told_apart(one, other, eye)


# --- a board that cannot dim: rhythm alone


def lit_and_dark(pattern: Pattern) -> list[float]:
    """How long the lamp is lit, dark, lit, ... in one round, beginning with the longest light; [] when it is steady."""
    spans: list[tuple[bool, float]] = []
    for step in pattern.steps:
        is_lit = max(step[:3]) > 0.0
        if spans and spans[-1][0] is is_lit:
            spans[-1] = (is_lit, spans[-1][1] + step[3])
        else:
            spans.append((is_lit, step[3]))
    if len(spans) > 1 and spans[0][0] is spans[-1][0]:
        spans[0] = (spans[0][0], spans[0][1] + spans.pop()[1])
    if len(spans) < 2:
        return []
    first = max((seconds, -place) for place, (is_lit, seconds) in enumerate(spans) if is_lit)[1]
    found = [seconds for _, seconds in spans[-first:] + spans[:-first]]
    half = len(found) // 2
    return found[:half] if half and half % 2 == 0 and found[:half] == found[half:] else found


def differ_in_rhythm(one: Pattern, other: Pattern) -> bool:
    a, b = lit_and_dark(one), lit_and_dark(other)
    return len(a) != len(b) or not all(are_alike(here, there, 1.2) for here, there in zip(a, b, strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    list(itertools.combinations([on_a_plain_lamp(pattern) for pattern in PATTERNS.values()], 2)),
    ids=lambda pattern: pattern.id,
)
def test_two_lamps_of_a_board_that_cannot_dim_differ_in_light_and_dark_alone(one: Pattern, other: Pattern) -> None:
    both_steady = not lit_and_dark(one) and not lit_and_dark(other)
    assert differ_in_rhythm(one, other) or (both_steady and "dark" in (one.id, other.id))


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize(
    ("one", "other"),
    list(itertools.combinations([on_a_plain_lamp(pattern) for pattern in PATTERNS.values()], 2)),
    ids=lambda pattern: pattern.id,
)
def test_the_eye_that_confuses_hues_tells_them_apart_on_such_a_board_too(
    one: Pattern, other: Pattern, eye: str
) -> None:
    assert can_be_told_apart(one, other, eye)


def test_without_a_rhythm_of_its_own_a_lamp_that_cannot_dim_would_differ_in_hue_alone() -> None:
    on_call, off = (on_a_plain_lamp(replace(PATTERNS[name], plain=())) for name in ("on_call", "off"))
    assert not differ_in_rhythm(on_call, off)


def test_the_simulated_eye_does_confuse_what_differs_in_hue_alone() -> None:
    red, dim_green = (1.0, 0.0, 0.0, 1.0), (0.0, 0.4, 0.0, 1.0)
    alike = [Pattern(name, "", "", "", "", (step,)) for name, step in (("red", red), ("green", dim_green))]
    assert not can_be_told_apart(*alike, "deuteranopia")


# --- brightness and night


@pytest.mark.parametrize(
    ("clock", "level"),
    [("12:00", 0.8), ("21:59", 0.8), ("22:00", 0.2), ("23:59", 0.2), ("0:00", 0.2), ("5:59", 0.2), ("6:00", 0.8)],
)
def test_lamps_are_dimmed_between_the_hours_of_the_night(clock: str, level: float) -> None:
    hours, minutes = map(float, clock.split(":"))
    assert dimming(0.8, "22:00-06:00", 0.2).level(3600 * hours + 60 * minutes) == level


def test_a_night_within_one_day_and_no_night_at_all() -> None:
    afternoon = dimming(1.0, "13:00 - 14:30", 0.5)
    assert [afternoon.level(3600.0 * hour) for hour in (12, 13, 14, 15)] == [1.0, 0.5, 0.5, 1.0]
    assert {dimming(0.7, "", 0.1).level(at) for at in (0.0, DAY_S / 2, DAY_S - 1)} == {0.7}
    assert Dimming().level(0.0) == 1.0


@pytest.mark.parametrize(
    ("brightness", "night", "at_night", "sentence"),
    [
        (0.0, "", 0.3, "brightness is 0; 0.05 to 1 would be right"),
        (1.0, "", 1.5, "night_brightness is 1.5"),
        (1.0, "late", 0.3, "night is 'late'; a span such as 22:00-06:00 would be right"),
        (1.0, "24:00-06:00", 0.3, "night is '24:00-06:00'"),
    ],
)
def test_a_dimming_that_cannot_be_is_a_sentence(brightness: float, night: str, at_night: float, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        dimming(brightness, night, at_night)


def test_the_dimmest_night_leaves_a_lit_lamp_lit() -> None:
    lit = [step for pattern in PATTERNS.values() for step in pattern.steps if max(step[:3]) > 0.0]
    assert min(max(step[:3]) for step in lit) * LOWEST >= 0.005


def test_night_is_night_in_the_zone_of_the_office() -> None:
    settings = PanelSettings(Path("rev_a.toml"), dimming=dimming(1.0, "22:00-06:00", 0.2))
    wall = [datetime(2026, 1, 5, 13, 30, tzinfo=UTC).timestamp()]  # 22:30 in Tokyo
    level = look_of(settings, lambda: wall[0], "Asia/Tokyo").level
    assert level is not None
    assert level() == 0.2
    wall[0] -= 30 * 60 + 1  # 21:59:59
    assert level() == 1.0
    wall[0] += 1
    assert level() == 0.2
    wall[0] += 8 * 3600
    assert level() == 1.0


def test_lamps_that_never_change_their_brightness_are_not_asked_for_it() -> None:
    assert look_of(PanelSettings(Path("rev_a.toml")), lambda: 0.0, "Asia/Tokyo").level is None


# --- the legend


def test_the_legend_in_the_docs_is_the_one_the_panel_runs_on() -> None:
    written = (DOCS / "lamps.md").read_text(encoding="utf-8")
    assert written == legend(), "run: python -m appliance.desk.lamp_legend docs"


def test_each_lamp_has_its_picture_and_there_are_no_others() -> None:
    written = {path.stem: path.read_text(encoding="utf-8") for path in (DOCS / PICTURES).glob("*.svg")}
    assert set(PATTERNS) <= set(written)
    assert written == drawings(), "run: python -m appliance.desk.lamp_legend docs"


@every_pattern
def test_a_picture_moves_as_its_lamp_does(pattern: Pattern) -> None:
    motion = ET.fromstring(picture(pattern, pattern.steps)).find(f"{SVG}circle/{SVG}animate")
    assert (motion is None) == (len(pattern.steps) == 1)
    if motion is not None:
        assert float(motion.attrib["dur"].rstrip("s")) == pytest.approx(sum(step[3] for step in pattern.steps))
        assert (
            len(motion.attrib["values"].split(";")) == len(motion.attrib["keyTimes"].split(";")) == len(pattern.steps)
        )
