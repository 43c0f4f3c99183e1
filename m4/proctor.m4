# proctor.m4 - plans as tests of "make check"
#
#   PROCTOR_INIT([MINIMUM-VERSION], [OPTIONS])
#
# in configure.ac, behind AM_INIT_AUTOMAKE, and in Makefile.am:
#
#   TEST_EXTENSIONS = .plan
#   PLAN_LOG_DRIVER = $(PROCTOR_DRIVER)
#   TESTS = one.plan two.plan
#
# It looks for proctor in PATH, or takes ./configure PROCTOR=/a/path/proctor.
# Where there is none, or one that is too old, configure ends with an error;
# with the option "optional" the plans are skipped instead, as they are after
# ./configure PROCTOR=no.
#
# It sets PROCTOR, PROCTOR_VERSION, PROCTOR_DRIVER and, for Makefile.am, the
# condition HAVE_PROCTOR.

# serial 1

AC_DEFUN([PROCTOR_INIT],
[AC_REQUIRE([AC_PROG_SED])dnl
AC_ARG_VAR([PROCTOR], [the program proctor, which runs plans; no: skip them])dnl
m4_foreach_w([_proctor_option], [$2],
  [m4_if(m4_defn([_proctor_option]), [optional], [],
    [m4_fatal([PROCTOR_INIT: there is no option "]m4_defn([_proctor_option])["])])])dnl
_PROCTOR_FIND([$1])
AS_IF([test -z "$proctor_problem"],
  [PROCTOR_DRIVER='$(PROCTOR) driver'],
  [m4_if(m4_bregexp([ $2 ], [ optional ]), [-1],
     [AS_IF([test "$PROCTOR_asked" != no],
        [AC_MSG_ERROR([$proctor_problem])])
     ])AC_MSG_NOTICE([plans are skipped: $proctor_problem])
   PROCTOR=no
   _PROCTOR_SKIP])
AC_SUBST([PROCTOR_VERSION])dnl
AC_SUBST([PROCTOR_DRIVER])dnl
AM_CONDITIONAL([HAVE_PROCTOR], [test "$PROCTOR" != no])dnl
])

# _PROCTOR_FIND([MINIMUM-VERSION]): what is wrong is in $proctor_problem.
AC_DEFUN([_PROCTOR_FIND],
[proctor_problem=
PROCTOR_VERSION=
PROCTOR_asked=$PROCTOR
AS_IF([test "$PROCTOR" = no],
  [proctor_problem="as PROCTOR=no asks for"],
  [AC_PATH_PROG([PROCTOR], [proctor], [no])
   AC_MSG_CHECKING([for the version of proctor])
   AS_IF([test "$PROCTOR" = no],
     [proctor_problem="there is no proctor in PATH, and no PROCTOR=/a/path/proctor"],
     [PROCTOR_VERSION=`"$PROCTOR" --version 2>/dev/null | $SED -n 's/^proctor //p'`
      AS_IF([test -z "$PROCTOR_VERSION"],
        [proctor_problem="$PROCTOR cannot be run, or is another program"],
        m4_ifval([$1],
          [[AS_VERSION_COMPARE([$PROCTOR_VERSION], [$1],
             [proctor_problem="$PROCTOR is version $PROCTOR_VERSION, and $1 is needed"])]],
          [[:]]))])
   AC_MSG_RESULT([${PROCTOR_VERSION:-none}])])
])

# A driver for where there is no proctor.  The doubled signs are for make, which
# would take a number sign for a comment.
AC_DEFUN([_PROCTOR_SKIP],
[PROCTOR_DRIVER='$(SHELL) -c '\''why="there is no proctor"; '
   AS_VAR_APPEND([PROCTOR_DRIVER], ['while test "$$[1]" != --; do case $$[1] in '])
   AS_VAR_APPEND([PROCTOR_DRIVER], ['--test-name) name=$$[2];; '])
   AS_VAR_APPEND([PROCTOR_DRIVER], ['--log-file) log=$$[2];; '])
   AS_VAR_APPEND([PROCTOR_DRIVER], ['--trs-file) trs=$$[2];; '])
   AS_VAR_APPEND([PROCTOR_DRIVER], ['esac; shift; done; '])
   AS_VAR_APPEND([PROCTOR_DRIVER], ['echo "SKIP: $$name ($$why)"; '])
   AS_VAR_APPEND([PROCTOR_DRIVER], ['echo "$$name was skipped: $$why" >"$$log"; '])
   AS_VAR_APPEND([PROCTOR_DRIVER], ['printf "%s\n" ":test-result: SKIP ($$why)" '])
   AS_VAR_APPEND([PROCTOR_DRIVER], ['":global-test-result: SKIP" ":recheck: no" '])
   AS_VAR_APPEND([PROCTOR_DRIVER], ['":copy-in-global-log: yes" >"$$trs"'\'' proctor'])[]dnl
])
