# The tests.  A golden test is tests/golden/AREA/CASE.plan with CASE.out, a
# script is tests/AREA/NAME.sh: both are found.  Plans shown to people are run
# too; what they print is in tests/golden/plans.  A unit test is a line here.

check_PROGRAMS = \
  tests/unit/test-arena \
  tests/unit/test-cgroup \
  tests/unit/test-channel \
  tests/unit/test-compile \
  tests/unit/test-diag \
  tests/unit/test-discover \
  tests/unit/test-event \
  tests/unit/test-intern \
  tests/unit/test-launch \
  tests/unit/test-logdir \
  tests/unit/test-messages \
  tests/unit/test-nearest \
  tests/unit/test-parse \
  tests/unit/test-plan \
  tests/unit/test-select \
  tests/unit/test-settings \
  tests/unit/test-signame \
  tests/unit/test-source \
  tests/unit/test-tap \
  tests/unit/test-text-report \
  tests/unit/test-timer \
  tests/unit/test-units \
  tests/unit/test-visible \
  tests/unit/test-words \
  tests/fuzz/fuzz-compile

# What they share.
check_LIBRARIES = tests/unit/libunit.a
tests_unit_libunit_a_SOURCES = \
  tests/unit/compiling.c tests/unit/compiling.h \
  tests/unit/sample.c tests/unit/sample.h \
  tests/unit/telling.c tests/unit/telling.h
LDADD = tests/unit/libunit.a $(src_proctor_LDADD)

TEST_EXTENSIONS = .sh .plan
LOG_COMPILER = timeout -k 5 600
SH_LOG_COMPILER = timeout -k 5 600
PLAN_LOG_COMPILER = $(srcdir)/tests/golden/run
TESTS = $(check_PROGRAMS) @SCRIPT_TESTS@ @PLAN_TESTS@

AM_TESTS_ENVIRONMENT = \
  PROCTOR='$(abs_builddir)/src/proctor' top_srcdir='$(abs_srcdir)' \
  top_builddir='$(abs_builddir)'; \
  LC_ALL=C.UTF-8; \
  export PROCTOR top_srcdir top_builddir LC_ALL;

# A result is worth what the program under it is.
$(TEST_LOGS): $(bin_PROGRAMS)
