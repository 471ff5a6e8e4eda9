"""What was measured beside what is wanted, a row for each figure: for benches and the test kernel."""

from collections.abc import Sequence


def row(what: str, measured: str, goal: str = "") -> str:
    """One row of a table without edges; a long `what` pushes the rest to the right."""
    return f"  {what:<88}  {measured:<58}  {goal}".rstrip()


def delays(took_ms: Sequence[float]) -> str:
    """The middle, the ninety-ninth of a hundred and the worst of some delays in milliseconds."""
    took = sorted(took_ms)
    most = took[max(0, -(-99 * len(took) // 100) - 1)]
    return f"p50 {took[len(took) // 2]:.1f} ms, p99 {most:.1f} ms, worst {took[-1]:.1f} ms of {len(took)}"
