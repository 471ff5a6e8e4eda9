"""What callers hear in words: orders of the core as ids of the prompt catalogue, in the order they are said.

The order is the same in every language; what differs is in the sounds (appliance/prompts/catalog.toml).
"""

from typing import Final

from appliance.acd import commands as do
from appliance.acd.expected_wait import OVER
from appliance.acd.model import Contact

LAST_PLACE: Final = 20
"""Further back only "more than twenty" is said."""
HELLO: Final = {"caller": "callback_hello", "power": "recovery_hello"}
TO_AGENT: Final = {"caller": "callback_agent", "power": "recovery_agent"}
MARKS: Final = {
    ("caller", "ja"): "折り返し",
    ("caller", "en"): "Callback",
    ("power", "ja"): "停電復旧",
    ("power", "en"): "Recovered",
}
GREETING: Final = ("voicemail_greeting", "beep")

Speech = do.AnnouncePosition | do.OfferCallback | do.ReadBackNumber | do.AskNumber | do.RefuseNumber


def mark(contact: Contact, language: str) -> str:
    """What an agent's phone shows before the name of whoever is called back (U-07), with a blank behind."""
    if contact.callback is None:
        return ""
    return MARKS.get((contact.callback.origin, language), MARKS["caller", "en"]) + " "


def of(order: Speech) -> tuple[str, ...]:
    """What is said to a caller in the queue."""
    match order:
        case do.AnnouncePosition(_, position, minutes):
            return place(position) + wait(minutes)
        case do.OfferCallback(_, digit, next_day):
            return ("callback_offer_next_day" if next_day else "callback_offer", f"press_{digit}")
        case do.ReadBackNumber(_, number):
            return ("callback_number", *digits(number), "callback_confirm")
        case do.AskNumber():
            return ("callback_ask_number",)
        case do.RefuseNumber():
            return ("callback_refused",)


def place(position: int) -> tuple[str, ...]:
    """The place in the queue, from 1 (S-38)."""
    if position <= 1:
        return ("you_are_next",)
    if position > LAST_PLACE:
        return ("place_many",)
    return ("your_place", f"place_{position}", "place_end")


def wait(minutes: int | None) -> tuple[str, ...]:
    """The wait to expect in minutes, nothing when it is not known (M-20)."""
    if minutes is None:
        return ()
    return ("wait_over_15",) if minutes == OVER else ("wait_within", f"minutes_{minutes}")


def voicemail_offer(digit: str) -> tuple[str, ...]:
    """By which key a message is left, nothing where there is none (S-34)."""
    return ("voicemail_offer", f"press_{digit}") if digit else ()


def digits(number: str) -> tuple[str, ...]:
    """A number, digit by digit; a leading + is not said."""
    return tuple(f"digit_{digit}" for digit in number if digit.isdecimal())


def hello(origin: str, *, is_recorded: bool) -> tuple[str, ...]:
    """To whoever answers a callback: who calls, that it is recorded (§3.8, 7), and that we wait for a 1."""
    notice = ("recording_notice",) if is_recorded else ()
    return (HELLO.get(origin, HELLO["caller"]), *notice, "callback_press_one")


def to_agent(origin: str, number: str) -> tuple[str, ...]:
    """To the agent, while the customer is being dialled (§3.8, 5)."""
    return (TO_AGENT.get(origin, TO_AGENT["caller"]), *digits(number))
