"""Mutants that change nothing anybody could see, each with its reason. One that dies was no such thing."""

Equivalent = tuple[str, str, str, str]

EQUIVALENT: tuple[Equivalent, ...] = (
    (
        "talk.py",
        "max(self.since, self.until - WARN_S)",
        "self.until - WARN_S",
        "a warning in the past is due as soon as one that is due now; since only keeps the figure readable",
    ),
    (
        "announce.py",
        "one in office.staffing]",
        "one in office.state.agents]",
        "can_be_waited_for asks the same of each; the index only spares most of them the question",
    ),
    (
        "house_rules.py",
        "if contact.hears is not Hears.MUSIC:\n        return False",
        "if False:\n        return False",
        "admission.settle gives music to everybody whom `stay` comes to; the guard is for a caller it forgot",
    ),
    (
        "dispatch.py",
        "while heads and able:",
        "while heads:",
        "nobody left for any line: each head that is left is passed over; only quicker",
    ),
    (
        "consent.py",
        "contact.has_agreed or ASKED in contact.told else ASKED",
        "ASKED in contact.told else ASKED",
        "who agreed was asked, and what a caller was told is never forgotten; the first term only says so",
    ),
    (
        "load.py",
        "if spans and spans[0][0] < edge:",
        "if spans:",
        "_before finds nothing where no span begins before the window; only quicker",
    ),
    (
        "engine.py",
        " and not isinstance(event, ev.OfferDoubted)",
        "",
        "offers.doubt leaves the offer of a transfer as it is, and so would transfer.declined; this says where to look",
    ),
    (
        "dispatch.py",
        "if contact.queue not in able or contact.state",
        "if contact.state",
        "a race whose queue has nobody free is passed over when its turn comes; only quicker",
    ),
)
