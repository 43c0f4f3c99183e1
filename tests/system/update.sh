#!/bin/sh
# --update: expected files that differ are rewritten, and only those, and well.

# shellcheck disable=SC2016 # plans
. "$(dirname "$0")/common"

cat >t.plan <<'END'
test files {
    file "$tmp/new" "new\n"
    check file "$tmp/new" == file "old"
    check file "$tmp/new" == file "same"
    check file "$tmp/new" == file "link"
    check file "$tmp/new" == file "none"
}
END
umask 022
reset () {
  echo old >old
  echo new >same
  echo old >target
  chmod 640 old
  ln -sf target link
  ln -sf made none
  rm -f made
}

# Without it nothing is touched.
reset
"$proctor" t.plan >out 2>&1
expect "status without --update" $? 1
expect_in out 'error: "\$tmp/new" differs from "old" at byte 1, in line 1'
expect_in out 'note: if it is right now: --update rewrites "old"'
expect "what is expected" "$(cat old)" old

same=$(stat -c %i same)
"$proctor" --update t.plan >out 2>&1
expect "status" $? 0
expect "what was told" "$(grep -c '^log ' out)" 3
expect_in out '^log     t.plan:files  updated "old"$'
expect "what is expected now" "$(cat old same link made)" "new
new
new
new"
expect "mode" "$(stat -c %a old)" 640
expect "mode of a new file" "$(stat -c %a made)" 644
expect "link" "$(readlink link)" target
expect "link to nothing" "$(readlink none)" made
expect "a file that was right" "$(stat -c %i same)" "$same"
expect "files left beside them" "$(find . -maxdepth 1 -name '.*-*' | wc -l)" 0

"$proctor" t.plan >out 2>&1
expect "status when all is as expected" $? 0
"$proctor" --update t.plan >out 2>&1
expect "what was told, with nothing to do" "$(grep -c '^log ' out)" 0

# By the environment, and quietly, but not silently.
reset
PROCTOR_UPDATE=1 "$proctor" -q t.plan >out 2>&1
expect "status with PROCTOR_UPDATE" $? 0
expect_in out '^log     t.plan:files  updated "old"$'
reset
"$proctor" --update --tap t.plan >out 2>&1
expect "status with --tap" $? 0
expect_in out '^    # log: updated "old"$'

# What is protected stays as it is.
cp "$proctor" ./proctor
chmod 755 "$top"
as_nobody () {
  setpriv --reuid=65534 --regid=65534 --clear-groups \
    ./proctor --logdir=/tmp/nobody-$$ "$@"
}
if [ "$(id -u)" = 0 ]; then
  reset
  mkdir -m 777 open closed
  cp t.plan open/
  for name in old same target; do
    cp $name open/
  done
  chmod 666 open/same open/target
  chmod 444 open/old
  (cd open && cp ../proctor . && as_nobody --update t.plan) >out 2>&1
  expect "status with a file that is read-only" $? 1
  expect_in out 'error: "old" cannot be updated: Permission denied'
  expect "a file that is read-only" "$(cat open/old)" old
  rm -rf "/tmp/nobody-$$"

  cat >closed/t.plan <<'END'
test one {
    file "$tmp/new" "new\n"
    check file "$tmp/new" == file "old"
}
END
  echo old >closed/old
  cp proctor closed/
  chmod 666 closed/old
  chmod 755 closed
  (cd closed && as_nobody --update t.plan) >out 2>&1
  expect "status with a directory that is not writable" $? 1
  expect_in out 'error: "old" cannot be updated: Permission denied'
  expect "a file in such a directory" "$(cat closed/old)" old
  rm -rf "/tmp/nobody-$$"
fi

# A limit of size is as good as a full disk: what there was is whole.
head -c 1000000 /dev/zero >large
echo 'check file large == file old' >large.plan
reset
(
  ulimit -f 200
  "$proctor" --update large.plan >out 2>&1
)
expect "status where there is no space" $? 1
expect_in out 'error: "old" cannot be updated: File too large'
expect "a file where there is no space" "$(cat old)" old
expect "what is left then" "$(find . -maxdepth 1 -name '.*-*' | wc -l)" 0

finish
