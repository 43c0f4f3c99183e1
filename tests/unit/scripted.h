/* scripted.h - a worker that does what it is told to, a letter each
 *
 *     j  waits for a job; none comes: ends with 0
 *     B  tells that the test has begun; L, U something in between
 *     P  that it has passed; F that it has failed
 *     O  NEWS_OVER; R NEWS_READY; E, S what only a host may tell
 *     s  notes in its slot that it waits for "echo", and that its logs lie in
 * "t" g  nonsense; h half a record k  kills itself; w waits for a signal; 0, 3
 * ends with that status
 *
 * The program that it is linked with has this one for its worker.
 */
#pragma once

#include "suite/worker/worker.h"

typedef struct
{
  WorkerShare share; /* the first: the worker finds the rest by it */
  const char *script;
} Scripted;
