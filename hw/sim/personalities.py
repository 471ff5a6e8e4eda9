"""The modems a virtual card can be, by name (specs: fxo §1.1, §3.2). Each row says only where it differs."""

from collections.abc import Mapping
from dataclasses import replace

from hw.sim.errors import SimulatorError
from hw.sim.personality import CX93001_2013, CX_PARAMETERS, Parameter, Personality
from hw.sim.ulaw import A_LAW, MU_LAW, SIGNED_8, UNSIGNED_8

_CX_ONLY = frozenset({"-TRV", "-STE", "-TTE", "-SCID", "!4886", "!4892"})
_HALF_ONLY = _CX_ONLY | {"+VTR"}


def _identity(maker: str, model: str, i0: str, i3: str) -> dict[str, str]:
    return {"+GMI": maker, "+GMM": model, "+GMR": i3, "I0": i0, "I1": "255", "I2": "OK", "I3": i3}


def _formats(default: str, accepts: str, *lines: str) -> Mapping[str, Parameter]:
    return {**CX_PARAMETERS, "+VSM": Parameter(default, accepts, "\r\n".join(lines))}


CX930XX_2006 = replace(
    CX93001_2013,
    name="cx930xx_2006",
    identity=_identity("CONEXANT", "V92", "56000", "CX93010-EIS_V0.2006-V92"),
    parameters={
        **_formats(
            "1,8000,0,0",
            r"(1|129|130|140|141),8000(,0,0)?|1|129|130|140|141",
            '1,"UNSIGNED PCM",8,0,8000,0,0',
            '129,"IMA ADPCM",4,0,8000,0,0',
            '130,"UNSIGNED PCM",8,0,8000,0,0',
            '140,"2 Bit ADPCM",2,0,8000,0,0',
            '141,"4 Bit ADPCM",4,0,8000,0,0',
        ),
        "+VGR": Parameter("0", "0", "(0)"),
    },
    formats={"1": UNSIGNED_8, "130": UNSIGNED_8},
)
RD02_NOCID = replace(
    CX93001_2013,
    name="rd02_nocid",
    identity=_identity("CONEXANT", "V92", "56000", "CX93001-EIS_V0.2002-V92"),
    caller_id_after="!4886=01",
)
USR5637 = replace(
    CX93001_2013,
    name="usr5637",
    identity=_identity(
        "U.S. ROBOTICS, INC.", "USRobotics 56K FAX USB V1.2.23", "5601", "U.S. Robotics 56K FAX USB V1.2.23"
    ),
    parameters={
        **_formats(
            "129,8000",
            r"(128|129|130|131|132|133),8000|128|129|130|131|132|133",
            '128,"8-BIT LINEAR",(7200,8000,11025)',
            '129,"16-BIT LINEAR",(7200,8000,11025)',
            '130,"8-BIT ALAW",(8000)',
            '131,"8-BIT ULAW",(8000)',
            '132,"IMA ADPCM",(7200,8000,11025)',
            '133,"G.729",(8000)',
        ),
        "+VSD": Parameter("128,50", r"128,\d{1,3}", "(128),(0-255)"),
    },
    formats={"128": UNSIGNED_8, "130": A_LAW, "131": MU_LAW},
    duplex_exit=b"\x03",
    words={"NO_DIAL_TONE": "NO DIALTONE"},
    loop_code=b"",
    never_tells=frozenset({b"l", b"P", b"p", b"u", b"o", b"r"}),
    absent=_CX_ONLY,
    caller_id_blank="",
    byte_budget=None,
)
USR5637_NOVOICE = replace(
    USR5637,
    name="usr5637_novoice",
    parameters={**USR5637.parameters, "+FCLASS": Parameter("0", r"0|1|1\.0|2", "0,1,1.0,2")},
)
ZOOM3095 = replace(
    CX93001_2013,
    name="zoom3095",
    identity=_identity("CONEXANT", "V92", "56000", "CX93001-EIS_V0.2011-V92 ZOOM 3095"),
    wants_polite_exit=True,
)
SI2494_HALF = replace(
    CX93001_2013,
    name="si2494_half",
    identity=_identity("SILICON LABS", "SI2494", "2494", "SI2494 REV C ISOMODEM"),
    parameters=_formats(
        "1,8000",
        r"(0|1|4|5|129|131),8000|0|1|4|5|129|131",
        '0,"Signed PCM",8,0,(8000),0,0',
        '1,"Unsigned PCM",8,0,(8000),0,0',
        '4,"mu-Law",8,0,(8000),0,0',
        '5,"A-Law",8,0,(8000),0,0',
        '129,"G.726 ADPCM",2,0,(8000),0,0',
        '131,"G.726 ADPCM",4,0,(8000),0,0',
    ),
    formats={"0": SIGNED_8, "1": UNSIGNED_8, "4": MU_LAW, "5": A_LAW},
    absent=_HALF_ONLY,
    caller_id_header="CIDM",
    byte_budget=None,
)
GENERIC_HALF = replace(
    CX93001_2013,
    name="generic_half",
    identity=_identity("ACME", "56K Voice", "14400", "V1.0"),
    absent=_HALF_ONLY,
    voice_ok="VCON",
    byte_budget=None,
)
STUCK_STREAM = replace(CX93001_2013, name="stuck_stream", starts_streaming=True)
CHAOS = replace(CX93001_2013, name="chaos", is_whimsical=True, voice_ok="VCON", caller_id_blank="  ")

PERSONALITIES: Mapping[str, Personality] = {
    personality.name: personality
    for personality in (
        CX93001_2013, CX930XX_2006, RD02_NOCID, USR5637, USR5637_NOVOICE, ZOOM3095, SI2494_HALF, GENERIC_HALF,
        STUCK_STREAM, CHAOS,
    )
}  # fmt: skip


def personality_named(name: str) -> Personality:
    """The personality of that name; SimulatorError names the known ones."""
    try:
        return PERSONALITIES[name]
    except KeyError:
        raise SimulatorError(f"asked for the modem {name!r}; known are {', '.join(PERSONALITIES)}") from None
