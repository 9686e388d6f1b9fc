/* A gsl_rng_type over keyed Philox, for synthesis and weather only: there, rejection samplers are allowed,
 * because no arm can touch what they draw. The stream is that of one (luck, entity, purpose, occurrence);
 * word 3 of the counter counts the blocks. The state lives in the caller's struct: no malloc, checkpoint by
 * copy. */
#ifndef SIM_RAND_GSL_H
#define SIM_RAND_GSL_H

#include <gsl/gsl_rng.h>

#include "sim/rand/rand.h"

struct sim_rand_gsl {
    struct sim_luck luck;
    sim_key entity;
    uint64_t occurrence;
    uint32_t block;
    uint32_t n_used; /* words used of the present block, 0 to 4 */
    uint64_t counter;
    uint64_t words[4];
    gsl_rng rng; /* pass &stream.rng to GSL */
};

extern const gsl_rng_type sim_rand_gsl_type; /* 64-bit words; uniform doubles of 53 bits in [0,1) */

/* Points self->rng at self: do not copy the struct without calling it again with sim_rand_gsl_attach. */
void sim_rand_gsl_init(struct sim_rand_gsl *self, struct sim_luck luck, sim_key entity,
    enum sim_purpose purpose, uint64_t occurrence);
void sim_rand_gsl_attach(struct sim_rand_gsl *self);

#endif
