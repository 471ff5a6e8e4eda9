"""Mail and alerts in the configuration: who is told what, and what cannot be (S-42, S-43)."""

from pathlib import Path

import pytest

from appliance.config import parse
from appliance.desk.alerts import Limits, Reader, Subject
from appliance.plan import desk as desk_plan
from appliance.state import State
from tests.test_config import TWO_AGENTS, complaint

SERVER = '[mail]\nserver = "mail.example.jp:587"\nsender = "box@example.jp"\n'
EVE = '[[supervisors]]\nid = "eve"\nphone = "101"\n'
TOLD = EVE + 'mail = "eve@example.jp"\nalerts = ["waiting", "disk"]\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (SERVER.replace(":587", ""), "mail.server is 'mail.example.jp'; HOST:PORT such as mail.example.jp:587"),
        (SERVER.replace("box@", ""), "mail.sender is 'example.jp'; an address such as deskbell@example.jp"),
        (SERVER + 'security = "ssl"\n', "mail.security is 'ssl'; starttls, tls, none would be right"),
        (SERVER + 'security = "none"\nuser = "box"\n', "mail.user would send its password in the clear"),
        (SERVER + TOLD.replace('"disk"', '"dsk"'), "eve's alerts names alert 'dsk', which does not exist"),
        (SERVER + TOLD.replace("eve@example.jp", "eve"), "eve: mail is 'eve'; an address such as sato@example.jp"),
        (SERVER + EVE + 'alerts = ["disk"]\n', "eve has alerts but no mail address to send them to"),
        (TOLD, "eve has alerts, but [mail] names no server"),
        ("alert_service_level = 100\n", "alert_service_level is 100; 0 to 99 percent would be right"),
        ("alert_waiting = -1\n", "a limit for alerts is below 0"),
    ],
)
def test_mail_that_cannot_be_is_named(text: str, sentence: str) -> None:
    assert sentence in complaint(TWO_AGENTS + text)


def test_who_is_told_what_reaches_the_desk(tmp_path: Path) -> None:
    plan = desk_plan(parse(TWO_AGENTS + "alert_waiting = 3\n" + SERVER + TOLD, "office.toml"), State(tmp_path))
    assert plan.notices.limits == (Limits("front", waiting=3),)
    told = {one.person: one for one in plan.notices.readers}
    assert told["eve"] == Reader("eve@example.jp", frozenset({Subject.WAITING, Subject.DISK}), person="eve", name="eve")
    others = [one for one in plan.notices.readers if one.person != "eve"]
    assert [(one.mail, one.subjects) for one in others] == [("", frozenset())] * 2, "they can tick something later"
    assert (plan.mail.server, plan.mail.security) == ("mail.example.jp:587", "starttls")
