"""The ways out of a queue in the configuration: what reaches the core, and the sentence for what cannot be."""

import pytest

from appliance.acd.chain_text import ChainError, destination_from_text
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.config import parse
from appliance.errors import ConfigError
from appliance.plan import office

TABLES = """
phones = [{number = "101", secret = "a-secret-of-enough"}, {number = "102", secret = "a-secret-of-enough"}]
[[agents]]
id = "ann"
phone = "101"
[[trunks]]
id = "carrier"
addresses = ["192.0.2.10"]
host = "192.0.2.10:5060"
numbers = {"0355550100" = "front"}
[[routes]]
numbers = ["03"]
by = ["carrier"]
[[queues]]
id = "help"
number = "201"
agents = ["ann"]
"""
FRONT = '[[queues]]\nid = "front"\nnumber = "200"\nagents = ["ann"]\n'


def complaint(front: str, tables: str = TABLES) -> str:
    """What the configuration says when queue `front` has these keys besides."""
    with pytest.raises(ConfigError) as told:
        parse(tables + FRONT + front, "office.toml")
    return str(told.value)


def test_chains_digits_and_callbacks_reach_the_core() -> None:
    text = (
        TABLES.replace(
            "[[queues]]", '[office]\nfallback = {no_agent = ["voicemail"], full = ["callback"]}\n[[queues]]', 1
        )
        + FRONT
        + 'voicemail_digit = "1"\ncallback_digit = "2"\ncallback_after = 3\ncallback_first = "customer"\n'
        + "callback_expiry_h = 2.0\nannounce_position = true\nannounce_wait = true\nhandling_s = 90.0\n"
        + 'fallback = {no_agent = ["queue:help last", "user:102", "external:0312345678"]}\n'
    )
    settings = office(parse(text, "office.toml"))
    front = settings.queues[1]
    assert front.chains == (
        Chain(
            Reason.NO_AGENT,
            (
                Destination(Kind.QUEUE, "help", keep_place=False),
                Destination(Kind.USER, "102"),
                Destination(Kind.EXTERNAL, "0312345678"),
            ),
        ),
        Chain(Reason.FULL, (Destination(Kind.CALLBACK),)),
    )
    assert settings.queues[0].chains[0] == Chain(Reason.NO_AGENT, (Destination(Kind.VOICEMAIL),))
    assert front.callback is not None
    assert (front.callback.digit, front.callback.after, front.callback.agent_first) == ("2", 3, False)
    assert front.callback.expiry_s == 7200
    assert (front.voicemail_digit, front.announce_wait, front.handling_s) == ("1", True, 90.0)
    assert settings.carried_prefixes == ("03",)
    assert {"110", "0119", "9118", "101", "200", "0355550100"} <= set(settings.never_dial)
    assert "0990" in settings.costly_prefixes


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        ('voicemail_digit = "1"\ncallback_digit = "1"', "voicemail_digit and callback_digit are both '1'"),
        ('voicemail_digit = "*"', "voicemail_digit is '*'; one digit from 0 to 9"),
        ('callback_digit = "12"', "callback_digit is '12'; one digit from 0 to 9"),
        ('callback_first = "boss"', "callback_first is 'boss'; agent or customer would be right"),
        ("callback_tries = 0", "callback_tries are above 0"),
        ("max_waiting = -1", "max_waiting and max_wait_s are not negative"),
        ("announce_min_s = 0.0", "announce_min_s is at least 1"),
        ("announce_wait = true", "announce the wait but not the place"),
        ('fallback = {busi = ["voicemail"]}', "no reason 'busi' to leave a queue; did you mean 'busy'?"),
        ('fallback = {busy = ["fax:1"]}', "'fax:1' is no destination; queue:sales"),
        ('fallback = {busy = ["user"]}', "'user' does not say which user; 'user:NAME' would be right"),
        ('fallback = {busy = ["callback:2"]}', "'callback:2' names something; 'callback' alone"),
        ('fallback = {busy = ["queue:hlep"]}', "names queue 'hlep', which does not exist; did you mean 'help'?"),
        ('fallback = {busy = ["group:help"]}', "names group 'help', which does not exist; known: none"),
        ('fallback = {busy = ["user:109"]}', "names user '109', which does not exist; did you mean '102'"),
        ('fallback = {busy = ["voicemail:bin"]}', "names voicemail 'bin', which does not exist"),
        ('fallback = {busy = ["message:close"]}', "names message 'close', which does not exist; did you mean 'closed'"),
        ('fallback = {busy = ["menu:main"]}', "names menu 'main', which does not exist"),
        ('fallback = {busy = ["external:0612345678"]}', "external '0612345678' can never be dialled"),
        ('fallback = {busy = ["message", "voicemail"]}', "goes on behind a message, but that ends the call"),
        ('fallback = {busy = ["user:101", "user:102", "queue:help", "voicemail", "callback", "message"]}',
         "has 6 steps; 5 is the most (I-27)"),
    ],
)  # fmt: skip
def test_what_cannot_be_gets_a_sentence(front: str, sentence: str) -> None:
    assert sentence in complaint(front)


def test_queues_that_send_callers_in_a_circle_are_refused_once() -> None:
    tables = TABLES.replace('number = "201"', 'number = "201"\nfallback = {busy = ["queue:front"]}')
    said = complaint('fallback = {no_agent = ["queue:help"]}', tables)
    assert "fallback sends callers in a circle: help → front → help; leave out one of these steps" in said
    assert said.count("circle") == 1
    assert "front → front" in complaint('fallback = {no_agent = ["queue:front"]}')


def test_callbacks_need_a_way_out() -> None:
    tables = TABLES.replace('[[routes]]\nnumbers = ["03"]\nby = ["carrier"]\n', "")
    assert "offers callbacks, but no call can go out" in complaint('callback_digit = "2"', tables)


def test_an_agent_in_no_queue_would_never_be_rung() -> None:
    tables = TABLES + '[[agents]]\nid = "bob"\nphone = "102"\n'
    assert "agent bob is in no queue and would never be rung; list 'bob' in the agents of one" in complaint("", tables)


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        ('hours = "mon 9:00-12:00 11:00-17:00"', "overlap"),
        ('holidays = "XX"\nhours = "mon-fri 9:00-17:00"', "XX"),
    ],
)
def test_hours_that_cannot_be_get_a_sentence(front: str, sentence: str) -> None:
    assert sentence in complaint(front)


def test_times_of_the_whole_office_that_cannot_be_get_a_sentence() -> None:
    tables = TABLES.replace("[[queues]]", "[office]\nvoicemail_s = 5.0\n[[queues]]", 1)
    assert "voicemail_s at least 15 seconds" in complaint("", tables)
    tables = TABLES.replace("[[queues]]", "[office]\nask_by_phone_s = -1.0\n[[queues]]", 1)
    assert "ask_by_phone_s is -1; seconds after which the phone asks would be right" in complaint("", tables)
    asked = "resume_s = 60.0\ntransfer_s = 9.0\nask_by_phone_s = 12.0"
    tables = TABLES.replace("[[queues]]", f"[office]\n{asked}\n[[queues]]", 1)
    settings = office(parse(tables + FRONT, "office.toml"))
    assert (settings.resume_s, settings.transfer_s, settings.voicemail_s) == (60.0, 9.0, 300.0)
    assert settings.nag_s == 12.0


def test_an_unknown_zone_gets_a_sentence() -> None:
    tables = TABLES.replace("[[queues]]", '[office]\ntime_zone = "Asia/Tokio"\n[[queues]]', 1)
    assert "'Asia/Tokio' is no IANA zone" in complaint("", tables)


def test_a_destination_is_read_as_it_is_written() -> None:
    assert destination_from_text("voicemail") == Destination(Kind.VOICEMAIL)
    assert destination_from_text("queue: help last") == Destination(Kind.QUEUE, "help", keep_place=False)
    with pytest.raises(ChainError, match="is no destination"):
        destination_from_text("")
