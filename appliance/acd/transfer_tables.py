"""What a transfer does to a caller, as data: acd.md §3.3 and S-16 to S-19, row by row, for `transfer.py` to take.

A row applies when the caller is in `source`, `happening` occurs and `guard` holds; the first such row wins, and where
no row applies the happening changes nothing (I-16). `target` None: the contact is over. `docs/acd-states.md` is made
of them.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass

from appliance.acd import transfer_effects as fx
from appliance.acd.model import Contact, ContactState
from appliance.acd.office import Office
from appliance.acd.quick_enum import quick


@quick
class Happening(enum.Enum):
    """What can happen to a caller who is passed on."""

    PASSED_ON = "transfer now"
    ASKED_FIRST = "ask first"
    JOINED = "joined with a call of the agent's own"
    COMPLETED = "the agent leaves"
    CANCELLED = "the agent takes the caller back"
    TARGET_ANSWERED = "the target answers"
    TARGET_FAILED = "the target rejects, does not answer or leaves"
    CALLER_LEFT = "the caller hangs up"


Guard = Callable[[Office, Contact], bool]
Effect = Callable[[Office, Contact], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One transition; `effects` run in order and leave the contact in `target`."""

    id: str
    source: ContactState
    happening: Happening
    target: ContactState | None
    effects: tuple[Effect, ...]
    guard: Guard = fx.always


_S = ContactState
_H = Happening

ROWS: tuple[Row, ...] = (
    # the agent talks with the caller
    Row("X-01", _S.CONNECTED, _H.PASSED_ON, _S.WAITING, (fx.let_go, fx.enter_queue), fx.is_to_queue),
    Row("X-02", _S.CONNECTED, _H.PASSED_ON, _S.FALLBACK, (fx.let_go, fx.send_to_machine), fx.is_to_machine),
    Row("X-03", _S.CONNECTED, _H.PASSED_ON, _S.TRANSFERRING, (fx.let_go, fx.ring_target)),
    Row("X-04", _S.CONNECTED, _H.ASKED_FIRST, _S.CONSULTING, (fx.put_aside, fx.ring_target)),
    Row("X-05", _S.CONNECTED, _H.JOINED, _S.CONNECTING, (fx.stop_talk, fx.join_target, fx.release), fx.target_talks),
    Row("X-06", _S.CONNECTED, _H.JOINED, _S.TRANSFERRING, (fx.let_go, fx.leave_ringing)),
    # the caller is on hold, the target rings or talks with the agent
    Row("X-07", _S.CONSULTING, _H.TARGET_ANSWERED, _S.CONSULTING, (fx.let_consult,)),
    Row(
        "X-08", _S.CONSULTING, _H.COMPLETED, _S.CONNECTING, (fx.stop_talk, fx.join_target, fx.release), fx.target_talks
    ),
    Row("X-09", _S.CONSULTING, _H.COMPLETED, _S.TRANSFERRING, (fx.let_go, fx.leave_ringing)),
    Row("X-10", _S.CONSULTING, _H.CANCELLED, _S.CONNECTED, (fx.take_back, fx.drop_target, fx.close)),
    Row("X-11", _S.CONSULTING, _H.TARGET_FAILED, _S.CONNECTED, (fx.take_back, fx.close)),
    Row("X-12", _S.CONSULTING, _H.CALLER_LEFT, None, (fx.tell_agent, fx.drop_target, fx.end)),
    # the agent has left, the target rings
    Row("X-13", _S.TRANSFERRING, _H.TARGET_ANSWERED, _S.CONNECTING, (fx.stop_talk, fx.join_target)),
    Row("X-14", _S.TRANSFERRING, _H.TARGET_FAILED, _S.FALLBACK, (fx.follow_chain,)),
    Row("X-15", _S.TRANSFERRING, _H.CALLER_LEFT, None, (fx.drop_target, fx.end)),
    # the target has answered and is being connected
    Row("X-16", _S.CONNECTING, _H.TARGET_FAILED, _S.FALLBACK, (fx.follow_chain,)),
    Row("X-17", _S.CONNECTING, _H.CALLER_LEFT, None, (fx.drop_target, fx.end)),
)

_BY_SOURCE: dict[tuple[ContactState, Happening], list[Row]] = {}
for _row in ROWS:
    _BY_SOURCE.setdefault((_row.source, _row.happening), []).append(_row)


def find(office: Office, contact: Contact, happening: Happening) -> Row | None:
    """The row that applies to this caller now, or None: then the happening means nothing here."""
    for row in _BY_SOURCE.get((contact.state, happening), ()):
        if row.guard(office, contact):
            return row
    return None
