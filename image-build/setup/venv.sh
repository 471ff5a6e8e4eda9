# shellcheck shell=sh
# The virtual environment `.venv`: exactly what the lock says (every file by hash) and the pjsua2 wheel. Sourced, never run.
#
# It is made beside its place as `.venv.part` and moved in when it is whole, so there is never a half-made one. A stamp
# inside names all it was made from; while the stamp fits, a start costs a few milliseconds.

: "${root:?is set by ./deskbell}"

venv=$root/.venv
part=$root/.venv.part
python=${DESKBELL_PYTHON:-/usr/bin/python3}
pip_options="--disable-pip-version-check --no-input --require-hashes --only-binary=:all:"

lock_of() {
    case $1 in
        run) echo "$root/requirements.lock" ;;
        dev) echo "$root/requirements-dev.lock" ;;
    esac
}

# stamp_of LEVEL   The stamp file's path: it changes with the lock, the recipe, the interpreter and the clone's place.
stamp_of() {
    key=$({
        cat "$(lock_of "$1")" "$root/image-build/pjsua2/recipe.py" "$root/image-build/pjsua2/config_site.h"
        readlink -f "$python"
        echo "$root"
    } | sha256sum | cut -c1-16)
    echo "$venv/deskbell-$1-$key"
}

venv_is_ready() { [ -e "$(stamp_of "$1")" ]; }

require_python() {
    [ -x "$python" ] || die "There is no Python at $python. Install it: apt-get install python3 python3-venv"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        die "Deskbell needs Python 3.11 or later; $python is $("$python" -V 2>&1). Debian 12 and 13 have one that fits."
}

_make_venv() { rm -rf "$part" && "$python" -m venv --prompt deskbell "$part"; }

# pip finds its mirror, proxies and certificates where the machine's owner set them.
_install_lock() {
    # shellcheck disable=SC2086  # a list of options
    "$1/bin/python" -m pip install $pip_options -r "$(lock_of "$2")"
}

# The clone itself goes onto the path, so that `python -m appliance` works from any folder.
_install_wheel() {
    "$part/bin/python" -m pip install --disable-pip-version-check --no-input --no-index --no-deps "$1" &&
        "$part/bin/python" -c 'import sys, sysconfig; open(sysconfig.get_path("purelib") + "/deskbell.pth", "w").write(sys.argv[1] + "\n")' "$root"
}

# Scripts in bin/ name the interpreter by its full path: let them name the place the environment is about to get.
_move_venv() {
    grep -lIF "$part" "$part"/bin/* "$part/pyvenv.cfg" | while read -r script; do
        sed -i "s|$part|$venv|g" "$script" || exit 1
    done || return 1
    rm -rf "$venv.old"
    if [ -e "$venv" ]; then mv "$venv" "$venv.old" || return 1; fi
    mv "$part" "$venv" && rm -rf "$venv.old"
}

# Build the wheel if the cache has none; leaves its path in $wheel.
ensure_wheel() {
    if ! wheel=$("$python" "$root/image-build/pjsua2/build.py" --path 9>&-); then
        install_packages build
        live_step "building pjsua2, once for this machine (some minutes on a small one)" \
            "$python" "$root/image-build/pjsua2/build.py" || exit 1
    fi
}

_verify() { "$part/bin/python" "$root/image-build/setup/verify.py"; }

verify_venv() {
    status=0
    step "trying what was installed" _verify || status=$?
    case $status in
        0) return 0 ;;
        2)
            rm -f "$wheel"
            die "The cached pjsua2 wheel does not fit this machine any more and was removed. Start again to build a new one."
            ;;
        *) die "The environment is not what the lock promises; it was thrown away." ;;
    esac
}

# install_python LEVEL   run: what the box needs. dev: the test tools as well.
install_python() {
    level=$1
    ! venv_is_ready "$level" || return 0
    require_python
    if [ "$level" = dev ] && venv_is_ready run; then
        step "adding the test tools from requirements-dev.lock" _install_lock "$venv" dev ||
            die "The test tools could not be installed; see above. The box itself can still be started."
        touch "$(stamp_of dev)"
        return 0
    fi
    ensure_wheel
    step "making a virtual environment" _make_venv ||
        die "$python cannot make a virtual environment. Install the package for it: apt-get install python3-venv"
    step "installing Python packages from $(basename "$(lock_of "$level")")" _install_lock "$part" "$level" ||
        die "The locked Python packages could not be installed; see above (network, package index, disk). Nothing was left behind."
    step "installing pjsua2" _install_wheel "$wheel" || die "The pjsua2 wheel $wheel could not be installed."
    verify_venv
    _move_venv || die "The new environment could not be moved to $venv."
    touch "$(stamp_of run)"
    [ "$level" = run ] || touch "$(stamp_of dev)"
}
