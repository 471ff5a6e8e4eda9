"""A deck of cards that is the same on every box and every replay: the random strategy's only chance (F-04).

The generator is SplitMix64 (Steele, Lea, Flood 2014): one 64-bit number of state, journalled with the queue's memory.
"""

from collections.abc import Sequence

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def first_seed(office_seed: int, queue: str) -> int:
    """Where a queue's generator starts: two queues of one office do not shuffle alike. Never 0."""
    state = office_seed & _MASK
    for byte in queue.encode():
        state = _mixed((state ^ byte) + _GOLDEN)
    return state or 1


def shuffled(cards: Sequence[str], seed: int) -> tuple[list[str], int]:
    """The cards in chance's order (Fisher-Yates), and the state of the generator after it."""
    deck = list(cards)
    for last in range(len(deck) - 1, 0, -1):
        seed = (seed + _GOLDEN) & _MASK
        other = _mixed(seed) % (last + 1)  # biased by less than 2**-57 for 100 cards
        deck[last], deck[other] = deck[other], deck[last]
    return deck, (seed + _GOLDEN) & _MASK or 1


def _mixed(word: int) -> int:
    word &= _MASK
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _MASK
    return word ^ (word >> 31)
