"""Lines of one chip under one request, so that many levels change in one call of the kernel.

On an expander such a call is one transfer over I2C, and a slow one: the desk waits for it (docs/decisions/0024).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import gpiod
from gpiod.line import Direction, Value


class Bank:
    """A request of many lines that looks to each of its pins like one of its own; free once all of them let go."""

    def __init__(self, request: gpiod.LineRequest) -> None:
        self._request = request
        self._settings = dict.fromkeys(request.offsets, gpiod.LineSettings(direction=Direction.INPUT))
        self._levels: dict[int | str, Value] = {}
        self._users = 0

    def join(self) -> "Bank":
        """One pin more."""
        self._users += 1
        return self

    @property
    def is_free(self) -> bool:
        """Whether every pin has let go."""
        return not self._users

    def get_value(self, line: int) -> Value:
        """The line's level."""
        return self._request.get_value(line)

    def set_value(self, line: int, value: Value) -> None:
        """Drive one line."""
        self.set_values({line: value})

    def set_values(self, levels: dict[int | str, Value]) -> None:
        """Drive these lines, in one call of the kernel."""
        self._request.set_values(levels)
        self._levels.update(levels)

    def reconfigure_lines(self, config: Mapping[int, gpiod.LineSettings]) -> None:
        """What some lines are from now on; the kernel wants to hear of the others too, levels included."""
        self._settings.update(config)
        self._levels.update({line: settings.output_value for line, settings in config.items()})
        self._request.reconfigure_lines(
            {
                line: replace(settings, output_value=self._levels.get(line, Value.INACTIVE))
                for line, settings in self._settings.items()
            }
        )

    def release(self) -> None:
        """A pin lets go."""
        self._users -= 1
        if not self._users:
            self._request.release()


Request: TypeAlias = gpiod.LineRequest | Bank
"""What holds a pin's line: a request of its own, or one that it shares."""
