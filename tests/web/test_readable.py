"""The page can be read by everyone: names, contrast in light and dark, languages, a phone's width.

With DESKBELL_SCREENSHOTS=DIR (an existing folder) the pictures for docs/ are taken on the way.
"""

import time
from dataclasses import replace

import pytest

from appliance.api import LineView, Status
from tests.support.fake_desk_api import FakeDesk
from tests.web.browser import why_not
from tests.web.scene import LIVE, Scene

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(why_not()), reason=why_not())]

NAMELESS = """
    const named = (e) => (e.getAttribute('aria-label') || e.innerText || e.labels?.[0]?.innerText || '').trim();
    return [...document.querySelectorAll('button, select, audio, input:not([type=hidden]), a')]
        .filter((e) => e.checkVisibility() && !named(e)).map((e) => e.outerHTML);
"""
PALE = """
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const paint = (colours) => { for (const c of colours) { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
    const light = (rgb) => rgb.map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const backs = (e) => e ? [...backs(e.parentElement), getComputedStyle(e).backgroundColor] : ['white'];
    const found = [];
    for (const e of document.querySelectorAll('body *')) {
        const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
        if (!text || !e.checkVisibility() || e.closest('.unseen, .skip, script, noscript, .press')) continue;
        const both = [paint(backs(e)), paint([...backs(e), getComputedStyle(e).color])].map(light);
        const ratio = (Math.max(...both) + .05) / (Math.min(...both) + .05);
        if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${e.tagName}.${e.className} ${e.textContent}`);
    }
    return found;
"""


def furnish(desk: FakeDesk) -> None:
    """A busy morning."""
    now, wall = desk.now(), time.time()
    desk.caller_waits("09012345678", "高橋 商店", ago=95)
    desk.caller_waits("0312345678", origin="line", ago=41)
    desk.caller_waits("", ago=12, queue="support")
    desk.answers("tanaka", desk.caller_waits("0451239876", "山本 様", ago=200))
    desk.set_agent("tanaka", since=now - 184)
    desk.commit(calls=tuple(replace(call, since=now - 184) for call in desk.view().calls))
    desk.set_agent("sato", status=Status.WRAP_UP, wrap_until=now + 23, since=now - 7, reason="")
    desk.set_agent("suzuki", since=now - 1860)
    desk.set_agent("mori", since=now - 75, reason="unreachable")
    fault = "モデムが見つかりません。USB ケーブルを確認してください。"
    desk.line_views = (
        LineView("1", "talking", "", "0312345678", now - 41),
        LineView("2", "fault", fault, "", now - 900),
    )
    desk.alarm_texts = (f"回線2:{fault}",)
    names = ("山本 様", "", "佐々木 様", "", "みなと薬局")
    for nth, name in enumerate(names):
        arrived, origin = wall - 900 * (nth + 1), "line" if nth % 2 else "sip"
        gone = (
            {"outcome": "abandoned"}
            if nth == 2
            else {"talked_s": 95.0 + 20 * nth, "agent": "tanaka", "recordings": (f"r{nth}",)}
        )
        desk.past.append(
            desk.record_of(f"p{nth}", f"03555512{nth:02d}", name=name, arrived=arrived, origin=origin, **gone)
        )
        if nth != 2:
            desk.add_recording(f"r{nth}", f"p{nth}", 95.0 + 20 * nth, began=arrived + 20)


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_busy_page_is_readable_by_everyone(demo: Scene, language: str) -> None:
    furnish(demo.desk)
    await demo.come_in()
    browser = demo.browser
    if language == "en":
        await browser.click(".language [value=en]")
    listed = "document.querySelectorAll('#recordings tbody tr').length === 4"
    await browser.until(f"document.documentElement.lang === '{language}' && {LIVE} && {listed}")
    await browser.picture(f"first-screen-{language}")
    height = int(str(await browser.run("return document.documentElement.scrollHeight")))
    for scheme in ("light", "dark"):
        await browser.look(1440, height, scheme)
        assert await browser.run(PALE) == []
        await browser.picture(f"page-{language}-{scheme}")
    assert await browser.run(NAMELESS) == []
    await browser.look(390, 844)
    assert await browser.run("return document.documentElement.scrollWidth") == 390
    await browser.picture(f"phone-{language}")
    assert await browser.complaints() == []


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_legend_is_readable_at_a_desk_and_on_a_phone(demo: Scene, language: str) -> None:
    await demo.come_in()
    browser = demo.browser
    await browser.open(f"{demo.server.url}lamps")
    await browser.click(f".language [value={language}]")
    await browser.until(f"location.pathname === '/lamps' && document.documentElement.lang === '{language}'")
    for scheme in ("light", "dark"):
        await browser.look(1440, 1000, scheme)
        assert await browser.run(PALE) == []
    assert await browser.run(NAMELESS) == []
    await browser.look(390, 844)
    assert await browser.run("return document.documentElement.scrollWidth") == 390
    assert await browser.complaints() == []


async def test_the_log_in_page_is_readable_too(demo: Scene) -> None:
    for scheme in ("light", "dark"):
        await demo.browser.look(1000, 760, scheme)
        await demo.browser.open(f"{demo.server.url}login")
        assert await demo.browser.run(PALE) == []
        assert await demo.browser.run(NAMELESS) == []
        await demo.browser.picture(f"login-{scheme}")
