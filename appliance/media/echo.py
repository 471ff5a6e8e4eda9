"""Echo cancelling for one line: what we send comes back from the hybrid, and is taken out again (fxo §2.7).

The canceller is libspeexdsp's (Debian's libspeexdsp1), called by ctypes. Where it is missing, `canceller` refuses in a
sentence and `Untouched` is what remains: a call with echo is better than none.

Rules:
1. Far samples are given exactly as the card played them while it heard the near ones: one for one. What is left of the
   delay (the card's own, the line's) is at most the tail, or is found by cross-correlation and shifted away.
2. Sound is worked on in frames of 8 ms; what does not fill one waits for the next batch. Nothing is added, so nothing
   is ever delayed by more than that.
"""

import ctypes
import functools
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.errors import DeskbellError

RATE: Final = 8000
FRAME: Final = 64  # a power of two: with 80, echoes later by a whole number of frames stayed 10 dB louder
TAIL: Final = 384  # samples, 48 ms: 32 ms of line and some of the card's delay; longer ones suffer in double talk
LIBRARY: Final = "libspeexdsp.so.1"
_SET_RATE: Final = 24  # SPEEX_ECHO_SET_SAMPLING_RATE

Samples = NDArray[np.int16]


class EchoUnavailable(DeskbellError):
    """There is no canceller; the sentence says what to install."""


class Canceller(Protocol):
    """Works on whole frames."""

    def frames(self, near: Samples, far: Samples) -> Samples:
        """`near` without the echo of `far`; both are as many whole frames."""

    def reset(self) -> None:
        """Forget what was learnt of the line."""


class Untouched:
    """No canceller: what comes in goes out."""

    def frames(self, near: Samples, far: Samples) -> Samples:
        """`near` as it is."""
        return near

    def reset(self) -> None:
        """Nothing was learnt."""


@functools.cache
def _library(name: str) -> ctypes.CDLL:
    """The shared library with its functions declared. Raises EchoUnavailable."""
    try:
        speex = ctypes.CDLL(name)
        speex.speex_echo_state_init.restype = ctypes.c_void_p
        speex.speex_echo_state_init.argtypes = [ctypes.c_int, ctypes.c_int]
        speex.speex_echo_ctl.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
        speex.speex_echo_cancellation.restype = None
        speex.speex_echo_cancellation.argtypes = [ctypes.c_void_p] * 4
        for ending in (speex.speex_echo_state_destroy, speex.speex_echo_state_reset):
            ending.restype, ending.argtypes = None, [ctypes.c_void_p]
    except (OSError, AttributeError) as missing:
        raise EchoUnavailable(
            f"echo on analogue lines cannot be cancelled: the library {name} is not usable ({missing}); "
            "install the Debian package libspeexdsp1"
        ) from missing
    return speex


class Speex:
    """libspeexdsp's canceller. Raises EchoUnavailable. For one thread at a time."""

    def __init__(self, tail: int = TAIL, library: str = LIBRARY) -> None:
        self._speex = _library(library)
        self._state = self._speex.speex_echo_state_init(FRAME, tail)
        if not self._state:
            raise EchoUnavailable("echo on analogue lines cannot be cancelled: libspeexdsp has no memory for it")
        rate = ctypes.c_int(RATE)
        self._speex.speex_echo_ctl(self._state, _SET_RATE, ctypes.byref(rate))

    def frames(self, near: Samples, far: Samples) -> Samples:
        """`near` without the echo of `far`; both are as many whole frames."""
        near, far = np.ascontiguousarray(near, np.int16), np.ascontiguousarray(far, np.int16)
        if len(near) != len(far) or len(near) % FRAME:
            raise ValueError(
                f"{len(near)} and {len(far)} samples were given; the same multiple of {FRAME} would be right"
            )
        out = np.empty(len(near), np.int16)
        here, there, cleaned = near.ctypes.data, far.ctypes.data, out.ctypes.data
        for at in range(0, 2 * len(near), 2 * FRAME):
            self._speex.speex_echo_cancellation(self._state, here + at, there + at, cleaned + at)
        return out

    def reset(self) -> None:
        """Forget what was learnt of the line."""
        self._speex.speex_echo_state_reset(self._state)

    def __del__(self) -> None:
        if getattr(self, "_state", None):
            self._speex.speex_echo_state_destroy(self._state)
            self._state = None


# --- alignment ----------------------------------------------------------------------------------------------------

LONGEST: Final = 2400  # samples of delay that are looked for: 300 ms
LISTEN: Final = 4000  # samples that are correlated
AUDIBLE: Final = 300.0  # RMS of far sound worth correlating: -40 dBFS
CERTAIN: Final = 8.0  # how far the peak must stand above the correlation's RMS
MARGIN: Final = 64  # samples left before the echo, so that the canceller sees its beginning


def bulk_delay(near: Samples, far: Samples) -> int | None:
    """After how many samples `far` comes back in `near`; None when it does not, or not clearly.

    Both are equally long and begin at the same moment. The spectra are whitened, so that voices give a sharp peak.
    """
    size = 1 << (2 * len(near) - 1).bit_length()
    cross = np.fft.rfft(near.astype(np.float64), size) * np.fft.rfft(far.astype(np.float64), size).conj()
    found = np.fft.irfft(cross / np.maximum(np.abs(cross), 1e-9), size)[: min(LONGEST, len(near))]
    peak = int(np.argmax(np.abs(found)))
    return peak if abs(found[peak]) > CERTAIN * float(np.sqrt(np.mean(found**2))) else None


class EchoPath:
    """The echo of one conversation: takes batches of any size, keeps them aligned, gives whole frames back."""

    def __init__(self, canceller: Canceller) -> None:
        self._canceller = canceller
        self.shift = 0
        self._near: Samples = np.zeros(0, np.int16)
        self._far: Samples = np.zeros(LONGEST, np.int16)  # LONGEST samples of the past, then what goes with `_near`
        self.realign()

    def cancel(self, near: bytes, far: bytes) -> bytes:
        """Linear `near` without the echo of `far`, which is as long; less than a frame stays inside for the next."""
        if len(near) != len(far):
            raise ValueError(f"{len(far)} bytes of far sound for {len(near)} of near; as many would be right")
        self._near = np.concatenate([self._near, np.frombuffer(near, np.int16)])
        self._far = np.concatenate([self._far, np.frombuffer(far, np.int16)])
        self._listen(near, far)
        whole = len(self._near) // FRAME * FRAME
        begin = LONGEST - self.shift
        clean = self._canceller.frames(self._near[:whole], self._far[begin : begin + whole])
        self._near, self._far = self._near[whole:], self._far[whole:]
        return clean.tobytes()

    def realign(self) -> None:
        """The card lost samples, or ran dry: the delay may be another one now, and is looked for anew."""
        self._heard: list[tuple[bytes, bytes]] = []
        self._listened = 0

    def _listen(self, near: bytes, far: bytes) -> None:
        """From the first audible far sound on for half a second: then look how late it comes back."""
        if self._listened >= LISTEN or not (self._heard or _is_audible(far)):
            return
        self._heard.append((near, far))
        self._listened += len(near) // 2
        if self._listened >= LISTEN:
            delay = bulk_delay(*(np.frombuffer(b"".join(part), np.int16) for part in zip(*self._heard, strict=True)))
            self._heard = []
            self._align(delay)

    def _align(self, delay: int | None) -> None:
        """Shift the far sound when its echo is not where the canceller looks for it."""
        if delay is None or self.shift <= delay < self.shift + TAIL - MARGIN:
            return
        self.shift = max(0, delay - MARGIN)
        self._canceller.reset()


def _is_audible(pcm: bytes) -> bool:
    samples = np.frombuffer(pcm, np.int16).astype(np.float64)
    return len(samples) > 0 and float(samples @ samples) > AUDIBLE**2 * len(samples)


def canceller() -> Canceller:
    """The best there is. Raises EchoUnavailable with a sentence when it is missing."""
    return Speex()
