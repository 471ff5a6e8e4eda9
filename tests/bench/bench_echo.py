"""What echo cancelling brings and costs on one line, beside the specification's figures (fxo §2.7); no time is held."""

import time

import numpy as np
import pytest

from appliance.media.echo import RATE, EchoPath, Speex
from tests.media.test_echo import erle, line, speech, through, wired

pytestmark = [pytest.mark.bench, pytest.mark.timeout(120)]
SECONDS = 30.0


def test_erle_and_cost() -> None:
    print("\n\necho cancelling, hybrid -12 dB, through u-law: ERLE in dB (bar: 20 after 1 s)")
    worst = 99.0
    for delay in (0, 40, 80, 160, 240, 300, 1500):
        far = wired(speech(delay + 1, 6.0))
        near = wired(line(far, delay))
        out = through(EchoPath(Speex()), near, far)
        early, late = erle(near, out, 1.0, 2.0), erle(near, out, 3.0, 6.0)
        print(f"  echo after {delay / 8:6.1f} ms: {early:5.1f} in the second second, {late:5.1f} from the third on")
        worst = min(worst, late, early if delay < 1000 else late)
    far = wired(speech(1, SECONDS))
    near = wired(line(far, 160) + np.random.default_rng(1).normal(0, 30, round(SECONDS * RATE)))
    began = time.process_time()
    through(EchoPath(Speex()), near, far)
    print(f"  {100 * (time.process_time() - began) / SECONDS:.2f} % of a core for a line (bar: 4 % with all of it)\n")
    assert worst >= 20.0
