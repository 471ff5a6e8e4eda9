"""Who wants to be told what, and when: figures of the office over their limits, as a pure function of the view.

An alert fires once when its figure crosses the limit, and is armed again only after the figure has been below 80 % of
it for a minute (S-42). What an agent or a supervisor wants to be told is theirs alone (S-43).
"""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from appliance.acd.settings import OfficeSettings
from appliance.acd.view import AgentView, OfficeView, Status

CALM_S: Final = 60.0
CALM_SHARE: Final = 0.8
_ON_DUTY: Final = frozenset({Status.AVAILABLE, Status.RINGING, Status.ON_CALL, Status.WRAP_UP, Status.UNREACHABLE})
OWN_TROUBLE: Final = "mail"
"""The alarm that mail cannot be sent: no mail about it."""


class Subject(enum.Enum):
    """What can be ticked; the value is the word in the configuration."""

    VOICEMAIL = "voicemail"
    WAITING = "waiting"
    LONGEST_WAIT = "longest_wait"
    SERVICE_LEVEL = "service_level"
    NOBODY = "nobody"
    UNREACHABLE = "unreachable"
    LINE = "line"
    DISK = "disk"
    CLOCK = "clock"
    EMERGENCY = "emergency"
    BOX = "box"


@dataclass(frozen=True, slots=True)
class Limits:
    """A queue's limits; 0 is none. `service_level` is in percent, and alerts below it."""

    queue: str
    waiting: int = 0
    wait_s: float = 0.0
    service_level: float = 0.0


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who is told by mail: of these subjects, in these queues (empty: of every queue)."""

    mail: str
    subjects: frozenset[Subject]
    queues: frozenset[str] = frozenset()
    person: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One watched figure: over `limit` it is trouble. `about` is its queue, or the alarm's key."""

    subject: Subject
    about: str
    value: float
    limit: float
    ja: str
    en: str

    @property
    def queue(self) -> str:
        """The queue it belongs to, "" when it is the whole office's."""
        return self.about if self.subject in _OF_A_QUEUE else ""


_OF_A_QUEUE: Final = frozenset(
    {Subject.WAITING, Subject.LONGEST_WAIT, Subject.SERVICE_LEVEL, Subject.NOBODY, Subject.UNREACHABLE}
)


class Watch:
    """Which alerts have fired. `judge` is told all figures again and again, and gives those that just crossed."""

    def __init__(self) -> None:
        self._fired: set[tuple[Subject, str]] = set()
        self._calm_since: dict[tuple[Subject, str], float] = {}

    def judge(self, measures: Iterable[Measure], now: float) -> tuple[Measure, ...]:
        """Figures over their limit that were not so far; a figure that is not told is calm."""
        figures = {(one.subject, one.about): one for one in measures}
        for key in tuple(self._fired):
            if key not in figures or figures[key].value < CALM_SHARE * figures[key].limit:
                if now - self._calm_since.setdefault(key, now) >= CALM_S:
                    self._fired.discard(key)
                    del self._calm_since[key]
            else:
                self._calm_since.pop(key, None)
        crossed = tuple(one for key, one in figures.items() if one.value > one.limit and key not in self._fired)
        self._fired.update((one.subject, one.about) for one in crossed)
        return crossed


def is_address(text: str) -> bool:
    """Whether mail can be sent there, as far as one can see."""
    name, _, host = text.partition("@")
    return bool(name and host) and not any(sign.isspace() or sign in '<>,;"' for sign in text) and "@" not in host


def readers_of(readers: Iterable[Reader], subject: Subject, queue: str) -> tuple[str, ...]:
    """Addresses of those who ticked the subject and work in the queue, each once; `queue` "" is everybody's."""
    wanted = (one for one in readers if one.mail and subject in one.subjects)
    return tuple(dict.fromkeys(one.mail for one in wanted if not queue or not one.queues or queue in one.queues))


def measures(
    view: OfficeView,
    office: OfficeSettings,
    limits: Iterable[Limits],
    levels: Mapping[str, float],
    alarms: Mapping[str, str],
    now: float,
) -> Iterator[Measure]:
    """Every watched figure of this moment.

    `levels` is today's service level of each queue in percent (none while too few have called), `alarms` the box's
    sentences by key.
    """
    agents = {one.agent: one for one in view.agents}
    names = {one.queue: one.name for one in office.queues}
    for limit in limits:
        yield from _of_waiting(view, limit, names.get(limit.queue, limit.queue), levels.get(limit.queue), now)
    is_open = {one.queue: one.is_open for one in view.queues}
    for queue in office.queues:
        members = [agents[name] for name in queue.agents if name in agents]
        if is_open.get(queue.queue, True):
            yield from _of_members(queue.queue, queue.name, members)
    for key, sentence in alarms.items():
        if key != OWN_TROUBLE:
            yield Measure(_subject_of(key), key, 1.0, 0.5, sentence, sentence)


def _of_waiting(view: OfficeView, limit: Limits, name: str, level: float | None, now: float) -> Iterator[Measure]:
    waiting = [one for one in view.waiting if one.queue == limit.queue and not one.callback]
    longest = max((now - one.since for one in waiting), default=0.0)
    if limit.waiting:
        count = len(waiting)
        ja, en = f"{name}: {count}人が待っています(目安 {limit.waiting}人)", f"{name}: {count} callers wait"
        yield Measure(Subject.WAITING, limit.queue, count, limit.waiting, ja, f"{en} (limit {limit.waiting})")
    if limit.wait_s:
        ja, en = f"{name}: 最長待ち時間 {longest:.0f}秒", f"{name}: the longest wait is {longest:.0f} s"
        ends = (f"(目安 {limit.wait_s:.0f}秒)", f" (limit {limit.wait_s:.0f} s)")
        yield Measure(Subject.LONGEST_WAIT, limit.queue, longest, limit.wait_s, ja + ends[0], en + ends[1])
    if limit.service_level and level is not None:
        ja, en = f"{name}: 本日のサービスレベル {level:.0f}%", f"{name}: today's service level is {level:.0f} %"
        ends = (f"(目安 {limit.service_level:.0f}%)", f" (limit {limit.service_level:.0f} %)")
        short, most = 100 - level, 100 - limit.service_level
        yield Measure(Subject.SERVICE_LEVEL, limit.queue, short, most, ja + ends[0], en + ends[1])


def _of_members(queue: str, name: str, members: list[AgentView]) -> Iterator[Measure]:
    on_duty = [one for one in members if one.status in _ON_DUTY]
    ja, en = f"{name}: 対応可能なエージェントがいません", f"{name}: nobody is on duty"
    yield Measure(Subject.NOBODY, queue, float(not on_duty), 0.5, ja, en)
    lost = bool(on_duty) and all(one.status is Status.UNREACHABLE for one in on_duty)
    ja, en = f"{name}: エージェントの電話機がすべて未接続です", f"{name}: every agent's phone is unreachable"
    yield Measure(Subject.UNREACHABLE, queue, float(lost), 0.5, ja, en)


def _subject_of(alarm: str) -> Subject:
    """Under which tick an alarm of the box falls, by its key."""
    if alarm.startswith("line "):
        return Subject.LINE
    if alarm in ("disk", "disk sync", "recordings", "voicemail"):
        return Subject.DISK
    return Subject.CLOCK if alarm == "clock" else Subject.BOX
