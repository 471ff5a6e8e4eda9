"""`python -m hw.wiring BOARD > FILE.svg`: the wiring of a board as a picture, drawn from its file so it cannot drift.

BOARD is a name under hw/boards or a path. Left the lines of the chip, right the seat or fitting; lengths are pixels.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hw.board import USES, Board, Seat, read_board
from hw.errors import HardwareError
from hw.fittings import RULES, Fitting
from hw.pins import Chip, Pin

BOARDS: Final = Path(__file__).parent / "boards"

# fmt: off
_HEADER_PINS: Final = {
    0: 27, 1: 28, 2: 3, 3: 5, 4: 7, 5: 29, 6: 31, 7: 26, 8: 24, 9: 21, 10: 19, 11: 23, 12: 32, 13: 33, 14: 8, 15: 10,
    16: 36, 17: 11, 18: 12, 19: 35, 20: 38, 21: 40, 22: 15, 23: 16, 24: 18, 25: 22, 26: 37, 27: 13,
}
# fmt: on
"""Where on the 40-pin header a GPIO is."""

_INK: Final = {"button": "#444", "red": "#c62828", "green": "#2e7d32", "blue": "#1565c0"}
_OUTPUT_INK: Final = {**_INK, "amber": "#b26a00"}
_RESISTOR: Final = "330 Ω"
_ROW: Final = 24
_SEAT: Final = _ROW * len(USES) + 34
_WIDTH: Final = 680
_TOP: Final = 64


def board_path(name: str) -> Path:
    """The file of a board named as in the configuration."""
    return Path(name) if name.endswith(".toml") else BOARDS / f"{name}.toml"


def drawing(board: Board) -> str:
    """The whole picture as SVG."""
    height = _TOP + sum(
        46 + _SEAT * len(board.seats_on(chip)) + sum(map(_height, board.fittings_on(chip))) for chip in board.chips
    )
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13" role="img">',
            f"<title>{_text(board.name)}</title>",
            f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
            _words(16, 28, board.name, size=18),
            _words(16, 48, _lamp_words(board), ink="#555"),
            *_chips(board),
            "</svg>\n",
        ]
    )


def _lamp_words(board: Board) -> str:
    common = "common anode, to 3.3 V" if board.common_anode else "common cathode, to ground"
    return f"Buttons close to ground. RGB LEDs with {common}; {_RESISTOR} for each colour."


def _chips(board: Board) -> Iterator[str]:
    top = _TOP
    for chip in board.chips:
        seats = board.seats_on(chip)
        yield _words(16, top + 26, _chip_words(chip), size=15)
        top += 46
        for seat in seats:
            yield from _seat(board, chip, seat, top)
            top += _SEAT
        for fitting in board.fittings_on(chip):
            yield from _fitting(chip, fitting, top)
            top += _height(fitting)


def _chip_words(chip: Chip) -> str:
    what = "40-pin header" if chip.id == "header" else f"{chip.id}: {' or '.join(chip.labels)} {chip.device}".rstrip()
    return what if chip.pwm else f"{what} (lamps on or off)"


def _seat(board: Board, chip: Chip, seat: Seat, top: int) -> Iterator[str]:
    bottom = _ROW * len(USES)
    yield from _boxes(top, bottom)
    yield _words(640, top + 20, str(seat.number), size=18)
    yield _words(596, top + 20, "seat", ink="#555")
    pins = (seat.button, seat.red, seat.green, seat.blue)
    for place, (use, pin) in enumerate(zip(USES, pins, strict=True)):
        yield from _wire(chip, use, pin, top + _ROW * place + _ROW // 2)
    yield from _common(board, top)


def _boxes(top: int, height: int) -> Iterator[str]:
    yield f'<rect x="16" y="{top}" width="190" height="{height}" rx="4" fill="#eef3ee" stroke="#789"/>'
    yield f'<rect x="470" y="{top}" width="194" height="{height}" rx="4" fill="#f6f6f6" stroke="#789"/>'


def _height(fitting: Fitting) -> int:
    return _ROW * len(fitting.pins) + 42


def _fitting(chip: Chip, fitting: Fitting, top: int) -> Iterator[str]:
    """A fitting's name above its wires: contacts to ground on the right, drivers of its outputs on the wire."""
    marks = [word for word, is_so in (("opens when meant", fitting.opens), ("inverted", fitting.inverted)) if is_so]
    yield _words(470, top + 14, ", ".join((fitting.words, *marks)))
    yield from _boxes(top + 20, _ROW * len(fitting.pins))
    for place, (use, pin) in enumerate(fitting.pins):
        y = top + 20 + _ROW * place + _ROW // 2
        if use in RULES[fitting.kind].inputs:
            yield from _contact(chip, use, pin, y)
        else:
            driver = "pulse → driver" if use in RULES[fitting.kind].pulsed else "driver"
            yield from _output(chip, use, pin, y, driver)


def _output(chip: Chip, use: str, pin: Pin, y: int, driver: str) -> Iterator[str]:
    ink = _OUTPUT_INK.get(use, "#444")
    yield _words(24, y + 5, _pin_words(chip, pin))
    yield f'<path d="M206 {y}H490" stroke="{ink}" stroke-width="2" fill="none"/>'
    yield f'<rect x="286" y="{y - 9}" width="100" height="18" fill="#fff" stroke="{ink}"/>'
    yield _words(294, y + 4, driver, size=11)
    yield f'<circle cx="490" cy="{y}" r="7" fill="{ink}"/>'
    yield _words(538, y + 5, use, ink=ink)


def _wire(chip: Chip, use: str, pin: Pin, y: int) -> Iterator[str]:
    if use == "button":
        yield from _contact(chip, use, pin, y)
        return
    ink = _INK[use]
    yield _words(24, y + 5, _pin_words(chip, pin))
    yield f'<path d="M206 {y}H470" stroke="{ink}" stroke-width="2" fill="none"/>'
    yield f'<rect x="310" y="{y - 7}" width="50" height="14" fill="#fff" stroke="{ink}"/>'
    yield _words(316, y + 4, _RESISTOR, size=11)
    yield f'<path d="M470 {y}h12" stroke="{ink}" stroke-width="2"/>'
    yield f'<circle cx="490" cy="{y}" r="7" fill="{ink}"/>'
    yield _words(538, y + 5, use, ink=ink)


def _contact(chip: Chip, use: str, pin: Pin, y: int) -> Iterator[str]:
    """A contact between its line and ground."""
    ink = _INK["button"]
    yield _words(24, y + 5, _pin_words(chip, pin))
    yield f'<path d="M206 {y}H470" stroke="{ink}" stroke-width="2" fill="none"/>'
    yield f'<path d="M470 {y}h14m22 0h14M482 {y - 6}l26 -2" stroke="{ink}" stroke-width="2" fill="none"/>'
    yield f'<path d="M520 {y}h8v4m-6 0h12m-9 3h6" stroke="{ink}" fill="none"/>'
    yield _words(538, y + 5, use, ink=ink)


def _common(board: Board, top: int) -> Iterator[str]:
    first, last = top + _ROW + _ROW // 2, top + _ROW * 3 + _ROW // 2
    yield f'<path d="M497 {first}h15V{last}M497 {first + _ROW}h15M497 {last}h15" stroke="#444" fill="none"/>'
    yield _words(596, last + 5, "to 3.3 V" if board.common_anode else "to ground", ink="#444")


def _pin_words(chip: Chip, pin: Pin) -> str:
    if chip.id == "header" and isinstance(pin, int):
        return f"GPIO{pin}, header pin {_HEADER_PINS[pin]}"
    return f"line {pin}"


def _words(x: int, y: int, words: str, *, size: int = 13, ink: str = "#111") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{ink}">{_text(words)}</text>'


def _text(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def main() -> int:
    """The command."""
    if len(sys.argv) != 2:
        print("which board? python -m hw.wiring rev_a > hw/boards/rev_a.svg", file=sys.stderr)
        return 2
    try:
        sys.stdout.write(drawing(read_board(board_path(sys.argv[1]))))
    except HardwareError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
