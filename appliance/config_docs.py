"""The configuration written back: the effective one, the commented example and the documentation page.

All three are drawn from the descriptions in `appliance.config`, so none can go stale:
`python -m appliance.config_docs` writes `appliance/defaults.toml` and `docs/configuration.md`, and a test fails when
they differ.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import msgspec

from appliance.config import Config, parse
from appliance.config_keys import section_of
from appliance.config_section import Section

_HEAD = """\
# Deskbell: the office's one configuration file. Every key is here with its meaning; a key that you leave out
# has the value shown, a key that is not known is an error. `deskbell config --config FILE` prints what is in force.
"""

EXAMPLE = """
[[phones]]
number = "101"
secret = "change-me-please-101"
name = "佐藤"

[[phones]]
number = "102"
secret = "change-me-please-102"
name = "鈴木"

[[agents]]
id = "sato"
phone = "101"
name = "佐藤"
seat = 1

[[agents]]
id = "suzuki"
phone = "102"
name = "鈴木"
seat = 2

[[queues]]
id = "front"
number = "200"
name = "受付"
agents = ["sato", "suzuki"]

[[lines]]
id = "line-1"
device = "/dev/serial/by-path/platform-usb-0:1.1:1.0"
queue = "front"

[[trunks]]
id = "carrier"
addresses = ["192.0.2.10"]
queue = "front"

[[routes]]
numbers = ["03", "0120"]
by = ["line-1"]
"""


def effective(config: Config) -> str:
    """The configuration as TOML with every default filled in, secrets shown as their length."""
    return "\n".join(_table(config, "", comments=False)).strip() + "\n"


def commented_example() -> str:
    """The text of `appliance/defaults.toml`: an example office with every key and its meaning."""
    return _HEAD + "\n".join(_table(parse(EXAMPLE, "the example"), "", comments=True, secrets=True)).rstrip() + "\n"


def documentation() -> str:
    """The text of `docs/configuration.md`."""
    rows = ["# Configuration", "", "Generated from `appliance/config.py`; change it there.", ""]
    for key, inner in _sections():
        listed = "[[" if key in ("phones", "agents", "queues", "lines", "trunks", "routes") else "["
        rows += [f"## `{listed}{key}{']' * len(listed)}`", "", (inner.__doc__ or "").strip(), ""]
        rows += ["| key | default | meaning |", "| --- | --- | --- |"]
        for field in msgspec.structs.fields(inner):
            default = "required" if field.required else f"`{_value(_default(field))}`"
            rows.append(f"| `{field.name}` | {default} | {_meaning(inner, field.name)} |")
        rows.append("")
    return "\n".join(rows)


def _sections() -> Iterator[tuple[str, type[msgspec.Struct]]]:
    types = get_type_hints(Config, include_extras=True)
    for field in msgspec.structs.fields(Config):
        inner = section_of(types[field.name])
        if inner is not None:
            yield field.name, inner


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default_factory() if field.default is msgspec.NODEFAULT else field.default


def _meaning(section: type[msgspec.Struct], name: str) -> str:
    for part in get_args(get_type_hints(section, include_extras=True)[name]):
        if isinstance(part, msgspec.Meta) and part.description:
            return part.description
    return ""


def _table(section: Section, path: str, *, comments: bool, secrets: bool = False) -> Iterator[str]:
    for field in msgspec.structs.fields(section):
        value = getattr(section, field.name)
        if isinstance(value, Section):
            if comments:
                yield f"\n# {(value.__doc__ or '').strip()}\n[{field.name}]"
            else:
                yield f"\n[{field.name}]"
            yield from _table(value, field.name, comments=comments, secrets=secrets)
        elif _is_list_of_sections(section, field.name):
            for number, item in enumerate(value):
                yield from ["", f"[[{field.name}]]"]
                yield from _table(item, field.name, comments=comments and number == 0, secrets=secrets)
        else:
            shown = value if secrets or field.name != "secret" else f"({len(value)} characters)"
            if comments:
                yield f"# {_meaning(type(section), field.name)}"
            yield f"{field.name} = {_value(shown)}"


def _is_list_of_sections(section: Section, name: str) -> bool:
    field_type = get_type_hints(type(section))[name]
    return get_origin(field_type) is tuple and section_of(field_type) is not None


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, dict):
        inside = ", ".join(f"{_value(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return str(value)


def main() -> None:
    """Write both generated files into the working tree."""
    root = Path(__file__).parent.parent
    (root / "appliance" / "defaults.toml").write_text(commented_example(), encoding="utf-8")
    (root / "docs").mkdir(exist_ok=True)
    (root / "docs" / "configuration.md").write_text(documentation(), encoding="utf-8")


if __name__ == "__main__":
    main()
