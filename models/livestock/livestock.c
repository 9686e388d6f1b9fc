#include "models/livestock/livestock.h"

#include <math.h>
#include <string.h>

#include "models/livestock/disease.h"
#include "sim/core/lanes.h"
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
    int64_t worth[HERD_CLASSES];
    livestock_set_worth(self, price, worth);
    return livestock_worth(herds, row, worth);
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

struct herd_sums livestock_sums(const struct village *village, sim_row household)
{
    const struct livestock_params *self = &village->scenario->livestock;
    const struct durable_params *durables = &village->scenario->durables;
    const struct herd_table *herds = &village->herds;
    float of_young = (float)self->young_units, of_juvenile = (float)self->juvenile_units;
    struct herd_sums sums = {0};
    for (int32_t s = 0; s < SPECIES_COUNT; s++) {
        const struct species_params *species = &self->species[s];
        sim_row row = household * SPECIES_COUNT + s;
        int32_t young = herds->young[row], juvenile = herds->juvenile[row];
        int32_t adults = herds->female[row] + herds->male[row];
        if (young + juvenile + adults == 0)
            continue;
        sums.days += (double)(young + juvenile + adults) * species->labour;
        sums.units += ((float)adults + of_young * (float)young + of_juvenile * (float)juvenile) *
                      (float)species->sheep_units;
    }
    if (sums.days > 0.0 && durables->returns == RETURNS_S_SHAPED)
        sums.days += durables->herd_days;
    return sums;
}

static void recount(struct village *village, sim_row household)
{
    struct herd_sums sums = livestock_sums(village, household);
    village->herd_days[household] = sums.days;
    village->herd_units[household] = sums.units;
}

void livestock_recount(struct village *village, sim_row household)
{
    if (village->herds_are_counted)
        recount(village, household);
}

static void count_all(struct village *village)
{
    for (sim_row household = 0; household < village->households.head.n; household++)
        recount(village, household);
    village->herds_are_counted = true;
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
    int64_t worth[HERD_CLASSES];
    double milk; /* kg a female in full condition; 0: not milked */
    bool is_birth;
    int64_t dead;
    int64_t born;
};

/* Households are taken in batches: what one step finds is at hand for the next. */
enum { BATCH = 64, HERDS = BATCH * SPECIES_COUNT };

/* A village's month of herds: what is the same for all, the sums to post, the batch in hand. */
struct herd_month {
    struct village *village;
    const struct moment *moment;
    struct species_month species[SPECIES_COUNT];
    uint64_t deaths; /* the month's salts */
    uint64_t births;
    double grazing;
    double storm;
    bool is_sick;     /* any household's herds */
    bool is_kept;     /* is there more to be done than to graze: feeding, the sick, the vet */
    bool is_milked;   /* any species */
    bool is_birth;    /* of any species */
    bool is_perilous; /* chances of death that the bound below does not know: a storm, S-shaped returns */
    double load;
    int64_t costs_fen;
    int64_t hay_bought_g;
    int64_t hay_fed_g;
    int64_t milk_fen;
    float young[HERDS]; /* chances of death by herd, well fed, as the bound on deaths has them */
    float other[HERDS];
    float gain[BATCH]; /* of condition, of what is lost */
    float loss[BATCH];
    float harm[BATCH]; /* factor of hunger on chances of death, sheds left out */
};

static double shelter_of(const struct herd_month *self, sim_row household)
{
    return self->moment->is_winter && household_has(&self->village->households, household, DURABLE_SHED)
               ? self->village->scenario->durables.shed_losses
               : 1.0;
}

/* Feeds a household's animals, and books the hay as a cost; returns the share of their need that was not met.
 */
static double feed(struct herd_month *self, sim_row household, double units)
{
    struct household_table *households = &self->village->households;
    const struct moment *moment = self->moment;
    const struct livestock_params *livestock = &self->village->scenario->livestock;
    double need_g = units * livestock->feed_need * 1000.0;
    double hay_g = need_g * (1.0 - self->grazing);
    if (moment->is_winter && household_has(households, household, DURABLE_SHED))
        hay_g *= self->village->scenario->durables.shed_feed;
    if (hay_g < 1.0)
        return 0.0;
    int64_t want = (int64_t)hay_g;
    int64_t own = households->hay_g[household] < want ? households->hay_g[household] : want;
    households->hay_g[household] -= own;
    int64_t cost = (int64_t)((double)own * moment->sell[GOOD_HAY] / 1000.0);
    int64_t bought = 0;
    /* Buys the rest with what it can spare beyond a month's need; in deep snow only part of it comes. */
    int64_t spare = households->cash_fen[household] - households->need_fen[household];
    if (own < want && spare > 0) {
        double comes = (double)(want - own) * (moment->is_bad_winter ? livestock->snow_supply : 1.0);
        double affordable = (double)spare / moment->buy[GOOD_HAY] * 1000.0;
        bought = (int64_t)(affordable < comes ? affordable : comes);
        int64_t paid = (int64_t)((double)bought * moment->buy[GOOD_HAY] / 1000.0);
        if (paid > spare)
            paid = spare;
        households->cash_fen[household] -= paid;
        households->year_cash_fen[household] -= paid;
        self->costs_fen += paid;
        self->hay_bought_g += bought;
        cost += paid;
    }
    self->hay_fed_g += own + bought;
    household_add_income(households, household, INCOME_HERD, -cost);
    return (hay_g - (double)(own + bought)) / need_g;
}

static void pay_veterinary(struct herd_month *self, sim_row household, double units)
{
    struct household_table *households = &self->village->households;
    const struct livestock_params *livestock = &self->village->scenario->livestock;
    int64_t cost = (int64_t)(units * livestock->veterinary * 100.0 * self->moment->index);
    int64_t paid = cost < households->cash_fen[household] ? cost : households->cash_fen[household];
    household_receive(households, household, INCOME_HERD, -paid);
    self->costs_fen += paid;
}

/* Several chances of death in a month, each met by who survived the others. */
static double joined(double base, double storm, double disease)
{
    return 1.0 - (1.0 - (base < 1.0 ? base : 1.0)) * (1.0 - storm) * (1.0 - disease);
}

/* Deaths of n alike by the luck of a class: 16 bits of the herd's word, and finer ones that are looked at
 * when those do not tell that nobody dies (as the binomial would: (1 - p)^n >= 1 - n p). */
static int64_t deaths_of(uint64_t word, int32_t class, int32_t n, double chance)
{
    uint64_t piece = word >> 16 * class << 48;
    if ((double)(~piece >> 48) > 0x1.0001p16 * chance * (double)n)
        return 0;
    uint64_t fine = sim_key_mix(word + (uint64_t) class);
    return sim_dist_binomial(sim_rand_unit(piece | fine >> 16), n, chance);
}

/* Deaths in a herd, each class by its own luck: what else there is to die changes nothing in it. */
static void kill(struct herd_month *self, sim_row row, double units, uint64_t word)
{
    struct village *village = self->village;
    struct herd_table *herds = &village->herds;
    const struct scenario *scenario = village->scenario;
    struct species_month *month = &self->species[row % SPECIES_COUNT];
    int32_t *const heads[HERD_CLASSES] = {
        herds->young + row, herds->juvenile + row, herds->female + row, herds->male + row};
    sim_row household = row / SPECIES_COUNT;
    double shelter = shelter_of(self, household);
    double storm = self->storm * shelter, hunger = scenario->livestock.starvation * shelter;
    double small = livestock_is_small(village, household, units) ? scenario->durables.small_deaths : 1.0;
    double harm = (1.0 + hunger * (1.0 - village->households.condition[household])) * small;
    double young = joined(month->young * harm, storm, disease_deaths(village, household, true));
    double other = joined(month->other * harm, storm, disease_deaths(village, household, false));
    int64_t lost = 0, n_dead = 0;
    for (int32_t class = 0; class < HERD_CLASSES; class ++) {
        int64_t dead = deaths_of(word, class, *heads[class], class == HERD_YOUNG ? young : other);
        *heads[class] -= (int32_t)dead;
        lost += dead * month->worth[class];
        n_dead += dead;
    }
    if (n_dead == 0)
        return;
    month->dead += n_dead;
    household_add_income(&village->households, household, INCOME_HERD, -lost);
    livestock_recount(village, household);
}

/* Females of n that come of age: a fair coin each, by the bits of a word. */
static int32_t half_of(uint64_t word, int32_t n)
{
    int32_t females = 0;
    for (; n > 64; n -= 64) {
        females += __builtin_popcountll(word);
        word = sim_key_mix(word);
    }
    return n > 0 ? females + __builtin_popcountll(word >> (64 - n)) : females;
}

/* The month in which young are born: juveniles grow up first, then the young of last year become juveniles.
 */
static void breed(struct herd_month *self, sim_row household, int32_t s, double yield)
{
    struct village *village = self->village;
    const struct livestock_params *livestock = &village->scenario->livestock;
    const struct species_params *species = &livestock->species[s];
    struct species_month *month = &self->species[s];
    struct herd_table *herds = &village->herds;
    sim_row row = household * SPECIES_COUNT + s;
    int64_t before = livestock_worth(herds, row, month->worth);
    sim_key key = herd_key(village->households.key[household], s);
    uint64_t word = sim_rand_salted(self->births, key);
    int32_t grown =
        (int32_t)sim_dist_binomial(sim_rand_unit(word), herds->juvenile[row], 1.0 / species->maturity);
    int32_t females = half_of(sim_key_mix(word + 1), grown);
    double lean =
        livestock->lean_births + (1.0 - livestock->lean_births) * village->households.condition[household];
    double rate = species->births * lean * yield;
    int64_t each = (int64_t)rate;
    double u = sim_rand_unit(sim_key_mix(word + 2));
    int64_t born = each * herds->female[row] + sim_dist_binomial(u, herds->female[row], rate - (double)each);
    herds->juvenile[row] += herds->young[row] - grown;
    herds->female[row] += females;
    herds->male[row] += grown - females;
    herds->young[row] = (int32_t)born;
    month->born += born;
    household_add_income(
        &village->households, household, INCOME_HERD, livestock_worth(herds, row, month->worth) - before);
}

/* Milk of the month: what the household drinks is its own produce; the rest is sold. */
static void milk(struct herd_month *self, sim_row household, double yield)
{
    struct village *village = self->village;
    struct household_table *households = &village->households;
    const struct herd_table *herds = &village->herds;
    double kg = 0.0;
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        sim_row row = household * SPECIES_COUNT + species;
        kg += self->species[species].milk * herds->female[row];
    }
    if (kg <= 0.0)
        return;
    kg *= yield * households->condition[household];
    if (households->disease[household] == DISEASE_SICK)
        kg *= village->scenario->disease.milk;
    double thirst = village->scenario->livestock.milk_drunk * households->consumers[household];
    double drunk = thirst < kg ? thirst : kg, price = self->moment->sell[GOOD_MILK];
    int64_t own = (int64_t)(drunk * price), sold = (int64_t)((kg - drunk) * price);
    households->own_food_fen[household] += own;
    households->cash_fen[household] += sold;
    households->year_cash_fen[household] += own + sold;
    household_add_income(households, household, INCOME_HERD, own + sold);
    self->milk_fen += sold;
}

static void begin_month(struct herd_month *self)
{
    const struct village *village = self->village;
    const struct moment *moment = self->moment;
    const struct scenario *scenario = village->scenario;
    const struct livestock_params *livestock = &scenario->livestock;
    const struct household_table *households = &village->households;
    for (int32_t s = 0; s < SPECIES_COUNT; s++) {
        const struct species_params *species = &livestock->species[s];
        int32_t since = (moment->calendar_month - (int32_t)species->birth_month + 12) % 12;
        double milked = species->births < 1.0 ? species->births : 1.0;
        struct species_month *month = &self->species[s];
        *month = (struct species_month){.young = species->young_deaths / 12.0,
            .other = species->deaths / 12.0,
            .is_birth = since == 0,
            .milk = since >= 1 && since <= HERD_MILK_MONTHS ? milked * species->milk : 0.0};
        livestock_set_worth(livestock, moment->sell[GOOD_SHEEP + s], month->worth);
        self->is_milked |= month->milk > 0.0;
        self->is_birth |= month->is_birth;
    }
    /* In 65536ths, as the pieces of a word; the margin is more than floats round off. */
    static const double SCALE = 1.0001 * 0x1p16;
    for (int32_t i = 0; i < HERDS; i++) {
        self->young[i] = (float)(self->species[i % SPECIES_COUNT].young * SCALE);
        self->other[i] = (float)(self->species[i % SPECIES_COUNT].other * SCALE);
    }
    for (int32_t i = 0; i < BATCH; i++)
        self->gain[i] = (float)livestock->weight_gain;
    sim_key county = scenario->county_key;
    self->deaths = sim_rand_word(village->luck, county, SIM_PURPOSE_HERD_DEATHS, (uint64_t)moment->month);
    if (self->is_birth)
        self->births = sim_rand_word(village->luck, county, SIM_PURPOSE_HERD_BIRTHS, (uint64_t)moment->month);

    self->grazing = crowding_of(village, moment->season);
    if (moment->is_winter)
        self->grazing *= moment->is_bad_winter ? livestock->snow_grazing : livestock->winter_grazing;
    if (moment->is_bad_winter) {
        int32_t winter = moment->calendar_month >= 11 ? moment->year : moment->year - 1;
        if (weather_storm_month(village->luck, village->config->key, winter) == moment->calendar_month)
            self->storm = weather_storm(&scenario->shocks, village->luck, village->config->key, winter);
    }
    self->is_sick = households->head.n > 0 &&
                    memchr(households->disease, DISEASE_SICK, (size_t)households->head.n) != NULL;
    self->is_kept = self->grazing < 1.0 || self->is_sick || moment->calendar_month == VETERINARY_MONTH;
    self->is_perilous = self->storm > 0.0 || scenario->durables.returns == RETURNS_S_SHAPED;
}

/* Vet, feed and sickness of a batch: what the month does to condition. */
static void keep(struct herd_month *self, sim_row first, int32_t n)
{
    const struct scenario *scenario = self->village->scenario;
    const struct livestock_params *livestock = &scenario->livestock;
    for (int32_t i = 0; i < n; i++) {
        sim_row household = first + i;
        double units = (double)self->village->herd_units[household];
        if (units <= 0.0)
            continue;
        if (self->moment->calendar_month == VETERINARY_MONTH)
            pay_veterinary(self, household, units);
        double missing = self->grazing < 1.0 ? feed(self, household, units) : 0.0;
        double loss = missing * livestock->weight_loss * shelter_of(self, household);
        if (self->village->households.disease[household] == DISEASE_SICK)
            loss += scenario->disease.weight_loss;
        self->gain[i] = missing > 0.0 ? 0.0f : (float)livestock->weight_gain;
        self->loss[i] = (float)loss;
    }
}

/* Condition of the batch's herds. Without a branch, so that several households go at a time; no gain is above
 * what is lost and no loss below nothing, so that condition stays at most 1. */
SIM_CLONES static void mend(struct herd_month *self, sim_row first, int32_t n)
{
    struct village *village = self->village;
    const float *units = village->herd_units + first;
    const float *gain = self->gain, *loss = self->loss;
    float *condition = village->households.condition + first, *harm = self->harm;
    float hunger = (float)village->scenario->livestock.starvation;
#pragma omp simd
    for (int32_t i = 0; i < n; i++) {
        float is_any = (float)(units[i] > 0.0f);
        float was = condition[i], is = was + is_any * (gain[i] * (1.0f - was) - loss[i]);
        is = 0.5f * (is + fabsf(is)); /* not below 0 */
        condition[i] = is;
        harm[i] = 1.0f + hunger * (1.0f - is);
    }
}

/* The batch's words, one a herd, and which herds may have deaths. None of n dies with chance
 * (1 - p)^n >= 1 - n p, so a class whose 16 bits are surely below that needs no look. Without a branch, so
 * that several herds go at a time. */
SIM_CLONES static void draw_words(const struct herd_month *restrict self, sim_row first, int32_t n,
    uint64_t *restrict words, uint8_t *restrict may_die)
{
    const struct village *village = self->village;
    const sim_key *restrict key = village->households.key + first;
    const struct herd_table *herds = &village->herds;
    const int32_t *restrict young = herds->young + first * SPECIES_COUNT;
    const int32_t *restrict juvenile = herds->juvenile + first * SPECIES_COUNT;
    const int32_t *restrict female = herds->female + first * SPECIES_COUNT;
    const int32_t *restrict male = herds->male + first * SPECIES_COUNT;
    const float *restrict of_young = self->young, *restrict of_other = self->other;
    uint64_t salt = self->deaths;
    float harm[HERDS];
    int32_t low[HERDS], high[HERDS]; /* how far the pieces are from their most, two by two */
    for (int32_t i = 0; i < n; i++)
        for (int32_t s = 0; s < SPECIES_COUNT; s++) {
            words[i * SPECIES_COUNT + s] = herd_key(key[i], s);
            harm[i * SPECIES_COUNT + s] = self->harm[i];
        }
    for (int32_t i = 0; i < n * SPECIES_COUNT; i++) {
        uint64_t word = sim_rand_salted(salt, words[i]);
        words[i] = word;
        low[i] = (int32_t)(~word & 0xffffffff);
        high[i] = (int32_t)(~word >> 32);
    }
    for (int32_t i = 0; i < n * SPECIES_COUNT; i++) {
        float other = harm[i] * of_other[i];
        may_die[i] = ((float)(low[i] & 0xffff) < harm[i] * of_young[i] * (float)young[i]) |
                     ((float)(low[i] >> 16 & 0xffff) < other * (float)juvenile[i]) |
                     ((float)(high[i] & 0xffff) < other * (float)female[i]) |
                     ((float)(high[i] >> 16 & 0xffff) < other * (float)male[i]);
    }
}

static void draw_deaths(struct herd_month *self, sim_row first, int32_t n, const float *units)
{
    uint64_t words[HERDS];
    uint8_t may_die[HERDS];
    draw_words(self, first, n, words, may_die);
    const uint8_t *disease = self->village->households.disease + first;
    for (int32_t i = 0; (self->is_sick || self->is_perilous) && i < n; i++)
        if (self->is_perilous || disease[i] == DISEASE_SICK)
            memset(may_die + i * SPECIES_COUNT, 1, SPECIES_COUNT);
    const uint8_t *end = may_die + n * SPECIES_COUNT, *at = memchr(may_die, 1, (size_t)(end - may_die));
    for (; at; at = memchr(at + 1, 1, (size_t)(end - at - 1))) {
        int32_t i = (int32_t)(at - may_die);
        kill(self, first * SPECIES_COUNT + i, (double)units[i / SPECIES_COUNT], words[i]);
    }
}

static void live_batch(struct herd_month *self, sim_row first, int32_t n)
{
    struct village *village = self->village;
    const float *herd_units = village->herd_units + first;
    float weighed[BATCH]; /* before deaths and births */
    memcpy(weighed, herd_units, (size_t)n * sizeof *weighed);
    for (int32_t i = 0; i < n; i++)
        self->load += (double)weighed[i];
    if (self->is_kept)
        keep(self, first, n);
    mend(self, first, n);
    draw_deaths(self, first, n, weighed);
    if (!self->is_birth && !self->is_milked)
        return;
    double small = village->scenario->durables.small_yield;
    for (int32_t i = 0; i < n; i++) {
        sim_row household = first + i;
        double units = (double)weighed[i];
        if (units <= 0.0)
            continue;
        double yield = livestock_is_small(village, household, units) ? small : 1.0;
        for (int32_t species = 0; self->is_birth && species < SPECIES_COUNT; species++)
            if (self->species[species].is_birth &&
                herd_heads(&village->herds, household * SPECIES_COUNT + species) > 0)
                breed(self, household, species, yield);
        if (self->is_birth)
            livestock_recount(village, household);
        if (self->is_milked)
            milk(self, household, yield);
    }
}

void livestock_month(struct village *village, const struct moment *moment)
{
    if (!village->scenario->livestock.dynamics)
        return;
    struct herd_month month = {.village = village, .moment = moment};
    begin_month(&month);
    if (!village->herds_are_counted)
        count_all(village);
    int32_t n = village->households.head.n;
    for (sim_row first = 0; first < n; first += BATCH)
        live_batch(&month, first, n - first < BATCH ? n - first : BATCH);
    village->grazing_load = month.load;
    village->current.bought[GOOD_HAY] += month.hay_bought_g;
    struct sim_ledger *ledger = &village->ledger;
    sim_ledger_post(ledger, FLOW_HERD_COSTS, month.costs_fen);
    sim_ledger_post(ledger, FLOW_HAY_BOUGHT, month.hay_bought_g);
    sim_ledger_post(ledger, FLOW_HAY_FED, month.hay_fed_g);
    sim_ledger_post(ledger, FLOW_MILK_SALE, month.milk_fen);
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        village->current.heads_died[species] += month.species[species].dead;
        sim_ledger_post(ledger, accounts_herd_flow(species, HERD_DIED), month.species[species].dead);
        sim_ledger_post(ledger, accounts_herd_flow(species, HERD_BORN), month.species[species].born);
    }
}
