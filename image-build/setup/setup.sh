# shellcheck shell=sh
# Make this machine ready for one level of use, and do nothing when it is. Sourced by ../../deskbell, which sets $root.
#
#   run    what the box needs        check   and the linters        test   and the test tools

: "${root:?is set by ./deskbell}"

# shellcheck source=image-build/setup/say.sh
. "$root/image-build/setup/say.sh"
# shellcheck source=image-build/setup/apt.sh
. "$root/image-build/setup/apt.sh"
# shellcheck source=image-build/setup/kamailio.sh
. "$root/image-build/setup/kamailio.sh"
# shellcheck source=image-build/setup/venv.sh
. "$root/image-build/setup/venv.sh"
# shellcheck source=image-build/setup/kernel.sh
. "$root/image-build/setup/kernel.sh"

cache=${XDG_CACHE_HOME:-${HOME:-}/.cache}/deskbell

package_lists() {
    case $1 in
        run) echo run ;;
        check) echo run check ;;
        test) echo run check test ;;
    esac
}

venv_level() { if [ "$1" = run ]; then echo run; else echo dev; fi; }

is_ready() {
    venv_is_ready "$(venv_level "$1")" || return 1
    [ "$1" != test ] || kernel_is_ready || return 1
    ! apt_is_ours || stock_is_quiet_and_packages_there "$1"
}

stock_is_quiet_and_packages_there() {
    # shellcheck disable=SC2046  # a list of names
    [ -z "$(missing_packages $(package_lists "$1"))" ] && ! stock_kamailio_runs
}

clean_up() {
    rm -rf "$part"
    [ -z "${step_log:-}" ] || rm -f "$step_log"
}

# One set-up at a time: two starts at once would both want apt and the same folders.
take_lock() {
    mkdir -p "$cache" || die "The folder $cache cannot be made; Deskbell keeps there what it builds once. Check HOME or XDG_CACHE_HOME."
    exec 9>"$cache/setup.lock"
    flock -n 9 || {
        say "another set-up is at work; waiting for it ..."
        flock 9
    }
}

prepare() {
    ! is_ready "$1" || return 0
    case $cache in /deskbell | /.cache/deskbell) die "Neither HOME nor XDG_CACHE_HOME is set: Deskbell does not know where to keep what it builds." ;; esac
    began=$(now)
    take_lock
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # shellcheck disable=SC2046  # a list of names
    install_packages $(package_lists "$1")
    quiet_stock_kamailio
    install_python "$(venv_level "$1")"
    [ "$1" != test ] || ensure_kernel
    trap - EXIT INT TERM
    exec 9>&-
    say "set-up finished in $(seconds "$began"); the next start will find it done"
}
