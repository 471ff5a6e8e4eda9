"""F13 to F15, F39: a device that goes, comes back, is somebody else's or has no modem lines (fxo §3.5)."""

import os
import select

import pytest

from hw.errors import ModemError
from hw.modem.port import SerialPort
from hw.sim import VirtualCard, What


def test_f13_a_hundred_unplugs_leak_no_descriptor_and_the_new_number_is_found(tmp_path):
    with VirtualCard("JP", link=tmp_path / "port1") as card:
        before = 0
        for cycle in range(100):
            port = SerialPort(card.path)
            card.fault("card.unplug")
            with pytest.raises(ModemError, match="is gone"):
                port.write(b"AT\r")
            port.close()
            card.fault("card.plug", cycle % 2)
            descriptors = len(os.listdir("/proc/self/fd"))
            before = before or descriptors
            assert descriptors == before


def test_f15_a_port_held_by_another_program_is_refused_in_a_sentence_and_taken_when_free(tmp_path):
    with VirtualCard("JP", link=tmp_path / "port1") as card:
        card.fault("card.second_opener", 1)
        with pytest.raises(ModemError, match="in use by another program"):
            SerialPort(card.path)
        card.fault("card.second_opener", 0)
        SerialPort(card.path).close()


def test_f39_a_port_without_modem_lines_opens_works_and_closes(tmp_path):
    with VirtualCard("JP", link=tmp_path / "port1") as card:
        port = SerialPort(card.path)
        port.set_dtr(False)
        port.set_dtr(True)
        assert port.write(b"AT\r") == 3
        assert card.wait_event(What.RESULT_SENT, 5)
        port.close()


def test_a_port_may_wake_for_whole_frames_and_gives_what_is_there_when_it_is_read_before():
    master, slave = os.openpty()
    port = SerialPort(os.ttyname(slave))
    port.wake_per(160)
    os.write(master, bytes(159))
    assert not select.select([port.fileno()], [], [], 0.05)[0]
    os.write(master, bytes(1))
    assert select.select([port.fileno()], [], [], 1.0)[0]
    assert len(port.read()) == 160
    os.write(master, b"OK")
    assert port.read() == b"OK"
    assert port.read() == b"", "nothing there is no end of the device"
    port.wake_per(1)
    os.write(master, b"R")
    assert select.select([port.fileno()], [], [], 1.0)[0]
    port.close()
    os.close(master)
    os.close(slave)
