"""The page in a real Chromium: a caller is seen, an agent is put on duty, nothing is reloaded."""

import re

import pytest

from appliance.api import Status
from tests.web.browser import why_not
from tests.web.scene import CARD, LIVE, Scene
from web.app import PageServer
from web.settings import WebSettings

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(why_not()), reason=why_not())]

PASSWORD = "correct horse battery"


async def test_a_person_sets_the_first_password_and_sees_the_office(office: Scene) -> None:
    browser = office.browser
    await browser.open(office.server.login_link)
    await browser.until("document.querySelector('[name=code]').value.length === 9")
    await browser.click("[name=password]")
    await browser.keys(PASSWORD, "\ue004", PASSWORD, "\ue007")  # Tab, Enter
    await browser.until(LIVE)
    assert await browser.run("return document.documentElement.lang") == "ja"
    assert await browser.run("return document.getElementById('desk')") is None
    assert await browser.complaints() == []


async def test_a_waiting_caller_is_seen_and_an_agent_goes_on_duty_without_a_reload(demo: Scene) -> None:
    await demo.come_in()
    await demo.status("sato", "off")
    demo.desk.caller_waits("09012345678", "高橋 商店", ago=65)
    row = "document.querySelector('#queue-table tbody tr')"
    assert "高橋 商店" in str(await demo.browser.until(f"{row} && {row}.innerText"))
    await demo.browser.until(f"/1:(0[5-9]|[1-5][0-9])/.test({row}.innerText)")
    await demo.press("sato", "go-on-duty")
    await demo.status("sato", "ringing")
    assert demo.desk.orders == [("go_on_duty", "sato", "page")]
    assert "着信中" in str(
        await demo.browser.run(f"return document.querySelector('{CARD.format(agent='sato')}').innerText")
    )
    demo.desk.answers("sato", "c1")
    await demo.status("sato", "on_call")
    await demo.browser.until("document.querySelector('#live-table tbody tr').innerText.includes('録音中')")
    await demo.browser.until("document.getElementById('queue-empty').hidden === false")
    await demo.browser.until("document.getElementById('said').textContent === '佐藤 美咲: 赤:通話中'")
    assert await demo.was_never_reloaded()
    assert await demo.browser.complaints() == []


async def test_waiting_times_tick_on_the_page_itself(demo: Scene) -> None:
    await demo.come_in()
    demo.desk.caller_waits("09012345678", ago=8.1)
    longest = "document.querySelector('#tile-longest').textContent"
    first = str(await demo.browser.until(f"/^0:(0[89]|[1-4][0-9])$/.test({longest}) && {longest}"))
    await demo.browser.until(f"{longest} > arguments[0]", first)  # of two digits each: in the order of their letters


async def test_the_prompt_is_a_modal_question_answered_by_keyboard(demo: Scene) -> None:
    await demo.come_in()
    demo.desk.caller_waits("09012345678")
    await demo.press("sato", "go-on-duty")
    await demo.status("sato", "ringing")
    await demo.press("sato", "decline")
    await demo.browser.until("document.getElementById('prompt').open")
    assert "佐藤 美咲" in str(await demo.browser.run("return document.getElementById('prompt').innerText"))
    focus = "document.activeElement.dataset.order"
    assert await demo.browser.until(focus) == "go-on-duty"
    await demo.browser.keys("\ue004")  # Tab
    assert await demo.browser.until(focus) == "stay-off-duty"
    await demo.browser.keys("\ue007")  # Enter
    await demo.status("sato", "off")
    await demo.browser.until("!document.getElementById('prompt').open")
    assert demo.desk.orders[-1] == ("stay_off_duty", "sato", "page")


async def test_a_prompt_answered_elsewhere_closes_and_one_put_off_stays_on_the_card(demo: Scene) -> None:
    """S-06: anywhere."""
    await demo.come_in()
    demo.desk.set_agent("sato", status=Status.OFF_PROMPT, reason="no_answer", prompt="no_answer")
    await demo.browser.until("document.getElementById('prompt').open")
    await demo.desk.stay_off_duty("sato", "panel")
    await demo.browser.until("!document.getElementById('prompt').open")
    demo.desk.set_agent("tanaka", status=Status.OFF_PROMPT, reason="declined", prompt="declined")
    await demo.browser.until("document.getElementById('prompt').open")
    await demo.browser.keys("\ue00c")  # Escape
    await demo.browser.until("!document.getElementById('prompt').open")
    demo.desk.caller_waits()  # another state does not ask again
    await demo.browser.until("document.querySelectorAll('#queue-table tbody tr').length === 1")
    assert not await demo.browser.run("return document.getElementById('prompt').open")
    await demo.press("tanaka", "stay-off-duty")
    await demo.status("tanaka", "off")


async def test_the_desk_closes_and_the_page_says_so_in_words_until_it_is_back(demo: Scene) -> None:
    """S-31: and says when it is cut off."""
    await demo.come_in()
    port = demo.server.port
    await demo.server.stop()
    await demo.browser.until("!document.getElementById('lost').hidden")
    text = str(await demo.browser.run("return document.getElementById('lost').innerText"))
    assert "接続が切れました" in text
    assert re.search(r"\d\d:\d\d:\d\d 時点", text)
    demo.server = PageServer(demo.desk, WebSettings(port=port))
    await demo.server.start()
    demo.desk.caller_waits("09012345678")
    await demo.browser.until("document.getElementById('lost').hidden")
    await demo.browser.until("document.querySelectorAll('#queue-table tbody tr').length === 1")
    assert await demo.was_never_reloaded()


async def test_refresh_shows_the_newest_state_even_without_a_stream(demo: Scene) -> None:
    """S-31: the button remains."""
    await demo.come_in()
    await demo.browser.run("EventSource.prototype.addEventListener = () => {}")
    await demo.browser.click("#refresh")
    clock = "document.getElementById('clock').textContent"
    assert re.fullmatch(r"\d\d:\d\d:\d\d", str(await demo.browser.until(clock)))
    demo.desk.past.append(demo.desk.record_of("p1", "0355551234"))
    await demo.browser.click("#refresh")
    await demo.browser.until("document.querySelector('#calls-table tbody')?.innerText.includes('0355551234')")


async def test_a_button_of_the_panel_is_pressed_for_as_long_as_it_is_held(demo: Scene) -> None:
    await demo.come_in()
    await demo.browser.click(".press[data-seat='1']")
    await demo.status("sato", "available")
    await demo.browser.run("document.querySelector('.press[data-seat=\"1\"]').focus()")
    await demo.browser.keys(" ")
    await demo.status("sato", "off")
    await demo.browser.run("document.activeElement.blur()")
    await demo.browser.run(
        "const key = (kind) => document.body.dispatchEvent(new KeyboardEvent(kind, {key: '2', bubbles: true}));"
        "key('keydown'); setTimeout(() => key('keyup'), 300)"
    )
    await demo.status("suzuki", "available")
    presses = [(seat, held) for order, seat, held in demo.desk.orders if order == "press"]
    assert [seat for seat, _ in presses] == [1, 1, 2]
    assert isinstance(presses[2][1], float)
    assert 0.29 < presses[2][1] < 2


async def test_callers_from_outside_come_and_go_by_the_demos_buttons(demo: Scene) -> None:
    await demo.come_in()
    await demo.browser.click("[data-outside=ring-line]")
    await demo.browser.until("document.getElementById('toast').textContent.startsWith('Caller c1 rings the line')")
    await demo.browser.click("[data-outside=ring-sip]")
    await demo.browser.until("document.querySelectorAll('#queue-table tbody tr').length === 2")
    await demo.browser.click("[data-outside=hang-up]")
    await demo.browser.until("document.getElementById('queue-table').hidden")
    await demo.browser.run(
        "const choice = document.querySelector('[data-key=\"1\"] select'); choice.value = 'ignore';"
        "choice.dispatchEvent(new Event('change'))"
    )
    await demo.browser.click("[data-outside=ring-sip]")
    await demo.browser.until("document.querySelectorAll('#queue-table tbody tr').length === 1")
    assert demo.desk.demo is not None
    assert demo.desk.demo.behaviours()["sato"] == "ignore"


async def test_what_the_desk_refuses_is_shown(demo: Scene) -> None:
    await demo.come_in()
    demo.desk.set_agent("mori", reason="unreachable")
    await demo.browser.until(f"!document.querySelector('{CARD.format(agent='mori')} [data-order=go-on-duty]').hidden")
    await demo.press("mori", "go-on-duty")
    await demo.browser.until("document.getElementById('toast').textContent === '電話機 204 が登録されていません。'")


async def test_s_m2_the_card_of_an_agent_whose_phone_cannot_be_rung_says_what_is_wrong_with_it(demo: Scene) -> None:
    await demo.come_in()
    note = f"document.querySelector('{CARD.format(agent='mori')} .note.unreachable')"
    await demo.browser.until(f"{note}?.textContent.startsWith('電話機 204 が登録されていません。')")
    demo.desk.places["204"] = "192.168.1.20"
    demo.desk.commit()
    await demo.browser.until(
        f"{note}?.textContent.startsWith('電話機 204(192.168.1.20)は登録されていますが、応答しません。')"
    )
    demo.desk.set_agent("mori", status=Status.AVAILABLE)
    await demo.browser.until(f"{note} === null")


async def test_s_m3_the_legend_moves_as_the_lamps_do_and_is_found_from_the_page(demo: Scene) -> None:
    await demo.come_in()
    await demo.browser.click("footer a")
    await demo.browser.until("document.querySelectorAll('[data-steps]').length > 30")
    moves = "lamp.getAnimations().length === (JSON.parse(lamp.dataset.steps).length > 1 ? 1 : 0)"
    await demo.browser.until(f"[...document.querySelectorAll('[data-steps]')].every((lamp) => {moves})")
    row = "[...document.querySelectorAll('tr')].find((row) => row.textContent.includes('着信中'))"
    flashing = f"{row}.querySelector('.lamp').getAnimations()[0].effect.getTiming().duration"
    assert await demo.browser.run(f"return {flashing}") == 500
    assert await demo.browser.complaints() == []


async def test_a_lamp_never_flashes_faster_than_two_and_a_half_hertz(demo: Scene) -> None:
    await demo.come_in()
    rounds = """
        const lamp = await import('/static/lamp.js');
        const [blue, white, dark] = [[0, 0, 1], [1, 1, 1], [0, 0, 0]];
        const mad = [[...blue, .05], [...dark, .05]];
        const ringing = [[...blue, .25], [...dark, .25]];
        const winks = [[...white, .1], [...dark, .1], [...white, .1], [...dark, 2.7]];
        return [mad, ringing, winks, [[...white, 1]]].map(lamp.roundOf);
    """
    found = await demo.browser.run(rounds)
    assert found == pytest.approx([0.4, 0.5, 3.0, 1.0])


async def test_a_recording_is_played_from_the_list_of_calls(demo: Scene) -> None:
    demo.desk.past.append(demo.desk.record_of("p1", "0355551234", recordings=("r1",)))
    demo.desk.add_recording("r1", "p1", 3.0)
    await demo.come_in()
    await demo.browser.until("document.querySelector('#calls-table .play')")
    await demo.browser.click("#calls-table .play")
    await demo.browser.until("document.querySelector('#recordings audio').currentTime > 0.1")
    assert await demo.browser.run("return document.querySelector('#recordings audio').duration") == pytest.approx(3.0)


async def test_english_and_japanese_are_remembered(demo: Scene) -> None:
    await demo.come_in()
    await demo.browser.click(".language [value=en]")
    await demo.browser.until(f"document.documentElement.lang === 'en' && {LIVE}")
    await demo.browser.open(demo.server.url)
    assert await demo.browser.run("return document.documentElement.lang") == "en"


async def test_everything_can_be_reached_by_the_tab_key(demo: Scene) -> None:
    await demo.come_in()
    await demo.status("sato", "off")
    reached: list[str] = []
    for _ in range(40):
        await demo.browser.keys("\ue004")
        reached.append(
            str(
                await demo.browser.run(
                    "const e = document.activeElement; return e.dataset.order || e.id || e.className"
                )
            )
        )
        if "go-off-duty" in reached:
            break
    assert reached[0] == "skip"
    assert {"refresh", "press", "go-on-duty"} <= set(reached)


async def test_what_is_not_over_says_so_in_the_lists(demo: Scene) -> None:
    talking = demo.desk.record_of("p1", "0355551234", agent="tanaka", ended=0.0, outcome="")
    demo.desk.past += [talking, demo.desk.record_of("p2", "0355555678", ended=0.0, outcome="", arrived=1.0)]
    demo.desk.add_recording("r1", "p1", 0.0)
    await demo.come_in()
    outcomes = (
        "[...document.querySelectorAll('#calls-table [data-column=outcome]')].slice(1).map((e) => e.textContent).join()"
    )
    await demo.browser.until(f"{outcomes} === '通話中,保留中'")
    length = "document.querySelector('#recordings-table td[data-column=length]').textContent"
    assert await demo.browser.until(length) == "録音中"


async def test_in_an_office_each_agents_card_has_the_button_and_says_the_lamp(office: Scene) -> None:
    """The shortcut works among the agents only: a digit typed elsewhere presses nothing (WCAG 2.1.4)."""
    await office.browser.open(office.server.login_link)
    await office.browser.until("document.querySelector('[name=code]').value.length === 9")
    await office.browser.click("[name=password]")
    await office.browser.keys(PASSWORD, "\ue004", PASSWORD, "\ue007")  # Tab, Enter
    await office.browser.until(LIVE)
    button = f"{CARD.format(agent='sato')} .press"
    await office.browser.until(f"document.querySelector('{button}')?.getAttribute('aria-label').includes('勤務外')")
    await office.browser.click(button)
    await office.status("sato", "available")
    await office.browser.until("document.getElementById('said').textContent.includes('佐藤 美咲: 緑:対応可能')")
    panel = f"{CARD.format(agent='sato')} .panel"
    assert "緑:対応可能" in str(await office.browser.run(f"return document.querySelector('{panel}').innerText"))
    key = (
        "const key = (kind) => {where}.dispatchEvent(new KeyboardEvent(kind, {{key: '1', bubbles: true}}));"
        "key('keydown'); setTimeout(() => key('keyup'), 300)"
    )
    await office.browser.run(key.format(where="document.body"))
    await office.browser.run(key.format(where="document.querySelector('#agents-list button')"))
    await office.status("sato", "off")
    presses = [held for order, seat, held in office.desk.orders if order == "press" and seat == 1]
    assert len(presses) == 2
    assert 0.29 < float(str(presses[1])) < 2
    hint = f"document.querySelector('{CARD.format(agent='sato')} .panel .hint')?.textContent"
    assert "1 キー" in str(await office.browser.run(f"return {hint}"))
    office.desk.set_agent("sato", seat=12)
    await office.browser.until(f"{hint} === '押し続けると長押し。'")  # no digit is this seat's button
