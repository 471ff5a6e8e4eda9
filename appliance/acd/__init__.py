"""The pure core: callers, agents, offers and queues as functions of events and time (specs: acd.md).

Nothing in this package reads a clock, sleeps, logs, draws a random number or does I/O.
"""
