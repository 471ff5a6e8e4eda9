import logging

import pytest

from appliance.edge.log import LogLine, parse


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (" 1(1738) INFO: <script>: 101 registered from 192.0.2.9:5060 over udp", (logging.INFO, "101 registered from")),
        (" 0(14093) ERROR: <core> [core/modparam.c:175]: set_mod_param_regex(): no", (logging.ERROR, "<core> [core")),
        (
            " 0(14264) ALERT: <core> [main.c:770]: handle_sigs(): child process 9 exited normally, status=0",
            (logging.DEBUG, ""),
        ),
        (
            " 0(14264) ALERT: <core> [main.c:774]: handle_sigs(): child process 9 exited by a signal 11",
            (logging.ERROR, ""),
        ),
        ("10(225) CRITICAL: <core> [core/pass_fd.c:277]: receive_fd(): EOF on 12", (logging.DEBUG, "")),
        ("Listening on", (logging.DEBUG, "Listening on")),
    ],
)
def test_a_line_of_kamailio_is_told_in_our_levels(line: str, told: tuple[int, str]) -> None:
    level, beginning = told
    assert parse(line).level == level
    assert parse(line).text.startswith(beginning)


def test_our_own_lines_lose_kamailios_dress() -> None:
    assert parse(" 1(17) INFO: <script>: 101 unregistered from 192.0.2.9") == LogLine(
        logging.INFO, "101 unregistered from 192.0.2.9"
    )
