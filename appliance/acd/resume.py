"""Who gave up and calls again within T-resume stands where they stood (F-44): by number, in the same queue, once."""

from appliance.acd.memory import LeftPlace
from appliance.acd.model import Contact
from appliance.acd.office import Office


def leave_place(office: Office, contact: Contact) -> None:
    """The caller gave up while waiting: keep the place for a while, unless nobody could know it is them."""
    places, keep_s = office.state.left_places, office.state.office.resume_s
    for name in [name for name, place in places.items() if place.until <= office.now]:
        del places[name]
    if contact.number and contact.is_admitted and keep_s:
        places[_name(contact)] = LeftPlace(contact.t_enq, contact.seq, office.now + keep_s)


def take_place(office: Office, contact: Contact) -> None:
    """A caller arrives: if it is one who gave up a moment ago, the old place is theirs; T-max begins anew."""
    place = office.state.left_places.pop(_name(contact), None)
    if place is not None and office.now < place.until:
        contact.t_enq, contact.seq, contact.entered_at = place.t_enq, place.seq, office.now


def _name(contact: Contact) -> str:
    return f"{contact.queue} {contact.number}"
