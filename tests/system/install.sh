#!/bin/sh
# install: what "make install" puts where, and what the tarball has.

top_srcdir=$(realpath "${top_srcdir:-$(dirname "$0")/../..}")
here=$(realpath "$(dirname "$0")")
. "$here/common"
. "$here/projects"
need make
builddir=${top_builddir:?}

try 0 make -C "$builddir" install DESTDIR="$top/dest"
expect "what is installed" "$(find dest -type f -printf '%f\n' | sort | xargs)" \
  "events.md events.schema.json junit.xsd language.md proctor proctor-probe proctor.1 proctor.m4"
for file in bin/proctor share/man/man1/proctor.1 share/aclocal/proctor.m4; do
  [ -n "$(find dest -path "*/$file")" ] || fail "no $file is installed"
done
try 0 "$(find dest -path '*/bin/proctor')" --version
expect_in out '^proctor [0-9]+\.'
try 0 make -C "$builddir" uninstall DESTDIR="$top/dest"
expect "what is left of it" "$(find dest -type f)" ""

# Whoever has the tarball has the examples too.
cat >list.mk <<'MAKE'
include Makefile
list-dist:
	@printf '%s\n' $(DISTFILES) $(EXTRA_DIST)
MAKE
try 0 make -s -C "$builddir" -f "$top/list.mk" list-dist
(cd "$sources" && find doc/examples m4 -type f ! -name '*~') \
  | while read -r file; do
    grep -qxF -e "$file" -e "$sources/$file" out || echo "$file"
  done >missing
expect "what is not in the tarball" "$(cat missing)" ""
finish
