"""What the edge must know before it starts; everything in it is checked, because it is rendered into a configuration.

Addresses are IPv4 `host:port`, never names: nothing on the call path may wait for DNS. Secrets are not in here: they
are pushed into the running edge (`appliance.edge.rpc`), so the rendered configuration holds none.
"""

import ipaddress
import re
from pathlib import Path

import msgspec

from appliance.errors import ConfigError

_LONGEST_SOCKET_PATH = 100
"""Linux allows 107 bytes for a Unix socket's path; the reply socket's name is a little longer than the edge's own."""


class Endpoint(msgspec.Struct, frozen=True):
    """An IPv4 address with a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Endpoint":
        """The endpoint written `host:port`; ConfigError when it is not one."""
        host, _, port = text.rpartition(":")
        if not _is_ipv4(host) or not port.isdigit() or not 0 < int(port) < 65536:
            raise ConfigError(f"edge: {text!r} is no IPv4 address with a port; 192.168.1.10:5060 would be one")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier or gateway that may bring in callers: known by source address, by digest (user = id), or by both."""

    id: str
    addresses: tuple[str, ...] = ()
    registers: bool = False
    host: str = ""
    """`IP:port` outgoing calls may be sent to, besides `addresses`; empty: none."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", self.id):
            raise ConfigError(f"edge: trunk id {self.id!r} will not do; letters, digits, - and _ would")
        for address in self.addresses:
            if not _is_ipv4(address):
                raise ConfigError(f"edge: trunk {self.id}: {address!r} is no IPv4 address; 203.0.113.5 would be one")
        if self.host:
            Endpoint.parse(self.host)


class EdgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the edge listens, whom it knows and where it keeps its files."""

    state_dir: Path
    """Owned by the edge while it runs: configuration, registrations, sockets. Every folder above must be passable."""
    sip: tuple[str, ...] = ("0.0.0.0:5060",)
    """Where phones and trunks reach us, UDP and TCP; 0.0.0.0 is every address the box has at start."""
    advertise: str = ""
    """`IP:port` told to phones and trunks instead of the listening address (port forwarding); one `sip` only."""
    realm: str = "deskbell"
    """The realm of the digest secrets, and the host part by which the switch names phones."""
    switch: str = "127.0.0.1:5070"
    """The switch, trusted by this loopback source address."""
    lines: str = "127.0.0.1:5080"
    """The lines process, trusted by this loopback source address."""
    phones: tuple[str, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    workers: int = 2
    """UDP workers for each listening address."""
    save_s: int = 3
    """Seconds between writes of changed registrations; a killed edge forgets what is younger."""
    exempt: tuple[str, ...] = ()
    """Source addresses never counted or banned; for load tests, empty in an office."""
    user: str = ""
    """Account the edge runs as when we are root; empty: `kamailio` if there is one, else `nobody`."""
    kamailio: tuple[str, ...] = ("kamailio",)
    """How the program is called; tests give another release here."""
    schemas: Path = Path("/usr/share/kamailio/db_sqlite")
    """Where the package keeps its tables' definitions."""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def listens(self) -> tuple[Endpoint, ...]:
        """Every endpoint listened on; a loopback one is added where `sip` does not cover it, for the switch."""
        outside = tuple(Endpoint.parse(text) for text in self.sip)
        covered = any(one.host == "0.0.0.0" or ipaddress.ip_address(one.host).is_loopback for one in outside)
        return outside if covered else (*outside, Endpoint("127.0.0.1", outside[0].port))

    @property
    def listens_everywhere(self) -> bool:
        """Whether `sip` is 0.0.0.0: Kamailio then takes every address the box has."""
        return any(one.host == "0.0.0.0" for one in self.listens)

    @property
    def inside(self) -> Endpoint:
        """The loopback endpoint that the switch and the lines talk to."""
        if self.listens_everywhere:
            return Endpoint("127.0.0.1", self.listens[0].port)
        return next(one for one in self.listens if ipaddress.ip_address(one.host).is_loopback)

    @property
    def config_file(self) -> Path:
        """The rendered configuration."""
        return self.state_dir / "kamailio.cfg"

    @property
    def run_dir(self) -> Path:
        """Sockets and the pid file."""
        return self.state_dir / "run"

    @property
    def rpc_socket(self) -> Path:
        """The Unix datagram socket that answers JSON-RPC."""
        return self.run_dir / "edge.sock"

    @property
    def location_db(self) -> Path:
        """The registrations (`usrloc db_mode=2`: written behind, read at start)."""
        return self.state_dir / "location.sqlite"


def _check(settings: EdgeSettings) -> None:
    if not settings.state_dir.is_absolute():
        raise ConfigError(f"edge: state_dir {settings.state_dir} is relative; an absolute path would be right")
    if re.search(r'[\s"\'\\]', str(settings.state_dir)):
        raise ConfigError(f"edge: state_dir {str(settings.state_dir)!r} has a blank or a quote; one without would do")
    if len(bytes(settings.rpc_socket)) > _LONGEST_SOCKET_PATH:
        raise ConfigError(f"edge: {settings.rpc_socket} is too long for a socket; choose a shorter state_dir")
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?", settings.realm):
        raise ConfigError(f"edge: realm {settings.realm!r} will not do; a host name like deskbell or pbx.local would")
    if not 1 <= settings.workers <= 16:
        raise ConfigError(f"edge: {settings.workers} workers; 1 to 16 would be right")
    if not 1 <= settings.save_s <= 60:
        raise ConfigError(f"edge: registrations saved every {settings.save_s} s; 1 to 60 would be right")
    _check_endpoints(settings)
    for number in settings.phones:
        if not re.fullmatch(r"[0-9*#]{1,15}", number):
            raise ConfigError(f"edge: phone {number!r} is no extension; digits would be right")
    for address in settings.exempt:
        if not _is_ipv4(address):
            raise ConfigError(f"edge: exempt {address!r} is no IPv4 address; 192.168.1.10 would be one")


def _check_endpoints(settings: EdgeSettings) -> None:
    outside = [Endpoint.parse(text) for text in settings.sip]
    if not outside:
        raise ConfigError("edge: no address to listen on; 0.0.0.0:5060 is the usual one")
    if settings.listens_everywhere and len(outside) > 1:
        raise ConfigError(f"edge: {', '.join(settings.sip)}: 0.0.0.0 covers every address; give it alone")
    if settings.advertise:
        Endpoint.parse(settings.advertise)
        if settings.listens_everywhere or len(outside) > 1:
            raise ConfigError("edge: advertise needs exactly one listening address that is not 0.0.0.0")
    for name, text in (("switch", settings.switch), ("lines", settings.lines)):
        if not ipaddress.ip_address(Endpoint.parse(text).host).is_loopback:
            raise ConfigError(f"edge: {name} is {text}; it is trusted unseen, so only a loopback address is right")


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
