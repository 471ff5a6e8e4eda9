"""The page docs/acd-states.md, written from the tables that run: agents, and callers who are passed on.

`python -m appliance.acd.diagram > docs/acd-states.md`
"""

from appliance.acd import effects as fx
from appliance.acd import transfer_effects, transfer_tables
from appliance.acd.model import AgentState, ContactState
from appliance.acd.tables import ROWS, Row

_NAMES = {
    AgentState.FREE: "1 available, idle",
    AgentState.RINGING: "2 available, offered",
    AgentState.BUSY: "3 available, busy",
    AgentState.WRAP_UP: "4 available, wrap-up",
    AgentState.OFF: "5 off duty",
    AgentState.OFF_BUSY: "6 off duty, busy",
}
_HEAD = """# The agent's states

Generated from `appliance/acd/tables.py` by `python -m appliance.acd.diagram > docs/acd-states.md`; a test fails when
it is stale. The ids are those of the specification's agent transitions; a letter after a number marks a case a row
implies without spelling it out. Where no row applies, a happening changes nothing. States that are off duty and rung,
or off duty in wrap-up, do not exist.
"""
_PASSED_ON = """# A caller who is passed on

From `appliance/acd/transfer_tables.py` (S-16 to S-19). Hold is no state of its own: `held_since` stands beside
`connected`, so that whatever ends a conversation ends the hold. From `fallback` the caller goes along the target's own
chain, and from its end back to `waiting`, in the queue where the transfer began and at the original place (D-16).
"""


def states_page() -> str:
    """The whole page: a diagram and a table of the agents, a diagram and a table of callers who are passed on."""
    agents = [_HEAD, "```mermaid", *_diagram(), "```", "", *_table(), ""]
    callers = [_PASSED_ON, "```mermaid", *_transfer_diagram(), "```", "", *_transfer_table(), ""]
    return "\n".join(agents + callers)


def _diagram() -> list[str]:
    names = [f'    state "{name}" as {state.value}' for state, name in _NAMES.items()]
    labels: dict[tuple[AgentState, AgentState], list[str]] = {}
    for row in ROWS:
        if row.source is not row.target:
            labels.setdefault((row.source, row.target), []).append(row.id)
    arrows = [f"    {a.value} --> {b.value}: {', '.join(ids)}" for (a, b), ids in labels.items()]
    return ["stateDiagram-v2", *names, "    [*] --> off", *arrows]


def _transfer_diagram() -> list[str]:
    labels: dict[tuple[ContactState, ContactState | None], list[str]] = {}
    for row in transfer_tables.ROWS:
        labels.setdefault((row.source, row.target), []).append(row.id)
    arrows = [f"    {a.value} --> {b.value if b else '[*]'}: {', '.join(ids)}" for (a, b), ids in labels.items()]
    return [
        "stateDiagram-v2",
        *arrows,
        "    connecting --> connected: they hear each other",
        "    fallback --> waiting",
    ]


def _transfer_table() -> list[str]:
    head = ["| id | from | happening | guard | to | effects |", "| --- | --- | --- | --- | --- | --- |"]
    return [*head, *(_transfer_line(row) for row in transfer_tables.ROWS)]


def _transfer_line(row: transfer_tables.Row) -> str:
    guard = "" if row.guard is transfer_effects.always else _words(row.guard.__name__)
    effects = ", ".join(_words(effect.__name__) for effect in row.effects)
    target = row.target.value if row.target is not None else "over"
    return f"| {f'{row.id} | {row.source.value} | {row.happening.value} | {guard} | {target} | {effects}'} |"


def _table() -> list[str]:
    head = ["| id | from | happening | guard | to | effects |", "| --- | --- | --- | --- | --- | --- |"]
    return [*head, *(_line(row) for row in ROWS)]


def _line(row: Row) -> str:
    guard = "" if row.guard is fx.always else _words(row.guard.__name__)
    effects = ", ".join(_words(effect.__name__) for effect in row.effects)
    cells = (row.id, _NAMES[row.source], row.happening.value, guard, _NAMES[row.target], effects)
    return f"| {' | '.join(cells)} |"


def _words(name: str) -> str:
    return name.replace("_", " ")


if __name__ == "__main__":
    print(states_page(), end="")
