"""Feature codes: what an agent dials to change their duty or to hear how things stand (S-M1), as data. Pure.

A code is a star and two digits, with more digits behind it where it needs them. What it asks for is judged by the
committed view, as a press of the button is; what is said afterwards comes from the view that was committed then, so
nobody hears what did not happen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from appliance.acd import events as ev
from appliance.acd.settings import QueueSettings
from appliance.acd.view import AgentView, OfficeView, Status
from appliance.desk.panel_logic import REASONS

MOST_COUNTED: Final = 10
"""Longer queues are "more than ten"."""

_OFF: Final = (Status.OFF, Status.OFF_PROMPT, Status.OFF_ON_CALL)


@dataclass(frozen=True, slots=True)
class Dialled:
    """What was dialled: the code and the digits behind it."""

    code: str
    digits: str = ""


CALL_AS: Final = "*58"
"""Also before a number to call (`identities.py`)."""
PERSONALLY: Final = "0"
"""After `*58` instead of a queue's number."""
NIGHT: Final = "*60"
COACHING: Final = ("*61", "*62", "*63", "*64")
"""Codes of supervisors (`supervisor_codes.py`): hold the hours; listen, whisper, barge in, take over."""

Wish: TypeAlias = Callable[[Dialled, AgentView, Mapping[str, str]], ev.Event | None]
"""The event that a code asks for, by the queues' names under their numbers; None: there is nothing to do."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code: `most` digits may stand behind it. `changes` says whether an event must come of it."""

    ja: str
    en: str
    wish: Wish
    most: int = 0
    changes: bool = True


def _toggle(dialled: Dialled, agent: AgentView, queues: Mapping[str, str]) -> ev.Event:
    wants_on = agent.pending == "off" or (agent.status in _OFF and agent.pending != "on")
    return ev.DutyOn(agent.agent, dialled.code) if wants_on else ev.DutyOff(agent.agent, dialled.code)


def _on(dialled: Dialled, agent: AgentView, queues: Mapping[str, str]) -> ev.Event:
    return ev.DutyOn(agent.agent, dialled.code)


def _off(dialled: Dialled, agent: AgentView, queues: Mapping[str, str]) -> ev.Event | None:
    """Off duty, with the reason of the digit behind it; a question is answered with "stay off" (S-06)."""
    if not dialled.digits:
        asked = agent.status is Status.OFF_PROMPT
        return ev.StayedOff(agent.agent, dialled.code) if asked else ev.DutyOff(agent.agent, dialled.code)
    number = int(dialled.digits)
    return ev.DutyOff(agent.agent, dialled.code, REASONS[number - 1]) if 1 <= number <= len(REASONS) else None


def _end_wrap_up(dialled: Dialled, agent: AgentView, queues: Mapping[str, str]) -> ev.Event | None:
    return ev.WrapUpEnded(agent.agent, dialled.code) if agent.status is Status.WRAP_UP else None


def _code(dialled: Dialled, agent: AgentView, queues: Mapping[str, str]) -> ev.Event | None:
    """F-38: of the call that the agent has, or had last; whether the queue has such a code is the core's to say."""
    is_about = bool(agent.last_contact) and bool(dialled.digits)
    return ev.CallCoded(dialled.digits, dialled.code, agent=agent.agent) if is_about else None


def _take_next(dialled: Dialled, agent: AgentView, queues: Mapping[str, str]) -> ev.Event | None:
    is_free = agent.status in (Status.AVAILABLE, Status.WRAP_UP)
    return ev.NextCallWanted(agent.agent, dialled.code) if is_free else None


def _private(dialled: Dialled, agent: AgentView, queues: Mapping[str, str]) -> ev.Event | None:
    queue = queues.get(dialled.digits)
    return ev.PrivacyChanged(agent.agent, queue, queue not in agent.private, dialled.code) if queue else None


def _call_as(dialled: Dialled, agent: AgentView, queues: Mapping[str, str]) -> ev.Event | None:
    """S-10: calls go out as this queue, with 0 personally; who may not call as it hears so."""
    if dialled.digits == PERSONALLY:
        return ev.IdentityChosen(agent.agent, "", dialled.code)
    queue = queues.get(dialled.digits, "")
    return ev.IdentityChosen(agent.agent, queue, dialled.code) if queue in agent.may_call_as else None


def _nothing(dialled: Dialled, agent: AgentView, queues: Mapping[str, str]) -> None:
    return None


CODES: Final[Mapping[str, Code]] = {
    "*50": Code("勤務を開始・終了", "on duty or off duty", _toggle),
    "*51": Code("勤務を開始", "on duty", _on),
    "*52": Code("勤務外(理由1〜6)", "off duty, with a digit for the reason", _off, most=1),
    "*53": Code("通話の分類コード", "what the call was about, with the code", _code, most=8),
    "*56": Code("次の待ち呼を取る", "take the next waiting caller", _take_next),
    "*54": Code("ラップアップを終了", "end wrap-up", _end_wrap_up),
    "*57": Code("窓口の着信を停止・再開", "take a queue's calls or not, with its number", _private, most=15),
    CALL_AS: Code("発信元の窓口(個人は0)", "call out as a queue, with its number, or 0: personally", _call_as, most=15),
    NIGHT: Code("営業時間の切替(暗証番号)", "hold the hours, with a supervisor's PIN", _nothing),
    "*61": Code("通話を聞く(担当者の内線)", "listen to the agent at this phone", _nothing, most=15),
    "*62": Code("担当者にささやく", "whisper to the agent at this phone", _nothing, most=15),
    "*63": Code("通話に加わる", "barge in on the agent at this phone", _nothing, most=15),
    "*64": Code("通話を引き継ぐ", "take over from the agent at this phone", _nothing, most=15),
    "*59": Code("自分の状態と待ち人数を聞く", "hear own status and how many wait", _nothing, changes=False),
}


def dialled(number: str) -> Dialled | None:
    """The code in a dialled number, None when it is none of ours."""
    code, digits = number[:3], number[3:]
    row = CODES.get(code)
    is_ours = row is not None and len(digits) <= row.most and (digits == "" or digits.isdigit())
    return Dialled(code, digits) if is_ours else None


def spoken(asked: Dialled, agent: AgentView, view: OfficeView, queues: tuple[QueueSettings, ...]) -> tuple[str, ...]:
    """The prompts that tell the agent what is so now."""
    if asked.code == "*57":
        is_private = any(queue.number == asked.digits and queue.queue in agent.private for queue in queues)
        return ("now_private" if is_private else "not_private",)
    if asked.code == CALL_AS:
        return ("calls_as_queue" if agent.calls_as else "calls_personally",)
    if asked.code == "*59":
        served = {queue.queue for queue in queues if agent.agent in queue.agents}
        return _status(agent), waiting(sum(caller.queue in served for caller in view.waiting))
    if asked.code != "*54" and agent.status in (Status.AVAILABLE, Status.OFF) and not agent.pending:
        return ("now_on_duty" if agent.status is Status.AVAILABLE else "now_off_duty",)
    return (_status(agent),)


def waiting(number: int) -> str:
    """The prompt that says how many callers wait."""
    return f"waiting_{number}" if number <= MOST_COUNTED else "waiting_many"


def _status(agent: AgentView) -> str:
    if agent.pending == "off":
        return "status_pending_off"
    return "status_off" if agent.status is Status.OFF_ON_CALL else f"status_{agent.status.value}"
