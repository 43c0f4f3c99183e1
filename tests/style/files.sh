#!/bin/sh
# What is in git was written by someone, is clean text, and is in the build.

. "$(dirname "$0")/common"

if [ -e .git ]; then
  for file in $(git -c safe.directory='*' ls-files -ci --exclude-standard); do
    complain "$file" "is generated (.gitignore says so), but is in git"
  done
fi

# Expected output and test data are what they are.
our_files | grep -vE '\.out$|^tests/fuzz/corpus/|^tests/golden/.*\.plan$' \
  | while read -r file; do
    [ -s "$file" ] || continue
    grep -nHE '[[:blank:]]+$' "$file" | sed -E 's/^([^:]*:[0-9]*):.*/\1: blanks at the end/'
    [ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at the end"
  done | grep . && failed=1

# shellcheck disable=SC2046
grep -nP '\t' $(c_files) | sed -E 's/^([^:]*:[0-9]*):.*/\1: a tab/' \
  | grep . && failed=1

for file in $(c_files | grep ^src/); do
  grep -qF " $file" Makefile.am \
    || complain "$file" "is not in Makefile.am"
done
for file in tests/unit/test-*.c; do
  [ ! -e "$file" ] || grep -qE "\b${file%.c}\b" tests/local.mk \
    || complain "$file" "is not in check_PROGRAMS, in tests/local.mk"
done

# Golden tests come in twos.
for file in tests/golden/*/*.out; do
  [ -e "${file%.out}.plan" ] || [ ! -e "$file" ] \
    || [ -e "plans/$(basename "${file%.out}").plan" ] \
    || complain "$file" "there is no plan that prints this"
done
for file in tests/golden/*/*.plan; do
  [ -e "${file%.plan}.out" ] || [ ! -e "$file" ] \
    || complain "$file" "there is no .out for it: REGEN=1, then read it"
done

finish
