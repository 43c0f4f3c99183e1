#include "config.h"

#include "suite/leave.h"

#include <stdlib.h>
#include <unistd.h>

void
leave (int status)
{
#ifdef ENABLE_INSTRUMENTED
  exit (status);
#else
  _exit (status);
#endif
}
