#!/bin/bash
# Signs of life: while nothing else is printed, of every kind of report; slow
# tests by name; and who is doing what, for those who ask.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
unset PROCTOR_PROGRESS PROCTOR_JOBS PROCTOR_SLOW
export TOP=$top PROCTOR_NO_HISTORY=yes

# Each runs until there is a file "go.CASE".
cat >long.plan <<'PLAN'
test first { file $TOP/up.$CASE "x"; await file:$TOP/go.$CASE within 1h }
test second { run true }
PLAN
cat >both.plan <<'PLAN'
test one { file $TOP/up.one "x"; await file:$TOP/go.$CASE within 1h }
test two { await file:$TOP/up.one within 1h; await file:$TOP/go.$CASE within 1h }
PLAN
cat >layer.plan <<'PLAN'
layer heavy {
    setup { await file:$TOP/go.$CASE within 1h }
}
test light { uses heavy; run true }
PLAN

# goes_on_after CASE PATTERN: copies what it reads; the test goes on when all of
# it, so far, matches.  So this comes while the test runs, or never.
goes_on_after () {
  text=
  while IFS= read -r -d '' -N 1 byte; do
    text+=$byte
    [[ $text =~ $2 ]] && touch "go.$1"
  done
  printf %s "$text"
}

# watched CASE PATTERN ARGUMENT...: the report, with a test that runs until the
# pattern has come, will be in CASE.out.
watched () {
  {
    CASE=$1 timeout -k 5 60 "$proctor" run "${@:3}" 2>&1 </dev/null \
      | goes_on_after "$1" "$2" >"$1.out"
    echo "${PIPESTATUS[0]}" >"$1.status"
  } &
}

# These run all the time in which another one gives two signs.
for kind in none none-tap none-slow; do
  case $kind in
    none) options=--progress=none ;;
    none-tap) options="--progress=none --tap" ;;
    none-slow) options="--progress=none --slow=100ms" ;;
  esac
  # shellcheck disable=SC2086 # several options
  watched $kind never $options long.plan
  until_true test -e up.$kind
done

line=$'[^\n]*\n'
waits=$'[^\n]*await file:[^\n]*\n'
watched dots ' \.\.$' long.plan
watched order ' \.\.$' -j 2 long.plan
watched both '1 more \.\.$' -j 2 both.plan
watched layer ' \.\.$' layer.plan
watched said ' \.\.$' --progress=dots --quiet long.plan
watched slow "slow $line.*slow $waits$" --slow 100ms long.plan
PROCTOR_SLOW=100ms watched slow-environment "slow $line$" long.plan
watched slow-tap "# slow: $waits$" --tap --slow 100ms long.plan
watched tap "# [0-9]+s: $line.*# [0-9]+s: $line$" --tap -j 2 long.plan
until_true test -e dots.status
touch go.none go.none-tap go.none-slow
wait
for status in *.status; do
  expect "status of ${status%.status}" "$(cat "$status")" 0
done

# --- Not on a terminal ---

expect_in dots.out '^running long\.plan:first  [0-9]+s, operation [12] of 2 \.\.+$'
expect "results behind the dots" "$(tail -n 3 dots.out | sed 's/ [ 0-9.()s]*$//')" \
  "ok      long.plan:first
ok      long.plan:second
2 passed"

# The second one has ended, but is told after the first.
expect "results behind the dots, in order" \
  "$(sed -nE 's/^ok +([^ ]+).*/\1/p' order.out | xargs)" \
  "long.plan:first long.plan:second"

# With two that run, the one that runs longest is named.
expect_in both.out '^running both\.plan:(one|two)  [0-9]+s, operation 2 of 2, and 1 more \.\.'

# A set-up is work, too.
expect_in layer.out '^running layer layer\.plan:heavy  [0-9]+s, operation .* \.\.'

# Said aloud, where they are not usual.
expect "summary behind the dots" "$(sed -n '$s/ (.*//p' said.out)" "2 passed"

# Slow ones are named again and again.
expect_in slow.out '^slow    long\.plan:first  [0-9]+s, operation 2 of 2: await file:'
expect_in slow-tap.out '^ *# slow: long\.plan:first  [0-9]+s, operation 2 of 2: await file:'

expect_in tap.out '^ *# [0-9]+s: long\.plan:first [0-9]+s, operation [12] of 2$'
expect "what is said besides" "$(grep -v '# [0-9]*s:' tap.out)" "TAP version 14
1..1
# Subtest: long.plan
    1..2
    ok 1 - first
    ok 2 - second
ok 1 - long.plan"

for kind in none none-tap none-slow; do
  expect "signs of $kind" \
    "$(grep -cE '^running|^ *# [0-9]|slow| \.\.' $kind.out)" 0
done

# --- For those who ask ---

cat >asked.plan <<'PLAN'
test waits { file $TOP/up.waits "x"; await file:$TOP/go.asked within 1h }
test works {
    worker = spawn --daemon sleep 1000
    file $TOP/up.works "x"
    await file:$TOP/go.asked within 1h
}
PLAN
are_up () {
  test -e up.waits && test -e up.works
}

rm -f go.* up.*
"$proctor" -j 2 --progress=none asked.plan >asked.out 2>&1 &
guard=$!
until_true are_up
# Once it is said who does what, that may still be the line before; and a
# process is proctor until its exec.
until_true eval "kill -USR1 $guard; sleep 0.1; \
  grep -q 'waits.*operation 2 of 2' asked.out && grep -q 'works.*await file' asked.out \
  && grep -q ' sleep 1000' asked.out"
touch go.asked
wait $guard
expect "status when it was asked" $? 0
expect_in asked.out '^status  0 of 2 tests ended, 2 running, 0:[0-9][0-9]$'
expect_in asked.out '^  asked\.plan:waits  [0-9]+s, operation 2 of 2 for [0-9]+s: await file:'
expect_in asked.out '^  asked\.plan:works  [0-9]+s, operation [0-9] of [0-9] for [0-9]+s: '
expect_in asked.out '^    [0-9]+ +sleep 1000'

# --- On a terminal ---

# on_terminal TERM ARGUMENT...: what is written there will be in typescript;
# keys come by descriptor 9.  Behind it the shell reads what was typed and is
# left.
mkfifo keys
cat >session <<'SCRIPT'
stty rows 20 columns 100
stty -a >before
"$@"
echo "status $?"
stty -a >after
IFS= read -r left
echo "left <$left>"
SCRIPT
on_terminal () {
  rm -f go.* up.*
  TERM=$1 script -qefc "sh session '$proctor' ${*:2} asked.plan" typescript \
    >/dev/null 2>&1 <keys &
  session=$!
  exec 9>keys
  until_true are_up
}

# The lines stand below each other, drawn over those that were there.
screen () {
  sed 's/\x1b\[[0-9;?]*[A-Za-z]/\n/g' typescript | tr -d '\r' | grep -aE "$1"
}

ask_until () {
  until_true eval "printf t >&9; sleep 0.1; screen '$1'" >/dev/null
}

# Before the last keys were read the terminal may be given back.
end_session () {
  touch go.asked
  until_true screen '^status [0-9]+$' >/dev/null
  echo >&9
  wait $session
  exec 9>&-
  screen '^status 0$' >/dev/null || fail "no status at the end"
  cmp before after || fail "the terminal is not as it was"
}

on_terminal xterm -j 2
until_true screen 'asked\.plan:waits +[0-9]+s.*operation 2 of 2' >/dev/null
until_true screen 'asked\.plan:works +[0-9]+s' >/dev/null
until_true screen '0/2|0 of 2' >/dev/null
ask_until '[0-9]+ +sleep 1000'
screen '^ *status +0 of 2 tests ended, 2 running' >/dev/null || fail "no status"
end_session
screen '^2 passed' >/dev/null || fail "no summary"

# The key is read whatever the report looks like; it stands in none, and is not
# there for who reads next.
for kind in "xterm -v" "xterm -q" "xterm --tap" "xterm --progress=dots" \
  "xterm --progress=none" "dumb" "dumb --tap"; do
  # shellcheck disable=SC2086 # several words
  on_terminal $kind -j 2
  ask_until '^ *(# )?status +0 of 2 tests ended, 2 running'
  end_session
  screen '^t|tt|\.t' && fail "the key stands in the report of $kind"
  screen 'left <>' >/dev/null || fail "the key was not read with $kind"
done
[ $failed = 0 ] || cat -v typescript
finish
