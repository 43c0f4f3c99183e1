/* asking.h - asks an endpoint as an operation does */
#pragma once

#include "vm/await/endpoint.h"
#include "vm/timer.h"

#include <glib.h>

typedef struct
{
  GMainContext *context;
  Timers *timers;
  Watches *watches;
  Target target;
  Endpoint *endpoint;
  char *dir;   /* a real path; empty, and so it must be at the end */
  char *probe; /* the path of proctor-probe */
} Asking;

void asking_set_up (Asking *asking, const void *data);
void asking_tear_down (Asking *asking, const void *data);

/* Ends the endpoint that there is, and makes another; relative paths are
 * relative to the directory. */
void asking_begin (Asking *asking, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* Asks again when something has happened, or it is time, until this is the
 * answer; @text may be NULL. */
const EndpointAnswer *asking_until (Asking *asking, bool is_there,
                                    const char *text);

/* The answer now. */
void asking_expect (Asking *asking, bool is_there, const char *text);

/* That it is neither there nor gone, as far as is known. */
void asking_expect_unknown (Asking *asking, const char *text);

/* Whether the kernel tells all that may happen from now on. */
void asking_expect_told (Asking *asking, bool is_told);

/* False: the test was skipped, for it has not been built. */
bool asking_has_probe (const Asking *asking);

/* Runs @func in a process that may not ask the kernel by netlink(7), as in some
 * containers: the test fails if that fails. */
void asking_run_without_netlink (void (*func) (void *data), void *data);
