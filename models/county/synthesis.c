#include "models/county/synthesis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/county/compose.h"
#include "models/households/demography.h"
#include "models/households/schooling.h"
#include "sim/core/key.h"
#include "sim/core/real.h"
#include "sim/data/split.h"
#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

enum { KEY_HOUSEHOLD = 1, KEY_PERSON = 2 };

/* Traits: the occurrence of a household's, herd's or village's draws of SIM_PURPOSE_SYNTHESIS. */
enum trait {
    TRAIT_ABILITY,
    TRAIT_LAND,
    TRAIT_HERD,
    TRAIT_CASH,
    TRAIT_QUALITY, /* and PARCEL_KINDS - 1 after it */
    TRAIT_KEEPER = TRAIT_QUALITY + PARCEL_KINDS,
    TRAIT_HEADS = TRAIT_KEEPER + SPECIES_COUNT,
    TRAIT_ROUNDING = TRAIT_HEADS + SPECIES_COUNT,
    TRAIT_CLASSES = TRAIT_ROUNDING + SPECIES_COUNT,
};

/* Assumptions that no parameter holds: they shape the first months only, and wash out in the first year. */
static const double quality_sd = 0.15;  /* of the logarithm of a parcel's lasting quality */
static const double cash_sd = 0.8;      /* of the logarithm of cash, beside ability */
static const double grain_months = 8.0; /* of need in store in January, harvest allowing */
static const double grain_left = 0.67;  /* of the last harvest in January, at most */
static const double hay_left = 0.60;    /* of the last cut */
/* Sources of income in poor areas in 2018 (evidence: wages 35, own business 37.5, transfers 26 percent,
 * middle confidence): what lasting income is thought to come from. */
static const double share_labour = 0.45, share_assets = 0.29, share_persons = 0.26;

/* Young, juvenile, adult females, adult males in January, of the order of a herd that neither grows nor
 * shrinks under the default rates. */
static const double classes[SPECIES_COUNT][HERD_CLASSES] = {
    [SPECIES_SHEEP] = {0.25, 0.15, 0.52, 0.08},
    [SPECIES_YAK] = {0.14, 0.26, 0.48, 0.12},
    [SPECIES_CATTLE] = {0.18, 0.20, 0.54, 0.08},
};

/* What assets are made from, before scaling; one a household of the county, in the order of villages. */
struct raw {
    double ability;
    double land;
    double herd[SPECIES_COUNT]; /* 0: keeps none */
};

struct synthesis {
    const struct scenario *scenario;
    struct founders *founders;
    struct sim_luck luck;
    struct raw *raw;
    int32_t n_households;
    double land_per_weight[PARCEL_KINDS];
    double heads_per_weight[SPECIES_COUNT];
    double least_herd[SPECIES_COUNT];
    double ability_mean;
};

static double uniform(const struct synthesis *self, sim_key key, int32_t trait)
{
    return sim_rand_uniform(self->luck, key, SIM_PURPOSE_SYNTHESIS, (uint64_t)trait);
}

static double normal(const struct synthesis *self, sim_key key, int32_t trait)
{
    return sim_real_normal_quantile(uniform(self, key, trait));
}

/* People. */

/* `base`: the row of the village's first person; the table is empty before, so that rows stand as composed.
 */
static int add_person(struct synthesis *self, struct village *village, sim_row household, int32_t number,
    const struct composed *person, sim_row base, struct sim_error *error)
{
    const struct demography_params *demography = &village->scenario->demography;
    sim_key key = sim_key_make(village->households.key[household], KEY_PERSON, (uint64_t)number);
    sim_row row = village_add_person(village, household, key, error);
    if (row < 0)
        return row;
    struct person_table *persons = &village->persons;
    persons->born[row] = village->scenario->first_month - 1 - person->age_months;
    persons->birth_month[row] = (uint8_t)sim_month_of_year(persons->born[row]);
    persons->female[row] = person->female;
    persons->spouse[row] = person->spouse < 0 ? SIM_ROW_NONE : base + person->spouse;
    persons->mother[row] = person->mother < 0 ? SIM_ROW_NONE : base + person->mother;
    bool is_pupil = false;
    double trait = sim_rand_uniform(self->luck, key, SIM_PURPOSE_SCHOOL_TRAIT, 0);
    int32_t schooling =
        schooling_founding(demography, trait, persons->born[row], village->scenario->first_month, &is_pupil);
    skills_set(village, row, schooling, 0.0f);
    persons->activity[row] = is_pupil && demography->dynamics && demography->schooling
                                 ? ACTIVITY_SCHOOL
                                 : demography_activity(demography, person->age_months / 12);
    return 0;
}

/* Persons come sorted by household. */
static int add_households(struct synthesis *self, struct village *village, const struct composed *people,
    int32_t n_people, struct sim_error *error)
{
    int32_t at = 0;
    sim_row base = village->persons.head.n;
    for (int32_t h = 0; h < village->config->n_households; h++) {
        sim_key key = sim_key_make(village->config->key, KEY_HOUSEHOLD, (uint64_t)h);
        sim_row row = village_add_household(village, key, error);
        if (row < 0)
            return row;
        for (int32_t i = 0; at < n_people && people[at].household == h; at++, i++) {
            int code = add_person(self, village, row, i, &people[at], base, error);
            if (code < 0)
                return code;
        }
        demography_recount(village, row, village->scenario->first_month);
    }
    return 0;
}

static int people_village(struct synthesis *self, struct village *village, int32_t n_people,
    const struct pyramid *pyramid, struct composed *people, struct sim_error *error)
{
    int32_t n_households = village->config->n_households;
    int code =
        compose_village(pyramid, self->luck, village->config->key, n_people, n_households, people, error);
    return code < 0 ? code : add_households(self, village, people, n_people, error);
}

/* Persons of each village: by households. */
static int people_county(struct synthesis *self, struct sim_arena *scratch, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    int32_t n = scenario->n_villages;
    int64_t *weight = sim_arena_alloc(scratch, (int64_t)sizeof(*weight) * n);
    int64_t *share = sim_arena_alloc(scratch, (int64_t)sizeof(*share) * n);
    sim_key *key = sim_arena_alloc(scratch, (int64_t)sizeof(*key) * n);
    sim_row *order = sim_arena_alloc(scratch, (int64_t)sizeof(*order) * n);
    if (!weight || !share || !key || !order)
        return sim_error_set(error, SIM_ERROR_MEMORY, "founding population: out of memory");
    int64_t most = 0;
    for (int32_t v = 0; v < n; v++) {
        weight[v] = scenario->villages[v].n_households;
        key[v] = scenario->villages[v].key;
        self->n_households += scenario->villages[v].n_households;
    }
    sim_split(scenario->county.persons, weight, key, n, share, order);
    for (int32_t v = 0; v < n; v++) {
        if (share[v] < weight[v])
            return sim_error_set(error, SIM_ERROR_INPUT,
                "county: %lld persons are fewer than the %lld households of village '%s' need",
                (long long)share[v], (long long)weight[v], scenario->villages[v].name);
        most = share[v] > most ? share[v] : most;
    }
    struct composed *people = sim_arena_alloc(scratch, (int64_t)sizeof(*people) * most);
    if (!people)
        return sim_error_set(error, SIM_ERROR_MEMORY, "founding population: out of memory");
    struct pyramid pyramid;
    compose_pyramid(&pyramid, &scenario->demography);
    for (int32_t v = 0; v < n; v++) {
        int code =
            people_village(self, &self->founders->villages[v], (int32_t)share[v], &pyramid, people, error);
        if (code < 0)
            return code;
    }
    return 0;
}

/* Means. */

static void draw_raw(struct synthesis *self, const struct village *village, sim_row row, struct raw *raw)
{
    const struct county_config *county = &self->scenario->county;
    sim_key key = village->households.key[row];
    double persons = (double)village->households.n_persons[row];
    double rho = county->asset_ability, rest = sqrt(1.0 - rho * rho);
    double z = normal(self, key, TRAIT_ABILITY);
    raw->ability = sim_real_exp(county->ability_sd * z);
    raw->land = persons * sim_real_exp(county->asset_sd * (rho * z + rest * normal(self, key, TRAIT_LAND)));
    double herd = rho * z + rest * normal(self, key, TRAIT_HERD);
    const double keepers[SPECIES_COUNT] = {
        county->sheep_keepers, county->yak_keepers, county->cattle_keepers};
    for (int32_t s = 0; s < SPECIES_COUNT; s++) {
        bool keeps = sim_dist_bernoulli(uniform(self, key, TRAIT_KEEPER + s), keepers[s]);
        /* Half of what sets one herd apart is common to all herds of a household. */
        double own = sqrt(0.5) * herd + sqrt(0.5) * normal(self, key, TRAIT_HEADS + s);
        raw->herd[s] = keeps ? persons * sim_real_exp(county->asset_sd * own) : 0.0;
    }
}

/* A keeper keeps one animal at least, unless keepers are more than animals; above that herds are in
 * proportion to their weights. */
static double mean_heads(const struct synthesis *self, int32_t species, double weight)
{
    double heads = self->heads_per_weight[species] * weight;
    return weight > 0 && heads < self->least_herd[species] ? self->least_herd[species] : heads;
}

/* Finds the scale at which herds of a species add up to `heads`, by bisection. */
static void scale_herds(struct synthesis *self, int32_t species, double heads)
{
    double sum = 0, keepers = 0, low = 0;
    for (int32_t i = 0; i < self->n_households; i++) {
        sum += self->raw[i].herd[species];
        keepers += self->raw[i].herd[species] > 0;
    }
    double high = sum > 0 ? heads / sum : 0.0;
    self->least_herd[species] = keepers < heads ? 1.0 : 0.0;
    self->heads_per_weight[species] = high;
    /* Lifting the smallest makes the sum too large at that scale. */
    for (int32_t step = 0; step < 40 && keepers < heads; step++) {
        double total = 0;
        self->heads_per_weight[species] = 0.5 * (low + high);
        for (int32_t i = 0; i < self->n_households; i++)
            total += mean_heads(self, species, self->raw[i].herd[species]);
        if (total > heads)
            high = self->heads_per_weight[species];
        else
            low = self->heads_per_weight[species];
    }
}

static void scale_means(struct synthesis *self)
{
    const struct county_config *county = &self->scenario->county;
    double ability = 0, land = 0, n = (double)self->n_households;
    int32_t i = 0;
    for (int32_t v = 0; v < self->founders->n_villages; v++) {
        const struct village *village = &self->founders->villages[v];
        for (sim_row row = 0; row < village->households.head.n; row++, i++) {
            struct raw *raw = &self->raw[i];
            draw_raw(self, village, row, raw);
            ability += raw->ability;
            land += raw->land;
        }
    }
    double persons = (double)county->persons;
    const double area[PARCEL_KINDS] = {
        county->irrigated * persons, county->rainfed * persons, county->forage * persons};
    const double heads[SPECIES_COUNT] = {county->sheep * n, county->yak * n, county->cattle * n};
    self->ability_mean = ability / n;
    for (int32_t k = 0; k < PARCEL_KINDS; k++)
        self->land_per_weight[k] = land > 0 ? area[k] / land : 0.0;
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        scale_herds(self, s, heads[s]);
}

/* Assets. */

static int add_parcels(struct synthesis *self, struct village *village, sim_row household, double weight,
    struct sim_error *error)
{
    sim_key key = village->households.key[household];
    for (int32_t k = 0; k < PARCEL_KINDS; k++) {
        int64_t area = llround(self->land_per_weight[k] * weight);
        if (area <= 0)
            continue;
        sim_row row = sim_table_add(&village->parcels, &parcel_table_type, village->arena, error);
        if (row < 0)
            return row;
        village->parcels.household[row] = household;
        village->parcels.kind[row] = (int8_t)k;
        village->parcels.scheme[row] = PARCEL_NO_SCHEME;
        village->parcels.owner[row] = household;
        village->parcels.area_m2[row] = (int32_t)area;
        village->parcels.crop[row] = k == PARCEL_FORAGE ? CROP_HAY : CROP_GRAIN;
        village->parcels.quality[row] =
            sim_dist_lognormal(uniform(self, key, TRAIT_QUALITY + k), 1.0, quality_sd);
        village->parcels.technique[row] = 1.0;
    }
    return 0;
}

/* Cuts n heads at the shares' running sums, all rounded with the same uniform: whole animals, n in all, each
 * class right on average. */
static void cut_classes(int32_t n, const double *share, double u, int32_t out[HERD_CLASSES])
{
    double sum = 0;
    int32_t before = 0;
    for (int32_t c = 0; c < HERD_CLASSES; c++) {
        sum += share[c];
        int32_t upto = c == HERD_CLASSES - 1 ? n : (int32_t)floor(sum * n + u);
        upto = upto > n ? n : upto;
        out[c] = upto - before;
        before = upto;
    }
}

static void add_herds(
    struct synthesis *self, struct village *village, sim_row household, const struct raw *raw)
{
    sim_key key = village->households.key[household];
    for (int32_t s = 0; s < SPECIES_COUNT; s++) {
        sim_row row = household * SPECIES_COUNT + s;
        double mean = mean_heads(self, s, raw->herd[s]);
        int32_t n = (int32_t)floor(mean + uniform(self, key, TRAIT_ROUNDING + s)), cut[HERD_CLASSES];
        cut_classes(n, classes[s], uniform(self, key, TRAIT_CLASSES + s), cut);
        village->herds.young[row] = cut[HERD_YOUNG];
        village->herds.juvenile[row] = cut[HERD_JUVENILE];
        village->herds.female[row] = cut[HERD_FEMALE];
        village->herds.male[row] = cut[HERD_MALE];
        village->herds.target[row] = n;
    }
}

/* A year's worth of a household's land and animals at the base year's prices, in fen: for the estimate of
 * lasting income alone. */
static double asset_worth(const struct synthesis *self, const struct raw *raw, sim_row household,
    const struct village *village, const double base[GOODS])
{
    const struct land_params *land = &self->scenario->land;
    const double yield[PARCEL_KINDS] = {land->irrigated_yield, land->rainfed_yield, land->forage_yield};
    double worth = 0;
    for (int32_t k = 0; k < PARCEL_KINDS; k++)
        worth += self->land_per_weight[k] * raw->land * yield[k] *
                 base[k == PARCEL_FORAGE ? GOOD_HAY : GOOD_GRAIN];
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        worth += 0.26 * base[GOOD_SHEEP + s] * herd_heads(&village->herds, household * SPECIES_COUNT + s);
    return worth;
}

static void add_stores(
    struct synthesis *self, struct village *village, sim_row row, const struct raw *raw, double *mean_cash)
{
    const struct scenario *scenario = self->scenario;
    struct household_table *households = &village->households;
    double consumers = households->consumers[row];
    double need = scenario->household.grain_need * consumers;
    double grain = (self->land_per_weight[PARCEL_IRRIGATED] * scenario->land.irrigated_yield +
                       self->land_per_weight[PARCEL_RAINFED] * scenario->land.rainfed_yield) *
                   raw->land * grain_left;
    double hay = self->land_per_weight[PARCEL_FORAGE] * raw->land * scenario->land.forage_yield * hay_left;
    households->grain_g[row] = llround(1000.0 * fmin(grain_months * need, grain));
    households->hay_g[row] = llround(1000.0 * hay);
    /* Cash grows with ability, as the root of it, and with luck; scaled to the mean by add_assets. */
    double luck = sim_real_exp(cash_sd * normal(self, households->key[row], TRAIT_CASH));
    double cash = scenario->household.need * 100.0 * consumers * luck * sqrt(raw->ability);
    households->cash_fen[row] = llround(cash);
    *mean_cash += cash;
}

/* Scales cash to the mean savings and lasting income to the mean income. */
static void scale_money(struct synthesis *self, double mean_cash, const double base[GOODS])
{
    const struct scenario *scenario = self->scenario;
    double labour = 0, assets = 0, need = 0;
    int32_t i = 0;
    for (int32_t v = 0; v < self->founders->n_villages; v++) {
        const struct village *village = &self->founders->villages[v];
        for (sim_row row = 0; row < village->households.head.n; row++, i++) {
            labour += village->households.home_workers[row] * self->raw[i].ability;
            assets += asset_worth(self, &self->raw[i], row, village, base);
            need += scenario->household.need * 100.0 * village->households.consumers[row];
        }
    }
    double cash = mean_cash > 0 ? scenario->county.savings * need / mean_cash : 0.0;
    double month = scenario->county.income * 100.0 / 12.0, total = month * (double)scenario->county.persons;
    /* Where there is nothing of a source, the others make up for it. */
    double weights[3] = {labour > 0 ? share_labour : 0.0, assets > 0 ? share_assets : 0.0, share_persons};
    double sum = weights[0] + weights[1] + weights[2];
    i = 0;
    for (int32_t v = 0; v < self->founders->n_villages; v++) {
        struct household_table *households = &self->founders->villages[v].households;
        for (sim_row row = 0; row < households->head.n; row++, i++) {
            const struct village *village = &self->founders->villages[v];
            double income = share_persons / sum * month * households->n_persons[row];
            if (labour > 0)
                income +=
                    weights[0] / sum * total * households->home_workers[row] * self->raw[i].ability / labour;
            if (assets > 0)
                income +=
                    weights[1] / sum * total * asset_worth(self, &self->raw[i], row, village, base) / assets;
            households->permanent_fen[row] = income;
            households->cash_fen[row] = llround((double)households->cash_fen[row] * cash);
        }
    }
}

static int add_assets(struct synthesis *self, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    double base[GOODS], mean_cash = 0;
    int32_t i = 0;
    for (int32_t g = 0; g < GOODS; g++)
        base[g] = goods[g].fen_per_unit * price_path_at(&scenario->markets.paths[g],
                                              sim_month_from_date(scenario->base_year, 7),
                                              scenario->markets.outside_growth);
    scale_means(self);
    for (int32_t v = 0; v < self->founders->n_villages; v++) {
        struct village *village = &self->founders->villages[v];
        for (sim_row row = 0; row < village->households.head.n; row++, i++) {
            struct raw *raw = &self->raw[i];
            raw->ability /= self->ability_mean;
            village->households.ability[row] = raw->ability;
            int code = add_parcels(self, village, row, raw->land, error);
            if (code < 0)
                return code;
            add_herds(self, village, row, raw);
            add_stores(self, village, row, raw, &mean_cash);
        }
    }
    scale_money(self, mean_cash, base);
    return 0;
}

/* Keys. */

static bool insert_key(sim_key *slots, uint64_t mask, sim_key key)
{
    uint64_t at = key & mask;
    for (; slots[at]; at = (at + 1) & mask)
        if (slots[at] == key)
            return false;
    slots[at] = key;
    return true;
}

static int check_keys(const struct synthesis *self, struct sim_arena *scratch, struct sim_error *error)
{
    int64_t n = self->n_households + self->scenario->county.persons + self->scenario->n_villages, size = 64;
    while (size < 2 * n)
        size *= 2;
    sim_key *slots = sim_arena_alloc(scratch, (int64_t)sizeof(*slots) * size);
    if (!slots)
        return sim_error_set(error, SIM_ERROR_MEMORY, "founding population: out of memory");
    uint64_t mask = (uint64_t)size - 1;
    for (int32_t v = 0; v < self->founders->n_villages; v++) {
        const struct village *village = &self->founders->villages[v];
        bool ok = insert_key(slots, mask, village->config->key);
        for (sim_row row = 0; ok && row < village->households.head.n; row++)
            ok = insert_key(slots, mask, village->households.key[row]);
        for (sim_row row = 0; ok && row < village->persons.head.n; row++)
            ok = insert_key(slots, mask, village->persons.key[row]);
        if (!ok)
            return sim_error_set(error, SIM_ERROR_MODEL,
                "founding population: two entities have one key (village '%s'); another county name helps",
                village->config->name);
    }
    return 0;
}

static int found_all(struct synthesis *self, struct sim_arena *scratch, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    struct founders *founders = self->founders;
    int32_t n = scenario->n_villages;
    founders->villages = sim_arena_alloc(&founders->arena, (int64_t)sizeof(*founders->villages) * n);
    if (!founders->villages)
        return sim_error_set(error, SIM_ERROR_MEMORY, "founding population: out of memory");
    founders->n_villages = n;
    struct village_scratch shared = {.arena = scratch};
    for (int32_t v = 0; v < n; v++) {
        int code = village_init(
            &founders->villages[v], scenario, v, NULL, self->luck, NULL, &founders->arena, &shared, error);
        if (code < 0)
            return code;
        founders->villages[v].pasture_m2 = scenario->villages[v].pasture_m2;
    }
    int code = people_county(self, scratch, error);
    if (code < 0)
        return code;
    self->raw = sim_arena_alloc(scratch, (int64_t)sizeof(*self->raw) * (self->n_households + 1));
    if (!self->raw)
        return sim_error_set(error, SIM_ERROR_MEMORY, "founding population: out of memory");
    code = add_assets(self, error);
    return code < 0 ? code : check_keys(self, scratch, error);
}

int synthesis_make(struct founders *out, const struct scenario *scenario, struct sim_error *error)
{
    struct synthesis self = {.scenario = scenario, .founders = out, .luck = {scenario->seed, 0}};
    struct sim_arena scratch;
    sim_arena_init(&scratch);
    sim_arena_init(&out->arena);
    int code = found_all(&self, &scratch, error);
    sim_arena_free(&scratch);
    return code;
}

void synthesis_free(struct founders *self)
{
    sim_arena_free(&self->arena);
    *self = (struct founders){0};
}
