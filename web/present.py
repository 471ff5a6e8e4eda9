"""Views as JSON for the page's scripts. JSON is made here and nowhere else.

Times that tick are sent as they are (monotonic) beside the `at` of sending: the page counts on from there.
"""

import dataclasses
import enum
import json
from dataclasses import dataclass

from appliance.api import (
    CallRecord,
    DeskApi,
    LampView,
    LineView,
    Metric,
    News,
    OfficeInfo,
    OfficeView,
    PhoneTrouble,
    RecordingFile,
)


@dataclass(frozen=True, slots=True)
class Office:
    """Everything live on the page at one moment; two equal ones look the same."""

    view: OfficeView
    lines: tuple[LineView, ...]
    lamps: tuple[LampView, ...]
    troubles: tuple[PhoneTrouble, ...]
    alarms: tuple[str, ...]
    behaviours: tuple[tuple[str, str], ...]
    news: News


def office_of(api: DeskApi, view: OfficeView | None = None) -> Office:
    """Ask the desk for what is live now."""
    return Office(
        view=view or api.view(),
        lines=api.lines(),
        lamps=api.lamps(),
        troubles=api.phone_troubles(),
        alarms=api.alarms(),
        behaviours=tuple(api.demo.behaviours().items()) if api.demo else (),
        news=api.inbox.news(),
    )


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    raise TypeError(f"the page cannot show a {type(value).__name__}")


def as_json(value: object) -> str:
    """JSON on one line."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def office_json(office: Office) -> str:
    """The live part of the page."""
    return as_json(
        {
            "seq": office.view.seq,
            "agents": [dataclasses.asdict(agent) for agent in office.view.agents],
            "waiting": [dataclasses.asdict(caller) for caller in office.view.waiting],
            "calls": [dataclasses.asdict(call) for call in office.view.calls],
            "callbacks": [dataclasses.asdict(promise) for promise in office.view.callbacks],
            "lines": [dataclasses.asdict(line) for line in office.lines],
            "lamps": [dataclasses.asdict(lamp) for lamp in office.lamps],
            "troubles": {trouble.agent: trouble.place for trouble in office.troubles},
            "queues": [dataclasses.asdict(queue) for queue in office.view.queues],
            "held": office.view.held,
            "notices": office.view.notices,
            "alarms": office.alarms,
            "behaviours": dict(office.behaviours),
            "texts": office.news.seq,
            "news": {of.queue: dataclasses.asdict(of) for of in office.news.queues},
        }
    )


def calls_json(calls: tuple[CallRecord, ...]) -> str:
    """A page of the list of all calls."""
    return as_json({"calls": [dataclasses.asdict(call) for call in calls]})


def recordings_json(recordings: tuple[RecordingFile, ...]) -> str:
    """A page of the list of recordings; where the files lie is nobody's business."""
    fields = ("recording", "contact", "agent", "began", "seconds", "cause", "trimmed")
    return as_json({"recordings": [{name: getattr(item, name) for name in fields} for item in recordings]})


def report_json(report: tuple[Metric, ...], language: str) -> str:
    """A day's metrics, their names in the page's language; each figure is [part, text]."""
    return as_json(
        {
            "metrics": [
                {
                    "id": row.id,
                    "name": row.ja if language == "ja" else row.en,
                    "formula": row.formula,
                    "figures": row.figures,
                }
                for row in report
            ]
        }
    )


def page_facts(info: OfficeInfo, demo: bool) -> dict[str, object]:
    """What the scripts must know before the first live message; the template writes it into the page."""
    return {
        "language": info.language,
        "timeZone": info.time_zone,
        "queues": dict(info.queues),
        "members": {agent: list(queues) for agent, queues in info.members},
        "supervisors": dict(info.supervisors),
        "groups": list(info.groups),
        "notices": list(info.notices),
        "codes": {queue: dict(codes) for queue, codes in info.codes},
        "demo": demo,
    }
