"""What people want to be told by mail, without a store: kept as long as the fake desk is."""

from dataclasses import replace

from appliance.api import AlertsView, Refusal


class FakeAlerts:
    """Implements AlertsApi. `orders` is what was ordered; `why_not` refuses the next ones."""

    def __init__(self, orders: list[tuple[str, object, object]]) -> None:
        self.orders = orders
        self.subjects = ("voicemail", "waiting", "line")
        self.can_send = True
        self.why_not = ""
        self.shown = [
            AlertsView("sato", "佐藤 美咲", "sato@example.jp", ("voicemail",)),
            AlertsView("kato", "加藤 恵", "", ()),
        ]

    async def people(self) -> tuple[AlertsView, ...]:
        return tuple(self.shown)

    async def tick(self, person: str, mail: str, ticked: tuple[str, ...], actor: str) -> None:
        if self.why_not:
            raise Refusal(self.why_not)
        self.orders.append(("tick", person, (mail, ticked, actor)))
        self.shown = [replace(one, mail=mail, ticked=ticked) if one.person == person else one for one in self.shown]
