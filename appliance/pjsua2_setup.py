"""How pjsua2 is set up in both processes that have it, switch and lines. It is handed the library and imports none."""

# ruff: noqa: ANN401 - pjsua2 ships no types
import os
import sys
from collections.abc import Callable
from typing import Any, Final

CLOCK_RATE: Final = 8000
# pjlib writes to stdout from every thread and waits when nobody reads it: silent, but for a person who debugs.
_LOG_LEVELS: Final = {"TRACE": 4}


def endpoint(pj: Any, name: str, most_calls: int, longest_delay_ms: int, log_level: str) -> Any:
    """No thread of pjsua2's own for SIP, one for media, no sound device of the machine's.

    `name` is its User-Agent, `longest_delay_ms` how much its jitter buffers may hold.
    """
    config = pj.EpConfig()
    config.uaConfig.maxCalls = most_calls  # cut silently to what was compiled in
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = name
    level = _LOG_LEVELS.get(log_level, 0)
    config.logConfig.level = config.logConfig.consoleLevel = level
    media = config.medConfig
    media.clockRate = media.sndClockRate = CLOCK_RATE
    media.audioFramePtime = media.ptime = 20
    media.noVad = True
    media.ecTailLen = 0
    media.threadCnt = 1
    media.hasIoqueue = True
    media.jbInit, media.jbMinPre, media.jbMaxPre, media.jbMax = 20, 20, 60, longest_delay_ms
    return config


def account(pj: Any, uri: str, rtp_address: str, rtp_ports: tuple[int, int]) -> Any:
    """One account for all calls: nothing is refreshed, probed or rewritten behind our back."""
    config = pj.AccountConfig()
    config.idUri = uri
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
    config.natConfig.iceEnabled = False
    config.natConfig.contactRewriteUse = config.natConfig.viaRewriteUse = config.natConfig.sdpNatRewriteUse = 0
    config.natConfig.sipOutboundUse = 0
    config.natConfig.udpKaIntervalSec = 0
    media = config.mediaConfig
    media.srtpUse = pj.PJMEDIA_SRTP_DISABLED
    first, last = rtp_ports
    media.transportConfig.port, media.transportConfig.portRange = first, last - first
    media.transportConfig.boundAddress = rtp_address
    return config


def choose_codecs(endpoint: Any, wanted: dict[str, int]) -> None:
    """These, by their priority, and no other."""
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, wanted.get(codec.codecId, 0))


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
