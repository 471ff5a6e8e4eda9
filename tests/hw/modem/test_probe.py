"""`python -m hw.probe` on a virtual card, and on what is none."""

import os
import subprocess
import sys

import pytest

from hw.modem.countries import country
from hw.modem.driver import Modem
from hw.modem.events import Failed, ModemEvent
from hw.probe import probe
from hw.sim import VirtualCard


@pytest.fixture
def card(tmp_path):
    card = VirtualCard("JP", tmp_path / "card")
    yield card
    card.close()


def test_a_fit_modem_is_described_and_never_goes_off_hook(card):
    text = probe(card.path, "JP")
    assert "CX93001" in text
    assert "cx930xx" in text
    assert text.endswith("will do")
    assert card.stats.seizures == 0


def test_a_modem_without_a_phone_line_will_do_but_is_told_so(card):
    card.set_cord(False)
    assert "will do, but no phone line" in probe(card.path, "JP")


@pytest.mark.parametrize(("name", "is_doubted"), [("usr5637", True), ("generic_half", True), ("si2494_half", False)])
def test_a_modem_whose_duplex_nobody_has_proven_is_not_promised_to_carry_a_conversation(tmp_path, name, is_doubted):
    """fxo §1.3: unknown until the line is taken; a half-duplex modem says so itself."""
    with VirtualCard("JP", tmp_path / "other", personality=name) as card:
        text = probe(card.path, "JP")
        assert ("shows when its line is examined" in text) is is_doubted
        assert card.stats.seizures == 0


def test_a_missing_device_is_a_sentence_and_status_1(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "hw.probe", str(tmp_path / "none")], capture_output=True, text=True, timeout=20
    )
    assert ended.returncode == 1
    assert "is not there" in ended.stderr


def test_a_tty_with_no_modem_behind_it_is_told_from_one():
    master, slave = os.openpty()
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "hw.probe", os.ttyname(slave)], capture_output=True, text=True, timeout=20
        )
    finally:
        os.close(master)
        os.close(slave)
    assert ended.returncode == 1
    assert "does not answer AT" in ended.stderr


def test_a_deaf_device_is_given_up_soon_when_somebody_waits_for_the_answer():
    modem, now = Modem(country("JP")), 100.0
    modem.start(now, is_quick=True)
    events: list[ModemEvent] = []
    while not events:
        modem.outgoing()
        due = modem.next_deadline()
        assert due is not None
        now = due
        events = modem.tick(now)
    assert isinstance(events[0], Failed)
    assert now - 100.0 < 4.0, "the whole ladder takes twelve seconds"
