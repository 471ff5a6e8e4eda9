"""The one tree of errors of the phone system: what was asked, what was found, what would be right."""


class DeskbellError(Exception):
    """Anything the owner or an administrator can act on; the command line prints it without a traceback."""


class ConfigError(DeskbellError):
    """The configuration cannot be used as it stands."""


class EdgeError(DeskbellError):
    """Kamailio, the registrar at the edge, could not be started, asked or told something."""


class SwitchError(DeskbellError):
    """The switch cannot do its work: a port in use, no capacity, no pjsua2."""


class WireError(DeskbellError):
    """The seam between two of our processes was spoken wrongly: version, framing or an unknown message."""


class StorageError(DeskbellError):
    """The database or a recording cannot be read or written, or belongs to a newer Deskbell."""
