"""From the one configuration to what each process is told: nobody gets more than its own share.

The switch and the lines process get a rendered settings file and never see agents, queues or secrets; the edge gets
no secrets either (the desk pushes them, hashed). The desk reads the configuration itself.
"""

import contextlib
import os
import socket
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, Final

import msgspec

from appliance import config_exits, config_outgoing
from appliance.acd.chain_text import destination_from_text
from appliance.acd.schedule_text import schedule_from_text
from appliance.acd.settings import (
    MENU_PREFIX,
    AgentSettings,
    CallbackSettings,
    Consent,
    MenuSettings,
    OfficeSettings,
    QueueSettings,
    Skill,
    SupervisorSettings,
)
from appliance.config import Agent, Config, Menu, Phone, Queue, Supervisor, Trunk
from appliance.config_lines import Line
from appliance.desk.alerts import Limits, Reader, Subject
from appliance.desk.contacts import ContactSettings
from appliance.desk.dimming import dimming
from appliance.desk.mail import MailSettings
from appliance.desk.notices import NoticeSettings
from appliance.desk.settings import (
    DeskSettings,
    IdentitySettings,
    LineSettings,
    OutboundSettings,
    PanelSettings,
    PhoneSettings,
    RouteSettings,
    TrunkSettings,
)
from appliance.edge.rpc import ha1
from appliance.edge.settings import EdgeSettings
from appliance.edge.settings import Trunk as EdgeTrunk
from appliance.lines.settings import Dial, LinesSettings
from appliance.lines.settings import Line as LinePort
from appliance.state import State
from appliance.switch.settings import SwitchSettings, WithoutDesk
from hw.modem.callerid import Telling
from web.settings import WebSettings

PROMPTS = Path(str(resources.files("appliance"))) / "prompts"
MOST_CALLS: Final = 124  # of the 128 that pjsua2 is built for; the rest stay free for a polite refusal
BOARDS = Path(str(resources.files("hw"))) / "boards"


def edge(config: Config, state: State) -> EdgeSettings:
    """What Kamailio is rendered from."""
    return EdgeSettings(
        state_dir=state.edge,
        sip=(config.network.sip,),
        realm=config.network.realm,
        switch=config.network.switch,
        lines=config.network.lines,
        phones=tuple(phone.number for phone in config.phones),
        trunks=tuple(
            EdgeTrunk(id=trunk.id, addresses=trunk.addresses, registers=bool(trunk.secret), host=trunk.host)
            for trunk in config.trunks
        ),
        exempt=config.network.exempt,
    )


def switch(config: Config, state: State) -> SwitchSettings:
    """What the switch is told: addresses, files and the one static rule for when the desk is away."""
    return SwitchSettings(
        sip=config.network.switch,
        edge=str(edge(config, state).inside),
        realm=config.network.realm,
        rtp_address=_voice_address(config),
        rtp_ports=(config.network.rtp_first, _last_of_switch(config)),
        max_calls=config.switch.max_calls or MOST_CALLS,
        socket=str(state.run / "switch.sock"),
        recordings=str(state.recordings),
        disk_reserve_bytes=config.recordings.reserve_mb * 1_000_000,
        hold_music=str(PROMPTS / "hold-music.wav"),
        prompts=str(PROMPTS),
        language=config.office.language,
        urgent=frozenset(config_exits.emergency_numbers(config)),
        without_desk=WithoutDesk(
            wait_s=config.switch.without_desk_s,
            ring=tuple(f"sip:{number}@{config.network.realm}" for number in config.switch.without_desk_ring),
        ),
    )


def lines(config: Config, state: State) -> LinesSettings:
    """What the lines process is told: ports, countries and where the switch is."""
    return LinesSettings(
        sip=config.network.lines,
        switch=config.network.switch,
        socket=str(state.run / "lines.sock"),
        traces=str(state.traces),
        learnt=str(state.learnt),
        lines=tuple(_line_port(line) for line in config.lines),
        hold_music=str(PROMPTS / "hold-music.wav"),
        rtp_ports=(_last_of_switch(config) + 1, config.network.rtp_last),
    )


def _line_port(line: Line) -> LinePort:
    return LinePort(
        id=line.id,
        device=line.device,
        country=line.country,
        modem_init=line.modem_init,
        keys="modem" if line.keys == "modem" else "audio",
        echo_cancelling=line.echo_cancelling,
        parallel_phones=line.parallel_phones,
        dial=Dial(line.dial),
        caller_id=Telling(line.caller_id),
        flash_s=line.flash_s,
        reversal="yes" if line.reversal == "yes" else "no" if line.reversal == "no" else "country",
        tones_db=line.tones_db,
        in_use_v=line.in_use_v,
        card_ms=line.card_ms,
    )


def desk(config: Config, state: State, *, demo: bool = False) -> DeskSettings:
    """Everything the desk knows of the office."""
    return DeskSettings(
        office=office(config),
        state_dir=state.root,
        switch_socket=state.run / "switch.sock",
        lines_socket=state.run / "lines.sock" if config.lines else None,
        lines_sip=config.network.lines,
        edge_socket=edge(config, state).rpc_socket,
        panel=_panel(config),
        realm=config.network.realm,
        phones=tuple(_phone(phone, config.network.realm) for phone in config.phones),
        lines=tuple(
            LineSettings(line.id, line.queue, Consent(line.consent) if line.consent else None, line.ring_hold_s)
            for line in config.lines
        ),
        trunks=tuple(_trunk(trunk, config.network.realm) for trunk in config.trunks),
        outbound=_outbound(config),
        name=config.office.name,
        language=config.office.language,
        time_zone=config.office.time_zone,
        demo=demo,
        pins=tuple((one.id, one.pin) for one in config.supervisors if one.pin),
        mail=MailSettings(**msgspec.structs.asdict(config.mail)),
        notices=_notices(config),
        readings=(
            *((queue.number, queue.reading) for queue in config.queues if queue.reading),
            *((phone.number, phone.reading) for phone in config.phones if phone.reading),
        ),
        hours=tuple(
            (queue.id, schedule_from_text(config.office.time_zone, queue.hours, queue.dates, queue.holidays))
            for queue in config.queues
            if queue.hours
        ),
    )


def page(config: Config, announce: Callable[[str], None]) -> WebSettings:
    """How the page is served; `announce` gets the first-start code."""
    host, _, port = config.network.page.rpartition(":")
    return WebSettings(host=host, port=int(port), allowed_hosts=config.network.page_hosts, announce=announce)


def office(config: Config) -> OfficeSettings:
    """What the core is told."""
    return OfficeSettings(
        tuple(map(_agent, config.agents)),
        tuple(_queue(config, queue) for queue in config.queues),
        never_dial=config_exits.never_dial(config),
        costly_prefixes=config.outbound.never_call_back,
        carried_prefixes=config_exits.carried_prefixes(config),
        ageing_s=config.office.priority_ageing_s,
        resume_s=config.office.resume_s,
        transfer_s=config.office.transfer_s,
        nag_s=config.office.ask_by_phone_s,
        voicemail_s=config.office.voicemail_s,
        outbound_resets_idle=config.office.outbound_resets_idle,
        supervisors=tuple(
            SupervisorSettings(one.id, one.name or one.id, one.phone, one.queues) for one in config.supervisors
        ),
        menus=tuple(map(_menu, config.menus)),
        hides_listening=config.office.hide_listening,
    )


def write(settings: SwitchSettings | LinesSettings | EdgeSettings, path: Path) -> Path:
    """Render settings for a process, readable by its own user only, whole or not at all."""
    fresh = path.with_suffix(".new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(settings, enc_hook=_path_as_text))
    fresh.replace(path)
    return path


def _path_as_text(value: Any) -> str:  # noqa: ANN401 - msgspec's hook gets whatever it does not know
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{value!r} has no place in a settings file")


def _last_of_switch(config: Config) -> int:
    """The lines process has the last ports of the range: four for each line, an even number."""
    return config.network.rtp_last - 4 * len(config.lines)


def _voice_address(config: Config) -> str:
    """The address phones send voice to: as configured, as SIP, or the one this box has on its network."""
    host = config.network.sip.rpartition(":")[0]
    if config.network.rtp_address or host != "0.0.0.0":
        return config.network.rtp_address or host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address: nothing is sent, only the route is looked up
        except OSError:
            return "127.0.0.1"  # no network yet
        return str(probe.getsockname()[0])


def _panel(config: Config) -> PanelSettings:
    asked = config.panel
    dimmed = dimming(asked.brightness, asked.night, asked.night_brightness)
    contacts = tuple(ContactSettings(one.id, one.prompt, one.evacuates) for one in config.contacts)
    return PanelSettings(board_file(config), asked.mode, dimmed, asked.hint_next, asked.wait_target_s, contacts)


def board_file(config: Config) -> Path:
    """The description of the panel's board: one of ours by name, or the owner's by path."""
    named = Path(config.panel.board)
    return named if named.suffix == ".toml" else BOARDS / f"{config.panel.board}.toml"


def _agent(agent: Agent) -> AgentSettings:
    skills = tuple(Skill(skill, level) for skill, level in sorted(agent.skills.items()))
    return AgentSettings(
        agent.id,
        agent.name or agent.id,
        agent.phone,
        agent.seat,
        skills,
        config_exits.personal_of(agent),
        agent.reading,
    )


def _queue(config: Config, queue: Queue) -> QueueSettings:
    return QueueSettings(
        queue=queue.id,
        name=queue.name or queue.id,
        number=queue.number,
        agents=queue.agents,
        ring_s=queue.ring_s,
        alert_s=queue.alert_s,
        wrap_up_s=queue.wrap_up_s,
        no_agent_s=queue.no_agent_s,
        max_wait_s=queue.max_wait_s,
        max_waiting=queue.max_waiting,
        hold_when_busy=queue.hold_when_busy,
        wrap_extensions=queue.wrap_extensions,
        codes=tuple(queue.codes.items()),
        record=queue.record in ("in", "both"),
        record_out=queue.record in ("out", "both"),
        calls_out=bool(queue.call_by),
        wrap_on_failed_outbound=queue.wrap_on_failed_outbound,
        consent=Consent(queue.consent),
        pause_recording=queue.pause_recording,
        pause_s=queue.pause_s,
        wait_after_closing=queue.wait_after_closing,
        wait_without_agents=queue.wait_without_agents,
        chains=config_exits.chains_of(config, queue),
        voicemail_digit=queue.voicemail_digit,
        announce_position=queue.announce_position,
        announce_wait=queue.announce_wait,
        announce_s=queue.announce_s,
        announce_min_s=queue.announce_min_s,
        handling_s=queue.handling_s,
        callback=_callback(queue),
        strategy=queue.strategy,
        is_group=queue.group,
        ring_cap=queue.ring_cap,
        add_every_s=queue.add_every_s,
        skill=queue.skill,
        skill_min=queue.skill_min,
        skill_floor=queue.skill_floor,
        relax_s=queue.relax_s,
        rr_busy_to_end=queue.rr_busy_to_end,
        last_agent=queue.last_agent,
        sticky_s=queue.sticky_s,
    )


def _callback(queue: Queue) -> CallbackSettings:
    """The terms hold without a digit too: a chain may offer a callback, and a power cut makes some (U-07)."""
    return CallbackSettings(
        digit=queue.callback_digit,
        after=queue.callback_after,
        agent_first=queue.callback_first == "agent",
        ring_s=queue.callback_ring_s,
        confirm_s=queue.callback_confirm_s,
        retry_s=queue.callback_retry_s,
        tries=queue.callback_tries,
        expiry_s=queue.callback_expiry_h * 3600,
        next_day=queue.callback_next_day,
    )


def _outbound(config: Config) -> OutboundSettings:
    asked = config.outbound
    routes = tuple(RouteSettings(route.numbers, route.by) for route in config.routes)
    identities = tuple(
        IdentitySettings(one.id, one.call_by, one.call_number, one.name or one.id, one.number)
        for one in config.queues
        if one.call_by
    )
    return OutboundSettings(
        asked.trunk, asked.allow, asked.emergency, routes, asked.emergency_by, asked.keep_line, identities
    )


def _menu(menu: Menu) -> MenuSettings:
    return MenuSettings(
        MENU_PREFIX + menu.id,
        menu.name or menu.id,
        menu.number,
        menu.prompt.removesuffix(".wav"),
        tuple((digit, tuple(map(destination_from_text, steps))) for digit, steps in menu.choices.items()),
        tuple(map(destination_from_text, menu.default)),
        step_s=menu.step_s,
        tries=menu.tries,
    )


def _notices(config: Config) -> NoticeSettings:
    """Who is told what by mail: agents of their own queues, supervisors of theirs."""
    limits = (Limits(one.id, one.alert_waiting, one.alert_wait_s, one.alert_service_level) for one in config.queues)
    queues_of = {
        one.id: frozenset(queue.id for queue in config.queues if one.id in queue.agents) for one in config.agents
    }
    people: list[tuple[Agent | Supervisor, frozenset[str]]] = [(one, queues_of[one.id]) for one in config.agents]
    people += [(one, frozenset(one.queues)) for one in config.supervisors]
    readers = (
        Reader(one.mail, frozenset(map(Subject, one.alerts)), queues, one.id, one.name or one.id)
        for one, queues in people
    )
    return NoticeSettings(tuple(readers), tuple(limits))


def _phone(phone: Phone, realm: str) -> PhoneSettings:
    return PhoneSettings(phone.number, phone.name or phone.number, ha1(phone.number, realm, phone.secret))


def _trunk(trunk: Trunk, realm: str) -> TrunkSettings:
    secret = ha1(trunk.id, realm, trunk.secret) if trunk.secret else ""
    shows, consent = config_outgoing.permitted(trunk), Consent(trunk.consent) if trunk.consent else None
    return TrunkSettings(
        trunk.id, trunk.queue, tuple(trunk.numbers.items()), trunk.host, trunk.gateway, consent, secret, shows
    )
