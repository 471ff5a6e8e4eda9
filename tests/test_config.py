"""The configuration file: what it accepts, and the sentence it says about everything else."""

from pathlib import Path

import msgspec
import pytest

from appliance.acd.settings import Consent
from appliance.config import Config, load, parse
from appliance.config_docs import EXAMPLE, commented_example, documentation, effective
from appliance.errors import ConfigError
from appliance.plan import desk as desk_plan
from appliance.plan import lines as lines_plan
from appliance.state import State

ROOT = Path(__file__).parent.parent
TWO_AGENTS = """
phones = [{number = "101", secret = "a-secret-of-enough"}, {number = "102", secret = "a-secret-of-enough"}]
[[agents]]
id = "ann"
phone = "101"
seat = 1
[[agents]]
id = "bob"
phone = "102"
seat = 2
[[queues]]
id = "front"
number = "200"
agents = ["ann", "bob"]
"""


def complaint(text: str) -> str:
    """What the configuration says about this text."""
    with pytest.raises(ConfigError) as told:
        parse(text, "office.toml")
    return str(told.value)


LINE = TWO_AGENTS + '\n[[lines]]\nid = "line-1"\ndevice = "/dev/null"\nqueue = "front"\n'


def test_the_commented_example_is_a_configuration_and_not_stale() -> None:
    assert load(ROOT / "appliance" / "defaults.toml") == parse(EXAMPLE, "example")
    assert (ROOT / "appliance" / "defaults.toml").read_text() == commented_example()


def test_the_configuration_page_is_not_stale() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text() == documentation()


def test_every_key_of_the_example_has_its_meaning_above_it() -> None:
    lines = commented_example().splitlines()
    first_of_each_table = [n for n, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    commented = [n for n in first_of_each_table if lines[n - 1].startswith("# ")]
    described = sum(
        len(msgspec.structs.fields(type(getattr(Config(), f.name))))
        for f in msgspec.structs.fields(Config)
        if isinstance(getattr(Config(), f.name), msgspec.Struct)
    )
    assert len(commented) >= described


def test_what_is_left_out_has_its_default() -> None:
    config = parse(TWO_AGENTS, "office.toml")
    assert config.queues[0].ring_s == 20.0
    assert config.office.time_zone == "Asia/Tokyo"


def test_the_effective_configuration_is_read_back_as_the_same_without_its_secrets() -> None:
    config = parse(TWO_AGENTS, "office.toml")
    shown = effective(config)
    assert "a-secret-of-enough" not in shown
    assert parse(shown.replace("(18 characters)", "a-secret-of-enough"), "shown") == config


def test_an_office_of_fifty_phones_and_a_trunk_of_a_hundred_callers_is_ordinary() -> None:
    phones = "".join(f'[[phones]]\nnumber = "{n}"\nsecret = "a-secret-of-enough"\n' for n in range(301, 351))
    trunk = '[[trunks]]\nid = "carrier"\naddresses = ["192.0.2.10"]\n'
    assert len(parse(phones + trunk, "office.toml").phones) == 50


def test_what_a_lines_modem_needs_reaches_the_lines_process(tmp_path: Path) -> None:
    keys = (
        'keys = "modem"\necho_cancelling = false\nparallel_phones = true\nmodem_init = ["AT!4886=01"]\ncountry = "UK"\n'
        'caller_id = "off"\nflash_s = 0.3\nreversal = "no"\ntones_db = -3\nin_use_v = 15\n'
        "card_ms = 90"
    )
    (line,) = lines_plan(parse(LINE + keys, "office.toml"), State(tmp_path)).lines
    assert (line.keys, line.echo_cancelling, line.parallel_phones) == ("modem", False, True)
    assert (line.modem_init, line.country) == (("AT!4886=01",), "UK")
    assert line.caller_id.value == "off"
    assert (line.where.flash, line.where.reverses_at_answer, line.where.tones_db) == (0.3, False, -3.0)
    assert (line.where.in_use_v, line.card_ms) == (15.0, 90)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[office]\nnaem = "x"', "unknown key `office.naem`; did you mean `office.name`?"),
        ("[ofice]", "unknown key `ofice`; did you mean `office`?"),
        (TWO_AGENTS + 'ring_secs = 3', "unknown key `queues.ring_secs`; did you mean `queues.ring_s`?"),
        ("[switch]\nmax_calls = 'many'", "Expected `int`, got `str` - at `switch.max_calls`"),
        ("[office", "not TOML"),
        (TWO_AGENTS.replace("seat = 2", "seat = 1"), "seat '1' is given 2 times; once would be right"),
        (TWO_AGENTS.replace('"ann", "bob"', '"ann", "bop"'), "names agent 'bop', which does not exist"),
        (TWO_AGENTS + 'strategy = "longest-idel"', "does not exist; did you mean 'longest-idle'?"),
        (TWO_AGENTS + 'strategy = "skills"\nskill = "german"', "names skill 'german', which does not exist"),
        (
            TWO_AGENTS.replace("seat = 1", "skills = {german = 2}")
            + 'strategy = "skills"\nskill = "german"\nskill_min = 3\nskill_floor = 3',
            "never rings below level 3 of 'german', and its agents reach 2 at most",
        ),
        (
            TWO_AGENTS.replace("seat = 1", "skills = {german = 2}")
            + 'strategy = "skills"\nskill = "german"\nskill_min = 1\nskill_floor = 2',
            "skill_floor 2 is not between 0 and skill_min 1",
        ),
        (TWO_AGENTS + "ring_cap = -1", "ring_cap, add_every_s, relax_s and sticky_s are never negative"),
        (TWO_AGENTS.replace('number = "200"', 'number = "110"'), "is an emergency number; choose another"),
        (TWO_AGENTS.replace('number = "200"', 'number = "101"'), "number '101' is given 2 times"),
        ("[outbound]\nemergency = []", "emergency calls are never blocked"),
        ('[[routes]]\nnumbers = ["0"]\nby = ["line-9"]', "the route of 0 names line or trunk 'line-9', which does not"),
        ('[outbound]\nemergency_by = ["out"]', "outbound.emergency_by names line or trunk 'out', which does not exist"),
        (LINE + 'country = "XX"', "country 'XX' is not known; one of JP, US, CA, UK"),
        (LINE + 'keys = "both"', "line line-1: keys is 'both'; audio or modem would be right"),
        (LINE + 'caller_id = "maybe"', "line line-1: caller_id is 'maybe'; text, raw or off would be right"),
        (LINE + "flash_s = 3", "line line-1: flash_s is 3; 0.05 to 1.5 seconds would be right, or 0"),
        (LINE + 'reversal = "perhaps"', "line line-1: reversal is 'perhaps'; country, yes or no would be right"),
        (LINE + "tones_db = 6", "line line-1: tones_db is 6; -12 to 2 would be right"),
        (LINE + "in_use_v = 48", "line line-1: in_use_v is 48; 3 to 40 volts would be right, idle"),
        (LINE + "card_ms = 20", "line line-1: card_ms is 20; 60 to 250 would be right"),
        (LINE + 'modem_init = ["rm -rf"]', "modem_init has 'rm -rf'; a command such as AT!4886=01 would be right"),
        ('[[routes]]\nnumbers = []\nby = ["out"]', "a route has no numbers or nothing in by"),
        (
            '[[trunks]]\nid = "out"\naddresses = ["192.0.2.10"]\n[[routes]]\nnumbers = ["0"]\nby = ["out"]',
            "names trunk 'out', which has no host",
        ),
        ('[network]\nswitch = "0.0.0.0:5070"', "only a loopback address is safe"),
        ('[network]\nsip = "5060"', "an address and port like"),
        ('[office]\ntime_zone = "Tokyo"', "is no IANA zone"),
        ('[panel]\nnight = "late"', "panel.night is 'late'; a span such as 22:00-06:00 would be right"),
        ("[panel]\nbrightness = 0.0", "panel.brightness is 0; 0.05 to 1 would be right"),
        ('[[trunks]]\nid = "t"', "neither addresses nor a secret"),
        ('[[trunks]]\nid = "t"\naddresses = ["sip.example"]', "is no IP address"),
        ('[[phones]]\nnumber = "101"\nsecret = "short"', "at least 12 would be right"),
        ('[[lines]]\nid = "l"\ndevice = "/dev/x"\nqueue = "front"', "names queue 'front', which does not exist"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_would_be_right(text: str, sentence: str) -> None:
    assert sentence in complaint(text)


def test_every_mistake_is_told_at_once() -> None:
    told = complaint('[office]\nlanguage = "fr"\ntime_zone = "Mars/Base"')
    assert len(told.splitlines()) == 2
    assert all(line.startswith("office.toml: ") for line in told.splitlines())


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml")


def test_opening_hours_are_read_before_anything_starts(tmp_path: Path) -> None:
    config = parse(TWO_AGENTS + 'hours = "mon-fri 9:00-18:00"\ndates = "2026-12-31 closed"\nholidays = "JP"\n', "o")
    ((queue, schedule),) = desk_plan(config, State(tmp_path)).hours
    assert (queue, schedule.zone, schedule.country) == ("front", "Asia/Tokyo", "JP")


SUPERVISOR = '[[supervisors]]\nid = "eve"\nphone = "101"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (SUPERVISOR.replace("101", "109"), "supervisor eve names phone '109', which does not exist"),
        (SUPERVISOR + 'queues = ["frnt"]', "names queue 'frnt', which does not exist; did you mean 'front'?"),
        (SUPERVISOR + 'pin = "12a"', "supervisor eve: the pin has 3 characters; 4 to 12 digits would be right"),
        (SUPERVISOR * 2, "supervisor 'eve' is given 2 times"),
        (
            SUPERVISOR + 'pin = "1234"\n' + SUPERVISOR.replace("eve", "fay").replace("101", "102") + 'pin = "1234"',
            "two supervisors have the same pin",
        ),
        ("pause_s = 0\n", "queue front: pause_s is 0"),
        ("wrap_extensions = -1\n", "queue front: wrap_extensions is -1"),
        ('codes = {"1a" = "order"}\n', "queue front: code '1a' cannot be keyed"),
        ('reading = "田中"\n', "queue front: the reading '田中' has '田'; kana or Latin letters would be right"),
        ('record = "none"\npause_recording = true\n', "lets recordings be paused but does not record"),
    ],
)
def test_supervisors_and_pauses_that_cannot_be_are_named(text: str, sentence: str) -> None:
    assert sentence in complaint(TWO_AGENTS + text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('consent = "asked"', "queue front: consent is 'asked'; one of none, notice, beep, ask would be right"),
        (
            'consent = "ask"\nvoicemail_digit = "1"',
            "queue front: voicemail_digit is 1, by which callers agree to be recorded; another digit would be right",
        ),
        (
            'callback_digit = "1"\n[[trunks]]\nid = "t"\naddresses = ["192.0.2.1"]\nconsent = "ask"',
            "queue front: callback_digit is 1, by which callers agree to be recorded; another digit would be right",
        ),
        (
            '[[trunks]]\nid = "t"\naddresses = ["192.0.2.1"]\nconsent = "no"',
            "trunk t: consent is 'no'; one of none, notice, beep, ask, or empty, would be right",
        ),
    ],
)
def test_what_callers_are_told_of_recording_must_be_one_of_the_profiles(text: str, sentence: str) -> None:
    """§3.11."""
    assert sentence in complaint(TWO_AGENTS + text)


def test_supervisors_and_what_is_recorded_reach_the_core(tmp_path: Path) -> None:
    text = TWO_AGENTS + "pause_recording = true\nconsent = 'ask'\n" + SUPERVISOR + 'pin = "1234"\n'
    plan = desk_plan(parse(text, "office.toml"), State(tmp_path))
    assert plan.pins == (("eve", "1234"),)
    assert [(one.supervisor, one.phone, one.queues) for one in plan.office.supervisors] == [("eve", "101", ())]
    assert plan.office.queues[0].pause_recording
    assert plan.office.queues[0].consent is Consent.ASK


def test_s17_readings_of_queues_phones_and_people_reach_the_search(tmp_path: Path) -> None:
    text = TWO_AGENTS.replace('id = "ann"', 'id = "ann"\nreading = "たなか ようこ"')
    text = text.replace('{number = "102"', '{number = "102", reading = "ｿｳｺ"') + 'reading = "Uketsuke"\n'
    plan = desk_plan(parse(text, "office.toml"), State(tmp_path))
    assert dict(plan.readings) == {"200": "Uketsuke", "102": "ｿｳｺ"}
    assert plan.office.agents[0].reading == "たなか ようこ"


MENU = """
[[menus]]
id = "main"
choices = {1 = ["queue:front"], 2 = ["user:bob", "voicemail:front"]}
default = ["queue:front"]
"""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (MENU * 2, "menu 'main' is given 2 times"),
        (MENU.replace("1 =", "12 ="), "menu main: '12' is no key; one of 0 to 9, * or # would be right"),
        (MENU.replace('default = ["queue:front"]', "default = []"), "menu main needs choices and a default"),
        (
            MENU.replace('default = ["queue:front"]', 'default = ["queue:frnt"]'),
            "menu main: default names queue 'frnt'",
        ),
        (MENU.replace("user:bob", "usr:bob"), "menu main: 2: 'usr:bob' is no destination"),
        (MENU + "step_s = 0", "menu main: step_s is a time above 0"),
        (
            MENU + 'prompt = "menu_chose"',
            "names prompt 'menu_chose', which does not exist; did you mean 'menu_choose'?",
        ),
        (MENU + 'prompt = "/nowhere/menu.wav"', "menu main: /nowhere/menu.wav cannot be played"),
        (MENU + 'number = "101"', "number '101' is given 2 times"),
        (MENU + '[[lines]]\nid = "l"\ndevice = "/dev/x"\nqueue = "menu:man"\n', "did you mean 'menu:main'?"),
    ],
)
def test_menus_that_cannot_be_are_named(text: str, sentence: str) -> None:
    assert sentence in complaint(TWO_AGENTS + text)


def test_a_menu_reaches_the_core_and_is_reached_by_number_and_line(tmp_path: Path) -> None:
    own = tmp_path / "ours.wav"
    own.write_bytes((ROOT / "appliance" / "prompts" / "en" / "closed.wav").read_bytes())
    text = MENU + f'number = "400"\nprompt = "{own}"\n[[lines]]\nid = "l"\ndevice = "/dev/x"\nqueue = "menu:main"\n'
    plan = desk_plan(parse(TWO_AGENTS + text, "office.toml"), State(tmp_path))
    (menu,) = plan.office.menus
    assert (menu.menu, menu.number, menu.prompt) == ("menu:main", "400", str(own.with_suffix("")))
    assert [digit for digit, _ in menu.choices] == ["1", "2"]
    assert plan.lines[0].queue == "menu:main"


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ('hours = "mon-fri 9:00-9:00"', "queue front: the hours 9:00-9:00 have no length"),
        ('hours = "mon 9:00-12:00 11:00-15:00"', "queue front: mon: 9:00-12:00 and 11:00-15:00 overlap"),
        ('hours = "mon-fri 9:00-18:00"\nholidays = "FR"', "queue front: the public holidays of 'FR' are asked for"),
        ('holidays = "JP"', "queue front has dates or holidays but no hours"),
    ],
)
def test_opening_hours_that_cannot_be_are_named_with_their_queue(keys: str, sentence: str) -> None:
    assert sentence in complaint(TWO_AGENTS + keys + "\n")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [('["user:nobody"]', "agent ann: if_no_answer"), ('["someone"]', "is no destination")],
)
def test_where_callers_go_who_were_passed_on_in_vain_must_be_there(written: str, sentence: str) -> None:
    """D-16: the person's own fallback, checked like a queue's."""
    assert sentence in complaint(TWO_AGENTS.replace('id = "ann"', f'id = "ann"\nif_no_answer = {written}'))


def test_a_persons_own_fallback_and_reading_reach_the_desk(tmp_path: Path) -> None:
    """D-16, S-17."""
    text = TWO_AGENTS.replace('id = "ann"', 'id = "ann"\nreading = "あん"\nif_no_answer = ["voicemail:101"]')
    ann = desk_plan(parse(text, "office.toml"), State(tmp_path)).office.agents[0]
    assert (ann.reading, [step.key for step in ann.if_no_answer]) == ("あん", ["voicemail:101"])
