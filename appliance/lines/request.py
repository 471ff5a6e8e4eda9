"""Reading the INVITE by which the switch asks for a call: `sip:NUMBER@lines;line=LINE` and perhaps `;use=...`.

`use=emergency` holds nothing up, `use=automatic` counts as a machine's call (redialling is limited by law).
"""

import re
from urllib.parse import unquote

from appliance.lines.facts import LegAsked

_INVITE = re.compile(r"INVITE sips?:(?P<number>[^@;>\s]+)@[^;>\s]+(?P<parameters>[^>\s]*) SIP/2\.0", re.IGNORECASE)


def read(message: str, attempt: int) -> tuple[str, LegAsked] | None:
    """The line that is named and what is asked of it; None when the request names no line or no number."""
    found = _INVITE.match(message)
    if found is None:
        return None
    parameters = dict(part.partition("=")[::2] for part in found["parameters"].split(";") if part)
    if not parameters.get("line"):
        return None
    use = parameters.get("use", "")
    asked = LegAsked(attempt, unquote(found["number"]), use == "emergency", use == "automatic")
    return unquote(parameters["line"]), asked
