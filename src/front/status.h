/* status.h - the ways to end, as plans write them */
#pragma once

#include "front/emit.h"

/* "0", "SIGTERM", "any", "!0", "1..127", "0|SIGTERM"; @status begins empty.
 * False if it is none. */
bool status_parse (const char *text, PlanStatus *status);

/* Whether somebody who wrote this meant a status. */
bool status_is_meant (const char *text);

/* Tells that @text is no status. */
void status_tell_wrong (Emit *emit, const char *text, SrcSpan span);

/* The index in plan->statuses. */
uint16_t status_index (Emit *emit, const char *text, SrcSpan span);

/* Death by this signal; or by SIGKILL, if @or_kill. */
uint16_t status_of_signal (Emit *emit, int signal, bool or_kill, SrcSpan span);

/* Tells that there is no signal @text. */
void signal_tell_wrong (Emit *emit, const char *text, SrcSpan span);
