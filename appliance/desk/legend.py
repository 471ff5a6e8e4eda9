"""The legend of lamps, buttons and feature codes as the page shows it, from the tables that run. Pure."""

from appliance.api import Legend, LegendCode, LegendLamp, LegendPress
from appliance.desk.feature_codes import CODES
from appliance.desk.lamps import PATTERNS
from appliance.desk.panel_logic import PRESSES


def legend(language: str, *, dims: bool) -> Legend:
    """Everything in "ja" or "en"; `dims`: the office's lamps have brightness, else they have rhythms of their own."""

    def say(ja: str, en: str) -> str:
        return ja if language == "ja" else en

    lamps = (
        LegendLamp(say(one.looks_ja, one.looks_en), say(one.ja, one.en), one.on(dims)) for one in PATTERNS.values()
    )
    presses = (
        LegendPress(
            say(PATTERNS[status.value].ja, PATTERNS[status.value].en),
            say(row.short_ja, row.short_en),
            say(row.long_ja, row.long_en),
        )
        for status, row in PRESSES.items()
    )
    codes = (LegendCode(code, say(row.ja, row.en)) for code, row in CODES.items())
    return Legend(tuple(lamps), tuple(presses), tuple(codes))
