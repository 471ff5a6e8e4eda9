"""Break the core on purpose, one line at a time, and see the scripts fail: `python -m tests.acd.mutants`.

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

MUTANTS: tuple[tuple[str, str, str], ...] = (
    ("model.py", "return (-self.priority, self.t_enq, self.seq)", "return (self.priority, self.t_enq, self.seq)"),
    ("model.py", "return (-self.priority, self.t_enq, self.seq)", "return (-self.priority, -self.t_enq, self.seq)"),
    ("model.py", "return (-self.priority, self.t_enq, self.seq)", "return (-self.priority, self.t_enq, -self.seq)"),
    ("model.py", "and self.intent is not Intent.OFF", "and True"),
    ("model.py", "if self.reach is Reach.LOST and self.is_available:", "if self.reach is Reach.LOST:"),
    ("strategies.py", "return choice.candidates[0]", "return choice.candidates[-1]"),
    ("dispatch.py", "free.discard(agent)", "pass"),
    ("dispatch.py", "heapq.heapify(heads)", "heads.reverse()"),
    ("dispatch.py", "fresh = [agent for agent in candidates if agent not in contact.declined]", "fresh = candidates"),
    ("dispatch.py", "return candidates if office.now >= contact.retry_at else []", "return candidates"),
    ("dispatch.py", "contact.declined.clear()", "pass"),
    ("dispatch.py", "memory.unstaffed_since = None", "pass"),
    ("dispatch.py", "elif memory.unstaffed_since is None:", "else:"),
    ("admission.py", "t_enq=office.now,", "t_enq=-office.now,"),
    ("contacts.py", "if contact.hears is not Hears.MUSIC:", "if True:"),
    ("contacts.py", "contact.retry_at = office.now + RETRY_GAP_S", "contact.retry_at = 0.0"),
    ("admission.py", "contact.retry_at = 0.0  # else", "pass  # else"),
    ("admission.py", "office.now >= contact.in_queue_since +", "office.now > contact.in_queue_since +"),
    ("admission.py", "is_arriving = contact.offers == 0 and not contact.is_admitted", "is_arriving = True"),
    ("admission.py", "return len(waiting) >= queue.max_waiting", "return len(waiting) > queue.max_waiting"),
    ("fallback.py", "contact.until = office.now + seconds", "contact.until = 0.0"),
    ("contacts.py", "contact.clock_from = office.now\n\n\ndef end(", "pass\n\n\ndef end("),
    ("contacts.py", "elif contact.state is not ContactState.FALLBACK:", "else:"),
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
    ("hours.py", "if was_open and not event.is_open:", "if not event.is_open:"),
    ("hours.py", "one.queue == event.queue and ", ""),
    ("admission.py", "elif closed is not None and not queue.wait_after_closing:", "elif closed is not None:"),
    ("admission.py", "if closed is not None:\n        fallback", "if False:\n        fallback"),
    ("fallback.py", "if says and steps and steps[0].kind is not Kind.MESSAGE:", "if False:"),
    ("fallback.py", "if closed is not None:", "if False:"),
    ("keys.py", "if queue is not None and digit and digit == queue", "if queue is not None and digit == queue"),
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
    ("resume.py", "places.pop(name, None)", "pass"),
    ("dispatch.py", "_ring(office)  # somebody", "pass  # somebody"),
    ("offers.py", "LATE_ACCEPT_S = 1.0", "LATE_ACCEPT_S = 1.2"),
    ("offers.py", "BUSY_RACE_S = 0.5", "BUSY_RACE_S = 0.3"),
    ("offers.py", "if not offer.is_busy:\n        offer.is_busy = True", "if True:\n        offer.is_busy = True"),
    ("offers.py", "        unreachable(office, offer)\n        return\n", "        pass\n"),
    ("offers.py", "if contact.hears is Hears.NOTHING:", "if contact.hears is not Hears.MUSIC:"),
    ("offers.py", "and agent.prompt_contact == offer.contact", "and True"),
    ("offers.py", "and agent.state is AgentState.OFF", "and True"),
    ("offers.py", "and contact.state is ContactState.WAITING", "and True"),
    ("offers.py", "contact.declined.remove(offer.agent)", "pass"),
    ("offers.py", "elsewhere=contact is not None", "elsewhere=True"),
    ("offers.py", "offer.was_bridged, offer.deadline = True, 0.0", "offer.was_bridged = True"),
    ("offers.py", "office.state.agents[offer.agent].has_talked = True", "pass"),
    ("offers.py", "if agent.legs or agent.offer:\n        return", "if agent.offer:\n        return"),
    ("offers.py", "if offer.was_bridged and queue is not None and agent.is_available:", "if queue is not None:"),
    ("offers.py", "contacts.note_declined(office, contact, offer.agent)\n        _forget", "_forget"),
    ("offers.py", "    lose_phone(office, agent)\n", ""),
    ("offers.py", "if agent.is_leaving:\n        forget_agent(office, agent)", "if False:\n        pass"),
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
        command = [sys.executable, "-m", "pytest", "tests/acd", "-x", "-q", "-p", "no:cacheprovider", "--timeout=60"]
        runs = {**os.environ, "DESKBELL_MACHINE_RUNS": "40", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, cwd=folder, env=runs, capture_output=True, check=False).returncode == 0
    finally:
        path.write_text(whole)


def main() -> int:
    """Try every mutant; returns how many survived."""
    survivors = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(ROOT / "appliance", folder / "appliance", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "tests" / "acd", folder / "tests" / "acd", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "docs", folder / "docs") if (ROOT / "docs").is_dir() else None
        shutil.copy(ROOT / "pyproject.toml", folder)
        for mutant in MUTANTS:
            alive = survives(folder, mutant)
            print("SURVIVES" if alive else "killed  ", *mutant, sep=" | ", flush=True)
            survivors += [mutant] if alive else []
    print(f"{len(MUTANTS) - len(survivors)} of {len(MUTANTS)} killed")
    return len(survivors)


if __name__ == "__main__":
    sys.exit(main())
