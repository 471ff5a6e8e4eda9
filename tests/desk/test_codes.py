"""Codes that agents key to pass a caller on (S-M1): what completes one, and what is no code."""

import pytest

from appliance.desk.codes import PAUSE_S, Again, Codes, Dialled

HOUSE = frozenset({"200", "101", "102", "1021"})


def keyed(keys: str, *, every: float = 0.3) -> list[object]:
    codes = Codes(HOUSE)
    found = [codes.press("leg", key, number * every) for number, key in enumerate(keys)]
    return [one for one in found if one is not None]


@pytest.mark.parametrize(
    ("keys", "means"),
    [
        ("##101", [Dialled("101", ask_first=True)]),
        ("#*101", [Dialled("101", ask_first=False)]),
        ("#*102#", [Dialled("102", ask_first=False)]),  # 1021 begins like it
        ("#*1021", [Dialled("1021", ask_first=False)]),
        ("##0312345678#", [Dialled("0312345678", ask_first=True)]),
        ("####", [Again()]),
        ("5##101", [Dialled("101", ask_first=True)]),
        ("##101##200", [Dialled("101", ask_first=True), Dialled("200", ask_first=True)]),
        ("101", []),
        ("#101", []),
        ("*#101", []),
        ("##", []),
        ("###", []),
        ("##10", []),
    ],
)
def test_s_m1_keys_of_a_code(keys: str, means: list[object]) -> None:
    """S-M1: what the keys mean."""
    assert keyed(keys) == means


def test_a_pause_forgets_what_was_keyed() -> None:
    assert keyed("##101", every=PAUSE_S + 0.1) == []


def test_each_leg_has_keys_of_its_own_and_a_leg_that_is_gone_none() -> None:
    codes = Codes(HOUSE)
    codes.press("one", "#", 0.0)
    codes.press("two", "#", 0.1)
    assert codes.is_begun("one")
    codes.forget("one")
    assert not codes.is_begun("one")
    codes.press("two", "*", 0.2)
    assert [codes.press("two", key, 0.3) for key in "101"][-1] == Dialled("101", ask_first=False)


def test_a_code_of_another_kind_is_left_alone() -> None:
    """`*55` pauses a recording: none of its keys is ours."""
    codes = Codes(HOUSE)
    for number, key in enumerate("*55"):
        codes.press("leg", key, number * 0.1)
        assert not codes.is_begun("leg")
