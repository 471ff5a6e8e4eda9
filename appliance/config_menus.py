"""What must fit together in menus: digits, branches that lead somewhere, prompts that are there (F-50)."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.acd.chain_text import ChainError, destination_from_text
from appliance.acd.chains import MOST_HOPS
from appliance.config_exits import messages, target
from appliance.config_words import known, twice
from appliance.media import wav

if TYPE_CHECKING:  # config.py calls us
    from appliance.config import Config, Menu


def contradictions(config: "Config") -> Iterator[str]:
    """Every sentence about menus that cannot be as they are written."""
    yield from twice("menu", [menu.id for menu in config.menus])
    for menu in config.menus:
        if not menu.choices or not menu.default:
            yield f"menu {menu.id} needs choices and a default; whoever presses nothing must get somewhere as well"
        for digit in menu.choices:
            if not re.fullmatch(r"[0-9*#]", digit):
                yield f"menu {menu.id}: {digit!r} is no key; one of 0 to 9, * or # would be right"
        for digit, steps in (*menu.choices.items(), ("default", menu.default)):
            yield from _branch(config, steps, f"menu {menu.id}: {digit}")
        if menu.step_s <= 0 or menu.tries < 1:
            yield f"menu {menu.id}: step_s is a time above 0, and it is asked at least once"
        yield from _prompt(menu)


def _branch(config: "Config", steps: Sequence[str], where: str) -> Iterator[str]:
    if len(steps) > MOST_HOPS:
        yield f"{where} has {len(steps)} steps; {MOST_HOPS} is the most (I-27)"
    for step in steps:
        try:
            destination = destination_from_text(step)
        except ChainError as wrong:
            yield f"{where}: {wrong}"
        else:
            yield from target(config, destination, where)


def _prompt(menu: "Menu") -> Iterator[str]:
    """A prompt of ours, or a recording of the owner's that can be played without resampling."""
    if not menu.prompt.startswith("/"):
        yield from known("prompt", menu.prompt, messages(), f"menu {menu.id}")
        return
    path = Path(menu.prompt).with_suffix(".wav")
    try:
        with path.open("rb") as file:
            wav.read(file)
    except (OSError, ValueError) as wrong:
        yield f"menu {menu.id}: {path} cannot be played ({wrong}); a WAV file of 8 kHz, mono, 16 bit would be right"
