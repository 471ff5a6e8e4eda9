"""The page's door to what people want to be told by mail (`appliance.api.DeskApi.alerts`): S-42, S-43."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AlertsView:
    """One person: the address mails go to ("": none), and the subjects that are ticked."""

    person: str
    name: str
    mail: str
    ticked: tuple[str, ...]


class AlertsApi(Protocol):
    """Ticks. Methods raise appliance.api.Refusal with a sentence when they cannot."""

    subjects: tuple[str, ...]
    can_send: bool
    """Whether there is a mail server."""

    async def people(self) -> tuple[AlertsView, ...]:
        """Everybody who can be told something, agents first."""
        ...

    async def tick(self, person: str, mail: str, ticked: tuple[str, ...], actor: str) -> None:
        """From now on this person is told of these subjects at this address, and nobody else's ticks change."""
        ...
