"""The switch: every SIP dialog and all audio, and nothing about agents, queues or duty.

Rule 1: one thread, `sip`, owns every pjsua2 object; nothing of pjsua2 leaves it and its callbacks only post facts.
Rule 2: the main thread runs asyncio and carries bytes between the desk and that thread.
Rule 3: the keeper thread touches recording files and nothing else.
"""
