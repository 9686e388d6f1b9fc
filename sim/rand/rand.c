#include "sim/rand/rand.h"

#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

const struct sim_purpose_info sim_purposes[SIM_PURPOSE_COUNT] = {
#define SIM_PURPOSE(name, block, word, sentence) {#name, block, word, sentence},
#include "sim/rand/purpose.def"
#undef SIM_PURPOSE
};

void sim_rand_block(
    struct sim_luck luck, sim_key entity, uint32_t block, uint64_t occurrence, uint64_t words[4])
{
    philox4x64_ctr_t counter = {{occurrence, block, entity, 0}};
    philox4x64_key_t key = {{luck.seed, luck.replicate}};
    philox4x64_ctr_t result = philox4x64(counter, key);
    memcpy(words, result.v, sizeof result.v);
}

uint64_t sim_rand_word(struct sim_luck luck, sim_key entity, enum sim_purpose purpose, uint64_t occurrence)
{
    uint64_t words[4];
    sim_rand_block(luck, entity, sim_purposes[purpose].block, occurrence, words);
    return words[sim_purposes[purpose].word];
}

double sim_rand_uniform(struct sim_luck luck, sim_key entity, enum sim_purpose purpose, uint64_t occurrence)
{
    return sim_rand_unit(sim_rand_word(luck, entity, purpose, occurrence));
}

bool sim_rand_check_purposes(void)
{
    for (int i = 0; i < SIM_PURPOSE_COUNT; i++) {
        const struct sim_purpose_info *a = &sim_purposes[i];
        if (a->block == 0 || a->word > 3)
            return false;
        for (int j = 0; j < i; j++) {
            const struct sim_purpose_info *b = &sim_purposes[j];
            if ((a->block == b->block && a->word == b->word) || strcmp(a->name, b->name) == 0)
                return false;
        }
    }
    return true;
}
