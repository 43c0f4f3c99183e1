#!/bin/bash
# In which order tests are run, and which of them: chance, parts, and what the
# history knows.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
unset PROCTOR_JOBS PROCTOR_HISTORY PROCTOR_NO_HISTORY
export TOP=$top XDG_STATE_HOME=$top/state

for plan in a b c; do
  for ((i = 1; i <= 10; i++)); do
    echo "test t$i { run sh -c 'echo $plan:$i >>\"\$0/ran\"' \$TOP }"
  done >$plan.plan
done

# run STATUS ARGUMENT...: what has run, in that order, is in "ran".
run () {
  rm -f ran
  touch ran
  "$proctor" run "${@:2}" >out 2>errors
  expect "status of run ${*:2}" $? "$1"
}

# order ARGUMENT...
order () {
  run 0 --no-history "$@"
  xargs <ran
}

# --- Chance ---

in_order=$(order a.plan b.plan c.plan)
expect "tests without --shuffle" "$(wc -w <<<"$in_order")" 30
one=$(order --shuffle --seed=1 a.plan b.plan c.plan)
expect "the order of a seed, again" \
  "$(order --shuffle --seed=1 a.plan b.plan c.plan)" "$one"
[ "$one" != "$in_order" ] || fail "--shuffle has changed nothing"
[ "$one" != "$(order --shuffle --seed=2 a.plan b.plan c.plan)" ] \
  || fail "two seeds, and the same order"
expect "the tests of a shuffled run" "$(tr ' ' '\n' <<<"$one" | sort)" \
  "$(tr ' ' '\n' <<<"$in_order" | sort)"

# A seed of its own is told, and gives the order again.
drawn=$(order --shuffle a.plan b.plan c.plan)
run 0 --no-history --shuffle a.plan b.plan c.plan
drawn=$(xargs <ran)
seed=$(cat out errors | sed -nE 's/.*--seed[= ]([0-9]+).*/\1/p' | head -n 1)
[ -n "$seed" ] || fail "the seed is not told: $(cat out errors)"
"$proctor" --tap --shuffle a.plan >tap.out 2>tap.errors
expect "the first line of TAP" "$(head -n 1 tap.out)" "TAP version 14"
expect_in tap.errors '^shuffled with --seed=[0-9]+$'
expect "the order of the seed $seed that was told" \
  "$(order --shuffle --seed="$seed" a.plan b.plan c.plan)" "$drawn"
expect "the order of a seed in the environment" \
  "$(PROCTOR_SHUFFLE=1 PROCTOR_SEED=1 order a.plan b.plan c.plan)" "$one"

# The tests of a layer stay together, whatever the chance.
cat >layered.plan <<'PLAN'
layer up { setup { run sh -c 'echo up >>"$0/ran"' $TOP } }
PLAN
for ((i = 1; i <= 8; i++)); do
  [ $((i % 2)) = 0 ] && echo "test t$i { run true }" \
    || echo "test t$i { uses up; run true }"
done >>layered.plan
expect "set-ups of a shuffled run" \
  "$(order --shuffle --seed=3 layered.plan)" "up"

for wrong in x -1 1.5 ''; do
  run 2 --no-history --shuffle --seed="$wrong" a.plan
done

# --- Parts ---

# part OPTION [VARIABLE=VALUE...]: what it has run is added to "parts".
part () {
  rm -f ran
  touch ran
  env "${@:2}" "$proctor" run --no-history "$1" a.plan b.plan c.plan >out 2>&1
  expect "status of run $*" $? 0
  cat ran >>parts
}

# expect_each_once WHAT: the tests in "parts".
expect_each_once () {
  expect "tests of $1" "$(sort parts | xargs)" \
    "$(tr ' ' '\n' <<<"$in_order" | sort | xargs)"
  rm parts
}

for i in 1 2 3; do
  part "--shard=$i/3"
done
expect_each_once "three parts"
for i in 1 2; do
  part "--shard=$i/2" PROCTOR_PARTITION=time
done
expect_each_once "two parts by time"
part --shard=1/1
expect_each_once "one part"

one=$(order --shard=2/3 a.plan b.plan c.plan | tr ' ' '\n' | sort)
expect "a part of the plans in another order" \
  "$(order --shard=2/3 c.plan a.plan b.plan | tr ' ' '\n' | sort)" "$one"
expect "a part that is listed" "$("$proctor" list --no-history --shard=2/3 \
  a.plan b.plan c.plan | sed 's/.plan:t/:/' | sort)" "$one"

# part_of SYSTEM OPTION VARIABLE FIRST [VARIABLE=VALUE...]
part_of () {
  for i in 0 1 2; do
    part "$2" "$3=$((i + $4))" "${@:5}"
    expect_in out "^shard $((i + 1)) of 3: .*\\($1.*\\)"
  done
  expect_each_once "$1"
}
part_of Bazel --shard=env TEST_SHARD_INDEX 0 TEST_TOTAL_SHARDS=3 \
  TEST_SHARD_STATUS_FILE="$top/shard-status"
test -e shard-status || fail "Bazel is not told that we know of parts"
part_of GitLab --shard=env CI_NODE_INDEX 1 CI_NODE_TOTAL=3
part_of CircleCI --shard=env CIRCLE_NODE_INDEX 0 CIRCLE_NODE_TOTAL=3
part_of Buildkite --shard=env BUILDKITE_PARALLEL_JOB 0 \
  BUILDKITE_PARALLEL_JOB_COUNT=3
part_of Slurm --shard=env SLURM_ARRAY_TASK_ID 5 SLURM_ARRAY_TASK_COUNT=3 \
  SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_STEP=1
part_of Kubernetes --shard=env/3 JOB_COMPLETION_INDEX 0

for wrong in 0/3 4/3 1/0 1 1/ /3 a/b 1/3/3 -1/3 1.0/3 ''; do
  run 2 --no-history --shard="$wrong" a.plan
  expect "what ran as the part \"$wrong\"" "$(cat ran)" ""
done
env -i PATH="$PATH" "$proctor" run --no-history --shard=env a.plan >out 2>&1
expect "status of --shard=env without one" $? 2

# --- What the history knows ---

history=$top/state/proctor/history.sqlite
cat >last.plan <<'PLAN'
test quick { run sh -c 'echo quick >>"$0/ran"; test ! -e "$0/long" || test -e "$0/slow" -a -e "$0/slower"' $TOP }
test slow { run sh -c 'echo slow >>"$0/ran"' $TOP; file $TOP/slow "x"; await file:$TOP/slower }
test slower { file $TOP/slower "x"; await file:$TOP/slow; run sh -c 'echo slower >>"$0/ran"; test ! -e "$0/broken"' $TOP }
PLAN
touch slower
run 0 last.plan
expect "the order of one after the other" "$(xargs <ran)" "quick slow slower"

# The two that take longest go first: quick sees that both have begun.
sqlite3 "$history" "UPDATE results SET microsecs = CASE tests.name
    WHEN 'quick' THEN 1 WHEN 'slow' THEN 1000000000 ELSE 9000000000 END
  FROM tests WHERE tests.id = results.test" || fail "no durations"
rm slow slower
touch long
run 0 --no-history -j 2 last.plan:slow last.plan:slower
rm slow slower
run 0 -j 2 last.plan

# Those that failed.
touch broken
run 1 last.plan
rm broken
run 0 --failed-first last.plan
expect "the order with what failed first" "$(xargs <ran)" "slower quick slow"
run 0 --failed-first last.plan
expect "the order when nothing failed" "$(xargs <ran)" "quick slow slower"
touch broken
run 1 last.plan
run 1 --failed last.plan
expect "what failed, again" "$(xargs <ran)" "slower"
rm broken
run 0 --failed last.plan
expect "what failed, until it passed" "$(xargs <ran)" "slower"
run 0 --failed last.plan
expect "what failed when all have passed" "$(cat ran)" ""
finish
