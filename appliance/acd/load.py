"""How much of the last hour an agent was engaged: the memory of "most idle" (§3.5, F-06).

Engaged is every call and every wrap-up, also direct calls. A span is (from, until) in monotonic seconds; only the last
hour is kept, at most `MOST_SPANS`, and how long all of them are together, so that nobody has to add them up again.
"""

from collections.abc import Iterable, Sequence

from appliance.acd.model import Agent, AgentState

WINDOW_S = 3600.0
PRIOR_S = 600.0  # this much of the team's mean is mixed in, so that a newcomer is not flooded
MOST_SPANS = 120  # an hour of calls of half a minute; of more the oldest go

Span = tuple[float, float]


def note(agent: Agent, now: float) -> None:
    """The agent's state changed: begin or close the running spans."""
    if agent.state is AgentState.BUSY or agent.state is AgentState.WRAP_UP:
        agent.engaged_from = agent.engaged_from or now
    elif agent.engaged_from:
        agent.engaged_s += _close(agent.engaged, agent.engaged_from, now)
        agent.engaged_from = 0.0
    if agent.is_available:
        agent.duty_from = agent.duty_from or now
    elif agent.duty_from:
        agent.on_duty_s += _close(agent.on_duty, agent.duty_from, now)
        agent.duty_from = 0.0


def _close(spans: list[Span], since: float, now: float) -> float:
    """Keep the span that ends now and drop the old ones: by how much that changes their sum."""
    spans.append((since, now))
    change = now - since
    while spans and (spans[0][1] <= now - WINDOW_S or len(spans) > MOST_SPANS):
        change -= spans[0][1] - spans[0][0]
        del spans[0]
    return change


def occupancies(team: Sequence[Agent], asked: Iterable[Agent], now: float) -> list[float]:
    """Share of the rolling hour each of `asked`, who are of the team, was engaged: 0 to 1, smoothed by its mean."""
    engaged = on_duty = 0.0
    for agent in team:
        busy_s, here_s = _load(agent, now)
        engaged, on_duty = engaged + busy_s, on_duty + here_s
    mean = engaged / on_duty if on_duty else 0.0
    return [_smoothed(*_load(agent, now), mean) for agent in asked]


def _smoothed(engaged: float, on_duty: float, mean: float) -> float:
    return (engaged + PRIOR_S * mean) / (on_duty + PRIOR_S)


def _load(agent: Agent, now: float) -> tuple[float, float]:
    """Seconds engaged on duty and seconds on duty within the window."""
    engaged = _within(agent.engaged, agent.engaged_s, agent.engaged_from, now)
    on_duty = _within(agent.on_duty, agent.on_duty_s, agent.duty_from, now)
    return engaged, on_duty if on_duty > engaged else engaged


def _within(spans: Sequence[Span], total: float, running_from: float, now: float) -> float:
    edge = now - WINDOW_S
    if spans and spans[0][0] < edge:
        total -= _before(spans, edge)
    if running_from:
        total += now - running_from if running_from > edge else WINDOW_S
    return total


def _before(spans: Sequence[Span], edge: float) -> float:
    """How much of the spans, which stand in order, lies before the window."""
    gone = 0.0
    for since, until in spans:
        if since >= edge:
            break
        gone += min(until, edge) - since
    return gone
