"""Analogue lines as SIP trunks: one worker per line, one SIP thread, one Unix socket for the desk.

To the switch a line is a trunk; a line is off-hook exactly while its leg is answered. Samples are 8000 a second;
durations are monotonic seconds and every `now` is a parameter below the worker threads.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads spin while they wait for eight by eight numbers
