"""What must fit together about mail and alerts in a configuration."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from appliance.config_words import known
from appliance.desk.alerts import Subject, is_address

if TYPE_CHECKING:  # config.py calls us
    from appliance.config import Agent, Config, Supervisor

_SECURITY = ("starttls", "tls", "none")


def contradictions(config: "Config") -> Iterator[str]:
    """Every sentence about a server that cannot be, and about alerts that nobody could ever get."""
    yield from _server(config)
    people: list[Agent | Supervisor] = [*config.agents, *config.supervisors]
    for one in people:
        for tick in one.alerts:
            yield from known("alert", tick, [subject.value for subject in Subject], f"{one.id}'s alerts")
        if one.mail and not is_address(one.mail):
            yield f"{one.id}: mail is {one.mail!r}; an address such as sato@example.jp would be right"
        if one.alerts and not one.mail:
            yield f"{one.id} has alerts but no mail address to send them to; give mail"
        if one.alerts and not config.mail.server:
            yield f"{one.id} has alerts, but [mail] names no server; give mail.server"
    for queue in config.queues:
        if not 0 <= queue.alert_service_level < 100:
            level = f"{queue.alert_service_level:g}"
            yield f"queue {queue.id}: alert_service_level is {level}; 0 to 99 percent would be right"
        if queue.alert_waiting < 0 or queue.alert_wait_s < 0:
            yield f"queue {queue.id}: a limit for alerts is below 0; 0 (never) or more would be right"


def _server(config: "Config") -> Iterator[str]:
    mail = config.mail
    host, _, port = mail.server.rpartition(":")
    if mail.server and not (host and port.isdecimal() and 0 < int(port) < 65536):
        yield f"mail.server is {mail.server!r}; HOST:PORT such as mail.example.jp:587 would be right"
    if mail.server and not is_address(mail.sender):
        yield f"mail.sender is {mail.sender!r}; an address such as deskbell@example.jp would be right"
    if mail.security not in _SECURITY:
        yield f"mail.security is {mail.security!r}; {', '.join(_SECURITY)} would be right"
    if mail.user and mail.security == "none":
        yield "mail.user would send its password in the clear; security = starttls or tls would be right"
