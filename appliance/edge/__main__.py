"""`python -m appliance.edge SETTINGS.json`: prepare the edge's files, let Kamailio check them, then become Kamailio."""

import logging
import os
import sys
from pathlib import Path

import msgspec

from appliance.edge.process import check, command, prepare
from appliance.edge.settings import EdgeSettings
from appliance.errors import DeskbellError

EXIT_CANNOT_START = 3


def main() -> None:
    """Become Kamailio, or say in one sentence why not (exit status 3)."""
    logging.basicConfig(level=logging.INFO, format="%(levelname).1s %(name)s: %(message)s", stream=sys.stdout)
    try:
        settings = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=EdgeSettings, dec_hook=_text_as_path)
        prepare(settings)
        check(settings)
    except DeskbellError as wrong:
        print(wrong)
        raise SystemExit(EXIT_CANNOT_START) from None
    argv = command(settings)
    sys.stdout.flush()
    os.execvp(argv[0], argv)


def _text_as_path(kind: type, text: str) -> Path:
    if kind is Path:
        return Path(text)
    raise TypeError(f"{kind!r} has no place in a settings file")


if __name__ == "__main__":
    main()
