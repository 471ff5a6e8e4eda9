"""Fallback chains as an administrator writes them, read into the facts of `appliance.acd.chains`.

    no_agent = ["queue:sales", "group:staff", "user:103", "external:0312345678", "callback", "voicemail"]
    closed   = ["message:closed"]

A destination is a kind, and behind a colon what it names. `voicemail` alone is the queue's own box, `message` alone the
usual sentence; `queue:sales last` goes to the end of that queue instead of to the old place (keep_t_enq, §3.6).
"""

import difflib
from collections.abc import Mapping, Sequence

from appliance.acd.chains import MOST_HOPS, Chain, Destination, Kind, Reason

LAST = " last"
ALONE = (Kind.VOICEMAIL, Kind.MESSAGE, Kind.CALLBACK)  # kinds that need not name anything
NAMELESS = (Kind.CALLBACK,)
EXAMPLE = "queue:sales, group:staff, user:103, external:0312345678, voicemail, message:closed, menu:main or callback"


class ChainError(ValueError):
    """A chain cannot be read; the message is a sentence that says what would be right."""


def chains_from_text(written: Mapping[str, Sequence[str]]) -> tuple[Chain, ...]:
    """The chains of a queue by reason. Raises `ChainError` for a reason or a destination that cannot be read."""
    return tuple(Chain(reason_from_text(reason), _steps(reason, steps)) for reason, steps in written.items())


def reason_from_text(text: str) -> Reason:
    """The reason of that name. Raises `ChainError`, naming the nearest one."""
    known = [reason.value for reason in Reason]
    if text in known:
        return Reason(text)
    near = difflib.get_close_matches(text, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    raise ChainError(f"there is no reason {text!r} to leave a queue; {hint}")


def destination_from_text(text: str) -> Destination:
    """One step. Raises `ChainError` when its kind is unknown or it names nothing where it must."""
    kind_text, _, to = text.partition(":")
    try:
        kind = Kind(kind_text.strip())
    except ValueError:
        raise ChainError(f"{text!r} is no destination; {EXAMPLE} would be one") from None
    to, keeps = to.strip(), True
    if kind in (Kind.QUEUE, Kind.GROUP) and to.endswith(LAST):
        to, keeps = to.removesuffix(LAST).strip(), False
    if not to and kind not in ALONE:
        raise ChainError(f"{text!r} does not say which {kind.value}; '{kind.value}:NAME' would be right")
    if to and kind in NAMELESS:
        raise ChainError(f"{text!r} names something; '{kind.value}' alone would be right")
    return Destination(kind, to, keeps)


def _steps(reason: str, written: Sequence[str]) -> tuple[Destination, ...]:
    steps = tuple(destination_from_text(one) for one in written)
    if len(steps) > MOST_HOPS:
        raise ChainError(f"the chain of {reason} has {len(steps)} steps; {MOST_HOPS} is the most (I-27)")
    for step in steps[:-1]:
        if step.kind is Kind.MESSAGE:
            raise ChainError(f"the chain of {reason} goes on behind a message, but that ends the call; put it last")
    return steps
