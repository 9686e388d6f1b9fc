/* Lineage keys: 64-bit hashes that name an entity by where it comes from, never by when it was made.
 *
 * Founders: place and number; birth: mother's key, month, twin slot; division: head's key, month; firm:
 * program, slot. Equal inputs give equal keys on every machine; the mixing is that of SplitMix64's finaliser
 * (Steele, Lea, Flood 2014), applied after each word. Keys are checked for collisions where they are made in
 * bulk. */
#ifndef SIM_CORE_KEY_H
#define SIM_CORE_KEY_H

#include "sim/core/types.h"

/* A one-to-one mixing of 64 bits. */
static inline uint64_t sim_key_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* The key of (parent, a, b): order matters, and so does every bit. */
static inline sim_key sim_key_make(sim_key parent, uint64_t a, uint64_t b)
{
    return sim_key_mix(sim_key_mix(sim_key_mix(parent) ^ a) ^ (b + 0x632be59bd9b4e019u));
}

/* The key of a text, FNV-1a mixed: for names of counties, townships, programs. */
sim_key sim_key_text(const char *text);

#endif
