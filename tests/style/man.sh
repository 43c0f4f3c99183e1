#!/bin/sh
# The man page is clean for mandoc.

. "$(dirname "$0")/common"
need mandoc

mandoc -T lint -W warning doc/proctor.1 || failed=1

finish
