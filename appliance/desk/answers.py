"""What the store answers to the page: a failing disk is a sentence there, never a crash of the desk."""

from collections.abc import Awaitable
from typing import TypeVar

from appliance.api import Refusal
from appliance.errors import StorageError

_T = TypeVar("_T")


async def answered(asked: Awaitable[_T]) -> _T:
    """What the store answers; a failing disk is a Refusal for the page, not a crash of the desk."""
    try:
        return await asked
    except StorageError as wrong:
        raise Refusal(f"The box cannot read or write its records now: {wrong}") from wrong
