"""Voice formats: known by their names, the same tables as the simulator's own, and a whole call in each."""

from dataclasses import replace

import numpy as np
import pytest

from hw.errors import ModemError
from hw.modem.chipsets import voice_format
from hw.modem.coding import CODINGS, coding_named
from hw.sim import ulaw
from hw.sim.personalities import personality_named
from hw.sim.sound import Tone
from hw.sim.ulaw import A_LAW, SIGNED_8, UNSIGNED_8, VoiceFormat
from tests.hw.modem.virtual import VirtualLine
from tests.lines.running import level_of

CX = personality_named("cx93001_2013")
ONLY = {
    "A-law": ('132,"A-Law",8,0,8000,0,0', {"132": A_LAW}),
    "unsigned 8-bit": ('130,"UNSIGNED PCM",8,0,8000,0,0', {"130": UNSIGNED_8}),
    "signed 8-bit": ('0,"SIGNED PCM",8,0,8000,0,0', {"0": SIGNED_8}),
}


@pytest.mark.parametrize(
    ("line", "number", "name"),
    [
        ('131,"Mu-Law",8,0,8000,0,0', 131, "µ-law"),
        ('131,"8-BIT ULAW",(8000)', 131, "µ-law"),
        ('4,"u-Law Companded PCM",8,0,(8000),(127-129),(0-255)', 4, "µ-law"),
        ("2;ULAW;8;0;(8000)", 2, "µ-law"),
        ('132,"A-Law",8,0,8000,0,0', 132, "A-law"),
        ('130,"8-BIT ALAW",(8000)', 130, "A-law"),
        ('128,"8-BIT LINEAR",(7200,8000,11025)', 128, "unsigned 8-bit"),
        ('1,"UNSIGNED PCM",8,0,8000,0,0', 1, "unsigned 8-bit"),
        ('0,"SIGNED PCM",8,0,8000,0,0', 0, "signed 8-bit"),
    ],
)
def test_the_voice_format_is_found_by_its_name_in_every_dialect(line, number, name):
    """§1.3: numbers mean nothing."""
    found, coding = voice_format(('129,"IMA ADPCM",4,0,8000,0,0', line))
    assert (found, coding.name) == (number, name)


def test_the_best_format_is_taken_whatever_the_order_and_wide_samples_never():
    """§1.3: µ-law before A-law before unsigned before signed, and no 14 or 16 bits in duplex."""
    lines = [offered for offered, _ in reversed(ONLY.values())] + ['133,"14 bit signed PCM",14,0,8000,0,0']
    assert voice_format(tuple(lines))[1].name == "A-law"
    assert voice_format((*lines, '131,"Mu-Law",8,0,8000,0,0'))[1].name == "µ-law"
    with pytest.raises(ModemError, match=r"no voice format of 8 bits .*14 bit.* A-law, unsigned 8-bit"):
        voice_format(('133,"14 bit signed PCM",14,0,8000,0,0', '129,"16-BIT UNSIGNED PCM",(8000)'))


@pytest.mark.parametrize(("name", "theirs"), [(name, next(iter(one.values()))) for name, (_, one) in ONLY.items()])
def test_each_table_says_what_the_simulator_s_own_says(name: str, theirs: VoiceFormat):
    codes, ours = bytes(range(256)), coding_named(name)
    assert np.array_equal(ulaw.decode(ours.heard(codes)), ulaw.decode(theirs.to_ulaw(codes)))
    there_and_back = ulaw.decode(theirs.to_ulaw(ours.spoken(codes))).astype(int)
    assert np.array_equal(there_and_back, ulaw.decode(theirs.to_ulaw(theirs.from_ulaw(codes))).astype(int))


@pytest.mark.parametrize("name", ONLY)
def test_a_modem_without_ulaw_carries_a_call_both_ways(name):
    """Tones at both ears at their level, and no byte that the card would take for a command (§2.5)."""
    offered, formats = ONLY[name]
    number = next(iter(formats))
    parameters = {
        **CX.parameters,
        "+VSM": replace(CX.parameters["+VSM"], default=f"{number},8000,0,0", options=offered),
    }
    line = VirtualLine(replace(CX, parameters=parameters, formats=formats)).ready()
    assert line.modem.identity.coding.name == name
    line.play = Tone([600.0])
    party = line.talking(voice=Tone([1000.0]))
    line.run(2.0)
    at_caller = party.heard(8000.0).samples[4000:]
    at_switch = ulaw.decode(line.heard())[4000:]
    assert level_of(600.0, at_caller) == pytest.approx(-15.0, abs=0.5)
    assert level_of(1000.0, at_switch) == pytest.approx(-15.0, abs=0.5)
    line.hang_up()
    assert line.wrongs() == []


def test_a_firmware_of_2006_without_ulaw_is_a_line_card():
    """What used to be refused: CX93010 of 2006 has unsigned samples alone."""
    line = VirtualLine("cx930xx_2006").ready()
    assert line.modem.identity.coding.name == "unsigned 8-bit"
    line.talking(voice=Tone([1000.0]))
    line.run(1.0)
    assert level_of(1000.0, ulaw.decode(line.heard())[4000:]) == pytest.approx(-15.0, abs=0.5)


def test_every_format_has_a_name_of_its_own_and_an_unknown_name_is_ulaw():
    assert [coding_named(coding.name) for coding in CODINGS] == list(CODINGS)
    assert coding_named("of a newer version").name == "µ-law"
