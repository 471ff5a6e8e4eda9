"""gpiozero's pins on /dev/gpiochipN by lgpio, mended where a panel of several chips that may go and come needs it.

Proven against the kernel's own GPIO simulator (tests/hil): gpiozero means one header that is always there.
"""

import contextlib
import warnings
from collections import defaultdict

from hw.panel import PanelError


def lgpio_factory(number: int) -> object:
    """gpiozero's lgpio factory on /dev/gpiochip`number`. Raises PanelError without library, chip or permission."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _factory_class()(number)
    except Exception as wrong:  # lgpio raises its own error class, which only exists where lgpio does
        raise PanelError(f"gpiochip{number} cannot be opened ({type(wrong).__name__}: {wrong})") from wrong


def _factory_class() -> type:
    """The factory for one chip. Imports lgpio, which is not on every machine."""
    import lgpio
    from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin

    class ChipPin(LGPIOPin):  # type: ignore[misc]
        """A line that can be let go of when its chip is gone."""

        _callback: "lgpio._callback | None"

        def close(self) -> None:
            if self._callback is not None:  # gpiozero forgets it; one left behind ends lgpio's only listening thread
                self._callback.cancel()
                self._callback = None
            with contextlib.suppress(lgpio.error):
                super().close()

    class ChipFactory(LGPIOFactory):  # type: ignore[misc]
        """Any chip with its offsets called as the header's, on any machine."""

        _handle: int | None
        pins: dict[object, object]
        _reservations: dict[object, list[object]]

        def __init__(self, chip: int) -> None:
            super().__init__(chip)
            self.pin_class = ChipPin
            # gpiozero has one set of pins for all its factories: line 3 of two chips would be one pin.
            self.pins, self._reservations = {}, defaultdict(list)

        def _get_revision(self) -> int:
            return 0xA020D3  # a Raspberry Pi 3 B+: GPIO0 to GPIO27; not asked of the machine, it may be no Pi

        def close(self) -> None:
            # The chip first: pins of one that is gone fail to close, and lgpio would listen to it for ever.
            handle, self._handle = self._handle, None
            if handle is not None:
                lgpio.gpiochip_close(handle)
            super().close()

    return ChipFactory
