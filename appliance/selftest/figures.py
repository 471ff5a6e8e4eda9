"""What was measured, beside what is wanted: figures have a goal, facts must hold.

A figure that misses its goal is told and does not fail the self-test (machines differ); a fact that is not so does.
"""

import json
import statistics
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Figure:
    """Repeated measurements of one thing; the median counts. `goal` is an upper bound, 0 for none."""

    name: str
    unit: str
    values: tuple[float, ...]
    goal: float = 0.0

    @property
    def median(self) -> float:
        """The middle of the values."""
        return statistics.median(self.values)

    @property
    def verdict(self) -> str:
        """`ok`, `over` the goal, or nothing where there is no goal."""
        if not self.goal:
            return ""
        return "ok" if self.median <= self.goal else "over"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that must be so; `found` is what was found instead, or the proof."""

    name: str
    is_so: bool
    found: str


@dataclass(slots=True)
class Report:
    """All figures and facts of one run."""

    pairs: int
    figures: list[Figure] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def figure(self, name: str, unit: str, values: list[float], goal: float = 0.0) -> None:
        """Add a figure; a measurement that gave nothing is a fact that is not so."""
        if values:
            self.figures.append(Figure(name, unit, tuple(values), goal))
        else:
            self.fact(name, False, "nothing was measured")

    def fact(self, name: str, is_so: bool, found: str) -> None:
        """Add a fact."""
        self.facts.append(Fact(name, is_so, found))

    def take(self, other: "Report", remark: str = "") -> None:
        """Add what another report has; the remark goes to facts that are not so."""
        self.figures += other.figures
        self.facts += [fact if fact.is_so else replace(fact, found=fact.found + remark) for fact in other.facts]

    @property
    def is_well(self) -> bool:
        """Whether every fact is so."""
        return all(fact.is_so for fact in self.facts)

    def as_json(self) -> str:
        """The report for a machine."""
        return json.dumps(
            {
                "pairs": self.pairs,
                "well": self.is_well,
                "figures": [
                    {
                        "name": one.name,
                        "unit": one.unit,
                        "median": round(one.median, 3),
                        "values": [round(value, 3) for value in one.values],
                        "goal": one.goal or None,
                        "verdict": one.verdict,
                    }
                    for one in self.figures
                ],
                "facts": [{"name": one.name, "so": one.is_so, "found": one.found} for one in self.facts],
            },
            indent=2,
        )

    def as_table(self) -> str:
        """The report for a person."""
        rows = [f"{'measured with ' + str(self.pairs) + ' conversation(s)':<52}{'median':>10}{'goal':>10}", ""]
        for one in self.figures:
            goal = f"{one.goal:g}" if one.goal else ""
            spread = (
                f"{min(one.values):.4g} - {max(one.values):.4g}, n={len(one.values)}" if len(one.values) > 1 else ""
            )
            rows.append(f"{one.name:<46}{one.unit:<6}{one.median:>10.4g}{goal:>10}  {one.verdict:<5} {spread}")
        rows.append("")
        rows += [f"{'ok  ' if one.is_so else 'FAIL'}  {one.name:<40} {one.found}" for one in self.facts]
        return "\n".join(rows)
