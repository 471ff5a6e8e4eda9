"""What a BYE says beside that the call is over: since when the caller of an analogue line was gone (fxo §2.8).

It is handed the library: `pjsua.py` alone imports it.
"""

# ruff: noqa: ANN401 - pjsua2 ships no types
from typing import Any

from appliance.switch import invite


def gone_s(pj: Any, event: Any) -> float:
    """Seconds, 0 for the end of a call that no such BYE made; the event lives only as long as the callback."""
    if event.type != pj.PJSIP_EVENT_TSX_STATE or event.body.tsxState.type != pj.PJSIP_EVENT_RX_MSG:
        return 0.0
    message = str(event.body.tsxState.src.rdata.wholeMsg)
    return invite.gone_s(message) if message.startswith("BYE ") else 0.0
