"""How pjsua2 is set up for the lines: the library and its one account. It is handed it: `sip.py` alone imports it."""

# ruff: noqa: ANN401 - pjsua2 ships no types
from typing import Any

from appliance.lines.settings import LinesSettings
from appliance.settings_file import host_and_port


def endpoint_config(pj: Any, settings: LinesSettings, rate: int) -> Any:
    """No thread of pjsua2's own for SIP, one for media, no sound device of the machine's."""
    config = pj.EpConfig()
    config.uaConfig.maxCalls = 64
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = "Deskbell lines"
    level = 4 if settings.log_level == "TRACE" else 0
    config.logConfig.level = config.logConfig.consoleLevel = level
    media = config.medConfig
    media.clockRate = media.sndClockRate = rate
    media.audioFramePtime = media.ptime = 20
    media.noVad = True
    media.ecTailLen = 0
    media.threadCnt = 1
    media.hasIoqueue = True
    media.jbInit, media.jbMinPre, media.jbMaxPre, media.jbMax = 20, 20, 60, 200
    return config


def account_config(pj: Any, settings: LinesSettings) -> Any:
    """One account for all lines, on loopback: nothing to traverse, nothing to keep alive."""
    host, _ = host_and_port(settings.sip)
    config = pj.AccountConfig()
    config.idUri = f"sip:lines@{host}"
    config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
    config.natConfig.iceEnabled = False
    config.natConfig.contactRewriteUse = config.natConfig.viaRewriteUse = config.natConfig.sdpNatRewriteUse = 0
    config.natConfig.sipOutboundUse = 0
    config.natConfig.udpKaIntervalSec = 0
    media = config.mediaConfig
    media.srtpUse = pj.PJMEDIA_SRTP_DISABLED
    first, last = settings.rtp_ports
    media.transportConfig.port, media.transportConfig.portRange = first, last - first
    media.transportConfig.boundAddress = settings.rtp_address
    return config
