"""The engine against queueing theory: Poisson arrivals, exponential service, in virtual time, within 3σ (acd.md §6.8).

σ is that of the mean of independent days, so that waits of neighbours may depend on each other.
"""

import math
import random
import statistics
from collections.abc import Callable, Sequence

import pytest

from appliance.acd import events as ev
from appliance.acd.erlang import Load, impatient, patient
from appliance.acd.metrics_entries import Contact, Exit
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.settings import AgentSettings, OfficeSettings, QueueSettings
from appliance.acd.simulation import Caller, Habits, OfficeDay, Simulation

DAYS, CALLS, WARM_UP = 16, 560, 60
AGENTS = ("a1", "a2", "a3", "a4", "a5")
LOAD = Load(per_second=3.5 / 180, aht_s=180.0, agents=len(AGENTS))
OFFICE = OfficeSettings(
    tuple(AgentSettings(name, name, name) for name in AGENTS),
    (QueueSettings("q", "Q", "1", AGENTS, wrap_up_s=0, max_wait_s=0, record=False),),
)


def a_day(seed: int, patience_s: float) -> list[Contact]:
    """The contacts of one day after its warm-up."""
    chance, at, callers = random.Random(seed), 1.0, []
    for number in range(CALLS):
        at += chance.expovariate(LOAD.per_second)
        arrival = ev.CallerArrived(f"c{number}", "q", "", "", "sip")
        patience = chance.expovariate(1 / patience_s) if patience_s < math.inf else math.inf
        callers.append(Caller(arrival, at, patience, chance.expovariate(1 / LOAD.aht_s)))
    on_duty = [(0.0, ev.DutyOn(name, name)) for name in AGENTS]
    day = OfficeDay(callers, [(0.0, ev.Configured(OFFICE)), *on_duty], Habits(usual_answer_s=0.0))
    return list(Simulation(day, Ledger()).run().contacts.values())[WARM_UP:]


def share(contacts: Sequence[Contact], is_meant: Callable[[Contact], bool]) -> float:
    return sum(is_meant(one) for one in contacts) / len(contacts)


def agrees(found: Sequence[float], theory: float) -> None:
    sigma = statistics.stdev(found) / math.sqrt(len(found))
    assert abs(statistics.fmean(found) - theory) <= 3 * sigma, f"{statistics.fmean(found)} ± {sigma}, theory {theory}"
    assert sigma < 0.15 * theory, "a σ this wide would agree with anything"


@pytest.fixture(scope="module")
def patient_days() -> list[list[Contact]]:
    return [a_day(seed, math.inf) for seed in range(DAYS)]


@pytest.fixture(scope="module")
def impatient_days() -> list[list[Contact]]:
    return [a_day(seed, 120.0) for seed in range(100, 100 + DAYS)]


def test_patient_callers_wait_as_erlang_c_says(patient_days: list[list[Contact]]) -> None:
    """I-25: an office that conserves work waits as theory says."""
    theory = patient(LOAD)
    assert all(one.left is Exit.ANSWERED for day in patient_days for one in day)
    agrees([share(day, lambda one: one.waited_s > 1e-9) for day in patient_days], theory.waits)
    agrees([statistics.fmean(one.waited_s for one in day) for day in patient_days], theory.asa_s)
    agrees([share(day, lambda one: one.waited_s <= 20) for day in patient_days], theory.service_level(20))


def test_impatient_callers_wait_and_leave_as_erlang_a_says(impatient_days: list[list[Contact]]) -> None:
    theory = impatient(LOAD, 120.0)
    agrees([share(day, lambda one: one.waited_s > 1e-9) for day in impatient_days], theory.waits)
    agrees([share(day, lambda one: one.left is Exit.ABANDONED) for day in impatient_days], theory.abandons)
    agrees([statistics.fmean(one.waited_s for one in day) for day in impatient_days], theory.mean_wait_s)
