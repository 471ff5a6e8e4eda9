"""The panel in the configuration: what cannot be, and that every key of it reaches the desk."""

from pathlib import Path

import pytest

from appliance.config import parse
from appliance.desk.contacts import ContactSettings
from appliance.desk.dimming import UNDIMMED, Dimming
from appliance.desk.settings import PanelSettings
from appliance.plan import BOARDS
from appliance.plan import desk as desk_plan
from appliance.state import State
from tests.test_config import complaint

DOOR = '[[contacts]]\nid = "door"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[panel]\nmode = "real"', "panel.mode is 'real'; auto, gpio or virtual would be right"),
        ("[panel]\nnight_brightness = 2.0", "panel.night_brightness is 2; 0.05 to 1 would be right"),
        ("[panel]\nwait_target_s = 0.0", "panel.wait_target_s is 0; a time above 0 would be right"),
        ('[panel]\nlamps = "red"', "lamps"),
        (DOOR + 'prompt = "evacuatoin"', "contact door names prompt 'evacuatoin', which does not exist"),
        (DOOR + 'prompt = ""', "contact door evacuates but has no prompt; callers must hear why nobody answers"),
        (DOOR + DOOR, "contact 'door' is given 2 times"),
    ],
)
def test_a_panel_that_cannot_be_is_named(text: str, sentence: str) -> None:
    assert sentence in complaint(text)


def panel_of(text: str, tmp_path: Path) -> PanelSettings:
    return desk_plan(parse(text, "office.toml"), State(tmp_path)).panel


def test_every_key_of_the_panel_reaches_the_desk(tmp_path: Path) -> None:
    keys = """
[panel]
board = "rev_c"
mode = "gpio"
brightness = 0.9
night = "22:30-06:00"
night_brightness = 0.2
hint_next = true
wait_target_s = 45.0
[[contacts]]
id = "fire"
[[contacts]]
id = "door"
prompt = ""
evacuates = false
"""
    contacts = ContactSettings("fire", "evacuation", evacuates=True), ContactSettings("door", "", evacuates=False)
    night = Dimming(0.9, 0.2, 22.5 * 3600, 6 * 3600.0)
    assert panel_of(keys, tmp_path) == PanelSettings(BOARDS / "rev_c.toml", "gpio", night, True, 45.0, contacts)


def test_without_a_word_of_it_the_panel_is_revision_a_and_a_fire_or_an_earthquake_empties_the_house(
    tmp_path: Path,
) -> None:
    """U-11: nobody has to configure the alarm of a board that has one."""
    both = ContactSettings("fire"), ContactSettings("earthquake")
    assert panel_of("", tmp_path) == PanelSettings(BOARDS / "rev_a.toml", "auto", UNDIMMED, contacts=both)


def test_an_owners_board_is_named_by_its_path(tmp_path: Path) -> None:
    assert panel_of('[panel]\nboard = "/etc/deskbell/ours.toml"', tmp_path).board == Path("/etc/deskbell/ours.toml")
