"""Numbers as a log may hold them."""


def masked(number: str) -> str:
    """The last four digits hidden."""
    return f"{number[:-4]}***" if number else "an unknown number"
