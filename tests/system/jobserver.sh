#!/bin/sh
# Under make: never more tests at once than make has slots for us, and every
# token is back in the pipe at the end, whatever end that is.

# shellcheck disable=SC2016,SC2317 # plans; called by until_true
. "$(dirname "$0")/common"
unset MAKEFLAGS MFLAGS MAKELEVEL GNUMAKEFLAGS PROCTOR_JOBS
export TOP="$top" WIDTH=4

# A test marks its begin and its end; the first ones go on only when WIDTH of
# them run at once.
i=0
while [ $((i += 1)) -le 12 ]; do
  cat <<PLAN
test wide-$i {
    run sh -c 'echo b >>\$1/marks; until [ \$(grep -c b \$1/marks) -ge \$2 ]; do sleep 0.02; done; echo e >>\$1/marks' sh \$TOP \$WIDTH
}
PLAN
done >wide.plan
sed 's/wide-/broad-/' wide.plan >broad.plan

# Each runs until there is a file "go".
i=0
while [ $((i += 1)) -le 6 ]; do
  cat <<PLAN
test long-$i {
    run --within=1h sh -c 'echo b >>\$1/marks; until [ -e \$1/go ]; do sleep 0.02; done; echo e >>\$1/marks' sh \$TOP
}
PLAN
done >long.plan

cat >environment.plan <<'PLAN'
run --stdout=$TOP/environment env
PLAN

# How many ran at once, at most.
width () {
  awk '/b/ { n++ } /e/ { n-- } n > most { most = n } END { print most + 0 }' marks
}

begun () {
  [ "$(grep -c b marks)" -ge "$1" ]
}

# --- A pipe of our own: we see each token ---------------------------------

mkfifo pipe
exec 9<>pipe
flags=" -j4 --jobserver-auth=fifo:$top/pipe"

# Those that are there, which are taken out.
tokens () {
  dd if=pipe bs=64 count=1 iflag=nonblock status=none 2>/dev/null \
    | fold -w 1 | sort | tr -d '\n'
}

fill () {
  rm -f marks go
  printf abc >&9
}

fill
MAKEFLAGS=$flags "$proctor" wide.plan >wide.out 2>&1
expect "status" $? 0
expect "tests at once" "$(width)" 4
expect "tokens at the end" "$(tokens)" abc

# A number of our own goes before what make has.
fill
WIDTH=2 MAKEFLAGS=$flags "$proctor" -j 2 wide.plan >two.out 2>&1
expect "status with -j" $? 0
expect "tests at once with -j" "$(width)" 2
expect "tokens at the end with -j" "$(tokens)" abc

# There is one slot without a token.
rm -f marks
WIDTH=1 MAKEFLAGS=$flags "$proctor" wide.plan >one.out 2>&1
expect "status without tokens" $? 0
expect "tests at once without tokens" "$(width)" 1
expect "tokens at the end, of none" "$(tokens)" ""

# begin_long: with all tokens in use.
begin_long () {
  fill
  MAKEFLAGS=$flags env --default-signal=INT,TSTP "$proctor" long.plan >long.out 2>&1 &
  guard=$!
  until_true begun 4
}

for signal in INT:130 TERM:143; do
  begin_long
  kill -"${signal%:*}" "$guard"
  wait "$guard"
  expect "status after SIG${signal%:*}" $? "${signal#*:}"
  expect "tests at once before SIG${signal%:*}" "$(width)" 4
  expect "tokens after SIG${signal%:*}" "$(tokens)" abc
  expect_nothing_left
done

begin_long
scheduler=$(child_of "$guard" proctor-sched)
kill -KILL "$(child_of "$scheduler" proctor-worker | head -n 1)"
until_true begun 5
: >go
wait "$guard"
expect "status after a worker was killed" $? 99
expect "tokens after a worker was killed" "$(tokens)" abc
expect_nothing_left

begin_long
kill -KILL "$(child_of "$guard" proctor-sched)"
wait "$guard"
expect "status after the scheduler was killed" $? 99
expect "tokens after the scheduler was killed" "$(tokens)" abc
expect_nothing_left

begin_long
kill -KILL "$guard"
wait "$guard" 2>/dev/null
expect_nothing_left
expect "tokens after the guard was killed" "$(tokens)" abc

# One that stands still with all that is below it.
begin_long
kill -TSTP "$guard"
is_stopped () {
  test "$(ps -o state= -p "$guard" | cut -c1)" = T
}
until_true is_stopped
kill -KILL "$guard"
wait "$guard" 2>/dev/null
expect_nothing_left
expect "tokens after a guard that was stopped was killed" "$(tokens)" abc
exec 9>&-

# --- A real make, with a pipe ---------------------------------------------

command -v make >/dev/null || finish

cat >Makefile <<'MAKE'
all: wide broad
wide broad: ; +'$(PROCTOR)' $@.plan
without: ; '$(PROCTOR)' wide.plan
environment: ; +'$(PROCTOR)' environment.plan
long: ; +'$(PROCTOR)' long.plan
MAKE

# make counts its tokens when it ends.
expect_all_back () {
  ! grep INTERNAL "$1" || fail "tokens are missing, or there are too many"
}

# Two proctors, with a slot each, share the third.
rm -f marks
WIDTH=3 make -j3 >make.out 2>&1
expect "status of make" $? 0
expect "tests at once of two proctors" "$(width)" 3
expect_all_back make.out

# It says why it does not use them.
rm -f marks
WIDTH=1 make -j3 without >without.out 2>&1
expect "status of make without a +" $? 0
expect "tests at once without a +" "$(width)" 1
expect_in without.out 'has not handed its jobserver down'
expect_all_back without.out

make -j3 X=y environment >environment.out 2>&1
expect "status of make with a look at the environment" $? 0
expect "make's variables" "$(grep -E '^(MAKE|MFLAGS|GNUMAKE)' environment)" ""

rm -f marks go
make -j4 long >killed.out 2>&1 &
make=$!
until_true begun 4
guard=$(child_of "$make" proctor)
[ -n "$guard" ] || guard=$(child_of "$(pgrep -P "$make")" proctor)
kill -KILL "$(child_of "$guard" proctor-sched)"
wait "$make"
expect "status of make after the scheduler was killed" $? 2
expect_all_back killed.out
finish
