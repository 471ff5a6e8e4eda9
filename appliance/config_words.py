"""Sentences that every part of a configuration may need: a name given twice, a name that does not exist."""

import difflib
from collections.abc import Iterator, Sequence

CONSENT = (
    "What callers are told of recording (§3.11): none; notice; beep (notice, and a beep every 15 s that both hear); "
    "ask (only who presses 1 is recorded)."
)
ALERTS = (
    "What this person is told by mail (S-42), of their own queues: voicemail, waiting, longest_wait, service_level, "
    "nobody (is on duty), unreachable (every phone), line, disk, clock, emergency, box (any other alarm)."
)
READING = "How the name is read, in kana or Latin letters: the search finds it by either (S-17)."


def twice(what: str, names: Sequence[str]) -> Iterator[str]:
    """A sentence for each name that is given more than once."""
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{what} {name!r} is given {names.count(name)} times; once would be right"


def known(what: str, name: str, choices: Sequence[str], user: str) -> Iterator[str]:
    """A sentence when `user` names something that is not among the choices."""
    if name not in choices:
        near = difflib.get_close_matches(name, choices, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(choices) or 'none'}"
        yield f"{user} names {what} {name!r}, which does not exist; {hint}"


def unknown(key: str, path: str, known: tuple[str, ...]) -> str:
    """The sentence about a key that there is not, with the one that was meant."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"did you mean `{path}{near[0]}`?" if near else f"known here: {', '.join(known)}"
    return f"unknown key `{path}{key}`; {hint}"
