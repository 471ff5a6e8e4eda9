"""What every table of the configuration is made of."""

import msgspec


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """The base of every table of the file."""


def about(text: str) -> msgspec.Meta:
    """A key's description, from which the documentation is made."""
    return msgspec.Meta(description=text)
