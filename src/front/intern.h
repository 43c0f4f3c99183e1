/* intern.h - equal things are stored once
 *
 * A table from bytes to whatever the caller keeps for them.  The bytes of a
 * key are not copied: who adds an entry says where they stay.
 */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct
{
  const void *key; /* borrowed */
  void *value;     /* borrowed */
  uint32_t n_key;
  uint32_t hash;
} InternEntry;

typedef struct Intern Intern;

Intern *intern_new (void);
void intern_free (Intern *intern);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Intern, intern_free)

/* Forgets all entries. */
void intern_clear (Intern *intern);

/* NULL: there is none. */
const InternEntry *intern_find (const Intern *intern, const void *key,
                                size_t n_key);

/* The entry of @key.  A new one has no key: the caller gives it one that stays,
 * and a value, before the next call. */
InternEntry *intern_add (Intern *intern, const void *key, size_t n_key);

/* The same bytes in the arena, once. */
const void *intern_bytes (Intern *intern, Arena *arena, const void *bytes,
                          size_t n_bytes);

/* The same string in the arena, once: equal ones have the same address. */
const char *intern_string (Intern *intern, Arena *arena, const char *text,
                           size_t n_text);
