"""What is wrong with phones that cannot be rung, as far as the registrar knows; the page says it (S-M2)."""

from collections.abc import Iterable

from appliance.acd.view import AgentView, Status
from appliance.api import PhoneTrouble
from appliance.desk.doubts import address_in
from appliance.edge.rpc import Registration


class Phones:
    """Knows from where each phone is registered, since the last look at the registrar."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def seen(self, registrations: Iterable[Registration]) -> None:
        """Where the phones are now."""
        self._places = {one.user: address_in(one.source) or one.source for one in registrations}

    def troubles(self, agents: Iterable[AgentView]) -> tuple[PhoneTrouble, ...]:
        """Each phone that cannot be rung though its agent is on duty: not registered, or registered and silent."""
        return tuple(
            PhoneTrouble(one.agent, self._places.get(one.phone, ""))
            for one in agents
            if one.status is Status.UNREACHABLE
        )
