#!/bin/sh
# Each layer includes only what stands below it, never a sister.

. "$(dirname "$0")/common"

# The layers that LAYER may include.
below () {
  case $1 in
    base) echo base ;;
    plan) echo plan base ;;
    front) echo front grammar plan base ;;
    vm | report) echo "$1" plan base ;;
    suite) echo suite front vm report plan base ;;
    probe) echo probe ;; # a program of its own, which proctor starts
    cli) echo cli suite front vm report plan base ;;
    *) complain "src/$1" "a new layer: say in tests/style/layers.sh where it is"
  esac
}

for dir in src/*/; do
  layer=$(basename "$dir")
  files=$(find "$dir" -name '*.[ch]' | sort)
  [ "$layer" != front ] || files="$files $(echo grammar/*.[ly])"
  allowed=" $(below "$layer") "
  for file in $files; do
    [ -e "$file" ] || continue
    while IFS=: read -r line path; do
      [ -n "$path" ] || continue
      top=${path%%/*}
      case $path in
        config.h) continue ;;
        ../* | */../*) complain "$file:$line" "write \"$path\" from src/ on" ;;
        */*) ;;
        *) complain "$file:$line" "write \"$path\" from src/ on: $layer/$path" ;;
      esac
      case $allowed in
        *" $top "*) ;;
        *) [ "$top" = "$path" ] \
             || complain "$file:$line" "$layer includes \"$path\", of $top" ;;
      esac
    done <<LINES
$(grep -nE '^ *# *include *"' "$file" \
  | sed -E 's/^([0-9]+):[^"]*"([^"]*)".*/\1:\2/')
LINES
  done
done

# A library that one module hides behind its own header.
only_one () {
  list=$(grep -lE "^ *# *include *<$1>" -r src grammar tests/unit | sort)
  [ "$(echo "$list" | wc -l)" -le 1 ] \
    || complain "$(echo "$list" | sed -n 2p)" \
      "<$1> is included here and in $(echo "$list" | head -n 1)"
}
only_one yaml.h
only_one pcre2.h
only_one curl/curl.h
only_one sqlite3.h
only_one jansson.h
only_one mxml.h

grep -rnE '^ *# *include *<gio/' src grammar \
  && complain src "GIO is not linked: it costs a millisecond at each start"

finish
