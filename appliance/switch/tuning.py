"""How pjsua2 is set up. It is handed the library: `pjsua.py` alone imports it."""

# ruff: noqa: ANN401 - pjsua2 ships no types

import os
import sys
from collections.abc import Callable
from typing import Any, Final

from appliance.switch.invite import OURSELVES
from appliance.switch.settings import SwitchSettings

CLOCK_RATE: Final = 8000
_WANTED_CODECS: Final = {"PCMU/8000/1": 255, "PCMA/8000/1": 254}
# pjlib writes to stdout from every thread and waits when nobody reads it: silent, but for a person who debugs.
_LOG_LEVELS: Final = {"TRACE": 4}


def endpoint(pj: Any, settings: SwitchSettings) -> Any:
    """Threads, media and jitter buffer."""
    config = pj.EpConfig()
    config.uaConfig.maxCalls = 4096  # cut silently to what was compiled in
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = "Deskbell"
    level = _LOG_LEVELS.get(settings.log_level, 0)
    config.logConfig.level = config.logConfig.consoleLevel = level
    media = config.medConfig
    media.clockRate = media.sndClockRate = CLOCK_RATE
    media.audioFramePtime = media.ptime = 20
    media.noVad = True
    media.ecTailLen = 0
    media.threadCnt = 1
    media.hasIoqueue = True
    media.jbInit, media.jbMinPre, media.jbMaxPre, media.jbMax = 20, 20, 60, 240
    return config


def account(pj: Any, settings: SwitchSettings) -> Any:
    """The one account: who we are, and that nothing is refreshed, probed or rewritten behind our back."""
    config = pj.AccountConfig()
    config.idUri = f"sip:{OURSELVES}@{settings.realm}"
    if settings.edge:
        config.sipConfig.proxies.append(f"sip:{settings.edge};lr")
    config.sipConfig.autoRespondSipMessage = False  # a text is answered once it is on the disk (I-19)
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
    config.natConfig.iceEnabled = False
    config.natConfig.contactRewriteUse = config.natConfig.viaRewriteUse = config.natConfig.sdpNatRewriteUse = 0
    config.natConfig.sipOutboundUse = 0
    config.natConfig.udpKaIntervalSec = 0
    media = config.mediaConfig
    media.lockCodecEnabled = False  # a phone that keeps both laws in its answer needs no second INVITE
    media.srtpUse = pj.PJMEDIA_SRTP_DISABLED
    first, last = settings.rtp_ports
    media.transportConfig.port, media.transportConfig.portRange = first, last - first
    media.transportConfig.boundAddress = settings.rtp_address
    return config


def choose_codecs(endpoint: Any) -> None:
    """The two laws of telephony, and nothing else."""
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, _WANTED_CODECS.get(codec.codecId, 0))


def hushed(work: Callable[[], None]) -> None:
    """pjlib greets on stdout before it can be told not to; our stdout says `ready` and nothing else."""
    sys.stdout.flush()
    spoken = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        work()
    finally:
        os.dup2(spoken, 1)
        os.close(spoken)
        os.close(nowhere)
