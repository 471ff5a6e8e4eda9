"""What echo cancelling brings and costs on one line, beside the specification's figures (fxo §2.7); no time is held."""

import time
from pathlib import Path

import numpy as np
import pytest

from appliance.lines.music import Music
from appliance.lines.talk import Pipes, Talk, echo_path
from appliance.media import ulaw
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


def test_what_a_talking_line_costs_altogether(tmp_path: Path) -> None:
    pipes = Pipes()
    talk = Talk("US", pipes, Music(tmp_path / "none.wav"), echo=echo_path(True))
    talk.begin()
    talk.attach()
    near, far = (ulaw.encode(wired(speech(seed, SECONDS)).tobytes()) for seed in (1, 2))
    began = time.process_time()
    for at in range(0, len(near), 80):
        pipes.to_line.push(ulaw.decode(far[at : at + 80]))
        talk.hear(near[at : at + 80])
        pipes.from_line.pull(80)
    share = 100 * (time.process_time() - began) / SECONDS
    print(f"\n\ntones, keys, echo and both pipes of a talking line: {share:.2f} % of a core (bar: 4 %)\n")
