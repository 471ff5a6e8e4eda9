"""What the switch is told at its start: one JSON file, written by the supervisor. Durations in seconds."""

from pathlib import Path

import msgspec

from appliance.settings_file import host_and_port, read


class WithoutDesk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The one static rule for calls that come while no desk is connected: ring `ring` (SIP URIs) after `wait_s`."""

    wait_s: float = 8.0
    ring: tuple[str, ...] = ()


class SwitchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the switch needs to know.

    `sip` and `edge` are host:port; calls go out by way of `edge` with From in `realm`, or straight to where
    their URI says when `edge` is empty (on a bench). `rtp_address` is bound and
    announced, `rtp_ports` are the first and last port. `max_calls` counts legs. Below `disk_reserve_bytes` of free
    space recordings end and conversations go on. Phones' calls to `urgent` numbers are never refused for want of spare
    room.
    """

    sip: str
    edge: str
    socket: str
    recordings: str
    hold_music: str
    prompts: str
    realm: str = "deskbell.local"
    rtp_address: str = "127.0.0.1"
    rtp_ports: tuple[int, int] = (16384, 17383)
    max_calls: int = 120
    disk_reserve_bytes: int = 200_000_000
    language: str = "en"
    without_desk: WithoutDesk = WithoutDesk()
    urgent: frozenset[str] = frozenset()
    log_level: str = "INFO"

    @property
    def sip_host(self) -> str:
        """The address that SIP is bound to."""
        return host_and_port(self.sip)[0]

    @property
    def sip_port(self) -> int:
        """The port that SIP is bound to."""
        return host_and_port(self.sip)[1]


def load(path: Path) -> SwitchSettings:
    """Read the settings file. Raises ConfigError with what is wrong in it."""
    settings = read(path, SwitchSettings, "the switch's")
    host_and_port(settings.sip)
    if settings.edge:
        host_and_port(settings.edge)
    return settings
