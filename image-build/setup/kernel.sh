# shellcheck shell=sh
# The test kernel that tests/hil boots as an ordinary process. A machine that cannot have one is told why and keeps its
# other tests: those in tests/hil then fail with the same sentence. Sourced, never run.

: "${root:?is set by ./deskbell}" "${python:?is set in venv.sh}"

uml=$root/image-build/uml/build.py

kernel_is_ready() { "$python" "$uml" --path >/dev/null 2>&1; }

# apt knows a kernel source; an image of a fresh machine often has no package lists.
_source_is_known() { apt-cache show linux-source-6.12 linux-source-6.1 2>/dev/null | grep -q ^Package; }

ensure_kernel() {
    ! kernel_is_ready || return 0
    (install_packages kernel) || say "without them the test kernel cannot be built"  # in a shell of its own: it may die
    ! apt_is_ours || _source_is_known || read_package_lists
    live_step "building the test kernel, once for this machine (some minutes)" "$python" "$uml" ||
        say "going on without it: the tests in tests/hil will fail and say why"
}
