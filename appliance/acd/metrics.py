"""The table of metrics M-00 to M-22 (acd.md §4): id, names, the formula as people see it, and the function.

Rule: every figure anybody is shown is a row of this table, so that its formula can stand next to it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from appliance.acd import metrics_figures as fig
from appliance.acd.metrics_counts import Counts
from appliance.acd.metrics_entries import Exit
from appliance.acd.metrics_figures import Figures


@dataclass(frozen=True, slots=True)
class Metric:
    """A row of the table; several rows share an id where it has several figures."""

    id: str
    ja: str
    en: str
    formula: str
    figures: Callable[[Counts], Figures]


def conservation(counts: Counts) -> str:
    """M-00: nobody vanishes and nobody is counted twice. "" when it holds, else the sentence of the nightly alarm."""
    flow = counts.flow
    came, went = flow.inside_at_start + flow.offered, sum(flow.left.values()) + flow.inside_at_end
    if came == went:
        return ""
    ways = ", ".join(f"{way.value} {flow.left.get(way, 0)}" for way in Exit)
    return (
        f"The calls do not add up (M-00): {flow.inside_at_start} were inside and {flow.offered} came, "
        f"which makes {came}; {ways} and {flow.inside_at_end} still inside make {went}. Both should be the same"
    )


METRICS: tuple[Metric, ...] = (
    Metric(
        "M-00",
        "検算",
        "conservation",
        "N_off + N_sys(start) − (N_ans+N_ab+N_vm+N_cb+N_fb+N_blk+N_lost+N_sys(end)); 0 is right",
        fig.adds_up,
    ),
    Metric("M-00", "件数", "contacts", "by admission to the first queue (D-21)", fig.by_exit),
    Metric("M-01", "サービスレベル", "service level", "#(ans, w≤T) / (N_ans + N_ab − N_ab(w≤T))", fig.service_level),
    Metric(
        "M-02",
        "サービスレベル(厳格)",
        "SL strict",
        "#(ans, w≤T) / (N_ans+N_ab+N_vm+N_cb+N_fb)",
        lambda c: (fig.share(fig.in_time(c), c.served),),
    ),
    Metric(
        "M-03",
        "サービスレベル(寛容)",
        "SL lenient",
        "(#(ans, w≤T) + N_ab(w≤T)) / (N_ans+N_ab)",
        fig.service_level_lenient,
    ),
    Metric(
        "M-04",
        "サービスレベル(応答分のみ)",
        "SL answered only",
        "#(ans, w≤T) / N_ans; for comparison, hides abandons",
        lambda c: (fig.share(fig.in_time(c), len(c.answered_s)),),
    ),
    Metric(
        "M-05",
        "応答率",
        "answer rate",
        "N_ans / (N_off' − N_sab)",
        lambda c: (fig.share(len(c.answered_s), c.served - c.short_abandons),),
    ),
    Metric("M-06", "放棄呼率", "abandon rate", "(N_ab − N_sab) / (N_off' − N_sab)", fig.abandon_rate),
    Metric(
        "M-06", "早期放棄率", "short-abandon rate", "N_sab / N_off'", lambda c: (fig.share(c.short_abandons, c.served),)
    ),
    Metric("M-07", "平均応答速度", "ASA", "Σ w of answered / N_ans", lambda c: (fig.mean(c.answered_s),)),
    Metric("M-07", "応答速度(中央値)", "ASA median", "median of the same", lambda c: (fig.median(c.answered_s),)),
    Metric("M-07", "応答速度(P90)", "ASA P90", "nine of ten wait no longer", lambda c: (fig.p90(c.answered_s),)),
    Metric("M-08", "平均放棄時間", "time to abandon", "Σ w of abandoned / N_ab", lambda c: (fig.mean(c.abandoned_s),)),
    Metric("M-09", "最長待ち時間", "longest wait", "max w, closed and still waiting", fig.longest),
    Metric(
        "M-10",
        "平均通話時間",
        "ATT",
        "mean talk per handled segment",
        lambda c: (fig.mean([one.talked_s for one in c.handled]),),
    ),
    Metric(
        "M-10",
        "平均保留時間",
        "hold",
        "mean customer-held per handled segment",
        lambda c: (fig.mean([one.held_s for one in c.handled]),),
    ),
    Metric(
        "M-10",
        "平均後処理時間",
        "ACW",
        "mean wrap-up per handled segment",
        lambda c: (fig.mean([one.wrapped_s for one in c.handled]),),
    ),
    Metric(
        "M-11",
        "平均処理時間",
        "AHT",
        "(Σtalk + Σhold + Σwrap) / N_handled, ringing excluded",
        lambda c: (fig.mean(fig.handles(c)),),
    ),
    Metric(
        "M-12",
        "占有率",
        "occupancy",
        "(talk + hold + wrap + ringing answered) / on-duty time; n: segments",
        fig.occupancy,
    ),
    Metric("M-13", "稼働率", "utilisation", "on-duty time / signed-in time (phone reachable)", fig.utilisation),
    Metric("M-14", "離席内訳", "off duty by reason", "Σ time off duty, by reason", fig.off_duty),
    Metric("M-14", "自動離席", "automatic off", "times the box took an agent off duty", fig.auto_offs),
    Metric(
        "M-14",
        "確認までの時間",
        "time to confirm",
        "median from prompt to answer",
        lambda c: (fig.median(c.confirmed_s),),
    ),
    Metric("M-15", "呼出結果", "offer outcomes", "offers by their one outcome", fig.offer_outcomes),
    Metric(
        "M-15",
        "不応答率",
        "RNA rate",
        "(declined + no answer) / (offers − withdrawn − unreachable − busy race), races and groups left out",
        fig.not_answered,
    ),
    Metric("M-16", "転送", "transfers", "blind, attended, rejected, returned to queue", fig.transfers),
    Metric(
        "M-16",
        "一次完結率",
        "first contact",
        "contacts with one segment / N_ans",
        lambda c: (fig.share(c.one_segment, len(c.answered_s)),),
    ),
    Metric(
        "M-17",
        "再入電",
        "repeat calls",
        "same number again ≤ 24 h / N_off, withheld excluded",
        lambda c: (fig.share(c.repeats, c.numbered),),
    ),
    Metric("M-18", "折り返し", "callbacks", "requested, connected, failed, merged, cancelled", fig.callbacks),
    Metric("M-18", "折り返し試行", "attempts per connect", "attempts / connected", fig.attempts),
    Metric(
        "M-18",
        "折り返しまでの時間",
        "callback delay",
        "median, request → customer connected",
        lambda c: (fig.median(c.callbacks.delays_s),),
    ),
    Metric(
        "M-18",
        "約束内の折り返し",
        "inside the promise",
        "connected inside the promised window / connected",
        fig.inside_the_promise,
    ),
    Metric(
        "M-19",
        "空応答",
        "ghosts",
        "(late-detected abandons + answers to a dead leg) / N_ans",
        lambda c: (fig.share(c.ghosts, len(c.answered_s)),),
    ),
    Metric(
        "M-20",
        "待ち時間案内の精度",
        "EWT coverage",
        "served with w ≤ announced bound / announced (80 %)",
        fig.kept_promises,
    ),
    Metric("M-21", "回線使用", "line use", "Σ time taken / length of the interval", fig.line_traffic),
    Metric(
        "M-21",
        "全回線使用中",
        "all lines busy",
        "seconds with every line taken",
        lambda c: (fig.measured(c.lines.all_busy_s),),
    ),
    Metric(
        "M-21",
        "応答前呼出",
        "ring-hold saved",
        "seconds callers rang without being charged",
        lambda c: (fig.measured(c.lines.ring_hold_saved_s),),
    ),
    Metric(
        "S-10",
        "発信",
        "calls out",
        "placed, answered; by the queue they went out as, and by agent; in no other count of calls",
        fig.calls_out,
    ),
    Metric(
        "S-10",
        "発信の平均通話時間",
        "talk of calls out",
        "mean talk of answered calls out",
        lambda c: (fig.mean([one.talked_s for one in c.calls_out if one.was_answered]),),
    ),
    Metric("M-22", "自己修復", "healed", "HEALED events", lambda c: (fig.counted(c.health.healed),)),
    Metric(
        "M-22",
        "記録の遅れ",
        "journal lag",
        "event → on disk, P99",
        lambda c: (fig.measured(c.health.journal_lag_s),),
    ),
    Metric("M-22", "分配", "dispatch P99", "event → commands", lambda c: (fig.measured(c.health.dispatch_p99_s),)),
    Metric("M-22", "ランプの遅れ", "lamp lag P99", "commit → lamp", lambda c: (fig.measured(c.health.lamp_lag_p99_s),)),
    Metric("M-22", "時計の信頼", "clock trust", "1: synchronised", fig.clock_trust),
)


def table(counts: Counts) -> Iterable[tuple[Metric, Figures]]:
    """Every row with its figures."""
    return ((metric, metric.figures(counts)) for metric in METRICS)


def value_of(counts: Counts, en: str) -> float | None:
    """The first figure of the row of that English name. Raises KeyError when there is none."""
    for metric in METRICS:
        if metric.en == en:
            figures = metric.figures(counts)
            return figures[0].value if figures else None
    raise KeyError(en)
