/* The observer's month and year. Money is added as integers; real amounts are sums by village over that
 * village's index, in the order of villages, so that no thread or partition shows. */
#include "models/county/observe.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "models/county/observe_internal.h"
#include "models/indicators/inequality.h"
#include "models/indicators/poverty.h"
#include "models/indicators/wealth.h"
#include "models/livestock/livestock.h"
#include "sim/time/calendar.h"

/* A village's households in December. */
struct village_year {
    int64_t persons, households, hungry_months, poor;
    int64_t income_fen, consumption_fen, cash_fen;
    int64_t sources_fen[INCOME_SOURCES];
    double wealth_fen;
    /* of persons of working age */
    int64_t workers;
    double employed;
};

/* Real amounts of a group of households over all villages. */
struct group_sum {
    int64_t persons, households, hungry_months;
    double income, consumption; /* currency at base-year prices */
};

static double per(double amount, int64_t n)
{
    return n > 0 ? amount / (double)n : (double)NAN;
}

static void add_fen(double *sum, int64_t fen, double index)
{
    *sum += (double)fen / (100 * index);
}

static int32_t township_of(const struct observer *self, int32_t village)
{
    return self->scenario->villages[village].township;
}

/* ---- making one ---- */

static int reserve(struct observer *self, int64_t capacity, struct sim_error *error)
{
    int64_t bytes = capacity * (int64_t)sizeof(struct distribution_item);
    self->income = sim_arena_alloc(&self->arena, bytes);
    self->consumption = sim_arena_alloc(&self->arena, bytes);
    self->scratch = sim_arena_alloc(&self->arena, bytes);
    self->group = sim_arena_alloc(&self->arena, capacity);
    if (!self->income || !self->consumption || !self->scratch || !self->group || capacity > INT32_MAX)
        return sim_error_set(
            error, SIM_ERROR_MEMORY, "observer: no memory for %" PRId64 " households", capacity);
    self->capacity = (int32_t)capacity;
    return 0;
}

static int prepare(struct observer *self, const struct founders *founders, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    int64_t n_founders = observe_founders(founders);
    int64_t townships = scenario->n_townships + 1;
    self->panel = sim_arena_alloc(&self->arena, (n_founders + 1) * (int64_t)sizeof *self->panel);
    self->first_village = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->first_village);
    self->moments = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->moments);
    self->index_sum = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->index_sum);
    self->index = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->index);
    self->paid_fen =
        sim_arena_alloc(&self->arena, (scenario->n_investments + 1) * (int64_t)sizeof *self->paid_fen);
    if (!self->panel || !self->first_village || !self->moments || !self->index_sum || !self->index ||
        !self->paid_fen)
        return sim_error_set(error, SIM_ERROR_MEMORY, "observer: out of memory");
    self->n_panel = observe_choose_panel(founders, self->options.n_panel, self->panel);
    for (int32_t i = 0; i < scenario->n_townships; i++)
        self->first_village[i] = -1;
    for (int32_t v = scenario->n_villages - 1; v >= 0; v--)
        self->first_village[scenario->villages[v].township] = v;
    return reserve(self, n_founders + n_founders / 4 + 16, error);
}

struct observer *observer_new(const struct sim_output *output, const struct scenario *scenario,
    const struct founders *founders, const struct observer_options *options, void *row,
    struct sim_error *error)
{
    struct sim_arena arena;
    sim_arena_init(&arena);
    struct observer *self = sim_arena_alloc(&arena, sizeof *self);
    if (!self) {
        sim_error_set(error, SIM_ERROR_MEMORY, "observer: out of memory");
        return NULL;
    }
    self->output = output;
    self->scenario = scenario;
    self->options = *options;
    self->row = row;
    self->arena = arena;
    self->years = observe_years(scenario);
    bool lives_base =
        scenario->base_year >= self->years.first && scenario->base_year < self->years.first + self->years.n;
    self->quintile_year = lives_base ? scenario->base_year : self->years.first;
    observe_bind(output, row, &self->at);
    if (prepare(self, founders, error) < 0) {
        observer_free(self);
        return NULL;
    }
    return self;
}

void observer_free(struct observer *self)
{
    if (!self)
        return;
    struct sim_arena arena = self->arena; /* it holds the observer itself */
    sim_arena_free(&arena);
}

/* ---- a month ---- */

/* One township's villages share its prices. */
static int read_prices(
    struct observer *self, const struct county_run *run, int32_t month, struct sim_error *error)
{
    self->index_months++;
    for (int32_t i = 0; i < self->scenario->n_townships; i++) {
        if (self->first_village[i] < 0)
            continue;
        village_moment(&run->villages[self->first_village[i]], month, &self->moments[i]);
        double index = self->moments[i].index;
        if (!(index > 0))
            return sim_error_set(error, SIM_ERROR_MODEL, "observer: price index of township %s is %g",
                self->scenario->townships[i].name, index);
        self->index_sum[i] += index;
        self->index[i] = self->index_sum[i] / self->index_months;
    }
    return 0;
}

static void fill_month(struct observer *self, const struct county_run *run, int32_t at)
{
    struct village_month sum = {0};
    for (int32_t v = 0; v < self->scenario->n_villages; v++) {
        const struct village_month *report = &run->villages[v].report;
        sum.consumption_fen += report->consumption_fen;
        sum.dividends_fen += report->dividends_fen;
        sum.assistance_fen += report->assistance_fen;
        sum.persons += report->persons;
        sum.households += report->households;
        sum.hungry += report->hungry;
        sum.jobs += report->jobs;
        sum.births += report->births;
        sum.deaths += report->deaths;
        sum.distress += report->distress;
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            sum.heads[species] += report->heads[species];
    }
    self->births += sum.births;
    self->deaths += sum.deaths;
    self->distress += sum.distress;
    struct observed *to = &self->at;
    to->county_hunger_share[at] = per((double)sum.hungry, sum.households);
    to->county_n_sheep[at] = (double)sum.heads[SPECIES_SHEEP];
    to->county_n_yak[at] = (double)sum.heads[SPECIES_YAK];
    to->county_n_cattle[at] = (double)sum.heads[SPECIES_CATTLE];
    to->county_n_jobs[at] = (double)sum.jobs;
    to->county_dividends_paid[at] = (double)sum.dividends_fen / 100;
    to->county_assistance_paid[at] = (double)sum.assistance_fen / 100;
    to->county_consumption_monthly[at] = per((double)sum.consumption_fen / 100, sum.persons);
    to->county_wage_casual[at] = run->board.price[GOOD_CASUAL] / goods[GOOD_CASUAL].fen_per_unit;
    int32_t n_months = self->scenario->end_month - self->scenario->first_month;
    for (int32_t good = 0; good < GOODS; good++)
        to->county_price[good * n_months + at] = run->board.price[good] / goods[good].fen_per_unit;
}

/* ---- a year ---- */

/* Every present household of a village as an item of the two distributions; sums of the village. */
static void gather(struct observer *self, const struct village *village, int32_t number, double line,
    struct village_year *sum)
{
    const struct household_table *households = &village->households;
    double index = self->index[township_of(self, number)];
    const double *sell = self->moments[township_of(self, number)].sell;
    for (sim_row row = 0; row < households->head.n; row++) {
        int64_t persons = households->n_persons[row];
        if (!households->present[row] || persons == 0)
            continue;
        int64_t income = household_income(households, row);
        int64_t consumption = households->year_consumption_fen[row];
        double fen_per_unit = 100 * index * (double)persons;
        struct distribution_item item = {(double)income / fen_per_unit, (double)persons, households->key[row],
            (int64_t)number << 32 | row};
        self->income[self->n] = item;
        item.value = (double)consumption / fen_per_unit;
        self->consumption[self->n++] = item;
        sum->poor += item.value < line ? persons : 0;
        sum->persons += persons;
        sum->households++;
        sum->hungry_months += households->year_hunger[row];
        sum->income_fen += income;
        sum->consumption_fen += consumption;
        sum->cash_fen += households->year_cash_fen[row];
        for (int32_t source = 0; source < INCOME_SOURCES; source++)
            sum->sources_fen[source] += household_income_of(households, (enum income_source)source)[row];
        sum->wealth_fen += wealth_fen(households, &village->herds, &self->scenario->livestock, sell, row);
    }
}

/* Work for wages in full-time equivalents: days of wage work over the working days of a year. */
static void gather_work(
    const struct observer *self, const struct village *village, int32_t month, struct village_year *sum)
{
    const struct person_table *persons = &village->persons;
    for (sim_row row = 0; row < persons->head.n; row++) {
        int64_t age = (month - persons->born[row]) / 12;
        sum->workers += persons->alive[row] && age >= self->scenario->demography.work_age &&
                        age < self->scenario->demography.pension_age;
    }
    double days = 0.0;
    for (sim_row row = 0; row < village->households.head.n; row++)
        days += village->households.present[row] ? village->households.year_wage_days[row] : 0.0;
    sum->employed = days / (12.0 * self->scenario->labour.days);
}

static void fill_village(struct observer *self, const struct village *village, int32_t number, int32_t year,
    const struct village_year *sum)
{
    struct observed *to = &self->at;
    int64_t at = (int64_t)number * self->years.n + year;
    double index = self->index[township_of(self, number)];
    to->village_income_real_per_capita[at] = per((double)sum->income_fen / (100 * index), sum->persons);
    to->village_consumption_real_per_capita[at] =
        per((double)sum->consumption_fen / (100 * index), sum->persons);
    if (self->scenario->n_lines > 0)
        to->village_poverty_headcount[at] = per((double)sum->poor, sum->persons);
    to->village_population[at] = (double)sum->persons;
    double units = 0;
    for (sim_row row = 0; row < village->herds.head.n; row++)
        units += livestock_units(&self->scenario->livestock, &village->herds, row);
    to->village_livestock_units[at] = units;
}

static void fill_distributions(struct observer *self, int32_t year)
{
    struct observed *to = &self->at;
    int32_t n = self->n, n_years = self->years.n;
    distribution_sort(self->income, self->scratch, n);
    distribution_sort(self->consumption, self->scratch, n);
    to->county_income_median_real[year] = distribution_quantile(self->income, n, 0.5);
    to->county_gini_income[year] = inequality_gini(self->income, n);
    to->county_gini_consumption[year] = inequality_gini(self->consumption, n);
    for (int32_t i = 0; i < self->scenario->n_lines; i++) {
        double line = self->scenario->lines[i].fen_per_year / 100;
        struct poverty by_consumption = poverty_measure(self->consumption, n, line);
        struct poverty by_income = poverty_measure(self->income, n, line);
        int32_t at = i * n_years + year;
        to->county_poverty_headcount[at] = by_consumption.headcount;
        to->county_poverty_gap[at] = by_consumption.gap;
        to->county_poverty_severity[at] = by_consumption.severity;
        to->county_poverty_headcount_income[at] = by_income.headcount;
        to->county_poverty_gap_income[at] = by_income.gap;
        to->county_poverty_severity_income[at] = by_income.severity;
    }
}

/* Quintiles of consumption, once, in the base year: the same households in all arms that agree until then. */
static void assign_quintiles(struct observer *self, const struct county_run *run)
{
    distribution_groups(self->consumption, self->n, OBSERVE_QUINTILES, self->group);
    for (int32_t i = 0; i < self->n; i++) {
        int64_t place = self->consumption[i].place;
        struct village *village = &run->villages[place >> 32];
        village->households.quintile[place & INT32_MAX] = self->group[i];
    }
}

static void fill_quintiles(struct observer *self, const struct county_run *run, int32_t year)
{
    struct group_sum sums[OBSERVE_QUINTILES] = {{0}};
    for (int32_t v = 0; v < self->scenario->n_villages; v++) {
        const struct household_table *households = &run->villages[v].households;
        double index = self->index[township_of(self, v)];
        for (sim_row row = 0; row < households->head.n; row++) {
            int32_t quintile = households->quintile[row];
            if (!households->present[row] || quintile == 0)
                continue;
            struct group_sum *sum = &sums[quintile - 1];
            sum->persons += households->n_persons[row];
            sum->households++;
            sum->hungry_months += households->year_hunger[row];
            add_fen(&sum->income, household_income(households, row), index);
            add_fen(&sum->consumption, households->year_consumption_fen[row], index);
        }
    }
    struct observed *to = &self->at;
    for (int32_t i = 0; i < OBSERVE_QUINTILES; i++) {
        int32_t at = i * self->years.n + year;
        to->quintile_income_real_per_capita[at] = per(sums[i].income, sums[i].persons);
        to->quintile_consumption_real_per_capita[at] = per(sums[i].consumption, sums[i].persons);
        to->quintile_hunger_months[at] = per((double)sums[i].hungry_months, sums[i].households);
        to->quintile_population[at] = (double)sums[i].persons;
    }
}

/* The member's row in the run, or -1: rows may be compacted, keys stay. */
static sim_row find_member(const struct household_table *households, const struct observe_member *member)
{
    if (member->row < households->head.n && households->key[member->row] == member->key)
        return member->row;
    for (sim_row row = 0; row < households->head.n; row++)
        if (households->key[row] == member->key)
            return row;
    return SIM_ROW_NONE;
}

static void fill_member(
    struct observer *self, const struct village *village, int32_t number, sim_row row, int32_t year)
{
    const struct observed *to = &self->at;
    const struct household_table *households = &village->households;
    int32_t township = township_of(self, self->panel[number].village);
    int64_t at = (int64_t)number * self->years.n + year, persons = households->n_persons[row];
    double fen_per_unit = 100 * self->index[township];
    double head = fen_per_unit * (double)persons;
    double consumption = (double)households->year_consumption_fen[row] / head;
    double wealth = wealth_fen(
        households, &village->herds, &self->scenario->livestock, self->moments[township].sell, row);
    to->panel_present[at] = 1;
    to->panel_persons[at] = (int16_t)persons;
    to->panel_income_real[at] = (float)((double)household_income(households, row) / head);
    to->panel_consumption_real[at] = (float)consumption;
    to->panel_assets_real[at] = (float)(wealth / fen_per_unit);
    to->panel_hunger_months[at] = (float)households->year_hunger[row];
    if (self->scenario->n_lines > 0)
        to->panel_poor[at] = consumption < self->scenario->lines[0].fen_per_year / 100;
    to->panel_memberships[at] = (int8_t)__builtin_popcount(households->schemes[row]);
    for (int32_t source = 0; source < INCOME_SOURCES; source++) {
        int64_t place = ((int64_t)number * INCOME_SOURCES + source) * self->years.n + year;
        to->panel_income_by_source[place] =
            (float)((double)household_income_of(households, (enum income_source)source)[row] / head);
    }
}

static void fill_panel(struct observer *self, const struct county_run *run, int32_t year)
{
    for (int32_t i = 0; i < self->n_panel; i++) {
        const struct village *village = &run->villages[self->panel[i].village];
        sim_row row = find_member(&village->households, &self->panel[i]);
        if (row < 0)
            continue;
        self->at.panel_base_quintile[i] = village->households.quintile[row];
        if (village->households.present[row] && village->households.n_persons[row] > 0)
            fill_member(self, village, i, row, year);
    }
}

static void fill_county(
    struct observer *self, const struct village_year *sum, const struct group_sum *real, int32_t year)
{
    struct observed *to = &self->at;
    to->county_income_per_capita[year] = per((double)sum->income_fen / 100, sum->persons);
    to->county_income_real_per_capita[year] = per(real->income, sum->persons);
    to->county_consumption_per_capita[year] = per((double)sum->consumption_fen / 100, sum->persons);
    to->county_consumption_real_per_capita[year] = per(real->consumption, sum->persons);
    to->county_income_nbs_per_capita[year] = per((double)sum->cash_fen / 100, sum->persons);
    for (int32_t source = 0; source < INCOME_SOURCES; source++)
        to->county_income_by_source[source * self->years.n + year] =
            per((double)sum->sources_fen[source] / 100, sum->persons);
    to->county_hunger_months[year] = per((double)sum->hungry_months, sum->households);
    to->county_population[year] = (double)sum->persons;
    to->county_households[year] = (double)sum->households;
    to->county_births[year] = (double)self->births;
    to->county_deaths[year] = (double)self->deaths;
    to->county_employment_rate[year] = per(sum->employed, sum->workers);
    to->county_new_distress_sales[year] = (double)self->distress;
    to->county_assets_per_household[year] = per(sum->wealth_fen / 100, sum->households);
}

static void add_village(struct village_year *sum, const struct village_year *village)
{
    sum->persons += village->persons;
    sum->households += village->households;
    sum->hungry_months += village->hungry_months;
    sum->income_fen += village->income_fen;
    sum->consumption_fen += village->consumption_fen;
    sum->cash_fen += village->cash_fen;
    for (int32_t source = 0; source < INCOME_SOURCES; source++)
        sum->sources_fen[source] += village->sources_fen[source];
    sum->wealth_fen += village->wealth_fen;
    sum->workers += village->workers;
    sum->employed += village->employed;
}

static int fill_year(
    struct observer *self, const struct county_run *run, int32_t month, int32_t year, struct sim_error *error)
{
    int64_t n = 0;
    for (int32_t v = 0; v < self->scenario->n_villages; v++)
        n += run->villages[v].households.head.n;
    /* Villages that have grown beyond what was foreseen: once in a while, not every year. */
    if (n > self->capacity && reserve(self, 2 * n, error) < 0)
        return error->code;
    self->n = 0;
    double line = self->scenario->n_lines > 0 ? self->scenario->lines[0].fen_per_year / 100 : 0;
    struct village_year county = {0};
    struct group_sum real = {0};
    double index_persons = 0;
    for (int32_t v = 0; v < self->scenario->n_villages; v++) {
        struct village_year sum = {0};
        double index = self->index[township_of(self, v)];
        gather(self, &run->villages[v], v, line, &sum);
        gather_work(self, &run->villages[v], month, &sum);
        fill_village(self, &run->villages[v], v, year, &sum);
        add_village(&county, &sum);
        add_fen(&real.income, sum.income_fen, index);
        add_fen(&real.consumption, sum.consumption_fen, index);
        index_persons += index * (double)sum.persons;
    }
    fill_county(self, &county, &real, year);
    self->at.county_price_index[year] = per(index_persons, county.persons);
    fill_distributions(self, year);
    if (self->years.first + year == self->quintile_year)
        assign_quintiles(self, run);
    fill_quintiles(self, run, year);
    fill_panel(self, run, year);
    return 0;
}

int observer_month(void *observer, const struct county_run *run, int32_t month, struct sim_error *error)
{
    struct observer *self = observer;
    const struct scenario *scenario = self->scenario;
    if (month < scenario->first_month || month >= scenario->end_month)
        return sim_error_set(error, SIM_ERROR_MODEL, "observer: month %d is not of the horizon", month);
    int32_t at = month - scenario->first_month, calendar_month = sim_month_of_year(month);
    if (at == 0)
        observe_ledger_open(self, run);
    if (calendar_month == 1) {
        for (int32_t i = 0; i < scenario->n_townships; i++)
            self->index_sum[i] = 0;
        self->index_months = 0;
        self->births = self->deaths = self->distress = 0;
    }
    int code = read_prices(self, run, month, error);
    if (code < 0)
        return code;
    fill_month(self, run, at);
    if (calendar_month < 12)
        return 0;
    int32_t year = sim_month_year(month) - self->years.first;
    if (year >= 0) {
        code = fill_year(self, run, month, year, error);
        if (code < 0)
            return code;
    }
    observe_investments(self, run, year);
    return observe_ledger(self, run, year, error);
}

/* ---- the end ---- */

static double value_at(const struct sim_output *output, int32_t variable, int64_t at, void *row)
{
    const void *values = sim_output_at(output, variable, row);
    switch (output->variables[variable].type) {
    case SIM_F64:
        return ((const double *)values)[at];
    case SIM_F32:
        return (double)((const float *)values)[at];
    case SIM_I8:
        return ((const int8_t *)values)[at];
    case SIM_I16:
        return ((const int16_t *)values)[at];
    default:
        return (double)NAN;
    }
}

int observer_end(struct observer *self, const struct county_run *run, struct sim_error *error)
{
    observe_investments_end(self, run);
    for (int32_t i = 0; i < self->options.n_claims; i++) {
        const struct claim *claim = &self->options.claims[i];
        struct observe_claim found;
        int code = observe_claim_find(self->output, claim, &found, error);
        if (code < 0)
            return code;
        if (found.at >= 0)
            self->at.claim_simulated[i] =
                claim->scale * value_at(self->output, found.variable, found.at, self->row);
    }
    return 0;
}
