"""What each person wants to be told by mail: as the configuration says, until it is ticked on the page (S-43).

What was ticked is kept for each person for itself, and goes before the configuration from then on.
"""

import asyncio
import logging
from dataclasses import replace

import msgspec

from appliance.api import AlertsView, Refusal
from appliance.desk.alerts import Reader, Subject, is_address
from appliance.desk.answers import answered
from appliance.errors import StorageError
from appliance.storage.store import Store

logger = logging.getLogger(__name__)

_KEY = "alerts."


class Ticks:
    """Implements AlertsApi. `load` must have ended before anybody is told anything; the page waits for it."""

    def __init__(self, readers: tuple[Reader, ...], store: Store, *, can_send: bool) -> None:
        self.can_send = can_send
        self.subjects = tuple(one.value for one in Subject)
        self._readers = {one.person: one for one in readers}
        self._store = store
        self._loaded = asyncio.Event()

    @property
    def readers(self) -> tuple[Reader, ...]:
        """Who is told what, now."""
        return tuple(self._readers.values())

    async def load(self) -> None:
        """Read what was ticked on the page; what cannot be read leaves the configuration in force."""
        for person, reader in self._readers.items():
            try:
                kept = await self._store.get_secret(_KEY + person)
                if kept is not None:
                    mail, ticked = msgspec.json.decode(kept, type=tuple[str, tuple[str, ...]])
                    known = frozenset(map(Subject, set(ticked) & set(self.subjects)))  # of a newer version: left out
                    self._readers[person] = replace(reader, mail=mail, subjects=known)
            except (StorageError, msgspec.MsgspecError) as wrong:
                logger.error("What %s wants to be told is as configured, what was ticked is lost: %s", person, wrong)
        self._loaded.set()

    async def people(self) -> tuple[AlertsView, ...]:
        """Everybody, in the order of the configuration; ticks in the order of the subjects."""
        await self._loaded.wait()
        return tuple(
            AlertsView(one.person, one.name, one.mail, tuple(s.value for s in Subject if s in one.subjects))
            for one in self.readers
        )

    async def tick(self, person: str, mail: str, ticked: tuple[str, ...], actor: str) -> None:
        """It is on the disk when this returns. Raises Refusal for nobody, no address, or an unknown subject."""
        await self._loaded.wait()
        reader, mail = self._readers.get(person), mail.strip()
        if reader is None:
            raise Refusal(f"There is nobody called {person} here")
        if unknown := sorted(set(ticked) - set(self.subjects)):
            raise Refusal(f"Nobody can be told of {', '.join(unknown)}; {', '.join(self.subjects)} would be right")
        if mail and not is_address(mail):
            raise Refusal(f"{mail!r} is no mail address; one such as sato@example.jp would be right")
        if ticked and not mail:
            raise Refusal(f"{reader.name or person} has no mail address; whoever is to be told something needs one")
        if ticked and not self.can_send:
            raise Refusal("No mail can be sent: [mail] of the configuration names no server")
        await answered(self._store.put_secret(_KEY + person, msgspec.json.encode((mail, ticked))))
        self._readers[person] = replace(reader, mail=mail, subjects=frozenset(map(Subject, ticked)))
        logger.info("%s is told of %s from now on, by %s", person, ", ".join(ticked) or "nothing", actor)
