/* status.h - what proctor exits with */
#pragma once

typedef enum
{
  STATUS_PASSED = 0,
  STATUS_FAILED = 1,
  STATUS_USAGE = 2,    /* the command line or a plan is wrong; nothing ran */
  STATUS_SKIPPED = 77, /* all was (automake's number) */
  STATUS_TROUBLE = 99, /* proctor could not do its work (automake's too) */
  STATUS_SIGNAL = 128  /* plus the number of the signal that ended the run,
                        * and of which proctor dies: leave_as() */
} Status;
