"""What must fit together in a configuration: names that exist, numbers given once, addresses that are safe."""

import difflib
import ipaddress
import re
import tomllib
import zoneinfo
from collections.abc import Iterator
from importlib import resources
from typing import TYPE_CHECKING

from appliance import config_exits, config_lines, config_mail, config_menus, config_outgoing, config_people
from appliance.acd.schedule import ScheduleError
from appliance.acd.schedule_text import schedule_from_text
from appliance.acd.strategies import STRATEGIES
from appliance.acd.timetable import timetable_of
from appliance.config_words import known, twice
from appliance.desk.dimming import dimming

if TYPE_CHECKING:  # config.py calls us
    from appliance.config import Config, Queue


MOST_RING_HOLD_S = 60.0
"""An exchange gives up on who does not answer."""


def contradictions(config: "Config") -> Iterator[str]:
    """Every sentence about what does not fit together in a configuration whose shape is right."""
    yield from _names(config)
    yield from config_exits.contradictions(config)
    yield from config_people.contradictions(config)
    yield from config_menus.contradictions(config)
    yield from config_outgoing.contradictions(config)
    yield from config_mail.contradictions(config)
    yield from _addresses(config)
    if config.office.language not in ("ja", "en"):
        yield f"office.language is {config.office.language!r}; ja or en would be right"
    if config.office.time_zone not in zoneinfo.available_timezones():
        yield f"office.time_zone {config.office.time_zone!r} is no IANA zone; Asia/Tokyo would be one"
    if config.panel.mode not in ("auto", "gpio", "virtual"):
        yield f"panel.mode is {config.panel.mode!r}; auto, gpio or virtual would be right"
    yield from _panel(config)
    if not config.outbound.emergency:
        yield "outbound.emergency is empty; emergency calls are never blocked, so list the country's numbers (I-18)"


def _panel(config: "Config") -> Iterator[str]:
    try:
        dimming(config.panel.brightness, config.panel.night, config.panel.night_brightness)
    except ValueError as wrong:
        yield f"panel.{wrong}"
    if config.panel.wait_target_s <= 0:
        yield f"panel.wait_target_s is {config.panel.wait_target_s:g}; a time above 0 would be right"
    yield from twice("contact", [contact.id for contact in config.contacts])
    for contact in config.contacts:
        if contact.prompt:
            yield from known("prompt", contact.prompt, sorted(_prompts()), f"contact {contact.id}")
        elif contact.evacuates:
            yield f"contact {contact.id} evacuates but has no prompt; callers must hear why nobody answers"


def _prompts() -> frozenset[str]:
    """The prompts that the box can say."""
    catalogue = resources.files("appliance") / "prompts" / "catalog.toml"
    return frozenset(tomllib.loads(catalogue.read_text(encoding="utf-8")))


def _names(config: "Config") -> Iterator[str]:
    phones = [phone.number for phone in config.phones]
    agents = [agent.id for agent in config.agents]
    queues = [queue.id for queue in config.queues]
    menus = [menu.number for menu in config.menus if menu.number]
    numbers = phones + [queue.number for queue in config.queues] + menus
    yield from twice("number", numbers)
    yield from twice("agent", agents)
    yield from twice("queue", queues)
    yield from twice("line", [line.id for line in config.lines])
    yield from twice("trunk", [trunk.id for trunk in config.trunks])
    yield from twice("seat", [str(agent.seat) for agent in config.agents if agent.seat])
    yield from twice("device", [line.device for line in config.lines])
    for number in numbers:
        if not re.fullmatch(r"[0-9*#]{1,15}", number):
            yield f"number {number!r} is no extension; digits would be right"
        if number in config.outbound.emergency:
            yield f"number {number!r} is an emergency number; choose another extension (I-18)"
    yield from _references(config, phones, agents, queues)


def _references(config: "Config", phones: list[str], agents: list[str], queues: list[str]) -> Iterator[str]:
    for phone in config.phones:
        if len(phone.secret) < 12:
            yield f"phone {phone.number}: its secret has {len(phone.secret)} characters; at least 12 would be right"
    for agent in config.agents:
        yield from known("phone", agent.phone, phones, f"agent {agent.id}")
    for queue in config.queues:
        for agent_id in queue.agents:
            yield from known("agent", agent_id, agents, f"queue {queue.id}")
        yield from _strategy(config, queue)
        yield from _hours(config, queue)
    yield from _ways_in(config, phones, queues)


def _strategy(config: "Config", queue: "Queue") -> Iterator[str]:
    """A strategy that exists, and numbers that it can work with."""
    if queue.strategy not in STRATEGIES:
        near = difflib.get_close_matches(queue.strategy, STRATEGIES, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(STRATEGIES)}"
        yield f"queue {queue.id} has strategy {queue.strategy!r}, which does not exist; {hint}"
    if queue.ring_cap < 0 or queue.add_every_s <= 0 or queue.relax_s < 0 or queue.sticky_s < 0:
        yield f"queue {queue.id}: ring_cap, add_every_s, relax_s and sticky_s are never negative, add_every_s not 0"
    if queue.strategy != "skills":
        return
    skills = sorted({skill for agent in config.agents for skill in agent.skills})
    yield from known("skill", queue.skill, skills, f"queue {queue.id}")
    best = max((agent.skills.get(queue.skill, 0) for agent in config.agents if agent.id in queue.agents), default=0)
    if not 0 <= queue.skill_floor <= queue.skill_min:
        yield f"queue {queue.id}: skill_floor {queue.skill_floor} is not between 0 and skill_min {queue.skill_min}"
    elif best < queue.skill_floor:
        yield (
            f"queue {queue.id} never rings below level {queue.skill_floor} of {queue.skill!r}, and its agents reach "
            f"{best} at most; a lower skill_floor would be right"
        )


def _hours(config: "Config", queue: "Queue") -> Iterator[str]:
    """Opening hours that can be read, in a zone and with holidays that are known."""
    if not queue.hours:
        if queue.dates or queue.holidays:
            yield f"queue {queue.id} has dates or holidays but no hours; 'mon-sun 0:00-24:00' would be every day"
        return
    try:
        schedule = schedule_from_text(config.office.time_zone, queue.hours, queue.dates, queue.holidays)
        timetable_of(schedule, zoneinfo.ZoneInfo)
    except ScheduleError as wrong:
        yield f"queue {queue.id}: {wrong}"


def _ways_in(config: "Config", phones: list[str], queues: list[str]) -> Iterator[str]:
    entries = [*queues, *(f"menu:{menu.id}" for menu in config.menus)]
    for line in config.lines:
        yield from known("queue", line.queue, entries, f"line {line.id}")
        if not 0 <= line.ring_hold_s <= MOST_RING_HOLD_S:
            most = f"0 to {MOST_RING_HOLD_S:g} seconds would be right"
            yield f"line {line.id}: ring_hold_s is {line.ring_hold_s:g}; {most}, for exchanges give up by themselves"
        yield from config_lines.contradictions(line)
    for trunk in config.trunks:
        for queue_id in (*trunk.numbers.values(), *([trunk.queue] if trunk.queue else [])):
            yield from known("queue", queue_id, entries, f"trunk {trunk.id}")
        if not trunk.addresses and not trunk.secret:
            yield f"trunk {trunk.id} has neither addresses nor a secret; nobody could be admitted by it"
    yield from _ways_out(config)
    for number in config.switch.without_desk_ring:
        yield from known("phone", number, phones, "switch.without_desk_ring")


def _ways_out(config: "Config") -> Iterator[str]:
    """Lines and trunks that outgoing calls name, and that can carry one."""
    trunks, lines = [trunk.id for trunk in config.trunks], [line.id for line in config.lines]
    if config.outbound.trunk:
        yield from known("trunk", config.outbound.trunk, trunks, "outbound")
    for name in sorted(set(trunks) & set(lines)):
        yield f"{name!r} is the id of a line and of a trunk; routes could not tell which is meant"
    named = [(way, f"the route of {', '.join(route.numbers)}") for route in config.routes for way in route.by]
    for way, user in (*named, *((way, "outbound.emergency_by") for way in config.outbound.emergency_by)):
        yield from known("line or trunk", way, [*lines, *trunks], user)
        if any(trunk.id == way and not trunk.host and not trunk.secret for trunk in config.trunks):
            yield f"{user} names trunk {way!r}, which has no host: nothing goes out there"
    for route in config.routes:
        if not route.numbers or not route.by:
            yield 'a route has no numbers or nothing in by; numbers = ["0"] and by = ["line-1"] would be one'


def _addresses(config: "Config") -> Iterator[str]:
    for key in ("sip", "switch", "lines", "page"):
        value = getattr(config.network, key)
        if not _is_endpoint(value):
            yield f"network.{key} is {value!r}; an address and port like 127.0.0.1:5070 would be right"
        elif key in ("switch", "lines") and not ipaddress.ip_address(value.rpartition(":")[0]).is_loopback:
            yield f"network.{key} is {value!r}; only a loopback address is safe, it trusts whoever reaches it"
    ports = config.network.rtp_last - config.network.rtp_first
    if not (1024 <= config.network.rtp_first < config.network.rtp_last <= 65535) or ports < 7:
        yield (
            f"network.rtp_first {config.network.rtp_first} to rtp_last {config.network.rtp_last} is no usable "
            "port range; 16384 to 17407 would be one"
        )
    for trunk in config.trunks:
        for address in trunk.addresses:
            if not _is_address(address):
                yield f"trunk {trunk.id}: {address!r} is no IP address; names are not looked up on the call path"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_endpoint(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return _is_address(host) and port.isdigit() and 0 < int(port) < 65536
