"""How many calls this build of pjsua2 holds: compiled in, told nowhere, so counted by trying."""

from appliance.switch.pjsua import TooManyCallsError, UserAgent
from appliance.switch.settings import SwitchSettings


def count_capacity(settings: SwitchSettings) -> int:
    """How many legs this build of pjsua2 really holds, found by placing calls until it refuses one.

    The calls go to a socket of our own that never answers. Leaves the library unusable: for a process of its own.
    """
    agent = UserAgent(settings)
    agent.start()
    count = 0
    try:
        while count < 4096:
            agent.dial(f"sip:capacity@{settings.edge}", "sip:capacity@localhost", {})
            count += 1
    except TooManyCallsError:
        return count
    return count
