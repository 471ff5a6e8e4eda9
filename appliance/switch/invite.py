"""Reading an INVITE or a MESSAGE: who calls, whom, and who vouches for it (X-Deskbell headers)."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from appliance.wire import Dial, Origin

OURSELVES = "deskbell"
"""Who calls when pjsua2 follows a REFER; no other call says so, and the edge sends this one back to us."""

_URI = re.compile(r"sips?:(?:(?P<user>[^@;>\s]*)@)?[^;>\s]+", re.IGNORECASE)
_SHORT = {"f": "from", "t": "to", "i": "call-id", "m": "contact", "c": "content-type"}
_VOUCHED = (
    ("x-deskbell-phone", Origin.PHONE),
    ("x-deskbell-trunk", Origin.TRUNK),
    ("x-deskbell-line", Origin.LINE),
)


@dataclass(frozen=True, slots=True)
class Invite:
    """The part of an INVITE that matters: `origin` is None when nobody vouches for it."""

    origin: Origin | None
    origin_id: str
    call_key: str
    number: str
    name: str
    called: str
    is_half_duplex: bool = False


def read(message: str, source: str) -> Invite:
    """Read a whole SIP message that came from `source` (host:port).

    Only this machine may vouch: a header of ours from elsewhere counts as absent.
    """
    lines = _lines(message)
    headers = _headers(lines[1:])
    origin, origin_id = _vouched(headers) if source.rpartition(":")[0].startswith("127.") else (None, "")
    name, number = party(headers.get("from", ""))
    return Invite(
        origin=origin,
        origin_id=origin_id,
        call_key=headers.get("x-deskbell-call", ""),
        number="" if number.lower() == "anonymous" else number,
        name="" if number.lower() == "anonymous" else name,
        called=_user(lines[0]) if lines else "",
        is_half_duplex=origin is Origin.LINE and headers.get("x-deskbell-duplex", "") == "half",
    )


def calling(number: str, name: str, realm: str) -> str:
    """The From of a call that we place; nobody is shown as ourselves, which means a REFER to the edge."""
    shown = name.replace("\\", "").replace('"', "")
    return f'"{shown}" <sip:{"anonymous" if number in ("", OURSELVES) else number}@{realm}>'


def headers(order: Dial, realm: str) -> dict[str, str]:
    """What a call that we place says besides who calls whom."""
    asserted = f"<sip:{order.asserted}@{realm}>" if order.asserted else ""
    said = {"Alert-Info": order.alert_info, "P-Asserted-Identity": asserted}
    return {name: value for name, value in said.items() if value}


def call_id(message: str) -> str:
    """The Call-ID of a whole SIP message."""
    return _headers(_lines(message)[1:]).get("call-id", "")


def content(message: str) -> tuple[str, bytes]:
    """The Content-Type and the body of a whole SIP message, whose bytes that are no UTF-8 came as surrogates."""
    body = message.partition("\r\n\r\n")[2]
    return _headers(_lines(message)[1:]).get("content-type", ""), body.encode("utf-8", "surrogateescape")


def gone_s(message: str) -> float:
    """For how many seconds the caller had been gone, as a line's BYE says; the edge lets nobody else say so."""
    try:
        return max(0.0, float(_headers(_lines(message)[1:]).get("x-deskbell-gone", "0")))
    except ValueError:
        return 0.0


def is_at(contact: str, place: str) -> bool:
    """Whether a Contact is of the phone at this host:port, or of one behind NAT there, as the edge notes it (alias)."""
    named = place.replace(":", "~")
    return bool(place) and re.search(rf"[@:]{re.escape(place)}(?!\d)|;alias={re.escape(named)}~", contact) is not None


def evidence(message: str) -> str:
    """Why a line takes the number for answered, as its 200 says in a word; "" when it says nothing of the kind."""
    word = _headers(_lines(message)[1:]).get("x-deskbell-evidence", "")
    return word if re.fullmatch(r"[a-z_]{1,32}", word) else ""


def party(header: str) -> tuple[str, str]:
    """The display name and the user part of a From or To header; empty where there is none."""
    head, bracket, _ = header.partition("<")
    name = head.strip() if bracket else ""
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, _user(header[len(head) :] if bracket else header)


def _lines(message: str) -> list[str]:
    """The first line and the headers, folded ones unfolded."""
    return re.sub(r"\r?\n[ \t]+", " ", message.split("\r\n\r\n", 1)[0]).splitlines()


def _headers(lines: list[str]) -> dict[str, str]:
    """The first value of each header by its long, lower-case name."""
    found: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.partition(":")
        key = key.strip().lower()
        if colon:
            found.setdefault(_SHORT.get(key, key), value.strip())
    return found


def _vouched(headers: dict[str, str]) -> tuple[Origin | None, str]:
    for header, origin in _VOUCHED:
        if headers.get(header):
            return origin, headers[header]
    return None, ""


def _user(text: str) -> str:
    uri = _URI.search(text)
    return unquote((uri["user"] or "").split(";")[0].split(":")[0]) if uri else ""
