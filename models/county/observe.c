/* The observer's month and year. Money is added as integers; real amounts are sums by village over that
 * village's index, in the order of villages, so that no thread or partition shows. */
#include "models/county/observe.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "models/county/observe_internal.h"
#include "sim/time/calendar.h"

/* ---- making one ---- */

static int prepare(struct observer *self, const struct founders *founders, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    int64_t n_founders = observe_founders(founders);
    int64_t townships = scenario->n_townships + 1;
    self->panel = sim_arena_alloc(&self->arena, (n_founders + 1) * (int64_t)sizeof *self->panel);
    self->first_village = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->first_village);
    self->moments = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->moments);
    self->worth = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->worth);
    self->index_sum = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->index_sum);
    self->index = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->index);
    self->wage_sum = sim_arena_alloc(&self->arena, townships * (int64_t)sizeof *self->wage_sum);
    self->dynasties =
        sim_arena_alloc(&self->arena, (self->options.n_panel + 1) * (int64_t)sizeof *self->dynasties);
    self->paid_fen =
        sim_arena_alloc(&self->arena, (scenario->n_investments + 1) * (int64_t)sizeof *self->paid_fen);
    if (!self->panel || !self->first_village || !self->moments || !self->worth || !self->index_sum ||
        !self->index || !self->wage_sum || !self->dynasties || !self->paid_fen)
        return sim_error_set(error, SIM_ERROR_MEMORY, "observer: out of memory");
    self->n_panel = observe_choose_panel(founders, self->options.n_panel, self->panel);
    for (int32_t i = 0; i < scenario->n_townships; i++)
        self->first_village[i] = -1;
    for (int32_t v = scenario->n_villages - 1; v >= 0; v--)
        self->first_village[scenario->villages[v].township] = v;
    int code =
        sim_table_init(&self->seen.towns, &town_table_type, &self->arena, scenario->n_townships, error);
    if (code == 0)
        code = sim_table_init(&self->seen.trade, &trade_table_type, &self->arena,
            (sim_row)scenario->n_townships * TRADED, error);
    return code < 0 ? code : observe_reserve(self, n_founders + n_founders / 4 + 16, error);
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

/* The towns' markets as the county's last round left them: those of the month to come. */
static int see_towns(struct observer *self, const struct county_run *run, struct sim_error *error)
{
    int code = sim_table_copy(&self->seen.towns, &run->board.towns, &town_table_type, error);
    return code < 0 ? code : sim_table_copy(&self->seen.trade, &run->board.trade, &trade_table_type, error);
}

/* The board of the month just lived: its prices, which the county has not changed yet, beside the markets of
 * the towns as they stood before its round. Of the very first month nothing older is known. */
static int see_board(
    struct observer *self, const struct county_run *run, bool is_first, struct sim_error *error)
{
    struct board *seen = &self->seen;
    for (int32_t good = 0; good < GOODS; good++) {
        seen->price[good] = run->board.price[good];
        seen->base[good] = run->board.base[good];
    }
    return is_first ? see_towns(self, run, error) : 0;
}

/* One township's villages share its prices. */
static int read_prices(
    struct observer *self, const struct county_run *run, int32_t month, struct sim_error *error)
{
    self->n_months++;
    for (int32_t i = 0; i < self->scenario->n_townships; i++) {
        if (self->first_village[i] < 0)
            continue;
        struct village village = run->villages[self->first_village[i]];
        village.board = &self->seen;
        village_moment(&village, month, &self->moments[i]);
        double index = self->moments[i].index;
        if (!(index > 0))
            return sim_error_set(error, SIM_ERROR_MODEL, "observer: price index of township %s is %g",
                self->scenario->townships[i].name, index);
        self->index_sum[i] += index;
        self->index[i] = self->index_sum[i] / self->n_months;
        self->wage_sum[i] += self->moments[i].sell[GOOD_CASUAL];
    }
    return 0;
}

static void add_report(struct village_month *sum, const struct village_month *report)
{
    sum->consumption_fen += report->consumption_fen;
    sum->local_spent_fen += report->local_spent_fen;
    sum->dividends_fen += report->dividends_fen;
    sum->assistance_fen += report->assistance_fen;
    sum->persons += report->persons;
    sum->households += report->households;
    sum->hungry += report->hungry;
    sum->jobs += report->jobs;
    sum->migrants += report->migrants;
    sum->births += report->births;
    sum->deaths += report->deaths;
    sum->marriages += report->marriages;
    sum->seats_offered += report->seats_offered;
    sum->seats_taken += report->seats_taken;
    sum->divisions += report->divisions;
    sum->left_persons += report->left_persons;
    sum->sick_herds += report->sick_herds;
    sum->distress += report->distress;
    for (int32_t rung = 0; rung < COPING_RUNGS; rung++)
        sum->coped[rung] += report->coped[rung];
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        sum->heads[species] += report->heads[species];
}

/* What the townships' markets are, each weighing as many persons as live there. */
static void fill_towns(struct observer *self, const struct county_run *run, int32_t at)
{
    double wage = 0, found = 0, service = 0;
    int64_t persons = 0;
    for (int32_t v = 0; v < self->scenario->n_villages; v++) {
        int32_t town = observe_township(self, v);
        int64_t here = run->villages[v].report.persons;
        persons += here;
        wage += (double)here * self->moments[town].sell[GOOD_CASUAL];
        found += (double)here * self->moments[town].found_share;
        service += (double)here * self->seen.towns.service_price[town];
    }
    self->at.county_wage_casual[at] = observe_per(wage / goods[GOOD_CASUAL].fen_per_unit, persons);
    self->at.county_found_share[at] = observe_per(found, persons);
    self->at.county_service_price[at] = observe_per(service, persons);
}

static void fill_month(struct observer *self, const struct county_run *run, int32_t at)
{
    struct village_month sum = {0};
    for (int32_t v = 0; v < self->scenario->n_villages; v++)
        add_report(&sum, &run->villages[v].report);
    add_report(&self->year, &sum);
    struct observed *to = &self->at;
    to->county_hunger_share[at] = observe_per((double)sum.hungry, sum.households);
    to->county_n_sheep[at] = (double)sum.heads[SPECIES_SHEEP];
    to->county_n_yak[at] = (double)sum.heads[SPECIES_YAK];
    to->county_n_cattle[at] = (double)sum.heads[SPECIES_CATTLE];
    to->county_n_jobs[at] = (double)sum.jobs;
    to->county_n_migrants[at] = (double)sum.migrants;
    to->county_n_sick_herds[at] = (double)sum.sick_herds;
    to->county_dividends_paid[at] = (double)sum.dividends_fen / 100;
    to->county_assistance_paid[at] = (double)sum.assistance_fen / 100;
    to->county_local_spent[at] = (double)sum.local_spent_fen / 100;
    to->county_consumption_monthly[at] = observe_per((double)sum.consumption_fen / 100, sum.persons);
    int32_t n_months = self->scenario->end_month - self->scenario->first_month;
    for (int32_t good = 0; good < GOODS; good++)
        to->county_price[good * n_months + at] = run->board.price[good] / goods[good].fen_per_unit;
    fill_towns(self, run, at);
}

/* ---- a year ---- */

static int fill_year(
    struct observer *self, const struct county_run *run, int32_t month, int32_t year, struct sim_error *error)
{
    struct observe_december county = {0};
    int code = observe_households(self, run, month, year, &county, error);
    if (code < 0)
        return code;
    observe_county(self, run, year, &county);
    observe_panel(self, run, year);
    return 0;
}

static void begin_year(struct observer *self)
{
    for (int32_t i = 0; i < self->scenario->n_townships; i++)
        self->index_sum[i] = self->wage_sum[i] = 0;
    self->n_months = 0;
    self->year = (struct village_month){0};
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
    if (calendar_month == 1)
        begin_year(self);
    int code = see_board(self, run, at == 0, error);
    if (code == 0)
        code = read_prices(self, run, month, error);
    if (code < 0)
        return code;
    fill_month(self, run, at);
    if (calendar_month == 12) {
        int32_t year = sim_month_year(month) - self->years.first;
        code = year >= 0 ? fill_year(self, run, month, year, error) : 0;
        if (code < 0)
            return code;
        observe_investments(self, run, year);
        code = observe_ledger(self, run, year, error);
    }
    return code < 0 ? code : see_towns(self, run, error);
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
