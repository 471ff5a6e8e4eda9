"""The report of a day on the page: the metrics of §4 with their formulas, four service levels side by side."""

import pytest
from aiohttp.test_utils import TestClient

from appliance.acd import metrics
from appliance.acd.metrics_figures import shown
from appliance.api import Metric
from tests.acd.test_metrics import VECTOR
from tests.support.fake_desk_api import FakeDesk
from tests.web.browser import why_not
from tests.web.conftest import OURS
from tests.web.scene import Scene

IN_CHROMIUM = pytest.mark.skipif(bool(why_not()), reason=why_not())
WORKED = tuple(
    Metric(row.id, row.ja, row.en, row.formula, tuple((figure.of, shown(figure)) for figure in figures))
    for row, figures in metrics.table(VECTOR)
)
"""The worked vector of the specification as the desk would report it."""


@pytest.mark.parametrize(("language", "name"), [("en", "SL strict"), ("ja", "サービスレベル(厳格)")])
async def test_m02_a_report_has_its_names_in_the_language_of_the_page(
    person: TestClient, desk: FakeDesk, language: str, name: str
) -> None:
    desk.metrics = WORKED
    await person.post("/language", data={"language": language, "back": "/"}, headers=OURS, allow_redirects=False)
    told = await (await person.get("/api/report?day=2026-11-23&queue=front")).json()
    assert desk.orders == [("report", "2026-11-23", "front")]
    row = next(row for row in told["metrics"] if row["id"] == "M-02")
    assert (row["name"], row["figures"]) == (name, [["", "40.0 % (n=10)"]])
    assert row["formula"].startswith("#(ans, w≤T)")


async def test_a_day_that_is_none_is_refused_in_the_desks_words(person: TestClient) -> None:
    answer = await person.get("/api/report")
    assert answer.status == 409
    assert "is no day" in (await answer.json())["message"]


async def test_strangers_get_no_report(stranger: TestClient) -> None:
    assert (await stranger.get("/api/report?day=2026-11-23")).status == 401


@pytest.mark.browser
@IN_CHROMIUM
async def test_m01_m02_m03_m04_four_service_levels_stand_side_by_side_with_their_formulas(demo: Scene) -> None:
    demo.desk.metrics = WORKED
    await demo.come_in()
    today = await demo.browser.run("return document.querySelector('#report-form [name=day]').value")
    await demo.browser.click("#report-form button")
    await demo.browser.until("document.querySelectorAll('#report-table tbody tr').length > 20")
    assert demo.desk.orders == [("report", today, "")]
    rows = await demo.browser.run(
        "return [...document.querySelectorAll('#report-table tbody tr')].map("
        "row => [...row.cells].map(cell => cell.textContent))"
    )
    levels = [row for row in rows if "service level" in row[0] or "SL" in row[0] or "サービスレベル" in row[0]]
    assert [row[1] for row in levels] == ["57.1 % (n=7)", "40.0 % (n=10)", "66.7 % (n=9)", "66.7 % (n=6)"]
    assert all(row[2] for row in levels)


@pytest.mark.browser
@IN_CHROMIUM
async def test_a_report_that_cannot_be_had_says_why(demo: Scene) -> None:
    await demo.come_in()
    await demo.browser.run("document.querySelector('#report-form [name=day]').removeAttribute('required')")
    await demo.browser.run("document.querySelector('#report-form [name=day]').value = ''")
    await demo.browser.click("#report-form button")
    await demo.browser.until("document.querySelector('#toast').textContent.includes('is no day')")
