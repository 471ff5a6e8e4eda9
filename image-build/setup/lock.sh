#!/bin/sh
# For developers: resolve requirements*.in anew into requirements*.lock, for Python 3.11 to 3.13 on every processor.
# Afterwards look at the difference; set-up notices the new lock by itself. Arguments go to uv (--upgrade, --upgrade-package X).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"
boot=${XDG_CACHE_HOME:-$HOME/.cache}/deskbell/boot
[ -x "$boot/bin/uv" ] || { /usr/bin/python3 -m venv "$boot" && "$boot/bin/pip" install -q uv; }
export UV_PYTHON_DOWNLOADS=never UV_CUSTOM_COMPILE_COMMAND="image-build/setup/lock.sh"

# compile IN LOCK ARGUMENTS...   No index is named in a lock: each machine uses its own.
compile() {
    source=$1
    lock=$2
    shift 2
    "$boot/bin/uv" pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
        --python /usr/bin/python3 -o "$lock" "$@" "$source"
}

compile requirements.in requirements.lock "$@"
compile requirements-dev.in requirements-dev.lock -c requirements.lock "$@"
