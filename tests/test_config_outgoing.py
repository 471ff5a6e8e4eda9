"""Calls out as a queue in the configuration: what fits together, and the sentence about what does not (S-10, S-07)."""

from pathlib import Path

import pytest

from appliance.config import parse
from appliance.errors import ConfigError
from appliance.plan import desk
from appliance.state import State
from tests.test_config import LINE

TRUNK = '\n[[trunks]]\nid = "carrier"\naddresses = ["192.0.2.1"]\nhost = "192.0.2.1:5060"\nqueue = "front"\n'


def queue(keys: str, trunk: str = TRUNK) -> str:
    """The office with these keys in its queue, a line and a trunk."""
    return LINE.replace('agents = ["ann", "bob"]\n', 'agents = ["ann", "bob"]\n' + keys) + trunk


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (queue('record = "some"\n'), "queue front: record is 'some'; one of in, out, both, none would be right"),
        (
            queue('call_by = ["line-9"]\n'),
            "queue front: call_by names line or trunk 'line-9', which does not exist",
        ),
        (queue('call_by = ["carrier"]\n', TRUNK.replace('host = "192.0.2.1:5060"\n', "")), "which has no host"),
        (queue('call_number = "0312345678"\n'), "queue front has call_number but no way for such calls; call_by ="),
        (queue("wrap_on_failed_outbound = true\n"), "queue front has wrap_on_failed_outbound but no way"),
        (queue('call_by = ["line-1"]\ncall_number = "our number"\n'), "call_number is 'our number'; digits such as"),
        (
            queue('call_by = ["carrier"]\ncall_number = "0312345678"\n'),
            "call_number 0312345678 is shown by none of its trunks; listed in shows or numbers of trunk carrier",
        ),
        (queue("", TRUNK + 'shows = ["abc"]\n'), "trunk carrier: shows has 'abc'; digits such as"),
    ],
)
def test_s10_an_identity_that_cannot_be_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as told:
        parse(text, "office.toml")
    assert sentence in str(told.value)


@pytest.mark.parametrize("listed", ['shows = ["0312345678"]\n', 'numbers = {"0312345678" = "front"}\n'])
def test_s10_an_identity_reaches_the_desk_and_the_core(tmp_path: Path, listed: str) -> None:
    config = parse(
        queue('call_by = ["carrier", "line-1"]\ncall_number = "0312345678"\n', TRUNK + listed), "office.toml"
    )
    plan = desk(config, State(tmp_path))
    (identity,) = plan.outbound.identities
    assert (identity.queue, identity.by, identity.number) == ("front", ("carrier", "line-1"), "0312345678")
    assert (plan.office.queues[0].calls_out, identity.extension) == (True, "200")
    assert "0312345678" in plan.trunks[0].shows


@pytest.mark.parametrize(
    ("record", "comes_in", "goes_out"),
    [("both", True, True), ("in", True, False), ("out", False, True), ("none", False, False)],
)
def test_s07_the_policy_is_in_out_both_or_none(tmp_path: Path, record: str, comes_in: bool, goes_out: bool) -> None:
    (front,) = desk(parse(queue(f'record = "{record}"\n'), "office.toml"), State(tmp_path)).office.queues
    assert (front.record, front.record_out, front.calls_out) == (comes_in, goes_out, False)
