"""Lists, sounds, orders and the demo's doors."""

import html
import json
import time

import pytest
from aiohttp.test_utils import TestClient
from yarl import URL

from appliance.api import Status
from tests.support.fake_desk_api import FakeDesk, wav
from tests.web.conftest import OURS


async def test_health_needs_no_session(stranger: TestClient, desk: FakeDesk) -> None:
    desk.alarm_texts = ("回線1の線が抜けています。",)
    assert await (await stranger.get("/health")).json() == {"status": "ok", "seq": 1, "alarms": 1}


async def test_refresh_gives_the_state_now(person: TestClient, desk: FakeDesk) -> None:
    desk.caller_waits("0312345678")
    told = await (await person.get("/api/office")).json()
    assert told["office"]["waiting"][0]["number"] == "0312345678"
    assert told["office"]["lamps"][0]["steps"] == [[0.2, 0.08, 0.0, 1.0]]


@pytest.mark.parametrize(("language", "says"), [("ja", "緑 点灯"), ("en", "green, steady")])
async def test_s_m3_the_legend_tells_what_each_lamp_press_and_code_means(
    person: TestClient, language: str, says: str
) -> None:
    answer = await person.post("/language", data={"language": language, "back": "/lamps"}, headers=OURS)
    text = await answer.text()
    assert (str(answer.url.path), answer.status) == ("/lamps", 200)
    legend = FakeDesk.legend(None, language)  # type: ignore[arg-type]
    assert says in text
    for words in (*(one.means for one in legend.lamps), *(one.long for one in legend.presses), "<code>*60</code>"):
        assert words in html.unescape(text)
    assert text.count("data-steps=") == len(legend.lamps)


async def test_a_stranger_is_shown_no_legend(stranger: TestClient) -> None:
    answer = await stranger.get("/lamps", headers={"Accept": "text/html"}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


async def test_all_calls_come_newest_first_and_by_pages(person: TestClient, desk: FakeDesk) -> None:
    for nth in range(5):
        desk.past.append(desk.record_of(f"p{nth}", f"0355512{nth:02d}", arrived=1000.0 + nth))
    told = await (await person.get("/api/calls?limit=2")).json()
    assert [call["contact"] for call in told["calls"]] == ["p4", "p3"]
    told = await (await person.get("/api/calls?limit=2&before=1003")).json()
    assert [call["contact"] for call in told["calls"]] == ["p2", "p1"]


async def test_where_a_recording_lies_is_never_told(person: TestClient, desk: FakeDesk) -> None:
    desk.add_recording("r1", "p1", 1.0)
    desk.add_recording("r2", "p2", 1.0)
    answer = await person.get("/api/recordings?contact=p1")
    told = await answer.json()
    assert [item["recording"] for item in told["recordings"]] == ["r1"]
    assert str(desk.folder) not in await answer.text()


async def test_a_recording_plays_whole_and_in_ranges(person: TestClient, desk: FakeDesk) -> None:
    desk.add_recording("r1", "p1", 1.0)
    whole = await person.get("/recordings/r1")
    assert (whole.status, whole.headers["Content-Type"]) == (200, "audio/wav")
    assert await whole.read() == wav(1.0)
    part = await person.get("/recordings/r1", headers={"Range": "bytes=4-7"})
    assert (part.status, part.headers["Content-Range"]) == (206, f"bytes 4-7/{len(wav(1.0))}")
    assert await part.read() == wav(1.0)[4:8]
    tail = await person.get("/recordings/r1", headers={"Range": "bytes=-100"})
    assert len(await tail.read()) == 100
    beyond = await person.get("/recordings/r1", headers={"Range": "bytes=99999999-"})
    assert beyond.status == 416


async def raw(client: TestClient, path: str) -> int:
    """The status of a path sent exactly as written; clients tidy up dots by themselves."""
    async with client.session.get(URL(f"http://127.0.0.1:{client.port}{path}", encoded=True)) as answer:
        return answer.status


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "%2e%2e%2fr1.wav", "../../etc/passwd", "r1.wav", "nothing"])
async def test_no_path_reaches_the_files(person: TestClient, desk: FakeDesk, name: str) -> None:
    desk.add_recording("r1", "p1", 1.0)
    assert await raw(person, f"/recordings/{name}") in (404, 409)


async def test_a_recording_whose_file_is_gone_is_said_to_be(person: TestClient, desk: FakeDesk) -> None:
    desk.add_recording("r1", "p1", 1.0).path.unlink()
    answer = await person.get("/recordings/r1")
    assert (answer.status, (await answer.json())["error"]) == (404, "no_sound")


async def test_static_files_stay_in_their_folder(stranger: TestClient) -> None:
    assert (await stranger.get("/static/main.js")).status == 200
    for path in ("/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/"):
        assert await raw(stranger, path) in (403, 404), path


@pytest.mark.parametrize(
    ("order", "method"),
    [
        ("go-on-duty", "go_on_duty"),
        ("go-off-duty", "go_off_duty"),
        ("stay-off-duty", "stay_off_duty"),
        ("end-wrap-up", "end_wrap_up"),
        ("decline", "decline"),
    ],
)
async def test_each_order_reaches_the_desk(person: TestClient, desk: FakeDesk, order: str, method: str) -> None:
    assert (await person.post(f"/api/agents/tanaka/{order}", headers=OURS)).status == 200
    assert desk.orders == [(method, "tanaka", "page")]


async def test_a_line_is_examined_and_the_findings_come_in_both_languages(person: TestClient, desk: FakeDesk) -> None:
    answer = await person.post("/api/lines/1/check", headers=OURS)
    assert answer.status == 200
    found = (await answer.json())["findings"]
    assert found[1] == {"what": "noise", "is_well": False, "ja": "雑音があります。", "en": "It is noisy."}
    assert desk.orders == [("check_line", "1", "")]
    assert (await person.post("/api/lines/9/check", headers=OURS)).status == 404


async def test_an_administrator_has_a_line_forget_its_exchanges_tones_and_sees_it_examined_without_them(
    person: TestClient, desk: FakeDesk
) -> None:
    """fxo 2.8: a tone learnt wrongly would end calls, and nobody has to find a command line for it."""
    before = (await (await person.post("/api/lines/1/check", headers=OURS)).json())["findings"]
    after = (await (await person.post("/api/lines/1/forget-tones", headers=OURS)).json())["findings"]
    assert [one["what"] for one in before if one not in after] == ["learnt_tones"]
    assert desk.orders == [("check_line", "1", ""), ("check_line", "1", "forgets")]
    assert (await person.post("/api/lines/1/forget", headers=OURS)).status == 404


async def test_what_the_desk_refuses_is_said_in_its_own_words(person: TestClient) -> None:
    answer = await person.post("/api/agents/mori/go-on-duty", headers=OURS)
    assert await answer.json() == {"error": "refused", "message": "電話機 204 が登録されていません。"}


async def test_the_demo_rings_and_hangs_up(visitor: TestClient, demo_desk: FakeDesk) -> None:
    for path, origin in (("ring-line", "line"), ("ring-sip", "sip")):
        answer = await visitor.post(f"/api/demo/{path}", headers=OURS)
        assert (await answer.json())["message"].startswith("Caller c")
        assert demo_desk.view().waiting[-1].origin == origin
    await visitor.post("/api/demo/hang-up", headers=OURS)
    assert demo_desk.view().waiting == ()
    assert (await visitor.post("/api/demo/explode", headers=OURS)).status == 404


async def test_a_press_keeps_the_time_it_was_held(visitor: TestClient, demo_desk: FakeDesk) -> None:
    answer = await visitor.post("/api/panel/press", json={"seat": 1, "held_s": 1.3}, headers=OURS)
    assert answer.status == 200
    assert demo_desk.orders == [("press", 1, 1.3)]
    assert demo_desk.agent("sato").status is Status.AVAILABLE


@pytest.mark.parametrize(
    "body",
    [
        '{"seat": 9, "held_s": 1}',
        '{"seat": 1}',
        '{"seat": "1", "held_s": 1}',
        '{"seat": 1, "held_s": -1}',
        "[1]",
        "{",
        '"x"',
    ]
    + [json.dumps({"seat": 1, "held_s": held}) for held in (0, 61, float("nan"))],
)
async def test_a_press_that_cannot_be_is_refused(visitor: TestClient, demo_desk: FakeDesk, body: str) -> None:
    answer = await visitor.post(
        "/api/panel/press", data=body.encode(), headers=OURS | {"Content-Type": "application/json"}
    )
    assert answer.status in (400, 404)
    assert demo_desk.orders == []


async def test_a_simulated_agent_does_what_was_chosen(visitor: TestClient, demo_desk: FakeDesk) -> None:
    chosen = {"agent": "sato", "behaviour": "ignore"}
    assert (await visitor.post("/api/demo/behave", json=chosen, headers=OURS)).status == 200
    assert demo_desk.demo is not None
    assert demo_desk.demo.behaviours()["sato"] == "ignore"
    for wrong in ({"agent": "sato", "behaviour": "dance"}, {"agent": "nobody", "behaviour": "answer"}, {}):
        assert (await visitor.post("/api/demo/behave", json=wrong, headers=OURS)).status == 400


async def test_the_desk_strip_is_shown_in_the_demo_only(person: TestClient, visitor: TestClient) -> None:
    assert 'id="desk"' not in await (await person.get("/")).text()
    assert 'id="desk"' in await (await visitor.get("/")).text()


async def test_what_callers_are_called_cannot_become_markup(person: TestClient, desk: FakeDesk) -> None:
    object.__setattr__(desk.info, "name", "<script>alert(1)</script>")
    page = await (await person.get("/")).text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


async def test_playing_a_recording_leaves_a_line_in_the_log(
    person: TestClient, desk: FakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.add_recording("r1", "p1", 1.0, began=time.time())
    caplog.set_level("INFO")
    await person.get("/recordings/r1", headers={"Range": "bytes=0-"})
    assert "Recording r1 is played on the page from 127.0.0.1" in caplog.text
