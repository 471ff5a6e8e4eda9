"""A phone that registers at a new place while it rings: what rang at the old one rings there (R-32).

The desk only sees that a place is new; the switch knows what rings, and dials the same legs again. Times are the
seam's.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from appliance import wire
from appliance.desk.clock import monotonic
from appliance.desk.legs import Say
from appliance.edge.rpc import Registration


class MovedPhones:
    """Compares each look at the registrar with the one before."""

    def __init__(self, realm: str, say: Say, now: Callable[[], float] = monotonic) -> None:
        self._realm, self._say, self._now = realm, say, now
        self._places: frozenset[tuple[str, str]] = frozenset()
        self._users: frozenset[str] = frozenset()
        """Whoever had a place at any look. A phone at its first place ever rang nowhere else."""

    def seen(self, registrations: Iterable[Registration]) -> None:
        """Where the phones are now."""
        since = {(one.user, one.source): self._now() - one.age_s for one in registrations}
        new = sorted(since.keys() - self._places)
        places = Counter(user for user, _ in since)
        for user, source in new:
            if user in self._users or places[user] > 1:
                self._say(wire.DialAgain(f"sip:{user}@{self._realm}", since[user, source], _place(source)))
        self._places, self._users = frozenset(since), self._users | {user for user, _ in new}


def _place(source: str) -> str:
    """host:port of a SIP URI."""
    where = source.partition("sip:")[2].rpartition("@")[2]
    where = re.split(r"[;>?]", where)[0]
    return where if re.search(r":\d+$", where) else f"{where}:5060"
