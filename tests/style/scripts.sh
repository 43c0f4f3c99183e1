#!/bin/sh
# Our scripts are clean for shellcheck, and can be executed.

. "$(dirname "$0")/common"
need shellcheck

scripts=$(our_files | while read -r file; do
  head -c 64 "$file" 2>/dev/null | head -n 1 \
    | grep -qE '^#!.*\b(ba|da|)sh$' && echo "$file"
done)
for script in $scripts; do
  [ -x "$script" ] || complain "$script:1" "has a #! but is not executable"
done

# shellcheck disable=SC2086
shellcheck --format=gcc --external-sources --source-path=SCRIPTDIR $scripts || failed=1

finish
