"""Lines of the core to break: the ways out of a queue (§3.6, §3.8, S-38, M-20)."""

from tests.acd.mutants_core import Mutant

EXITS: tuple[Mutant, ...] = (
    ("chains.py", "kind = Kind.QUEUE if self.kind is Kind.GROUP else self.kind", "kind = self.kind"),
    ("chains.py", "is_sent_on and reason not in OF_THIS_QUEUE", "is_sent_on"),
    ("chains.py", "usual = () if is_sent_on", "usual = () if False and is_sent_on"),
    ("fallback.py", "way = contact.ways.pop()", "way = contact.ways.pop(0)"),
    ("fallback.py", "        if not contact.ways:\n            break", "        if True:\n            break"),
    ("fallback.py", "contact.announced, contact.announced_wait = way.announced, None", "pass"),
    ("fallback.py", "return destination.kind not in INTO_QUEUE or", "return destination.kind is not Kind.QUEUE or"),
    ("fallback.py", "if callback.is_promised(office, contact):", "if False:"),
    ("fallback.py", '    if digit == "*":\n        contact.ask', '    if digit == "0":\n        contact.ask'),
    ("fallback.py", "if contact.sent_to is not Kind.CALLBACK:\n        return\n    if digit", "if digit"),
    ("fallback.py", "if destination.kind not in THAT_RING:", "if True:"),
    ("callback.py", "is_carried and not is_refused", "not is_refused"),
    ("announce.py", "if contact.ask is not Ask.NOTHING and office.now < contact.ask_until:", "if False:"),
    ("announce.py", "if queue.announce_wait else None", "if True else None"),
    ("announce.py", "max(0.0, talked_s) + queue.wrap_up_s", "max(0.0, talked_s)"),
    ("announce.py", "memory.handled += 1", "pass"),
    ("announce.py", "ahead=place - 1,", "ahead=place,"),
    ("announce.py", "has_prior=bool(queue.handling_s)", "has_prior=True"),
    ("announce.py", "head_waits_s=0.0 if head is contact else office.now - head.t_enq", "head_waits_s=0.0"),
    ("picture.py", "if contact.callback and not contact.is_live)", "if contact.callback)"),
    ("keys.py", "elif contact.is_live and contact.state is ContactState.FALLBACK:", "elif False:"),
)
