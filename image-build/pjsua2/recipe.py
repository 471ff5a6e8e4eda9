"""What pjsua2 is built from and how: the facts, and the key that says whether a cached wheel is still the right one.

The source is pjproject 2.17 as Debian ships it beside Asterisk. It is pinned by SHA-256: any copy with that sum is
good, whatever its path; nothing else is. Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
from building import cache_dir, system_name  # noqa: E402  (a script's own folder is all that is on the path)

VERSION = "2.17"
# Count this up when build.py or wheel.py changes so that something else comes out of the same facts.
REVISION = 1
TARBALL = "asterisk_22.10.1+dfsg+~cs6.17.60671434.orig-Xpjproject.tar.xz"
TARBALL_SHA256 = "6860c2f7604b4eee75f38151a9ef69774eb3f0c5286fc1d14bc1db2dc5a9e8aa"
POOL_PATH = "pool/main/a/asterisk/" + TARBALL

CONFIGURE_FLAGS = (
    "--disable-sound --disable-video --disable-sdl --disable-ffmpeg --disable-v4l2 --disable-openh264 --disable-vpx "
    "--disable-libyuv --disable-libwebrtc --disable-upnp --disable-ilbc-codec --disable-g7221-codec --disable-silk "
    "--disable-bcg729 --disable-lyra --disable-opencore-amr --enable-speex-resample --with-external-srtp "
    "--with-external-gsm --with-external-speex --with-ssl=/usr --enable-epoll"
).split()
LIBRARY_CFLAGS = "-O2 -fPIC"
# The wrapper is 6.7 MB of generated C++ that only converts arguments: -O1 halves the time to compile it.
WRAPPER_CFLAGS = "-O1 -g0 -fPIC -fno-strict-aliasing -w".split()
SWIG_FLAGS = "-c++ -w312 -threads -python".split()
UDP = "pjmedia/src/pjmedia/transport_udp.c"
FIRST_READ = "    /* Kick off pending RTP read from the ioqueue */\n"
FAILED = '                      "media_start(): recvfrom {} failed"));\n'
LAST = '    udp->started = PJ_TRUE;\n\n    PJ_LOG(4,(udp->base.name, "UDP media transport started"));\n'
# What is changed in the source: a file, what stands there, and what is to.
PATCHES = (
    # Debian strips its source from the tarball.
    ("pjmedia/build/Makefile", " bdimad_dev.o", ""),
    # A packet that waits when the first read is armed is handed to the media thread at once. That found `started` still
    # unset, took it for the end, and armed no second read: the call stayed deaf for good (docs/decisions/0027).
    (UDP, FIRST_READ, "    udp->started = PJ_TRUE;\n\n" + FIRST_READ),
    (UDP, FAILED.format("RTP"), FAILED.format("RTP") + "        udp->started = PJ_FALSE;\n"),
    (UDP, FAILED.format("RTCP"), FAILED.format("RTCP") + "        udp->started = PJ_FALSE;\n"),
    (UDP, LAST, LAST.partition("\n\n")[2]),
)
# Object files a whole build leaves behind; only the percentage that is printed depends on it.
EXPECTED_OBJECTS = 270
WRAPPER_WEIGHT = 100
# Codecs a good build offers. A missing -dev package makes configure drop one without a word.
REQUIRED_CODECS = ("PCMU", "PCMA", "G722", "GSM", "opus", "speex")
NEEDED_TOOLS = {"cc": "build-essential", "g++": "build-essential", "make": "build-essential", "swig": "swig"}
NEEDED_HEADERS = {
    "openssl/ssl.h": "libssl-dev",
    "opus/opus.h": "libopus-dev",
    "speex/speex.h": "libspeex-dev",
    "speex/speex_resampler.h": "libspeexdsp-dev",
    "srtp2/srtp.h": "libsrtp2-dev",
    "gsm/gsm.h": "libgsm1-dev",
    "uuid/uuid.h": "uuid-dev",
}
FREE_BYTES_NEEDED = 400_000_000


def python_tag() -> str:
    """Give the wheel tag of the running interpreter, such as ``cp311``."""
    return f"cp{sys.version_info.major}{sys.version_info.minor}"


def wheel_name() -> str:
    """Give the file name of the wheel for this interpreter and this processor."""
    return f"pjsua2-{VERSION}-{python_tag()}-{python_tag()}-linux_{platform.machine()}.whl"


def recipe_key() -> str:
    """Give twelve digits that change whenever the source, a flag or a compiled-in limit does."""
    flags = [*CONFIGURE_FLAGS, LIBRARY_CFLAGS, *WRAPPER_CFLAGS, *SWIG_FLAGS]
    changes = [text for patch in PATCHES for text in patch]
    facts = [str(REVISION), VERSION, TARBALL_SHA256, *flags, *changes, (HERE / "config_site.h").read_text()]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:12]


def wheel_path() -> Path:
    """Say where the finished wheel is, or will be once it has been built."""
    return cache_dir() / "wheels" / f"{recipe_key()}-{system_name()}" / wheel_name()
