# shellcheck shell=sh
# Debian packages: ask dpkg what is missing, and only then ask apt, with sudo only where needed. Sourced, never run.
# DESKBELL_NO_APT=1 leaves apt alone altogether: then what is missing is only named.

: "${root:?is set by ./deskbell}"

# packages_of NAME...   The names in packages-NAME.txt, without comments.
packages_of() {
    for list in "$@"; do
        sed 's/#.*//' "$root/image-build/setup/packages-$list.txt"
    done | tr -s ' \n' ' '
}

# missing_packages NAME...   Those that dpkg does not have installed; nothing on a machine without dpkg.
missing_packages() {
    command -v dpkg-query >/dev/null 2>&1 || return 0
    wanted=$(packages_of "$@")
    # shellcheck disable=SC2086  # a list of names
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ')
    for package in $wanted; do
        case " $installed" in
            *" $package "*) ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

apt_is_ours() { [ "${DESKBELL_NO_APT:-0}" != 1 ]; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

_apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 "$@"
}

# Once in a set-up, and only where something is to be fetched.
read_package_lists() {
    [ -z "${lists_were_read:-}" ] || return 0
    step "reading the package lists" _apt_get update || say "apt-get update had trouble; going on with the lists there are"
    lists_were_read=1
}

# install_packages NAME...   Bring in what is missing of these lists. Ends the set-up with a sentence when it cannot.
install_packages() {
    missing=$(missing_packages "$@" | sed 's/ $//')
    [ -n "$missing" ] || return 0
    if ! apt_is_ours; then
        say "apt is left alone (DESKBELL_NO_APT=1). Not installed: $missing"
        return 0
    fi
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 ||
            die "These Debian packages are missing: $missing. And neither root nor sudo is at hand. As root: apt-get install $missing"
        sudo -v || die "sudo was refused, and these Debian packages are missing: $missing"
    fi
    read_package_lists
    # shellcheck disable=SC2086  # a list of names
    step "installing with apt: $missing" _apt_get install --no-install-recommends $missing ||
        die "apt could not install these packages: $missing. Mend what it says above (network, sources, disk), then start again."
}
