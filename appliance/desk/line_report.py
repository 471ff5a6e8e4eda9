"""What an examination of an analogue line found, in plain words, 日本語 and English.

Each finding of `lines` is a word with a number; here it becomes a sentence that says what was found and, when it is
not well, what to do. Levels are dBFS of the box.
"""

from dataclasses import dataclass
from typing import Final

from appliance.wire_lines import LineFound


@dataclass(frozen=True, slots=True)
class Words:
    """One finding in one language: when all is well, and when not; `{v}` is the number and `{d}` the detail."""

    well: str
    ill: str


EN: Final = {
    "modem": Words("The modem answers, is set to the line's country and sees the line.", "The modem says: {d}."),
    "voltage": Words("{v:.0f} V between tip and ring; 40 to 56 V are usual.", ""),
    "not_free": Words("", "The line is in use ({d}); it can be examined when it is idle."),
    "given_up": Words("", "The examination ended early ({d}); try again when nobody calls."),
    "dial_tone": Words("Dial tone after {v:.1f} s ({d}).", ""),
    "no_dial_tone": Words(
        "", "No dial tone within {v:.0f} s{heard}. Is the cable in the wall socket, and the right country set?"
    ),
    "busy_tone": Words("", "Busy tone instead of dial tone: another telephone holds the line, or the exchange does."),
    "somebody_there": Words("", "Somebody was on the line instead of dial tone: a caller, or another telephone."),
    "learnt_tones": Words(
        "It has learnt {v:.0f} tones of its exchange for certain ({d}). If calls end too early, have them forgotten.",
        "",
    ),
    "noise": Words(
        "The line is quiet ({v:.0f} dB).",
        "The line is noisy ({v:.0f} dB; under -45 would be right): try another cable, away from power supplies.",
    ),
    "echo": Words(
        "Of our own sound {v:.0f} dB less comes back, {d} later: the echo canceller manages that.",
        "Our own sound comes back only {v:.0f} dB quieter ({d} later); 6 dB would be enough. Is the line shared, the "
        "country right, the cable very long?",
    ),
    "caller_id": Words("The number of the caller was seen: {d}.", "It rang, but no number came. {d}"),
    "no_ring": Words("", "Nobody called within {v:.0f} s, or the modem saw no ringing."),
}
JA: Final = {
    "modem": Words("モデムは応答し、国の設定は正しく、電話線も接続されています。", "モデムの報告：{d}"),
    "voltage": Words("電話線の電圧は{v:.0f} Vです（40〜56 Vが標準）。", ""),
    "not_free": Words("", "回線は使用中です（{d}）。空いているときに検査できます。"),
    "given_up": Words("", "検査は途中で終わりました（{d}）。着信のないときにもう一度お試しください。"),
    "dial_tone": Words("{v:.1f}秒でダイヤルトーンを確認しました（{d}）。", ""),
    "no_dial_tone": Words(
        "", "{v:.0f}秒以内にダイヤルトーンがありません{heard}。ケーブルの差し込みと国の設定を確認してください。"
    ),
    "busy_tone": Words("", "ダイヤルトーンの代わりに話中音が聞こえます。別の電話機が受話器を上げていませんか。"),
    "somebody_there": Words("", "ダイヤルトーンの代わりに人の声が聞こえます。着信中か、別の電話機が使用中です。"),
    "learnt_tones": Words(
        "交換機の音を学習しています（確定{v:.0f}件：{d}）。通話が早く切れるときは消去してください。", ""
    ),
    "noise": Words(
        "雑音は少なく良好です（{v:.0f} dB）。",
        "雑音が大きい回線です（{v:.0f} dB、-45 dB未満が正常）。ケーブルを交換し、電源から離してください。",
    ),
    "echo": Words(
        "こちらの音は{v:.0f} dB小さくなって{d}後に戻ります。エコーキャンセラーで消せる範囲です。",
        "こちらの音が{v:.0f} dBしか小さくならずに戻ります（{d}後、6 dB以上が必要）。"
        "並列の電話機、国の設定、ケーブルの長さを確認してください。",
    ),
    "caller_id": Words("発信者番号を確認しました：{d}", "着信はありましたが、番号は届きませんでした。{d}"),
    "no_ring": Words("", "{v:.0f}秒以内に着信がないか、モデムが呼出信号を検出しませんでした。"),
}


def sentence(found: LineFound, language: str) -> str:
    """One finding as a sentence in `ja` or `en`; an unknown word is shown as it is."""
    words = (JA if language == "ja" else EN).get(found.what)
    if words is None:
        return f"{found.what} {found.value:g} {found.detail}".strip()
    heard = ""
    if found.detail and found.what == "no_dial_tone":
        heard = f"（{found.detail}の音が聞こえます）" if language == "ja" else f"; a tone of {found.detail} was heard"
    return (words.well if found.is_well else words.ill).format(v=found.value, d=found.detail, heard=heard)
