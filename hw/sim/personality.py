"""What kind of modem a virtual card is, as data: identity, commands, voice formats, tempo (specs: fxo §1.2, §3.2).

A new modem is a new `Personality`; the interpreter never asks which one it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hw.sim.ulaw import A_LAW, MU_LAW, SIGNED_8, UNSIGNED_8, VoiceFormat

Span = tuple[float, float]

_S_REGISTERS = {
    0: 0, 1: 0, 2: 43, 3: 13, 4: 10, 5: 8, 6: 2, 7: 50, 8: 2, 9: 6, 10: 14, 11: 95, 12: 50,
    29: 70, 30: 0, 86: 0, 91: 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """A command that only remembers: its value after reset and what it accepts (a full-match regex).

    `shown` is the reply to `?` with `{}` for the value; an empty `options` means that `=?` is an ERROR.
    """

    default: str
    accepts: str
    options: str = ""
    shown: str = "{}"


@dataclass(frozen=True, slots=True)
class Personality:
    """One modem model.

    `latency` is the seconds from a command's CR to its result, by command name, drawn evenly from the span. What is
    asked for is done right before, but that `+VLS` moves the hook `relay` seconds after its CR: the rest of its time
    the line settles.
    `duplex_exit` is the DLE code that ends the duplex stream. `loop_code` is the event for an interrupted loop,
    `reversal_code` the one for swapped wires, `never_tells` the codes it does not have. `absent` are commands it lacks.
    `byte_budget` is bytes a second both ways together in a stream. `wants_polite_exit`: the exit code is obeyed only
    right after a DLE pair. `starts_streaming`: comes up in a stream, off-hook, as after a host's crash.
    `is_whimsical`: answers framed in any legal way. `voice_ok` answers `+VLS`; `words` spells results by name.
    `caller_id_after` must be sent before callers are told at all; `caller_id_header` is a line before each telling.
    """

    name: str
    identity: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    formats: Mapping[str, VoiceFormat]
    latency: Mapping[str, Span]
    usual_latency: Span = (0.005, 0.030)
    relay: float = 0.020
    body_limit: int = 128
    quantum: float = 0.010
    tx_fifo: int = 2048
    rx_fifo: int = 4096
    duplex_exit: bytes = b"^"
    loop_code: bytes = b"l"
    loop_immunity_ms: int = 200
    underrun_each_quantum: bool = False
    reversal_code: bytes = b"l"
    never_tells: frozenset[bytes] = frozenset()
    absent: frozenset[str] = frozenset()
    byte_budget: float | None = None
    wants_polite_exit: bool = False
    starts_streaming: bool = False
    is_whimsical: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    voice_ok: str = "OK"
    caller_id_after: str = ""
    caller_id_header: str = ""
    caller_id_blank: str = " "
    s_registers: Mapping[int, int] = field(default_factory=lambda: dict(_S_REGISTERS))


_NUMBER = r"\d{1,3}"
_FLAG = r"[01]"
_PAIR = r"\d{1,3},\d{1,3}"

CX_PARAMETERS: Mapping[str, Parameter] = {
    "+FCLASS": Parameter("0", r"0|1|1\.0|2|8", "0,1,1.0,2,8"),
    "+GCI": Parameter("B5", r"[0-9A-Fa-f]{2}", "(00,09,20,26,3D,42,59,61,7B,7E,A0,A5,AE,B4,B5,FE)", "+GCI: {}"),
    "+IFC": Parameter("2,2", r"[0-3],[0-2]", "(0-2),(0-2)", "+IFC: {}"),
    "+IPR": Parameter("0", r"\d{1,6}", "(),(0,115200,230400)", "+IPR: {}"),
    "+VCID": Parameter("0", r"[012]", "(0-2)"),
    "+VDR": Parameter("0,0", _PAIR, "(0,1),(0-6)"),
    "+VIP": Parameter("0", _FLAG, "(0)"),
    "+VIT": Parameter("70", _NUMBER, "(0-255)"),
    "+VNH": Parameter("0", r"[012]", "(0-2)"),
    "+VLS": Parameter("0", r"[0-9]|1[0-9]", '0,"",B084008000,B084008000\r\n1,"T",BB860980,BFE63883BB863EE0'),
    "+VSM": Parameter(
        "131,8000,0,0",
        r"(0|1|129|130|131|132|133),8000(,0,0)?|0|1|129|130|131|132|133",
        '0,"SIGNED PCM",8,0,8000,0,0\r\n1,"UNSIGNED PCM",8,0,8000,0,0\r\n129,"IMA ADPCM",4,0,8000,0,0\r\n'
        '130,"UNSIGNED PCM",8,0,8000,0,0\r\n131,"Mu-Law",8,0,8000,0,0\r\n132,"A-Law",8,0,8000,0,0\r\n'
        '133,"14 bit PCM",14,0,8000,0,0',
    ),
    "+VSD": Parameter("128,50", _PAIR, "(0,128,129,130),(0-255)"),
    "+VGT": Parameter("128", _NUMBER, "(0-255)"),
    "+VGR": Parameter("128", _NUMBER, "(0-255)"),
    "+VTD": Parameter("100", _NUMBER, "(0-255)"),
    "+VRA": Parameter("50", _NUMBER, "(0-255)"),
    "+VRN": Parameter("10", _NUMBER, "(0-255)"),
    "+VPR": Parameter("0", r"\d{1,3}", "(0)"),
    "-STE": Parameter("0", r"[0-7]", "(0-7)"),
    "-TTE": Parameter("0,0,0,0,0,0", r"[\d,]{1,30}"),
    "-SCID": Parameter("0", _FLAG),
    "!4886": Parameter("00", r"0[0-5]"),
    "!4892": Parameter("00", r"[0-9A-Fa-f]{2}"),
}

CX93001_2013 = Personality(
    name="cx93001_2013",
    identity={
        "+GMI": "CONEXANT",
        "+GMM": "V92",
        "+GMR": "CX93001-EIS_V0.2013-V92",
        "I0": "56000",
        "I1": "255",
        "I2": "OK",
        "I3": "CX93001-EIS_V0.2013-V92",
    },
    parameters=CX_PARAMETERS,
    byte_budget=30_400,
    # 129 (ADPCM) and 133 (14 bit) are listed by the chip but not spoken by the simulator: one byte is one sample here.
    formats={"0": SIGNED_8, "1": UNSIGNED_8, "130": UNSIGNED_8, "131": MU_LAW, "132": A_LAW},
    latency={
        "+VLS": (0.080, 0.250),
        "+VTR": (0.020, 0.100),
        "+VTX": (0.020, 0.100),
        "+VRX": (0.020, 0.100),
        "Z": (0.3, 0.8),
    },
)
