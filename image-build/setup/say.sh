# shellcheck shell=sh
# How set-up talks: each step says what it does and how long it took, a long one shows that it moves.
# Everything goes to standard error, so that `deskbell selftest --json` stays JSON. Sourced, never run.

# Milliseconds of some clock; only differences mean anything.
now() { date +%s%3N; }

say() { printf 'deskbell: %s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# seconds BEGUN -> "3.4 s"
seconds() {
    passed=$(($(now) - $1))
    printf '%d.%d s' $((passed / 1000)) $((passed % 1000 / 100))
}

# A line every five seconds: how long so far, and the last thing the step wrote. It ends by itself when the log is gone or
# set-up is: a signal could be lost in the moment after the fork.
_tick() {
    fifths=0
    while sleep 0.2 >/dev/null 2>&1 && [ -e "$2" ] && kill -0 "$3" 2>/dev/null; do
        fifths=$((fifths + 1))
        [ $((fifths % 25)) -ne 0 ] ||
            printf '    %s: %.100s\n' "$(seconds "$1")" "$(tail -n 1 "$2" | tr -d '\r')" >&2
    done
}

# step WHAT COMMAND...   The command's output is kept back; its end is shown when it fails. Returns its status.
# File descriptor 9 is the set-up lock: a daemon that a package starts must not inherit it.
step() {
    what=$1
    shift
    begun=$(now)
    say "$what ..."
    step_log=$(mktemp)
    _tick "$begun" "$step_log" $$ </dev/null >/dev/null 9>&- &
    status=0
    "$@" >"$step_log" 2>&1 </dev/null 9>&- || status=$?
    if [ "$status" -eq 0 ]; then
        say "$what: done in $(seconds "$begun")"
    else
        tail -n 20 "$step_log" | sed 's/^/    | /' >&2
        say "$what: failed after $(seconds "$begun")"
    fi
    rm -f "$step_log"
    return "$status"
}

# live_step WHAT COMMAND...   The same for a command that tells its own progress.
live_step() {
    what=$1
    shift
    begun=$(now)
    say "$what ..."
    status=0
    "$@" >&2 </dev/null 9>&- || status=$?
    [ "$status" -ne 0 ] || say "$what: done in $(seconds "$begun")"
    return "$status"
}
