"""The command line behind `./deskbell`, which sets up what is needed and then comes here.

Each command imports what it needs when it is chosen, so `config` does not load a web server. Mistakes are told as
sentences with exit status 2; a box or a check that fails exits 1.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from appliance.errors import DeskbellError


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    options.rest = rest
    if rest and not getattr(options, "passes_on", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if options.run is None:
        parser.print_help()
        return 0
    stream = sys.stderr if options.run is _selftest else sys.stdout  # a report is alone on stdout
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname).1s %(name)s: %(message)s", stream=stream)
    try:
        return int(options.run(options))
    except DeskbellError as wrong:
        print(f"deskbell: {wrong}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deskbell", description="A small-office phone system in a box.")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    run = _command(commands, "run", _run, "run the box with a real configuration")
    _with_office(run)
    start = _command(commands, "start", _start, "start one process of the box alone")
    start.add_argument("part", choices=("edge", "switch", "lines", "desk"))
    _with_office(start)
    config = _command(commands, "config", _config, "print the effective configuration, or a commented example")
    config.add_argument("--config", type=Path, help="the office's TOML file; without it the example is printed")
    doctor = _command(commands, "doctor", _doctor, "check everything: found, expected, how to mend")
    doctor.add_argument("--config", type=Path)
    doctor.add_argument("--state", type=Path)
    doctor.add_argument("--line", help="examine this analogue line of the running box (needs --state)")
    doctor.add_argument("--language", choices=("ja", "en"), default="en", help="of what is said about the line")
    doctor.add_argument("--no-call", action="store_true", help="do not wait for a call to the line")
    doctor.add_argument("--forget-tones", action="store_true", help="have the line forget the tones it learnt")
    support = _command(commands, "support", _support, "write one archive for somebody who helps from elsewhere")
    support.add_argument("--config", type=Path)
    support.add_argument("--state", type=Path)
    support.add_argument("--out", type=Path, default=Path("deskbell-support.tar.gz"), help="(%(default)s)")
    demo = _command(commands, "demo", _demo, "the whole box with virtual line, phones and panel")
    demo.add_argument("--page", default="127.0.0.1:8080", help="where the page listens (%(default)s)")
    selftest = _command(commands, "selftest", _selftest, "start the whole box, measure it, print a table")
    selftest.add_argument("--json", action="store_true", help="print JSON only")
    selftest.add_argument("--pairs", type=int, default=1, help="conversations at once (%(default)s)")
    line_sim = _command(commands, "line-sim", _line_sim, "virtual analogue lines: --socket PATH --link PATH ...")
    line_sim.set_defaults(passes_on=True)
    panel_test = _command(commands, "panel-test", _panel_test, "walk through every lamp and button of a board: BOARD")
    panel_test.add_argument("--config", type=Path, help="in place of BOARD: the board that this configuration names")
    panel_test.set_defaults(passes_on=True)
    _add_history(commands)
    return parser


def _add_history(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    replay = _command(commands, "replay", _replay, "fold a journal again and tell its story, numbers masked")
    replay.add_argument("what", nargs="?", default="", help="a file, or a day YYYY-MM-DD; without it all of --state")
    replay.add_argument("--export", type=Path, metavar="FILE", help="write it as a file that can be carried elsewhere")
    replay.add_argument("--with-numbers", action="store_true", help="keep numbers and names in the exported file")
    _with_journal(replay)
    what_if = _command(commands, "whatif", _what_if, "replay a day with other settings, both metric tables beside")
    what_if.add_argument("what", help="a day YYYY-MM-DD, or a file")
    what_if.add_argument("--set", action="append", default=[], metavar="QUEUE.KEY=VALUE", help="queue.… is every queue")
    what_if.add_argument("--add-agent", action="append", default=[], metavar="NAME")
    _with_journal(what_if)
    forecast = _command(commands, "forecast", _forecast, "how many agents are needed, by Erlang C and A")
    forecast.add_argument("--calls-per-hour", type=float, required=True)
    forecast.add_argument("--aht", type=float, required=True, help="mean handling time in seconds")
    forecast.add_argument("--patience", type=float, default=120.0, help="mean patience in seconds (%(default)s)")
    forecast.add_argument("--agents", default="1..8", help="a number or a range (%(default)s)")
    forecast.add_argument("--target", type=float, default=20.0, help="answered within so many seconds (%(default)s)")


def _with_journal(command: argparse.ArgumentParser) -> None:
    command.add_argument("--state", type=Path, help="folder of the box whose journal it is")
    command.add_argument("--zone", default="", help="time zone of days and of the story, if not the box's own")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    about: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=about, description=about)
    command.set_defaults(run=run)
    return command


def _with_office(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", type=Path, required=True, help="the office's TOML file")
    command.add_argument("--state", type=Path, required=True, help="folder for everything that survives a restart")


def _run(options: argparse.Namespace) -> int:
    from appliance.box import run_box

    asyncio.run(run_box(options.config, options.state))
    return 0


def _start(options: argparse.Namespace) -> int:
    from appliance.box import start_alone

    start_alone(options.part, options.config, options.state)
    return 0


def _config(options: argparse.Namespace) -> int:
    from appliance.config import load
    from appliance.config_docs import commented_example, effective

    print(effective(load(options.config)) if options.config else commented_example(), end="")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from appliance.doctor import examine, exit_status, report

    if options.line:
        return _examine_line(options)
    findings = examine(options.config, options.state)
    print(report(findings))
    return exit_status(findings)


def _support(options: argparse.Namespace) -> int:
    from appliance.support import bundle

    names = bundle(options.config, options.state, options.out)
    print(f"{options.out}: {len(names)} files; no sound, no secrets, numbers masked")
    return 0


def _examine_line(options: argparse.Namespace) -> int:
    from appliance.errors import ConfigError
    from appliance.line_doctor import examine
    from appliance.state import State

    if options.state is None:
        raise ConfigError("doctor --line was asked without --state; give the running box's state folder")
    socket = State(options.state).run / "lines.sock"
    how = {"waits_for_call": not options.no_call, "forgets": options.forget_tones}
    is_well = asyncio.run(examine(socket, options.line, options.language, print, **how))
    return int(not is_well)


def _demo(options: argparse.Namespace) -> int:
    from appliance.demo import run_demo

    asyncio.run(run_demo(options.page))
    return 0


def _line_sim(options: argparse.Namespace) -> int:
    from hw.sim.__main__ import main as simulate

    return simulate(options.rest)


def _panel_test(options: argparse.Namespace) -> int:
    from appliance.config import load
    from appliance.plan import board_file
    from hw.panel_test import main as walk

    return walk([*options.rest, *([str(board_file(load(options.config)))] if options.config else [])])


def _selftest(options: argparse.Namespace) -> int:
    from appliance.selftest.report import run_and_print

    return run_and_print(pairs=options.pairs, as_json=options.json)


def _replay(options: argparse.Namespace) -> int:
    from appliance.replay import print_replay

    print_replay(options.what, options.state, options.zone, options.export, with_numbers=options.with_numbers)
    return 0


def _what_if(options: argparse.Namespace) -> int:
    from appliance.whatif import print_what_if

    print_what_if(options.what, options.state, options.zone, options.set, options.add_agent)
    return 0


def _forecast(options: argparse.Namespace) -> int:
    from appliance.forecast import agents_of, forecast

    agents = agents_of(options.agents)
    for line in forecast(options.calls_per_hour, options.aht, agents, options.patience, options.target):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
