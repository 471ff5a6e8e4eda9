"""A caller from a SIP trunk: SIPp for the signalling, `RtpEar` for mouth and ear.

SIPp plays a scenario with a clock of its own: it rings, talks until the box hangs up or `talk_ms` is over, and its
exit status says whether every message was as the scenario wants it.
"""

import asyncio
import contextlib
from pathlib import Path

from appliance.selftest.ports import free_port
from tests.support.rtp_ear import RtpEar

_HEADERS = """\
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: "[caller]" <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]t[call_number]
      Call-ID: [call_id]
      Contact: <sip:[caller]@[local_ip]:[local_port]>
      Max-Forwards: 70"""

_INVITE = f"""\
  <send retrans="500"><![CDATA[
      INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
{_HEADERS}
      To: <sip:[service]@[remote_ip]:[remote_port]>
      CSeq: 1 INVITE
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=sipp 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio [ear] RTP/AVP 0 101
      a=rtpmap:0 PCMU/8000
      a=rtpmap:101 telephone-event/8000
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>"""

# The last message before a pause must be one that SIPp waits for.
_RINGS = _INVITE.replace('180" optional="true"', '180"').replace('\n  <recv response="183" optional="true"/>', "")

_ANSWERED = f"""\
  <recv response="200" rrs="true"/>
  <send><![CDATA[
      ACK [next_url] SIP/2.0
{_HEADERS}
      [routes]
      To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
      CSeq: 1 ACK
      Content-Length: 0
  ]]></send>"""

# Packets overtake each other: the 180 may come after the 200.
_BYE_FROM_BOX = """\
  <recv response="180" optional="true"/>
  <recv request="BYE"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0
  ]]></send>"""

_BYE_FROM_CALLER = f"""\
  <pause milliseconds="TALK_MS"/>
  <send retrans="500"><![CDATA[
      BYE [next_url] SIP/2.0
{_HEADERS}
      [routes]
      To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
      CSeq: 2 BYE
      Content-Length: 0
  ]]></send>
  <recv response="200"/>"""

# The 487 may overtake the 200 to the CANCEL. CANCEL and its ACK carry the branch of the INVITE, four and seven steps
# before them.
_GIVES_UP = f"""\
  <pause milliseconds="TALK_MS"/>
  <send retrans="500"><![CDATA[
      CANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0
{_HEADERS.replace("[branch]", "[branch-4]")}
      To: <sip:[service]@[remote_ip]:[remote_port]>
      CSeq: 1 CANCEL
      Content-Length: 0
  ]]></send>
  <recv response="200" optional="true"/>
  <recv response="487"/>
  <send><![CDATA[
      ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
{_HEADERS.replace("[branch]", "[branch-7]")}
      To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
      CSeq: 1 ACK
      Content-Length: 0
  ]]></send>"""

_SCENARIOS = {
    "box hangs up": (_INVITE, _ANSWERED, _BYE_FROM_BOX),
    "caller hangs up": (_INVITE, _ANSWERED, _BYE_FROM_CALLER),
    "caller gives up": (_RINGS, _GIVES_UP),
}


class SippCaller:
    """One caller on the trunk, from dialling to the end of the scenario."""

    def __init__(self, process: asyncio.subprocess.Process, ear: RtpEar, folder: Path) -> None:
        self.ear = ear
        self._process, self._folder = process, folder

    @classmethod
    async def dial(
        cls,
        edge: str,
        number: str,
        folder: Path,
        *,
        caller: str = "0312345678",
        tone_hz: float = 440.0,
        source: str = "127.0.0.2",
        scenario: str = "box hangs up",
        talk_ms: int = 0,
    ) -> "SippCaller":
        """Ring `number` at the edge from `source`; what happens then is the scenario's."""
        ear = RtpEar((source, free_port(run=2, host=source)), tone_hz)
        command = await asyncio.to_thread(_furnish, folder, scenario, talk_ms)
        process = await asyncio.create_subprocess_exec(
            *("sipp", edge, "-sf", str(command), "-s", number, "-i", source, "-p", str(free_port(host=source))),
            *("-m", "1", "-nostdin", "-timeout", "90s", "-key", "ear", str(ear.address[1]), "-key", "caller", caller),
            *("-trace_err", "-trace_msg", "-cid_str", f"%u-{caller}@%s"),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return cls(process, ear, folder)

    async def finished(self, timeout_s: float = 30.0) -> None:
        """Wait until the scenario is over; AssertionError with SIPp's own messages when it did not go as written."""
        async with asyncio.timeout(timeout_s):
            status = await self._process.wait()
        self.ear.close()
        assert status == 0, f"SIPp ended with {status}: {await asyncio.to_thread(_trace, self._folder)}"

    @property
    def is_over(self) -> bool:
        """Whether the scenario has ended."""
        return self._process.returncode is not None

    async def stop(self) -> None:
        """End it wherever it is."""
        self.ear.close()
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


def _furnish(folder: Path, scenario: str, talk_ms: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scenario.xml"
    steps = "\n".join(_SCENARIOS[scenario]).replace("TALK_MS", str(talk_ms))
    path.write_text(f'<?xml version="1.0"?>\n<scenario name="{scenario}">\n{steps}\n</scenario>\n')
    return path


def _trace(folder: Path) -> str:
    return "\n".join(path.read_text(errors="replace")[-1500:] for path in sorted(folder.glob("*.log")))
