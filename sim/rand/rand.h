/* Keyed randomness: every random number has a key, not a position in a stream.
 *
 * The key is (seed, replicate, entity, purpose, occurrence); the generator is Philox4x64-10 of Random123
 * (Salmon, Moraes, Dror, Shaw 2011): Philox key = (seed, replicate), counter = (occurrence, block, entity,
 * 0). A block yields four 64-bit words; purpose.def gives each purpose its (block, word), so purposes that
 * are needed together share one call. `occurrence` is the calendar slot of the opportunity (a month index, or
 * month and slot joined by sim_rand_slot), never a count of past draws. Cost: 10 to 20 ns a block. */
#ifndef SIM_RAND_RAND_H
#define SIM_RAND_RAND_H

#include "sim/core/key.h"

/* Purposes: SIM_PURPOSE_X (its dense number), and its block and word. */
enum sim_purpose {
#define SIM_PURPOSE(name, block, word, sentence) SIM_PURPOSE_##name,
#include "sim/rand/purpose.def"
#undef SIM_PURPOSE
    SIM_PURPOSE_COUNT
};
enum {
#define SIM_PURPOSE(name, block, word, sentence) SIM_BLOCK_OF_##name = block, SIM_WORD_OF_##name = word,
#include "sim/rand/purpose.def"
#undef SIM_PURPOSE
};

struct sim_purpose_info {
    const char *name;
    uint32_t block; /* 1 to 2^32 - 1 */
    uint32_t word;  /* 0 to 3 */
    const char *sentence;
};
extern const struct sim_purpose_info sim_purposes[SIM_PURPOSE_COUNT];

struct sim_luck {
    uint64_t seed;
    uint64_t replicate;
};

/* The four words of a block. */
void sim_rand_block(
    struct sim_luck luck, sim_key entity, uint32_t block, uint64_t occurrence, uint64_t words[4]);

/* A word as a uniform number in the open interval (0, 1): 52 bits, never 0 and never 1 (a 53rd bit would
 * round to 1), and 1 - u is exact. */
static inline double sim_rand_unit(uint64_t word)
{
    return ((double)(word >> 12) + 0.5) * 0x1p-52;
}

/* The word, and the uniform, of one purpose. */
uint64_t sim_rand_word(struct sim_luck luck, sim_key entity, enum sim_purpose purpose, uint64_t occurrence);
double sim_rand_uniform(struct sim_luck luck, sim_key entity, enum sim_purpose purpose, uint64_t occurrence);

/* For what nearly every row of a table draws in a month: the month's salt, a block's word of an entity above
 * them all (the county), mixed into each row's key. As good as a block for every row, at a twentieth of the
 * cost, and keyed alike: no row's word hangs on another's. */
static inline uint64_t sim_rand_salted(uint64_t salt, sim_key entity)
{
    return sim_key_mix(entity ^ salt);
}

/* Month and slot as one occurrence: slot < 2^20. */
static inline uint64_t sim_rand_slot(int32_t month_index, uint32_t slot)
{
    return (uint64_t)(uint32_t)month_index << 20 | slot;
}

/* True when no two purposes share (block, word) or a name, and every word is 0 to 3: asserted at start. */
bool sim_rand_check_purposes(void);

#endif
