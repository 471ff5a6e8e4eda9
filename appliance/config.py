"""The configuration: one TOML file, every key known, described and checked, before anything starts.

The descriptions here are the only ones: `docs/configuration.md` and the commented `appliance/defaults.toml` are
generated from them (`appliance/config_docs.py`). Unknown keys are errors that name the nearest known key; every
problem of a file is reported at once, each as a sentence. What must fit together is checked in `config_check.py`.
"""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from appliance.config_check import contradictions
from appliance.config_keys import unknown_keys
from appliance.config_lines import Line
from appliance.config_section import Section
from appliance.config_section import about as _about
from appliance.config_words import ALERTS, CONSENT, READING
from appliance.errors import ConfigError


class Office(Section, frozen=True, kw_only=True):
    """The office itself."""

    name: Annotated[str, _about("The name at the head of the page.")] = "Deskbell"
    language: Annotated[str, _about("Language of prompts and of the page at first sight: ja or en.")] = "ja"
    time_zone: Annotated[str, _about("IANA time zone of the office.")] = "Asia/Tokyo"
    priority_ageing_s: Annotated[
        float, _about("A step of priority is worth this much waiting; 0: priority always goes first (F-10).")
    ] = 0.0
    resume_s: Annotated[
        float, _about("The place of a caller who gave up is kept so long for the same number; 0: not.")
    ] = 300.0
    transfer_s: Annotated[float, _about("How long somebody is rung whom a caller was sent on to (T-xfer).")] = 20.0
    ask_by_phone_s: Annotated[
        float, _about("Whom the box took off duty is rung after this and asked to press 1 or 2 (T-nag); 0: not.")
    ] = 0.0
    voicemail_s: Annotated[float, _about("The longest message that a caller may leave.")] = 300.0
    fallback: Annotated[
        dict[str, tuple[str, ...]], _about("Chains of queues that have none of their own for a reason, as in a queue.")
    ] = {}
    hide_listening: Annotated[
        bool, _about("Agents are not shown that a supervisor listens; whispering and barging in is always shown.")
    ] = False
    outbound_resets_idle: Annotated[
        bool, _about("longest-idle: an agent's own outgoing call restarts the idle clock (F-03).")
    ] = True


class Network(Section, frozen=True, kw_only=True):
    """Where the box listens. Addresses are `IP:port`."""

    sip: Annotated[str, _about("The SIP port that phones and trunks use (the edge, UDP and TCP).")] = "0.0.0.0:5060"
    realm: Annotated[str, _about("The realm of the phones' digest secrets.")] = "deskbell"
    switch: Annotated[str, _about("Loopback address of the switch; not reachable from outside.")] = "127.0.0.1:5070"
    lines: Annotated[str, _about("Loopback address of the lines process.")] = "127.0.0.1:5080"
    rtp_address: Annotated[str, _about("Address for voice towards phones; empty: the one the route to them has.")] = ""
    rtp_first: Annotated[int, _about("First UDP port for voice.")] = 16384
    rtp_last: Annotated[int, _about("Last UDP port for voice; four ports for every conversation.")] = 17407
    page: Annotated[str, _about("Where the page listens.")] = "0.0.0.0:8080"
    page_hosts: Annotated[tuple[str, ...], _about("Names by which browsers may reach the page, besides addresses.")] = (
        "deskbell.local",
    )
    exempt: Annotated[
        tuple[str, ...], _about("Addresses never banned for floods; for load tests, empty in an office.")
    ] = ()


class Phone(Section, frozen=True, kw_only=True):
    """A SIP phone that may register."""

    number: Annotated[str, _about("Extension: the phone's SIP user name.")]
    secret: Annotated[str, _about("Digest password, at least 12 characters.")]
    name: Annotated[str, _about("Shown to whoever it calls.")] = ""
    reading: Annotated[str, _about(READING)] = ""


class Agent(Section, frozen=True, kw_only=True):
    """A person who takes queue calls."""

    id: Annotated[str, _about("Short name, used in queues and in the journal.")]
    phone: Annotated[str, _about("Number of the agent's phone.")]
    name: Annotated[str, _about("Full name for the page.")] = ""
    seat: Annotated[int, _about("Button and lamp on the panel, from 1; 0: none.")] = 0
    skills: Annotated[dict[str, int], _about("Skill → level from 1; what is not listed is level 0.")] = {}
    reading: Annotated[str, _about(READING)] = ""
    if_no_answer: Annotated[tuple[str, ...], _about("Fallback of who was passed on to this person in vain.")] = ()
    mail: Annotated[str, _about("Mail address for `alerts`; empty: none.")] = ""
    alerts: Annotated[tuple[str, ...], _about(ALERTS)] = ()


class Queue(Section, frozen=True, kw_only=True):
    """A queue: callers wait, agents are rung as the strategy says. A ring group: nobody waits."""

    id: Annotated[str, _about("Short name.")]
    number: Annotated[str, _about("Extension that reaches the queue.")]
    agents: Annotated[tuple[str, ...], _about("Agents in ring order (S-03).")]
    name: Annotated[str, _about("Name for the page and the phones' displays.")] = ""
    reading: Annotated[str, _about(READING)] = ""
    ring_s: Annotated[float, _about("How long one agent's phone rings (T-ring).")] = 20.0
    alert_s: Annotated[float, _about("A phone that gives no sign within this is unreachable (T-alert).")] = 4.0
    wrap_up_s: Annotated[float, _about("Wrap-up after a call; 0: none (T-wrap).")] = 30.0
    max_wait_s: Annotated[float, _about("Longest wait (T-max).")] = 900.0
    max_waiting: Annotated[int, _about("Most callers waiting; 0: no limit.")] = 0
    no_agent_s: Annotated[float, _about("Grace when nobody is on duty (T-noagent).")] = 20.0
    hold_when_busy: Annotated[bool, _about("Let callers wait while every agent is busy (S-36).")] = True
    wrap_extensions: Annotated[int, _about("How often an agent may ask for 60 s more wrap-up after a call (F-19).")] = 1
    codes: Annotated[dict[str, str], _about("What calls are about: digits for `*53` → their meaning (F-38).")] = {}
    record: Annotated[
        str, _about("Which conversations are recorded (S-07): in, out (calls as this queue), both or none.")
    ] = "both"
    consent: Annotated[str, _about(CONSENT)] = "none"
    pause_recording: Annotated[bool, _about("Agents may pause the recording (S-08).")] = False
    pause_s: Annotated[float, _about("A paused recording goes on by itself after this (T-recpause).")] = 120.0
    hours: Annotated[
        str, _about("Opening hours, as in `mon-fri 9:00-12:00 13:00-17:30; sat 10:00-14:00`; empty: always open.")
    ] = ""
    dates: Annotated[
        str, _about("Days with hours of their own: `2026-12-29..2027-01-03 closed; 2026-12-28 9:00-12:00`.")
    ] = ""
    holidays: Annotated[str, _about("Closed on the public holidays of JP or US; empty: of no country.")] = ""
    wait_after_closing: Annotated[bool, _about("Who waits at closing time may stay (S-37).")] = True
    wait_without_agents: Annotated[
        bool, _about("Who calls while nobody is on duty waits no_agent_s for somebody, instead of leaving at once.")
    ] = True
    fallback: Annotated[
        dict[str, tuple[str, ...]],
        _about(
            "Where callers go whom the queue cannot serve: reason → steps, the first that works is taken. Reasons: "
            "busy, full, no_agent, no_answer, max_wait, closed, holiday, key, evacuation, xfer_reject, xfer_timeout, "
            "half_duplex, degraded. Steps: `queue:ID` (`queue:ID last`: at its end), `group:ID`, `user:PHONE`, "
            "`external:NUMBER`, `voicemail`, `voicemail:BOX`, `message:PROMPT`, `menu:ID`, `callback`."
        ),
    ] = {}
    voicemail_digit: Annotated[str, _about("Key by which who waits leaves a message instead (S-34); empty: none.")] = ""
    announce_position: Annotated[bool, _about("Tell who waits their place (S-38).")] = False
    announce_wait: Annotated[bool, _about("With the place, tell how long it takes, when that is known (M-20).")] = False
    announce_s: Annotated[float, _about("The same place is told again after this (T-ann).")] = 45.0
    announce_min_s: Annotated[float, _about("A better place is not told sooner than this (T-annmin).")] = 20.0
    handling_s: Annotated[
        float, _about("What a call takes with its wrap-up, until the box has seen ten; 0: it waits for ten.")
    ] = 0.0
    callback_digit: Annotated[str, _about("Key by which who waits is called back (S-40); empty: none.")] = ""
    callback_after: Annotated[int, _about("Callbacks are offered once more callers than this wait.")] = 0
    callback_first: Annotated[
        str, _about("agent: the agent is rung, then the customer is dialled; customer: the other way round.")
    ] = "agent"
    callback_ring_s: Annotated[float, _about("How long the customer's phone rings.")] = 30.0
    callback_confirm_s: Annotated[float, _about("The customer is to press 1 within this.")] = 20.0
    callback_retry_s: Annotated[float, _about("Pause before the customer is dialled again.")] = 600.0
    callback_tries: Annotated[int, _about("Dials altogether; then a person must see to it.")] = 3
    callback_expiry_h: Annotated[float, _about("A promise ends after so many opening hours.")] = 24.0
    callback_next_day: Annotated[bool, _about("Near closing, offer callbacks for the next opening.")] = False
    alert_waiting: Annotated[int, _about("More callers waiting are worth an alert; 0: never (S-42).")] = 0
    alert_wait_s: Annotated[float, _about("A longer wait is worth an alert; 0: never.")] = 0.0
    alert_service_level: Annotated[
        float, _about("Less percent of today's calls answered within 20 s are worth an alert; 0: never.")
    ] = 0.0
    strategy: Annotated[
        str,
        _about(
            "Whom to ring first: fixed-order, round-robin, longest-idle, most-idle, skills, random, fewest-calls, "
            "simultaneous or progressive."
        ),
    ] = "fixed-order"
    call_by: Annotated[
        tuple[str, ...],
        _about(
            "Lines and trunks for calls that its agents make as this queue (`*58`, page), in order; empty: none may."
        ),
    ] = ()
    call_number: Annotated[
        str, _about("The number those calls show, where the trunk permits it; a line shows its own.")
    ] = ""
    wrap_on_failed_outbound: Annotated[bool, _about("Wrap-up also after such a call that reached nobody (D-14).")] = (
        False
    )
    group: Annotated[bool, _about("A ring group: nobody waits in it, and nobody is sent off duty by it.")] = False
    ring_cap: Annotated[int, _about("simultaneous, progressive: most phones rung at once; 0: all.")] = 0
    add_every_s: Annotated[float, _about("progressive: another phone rings along after this.")] = 10.0
    skill: Annotated[str, _about("skills: the skill that callers of this queue need.")] = ""
    skill_min: Annotated[int, _about("skills: the level asked for at first.")] = 1
    skill_floor: Annotated[int, _about("skills: the level below which nobody is ever rung.")] = 1
    relax_s: Annotated[float, _about("skills: one level less will do after each of these; 0: never.")] = 30.0
    rr_busy_to_end: Annotated[bool, _about("round-robin: a busy agent loses the turn.")] = False
    last_agent: Annotated[bool, _about("Prefer the agent who talked with this caller last (F-08).")] = False
    sticky_s: Annotated[float, _about("last_agent: how long to wait for that agent (T-sticky).")] = 20.0


class Menu(Section, frozen=True, kw_only=True):
    """A menu: callers press a digit to say what they want (F-50). Lines, trunks and chains reach it as `menu:ID`."""

    id: Annotated[str, _about("Short name.")]
    choices: Annotated[
        dict[str, tuple[str, ...]],
        _about("Digit → where it leads, one step after the other: `1 = ['queue:sales', 'voicemail:sales']`."),
    ]
    default: Annotated[tuple[str, ...], _about("Where callers go who press nothing that leads anywhere.")]
    number: Annotated[str, _about("Extension that reaches it; empty: none.")] = ""
    name: Annotated[str, _about("Name for the page.")] = ""
    prompt: Annotated[
        str, _about("What is said: a prompt's name, or the path of an owner's recording (8 kHz, mono, 16 bit WAV).")
    ] = "menu_choose"
    step_s: Annotated[float, _about("How long a digit is waited for after the prompt (T-menu).")] = 8.0
    tries: Annotated[int, _about("How often it is asked before the default is taken.")] = 3


class Supervisor(Section, frozen=True, kw_only=True):
    """A person who may listen to conversations, whisper, barge in and take over, and hold the hours by `*60`."""

    id: Annotated[str, _about("Short name, for the journal.")]
    phone: Annotated[str, _about("Number of the supervisor's phone.")]
    name: Annotated[str, _about("Full name for the page.")] = ""
    queues: Annotated[tuple[str, ...], _about("Queues whose conversations are theirs to join; empty: all.")] = ()
    pin: Annotated[str, _about("4 to 12 digits for `*60`; empty: none.")] = ""
    mail: Annotated[str, _about("Mail address for `alerts`; empty: none.")] = ""
    alerts: Annotated[tuple[str, ...], _about(ALERTS)] = ()


class Trunk(Section, frozen=True, kw_only=True):
    """A SIP trunk: a carrier or a gateway, admitted by its source address or by registering with a secret."""

    id: Annotated[str, _about("Short name; the user name of a trunk that registers.")]
    addresses: Annotated[tuple[str, ...], _about("Source addresses that are admitted.")] = ()
    secret: Annotated[str, _about("Digest secret of a trunk that registers; empty: it does not.")] = ""
    queue: Annotated[str, _about("Queue, or `menu:ID`, for calls to a number that is not listed; empty: refused.")] = ""
    numbers: Annotated[dict[str, str], _about("Called number → queue, or `menu:ID`.")] = {}
    shows: Annotated[
        tuple[str, ...], _about("Numbers that the carrier lets calls out show, besides those of `numbers`.")
    ] = ()
    consent: Annotated[str, _about("As in a queue, for who calls by this trunk; empty: as the queue says.")] = ""
    host: Annotated[str, _about("`IP:port` that outgoing calls are sent to; empty: none go out here.")] = ""
    gateway: Annotated[bool, _about("A box with a telephone socket (HT813): watched, shown as a line.")] = False


class Outbound(Section, frozen=True, kw_only=True):
    """Calls to the outside. Everything not allowed here is refused; emergency numbers always pass."""

    trunk: Annotated[str, _about("Trunk that carries what `allow` lists and no route carries.")] = ""
    allow: Annotated[tuple[str, ...], _about("Prefixes of numbers that may be called by that trunk.")] = ()
    emergency: Annotated[tuple[str, ...], _about("Emergency numbers; never empty (I-18).")] = ("110", "118", "119")
    emergency_by: Annotated[
        tuple[str, ...],
        _about("Lines and trunks for emergency calls, in this order; empty: every line, then every trunk."),
    ] = ()
    never_dial: Annotated[tuple[str, ...], _about("Numbers that are never called back: do-not-call lists (§3.8).")] = ()
    never_call_back: Annotated[
        tuple[str, ...], _about("Beginnings of numbers that callers may not have called back: premium, abroad.")
    ] = ("00", "010", "011", "0570", "0990", "1900")
    keep_line: Annotated[
        bool, _about("Leave the last free line for an emergency call; with a single line there is none to leave.")
    ] = True


class Route(Section, frozen=True, kw_only=True):
    """A way out: which numbers may be called, and by which lines and trunks. The first route that fits is taken."""

    numbers: Annotated[tuple[str, ...], _about('Prefixes of numbers that may be called; "" is every number.')]
    by: Annotated[tuple[str, ...], _about("Lines and trunks in order; the first that is free carries the call.")]


class Panel(Section, frozen=True, kw_only=True):
    """Buttons and lamps on the desks."""

    board: Annotated[str, _about("Board description under hw/boards, without .toml, or a path.")] = "rev_a"
    mode: Annotated[str, _about("auto: GPIO where the board is there, else virtual; gpio; virtual.")] = "auto"
    brightness: Annotated[float, _about("Brightness of the lamps, 0.05 to 1.")] = 1.0
    night: Annotated[str, _about("Hours when lamps are dimmed, such as 22:00-06:00; empty: never.")] = ""
    night_brightness: Annotated[float, _about("Brightness then, 0.05 to 1.")] = 0.3
    hint_next: Annotated[bool, _about("Who would be rung next glows: green, low, breathing (U-03).")] = False
    wait_target_s: Annotated[float, _about("A caller who waits longer turns the stack light red (U-02).")] = 60.0


class Contact(Section, frozen=True, kw_only=True):
    """A dry contact of the panel's board: fire, earthquake, door (U-11). One that is not listed is an alarm only."""

    id: Annotated[str, _about("Its name in the board's file.")]
    prompt: Annotated[
        str, _about("What callers hear, of the prompt catalogue; empty: nothing, it is an alarm only.")
    ] = "evacuation"
    evacuates: Annotated[bool, _about("Agents go off duty (避難), new callers are told and may leave a number.")] = True


class Switch(Section, frozen=True, kw_only=True):
    """The media process."""

    max_calls: Annotated[int, _about("Most legs at once; 0: as many as it was built for.")] = 0
    without_desk_s: Annotated[float, _about("How long new calls ring while the desk is away.")] = 8.0
    without_desk_ring: Annotated[tuple[str, ...], _about("Phones rung then, all at once, until it is back.")] = ()


class Recordings(Section, frozen=True, kw_only=True):
    """Recorded conversations."""

    reserve_mb: Annotated[int, _about("Recording stops when less than this is free on the disk.")] = 200


class Mail(Section, frozen=True, kw_only=True):
    """The mail server for alerts and voicemails. Nothing else leaves the box."""

    server: Annotated[str, _about("`HOST:PORT`; empty: no mail is sent.")] = ""
    sender: Annotated[str, _about("The address mails come from.")] = ""
    security: Annotated[str, _about("starttls, tls, or none for a server on this machine or network.")] = "starttls"
    user: Annotated[str, _about("User name at the server; empty: none.")] = ""
    password: Annotated[str, _about("Its password.")] = ""
    page: Annotated[str, _about("Address of the page, put into each mail; empty: none.")] = ""
    attach: Annotated[bool, _about("Send a voicemail's recording along; otherwise it stays on the box.")] = False


class Config(Section, frozen=True, kw_only=True):
    """The whole file."""

    office: Annotated[Office, _about("The office itself.")] = Office()
    network: Annotated[Network, _about("Where the box listens.")] = Network()
    phones: Annotated[tuple[Phone, ...], _about("SIP phones that may register.")] = ()
    agents: Annotated[tuple[Agent, ...], _about("People who take queue calls.")] = ()
    queues: Annotated[tuple[Queue, ...], _about("Queues.")] = ()
    menus: Annotated[tuple[Menu, ...], _about("Menus.")] = ()
    supervisors: Annotated[tuple[Supervisor, ...], _about("People who may join conversations.")] = ()
    lines: Annotated[tuple[Line, ...], _about("Analogue lines.")] = ()
    trunks: Annotated[tuple[Trunk, ...], _about("SIP trunks.")] = ()
    outbound: Annotated[Outbound, _about("Calls to the outside.")] = Outbound()
    routes: Annotated[tuple[Route, ...], _about("Ways out.")] = ()
    panel: Annotated[Panel, _about("Buttons and lamps.")] = Panel()
    contacts: Annotated[tuple[Contact, ...], _about("Dry contacts of the panel's board.")] = (
        Contact(id="fire"),
        Contact(id="earthquake"),
    )
    switch: Annotated[Switch, _about("The media process.")] = Switch()
    recordings: Annotated[Recordings, _about("Recorded conversations.")] = Recordings()
    mail: Annotated[Mail, _about("The mail server.")] = Mail()


def load(path: Path) -> Config:
    """The checked configuration in the file.

    Raises ConfigError with one sentence for each thing that is wrong in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as wrong:
        raise ConfigError(f"{path}: cannot be read ({wrong.strerror}); give the office's TOML file") from wrong
    return parse(text, str(path))


def parse(text: str, where: str) -> Config:
    """The checked configuration in TOML text; `where` names it in sentences. Raises ConfigError."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigError(f"{where}: not TOML: {wrong}") from wrong
    problems = list(unknown_keys(tree, Config, ""))
    if not problems:
        try:
            config = msgspec.convert(tree, Config, strict=True)
        except msgspec.ValidationError as wrong:
            problems = [str(wrong).replace("`$.", "`").replace("`$`", "the file")]
        else:
            problems = list(contradictions(config))
            if not problems:
                return config
    raise ConfigError("\n".join(f"{where}: {problem}" for problem in problems))
