"""The legend that the page shows: every lamp, press and code of the tables that run, as this office's lamps show it."""

import re

import pytest

from appliance.desk.feature_codes import CODES
from appliance.desk.lamps import PATTERNS
from appliance.desk.legend import legend
from appliance.desk.panel_logic import GUARD_S, PRESSES
from hw.debounce import LONG_S, SHORT_S
from web.words import words_of


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_the_page_says_of_the_length_of_a_press_is_so(language: str) -> None:
    lead = words_of(language).say("legend.presses_lead")
    assert re.findall(r"[0-9.]*[0-9]", lead) == [f"{seconds:g}" for seconds in (SHORT_S, LONG_S, GUARD_S)]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_lamp_press_and_code_is_told_once(language: str) -> None:
    told = legend(language, dims=True)
    assert [one.means for one in told.lamps] == [getattr(one, language) for one in PATTERNS.values()]
    assert [one.steps for one in told.lamps] == [one.steps for one in PATTERNS.values()]
    assert [one.status for one in told.presses] == [getattr(PATTERNS[status.value], language) for status in PRESSES]
    assert [one.code for one in told.codes] == list(CODES)


def test_each_language_has_its_own_words_for_what_is_seen_and_done() -> None:
    ja, en = legend("ja", dims=True), legend("en", dims=True)
    assert (ja.lamps[0].looks, en.lamps[0].looks) == ("緑 点灯", "green, steady")
    assert (ja.presses[0].short, en.presses[0].long) == ("勤務を開始", "next off-duty reason")
    assert (ja.codes[0].does, en.codes[0].does) == ("勤務を開始・終了", "on duty or off duty")


def test_lamps_that_cannot_dim_are_shown_by_the_rhythm_they_have() -> None:
    told = {one.means: one.steps for one in legend("en", dims=False).lamps}
    assert told["On call"] == PATTERNS["on_call"].plain != PATTERNS["on_call"].steps
    assert told["Ringing"] == PATTERNS["ringing"].steps
