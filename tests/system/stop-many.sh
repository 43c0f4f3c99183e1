#!/bin/sh
# SIGTSTP stops all workers, also those in layers and those between two tests,
# and begins no test meanwhile; SIGCONT goes on, and no test is lost.

# shellcheck disable=SC2317 # called by until_true
. "$(dirname "$0")/common"

i=0
echo 'layer l { sharing shared; setup { run true } }' >many.plan
while [ $((i += 1)) -le 150 ]; do
  echo "test f$i { run sh -c ': >>\$0' \$srcdir/ticks }"
  echo "test l$i { uses l; run sh -c ': >>\$0' \$srcdir/ticks; run true }"
done >>many.plan

state_is () {
  test "$(ps -o state= -p "$1" | cut -c1)" = "$2"
}

stopped_or_gone () {
  case $(ps -o state= -p "$1" | cut -c1) in
    [TZ] | '') ;;
    *) return 1 ;;
  esac
}

# What the plan has started, and does not stand still.
running () {
  for pid in $(survivors); do
    case $(ps -o state=,comm= -p "$pid" 2>/dev/null) in
      '' | [TtZX]* | *proctor-ready) ;;
      *) echo "$pid" ;;
    esac
  done
}

for delay in 0.02 0.05 0.1 0.15; do
  rm -f ticks
  setsid env --default-signal=TSTP "$proctor" --no-history -j 6 many.plan >out 2>&1 &
  guard=$!
  until_true test -e ticks
  sleep $delay # any moment will do
  kill -TSTP "$guard" 2>/dev/null
  until_true stopped_or_gone "$guard"
  if state_is "$guard" T; then
    left=$(running)
    [ -z "$left" ] || fail "not stopped: $(ps -fp "$(echo "$left" | tr '\n' ',')0")"
  fi
  kill -CONT "$guard" 2>/dev/null
  wait "$guard"
  expect "status" $? 0
  expect_in out '^300 passed '
done
finish
