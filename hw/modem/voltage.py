"""What the voltage between tip and ring tells about a line that we do not use (fxo §2.2, §2.6)."""

import re
from collections.abc import Sequence
from typing import Final

NO_LINE: Final = 3.0


def volts_in(told: Sequence[str]) -> float | None:
    """The voltage in the answer to AT-TRV; None when there is none."""
    found = re.search(r"(\d+(?:[.,]\d+)?)", " ".join(told))
    return None if found is None else float(found[1].replace(",", "."))


def trouble(volts: float | None, in_use: float) -> str:
    """What is wrong with a line of that voltage while it is not ours, as a sentence; empty when nothing is.

    Less than `in_use` volts on a line that is not ours: somebody else loops it.
    """
    if volts is None or volts >= in_use:
        return ""
    if volts < NO_LINE:
        return f"no phone line: {volts} V between tip and ring where 40 to 56 V would be right; is the cable in?"
    return (
        f"the line is in use, and not by us: {volts} V between tip and ring where 40 to 56 V would be right; "
        "is another telephone off the hook?"
    )
