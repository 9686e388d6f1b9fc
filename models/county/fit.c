#include "models/county/fit.h"

#include <math.h>
#include <string.h>

#include "models/households/demography.h"
#include "models/indicators/inequality.h"

struct counts {
    double persons, households, children, elders, young, pensioners;
    double irrigated, rainfed, forage, pasture;
    double heads[SPECIES_COUNT], keepers[SPECIES_COUNT];
    double cash, need, income, ability;
    double women, wives, adults, schooling;
};

enum { WOMEN_FROM = 25, WOMEN_TO = 49, ADULTS_FROM = 20, ADULTS_TO = 59 }; /* whose marriage, whose school */

static void count_persons(const struct village *village, struct counts *counts)
{
    const struct demography_params *demography = &village->scenario->demography;
    for (sim_row p = 0; p < village->persons.head.n; p++) {
        if (!village->persons.alive[p])
            continue;
        int32_t age = demography_age(village->persons.born[p], village->scenario->first_month);
        counts->persons++;
        counts->children += age < 15;
        counts->elders += age >= 65;
        counts->young += age < demography->work_age;
        counts->pensioners += age >= demography->pension_age;
        if (village->persons.female[p] && age >= WOMEN_FROM && age <= WOMEN_TO) {
            counts->women++;
            counts->wives += village->persons.spouse[p] != SIM_ROW_NONE;
        }
        if (age >= ADULTS_FROM && age <= ADULTS_TO) {
            counts->adults++;
            counts->schooling += village->persons.schooling[p];
        }
    }
}

static void count_village(const struct village *village, struct counts *counts)
{
    const struct household_table *households = &village->households;
    count_persons(village, counts);
    counts->pasture += (double)village->pasture_m2;
    for (sim_row h = 0; h < households->head.n; h++) {
        counts->households++;
        counts->ability += households->ability[h];
        counts->cash += (double)households->cash_fen[h];
        counts->need += 100.0 * village->scenario->household.need * households->consumers[h];
        counts->income += 12.0 * households->permanent_fen[h];
        for (int32_t s = 0; s < SPECIES_COUNT; s++) {
            int32_t heads = herd_heads(&village->herds, h * SPECIES_COUNT + s);
            counts->heads[s] += heads;
            counts->keepers[s] += heads > 0;
        }
    }
    double *const land[PARCEL_KINDS] = {
        [PARCEL_IRRIGATED] = &counts->irrigated,
        [PARCEL_RAINFED] = &counts->rainfed,
        [PARCEL_FORAGE] = &counts->forage,
    };
    for (sim_row p = 0; p < village->parcels.head.n; p++)
        *land[village->parcels.kind[p]] += (double)village->parcels.area_m2[p];
}

/* Gini of expected income per head over persons. */
static int gini(const struct founders *founders, int32_t n, double *out, struct sim_error *error)
{
    struct sim_arena arena;
    sim_arena_init(&arena);
    struct distribution_item *items = sim_arena_alloc(&arena, (int64_t)sizeof(*items) * n);
    struct distribution_slot *scratch = sim_arena_alloc(&arena, 2 * (int64_t)sizeof(*scratch) * n);
    int32_t at = 0;
    for (int32_t v = 0; items && scratch && v < founders->n_villages; v++) {
        const struct household_table *households = &founders->villages[v].households;
        for (sim_row h = 0; h < households->head.n; h++)
            items[at++] = (struct distribution_item){households->permanent_fen[h] / households->n_persons[h],
                households->n_persons[h], households->key[h], h};
    }
    if (items && scratch) {
        distribution_sort(items, scratch, n);
        *out = inequality_gini(items, n);
    }
    sim_arena_free(&arena);
    return items && scratch ? 0 : sim_error_set(error, SIM_ERROR_MEMORY, "fit: out of memory");
}

struct rows {
    struct fit_row *rows;
    int32_t n;
};

static void add(struct rows *self, const char *name, const char *unit, double low, double high, double found,
    const char *tag)
{
    if (self->n < FIT_ROWS)
        self->rows[self->n++] = (struct fit_row){name, unit, low, high, found, tag};
}

static void add_assets(struct rows *self, const struct county_config *county, const struct counts *counts)
{
    static const char *const heads[] = {"sheep", "yak", "cattle"};
    static const char *const keepers[] = {"sheep_keepers", "yak_keepers", "cattle_keepers"};
    const double mean[SPECIES_COUNT] = {county->sheep, county->yak, county->cattle};
    const double share[SPECIES_COUNT] = {county->sheep_keepers, county->yak_keepers, county->cattle_keepers};
    double n = counts->households, persons = counts->persons;
    add(self, "irrigated", "m2/person", county->irrigated, county->irrigated, counts->irrigated / persons,
        "imposed");
    add(self, "rainfed", "m2/person", county->rainfed, county->rainfed, counts->rainfed / persons, "imposed");
    add(self, "forage", "m2/person", county->forage, county->forage, counts->forage / persons, "imposed");
    add(self, "pasture", "km2", county->pasture, county->pasture, counts->pasture * 1e-6, "imposed");
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        add(self, heads[s], "head/household", mean[s], mean[s], counts->heads[s] / n, "imposed");
    for (int32_t s = 0; s < SPECIES_COUNT; s++)
        add(self, keepers[s], "1", share[s], share[s], counts->keepers[s] / n, "imposed");
}

int32_t fit_count(const struct founders *founders, const struct scenario *scenario,
    struct fit_row out[FIT_ROWS], struct sim_error *error)
{
    struct counts counts = {0};
    struct rows self = {.rows = out};
    const struct county_config *county = &scenario->county;
    double concentration = NAN;
    for (int32_t v = 0; v < founders->n_villages; v++)
        count_village(&founders->villages[v], &counts);
    int code = gini(founders, (int32_t)counts.households, &concentration, error);
    if (code < 0)
        return code;
    double n = counts.households, persons = counts.persons;
    add(&self, "persons", "person", (double)county->persons, (double)county->persons, persons, "imposed");
    add(&self, "households", "household", (double)county->persons / county->household_size,
        (double)county->persons / county->household_size, n, "imposed");
    add(&self, "household_size", "person", county->household_size, county->household_size, persons / n,
        "imposed");
    add(&self, "dependency_ratio", "1", 0.50, 0.60,
        (counts.children + counts.elders) / (persons - counts.children - counts.elders), "fitted");
    add(&self, "share_under_15", "1", 0.22, 0.30, counts.children / persons, "fitted");
    add(&self, "share_65_and_over", "1", 0.05, 0.10, counts.elders / persons, "fitted");
    if (counts.women > 0) /* assumptions: the order of censuses of rural counties */
        add(&self, "share_married_women_25_49", "1", 0.85, 0.97, counts.wives / counts.women, "fitted");
    if (counts.adults > 0)
        add(&self, "schooling_20_59", "year", 6.0, 9.0, counts.schooling / counts.adults, "fitted");
    add_assets(&self, county, &counts);
    add(&self, "mean_ability", "1", 1, 1, counts.ability / n, "imposed");
    add(&self, "savings", "month", county->savings, county->savings, counts.cash / counts.need, "imposed");
    add(&self, "income", "CNY/person/year", county->income, county->income, 0.01 * counts.income / persons,
        "imposed");
    /* Lasting income spreads less than that of one year: by a tenth, at most, is right. */
    add(&self, "lasting_income_gini", "1", 0.9 * county->income_gini, county->income_gini, concentration,
        "fitted");
    return self.n;
}

double fit_gap(const struct fit_row *row)
{
    if (row->found >= row->low && row->found <= row->high)
        return 0;
    double end = row->found < row->low ? row->low : row->high;
    return end == 0 ? row->found : (row->found - end) / end;
}

void fit_print(const struct fit_row *rows, int32_t n, FILE *out)
{
    fprintf(out, "%-26s %-16s %20s %14s %9s  %s\n", "founding population", "unit", "target", "found", "gap",
        "tag");
    for (int32_t i = 0; i < n; i++) {
        char target[50];
        if (rows[i].low < rows[i].high)
            snprintf(target, sizeof(target), "%.6g to %.6g", rows[i].low, rows[i].high);
        else
            snprintf(target, sizeof(target), "%.8g", rows[i].low);
        fprintf(out, "%-26s %-16s %20s %14.8g %8.2f%%  %s\n", rows[i].name, rows[i].unit, target,
            rows[i].found, 100.0 * fit_gap(&rows[i]), rows[i].tag);
    }
    int32_t wide = 0;
    for (int32_t i = 0; i < n; i++)
        if (fabs(fit_gap(&rows[i])) > FIT_WIDE)
            fprintf(out, "%s%s (%+.0f%%)", wide++ ? ", " : "warning: far from the target: ", rows[i].name,
                100.0 * fit_gap(&rows[i]));
    if (wide > 0)
        fputc('\n', out);
}
