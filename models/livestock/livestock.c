#include "models/livestock/livestock.h"

#include "models/livestock/disease.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct livestock_params
static const struct sim_param params[] = {LIVESTOCK_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
static const char *const species_keys[] = {"sheep", "yak", "cattle"};
const struct sim_schema livestock_schema = {"livestock", "feed, growth, mortality, offtake of herds", params,
    SIM_COUNT(params), offsetof(struct livestock_params, species), species_keys, SIM_COUNT(species_keys)};

#define SIM_PARAM_SELF struct species_params
static const struct sim_param sheep_params[] = {SHEEP_PARAMS(SIM_PARAM_ENTRY)};
static const struct sim_param yak_params[] = {YAK_PARAMS(SIM_PARAM_ENTRY)};
static const struct sim_param cattle_params[] = {CATTLE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema species_schemas[SPECIES_COUNT] = {
    {"sheep", "sheep and goats", sheep_params, SIM_COUNT(sheep_params), sizeof(struct species_params), NULL,
        0},
    {"yak", "yaks", yak_params, SIM_COUNT(yak_params), sizeof(struct species_params), NULL, 0},
    {"cattle", "cattle", cattle_params, SIM_COUNT(cattle_params), sizeof(struct species_params), NULL, 0},
};

#define SIM_TABLE_SELF struct herd_table
static const struct sim_column columns[] = {HERD_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type herd_table_type = {"herd", columns, SIM_COUNT(columns)};

enum { VETERINARY_MONTH = 5, WINTER_MONTHS = 6 };

int64_t livestock_value(
    const struct livestock_params *self, const struct herd_table *herds, sim_row row, double price)
{
    return herds->young[row] * livestock_class_value(self, HERD_YOUNG, price) +
           herds->juvenile[row] * livestock_class_value(self, HERD_JUVENILE, price) +
           ((int64_t)herds->female[row] + herds->male[row]) * livestock_class_value(self, HERD_FEMALE, price);
}

static inline double units_of(
    const struct livestock_params *self, const struct herd_table *herds, sim_row row, int32_t species)
{
    double adults = (double)(herds->female[row] + herds->male[row]) +
                    self->young_units * (double)herds->young[row] +
                    self->juvenile_units * (double)herds->juvenile[row];
    return adults * self->species[species].sheep_units;
}

double livestock_units(const struct livestock_params *self, const struct herd_table *herds, sim_row row)
{
    return units_of(self, herds, row, row % SPECIES_COUNT);
}

/* A herd of none adds nothing, so it need not be asked for. */
static inline double household_units(
    const struct livestock_params *self, const struct herd_table *herds, sim_row household)
{
    sim_row first = household * SPECIES_COUNT;
    return units_of(self, herds, first, 0) + units_of(self, herds, first + 1, 1) +
           units_of(self, herds, first + 2, 2);
}

double livestock_household_units(const struct village *village, sim_row household)
{
    return household_units(&village->scenario->livestock, &village->herds, household);
}

double livestock_capacity(const struct village *village, double season)
{
    return (double)village->pasture_m2 * 1e-6 * village->scenario->livestock.pasture_units * season;
}

static double crowding_of(const struct village *village, double season)
{
    double capacity = livestock_capacity(village, season);
    return village->grazing_load > capacity ? capacity / village->grazing_load : 1.0;
}

double livestock_return(const struct village *village, const struct moment *moment, int32_t s, bool is_small)
{
    const struct scenario *scenario = village->scenario;
    const struct livestock_params *self = &scenario->livestock;
    const struct species_params *species = &self->species[s];
    double yield = is_small ? scenario->durables.small_yield : 1.0;
    double harm = is_small ? scenario->durables.small_deaths : 1.0;
    double bad = scenario->shocks.weather ? scenario->shocks.bad_winter : 0.0;
    double winter = (1.0 - bad) * self->winter_grazing + bad * self->snow_grazing;
    double sell = moment->sell[GOOD_SHEEP + s], buy = moment->buy[GOOD_SHEEP + s];
    /* Of one adult female and the young and juveniles that follow her. */
    double born = species->births * yield;
    double followers = born * (self->young_price + self->juvenile_price * species->maturity);
    double units =
        species->sheep_units * (1.0 + born * (self->young_units + self->juvenile_units * species->maturity));
    double raised = born * (1.0 - species->young_deaths * harm) * sell;
    double milked = species->births < 1.0 ? species->births : 1.0;
    double milk = HERD_MILK_MONTHS * milked * species->milk * yield * moment->sell[GOOD_MILK];
    double hay = units * self->feed_need * WINTER_MONTHS * (1.0 - winter * crowding_of(village, 1.0)) *
                 moment->buy[GOOD_HAY];
    double vet = units * self->veterinary * 100.0 * moment->index;
    double dead =
        (1.0 + followers) * sell * (species->deaths * harm + bad * scenario->durables.winter_losses);
    return (raised + milk - hay - vet - dead) / ((1.0 + followers) * buy);
}

/* What a month does to every herd of a species alike, worked out once. */
struct species_month {
    double young; /* chance of death, well fed */
    double other;
    double price;
    int64_t worth[HERD_CLASSES];
    double milk; /* kg a female in full condition; 0: not milked */
    bool is_birth;
    int64_t dead;
    int64_t born;
};

/* What it does to a household's herds. */
struct keeping {
    const uint64_t *salts; /* of the month's deaths, by class */
    double fed;
    double loss;   /* of condition, in a month without feed */
    double hunger; /* factor on mortality at condition 0, above that at full condition */
    double storm;
    double harm;  /* factor on mortality: a herd too small to be kept well */
    double yield; /* on births and milk */
    double milk;
    bool is_sick;
    double sick_young; /* chance of death by disease */
    double sick_other;
    double sick_loss;
};

/* Feeds a household's animals; returns the share of their need that was met, and books the hay as a cost. */
static double feed(struct village *village, const struct moment *moment, sim_row household, double units,
    double grazing, double saved)
{
    struct household_table *households = &village->households;
    const struct livestock_params *self = &village->scenario->livestock;
    double need_g = units * self->feed_need * 1000.0;
    double hay_g = need_g * (1.0 - grazing) * saved;
    if (hay_g < 1.0)
        return 1.0;
    int64_t want = (int64_t)hay_g;
    int64_t own = households->hay_g[household] < want ? households->hay_g[household] : want;
    households->hay_g[household] -= own;
    int64_t cost = (int64_t)((double)own * moment->sell[GOOD_HAY] / 1000.0);
    int64_t bought = 0;
    /* Buys the rest with what it can spare beyond a month's need; in deep snow only part of it comes. */
    int64_t spare = households->cash_fen[household] - households->need_fen[household];
    if (own < want && spare > 0) {
        double comes = (double)(want - own) * (moment->is_bad_winter ? self->snow_supply : 1.0);
        double affordable = (double)spare / moment->buy[GOOD_HAY] * 1000.0;
        bought = (int64_t)(affordable < comes ? affordable : comes);
        int64_t paid = (int64_t)((double)bought * moment->buy[GOOD_HAY] / 1000.0);
        if (paid > spare)
            paid = spare;
        households->cash_fen[household] -= paid;
        households->year_cash_fen[household] -= paid;
        sim_ledger_post(&village->ledger, FLOW_HERD_COSTS, paid);
        sim_ledger_post(&village->ledger, FLOW_HAY_BOUGHT, bought);
        village->current.bought[GOOD_HAY] += bought;
        cost += paid;
    }
    sim_ledger_post(&village->ledger, FLOW_HAY_FED, own + bought);
    household_add_income(households, household, INCOME_HERD, -cost);
    return 1.0 - (hay_g - (double)(own + bought)) / need_g;
}

/* sim_dist_binomial with its commonest answer first: (1 - p)^n >= 1 - n p. */
static inline int32_t deaths_of(uint64_t salt, sim_key key, int32_t n, double p)
{
    if (n == 0)
        return 0;
    double u = sim_rand_unit(sim_rand_salted(salt, key));
    return p <= 0.5 && u < 1.0 - (double)n * p ? 0 : (int32_t)sim_dist_binomial(u, n, p);
}

/* Several chances of death in a month, each met by who survived the others. */
static double joined(double base, double storm, double disease)
{
    return 1.0 - (1.0 - (base < 1.0 ? base : 1.0)) * (1.0 - storm) * (1.0 - disease);
}

/* Deaths of the month; adds them to the species' sum and returns what they were worth. */
static int64_t kill(struct village *village, sim_row row, sim_key key, const struct keeping *keeping,
    struct species_month *month)
{
    struct herd_table *herds = &village->herds;
    double harm = (1.0 + keeping->hunger * (1.0 - herds->condition[row])) * keeping->harm;
    double young = month->young * harm, other = month->other * harm;
    if (keeping->storm > 0.0 || keeping->is_sick || young > 1.0 || other > 1.0) {
        young = joined(young, keeping->storm, keeping->sick_young);
        other = joined(other, keeping->storm, keeping->sick_other);
    }
    if (young <= 0.0 && other <= 0.0)
        return 0;
    const uint64_t *salts = keeping->salts;
    int32_t dead_young = deaths_of(salts[HERD_YOUNG], key, herds->young[row], young);
    int32_t dead_juvenile = deaths_of(salts[HERD_JUVENILE], key, herds->juvenile[row], other);
    int32_t dead_female = deaths_of(salts[HERD_FEMALE], key, herds->female[row], other);
    int32_t dead_male = deaths_of(salts[HERD_MALE], key, herds->male[row], other);
    int32_t dead = dead_young + dead_juvenile + dead_female + dead_male;
    if (dead == 0)
        return 0;
    herds->young[row] -= dead_young;
    herds->juvenile[row] -= dead_juvenile;
    herds->female[row] -= dead_female;
    herds->male[row] -= dead_male;
    month->dead += dead;
    return dead_young * month->worth[HERD_YOUNG] + dead_juvenile * month->worth[HERD_JUVENILE] +
           ((int64_t)dead_female + dead_male) * month->worth[HERD_FEMALE];
}

/* The month in which young are born: juveniles grow up first, then the young of last year become juveniles.
 */
static int64_t breed(
    struct village *village, sim_row row, sim_key key, const struct moment *moment, double yield)
{
    const struct livestock_params *self = &village->scenario->livestock;
    const struct species_params *species = &self->species[row % SPECIES_COUNT];
    struct herd_table *herds = &village->herds;
    uint64_t words[4];
    sim_rand_block(village->luck, key, SIM_BLOCK_OF_HERD_BIRTHS, (uint64_t)moment->month, words);
    int64_t grown = sim_dist_binomial(
        sim_rand_unit(words[SIM_WORD_OF_HERD_GROWTH]), herds->juvenile[row], 1.0 / species->maturity);
    int64_t females = sim_dist_binomial(sim_rand_unit(words[SIM_WORD_OF_HERD_SEX]), grown, 0.5);
    double lean = self->lean_births + (1.0 - self->lean_births) * herds->condition[row];
    double rate = species->births * lean * yield;
    int64_t each = (int64_t)rate;
    int64_t born =
        each * herds->female[row] + sim_dist_binomial(sim_rand_unit(words[SIM_WORD_OF_HERD_BIRTHS]),
                                        herds->female[row], rate - (double)each);
    herds->juvenile[row] += herds->young[row] - (int32_t)grown;
    herds->female[row] += (int32_t)females;
    herds->male[row] += (int32_t)(grown - females);
    herds->young[row] = (int32_t)born;
    return born;
}

/* Milk of the month: what the household drinks, up to its thirst in kg, is its own produce; the rest is sold.
 */
static void milk(
    struct village *village, sim_row household, double kg, const struct moment *moment, double *thirst)
{
    struct household_table *households = &village->households;
    double drunk = *thirst < kg ? *thirst : kg;
    *thirst -= drunk;
    int64_t own = (int64_t)(drunk * moment->sell[GOOD_MILK]);
    int64_t sold = (int64_t)((kg - drunk) * moment->sell[GOOD_MILK]);
    households->own_food_fen[household] += own;
    households->cash_fen[household] += sold;
    households->year_cash_fen[household] += own + sold;
    household_add_income(households, household, INCOME_HERD, own + sold);
    sim_ledger_post(&village->ledger, FLOW_MILK_SALE, sold);
}

static void pay_veterinary(
    struct village *village, sim_row household, double units, const struct moment *moment)
{
    struct household_table *households = &village->households;
    int64_t cost = (int64_t)(units * village->scenario->livestock.veterinary * 100.0 * moment->index);
    int64_t paid = cost < households->cash_fen[household] ? cost : households->cash_fen[household];
    household_receive(households, household, INCOME_HERD, -paid);
    sim_ledger_post(&village->ledger, FLOW_HERD_COSTS, paid);
}

static void begin_month(
    const struct livestock_params *self, const struct moment *moment, struct species_month *months)
{
    for (int32_t s = 0; s < SPECIES_COUNT; s++) {
        const struct species_params *species = &self->species[s];
        double price = moment->sell[GOOD_SHEEP + s];
        int32_t since = (moment->calendar_month - (int32_t)species->birth_month + 12) % 12;
        double milked = species->births < 1.0 ? species->births : 1.0;
        months[s] = (struct species_month){.young = species->young_deaths / 12.0,
            .other = species->deaths / 12.0,
            .price = price,
            .is_birth = since == 0,
            .milk = since >= 1 && since <= HERD_MILK_MONTHS ? milked * species->milk : 0.0};
        for (int32_t class = 0; class < HERD_CLASSES; class ++)
            months[s].worth[class] = livestock_class_value(self, class, price);
    }
}

/* One herd's month: condition, deaths, births, milk. */
static inline void live_herd(struct village *village, sim_row household, sim_row row, int32_t species,
    const struct moment *moment, const struct keeping *keeping, struct species_month *month, double *thirst)
{
    const struct livestock_params *self = &village->scenario->livestock;
    struct herd_table *herds = &village->herds;
    double condition = herds->condition[row];
    condition +=
        keeping->fed < 1.0 ? -keeping->loss * (1.0 - keeping->fed) : self->weight_gain * (1.0 - condition);
    condition -= keeping->sick_loss;
    herds->condition[row] = (float)(condition < 0.0 ? 0.0 : condition > 1.0 ? 1.0 : condition);
    sim_key key = herd_key(village->households.key[household], species);
    int64_t gain = -kill(village, row, key, keeping, month);
    if (month->is_birth) {
        gain -= livestock_value(self, herds, row, month->price);
        month->born += breed(village, row, key, moment, keeping->yield);
        gain += livestock_value(self, herds, row, month->price);
    }
    if (gain != 0)
        household_add_income(&village->households, household, INCOME_HERD, gain);
    double each = month->milk * keeping->milk;
    if (each > 0.0 && herds->female[row] > 0)
        milk(village, household, each * herds->female[row] * herds->condition[row], moment, thirst);
}

void livestock_month(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct livestock_params *self = &scenario->livestock;
    const struct durable_params *durables = &scenario->durables;
    if (!self->dynamics)
        return;
    double grazing = crowding_of(village, moment->season);
    if (moment->is_winter)
        grazing *= moment->is_bad_winter ? self->snow_grazing : self->winter_grazing;
    double storm = 0.0;
    if (moment->is_bad_winter) {
        int32_t winter = moment->calendar_month >= 11 ? moment->year : moment->year - 1;
        if (weather_storm_month(village->luck, village->config->key, winter) == moment->calendar_month)
            storm = weather_storm(&scenario->shocks, village->luck, village->config->key, winter);
    }
    struct species_month months[SPECIES_COUNT];
    begin_month(self, moment, months);

    struct herd_table *herds = &village->herds;
    struct household_table *households = &village->households;
    double load = 0.0;
    uint64_t salts[HERD_CLASSES];
    sim_rand_block(
        village->luck, scenario->county_key, SIM_BLOCK_OF_HERD_DEATH_YOUNG, (uint64_t)moment->month, salts);
    for (sim_row household = 0; household < households->head.n; household++) {
        sim_row first = household * SPECIES_COUNT;
        double units = household_units(self, herds, household);
        if (units <= 0.0)
            continue;
        load += units;
        if (moment->calendar_month == VETERINARY_MONTH)
            pay_veterinary(village, household, units, moment);
        double thirst = self->milk_drunk * households->consumers[household];
        bool is_sheltered = moment->is_winter && household_has(households, household, DURABLE_SHED);
        double shelter = is_sheltered ? durables->shed_losses : 1.0;
        struct keeping keeping = {.salts = salts,
            .fed = 1.0,
            .loss = self->weight_loss * shelter,
            .hunger = self->starvation * shelter,
            .storm = storm * shelter,
            .harm = 1.0,
            .yield = 1.0,
            .milk = 1.0};
        if (grazing < 1.0)
            keeping.fed =
                feed(village, moment, household, units, grazing, is_sheltered ? durables->shed_feed : 1.0);
        if (livestock_is_small(village, household, units)) {
            keeping.harm = durables->small_deaths;
            keeping.yield = keeping.milk = durables->small_yield;
        }
        if (households->disease[household] == DISEASE_SICK) {
            keeping.is_sick = true;
            keeping.sick_young = disease_deaths(village, household, true);
            keeping.sick_other = disease_deaths(village, household, false);
            keeping.sick_loss = scenario->disease.weight_loss;
            keeping.milk *= scenario->disease.milk;
        }
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            if (herd_heads(herds, first + species) > 0)
                live_herd(village, household, first + species, species, moment, &keeping, &months[species],
                    &thirst);
    }
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        village->current.heads_died[species] += months[species].dead;
        sim_ledger_post(&village->ledger, accounts_herd_flow(species, HERD_DIED), months[species].dead);
        sim_ledger_post(&village->ledger, accounts_herd_flow(species, HERD_BORN), months[species].born);
    }
    village->grazing_load = load;
}
