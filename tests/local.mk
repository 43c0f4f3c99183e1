# The tests.  A golden test is tests/golden/AREA/CASE.plan with CASE.out, a
# script is tests/AREA/NAME.sh: both are found.  Plans shown to people are run
# too; what they print is in tests/golden/plans.  A unit test is a line here.

check_PROGRAMS = \
  tests/unit/test-arena \
  tests/unit/test-automake \
  tests/unit/test-cgroup \
  tests/unit/test-channel \
  tests/unit/test-compare \
  tests/unit/test-compile \
  tests/unit/test-connecting \
  tests/unit/test-conversation \
  tests/unit/test-database \
  tests/unit/test-descendants \
  tests/unit/test-diag \
  tests/unit/test-diff \
  tests/unit/test-discover \
  tests/unit/test-endpoint \
  tests/unit/test-endpoint-file \
  tests/unit/test-event \
  tests/unit/test-feed \
  tests/unit/test-filewrite \
  tests/unit/test-fixture \
  tests/unit/test-github \
  tests/unit/test-helper \
  tests/unit/test-history \
  tests/unit/test-history-text \
  tests/unit/test-hosting \
  tests/unit/test-intern \
  tests/unit/test-job \
  tests/unit/test-jobserver \
  tests/unit/test-json \
  tests/unit/test-junit \
  tests/unit/test-launch \
  tests/unit/test-layer-key \
  tests/unit/test-layers \
  tests/unit/test-layout \
  tests/unit/test-live \
  tests/unit/test-locks \
  tests/unit/test-log-copy \
  tests/unit/test-logdir \
  tests/unit/test-logs \
  tests/unit/test-measure \
  tests/unit/test-messages \
  tests/unit/test-mismatch \
  tests/unit/test-nearest \
  tests/unit/test-order \
  tests/unit/test-ordered \
  tests/unit/test-parse \
  tests/unit/test-passwd \
  tests/unit/test-pattern \
  tests/unit/test-plan \
  tests/unit/test-plandirs \
  tests/unit/test-ports \
  tests/unit/test-proc \
  tests/unit/test-runlog \
  tests/unit/test-runner \
  tests/unit/test-select \
  tests/unit/test-settings \
  tests/unit/test-shard \
  tests/unit/test-signame \
  tests/unit/test-signs \
  tests/unit/test-slots \
  tests/unit/test-sockets \
  tests/unit/test-source \
  tests/unit/test-stream \
  tests/unit/test-stream-cuts \
  tests/unit/test-suitefile \
  tests/unit/test-suitefile-use \
  tests/unit/test-tap \
  tests/unit/test-target \
  tests/unit/test-text-report \
  tests/unit/test-text-runs \
  tests/unit/test-timer \
  tests/unit/test-units \
  tests/unit/test-values \
  tests/unit/test-visible \
  tests/unit/test-watches \
  tests/unit/test-words \
  tests/unit/test-writer \
  tests/fuzz/fuzz-compile

# What they share.
check_LIBRARIES = tests/unit/libunit.a
tests_unit_libunit_a_SOURCES = \
  tests/unit/asking.c tests/unit/asking.h \
  tests/unit/compiling.c tests/unit/compiling.h \
  tests/unit/growing.c tests/unit/growing.h \
  tests/unit/laid.c tests/unit/laid.h \
  tests/unit/laying.c tests/unit/laying.h \
  tests/unit/sample.c tests/unit/sample.h \
  tests/unit/suiting.c tests/unit/suiting.h \
  tests/unit/telling.c tests/unit/telling.h \
  tests/unit/tree.c tests/unit/tree.h

# What system tests run: processes that no shell can be.
test_helpers = tests/system/odd
EXTRA_PROGRAMS += $(test_helpers)
CLEANFILES += $(test_helpers)
tests_system_odd_CFLAGS = $(AM_CFLAGS) -pthread
tests_system_odd_LDFLAGS = $(AM_LDFLAGS) -pthread
tests_system_odd_LDADD =

# Its worker is in the place of ours.
tests_unit_test_runner_SOURCES = \
  tests/unit/scripted.c tests/unit/scripted.h \
  tests/unit/test-runner.c

LDADD = tests/unit/libunit.a $(src_proctor_LDADD)

TEST_EXTENSIONS = .sh .plan
LOG_COMPILER = timeout -k 5 600
SH_LOG_COMPILER = timeout -k 5 600
PLAN_LOG_COMPILER = $(srcdir)/tests/golden/run
TESTS = $(check_PROGRAMS) @SCRIPT_TESTS@ @PLAN_TESTS@

# What make hands to those that it starts is not for the tests.
AM_TESTS_ENVIRONMENT = \
  unset MAKEFLAGS MFLAGS MAKELEVEL; \
  PROCTOR='$(abs_builddir)/src/proctor' top_srcdir='$(abs_srcdir)' \
  top_builddir='$(abs_builddir)'; \
  LC_ALL=C.UTF-8; \
  PROCTOR_NO_HISTORY=yes; \
  export PROCTOR top_srcdir top_builddir LC_ALL PROCTOR_NO_HISTORY;

# A result is worth what the program under it is.
$(TEST_LOGS): $(bin_PROGRAMS) $(pkglibexec_PROGRAMS) $(test_helpers)
