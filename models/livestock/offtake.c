/* What goes to market, what is bought, and how large a herd its household aims at. */
#include "models/investments/effects/contract.h"
#include "models/livestock/disease.h"
#include "models/livestock/livestock.h"
#include "models/labour/work.h"
#include "sim/rand/dist.h"

enum { OFFTAKE_FIRST = 9, OFFTAKE_LAST = 11, RESTOCK_MONTH = 6, TARGET_MONTH = 12 };

/* Sells n heads of a class at `price` per adult; the books value them at the farm gate. Returns the money. */
static int64_t sell(struct village *village, sim_row household, sim_row row, int32_t class, int32_t n,
    double price, double farm_gate)
{
    const struct livestock_params *self = &village->scenario->livestock;
    struct herd_table *herds = &village->herds;
    struct household_table *households = &village->households;
    int32_t *const columns_of[HERD_CLASSES] = {herds->young, herds->juvenile, herds->female, herds->male};
    columns_of[class][row] -= n;
    int64_t fen = n * livestock_class_value(self, class, price);
    household_add_income(
        households, household, INCOME_HERD, fen - n * livestock_class_value(self, class, farm_gate));
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
    if (disease_is_shut(village, household))
        return 0;
    for (int32_t c = 0; c < HERD_CLASSES; c++)
        for (int32_t s = 0; s < SPECIES_COUNT && raised < fen; s++) {
            sim_row row = household * SPECIES_COUNT + order_of_species[s];
            int32_t *const columns_of[HERD_CLASSES] = {
                herds->young, herds->juvenile, herds->female, herds->male};
            int32_t class = order_of_classes[c];
            double price = moment->sell[GOOD_SHEEP + order_of_species[s]];
            int64_t each =
                livestock_class_value(&village->scenario->livestock, class, price * (1.0 - discount));
            if (each <= 0 || columns_of[class][row] == 0)
                continue;
            int64_t n = (fen - raised + each - 1) / each;
            if (n > columns_of[class][row])
                n = columns_of[class][row];
            raised += sell(village, household, row, class, (int32_t)n, price * (1.0 - discount), price);
        }
    livestock_recount(village, household);
    return raised;
}

/* Sells at `price` (the farm gate's, with what a cart saves), or through the village's cooperative: what that
 * pays now differs, its refund follows. */
static void sell_one_way(struct village *village, const struct moment *moment, sim_row household, sim_row row,
    int32_t class, int32_t n, double price, bool together)
{
    int32_t good = GOOD_SHEEP + row % SPECIES_COUNT;
    if (n == 0)
        return;
    if (!together) {
        sell(village, household, row, class, n, price, moment->sell[good]);
        return;
    }
    const struct livestock_params *self = &village->scenario->livestock;
    struct herd_table *herds = &village->herds;
    int32_t *const columns_of[HERD_CLASSES] = {herds->young, herds->juvenile, herds->female, herds->male};
    columns_of[class][row] -= n;
    int64_t alone = n * livestock_class_value(self, class, price);
    int64_t fen = producer_deliver(village, household, moment, good, alone);
    int64_t booked = n * livestock_class_value(self, class, moment->sell[good]);
    household_add_income(&village->households, household, INCOME_HERD, fen - booked);
    village->households.year_cash_fen[household] += fen;
    village->current.heads_sold[row % SPECIES_COUNT] += n;
    village->current.sold[good] += n;
    sim_ledger_post(&village->ledger, accounts_herd_flow(row % SPECIES_COUNT, HERD_SOLD), n);
}

/* What an autumn month is for all herds of a species. */
struct autumn {
    double share;  /* of the males' surplus that goes this month */
    double culled; /* of the females, for age */
    int32_t each;  /* females for which a male is kept */
    uint64_t salt; /* the month's, for the rounding of the females */
};

/* Males beyond breeding need and females sold for age, in autumn: under contract where there is one, else
 * here. Returns 1 when any went, 0 when none, or an error. */
static int offtake(struct sim_context *context, struct village *village, const struct moment *moment,
    sim_row household, sim_row row, const struct autumn *autumn, struct sim_error *error)
{
    const struct livestock_params *self = &village->scenario->livestock;
    struct herd_table *herds = &village->herds;
    int32_t species = row % SPECIES_COUNT;
    int32_t heads = herd_heads(herds, row);
    int32_t each = autumn->each;
    int32_t keep = (herds->female[row] + each / 2) / each; /* small herds share a male */
    int32_t surplus = herds->male[row] - keep;
    int32_t males = surplus > 0 ? (int32_t)((double)surplus * autumn->share + 0.5) : 0;
    int32_t females = 0;
    if ((double)heads > self->keep_females * (double)herds->target[row]) {
        sim_key key = herd_key(village->households.key[household], species);
        double u = sim_rand_unit(sim_rand_salted(autumn->salt, key));
        females = (int32_t)(autumn->culled * herds->female[row] + u);
        females = females < herds->female[row] ? females : herds->female[row] - 1; /* one stays to breed */
        females = females > 0 ? females : 0;
    }
    /* A herd over its cap: juveniles go first, and one female stays to breed. */
    int32_t excess = heads - males - females - (int32_t)(self->cap * (double)herds->target[row] + 0.5);
    int32_t juveniles = excess < herds->juvenile[row] ? excess : herds->juvenile[row];
    juveniles = juveniles > 0 ? juveniles : 0;
    females += excess > juveniles ? excess - juveniles : 0;
    if (females > herds->female[row] - 1)
        females = herds->female[row] > 0 ? herds->female[row] - 1 : 0;
    if (juveniles + males + females == 0)
        return 0;
    double price = moment->sell[GOOD_SHEEP + species];
    double carted = price * durables_sale_factor(village, household, moment, GOOD_SHEEP + species);
    if (juveniles > 0)
        sell(village, household, row, HERD_JUVENILE, juveniles, carted, price);
    if (males + females == 0)
        return 1;
    int64_t delivered = 0;
    int code =
        contract_deliver(context, village, moment, household, species, males + females, &delivered, error);
    if (code < 0)
        return code;
    if (delivered > 0) { /* under contract: all or nothing; the payment follows */
        herds->male[row] -= males;
        herds->female[row] -= females;
        village->current.heads_sold[species] += delivered;
        int64_t value = delivered * livestock_class_value(self, HERD_MALE, price);
        household_add_income(&village->households, household, INCOME_HERD, -value);
        sim_ledger_post(&village->ledger, accounts_herd_flow(species, HERD_DELIVERED), delivered);
        return 1;
    }
    bool together = producer_takes(village, household, moment, GOOD_SHEEP + species);
    sell_one_way(village, moment, household, row, HERD_MALE, males, carted, together);
    sell_one_way(village, moment, household, row, HERD_FEMALE, females, carted, together);
    return 1;
}

/* Buys juveniles up to the target, with a share of what it has beyond two buffers, where a herd of the kind
 * promises enough. */
static void restock(
    struct village *village, const struct moment *moment, sim_row household, sim_row row, double promised)
{
    const struct scenario *scenario = village->scenario;
    const struct livestock_params *self = &scenario->livestock;
    struct herd_table *herds = &village->herds;
    struct household_table *households = &village->households;
    int32_t species = row % SPECIES_COUNT;
    int32_t room = herds->target[row] - herd_heads(herds, row);
    double buffer = scenario->household.buffer * (double)households->need_fen[household];
    double budget = ((double)households->cash_fen[household] - 2.0 * buffer) * self->restocking;
    int64_t each = livestock_class_value(self, HERD_JUVENILE, moment->buy[GOOD_SHEEP + species]);
    if (room <= 0 || budget < (double)each || promised < scenario->durables.hurdle)
        return;
    int64_t n = (int64_t)(budget / (double)each);
    if (n > room)
        n = room;
    int64_t value = livestock_class_value(self, HERD_JUVENILE, moment->sell[GOOD_SHEEP + species]);
    herds->juvenile[row] += (int32_t)n;
    livestock_recount(village, household);
    households->cash_fen[household] -= n * each;
    village->current.bought[GOOD_SHEEP + species] += n;
    household_add_income(households, household, INCOME_HERD, n * (value - each));
    sim_ledger_post(&village->ledger, accounts_herd_flow(species, HERD_BOUGHT), n);
    sim_ledger_post(&village->ledger, FLOW_ANIMAL_PURCHASE, n * each);
}

/* What December is for all households. */
struct aims {
    double most; /* what the commons allow */
    int64_t worth[SPECIES_COUNT][HERD_CLASSES];
    uint64_t salt; /* of the rounding */
};

/* How much larger the herd is that return, labour and grass speak for: a factor on the target, 0 to 2.
 *
 * Return: what the year's herd income left for a day, once its value has borne the hurdle, over what the day
 * brings elsewhere. Grass: nobody plans for more than the commons feed. Labour: at most so many of the days
 * of those who are at home. */
static double wish(
    const struct village *village, const struct moment *moment, sim_row household, const struct aims *aims)
{
    const struct scenario *scenario = village->scenario;
    const struct livestock_params *self = &scenario->livestock;
    const struct household_table *households = &village->households;
    const struct herd_table *herds = &village->herds;
    int64_t worth = 0;
    double asked = 0.0;
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        sim_row row = household * SPECIES_COUNT + species;
        worth += livestock_worth(herds, row, aims->worth[species]);
        asked += (double)herds->target[row] * self->species[species].labour;
    }
    double factor = 1.0;
    double days = 12.0 * livestock_days(village, household);
    double elsewhere = days * work_day_worth(village, household, moment);
    if (elsewhere > 0.0) {
        double left =
            (double)households->income_herd_fen[household] - scenario->durables.hurdle * (double)worth;
        double gain = left / elsewhere - 1.0;
        factor += gain < -1.0 ? -1.0 : gain > 1.0 ? 1.0 : gain;
    }
    factor = factor < aims->most ? factor : aims->most;
    double able = self->labour_share * households->home_workers[household] * scenario->labour.days;
    return asked * factor > able ? able / asked : factor;
}

/* December: the aim moves a little towards what the household wishes for. A herd that is short of its aim
 * does not aim higher, and who has animals keeps an aim of one. */
static void adapt_target(
    struct village *village, const struct moment *moment, sim_row household, const struct aims *aims)
{
    const struct livestock_params *self = &village->scenario->livestock;
    struct herd_table *herds = &village->herds;
    double change = self->target_adjustment * (wish(village, moment, household, aims) - 1.0);
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        sim_row row = household * SPECIES_COUNT + species;
        int32_t heads = herd_heads(herds, row);
        if (herds->target[row] == 0 || heads == 0 || (change > 0.0 && heads < herds->target[row]))
            continue;
        sim_key key = herd_key(village->households.key[household], species);
        double u = sim_rand_unit(sim_rand_salted(aims->salt, key));
        int32_t target = (int32_t)((double)herds->target[row] * (1.0 + change) + u);
        herds->target[row] = target > 1 ? target : 1;
    }
}

static int sell_in_autumn(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    const struct livestock_params *self = &village->scenario->livestock;
    struct autumn autumn = {.each = (int32_t)self->females_per_male,
        .share = self->surplus_sale / (OFFTAKE_LAST + 1 - moment->calendar_month),
        .salt = sim_rand_word(
            village->luck, village->scenario->county_key, SIM_PURPOSE_HERD_CULL, (uint64_t)moment->month)};
    double culled[SPECIES_COUNT];
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        culled[species] = self->species[species].cull / (OFFTAKE_LAST + 1 - OFFTAKE_FIRST);
    for (sim_row household = 0; household < village->households.head.n; household++) {
        if (disease_is_shut(village, household))
            continue;
        bool has_sold = false;
        for (int32_t species = 0; species < SPECIES_COUNT; species++) {
            sim_row row = household * SPECIES_COUNT + species;
            if (herd_heads(&village->herds, row) == 0)
                continue;
            autumn.culled = culled[species];
            int code = offtake(context, village, moment, household, row, &autumn, error);
            if (code < 0)
                return code;
            has_sold |= code > 0;
        }
        if (has_sold)
            livestock_recount(village, household);
    }
    return 0;
}

static void restock_in_june(struct village *village, const struct moment *moment)
{
    double promised[2][SPECIES_COUNT];
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        for (int32_t is_small = 0; is_small < 2; is_small++)
            promised[is_small][species] = livestock_return(village, moment, species, is_small != 0);
    sim_row n = village->households.head.n * SPECIES_COUNT;
    for (sim_row row = 0; row < n; row++) {
        if (village->herds.target[row] <= herd_heads(&village->herds, row))
            continue;
        sim_row household = row / SPECIES_COUNT;
        if (!village->households.present[household] || disease_is_shut(village, household))
            continue;
        bool is_small = livestock_is_small(village, household, livestock_household_units(village, household));
        restock(village, moment, household, row, promised[is_small][row % SPECIES_COUNT]);
    }
}

static void aim_in_december(struct village *village, const struct moment *moment)
{
    const struct livestock_params *self = &village->scenario->livestock;
    if (self->target_adjustment <= 0.0)
        return;
    struct aims aims = {.most = 1.0,
        .salt = sim_rand_word(
            village->luck, village->scenario->county_key, SIM_PURPOSE_HERD_TARGET, (uint64_t)moment->year)};
    double capacity = livestock_capacity(village, 1.0);
    if (village->grazing_load > 0.0 && capacity > village->grazing_load)
        aims.most = capacity / village->grazing_load;
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        livestock_set_worth(self, moment->sell[GOOD_SHEEP + species], aims.worth[species]);
    for (sim_row household = 0; household < village->households.head.n; household++)
        if (livestock_has_animals(&village->herds, household))
            adapt_target(village, moment, household, &aims);
}

int livestock_trade(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    int32_t month = moment->calendar_month;
    if (!village->scenario->livestock.dynamics)
        return 0;
    if (month == RESTOCK_MONTH)
        restock_in_june(village, moment);
    if (month == TARGET_MONTH)
        aim_in_december(village, moment);
    return month >= OFFTAKE_FIRST && month <= OFFTAKE_LAST ? sell_in_autumn(context, village, moment, error)
                                                           : 0;
}
