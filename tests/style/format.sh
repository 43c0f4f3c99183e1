#!/bin/sh
# clang-format decides all spacing.

. "$(dirname "$0")/common"
need clang-format

# shellcheck disable=SC2046
clang-format --dry-run -Werror $(c_files | grep '\.[ch]$') 2>&1 \
  | grep -E 'error:' | sed 's/ \[-W.*//; s/ error: / /' | grep . && {
  echo "mend with: clang-format -i FILE"
  failed=1
}

finish
