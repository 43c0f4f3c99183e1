/* option.h - one option of spawn or run, and what its value means */
#pragma once

#include "front/options.h"

/* An option that is being read. */
typedef struct
{
  Emit *emit;
  SpawnOptions *options;
  const PlanText *value; /* NULL: none */
  const char *string;    /* the value, if it is known */
  SrcSpan span;
} OptionReading;

typedef bool OptionFunc (OptionReading *reading);

/* False if the value is wrong, which was told. */
#define OPTION(id, name, value, places, is_open, help) OptionFunc option_##id;
#include "front/spawn-options.def"
#undef OPTION
