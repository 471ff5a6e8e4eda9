"""Volts and bytes: buttons, lamps, serial voice modems and their simulators.

Knows no calls and imports nothing of ours but `hw`.
"""
