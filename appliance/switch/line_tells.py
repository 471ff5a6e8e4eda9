"""What an analogue line says beside SIP's own: since when its caller is gone, and why it takes a number for answered.

The edge lets nobody else say so. Events live only as long as the callback that is given them. It is handed the library:
`pjsua.py` alone imports it.
"""

# ruff: noqa: ANN401 - pjsua2 ships no types
from typing import Any

from appliance.switch import invite


def gone_s(pj: Any, event: Any) -> float:
    """Seconds that the caller had been gone at the BYE (fxo §2.8); 0 for an end that no such BYE made."""
    message = _received(pj, event)
    return invite.gone_s(message) if message.startswith("BYE ") else 0.0


def evidence(pj: Any, event: Any) -> str:
    """Why the number counts as answered (fxo §2.4); "" where the answer was a signal of its own."""
    message = _received(pj, event)
    return invite.evidence(message) if message.startswith("SIP/2.0 200") else ""


def _received(pj: Any, event: Any) -> str:
    """The message that moved the call, "" when none did."""
    if event.type != pj.PJSIP_EVENT_TSX_STATE or event.body.tsxState.type != pj.PJSIP_EVENT_RX_MSG:
        return ""
    return str(event.body.tsxState.src.rdata.wholeMsg)
