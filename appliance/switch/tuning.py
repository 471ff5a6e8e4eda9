"""What is the switch's own in how pjsua2 is set up. It is handed the library: `pjsua.py` alone imports it."""

# ruff: noqa: ANN401 - pjsua2 ships no types

from typing import Any, Final

from appliance import pjsua2_setup
from appliance.switch.invite import OURSELVES
from appliance.switch.settings import SwitchSettings

hushed: Final = pjsua2_setup.hushed
_CODECS: Final = {"PCMU/8000/1": 255, "PCMA/8000/1": 254}


def endpoint(pj: Any, settings: SwitchSettings) -> Any:
    """As many calls as were compiled in."""
    return pjsua2_setup.endpoint(pj, "Deskbell", most_calls=4096, longest_delay_ms=240, log_level=settings.log_level)


def account(pj: Any, settings: SwitchSettings) -> Any:
    """The one account: who we are."""
    uri = f"sip:{OURSELVES}@{settings.realm}"
    config = pjsua2_setup.account(pj, uri, settings.rtp_address, settings.rtp_ports)
    if settings.edge:
        config.sipConfig.proxies.append(f"sip:{settings.edge};lr")
    config.sipConfig.autoRespondSipMessage = False  # a text is answered once it is on the disk (I-19)
    config.mediaConfig.lockCodecEnabled = False  # a phone that keeps both laws in its answer needs no second INVITE
    return config


def choose_codecs(endpoint: Any) -> None:
    """The two laws of telephony, and nothing else."""
    pjsua2_setup.choose_codecs(endpoint, _CODECS)
