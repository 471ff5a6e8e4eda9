"""Sentences an administrator should read, each under a key, raised once and cleared once."""

import logging

logger = logging.getLogger(__name__)


class Alarms:
    """What is wrong now."""

    def __init__(self) -> None:
        self._raised: dict[str, str] = {}

    def raise_(self, key: str, sentence: str) -> None:
        """Something is wrong; a repeated sentence is not logged again."""
        if self._raised.get(key) != sentence:
            logger.error("%s", sentence)
        self._raised[key] = sentence

    def clear(self, key: str) -> None:
        """It is right again."""
        sentence = self._raised.pop(key, None)
        if sentence is not None:
            logger.info("Over: %s", sentence)

    def sentences(self) -> tuple[str, ...]:
        """Everything that is wrong now, oldest first."""
        return tuple(self._raised.values())

    def by_key(self) -> dict[str, str]:
        """Everything that is wrong now, by the key it was raised with."""
        return dict(self._raised)
