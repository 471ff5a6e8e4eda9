#!/bin/sh
# Formatter, linter, types, architecture, shell: everything `deskbell check` looks at, each with its time.
# All of them run even when one fails. The tools are the locked ones of .venv.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root" || exit 1
# shellcheck source=image-build/setup/say.sh
. image-build/setup/say.sh
python=.venv/bin/python
failed=

# look WHAT COMMAND...
look() {
    name=$1
    shift
    start=$(now)
    if found=$("$@" 2>&1); then
        printf '%-28s ok    %s\n' "$name" "$(seconds "$start")"
    else
        printf '%-28s WRONG %s\n%s\n' "$name" "$(seconds "$start")" "$found"
        failed="$failed, $name"
    fi
}

# Every tracked or new file that a shell runs: by its name or by its first line.
shell_files() {
    git ls-files --cached --others --exclude-standard | while read -r file; do
        case $file in
            *.sh) echo "$file" ;;
            *.*) ;;
            *) if [ -f "$file" ] && head -n 1 "$file" | grep -qE '^#!.*[/ ](ba|da)?sh'; then echo "$file"; fi ;;
        esac
    done
}

check_shell() {
    # shellcheck disable=SC2046  # a list of files without blanks
    shellcheck -x $(shell_files)
}

began=$(now)
look "ruff format" "$python" -m ruff format --check .
look "ruff check" "$python" -m ruff check .
look "mypy --strict" "$python" -m mypy
look "architecture" "$python" -m pytest -q -p no:cacheprovider tests/test_architecture.py
look "shellcheck" check_shell
if [ -n "$failed" ]; then
    printf 'check: not clean: %s (%s)\n' "${failed#, }" "$(seconds "$began")"
    exit 1
fi
printf 'check: clean (%s)\n' "$(seconds "$began")"
