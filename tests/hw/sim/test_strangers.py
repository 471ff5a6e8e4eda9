"""A program the virtual card was not written for takes it for what it pretends to be: Debian's mgetty-voice."""

import os
import shutil
import subprocess

import pytest

from hw.sim import VirtualCard, What

VM = shutil.which("vm")


@pytest.mark.skipif(VM is None, reason="Debian's mgetty-voice (the program vm) is not installed")
@pytest.mark.skipif(os.getuid() != 0, reason="vm writes its lock and its log where only root may")
def test_mgettys_voice_program_finds_a_v253_modem_and_beeps_on_its_line():
    """It knows CX930xx chips (ATI 56000) as Rockwells of old, here as on a desk; so it gets one it knows by V.253."""
    assert VM is not None
    with VirtualCard("DE", personality="si2494_half") as card:
        device = card.path.removeprefix("/dev/")
        ended = subprocess.run([VM, "beep", "-v", "-l", device], capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stderr
        told = [(event.what, event.detail) for event in card.events]
        commands = [detail for what, detail in told if what is What.COMMAND_RECEIVED]
        assert {"AT+FCLASS=8", "AT+VSM=?", "AT+VCID=1", "AT+VLS=1", "AT+VTS=[933,,150]"} <= set(commands)
        voice = told[told.index((What.COMMAND_RECEIVED, "AT+VLS=1")) :]
        assert (What.WENT_OFF_HOOK, "+VLS") in voice
        assert (What.RESULT_SENT, "ERROR") not in voice
        assert not card.is_off_hook
