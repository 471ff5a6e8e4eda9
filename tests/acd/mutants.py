"""Break the core on purpose, one line at a time, and see the scripts fail: `python -m tests.acd.mutants [FILE …]`.

Works on a copy in a temporary folder. Each mutant is (file, what stands there, what is written instead); it is killed
when the tests of this folder fail. Prints the survivors and exits with their number.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIRST = ("strategies", "memory", "why", "selfcheck", "routing", "agents", "rows", "races", "faults", "ring_all")

MUTANTS: tuple[tuple[str, str, str], ...] = (
    ("model.py", "return (-self.priority, self.t_enq, self.seq)", "return (self.priority, self.t_enq, self.seq)"),
    ("model.py", "return (-self.priority, self.t_enq, self.seq)", "return (-self.priority, -self.t_enq, self.seq)"),
    ("model.py", "return (-self.priority, self.t_enq, self.seq)", "return (-self.priority, self.t_enq, -self.seq)"),
    ("model.py", "and self.intent is not Intent.OFF", "and True"),
    ("model.py", "if self.reach is Reach.LOST and self.is_available:", "if self.reach is Reach.LOST:"),
    ("dispatch.py", "free.difference_update(pick.agent for pick in found)", "pass"),
    ("dispatch.py", "heapq.heapify(heads)", "heads.reverse()"),
    ("eligible.py", "fresh = [agent for agent in able if agent not in contact.declined]", "fresh = able"),
    ("eligible.py", "return able if state.at >= contact.retry_at and not contact.ringing else []", "return able"),
    ("eligible.py", "state.at >= contact.retry_at and not contact.ringing", "state.at >= contact.retry_at"),
    ("eligible.py", "if one in free and name not in agents[one].private]", "if one in free]"),
    ("eligible.py", ">= needed]", "> needed]"),
    ("eligible.py", "return contact.needs if contact.needs_for == queue.queue else", "return contact.needs if 1 else"),
    ("eligible.py", "or name in contact.declined or name not in queue.agents", "or name not in queue.agents"),
    ("eligible.py", "return name if contact.sticky_until and state.at < contact.sticky_until else None", "return name"),
    ("eligible.py", "return agent.is_staffing and queue not in agent.private", "return agent.is_staffing"),
    ("eligible.py", "one in staffing and queue.queue not in state.agents[one].private", "one in staffing"),
    ("eligible.py", "return queue.ring_cap or len(queue.agents)", "return 1"),
    ("eligible.py", "[one for one in queue.agents if one not in candidates][:MOST_KEPT]",
     "[one for one in queue.agents if one not in candidates]"),
    ("eligible.py", 'return "not_last_agent" if', 'return "other_caller" if'),
    ("dispatch.py", "hopeless.add(demand)", "hopeless.add((line, 0))"),
    ("dispatch.py", "order.insert(0, contact.last_agent)", "order.append(contact.last_agent)"),
    ("dispatch.py", "cap = queue.ring_cap or len(queue.agents)", "cap = len(queue.agents)"),
    ("dispatch.py", "room = max(0, cap - len(contact.ringing))", "room = cap"),
    ("dispatch.py", "office.now < contact.race.joins_at", "False"),
    ("dispatch.py", "return 0 if is_early else min(room, 1)", "return 0 if is_early else room"),
    ("dispatch.py", "return 0 if contact.ringing else 1", "return 1"),
    ("dispatch.py", "strategies.picked(choice, agent)", "pass"),
    ("dispatch.py", "office.racing.add(contact.contact)", "pass"),
    ("dispatch.py", "office.deadlines.add(contact.race.joins_at, Alarm.JOIN, contact.contact)", "pass"),
    ("dispatch.py", "if any(agent in contact.declined for agent in chosen):", "if False:"),
    ("strategies.py", "order = sorted(range(len(values)), key=values.__getitem__)",
     "order = sorted(range(len(values)), key=values.__getitem__, reverse=True)"),
    ("strategies.py", "return [(agents[agent].idle_since,)", "return [(-agents[agent].idle_since,)"),
    ("strategies.py", "return [(-float(level_of(", "return [(float(level_of("),
    ("strategies.py", "return known + [agent for agent in queue.agents if agent not in known]",
     "return [agent for agent in queue.agents if agent not in known] + known"),
    ("strategies.py", "memory.rota = [one for one in rota if one not in busy] + busy", "pass"),
    ("strategies.py", "memory.rota = [one for one in _rota(queue, memory) if one != agent] + [agent]", "pass"),
    ("strategies.py", "memory.deck.remove(agent)", "pass"),
    ("strategies.py", "memory.deck, memory.seed = _deck(choice)", "memory.deck, _ = _deck(choice)"),
    ("strategies.py", "if any(agent in memory.deck for agent in choice.candidates):", "if memory.deck:"),
    ("strategies.py", "counts.setdefault(agent, min(counts.values(), default=0))", "counts.setdefault(agent, 0)"),
    ("strategies.py", "min(memory.answered.values(), default=0)) + 1", "0) + 2"),
    ("strategies.py", "state.queues[queue.queue].answered = dict.fromkeys(here, 0)", "pass"),
    ("shuffle.py", "return deck, (seed + _GOLDEN) & _MASK or 1", "return deck, first_seed(1, '')"),
    ("load.py", "spans[0][1] <= now - WINDOW_S or len(spans) > MOST_SPANS", "len(spans) > MOST_SPANS"),
    ("load.py", "if agent.state is AgentState.BUSY or agent.state is AgentState.WRAP_UP:",
     "if agent.state is AgentState.BUSY:"),
    ("load.py", "change -= spans[0][1] - spans[0][0]", "pass"),
    ("load.py", "total -= min(until, edge) - since", "total -= until - since"),
    ("load.py", "agent.on_duty_s += _close", "_close"),
    ("office.py", "contacts.items() if contact.callback is not None}", "contacts.items() if False}"),
    ("callback.py", "office.promised.add(contact.contact)\n    contact.is_live", "contact.is_live"),
    ("callback.py", "office.promised.add(contact.contact)\n    contacts.end", "contacts.end"),
    ("engine.py", "if offer is None or offer.is_silent:", "if offer is None:"),
    ("offers.py", "0 < int(number) <= office.state.offers_made", "0 < int(number)"),
    ("office.py", 'self.facts.append(story.NotKnown(self.now, "queue", name))', "pass"),
    ("load.py", "return (engaged + PRIOR_S * mean) / (on_duty + PRIOR_S)", "return engaged"),
    ("load.py", "edge = now - WINDOW_S", "edge = now - WINDOW_S / 4"),
    ("last_agent.py", "if len(state.last_talks) > MOST_KEPT:", "if False:"),
    ("last_agent.py", "state.last_talks.pop(contact.number, None)", "pass"),
    ("last_agent.py", "if talk.day >= oldest", "if talk.day > oldest"),
    ("last_agent.py", "contact.sticky_until = office.now + queue.sticky_s", "contact.sticky_until = 0.0"),
    ("skill_need.py", "contact.needs > queue.skill_floor", "contact.needs > 0"),
    ("skill_need.py", "contact.needs - 1, 0.0", "contact.needs - 2, 0.0"),
    ("staff.py", "office.is_staffing_stale = True\n    offer", "offer"),
    ("staff.py", "if event.on and agent.state is AgentState.RINGING and", "if event.on and"),
    ("staff.py", "offer is not None and offer.queue == event.queue", "offer is not None"),
    ("staff.py", "if office.state.office.outbound_resets_idle or", "if True or"),
    ("model.py", "self.t_enq - self.priority * self.ageing_s", "self.t_enq + self.priority * self.ageing_s"),
    ("effects.py", "if agent.missed_races >= MOST_MISSED_RACES and", "if agent.missed_races > MOST_MISSED_RACES and"),
    ("effects.py", "agent.missed_races = 0\n", "pass\n"),
    ("effects.py", "    if not cause.reason:\n        return\n", ""),
    ("engine.py", "if date != self.state.day:", "if True:"),
    ("engine.py", "self.state.contacts[whose].sticky_until = 0.0", "pass"),
    ("engine.py", "contact.race.joins_at = 0.0", "pass"),
    ("offers.py", "offer.is_blameless, offer.why = bool(offer.race) or queue.is_group, why", "offer.why = why"),
    ("offers.py", "if winner is not None and winner.phase is Phase.ACCEPTED:", "if False:"),
    ("offers.py", "if not contact.ringing:\n        contacts.wait", "if True:\n        contacts.wait"),
    ("offers.py", "if contact.hears is Hears.AGENT:\n        contacts.hold(office, contact)", "pass"),
    ("offers.py", "stop_ringing(office, contact, LOST_RACE, elsewhere=True)", "pass"),
    ("offers.py", "withdraw(office, offer, LOST_RACE, Happening.WITHDRAWN, elsewhere=True)",
     "withdraw(office, offer, LOST_RACE, Happening.WITHDRAWN)"),
    ("offers.py", "offer.phase is Phase.OPEN and _has_winner(office, offer)", "False"),
    ("offers.py", "if offer.is_blameless:\n        return agent.is_free", "if False:\n        return False"),
    ("offers.py", "_take_turn(office, offer)\n    offer.phase", "offer.phase"),
    ("offers.py", "_take_turn(office, offer)\n    office.commands.append(do.WithdrawOffer(offer.offer, DECLINED))",
     "office.commands.append(do.WithdrawOffer(offer.offer, DECLINED))"),
    ("joining.py", "(len(contact.ringing) > 1 or (queue is not None and queue.is_group))", "False"),
    ("offers.py", "last_agent.remember(office.state, contact, offer.agent)", "pass"),
    ("offers.py", "strategies.answered(office.state.queues[offer.queue], offer.agent)", "pass"),
    ("office.py", "strategies.joined(self.state, agent.settings.agent)", "pass"),
    ("office.py", "load.note(agent, self.now)", "pass"),
    ("office.py", "self.racing.discard(contact.contact)", "pass"),
    ("configure.py", "if queue in office.state.queues]", "]"),
    ("configure.py", "if contact.state is ContactState.OFFERING:\n", "if True:\n"),
    ("clock.py", "contact.race.joins_at += seconds", "pass"),
    ("clock.py", "agent.engaged = [(since + seconds, until + seconds) for since, until in agent.engaged]", "pass"),
    ("selfcheck.py", "office.state.healed += len(found)", "pass"),
    ("selfcheck.py", "_drop_orphans(office)\n    for", "for"),
    ("selfcheck.py", "office.reindex()", "pass"),
    ("selfcheck.py", "if has_leg != (agent.state in _BUSY):", "if False:"),
    ("selfcheck.py", "contact.state is ContactState.WAITING and _is_left", "False and _is_left"),
    ("picture.py", "return bool(served) and all(queue in agent.private for queue in served)",
     "return bool(agent.private)"),
    ("picture.py", "[: eligible.first_ring(queue)]", ""),
    ("why.py", "why.at - values[0]", "values[0]"),
    ("admission.py", "ageing_s=state.office.ageing_s,", ""),
    ("admission.py", "last_agent.look_up(office, contact)", "pass"),
    ("dispatch.py", "contact.declined.clear()", "pass"),
    ("dispatch.py", "memory.unstaffed_since = None", "pass"),
    ("dispatch.py", "elif memory.unstaffed_since is None:", "else:"),
    ("admission.py", "t_enq=office.now,", "t_enq=-office.now,"),
    ("contacts.py", "if contact.is_live and contact.hears is not Hears.MUSIC:", "if contact.is_live:"),
    ("contacts.py", "contact.retry_at = office.now + RETRY_GAP_S", "contact.retry_at = 0.0"),
    ("admission.py", "contact.retry_at = 0.0  # else", "pass  # else"),
    ("admission.py", "office.now >= contact.in_queue_since +", "office.now > contact.in_queue_since +"),
    ("admission.py", "is_arriving = contact.offers == 0 and not contact.is_admitted", "is_arriving = True"),
    ("admission.py", "return len(waiting) >= queue.max_waiting", "return len(waiting) > queue.max_waiting"),
    ("fallback.py", "contact.until = office.now + seconds", "contact.until = 0.0"),
    ("contacts.py", "contact.clock_from = office.now\n\n\ndef end(", "pass\n\n\ndef end("),
    ("contacts.py", "elif contact.state is not ContactState.FALLBACK and contact.is_live:", "else:"),
    ("contacts.py", "if contact is not None and contact.recording == recording:", "if contact is not None:"),
    ("model.py", "return max(self.t_enq, self.entered_at)", "return self.t_enq"),
    ("admission.py", "elif _has_waited_too_long(", "elif contact.offers == 0 and _has_waited_too_long("),
    ("fallback.py", "and contact.hops < MOST_HOPS", ""),
    ("fallback.py", "or destination.key in contact.visited ", ""),
    ("fallback.py", "destination.key == here or ", ""),
    ("fallback.py", "if left not in contact.visited:", "if False:"),
    ("fallback.py", "contact.is_admitted, contact.offers = False, 0", "pass"),
    ("fallback.py", "if not destination.keep_place:", "if destination.keep_place:"),
    ("fallback.py", "and contact.hops == hop\n", "\n"),
    ("fallback.py", "contact.is_taken, contact.hears, contact.until = True, Hears.AGENT, 0.0", "contact.until = 0.0"),
    ("fallback.py", "if longest_s is not None:", "if False:"),
    ("fallback.py", "if spoke_s >= SPEECH_S:", "if spoke_s > SPEECH_S:"),
    ("fallback.py", "if contact.sent_to is Kind.VOICEMAIL and contact.is_taken:", "if False:"),
    ("fallback.py", " or contact.is_taken:\n        return\n    kind", ":\n        return\n    kind"),
    ("hours.py", "if was_open and not event.is_open:", "if False:"),
    ("admission.py", "elif closed is not None and not queue.wait_after_closing:", "elif closed is not None:"),
    ("admission.py", "if closed is not None:\n        fallback", "if False:\n        fallback"),
    ("fallback.py", "if says and steps and steps[0].kind is not Kind.MESSAGE:", "if False:"),
    ("fallback.py", "if closed is not None:", "if False:"),
    ("keys.py", "if contact is None or not digit:", "if contact is None:"),
    ("keys.py", "offers.stop_ringing(", "(lambda *_: None)("),
    ("announce.py", "or place < contact.announced", ""),
    ("announce.py", "place == contact.announced and ", ""),
    ("announce.py", "and office.now >= contact.announced_at + queue.announce_s", ""),
    ("announce.py", "if office.now < contact.announce_at:", "if False:"),
    ("announce.py", "1 + before + sum(1 for", "1 + before + sum(0 for"),
    ("resume.py", "contact.is_admitted and ", ""),
    ("resume.py", "if contact.number and", "if"),
    ("resume.py", "if place is not None and office.now < place.until:", "if place is not None:"),
    ("resume.py", "place.seq, office.now", "place.seq, 0.0"),
    ("promise.py", "closed or office.now < promise.retry_at", "office.now < promise.retry_at"),
    ("promise.py", "closed or office.now < promise.retry_at", "closed"),
    ("promise.py", "promise.left_s -= office.now - promise.open_since", "pass"),
    ("promise.py", "contact.callback.tries -= 1", "pass"),
    ("callback.py", "and find(office, contact.queue, contact.asked) is None", ""),
    ("callback.py", "and not is_refused", ""),
    ("callback.py", "offers.stop_ringing(office, contact, \"callback\")", "pass"),
    ("callback.py", "if contact is not None and contact.state is ContactState.DIALLING:", "if contact is not None:"),
    ("callback.py", "held.phase is Phase.ACCEPTED:\n        joining.join", "False:\n        joining.join"),
    ("callback.py", "return contact if contact.callback.attempt == attempt else None", "return contact"),
    ("callback.py", ".tries >= terms(", ".tries > terms("),
    ("callback.py", "contact.callback.retry_at = office.now + terms(office, contact).retry_s", "pass"),
    ("callback.py", "contact.callback.is_message_left = True", "pass"),
    ("callback.py", "= other.t_enq, other.seq, max(", "= contact.t_enq, contact.seq, max("),
    ("callback.py", "contact.callback = other.callback", "pass"),
    ("callback.py", "dark_s <= DARK_S and ", ""),
    ("callback.py", "is_here and is_served", "is_here"),
    ("callback.py", "> queue.callback.after", ">= queue.callback.after"),
    ("callers.py", "if contact is None or not contact.is_live:\n        return", "if contact is None:\n        return"),
    ("offers.py", "if contact.is_live:\n        joining", "if True:\n        joining"),
    ("admission.py", "contact.is_live and contact.state in HELD", "contact.state in HELD"),
    ("dispatch.py", "_ring(office)  # somebody", "pass  # somebody"),
    ("offers.py", "LATE_ACCEPT_S = 1.0", "LATE_ACCEPT_S = 1.2"),
    ("offers.py", "BUSY_RACE_S = 0.5", "BUSY_RACE_S = 0.3"),
    ("offers.py", "if not offer.is_busy:\n        offer.is_busy = True", "if True:\n        offer.is_busy = True"),
    ("offers.py", "        unreachable(office, offer)\n        return\n", "        pass\n"),
    ("joining.py", "if contact.hears is Hears.NOTHING:", "if contact.hears is not Hears.MUSIC:"),
    ("offers.py", "return agent.state is AgentState.OFF and agent.prompt_contact == offer.contact",
     "return agent.state is AgentState.OFF"),
    ("offers.py", "return agent.state is AgentState.OFF and agent.prompt_contact == offer.contact",
     "return agent.prompt_contact == offer.contact"),
    ("offers.py", "and contact.state is ContactState.WAITING", "and True"),
    ("offers.py", "contact.declined.remove(offer.agent)", "pass"),
    ("offers.py", "elsewhere=contact is not None", "elsewhere=True"),
    ("offers.py", "offer.was_bridged, offer.deadline = True, 0.0", "offer.was_bridged = True"),
    ("offers.py", "office.state.agents[offer.agent].has_talked = True", "pass"),
    ("leaving.py", "if agent.legs or agent.offer:\n        return", "if agent.offer:\n        return"),
    ("leaving.py", "if offer.was_bridged and queue is not None and agent.is_available:", "if queue is not None:"),
    ("offers.py", "contacts.note_declined(office, contact, offer.agent)\n        _forget", "_forget"),
    ("offers.py", "    leaving.lose_phone(office, agent)\n", ""),
    ("leaving.py", "if agent.is_leaving:\n        forget_agent(office, agent)", "if False:\n        pass"),
    ("staff.py", "if agent.reach is Reach.LOST and not agent.is_available:", "if False:"),
    ("staff.py", "if queue is not None and leg.connected and agent.is_available:", "if queue is not None:"),
    ("staff.py", "office.expire_wrap_up(agent)", "pass"),
    ("callers.py", 'contacts.end(office, contact, Outcome.ABANDONED, "gave_up")', "pass"),
    ("callers.py", "elif contact.state is not ContactState.AWAY:\n        _go_away", "else:\n        _go_away"),
    ("callers.py", "agent.legs.clear()", "pass"),
    ("callers.py", "contact.is_admitted = True", "pass"),
    ("callers.py", "if was_answered:", "if False:"),
    ("callers.py", "if leg in event.legs}", "}"),
    ("configure.py", "office.unsettled.append(contact.contact)", "pass"),
    ("configure.py", "agent_now.is_leaving = False", "pass"),
    ("office.py", "if not row.by_person:", "if True:"),
    ("office.py", "spent = max(0.0, min(self.now, until) - since)", "spent = max(0.0, self.now - since)"),
    ("office.py", "if status_changed:", "if True:"),
    ("office.py", "max(unstaffed_since, contact.clock_from)", "unstaffed_since"),
    ("effects.py", "if agent.has_talked:", "if True:"),
    ("effects.py", "return agent.wrap_until > cause.now", "return agent.wrap_until > 0"),
    ("effects.py", "cause.actor = agent.intent_actor", "pass"),
    ("engine.py", "if now < self.state.at:", "if False:"),
    ("engine.py", "if not drained:", "if False:"),
    ("engine.py", "self._apply(event)\n        dispatch(office)", "self._apply(event)\n            dispatch(office)"),
    ("clock.py", "queue.unstaffed_since += seconds", "pass"),
    ("clock.py", "if stamp not in (0.0, LONG_AGO):", "if True:"),
    ("picture.py", "return contact.hears is not Hears.RINGBACK", "return True"),
    ("picture.py", "wrap_until=agent.wrap_until if is_wrapping else 0.0", "wrap_until=0.0"),
    ("deadlines.py", "if self._heap and self._heap[0][0] <= now:", "if self._heap and self._heap[0][0] < now:"),
)  # fmt: skip


def survives(folder: Path, mutant: tuple[str, str, str]) -> bool:
    """Write the mutant, run the tests, put the file back."""
    name, found, instead = mutant
    path = folder / "appliance" / "acd" / name
    whole = path.read_text()
    if whole.count(found) == 0:
        raise SystemExit(f"{name}: {found!r} does not stand there any more; mend the list")
    path.write_text(whole.replace(found, instead, 1))
    try:
        tests = [*(f"tests/acd/test_{name}.py" for name in FIRST), "tests/acd"]
        command = [sys.executable, "-m", "pytest", *tests, "-x", "-q", "-p", "no:cacheprovider", "--timeout=60"]
        runs = {**os.environ, "DESKBELL_MACHINE_RUNS": "40", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, cwd=folder, env=runs, capture_output=True, check=False).returncode == 0
    finally:
        path.write_text(whole)


def main(only: list[str]) -> int:
    """Try every mutant, or those of the files named; returns how many survived."""
    survivors = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(ROOT / "appliance", folder / "appliance", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "tests" / "acd", folder / "tests" / "acd", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "docs", folder / "docs") if (ROOT / "docs").is_dir() else None
        shutil.copy(ROOT / "pyproject.toml", folder)
        chosen = [mutant for mutant in MUTANTS if not only or mutant[0] in only]
        for mutant in chosen:
            alive = survives(folder, mutant)
            print("SURVIVES" if alive else "killed  ", *mutant, sep=" | ", flush=True)
            survivors += [mutant] if alive else []
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} killed")
    return len(survivors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
