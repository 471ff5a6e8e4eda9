"""A V.253 voice modem as one analogue (FXO) line card.

Bytes in, typed events out: `protocol` and `driver` do no I/O and ask no clock, `port` is the serial device. Every
duration is in seconds, every `now` is monotonic, every sample is one µ-law byte at 8000 Hz.
"""
