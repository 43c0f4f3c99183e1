#include "config.h"

#include "front/intern.h"

#include <string.h>

#define FIRST_SIZE 256

struct Intern
{
  InternEntry *entries; /* owned; a power of two of them, half empty */
  size_t size;
  size_t n_entries;
};

Intern *
intern_new (void)
{
  Intern *intern = g_new0 (Intern, 1);

  intern->size = FIRST_SIZE;
  intern->entries = g_new0 (InternEntry, intern->size);
  return intern;
}

void
intern_free (Intern *intern)
{
  if (intern == NULL)
    return;

  g_free (intern->entries);
  g_free (intern);
}

void
intern_clear (Intern *intern)
{
  /* A table that was once large would be cleared at great cost for ever. */
  if (intern->size > FIRST_SIZE)
    {
      g_free (intern->entries);
      intern->size = FIRST_SIZE;
      intern->entries = g_new0 (InternEntry, intern->size);
    }
  else if (intern->n_entries > 0)
    {
      memset (intern->entries, 0, intern->size * sizeof (InternEntry));
    }
  intern->n_entries = 0;
}

#define HASH_FACTOR UINT64_C (0x9e3779b97f4a7c15)

static uint64_t
mix (uint64_t hash, uint64_t word)
{
  hash = (hash ^ word) * HASH_FACTOR;
  return hash ^ (hash >> 29);
}

static uint32_t
hash_bytes (const void *key, size_t n_key)
{
  const char *bytes = key;
  uint64_t hash = n_key;
  uint64_t word;

  for (; n_key >= sizeof word; n_key -= sizeof word, bytes += sizeof word)
    {
      memcpy (&word, bytes, sizeof word);
      hash = mix (hash, word);
    }
  word = 0;
  memcpy (&word, bytes, n_key);
  hash = mix (mix (hash, word), 0);
  return (uint32_t)(hash >> 32);
}

/* The entry of the key, or the free one where it would stand. */
static InternEntry *
probe (const Intern *intern, const void *key, size_t n_key, uint32_t hash)
{
  size_t i = hash & (intern->size - 1);

  for (;; i = (i + 1) & (intern->size - 1))
    {
      InternEntry *const entry = &intern->entries[i];

      if (entry->key == NULL
          || (entry->hash == hash && entry->n_key == n_key
              && memcmp (entry->key, key, n_key) == 0))
        return entry;
    }
}

static void
grow (Intern *intern)
{
  InternEntry *const old = intern->entries;
  const size_t old_size = intern->size;

  intern->size *= 4;
  intern->entries = g_new0 (InternEntry, intern->size);
  for (size_t i = 0; i < old_size; i++)
    {
      if (old[i].key == NULL)
        continue;

      size_t j = old[i].hash & (intern->size - 1);

      while (intern->entries[j].key != NULL)
        j = (j + 1) & (intern->size - 1);
      intern->entries[j] = old[i];
    }
  g_free (old);
}

const InternEntry *
intern_find (const Intern *intern, const void *key, size_t n_key)
{
  const InternEntry *const entry
      = probe (intern, key, n_key, hash_bytes (key, n_key));

  return entry->key != NULL ? entry : NULL;
}

InternEntry *
intern_add (Intern *intern, const void *key, size_t n_key)
{
  const uint32_t hash = hash_bytes (key, n_key);
  InternEntry *entry = probe (intern, key, n_key, hash);

  if (entry->key != NULL)
    return entry;

  if (intern->n_entries >= intern->size / 2)
    {
      grow (intern);
      entry = probe (intern, key, n_key, hash);
    }
  intern->n_entries++;
  entry->hash = hash;
  entry->n_key = (uint32_t)n_key;
  return entry;
}

const void *
intern_bytes (Intern *intern, Arena *arena, const void *bytes, size_t n_bytes)
{
  InternEntry *const entry = intern_add (intern, bytes, n_bytes);

  if (entry->key == NULL)
    {
      void *const copy = arena_alloc (arena, n_bytes);

      memcpy (copy, bytes, n_bytes);
      entry->key = copy;
    }
  return entry->key;
}

const char *
intern_string (Intern *intern, Arena *arena, const char *text, size_t n_text)
{
  InternEntry *const entry = intern_add (intern, text, n_text);

  if (entry->key == NULL)
    entry->key = arena_strndup (arena, text, n_text);
  return entry->key;
}
