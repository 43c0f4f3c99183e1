/* suitefile.h - the suite file, proctor.yaml
 *
 *     plans: [tests, more]
 *     defaults: { jobs: 4, timeout: 5s, env: { LANG: C.UTF-8 } }
 *     profiles:
 *       ci: { retries: 2, junit: results.xml }
 *     overrides:
 *       - { match: '^tests/db', timeout: 60s, tags: [slow] }
 *
 * What `defaults` and profiles say are options, by their names, and `env`.
 * What an override says is added to the tests with a match of its PCRE in
 * their FILE:TEST, as seen from the directory of the suite file; of several
 * that say the same, the last holds.
 *
 * There is always one: without a file it says nothing.
 */
#pragma once

#include "base/diag.h"
#include "cli/taking.h"
#include "front/compile.h"

/* @path: NULL: SUITE_FILE_NAME, if it is here.  Never NULL: what is wrong is
 * said, and left out. */
SuiteFile *suite_file_load (const char *path, Sources *sources, Diag *diag);
/* That of who wants none. */
SuiteFile *suite_file_new (void);
void suite_file_free (SuiteFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SuiteFile, suite_file_free)

/* Takes the options of the profile (NULL: none), and of those that it extends,
 * then the defaults.  What is wrong with others is said too. */
void suite_file_apply (SuiteFile *file, const char *profile, Taking *taking,
                       Diag *diag);

/* What holds for tests: as the settings have it, unless an override says
 * something else of what the settings do not have from the command line or
 * the environment.  To be called once, when the settings are complete, and
 * before those below. */
void suite_file_set_base (SuiteFile *file, const Settings *settings);

/* A CompileDefaultsFunc; @data is the SuiteFile. */
const CompileDefaults *suite_file_find_defaults (void *data,
                                                 const char *plan_path,
                                                 const char *test_name);

/* How often a test is tried again, and how long it may run until it is slow.
 * @label: its FILE:TEST. */
unsigned suite_file_retries (const SuiteFile *file, const char *label,
                             unsigned otherwise);
int64_t suite_file_slow (const SuiteFile *file, const char *label,
                         int64_t otherwise);

/* Adds the Targets that `plans` names.  False if it names none. */
bool suite_file_add_plans (const SuiteFile *file, GPtrArray *targets,
                           Diag *diag);
