"""Real speech and music, where Debian's packages of them are installed: Asterisk's prompts and its music on hold.

asterisk-core-sounds-*-wav and asterisk-moh-opsound-wav put WAV files (8 kHz, 16 bit, mono) below one folder: English,
French and Spanish prompts and the music are 101 minutes. DESKBELL_CORPUS names another folder to look in.
"""

import os
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

FOLDER = Path(os.environ.get("DESKBELL_CORPUS", "/usr/share/asterisk"))


def corpus() -> Iterator[tuple[str, np.ndarray]]:
    """Each file's name and its linear samples; nothing when no such package is installed."""
    for path in sorted(FOLDER.rglob("*.wav")):
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000):
                yield path.name, np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(float)
