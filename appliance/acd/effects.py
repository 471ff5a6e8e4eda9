"""The guards and effects that the rows of `tables.py` name: each reads or changes one agent and nothing else."""

from dataclasses import dataclass

from appliance.acd.model import Agent, Intent, Reach


@dataclass(slots=True)
class Cause:
    """Why an agent's state changes: when, by whom ("" for the engine itself), and the words for it."""

    now: float
    reason: str = ""
    actor: str = ""
    contact: str = ""


MOST_MISSED_RACES = 3  # D-20: then the agent is asked, and stays on duty


def always(agent: Agent, cause: Cause) -> bool:
    """No condition."""
    return True


def wants_off(agent: Agent, cause: Cause) -> bool:
    """Going off duty waits for the call to end (A-11)."""
    return agent.intent is Intent.OFF


def wants_on(agent: Agent, cause: Cause) -> bool:
    """Going on duty waits for the call to end (A-26)."""
    return agent.intent is Intent.ON


def owes_wrap_up(agent: Agent, cause: Cause) -> bool:
    """A queue's call that connected is over, and that queue gives wrap-up (A-13)."""
    return agent.owed_wrap_s > 0


def has_wrap_up_left(agent: Agent, cause: Cause) -> bool:
    """An older wrap-up has gone on counting beneath a personal call (A-15, A-21)."""
    return agent.wrap_until > cause.now


def has_prompt(agent: Agent, cause: Cause) -> bool:
    """A prompt is up while on duty: races were missed (D-20)."""
    return bool(agent.prompt)


def take_reason(agent: Agent, cause: Cause) -> None:
    """Off duty for the reason given."""
    agent.reason = cause.reason


def take_intent(agent: Agent, cause: Cause) -> None:
    """The duty change that waited happens now; its reason and its person are those of when it was asked for (I-08)."""
    agent.reason = agent.intent_reason
    cause.actor = agent.intent_actor
    forget_intent(agent, cause)


def intend_off(agent: Agent, cause: Cause) -> None:
    """Off duty after this call (A-11)."""
    agent.intent, agent.intent_reason, agent.intent_actor = Intent.OFF, cause.reason, cause.actor


def intend_on(agent: Agent, cause: Cause) -> None:
    """On duty after this call (A-26)."""
    agent.intent, agent.intent_reason, agent.intent_actor = Intent.ON, "", cause.actor


def forget_intent(agent: Agent, cause: Cause) -> None:
    """Nothing waits for the end of the call any more."""
    agent.intent, agent.intent_reason, agent.intent_actor = Intent.NONE, "", ""


def ask(agent: Agent, cause: Cause) -> None:
    """Raise the two-choice prompt (S-06); it stays until a person answers it."""
    agent.prompt, agent.prompt_contact, agent.prompt_since = cause.reason, cause.contact, cause.now


def clear_prompt(agent: Agent, cause: Cause) -> None:
    """A person answered the prompt."""
    agent.prompt, agent.prompt_contact, agent.prompt_since = "", "", 0.0


def show_presence(agent: Agent, cause: Cause) -> None:
    """The agent used the phone or a button: races missed before mean nothing, nor the prompt about them (D-20)."""
    agent.missed_races = 0
    clear_prompt(agent, cause)


def count_missed_race(agent: Agent, cause: Cause) -> None:
    """Three races missed in a row raise the prompt and leave the duty as it is (D-20); a ring group asks nobody."""
    if not cause.reason:
        return
    agent.missed_races += 1
    if agent.missed_races >= MOST_MISSED_RACES and not agent.prompt:
        ask(agent, cause)


def forget_reason(agent: Agent, cause: Cause) -> None:
    """On duty again: there is no reason to be off."""
    agent.reason = ""


def start_idle_clock(agent: Agent, cause: Cause) -> None:
    """Longest idle counts from here."""
    agent.idle_since = cause.now


def settle_idle_clock(agent: Agent, cause: Cause) -> None:
    """After a call the idle clock starts anew only if they talked; a call that came to nothing costs no place."""
    if agent.has_talked:
        agent.idle_since = cause.now


def start_wrap_up(agent: Agent, cause: Cause) -> None:
    """The owed wrap-up runs from now; an older one that would last longer keeps its end."""
    agent.wrap_since = agent.wrap_since if agent.wrap_until > cause.now else cause.now
    agent.wrap_until = max(agent.wrap_until, cause.now + agent.owed_wrap_s)
    forget_call(agent, cause)


def end_wrap_up(agent: Agent, cause: Cause) -> None:
    """No wrap-up runs any more."""
    agent.wrap_since, agent.wrap_until = 0.0, 0.0


def forget_call(agent: Agent, cause: Cause) -> None:
    """All legs are down: nothing of the call is owed any more."""
    agent.owed_wrap_s, agent.has_talked = 0.0, False


def lose_phone(agent: Agent, cause: Cause) -> None:
    """The phone cannot be rung until it is found again (A-08)."""
    agent.reach = Reach.LOST
