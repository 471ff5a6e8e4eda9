"""The keys of a configuration file: which tables there are, and what is said of a key that there is not."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from appliance.config_words import unknown


def section_of(field_type: object) -> type[msgspec.Struct] | None:
    """The class of the table in a field's type (a table, or a list of tables), or None for a plain value."""
    if get_origin(field_type) is Annotated:
        field_type = get_args(field_type)[0]
    if get_origin(field_type) is tuple:
        field_type = get_args(field_type)[0]
    return field_type if isinstance(field_type, type) and issubclass(field_type, msgspec.Struct) else None


def unknown_keys(tree: dict[str, Any], section: type[msgspec.Struct], path: str) -> Iterator[str]:
    """A sentence for each key that there is not, naming the nearest one there is."""
    types = get_type_hints(section, include_extras=True)
    for key, value in tree.items():
        if key not in types:
            yield unknown(key, path, tuple(types))
            continue
        inner = section_of(types[key])
        if inner is None:
            continue
        for table in value if isinstance(value, list) else [value]:
            if isinstance(table, dict):
                yield from unknown_keys(table, inner, f"{path}{key}.")
