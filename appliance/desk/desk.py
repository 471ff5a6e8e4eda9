"""The desk put together, without the page: store, core, call control, links and panel, started and stopped in order.

`running_desk` is the one way in; the composition root adds the page around what it yields. Every task belongs to one
TaskGroup, so a task that dies stops the desk loudly and the supervisor starts it again; that takes under 2 s.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from appliance.acd import events as ev
from appliance.desk import heartbeat
from appliance.desk.alarms import Alarms
from appliance.desk.audit import Audit
from appliance.desk.call_control import CallControl
from appliance.desk.clock import Clock
from appliance.desk.edge_link import EdgeLink
from appliance.desk.features import Features
from appliance.desk.fittings import Fitted
from appliance.desk.gateways import Gateways
from appliance.desk.hours import OpeningHours
from appliance.desk.inbox import Inbox
from appliance.desk.legs import Legs
from appliance.desk.lines_link import IN_SERVICE, LinesLink
from appliance.desk.mail import Mailer
from appliance.desk.moved_phones import MovedPhones
from appliance.desk.notices import Notices
from appliance.desk.office import Office
from appliance.desk.panel import PanelDriver, look_of
from appliance.desk.phones import Phones
from appliance.desk.reconcile import Reconciler
from appliance.desk.recordings import Recordings
from appliance.desk.recovery import Recovered, recover
from appliance.desk.settings import DeskSettings
from appliance.desk.switch_link import SwitchLink
from appliance.desk.texts import Texts
from appliance.desk.ticks import Ticks
from appliance.desk.translate import Translator
from appliance.desk.voicemail import Voicemail
from appliance.desk.wall_clock import SystemWallClock, WallClock, program_built
from appliance.desk.ways_out import WaysOut
from appliance.errors import StorageError
from appliance.storage.history import ZONE_KEY
from appliance.storage.store import Store
from hw.errors import HardwareError
from hw.panel import Panel, VirtualPanel, open_panel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """A running desk. `office` is for the page, in `clock`'s times; `link.is_ready`: switch and desk agree;
    `edge.is_settled`: phones can register."""

    office: Office
    clock: Clock
    control: CallControl
    link: SwitchLink
    edge: EdgeLink
    panel: Panel
    alarms: Alarms


@dataclass(frozen=True, slots=True)
class _Parts:
    """A desk that does not run yet: `works` are its tasks by name."""

    desk: Desk
    store: Store
    driver: PanelDriver
    recordings: Recordings
    hours: OpeningHours
    voicemail: Voicemail
    works: tuple[tuple[str, Callable[[], Coroutine[None, None, None]]], ...]


@asynccontextmanager
async def running_desk(settings: DeskSettings, wall_clock: WallClock | None = None) -> AsyncIterator[Desk]:
    """Run the desk around a block. At its end everything posted is handled, and the state is checkpointed.

    `wall_clock` is the machine's unless given. Raises StorageError when the database is a newer Deskbell's or cannot be
    written, ScheduleError when opening hours name an unknown zone or country.
    """
    recovered = await recover(settings.state_dir / "deskbell.sqlite")
    await _remember_zone(recovered.store, settings.time_zone)
    parts = _assemble(settings, recovered, wall_clock or SystemWallClock(await _latest_known(recovered.store)))
    control = parts.desk.control
    if recovered.store.boot.is_new and recovered.acd.state.contacts:
        control.post(ev.PowerReturned(max(0.0, parts.desk.clock.now() - recovered.acd.state.at)))
    if control.acd.state.office != settings.office:
        control.post(ev.Configured(settings.office))
    parts.hours.judge()
    try:
        await control.drain()
        control.watch(parts.driver.show)
        parts.driver.start()
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(work(), name=name) for name, work in parts.works]
            try:
                yield parts.desk
            finally:
                for task in running:
                    task.cancel()
        await parts.recordings.finish()
        await parts.voicemail.finish()
        await control.finish()
    finally:
        parts.driver.stop()
        await parts.store.close()


async def _remember_zone(store: Store, zone: str) -> None:
    """So that whoever replays a day of this box knows when its days begin."""
    try:
        await store.put_secret(ZONE_KEY, zone.encode())
    except StorageError as wrong:
        logger.warning("The box's time zone was not kept for replays: %s", wrong)


async def _latest_known(store: Store) -> float:
    """The newest wall time that certainly has passed: the last caller's, or that of the program."""
    try:
        last = await store.contacts(1)
    except StorageError:
        last = ()
    return max([program_built(), *(row.arrived_wall for row in last)])


def _assemble(settings: DeskSettings, recovered: Recovered, wall_clock: WallClock) -> _Parts:
    """Put the parts together; nothing runs yet."""
    store, acd = recovered.store, recovered.acd
    clock, alarms = Clock(store.boot.shift), Alarms()
    for number, sentence in enumerate(recovered.damage):
        alarms.raise_(f"damage {number}", sentence)
    legs, link, recordings = Legs(store.mark), SwitchLink(settings, store, alarms), Recordings(store, alarms)
    control, lines = CallControl(acd, store, clock, alarms), LinesLink(settings, clock, alarms)
    ways_out = WaysOut(settings, lambda: lines.views, link.say, alarms)
    lines.changed = ways_out.lines_changed
    gateways = Gateways(settings, clock, alarms)
    link.overheard = gateways.heard
    features = Features(settings, control.post, link.say, lambda: control.view, control.settled)
    voicemail = Voicemail(acd, legs, control.post, link.say, store, alarms, settings.state_dir / "recordings")
    translator = Translator(
        settings, acd, legs, control.post, link.say, recordings.closed, ways_out, features, voicemail
    )
    control.effects = translator.carry_out
    control.watch(lambda view: translator.way_back.show(alarms))
    translator.doubts.clock = clock
    hours = OpeningHours(settings, acd, wall_clock, alarms, control.post, clock)
    translator.before_arrival = hours.judge
    translator.supervisor_codes.end_of_day = hours.end_of_day
    audit = Audit(acd, legs, control.post, link.say, alarms)
    translator.snapshot_heard = audit.compare
    reconciler = Reconciler(acd, legs, translator, control.post, link.say)
    panel = _panel(settings, alarms)
    driver = _driver(settings, panel, control, clock, alarms, wall_clock, partial(_unwell, settings, link, lines))
    mailer, notices = _mails(settings, store, alarms, control, voicemail)
    ways_out.emergency_placed = notices.emergency
    texts = Texts(settings, store, link.say, link.is_ready.is_set)
    translator.text_heard = texts.heard
    inbox = Inbox(settings, store, texts)
    control.watch(inbox.changed)
    edge_link = EdgeLink(settings, acd, clock, alarms, control.post)
    moved, phones = MovedPhones(settings.realm, link.say), Phones()
    edge_link.registrations_seen = (translator.doubts.seen, texts.registered, moved.seen, phones.seen)
    works = (
        ("call control", control.run),
        ("hours", hours.run),
        ("switch link", partial(link.run, control, translator, reconciler)),
        ("feature codes", features.run),
        ("heartbeat", heartbeat.run),
        ("audit", partial(audit.run, link.is_ready.is_set)),
        ("recordings", recordings.run),
        ("voicemail", voicemail.run),
        ("lines link", lines.run),
        ("gateways", gateways.run),
        ("texts", texts.run),
        ("inbox", inbox.run),
        ("notices", partial(notices.run, clock.now)),
        ("mail", mailer.run),
        ("edge link", edge_link.run),
    )
    office = Office(
        settings, control, store, lines, driver, alarms, hours, translator.passing, inbox, notices.ticks, phones
    )
    office.gateways = lambda: gateways.views
    desk = Desk(office, clock, control, link, edge_link, panel, alarms)
    return _Parts(desk, store, driver, recordings, hours, voicemail, works)


async def run_desk(settings: DeskSettings) -> None:
    """Run the desk until cancelled."""
    async with running_desk(settings):
        await asyncio.Event().wait()


def _mails(
    settings: DeskSettings, store: Store, alarms: Alarms, control: CallControl, voicemail: Voicemail
) -> tuple[Mailer, Notices]:
    """Who sends mails, and who knows what they are about."""
    mailer = Mailer(settings.mail, store, alarms)
    ticks = Ticks(settings.notices.readers, store, can_send=bool(settings.mail.server))
    words = (settings.name, settings.language, ZoneInfo(settings.time_zone))
    notices = Notices(settings.notices, settings.office, words, mailer, store, alarms, lambda: control.view, ticks)
    voicemail.left = notices.left
    return mailer, notices


def _driver(
    settings: DeskSettings,
    panel: Panel,
    control: CallControl,
    clock: Clock,
    alarms: Alarms,
    wall_clock: WallClock,
    unwell: Callable[[str], str],
) -> PanelDriver:
    """What lights the panel's lamps and hears its buttons and contacts."""
    look = look_of(settings.panel, wall_clock.wall, settings.time_zone)
    fitted = Fitted(settings.panel.wait_target_s, settings.panel.contacts, unwell)
    return PanelDriver(panel, clock, alarms, control.post, lambda: control.view, look=look, fitted=fitted)


def _unwell(settings: DeskSettings, link: SwitchLink, lines: LinesLink, line: str) -> str:
    """Why the box cannot take calls of an analogue line now, "" when it can: the lifeline's question (U-06)."""
    if not link.is_ready.is_set():
        return "the switch does not answer"
    view = next((one for one in lines.views if one.line == line), None)
    if view is None:
        return f"no line of the configuration is called {line}"
    return "" if view.state in IN_SERVICE else f"its modem is not in service ({view.state})"


def _panel(settings: DeskSettings, alarms: Alarms) -> Panel:
    """The panel; one that cannot be had is an alarm and a virtual one, because calls go on without lamps."""
    try:
        panel = open_panel(settings.panel.board, settings.panel.mode)
    except HardwareError as wrong:
        alarms.raise_("panel", f"The panel is off: {wrong}")
        return VirtualPanel(tuple(sorted({agent.seat for agent in settings.office.agents if agent.seat})))
    logger.info("The panel is %s with %d seats", panel.kind, len(panel.seats))
    return panel
