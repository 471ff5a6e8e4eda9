"""Menus: callers press a digit to say what they want (F-50, §3.14).

Rules: digits barge in; nothing pressed within T-menu, or a digit that means nothing, asks again, the third time the
default branch is taken; a branch is a chain, so that behind every one there is a human, a voicemail or a message. A
caller in a menu has its name where others have their queue's; the place in line is that of the arrival.
"""

from appliance.acd import commands as do
from appliance.acd import contacts
from appliance.acd.chains import Destination
from appliance.acd.deadlines import Alarm
from appliance.acd.model import Contact, ContactState, Hears
from appliance.acd.office import Office
from appliance.acd.settings import MENU_PREFIX, MenuSettings

DEFAULT = ""
PROMPT_S = 60.0  # the longest prompt; then T-menu runs even if nobody says that it ended


def menu_of(office: Office, contact: Contact) -> MenuSettings | None:
    """The menu the caller is in, or came by."""
    return office.menus.get(contact.queue)


def exists(office: Office, name: str) -> bool:
    """Whether there is a menu of this name, as a chain names it."""
    return MENU_PREFIX + name in office.menus


def enter(office: Office, contact: Contact, name: str) -> None:
    """The caller is asked what they want; the line is answered for it."""
    contacts.stop_clock(office, contact)
    contact.queue, contact.state, contact.offer = name, ContactState.MENU, ""
    contact.menu_tries, contact.branch = 0, DEFAULT
    ask(office, contact)


def ask(office: Office, contact: Contact, *, is_again: bool = False) -> None:
    """Say what may be pressed; T-menu runs from the end of it."""
    menu = menu_of(office, contact)
    if menu is None:
        return
    contact.hears = Hears.MESSAGE
    _watch(office, contact, PROMPT_S)
    prompts = (menu.invalid, menu.prompt) if is_again else (menu.prompt,)
    office.commands.append(do.AskMenu(contact.contact, prompts, contact.hops))


def said(office: Office, contact: Contact, hop: int) -> None:
    """The prompt ended: T-menu runs."""
    menu = menu_of(office, contact)
    if menu is not None and hop == contact.hops:
        _watch(office, contact, menu.step_s)


def pressed(office: Office, contact: Contact, digit: str) -> bool:
    """A digit; True when the caller is to leave by `branch`."""
    menu = menu_of(office, contact)
    if menu is not None and digit in dict(menu.choices):
        contact.branch = digit
        return True
    return _once_more(office, contact, menu, is_again=True)


def timed_out(office: Office, contact: Contact) -> bool:
    """Nothing was pressed; True when the caller is to leave by the default branch."""
    return _once_more(office, contact, menu_of(office, contact), is_again=False)


def _once_more(office: Office, contact: Contact, menu: MenuSettings | None, *, is_again: bool) -> bool:
    contact.menu_tries += 1
    if menu is None or contact.menu_tries >= menu.tries:
        contact.branch = DEFAULT
        return True
    ask(office, contact, is_again=is_again)
    return False


def steps(office: Office, contact: Contact) -> tuple[Destination, ...]:
    """The branch that the caller chose, or the default one."""
    menu = menu_of(office, contact)
    if menu is None:
        return ()
    return dict(menu.choices).get(contact.branch, menu.default)


def _watch(office: Office, contact: Contact, seconds: float) -> None:
    contact.until = office.now + seconds
    office.deadlines.add(contact.until, Alarm.AWAY, contact.contact)
