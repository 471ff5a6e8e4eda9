"""What may be written to each other, as pure rules; a text is bad input until it was looked at.

What is refused is refused whole, with a sentence: a text that was changed on the way would be somebody else's.
"""

import unicodedata
from typing import Final

LONGEST: Final = 500
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows: they make a text look like another one."""


class BadText(Exception):  # noqa: N818 - nothing has failed, the writer is told
    """Not a text that can be sent; the message is a sentence for whoever wrote it."""


def checked(body: str) -> str:
    """The text as it is kept: lines ended alike, no blanks around it. Raises BadText."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise BadText("There is nothing in this text; a few words would be right")
    if len(text) > LONGEST:
        raise BadText(f"This text has {len(text)} characters; at most {LONGEST} would be right")
    for letter in text:
        if letter in _TURNING or (unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t"):
            raise BadText(f"This text has the control character U+{ord(letter):04X} in it; without it would be right")
    return text
