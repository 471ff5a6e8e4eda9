"""What must fit together in the ways out of a queue: chains, digits, callbacks; and which numbers the box may dial.

Every sentence says which queue, what was found and what would be right (§3.6, §3.8, S-34, S-40).
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.acd.chain_text import ChainError, chains_from_text, destination_from_text
from appliance.acd.chains import Chain, Destination, Kind, Reason

if TYPE_CHECKING:  # config.py calls us
    from appliance.config import Agent, Config, Queue

PROMPTS = Path(str(resources.files("appliance"))) / "prompts"
LEAST_MESSAGE_S = 15.0
BOTH_FIRST = ("agent", "customer")
_OUTSIDE_FIRST = ("", "0", "9")  # people dial 0 or 9 first out of habit


def emergency_numbers(config: "Config") -> list[str]:
    """Emergency numbers in every form that is dialled (§3.10)."""
    return [first + number for number in config.outbound.emergency for first in _OUTSIDE_FIRST]


def contradictions(config: "Config") -> Iterator[str]:
    """Every sentence about ways out of queues that cannot be as they are written."""
    yield from _office_chains(config)
    chains = dict[str, tuple[Chain, ...]]()
    for queue in config.queues:
        try:
            chains[queue.id] = chains_of(config, queue)
        except ChainError as wrong:
            yield f"queue {queue.id}: fallback: {wrong}"
        yield from _digits(config, queue)
        yield from _callback(config, queue)
        yield from _announcements(queue)
    for name, each in chains.items():
        for chain in each:
            for step in chain.steps:
                yield from target(config, step, f"queue {name}: fallback: {chain.reason.value}")
    yield from _personal(config)
    yield from _circles(chains)
    yield from _everybody_has_a_queue(config)


def _personal(config: "Config") -> Iterator[str]:
    for agent in config.agents:
        where = f"agent {agent.id}: if_no_answer"
        try:
            for step in personal_of(agent):
                yield from target(config, step, where)
        except ChainError as wrong:
            yield f"{where}: {wrong}"


def personal_of(agent: "Agent") -> tuple[Destination, ...]:
    """Where callers go who were passed on to this person in vain (D-16). Raises ChainError."""
    return tuple(destination_from_text(step) for step in agent.if_no_answer)


def chains_of(config: "Config", queue: "Queue") -> tuple[Chain, ...]:
    """The queue's chains, and the office's for reasons the queue says nothing about. Raises ChainError."""
    return chains_from_text({**config.office.fallback, **queue.fallback})


def never_dial(config: "Config") -> tuple[str, ...]:
    """Numbers that no callback goes to: emergency numbers, our own, and those the owner names (§3.8, 2)."""
    emergency = emergency_numbers(config)
    ours = [phone.number for phone in config.phones] + [queue.number for queue in config.queues]
    called = [number for trunk in config.trunks for number in trunk.numbers]
    return tuple(dict.fromkeys([*emergency, *ours, *called, *config.outbound.never_dial]))


def carried_prefixes(config: "Config") -> tuple[str, ...]:
    """Beginnings of the numbers that some way out carries; none: the box dials nobody outside."""
    allowed = config.outbound.allow if config.outbound.trunk else ()
    return tuple(dict.fromkeys([*(one for route in config.routes for one in route.numbers), *allowed]))


def _office_chains(config: "Config") -> Iterator[str]:
    if config.office.resume_s < 0 or config.office.transfer_s <= 0 or config.office.voicemail_s < LEAST_MESSAGE_S:
        yield (
            "office.resume_s is not negative, transfer_s is above 0, and voicemail_s at least "
            f"{LEAST_MESSAGE_S:g} seconds"
        )
    if config.office.ask_by_phone_s < 0:
        yield (
            f"office.ask_by_phone_s is {config.office.ask_by_phone_s:g}; seconds after which the phone asks would be "
            "right, or 0 for never"
        )
    try:
        chains_from_text(config.office.fallback)
    except ChainError as wrong:
        yield f"office.fallback: {wrong}"


def _digits(config: "Config", queue: "Queue") -> Iterator[str]:
    for name in ("voicemail_digit", "callback_digit"):
        digit = getattr(queue, name)
        if digit and (len(digit) != 1 or digit not in "0123456789"):
            yield f"queue {queue.id}: {name} is {digit!r}; one digit from 0 to 9 would be right, or none"
    if queue.voicemail_digit and queue.voicemail_digit == queue.callback_digit:
        yield (
            f"queue {queue.id}: voicemail_digit and callback_digit are both {queue.voicemail_digit!r}; two different "
            "digits would be right (S-34)"
        )


def _callback(config: "Config", queue: "Queue") -> Iterator[str]:
    if queue.callback_first not in BOTH_FIRST:
        yield f"queue {queue.id}: callback_first is {queue.callback_first!r}; agent or customer would be right"
    times = (queue.callback_ring_s, queue.callback_confirm_s, queue.callback_retry_s, queue.callback_expiry_h)
    if min(times) <= 0 or queue.callback_tries < 1 or queue.callback_after < 0:
        yield (
            f"queue {queue.id}: callback_ring_s, callback_confirm_s, callback_retry_s, callback_expiry_h and "
            "callback_tries are above 0, callback_after is not negative"
        )
    if queue.callback_digit and not carried_prefixes(config):
        yield (
            f"queue {queue.id} offers callbacks, but no call can go out; a [[routes]] table, or outbound.trunk with "
            "outbound.allow, would be right"
        )


def _announcements(queue: "Queue") -> Iterator[str]:
    if queue.announce_s < 0 or queue.announce_min_s < 1 or queue.handling_s < 0:
        yield f"queue {queue.id}: announce_min_s is at least 1, announce_s and handling_s are not negative"
    if queue.max_waiting < 0 or queue.max_wait_s < 0:
        yield f"queue {queue.id}: max_waiting and max_wait_s are not negative; 0 is no limit"
    if queue.announce_wait and not queue.announce_position:
        yield f"queue {queue.id} is to announce the wait but not the place; announce_position = true would be right"


def target(config: "Config", step: Destination, where: str) -> Iterator[str]:
    """A sentence when a step names something that is not there, or that can never be dialled."""
    if not step.to:
        return
    known = _targets(config).get(step.kind)
    if known is not None:
        yield from _known(step.kind.value, step.to, known, where)
    elif step.kind is Kind.EXTERNAL and not _may_be_dialled(config, step.to):
        yield (
            f"{where}: external {step.to!r} can never be dialled; a number that a [[routes]] table or outbound.allow "
            "carries, and that is no emergency number, would be right"
        )


def _targets(config: "Config") -> Mapping[Kind, Sequence[str]]:
    """What can be named, for the kinds whose targets are in this file."""
    people = [*(phone.number for phone in config.phones), *(agent.id for agent in config.agents)]
    queues = [queue.id for queue in config.queues]
    return {
        Kind.QUEUE: queues,
        Kind.GROUP: [queue.id for queue in config.queues if queue.group],
        Kind.USER: people,
        Kind.VOICEMAIL: [*queues, *people],
        Kind.MESSAGE: messages(),
        Kind.MENU: [menu.id for menu in config.menus],
    }


def messages() -> list[str]:
    """Prompts that are there in both languages."""
    spoken = [{file.stem for file in (PROMPTS / language).glob("*.wav")} for language in ("ja", "en")]
    return sorted(spoken[0] & spoken[1])


def _may_be_dialled(config: "Config", number: str) -> bool:
    is_carried = any(number.startswith(prefix) for prefix in carried_prefixes(config))
    return is_carried and number not in never_dial(config)


def _circles(chains: Mapping[str, Sequence[Chain]]) -> Iterator[str]:
    """Queues that send callers to each other: each contact leaves the circle at once, so it cannot be what is meant."""
    following = {name: _next_queues(each) for name, each in chains.items()}
    told = set[frozenset[str]]()
    for name in following:
        circle = _circle_from(name, following)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            way = " → ".join([*circle, circle[0]])
            yield f"fallback sends callers in a circle: {way}; leave out one of these steps"


def _next_queues(chains: Sequence[Chain]) -> dict[str, Reason]:
    """Queue → the reason for which it is a step."""
    return {step.to: chain.reason for chain in chains for step in chain.steps if step.kind in (Kind.QUEUE, Kind.GROUP)}


def _circle_from(start: str, following: Mapping[str, Mapping[str, Reason]]) -> list[str]:
    """The shortest way from a queue back to itself, [] when there is none."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        for name in following.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _everybody_has_a_queue(config: "Config") -> Iterator[str]:
    rung = {agent for queue in config.queues for agent in queue.agents}
    for agent in config.agents:
        if agent.id not in rung:
            yield f"agent {agent.id} is in no queue and would never be rung; list {agent.id!r} in the agents of one"


def _known(what: str, name: str, known: Sequence[str], user: str) -> Iterator[str]:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
        yield f"{user} names {what} {name!r}, which does not exist; {hint}"
