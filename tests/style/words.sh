#!/bin/sh
# Every word has its function, golden plan, unit test and paragraphs; every
# operation has its function.

. "$(dirname "$0")/common"

rows () {
  sed -nE "s/^$1 \(([A-Za-z_]+), *\"?([A-Za-z_]+)\"?.*/\1 \2/p" "$2"
}

# A test made of the table tests every word.
tested () {
  grep -qE '^# *include "front/words.def"' tests/unit/*.c \
    || grep -qE "\b$1\b" tests/unit/*.c
}

words=src/front/words.def
while read -r name word; do
  [ -n "$word" ] || continue
  grep -qE "^word_$name \(" src/front/words/*.c \
    || complain "$words" "\"$word\" has no word_$name() in src/front/words/"
  golden=tests/golden/words/$word
  for file in "$golden.plan" "$golden.out"; do
    [ -e "$file" ] || complain "$words" "\"$word\" has no $file"
  done
  [ ! -e "$golden.plan" ] || grep -qE "(^|[^A-Za-z])$word\b" "$golden.plan" \
    || complain "$golden.plan" "does not use \"$word\""
  tested "$word" || complain "$words" "\"$word\" is in no unit test"
  grep -qE "\`$word\b" doc/language.md \
    || complain "$words" "\"$word\" has no paragraph in doc/language.md"
  grep -qE "\b$word\b" doc/proctor.1 \
    || complain "$words" "\"$word\" is not in doc/proctor.1"
done <<ROWS
$(rows WORD "$words")
ROWS

ops=src/plan/ops.def
while read -r _ name; do
  [ -z "$name" ] || grep -qE "^op_$name \(" src/vm/ops/*.c \
    || complain "$ops" "there is no op_$name() in src/vm/ops/"
done <<ROWS
$(rows OP "$ops")
ROWS

finish
