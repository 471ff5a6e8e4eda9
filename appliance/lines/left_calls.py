"""What a lines process that is killed leaves behind: the dialogs it had, so that its successor can end them properly.

A kill sends no BYE, and the switch would keep an agent talking to nobody. So each answered dialog is noted in a small
file beside our socket, and the next start says BYE for every one that is still in it, from the same SIP port.
"""

import logging
import re
import socket
from pathlib import Path
from typing import Final

import msgspec

logger = logging.getLogger(__name__)

PATIENCE: Final = 0.3  # seconds for the answers to our BYEs; a switch that is gone too gives none
BEYOND: Final = 1000  # more than any CSeq the dead process can have reached


class Dialog(msgspec.Struct, frozen=True):
    """One answered call: where a BYE goes, and the headers that name the dialog, as they stood in the 200."""

    target: str
    ours: str
    theirs: str
    call_id: str
    sequence: int


class LeftCalls:
    """The file. `note` and `strike` belong to the SIP thread, `execute` to the start before it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._dialogs: dict[str, Dialog] = {}

    def note(self, key: str, answer: str) -> None:
        """A call was answered with this 200."""
        dialog = _dialog(answer)
        if dialog is not None:
            self._dialogs[key] = dialog
            self._write()

    def strike(self, key: str) -> None:
        """The call ended as it should."""
        if self._dialogs.pop(key, None) is not None:
            self._write()

    def execute(self, own: tuple[str, int], switch: tuple[str, int]) -> int:
        """Say BYE for what a dead process left; returns how many calls that were. Never fails a start."""
        try:
            left = msgspec.json.decode(self._path.read_bytes(), type=dict[str, Dialog])
        except (OSError, msgspec.MsgspecError):
            return 0
        self._path.unlink(missing_ok=True)
        if left:
            try:
                _say_bye(list(left.values()), own, switch)
            except OSError as wrong:
                logger.warning("lines: the calls of the process before could not be ended: %s", wrong)
        return len(left)

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_bytes(msgspec.json.encode(self._dialogs))
            fresh.replace(self._path)
        except OSError as wrong:
            logger.warning("lines: the calls in progress could not be noted in %s: %s", self._path, wrong)


def _dialog(answer: str) -> Dialog | None:
    """What a BYE needs of a 200; None when it is not all there."""
    found = {
        key: re.search(rf"^(?:{names})\s*:\s*(.+?)\s*$", answer, re.IGNORECASE | re.MULTILINE)
        for key, names in (
            ("from", "From|f"),
            ("to", "To|t"),
            ("call", "Call-ID|i"),
            ("seq", "CSeq"),
            ("at", "Contact|m"),
        )
    }
    if not all(found.values()):
        return None
    value = {key: match[1] for key, match in found.items() if match}
    target = re.search(r"sips?:[^>\s]+", value["at"])
    number = re.match(r"\d+", value["seq"])
    if target is None or number is None:
        return None
    return Dialog(target[0], value["from"], value["to"], value["call"], int(number[0]))


def _say_bye(left: list[Dialog], own: tuple[str, int], switch: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip:
        sip.bind(own)
        sip.settimeout(PATIENCE)
        for place, dialog in enumerate(left):
            sip.sendto(_bye(dialog, place, own), switch)
        for _ in left:
            try:
                sip.recv(4096)
            except (TimeoutError, ConnectionError):
                return


def _bye(dialog: Dialog, place: int, own: tuple[str, int]) -> bytes:
    return (
        f"BYE {dialog.target} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {own[0]}:{own[1]};rport;branch=z9hG4bKleft{place}-{dialog.sequence}\r\n"
        f"Max-Forwards: 70\r\nFrom: {dialog.ours}\r\nTo: {dialog.theirs}\r\nCall-ID: {dialog.call_id}\r\n"
        f"CSeq: {dialog.sequence + BEYOND} BYE\r\nContent-Length: 0\r\n\r\n"
    ).encode()
