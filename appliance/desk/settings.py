"""What the desk must know before it starts, as plain facts; the composition root builds it from the configuration."""

from dataclasses import dataclass, field
from pathlib import Path

from appliance.acd.schedule import Schedule
from appliance.acd.settings import Consent, OfficeSettings
from appliance.desk.contacts import ContactSettings
from appliance.desk.dimming import UNDIMMED, Dimming
from appliance.desk.mail import MailSettings
from appliance.desk.notices import NoticeSettings


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """A SIP phone of the office; `secret_ha1` is its digest HA1 in hexadecimal, pushed into the edge."""

    number: str
    name: str = ""
    secret_ha1: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LineSettings:
    """An analogue line, the queue its callers enter and what they are told of recording, None: as the queue says.

    It rings on unanswered for at most `ring_hold_s` while an agent is rung (T-ringhold).
    """

    line: str
    queue: str
    consent: Consent | None = None
    ring_hold_s: float = 15.0


@dataclass(frozen=True, slots=True)
class TrunkSettings:
    """A SIP trunk. `numbers` maps called numbers to queues, `queue` takes the others ("" refuses them).

    `host` is the `IP:port` that outgoing calls go to ("" when none do); `secret_ha1` is for a trunk that registers;
    `is_gateway`: a box with a telephone socket, shown as the line it is. `shows`: numbers that calls out may show here.
    `consent` as of a line.
    """

    trunk: str
    queue: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    host: str = ""
    is_gateway: bool = False
    consent: Consent | None = None
    secret_ha1: str = field(default="", repr=False)
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """Calls as this queue (S-10): by these lines and trunks, showing `number` where a trunk permits it, and `name`.

    `extension` is the queue's own number, which chooses it after `*58`.
    """

    queue: str
    by: tuple[str, ...]
    number: str = ""
    name: str = ""
    extension: str = ""


@dataclass(frozen=True, slots=True)
class RouteSettings:
    """A way out: numbers that begin with one of `numbers` go by the first of these lines and trunks that is free."""

    numbers: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutboundSettings:
    """What may be called outside: everything is refused but what `routes` or `allow` name, and `emergency` numbers.

    `trunk` carries what only `allow` names; `emergency_by` is the order for emergency calls, empty: lines first, then
    trunks. `keeps_line`: the last free line is left for an emergency call, where the office has two or more (I-18).
    `identities` are the queues that may be called as.
    """

    trunk: str = ""
    allow: tuple[str, ...] = ()
    emergency: tuple[str, ...] = ("110", "118", "119")
    routes: tuple[RouteSettings, ...] = ()
    emergency_by: tuple[str, ...] = ()
    keeps_line: bool = True
    identities: tuple[IdentitySettings, ...] = ()


@dataclass(frozen=True, slots=True)
class PanelSettings:
    """`board` is a board file; `mode` is auto (GPIO where there is a chip, else virtual), gpio or virtual.

    `hints_next`: who would be rung next glows (U-03). `wait_target_s`: longer waits turn the stack light red (U-02).
    `contacts` says what dry contacts mean (U-11); one that is not listed is an alarm.
    """

    board: Path
    mode: str = "auto"
    dimming: Dimming = UNDIMMED
    hints_next: bool = False
    wait_target_s: float = 60.0
    contacts: tuple[ContactSettings, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Everything the desk knows of the configuration.

    `lines_socket` and `edge_socket` are None when the box has no such process; `lines_sip` is where lines are dialled.
    `peer_uids` are the users that the switch and the lines may run as, besides root and the desk's own. `hours` are
    schedules by queue; a queue without one is always open.
    """

    office: OfficeSettings
    state_dir: Path
    switch_socket: Path
    panel: PanelSettings
    lines_socket: Path | None = None
    lines_sip: str = "127.0.0.1:5080"
    edge_socket: Path | None = None
    realm: str = "deskbell"
    phones: tuple[PhoneSettings, ...] = ()
    lines: tuple[LineSettings, ...] = ()
    trunks: tuple[TrunkSettings, ...] = ()
    outbound: OutboundSettings = OutboundSettings()
    name: str = "Deskbell"
    language: str = "ja"
    time_zone: str = "Asia/Tokyo"
    version: str = "0.1.0"
    demo: bool = False
    peer_uids: frozenset[int] = frozenset()
    hours: tuple[tuple[str, Schedule], ...] = ()
    pins: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # of supervisors, for `*60`
    mail: MailSettings = field(default_factory=MailSettings)
    notices: NoticeSettings = field(default_factory=NoticeSettings)
    readings: tuple[tuple[str, str], ...] = ()  # of queues and phones by their number; an agent's is the agent's
