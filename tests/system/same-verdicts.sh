#!/bin/bash
# How much is told of a test does not change its verdict: the golden tests, and
# one whose log is truncated, once as they are, once with -v and once with --tap.

# shellcheck disable=SC2016 # plans
golden=$(realpath "${top_srcdir:-$(dirname "$0")/../..}")/tests/golden
. "$(dirname "$0")/common"
unset "${!PROCTOR_@}" LANG LANGUAGE COLUMNS NO_COLOR CI
export TZ=UTC TERM=dumb HOME=$top PROCTOR_NO_HISTORY=yes PROCTOR_PROGRESS=none
export RUN=$$ PROCTOR_LOGDIR=$top/logs
umask 022

# With -v the log has a time index as soon as its growth was seen.
mkdir own
cat >own/truncated.plan <<'PLAN'
test truncated {
    run sh -c 'echo lost and gone; i=0
        until [ -e "$1.idx" ] || [ $i = 50 ]; do sleep 0.01; i=$((i + 1)); done
        : >"$1"; echo kept' sh "$logdir/sh.stdout"
}
test truncated-later {
    a = run echo lost
    run sh -c 'i=0
        until [ -e "$1.idx" ] || [ $i = 50 ]; do sleep 0.01; i=$((i + 1)); done
        : >"$1"' sh "$logdir/a.stdout"
}
PLAN

# More logs than there are descriptors for, were all of them open.
{
  printf 'test many {\nspawnPar {\n'
  for i in $(seq 100); do
    printf "p%d = --stdin=pipe sh -c 'echo out; echo err >&2; read x'\n" "$i"
  done
  printf '}\n%s\n' 'run sh -c '\''until [ $(cat $1/*.stderr | wc -l) = 100 ]
      do sleep 0.01; done'\'' sh $logdir'
  echo "kill $(seq -f 'p%.0f' -s ' ' 100)"
  echo '}'
} >own/many.plan

# Those that are run as they are, and that can be.
plans_of () {
  local plan
  for plan in *.plan; do
    [ -e "$plan" ] || continue # there are directories of data, too
    if { ! grep -q '^# proctor:' "$plan" || grep -qx '# proctor: run' "$plan"; } \
      && "$proctor" check "$plan" >/dev/null 2>&1; then
      echo "$plan"
    fi
  done
}

# differ: what was told of the tests whose verdict is another one.
differ () {
  local name
  diff plain told >differences && return 1
  cat differences
  sed -n 's/^[<>] \(.*\): [^:]*$/\1/p' differences | sort -u \
    | while read -r name; do
      grep -hF -A 6 -e "$name" plain.report told.report
    done
}

# verdicts AREA FILE OPTION...: in a copy of its own, since tests leave files.
verdicts () {
  local area=$1 to=$top/$2
  shift 2
  cp -R "$area" "$top/copy"
  cd "$top/copy" || exit 99
  mapfile -t plans < <(plans_of)
  if [ ${#plans[@]} -gt 0 ]; then
    (
      [ "$area" != own ] || ulimit -Sn 256
      exec "$proctor" run -j4 --json="$top/events" "$@" "${plans[@]}"
    ) >"$to.report" 2>&1 </dev/null
    sed -n 's/.*"event":"test-end".*"test":"\(.*\)","number".*"verdict":"\([^"]*\)".*/\1: \2/p' \
      "$top/events" | sort
  fi >"$to"
  cd "$top" || exit 99
  chmod -R u+rwx copy
  rm -rf copy events
}

for area in own "$golden"/*/; do
  verdicts "$area" plain
  cat plain >>all
  for option in -v --tap; do
    verdicts "$area" told $option
    ! differ \
      || fail "$(basename "$area"): verdicts differ without and with $option"
  done
done

for verdict in passed failed skipped; do
  [ "$(grep -c ": $verdict\$" all)" -ge 5 ] || fail "hardly a test is \"$verdict\""
done
[ "$(wc -l <all)" -ge 300 ] || fail "only $(wc -l <all) tests were run"
finish
