#!/bin/bash
# fmt --write: a file is rewritten whole or not at all, and only if it changes.

# shellcheck disable=SC2016 # scripts for other shells
plans=$(realpath "${top_srcdir:-$(dirname "$0")/../..}")/plans
. "$(dirname "$0")/common"

untidy='run   true'
tidy='run true'

# write STATUS ARGUMENT...: what is told goes to "out".
write () {
  wanted=$1
  shift
  "$proctor" fmt --write "$@" >out 2>&1
  expect "status of fmt --write $*" $? "$wanted"
}

# only FILE...: there is nothing else here, no temporary file in particular.
only () {
  expect "files" "$(find "${dir:-.}" -mindepth 1 -printf '%P\n' | sort | xargs)" "$*"
}

# The plans that we show are as they should be.
"$proctor" fmt --check "$plans" >out 2>&1
expect "status for our plans" $? 0
expect "what is said of them" "$(cat out)" ""

# Mode and owner stay, also if it is somebody else's; links stay links.
mkdir dir
echo "$untidy" >dir/a.plan
chown 65533:65534 dir/a.plan
chmod 4750 dir/a.plan
ln -s ../dir/a.plan dir/b.plan
write 0 dir/b.plan
expect "what is said" "$(cat out)" ""
expect "text behind a link" "$(cat dir/a.plan)" "$tidy"
expect "mode and owner" "$(stat -c '%a %u %g' dir/a.plan)" "4750 65533 65534"
expect "link" "$(readlink dir/b.plan)" ../dir/a.plan
dir=dir only a.plan b.plan

# What does not change is not touched.
touch -d @1000000000 dir/a.plan
before=$(stat -c '%i %Y %Z' dir/a.plan)
write 0 dir/a.plan
expect "file that is tidy" "$(stat -c '%i %Y %Z' dir/a.plan)" "$before"

# A directory, a file twice, a file without its last newline.
printf '%s' "$untidy" >dir/c.plan
echo "$untidy" >dir/d.txt
"$proctor" fmt --check dir dir/c.plan >out 2>&1
expect "status of fmt --check" $? 1
expect "what it names" "$(cat out)" dir/c.plan
write 0 dir dir/c.plan
expect "text" "$(cat dir/c.plan; echo .)" "$tidy
."
expect "text of what is no plan" "$(cat dir/d.txt)" "$untidy"

# Where one is wrong none is written.
echo "$untidy" >dir/e.plan
echo 'run "true' >dir/f.plan
write 2 dir
expect_in out '^dir/f.plan:1:5: error: this quote is not closed$'
expect "text beside a plan that is wrong" "$(cat dir/e.plan)" "$untidy"
rm -r dir

# A name of any kind: the longest, and one over two lines.
long=$(printf '%0250d' 0).plan
for name in "$long" $'two\nlines.plan' '-x.plan' ' .plan'; do
  mkdir dir
  echo "$untidy" >"dir/$name"
  (cd dir && write 0 -- "$name")
  expect "text of $name" "$(cat "dir/$name")" "$tidy"
  "$proctor" fmt --check "dir/$name" >out 2>&1
  expect "status of fmt --check dir/$name" $? 0
  rm -r dir
done
echo "$untidy" >$'two\nlines.plan'
"$proctor" fmt --check . >out 2>&1
expect "name over two lines" "$(cat out)" 'two\nlines.plan'
rm ./*.plan

# What is no file cannot be replaced by one.
mkfifo fifo.plan
write 2 fifo.plan
expect_in out 'error: cannot read "fifo.plan": it is a FIFO, not a file$'
[ -p fifo.plan ] || fail "the fifo was replaced"
rm fifo.plan

# Somebody who may not write there.
chmod 755 "$top"
cp "$proctor" ./proctor
mkdir dir
echo "$untidy" >dir/a.plan
as_nobody () {
  setpriv --reuid=65534 --regid=65534 --clear-groups ./proctor "$@" >out 2>&1
}
as_nobody fmt --write dir/a.plan
expect "status for somebody else's file" $? 99
expect_in out 'error: cannot write "dir/a.plan": Permission denied$'
chown 65534:65534 dir/a.plan
as_nobody fmt --write dir/a.plan
expect "status in somebody else's directory" $? 99
expect_in out 'error: cannot write "dir/a.plan": Permission denied$'
expect "text in somebody else's directory" "$(cat dir/a.plan)" "$untidy"
chmod 777 dir
as_nobody fmt --write dir/a.plan
expect "status for an own file" $? 0
chmod 444 dir/a.plan
echo "$untidy" >dir/a.plan
as_nobody fmt --write dir/a.plan
expect "status for a file that is read only" $? 99
dir=dir only a.plan
rm -r dir

# No space: on a small disk, and where no file may be large.
big () {
  yes 'run   true  # and what else there is to say' | head -n "$1"
}
mkdir dir
big 1000 >dir/a.plan
cp dir/a.plan before
(ulimit -f 8 && exec "$proctor" fmt --write dir/a.plan >out 2>&1)
expect "status with a limit" $? 99
expect_in out 'error: cannot write "dir/a.plan": File too large$'
cmp dir/a.plan before || fail "the file was damaged"
dir=dir only a.plan

unshare --mount bash -c '
  mount -t tmpfs -o size=64k none dir || exit 98
  cp before dir/a.plan
  "$0" fmt --write dir/a.plan >out 2>&1
  status=$?
  cp -r dir after
  exit $status' "$proctor"
expect "status with a full disk" $? 99
expect_in out 'error: cannot write "dir/a.plan": No space left on device$'
cmp after/a.plan before || fail "the file was damaged by a full disk"
dir=after only a.plan

# The output goes nowhere.
"$proctor" fmt before >/dev/full 2>out
expect "status with an output that is full" $? 99
expect_in out 'cannot write the output: No space left on device'
finish
