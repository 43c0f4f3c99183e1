#!/bin/sh
# Random plans against a model of what a bare name means (bare-names.pl).
#
#   BARE_NAMES_FIRST=1 BARE_NAMES_LAST=10000 tests/system/bare-names.sh
#
# makes the plans of these numbers.

here=$(cd "$(dirname "$0")" && pwd) || exit 99
. "$(dirname "$0")/common"

perl "$here/bare-names.pl" "$proctor" "${BARE_NAMES_FIRST:-1}" \
  "${BARE_NAMES_LAST:-300}" >out 2>&1 || fail "$(cat out)"
finish
