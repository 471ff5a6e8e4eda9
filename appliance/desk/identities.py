"""As whom a phone calls out (S-10): `*58` and a queue's number chooses it, alone or before the number to call. Pure."""

from appliance.desk.feature_codes import CALL_AS, PERSONALLY
from appliance.desk.settings import DeskSettings, IdentitySettings


def identity_of(queue: str, settings: DeskSettings) -> IdentitySettings | None:
    """How calls as this queue go out; None personally, and for a queue that has no way for them."""
    return next((one for one in settings.outbound.identities if one.queue == queue), None)


def chosen(called: str, settings: DeskSettings) -> tuple[str, str] | None:
    """The queue ("" personally) and the number to call in `*58`, a queue's number and that number.

    None where nothing is called by it: then it is a feature code, or nothing.
    """
    digits = called.removeprefix(CALL_AS)
    if digits == called:
        return None
    numbers = [(one.extension, one.queue) for one in settings.outbound.identities if one.extension]
    for number, queue in (*sorted(numbers, key=lambda one: -len(one[0])), (PERSONALLY, "")):
        if digits.startswith(number):
            rest = digits.removeprefix(number)
            return (queue, rest) if rest else None
    return None
