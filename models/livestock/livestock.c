#include "models/livestock/livestock.h"

#include "models/investments/effects/contract.h"
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

enum { OFFTAKE_FIRST = 9, OFFTAKE_LAST = 11, RESTOCK_MONTH = 6, VETERINARY_MONTH = 5, MILK_MONTHS = 5 };
#define FEMALES_PER_MALE 12
/* Own milk that an adult equivalent drinks, kg a month: assumption. */
#define MILK_DRUNK 8.0

/* Feed need of the classes, of an adult's: assumption (young animals graze little in their first year). */
#define YOUNG_UNITS 0.35
#define JUVENILE_UNITS 0.7

double livestock_class_worth(const struct livestock_params *self, int32_t class)
{
    return class == HERD_YOUNG ? self->young_price : class == HERD_JUVENILE ? self->juvenile_price : 1.0;
}

static int64_t class_value(const struct livestock_params *self, int32_t class, double price)
{
    return (int64_t)(price * livestock_class_worth(self, class) + 0.5);
}

int64_t livestock_value(
    const struct livestock_params *self, const struct herd_table *herds, sim_row row, double price)
{
    return herds->young[row] * class_value(self, HERD_YOUNG, price) +
           herds->juvenile[row] * class_value(self, HERD_JUVENILE, price) +
           ((int64_t)herds->female[row] + herds->male[row]) * class_value(self, HERD_FEMALE, price);
}

double livestock_units(const struct livestock_params *self, const struct herd_table *herds, sim_row row)
{
    double adults = (double)(herds->female[row] + herds->male[row]) +
                    YOUNG_UNITS * (double)herds->young[row] + JUVENILE_UNITS * (double)herds->juvenile[row];
    return adults * self->species[row % SPECIES_COUNT].sheep_units;
}

/* The key of a herd: the household's, with the species in its lowest bits (their own block of luck). */
static sim_key herd_key(sim_key household, int32_t species)
{
    return household ^ ((uint64_t)species + 1);
}

/* Feeds a household's animals; returns the share of their need that was met, and the hay it took as a cost.
 */
static double feed(
    struct village *village, const struct moment *moment, sim_row household, double units, double grazing)
{
    struct household_table *households = &village->households;
    const struct livestock_params *self = &village->scenario->livestock;
    double need_g = units * self->feed_need * 1000.0;
    double hay_g = need_g * (1.0 - grazing);
    if (hay_g < 1.0)
        return 1.0;
    int64_t want = (int64_t)hay_g;
    int64_t own = households->hay_g[household] < want ? households->hay_g[household] : want;
    households->hay_g[household] -= own;
    int64_t cost = (int64_t)((double)own * moment->sell[GOOD_HAY] / 1000.0);
    int64_t bought = 0;
    /* Buys the rest with what it can spare beyond a month's need. */
    int64_t spare = households->cash_fen[household] - households->need_fen[household];
    if (own < want && spare > 0) {
        double affordable = (double)spare / moment->buy[GOOD_HAY] * 1000.0;
        bought = affordable < (double)(want - own) ? (int64_t)affordable : want - own;
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

static int64_t kill(
    struct village *village, sim_row row, sim_key key, const struct moment *moment, double storm)
{
    const struct livestock_params *self = &village->scenario->livestock;
    const struct species_params *species = &self->species[row % SPECIES_COUNT];
    struct herd_table *herds = &village->herds;
    double hunger = 1.0 + self->starvation * (1.0 - herds->condition[row]);
    double young = species->young_deaths / 12.0 * hunger;
    double other = species->deaths / 12.0 * hunger;
    young = 1.0 - (1.0 - (young < 1.0 ? young : 1.0)) * (1.0 - storm);
    other = 1.0 - (1.0 - (other < 1.0 ? other : 1.0)) * (1.0 - storm);
    uint64_t words[4];
    sim_rand_block(village->luck, key, SIM_BLOCK_OF_HERD_DEATH_YOUNG, (uint64_t)moment->month, words);
    int32_t dead[HERD_CLASSES] = {
        (int32_t)sim_dist_binomial(sim_rand_unit(words[0]), herds->young[row], young),
        (int32_t)sim_dist_binomial(sim_rand_unit(words[1]), herds->juvenile[row], other),
        (int32_t)sim_dist_binomial(sim_rand_unit(words[2]), herds->female[row], other),
        (int32_t)sim_dist_binomial(sim_rand_unit(words[3]), herds->male[row], other),
    };
    herds->young[row] -= dead[HERD_YOUNG];
    herds->juvenile[row] -= dead[HERD_JUVENILE];
    herds->female[row] -= dead[HERD_FEMALE];
    herds->male[row] -= dead[HERD_MALE];
    return (int64_t)dead[0] + dead[1] + dead[2] + dead[3];
}

/* The month in which young are born: juveniles grow up first, then the young of last year become juveniles.
 */
static int64_t breed(struct village *village, sim_row row, sim_key key, const struct moment *moment)
{
    const struct species_params *species = &village->scenario->livestock.species[row % SPECIES_COUNT];
    struct herd_table *herds = &village->herds;
    uint64_t words[4];
    sim_rand_block(village->luck, key, SIM_BLOCK_OF_HERD_BIRTHS, (uint64_t)moment->month, words);
    int64_t grown = sim_dist_binomial(
        sim_rand_unit(words[SIM_WORD_OF_HERD_GROWTH]), herds->juvenile[row], 1.0 / species->maturity);
    int64_t females = sim_dist_binomial(sim_rand_unit(words[SIM_WORD_OF_HERD_SEX]), grown, 0.5);
    double rate = species->births * (0.4 + 0.6 * herds->condition[row]);
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
    struct village *village, sim_row household, sim_row row, const struct moment *moment, double *thirst)
{
    const struct species_params *species = &village->scenario->livestock.species[row % SPECIES_COUNT];
    struct household_table *households = &village->households;
    int32_t since = (moment->calendar_month - (int32_t)species->birth_month + 12) % 12;
    if (species->milk <= 0.0 || since < 1 || since > MILK_MONTHS)
        return;
    double share = species->births < 1.0 ? species->births : 1.0;
    double kg = (double)village->herds.female[row] * share * species->milk * village->herds.condition[row];
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

void livestock_month(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct livestock_params *self = &scenario->livestock;
    if (!self->dynamics)
        return;
    double capacity = (double)village->pasture_m2 * 1e-6 * self->pasture_units * moment->season;
    double crowding = village->grazing_load > capacity ? capacity / village->grazing_load : 1.0;
    double grazing = crowding;
    if (moment->is_winter)
        grazing *= moment->is_bad_winter ? self->snow_grazing : self->winter_grazing;
    double storm = 0.0;
    if (moment->is_bad_winter) {
        int32_t winter = moment->calendar_month >= 11 ? moment->year : moment->year - 1;
        if (weather_storm_month(village->luck, village->config->key, winter) == moment->calendar_month)
            storm = weather_storm(&scenario->shocks, village->luck, village->config->key, winter);
    }

    struct herd_table *herds = &village->herds;
    struct household_table *households = &village->households;
    double load = 0.0;
    for (sim_row household = 0; household < households->head.n; household++) {
        sim_row first = household * SPECIES_COUNT;
        double units = 0.0;
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            if (herd_heads(herds, first + species) > 0)
                units += livestock_units(self, herds, first + species);
        if (units <= 0.0)
            continue;
        load += units;
        if (moment->calendar_month == VETERINARY_MONTH)
            pay_veterinary(village, household, units, moment);
        double thirst = MILK_DRUNK * households->consumers[household];
        double fed = feed(village, moment, household, units, grazing);
        for (int32_t species = 0; species < SPECIES_COUNT; species++) {
            sim_row row = first + species;
            int64_t heads = herd_heads(herds, row);
            if (heads == 0)
                continue;
            double condition = herds->condition[row];
            condition += fed < 1.0 ? -self->weight_loss * (1.0 - fed) : self->weight_gain * (1.0 - condition);
            herds->condition[row] = (float)(condition < 0.0 ? 0.0 : condition > 1.0 ? 1.0 : condition);
            double price = moment->sell[GOOD_SHEEP + species];
            int64_t before = livestock_value(self, herds, row, price);
            sim_key key = herd_key(households->key[household], species);
            int64_t dead = kill(village, row, key, moment, storm);
            village->current.heads_died[species] += dead;
            sim_ledger_post(&village->ledger, accounts_herd_flow(species, HERD_DIED), dead);
            if (moment->calendar_month == self->species[species].birth_month) {
                int64_t born = breed(village, row, key, moment);
                sim_ledger_post(&village->ledger, accounts_herd_flow(species, HERD_BORN), born);
            }
            household_add_income(
                households, household, INCOME_HERD, livestock_value(self, herds, row, price) - before);
            milk(village, household, row, moment, &thirst);
        }
    }
    village->grazing_load = load;
}

/* Sells n heads of a class at `price` per adult; the books value them at the farm gate. Returns the money. */
static int64_t sell(struct village *village, sim_row household, sim_row row, int32_t class, int32_t n,
    double price, double farm_gate)
{
    const struct livestock_params *self = &village->scenario->livestock;
    struct herd_table *herds = &village->herds;
    struct household_table *households = &village->households;
    int32_t *const columns_of[HERD_CLASSES] = {herds->young, herds->juvenile, herds->female, herds->male};
    columns_of[class][row] -= n;
    int64_t fen = n * class_value(self, class, price);
    household_add_income(households, household, INCOME_HERD, fen - n * class_value(self, class, farm_gate));
    households->cash_fen[household] += fen;
    households->year_cash_fen[household] += fen;
    village->current.heads_sold[row % SPECIES_COUNT] += n;
    village->current.sold[GOOD_SHEEP + row % SPECIES_COUNT] += n;
    sim_ledger_post(&village->ledger, accounts_herd_flow(row % SPECIES_COUNT, HERD_SOLD), n);
    sim_ledger_post(&village->ledger, FLOW_ANIMAL_SALE, fen);
    return fen;
}

int64_t livestock_sell_in_need(
    struct village *village, const struct moment *moment, sim_row household, int64_t fen, double discount)
{
    static const int32_t order_of_species[SPECIES_COUNT] = {SPECIES_SHEEP, SPECIES_CATTLE, SPECIES_YAK};
    static const int32_t order_of_classes[HERD_CLASSES] = {HERD_MALE, HERD_JUVENILE, HERD_YOUNG, HERD_FEMALE};
    struct herd_table *herds = &village->herds;
    int64_t raised = 0;
    for (int32_t c = 0; c < HERD_CLASSES; c++)
        for (int32_t s = 0; s < SPECIES_COUNT && raised < fen; s++) {
            sim_row row = household * SPECIES_COUNT + order_of_species[s];
            int32_t *const columns_of[HERD_CLASSES] = {
                herds->young, herds->juvenile, herds->female, herds->male};
            int32_t class = order_of_classes[c];
            double price = moment->sell[GOOD_SHEEP + order_of_species[s]];
            int64_t each = class_value(&village->scenario->livestock, class, price * (1.0 - discount));
            if (each <= 0 || columns_of[class][row] == 0)
                continue;
            int64_t n = (fen - raised + each - 1) / each;
            if (n > columns_of[class][row])
                n = columns_of[class][row];
            raised += sell(village, household, row, class, (int32_t)n, price * (1.0 - discount), price);
        }
    return raised;
}

/* Sells at the farm gate, or through the village's cooperative: what that pays now differs, its refund
 * follows. */
static void sell_one_way(struct village *village, const struct moment *moment, sim_row household, sim_row row,
    int32_t class, int32_t n, bool together)
{
    int32_t good = GOOD_SHEEP + row % SPECIES_COUNT;
    double price = moment->sell[good];
    if (!together || n == 0) {
        sell(village, household, row, class, n, price, price);
        return;
    }
    struct herd_table *herds = &village->herds;
    int32_t *const columns_of[HERD_CLASSES] = {herds->young, herds->juvenile, herds->female, herds->male};
    columns_of[class][row] -= n;
    int64_t alone = n * class_value(&village->scenario->livestock, class, price);
    int64_t fen = producer_deliver(village, household, moment, good, alone);
    household_add_income(&village->households, household, INCOME_HERD, fen - alone);
    village->households.year_cash_fen[household] += fen;
    village->current.heads_sold[row % SPECIES_COUNT] += n;
    village->current.sold[good] += n;
    sim_ledger_post(&village->ledger, accounts_herd_flow(row % SPECIES_COUNT, HERD_SOLD), n);
}

/* Males beyond breeding need and females sold for age, in autumn: under contract where there is one, else
 * here. */
static int offtake(struct sim_context *context, struct village *village, const struct moment *moment,
    sim_row household, sim_row row, struct sim_error *error)
{
    const struct livestock_params *self = &village->scenario->livestock;
    struct herd_table *herds = &village->herds;
    int32_t species = row % SPECIES_COUNT;
    int32_t heads = herd_heads(herds, row);
    double share = 1.0 / (double)(OFFTAKE_LAST + 1 - moment->calendar_month);
    int32_t keep =
        (herds->female[row] + FEMALES_PER_MALE / 2) / FEMALES_PER_MALE; /* small herds share a male */
    int32_t surplus = herds->male[row] - keep;
    int32_t males = surplus > 0 ? (int32_t)((double)surplus * share * self->surplus_sale + 0.5) : 0;
    int32_t females = 0;
    if (heads * 5 > herds->target[row] * 3) { /* a herd below three fifths of its aim keeps its females */
        double u = sim_rand_uniform(village->luck, herd_key(village->households.key[household], species),
            SIM_PURPOSE_HERD_CULL, (uint64_t)moment->month);
        double expected =
            self->species[species].cull / (OFFTAKE_LAST + 1 - OFFTAKE_FIRST) * herds->female[row];
        females = (int32_t)(expected + u);
    }
    /* A herd over its cap: juveniles go first, and one female stays to breed. */
    int32_t excess = heads - males - females - (int32_t)(self->cap * (double)herds->target[row] + 0.5);
    int32_t juveniles = excess < herds->juvenile[row] ? excess : herds->juvenile[row];
    juveniles = juveniles > 0 ? juveniles : 0;
    females += excess > juveniles ? excess - juveniles : 0;
    if (females > herds->female[row] - 1)
        females = herds->female[row] > 0 ? herds->female[row] - 1 : 0;
    double price = moment->sell[GOOD_SHEEP + species];
    sell(village, household, row, HERD_JUVENILE, juveniles, price, price);
    if (males + females == 0)
        return 0;
    int64_t delivered = 0;
    int code =
        contract_deliver(context, village, moment, household, species, males + females, &delivered, error);
    if (code < 0)
        return code;
    if (delivered > 0) { /* under contract: all or nothing; the payment follows */
        herds->male[row] -= males;
        herds->female[row] -= females;
        village->current.heads_sold[species] += delivered;
        int64_t value = delivered * class_value(self, HERD_MALE, price);
        household_add_income(&village->households, household, INCOME_HERD, -value);
        sim_ledger_post(&village->ledger, accounts_herd_flow(species, HERD_DELIVERED), delivered);
        return 0;
    }
    bool together = producer_takes(village, household, moment, GOOD_SHEEP + species);
    sell_one_way(village, moment, household, row, HERD_MALE, males, together);
    sell_one_way(village, moment, household, row, HERD_FEMALE, females, together);
    return 0;
}

static void restock(struct village *village, const struct moment *moment, sim_row household, sim_row row)
{
    const struct scenario *scenario = village->scenario;
    struct herd_table *herds = &village->herds;
    struct household_table *households = &village->households;
    int32_t species = row % SPECIES_COUNT;
    int32_t room = herds->target[row] - herd_heads(herds, row);
    double buffer = scenario->household.buffer * (double)households->need_fen[household];
    double budget = ((double)households->cash_fen[household] - 2.0 * buffer) * scenario->livestock.restocking;
    int64_t each = class_value(&scenario->livestock, HERD_JUVENILE, moment->buy[GOOD_SHEEP + species]);
    if (room <= 0 || budget < (double)each)
        return;
    int64_t n = (int64_t)(budget / (double)each);
    if (n > room)
        n = room;
    int64_t value = class_value(&scenario->livestock, HERD_JUVENILE, moment->sell[GOOD_SHEEP + species]);
    herds->juvenile[row] += (int32_t)n;
    households->cash_fen[household] -= n * each;
    village->current.bought[GOOD_SHEEP + species] += n;
    household_add_income(households, household, INCOME_HERD, n * (value - each));
    sim_ledger_post(&village->ledger, accounts_herd_flow(species, HERD_BOUGHT), n);
    sim_ledger_post(&village->ledger, FLOW_ANIMAL_PURCHASE, n * each);
}

int livestock_trade(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    int32_t month = moment->calendar_month;
    bool is_offtake = month >= OFFTAKE_FIRST && month <= OFFTAKE_LAST;
    if (!village->scenario->livestock.dynamics || (!is_offtake && month != RESTOCK_MONTH))
        return 0;
    for (sim_row household = 0; household < village->households.head.n; household++) {
        if (!village->households.present[household])
            continue;
        for (int32_t species = 0; species < SPECIES_COUNT; species++) {
            sim_row row = household * SPECIES_COUNT + species;
            if (is_offtake && herd_heads(&village->herds, row) > 0) {
                int code = offtake(context, village, moment, household, row, error);
                if (code < 0)
                    return code;
            } else if (month == RESTOCK_MONTH && village->herds.target[row] > 0) {
                restock(village, moment, household, row);
            }
        }
    }
    return 0;
}
