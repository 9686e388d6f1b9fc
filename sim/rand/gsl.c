#include "sim/rand/gsl.h"

#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

enum { WORD_SHIFT = 62 }; /* the purpose's word sits above the count of blocks */

_Static_assert(sizeof(unsigned long) == 8, "GSL hands words on as unsigned long");

/* Word 3 of the counter is 0 for every keyed draw (rand.c), so a stream counts its blocks there from 1: no
 * word of a stream is ever a keyed draw's. */
static void refill(struct sim_rand_gsl *self)
{
    self->counter++;
    philox4x64_ctr_t counter = {{self->occurrence, self->block, self->entity, self->counter}};
    philox4x64_key_t key = {{self->luck.seed, self->luck.replicate}};
    philox4x64_ctr_t result = philox4x64(counter, key);
    memcpy(self->words, result.v, sizeof result.v);
    self->n_used = 0;
}

static unsigned long get(void *state)
{
    struct sim_rand_gsl *self = state;
    if (self->n_used == 4)
        refill(self);
    return self->words[self->n_used++];
}

static double get_double(void *state)
{
    return (double)(get(state) >> 11) * 0x1p-53;
}

/* GSL reseeds with a single number: the stream's occurrence. */
static void set(void *state, unsigned long seed)
{
    struct sim_rand_gsl *self = state;
    self->occurrence = seed;
    self->counter = self->counter >> WORD_SHIFT << WORD_SHIFT;
    self->n_used = 4;
}

const gsl_rng_type sim_rand_gsl_type = {
    .name = "philox4x64-10, keyed",
    .max = UINT64_MAX,
    .min = 0,
    .size = sizeof(struct sim_rand_gsl),
    .set = set,
    .get = get,
    .get_double = get_double,
};

void sim_rand_gsl_init(struct sim_rand_gsl *self, struct sim_luck luck, sim_key entity,
    enum sim_purpose purpose, uint64_t occurrence)
{
    *self = (struct sim_rand_gsl){
        .luck = luck,
        .entity = entity,
        .occurrence = occurrence,
        .block = sim_purposes[purpose].block,
        .n_used = 4,
    };
    /* The four words of a block belong to four purposes; a stream uses them all, so the word enters its
     * counter. */
    self->counter = (uint64_t)sim_purposes[purpose].word << WORD_SHIFT;
    sim_rand_gsl_attach(self);
}

void sim_rand_gsl_attach(struct sim_rand_gsl *self)
{
    self->rng.type = &sim_rand_gsl_type;
    self->rng.state = self;
}
