"""Renders the edge's settings into a Kamailio configuration; pure apart from the decoy it draws."""

import secrets
from pathlib import Path
from typing import Final

import jinja2

from appliance.edge.settings import EdgeSettings, Endpoint

TEXT_BYTES: Final = 4096
"""The longest text that is carried; the desk takes 500 characters of it."""
TEXTS_A_MINUTE: Final = 30
"""More than a person types at one phone."""


def render(settings: EdgeSettings) -> str:
    """The configuration for these settings; it holds no secret, only a random HA1 that no password has.

    The decoy is what an unknown user is checked against, so that a known one takes no longer to refuse.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - not HTML; every value was checked by EdgeSettings
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("kamailio.cfg.j2").render(
        workers=settings.workers,
        everywhere=settings.listens_everywhere,
        mhomed=settings.listens_everywhere or len(settings.listens) > 1,
        listens=settings.listens,
        inside=settings.inside,
        advertise=settings.advertise,
        realm=settings.realm,
        switch=Endpoint.parse(settings.switch),
        lines=Endpoint.parse(settings.lines),
        save_s=settings.save_s,
        phones=settings.phones,
        trunks=settings.trunks,
        exempt=settings.exempt,
        rpc_socket=settings.rpc_socket,
        location_db=settings.location_db,
        text_bytes=TEXT_BYTES,
        texts_a_minute=TEXTS_A_MINUTE,
        decoy=secrets.token_hex(16),
    )
