"""Mutants that change nothing anybody could see, each with its reason. One that dies was no such thing."""

Equivalent = tuple[str, str, str, str]

EQUIVALENT: tuple[Equivalent, ...] = ()
