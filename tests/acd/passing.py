"""Where transfers begin: Ann talks with a caller of her queue, Bob and Cay have phones, too."""

from appliance.acd import story
from appliance.acd.model import ContactState
from appliance.acd.settings import QueueSettings
from tests.acd.desk import Desk

SALES = QueueSettings("sales", "Sales", "100", ("ann",), wrap_up_s=30.0)
HELP = QueueSettings("help", "Help", "200", ("bob",))


def talking(*ready: str, queues: tuple[QueueSettings, ...] = (SALES, HELP)) -> Desk:
    """Ann talks with c1 of her queue; Bob and Cay have phones, too."""
    desk = Desk("ann", "bob", "cay", queues=queues)
    desk.ready("ann", *ready)
    desk.caller("c1")
    desk.talks("ann")
    return desk


def state_of(desk: Desk, contact: str = "c1") -> ContactState:
    found = desk.acd.contact(contact)
    assert found is not None
    return found.state


def how(desk: Desk) -> list[str]:
    return [fact.how for fact in desk.told(story.TransferEnded) if isinstance(fact, story.TransferEnded)]


def consulting() -> Desk:
    desk = talking()
    desk.asks("ann", "bob")
    return desk
