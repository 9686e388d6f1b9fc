#include "models/households/home.h"

#include "models/county/village.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct home_params
static const struct sim_param params[] = {HOME_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema home_schema = {
    "home", "houses, water, power of homes", params, SIM_COUNT(params), sizeof(struct home_params), NULL, 0};

/* A founding household draws what its home has once, for good: the occurrence is 0. */
static uint8_t draw_founding(const struct village *village, sim_row household)
{
    const struct home_params *self = &village->scenario->home;
    const double shares[SERVICES] = {self->house, self->water, self->power};
    const int32_t word[SERVICES] = {SIM_WORD_OF_HOME_HOUSE, SIM_WORD_OF_HOME_WATER, SIM_WORD_OF_HOME_POWER};
    const struct sim_luck luck = {village->luck.seed, 0}; /* founders are the same in every replicate */
    uint64_t words[4];
    sim_rand_block(luck, village->households.key[household], SIM_BLOCK_OF_HOME_HOUSE, 0, words);
    int32_t has = 0;
    for (int32_t service = 0; service < SERVICES; service++)
        has |= sim_dist_bernoulli(sim_rand_unit(words[word[service]]), shares[service]) << service;
    return (uint8_t)has;
}

/* Each thing that a home lacks comes with the same chance, each year anew. */
static uint8_t extend(const struct village *village, sim_row household, const uint64_t salts[4])
{
    const int32_t word[SERVICES] = {
        SIM_WORD_OF_EXTENSION_HOUSE, SIM_WORD_OF_EXTENSION_WATER, SIM_WORD_OF_EXTENSION_POWER};
    sim_key key = village->households.key[household];
    int32_t has = village->households.services[household];
    for (int32_t service = 0; service < SERVICES; service++) {
        double u = sim_rand_unit(sim_rand_salted(salts[word[service]], key));
        has |= sim_dist_bernoulli(u, village->scenario->home.extension) << service;
    }
    return (uint8_t)has;
}

void home_year(struct village *village, const struct moment *moment)
{
    static const uint8_t everything = (1 << SERVICES) - 1;
    const struct scenario *scenario = village->scenario;
    struct household_table *households = &village->households;
    if (!scenario->home.homes)
        return;
    bool is_first = moment->month - scenario->first_month < 12;
    uint64_t salts[4];
    sim_rand_block(
        village->luck, scenario->county_key, SIM_BLOCK_OF_EXTENSION_HOUSE, (uint64_t)moment->year, salts);
    for (sim_row h = 0; h < households->head.n; h++)
        if (is_first)
            households->services[h] = draw_founding(village, h);
        else if (households->present[h] && households->services[h] != everything)
            households->services[h] = extend(village, h, salts);
}
