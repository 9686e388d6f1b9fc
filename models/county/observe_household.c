/* A December's households: one pass over the tables of every village, then what hangs on the order of all. */
#include "models/county/observe_internal.h"

#include <inttypes.h>
#include <string.h>

#include "models/indicators/inequality.h"
#include "models/indicators/mobility.h"
#include "models/indicators/poverty.h"
#include "models/livestock/livestock.h"

/* School age: whom the nine compulsory years concern. Six years make primary school, the threshold of the
 * global index. */
enum { SCHOOL_AGE = 7, SCHOOL_YEARS = 9, PRIMARY_YEARS = 6 };

/* Of a household, from its persons: bits of observer.marks. */
enum { MARK_SCHOOLED = 1, MARK_CHILD_OUT = 2 };

/* Real amounts of a group of households over all villages. */
struct group_sum {
    int64_t persons, households, hungry_months, poor, migrants;
    double income, consumption, assistance, remittance; /* currency at base-year prices */
};

/* The same of one village, in fen. */
struct group_fen {
    int64_t income, consumption, assistance, remittance;
};

/* Everything that the pass adds up beside the villages' sums. */
struct pass {
    double line;     /* the main line, currency a head and year at base-year prices; 0: none */
    bool is_counted; /* from the base year on, histories of poverty are kept */
    struct group_sum real;
    int64_t deprived[1 << DEPRIVATIONS]; /* persons by what their households lack */
    struct spells spells;
};

static void add_fen(double *sum, int64_t fen, double index)
{
    *sum += (double)fen / (100 * index);
}

int observe_reserve(struct observer *self, int64_t capacity, struct sim_error *error)
{
    int64_t bytes = capacity * (int64_t)sizeof(struct distribution_item);
    self->income = sim_arena_alloc(&self->arena, bytes);
    self->consumption = sim_arena_alloc(&self->arena, bytes);
    self->scratch = sim_arena_alloc(&self->arena, 2 * capacity * (int64_t)sizeof *self->scratch);
    self->group = sim_arena_alloc(&self->arena, capacity);
    self->sorted_group = sim_arena_alloc(&self->arena, capacity);
    self->marks = sim_arena_alloc(&self->arena, capacity);
    self->places = sim_arena_alloc(&self->arena, capacity * (int64_t)sizeof *self->places);
    if (!self->income || !self->consumption || !self->scratch || !self->group || !self->sorted_group ||
        !self->marks || !self->places || capacity > INT32_MAX)
        return sim_error_set(
            error, SIM_ERROR_MEMORY, "observer: no memory for %" PRId64 " households", capacity);
    self->capacity = (int32_t)capacity;
    return 0;
}

/* Persons by what they do, and what schooling makes of their households. */
static void gather_persons(
    struct observer *self, const struct village *village, int32_t month, struct observe_december *sum)
{
    const struct person_table *persons = &village->persons;
    const struct demography_params *demography = &self->scenario->demography;
    /* Ages as months of birth: born in the month or before. */
    int32_t adult = month - 12 * (int32_t)demography->work_age;
    int32_t old = month - 12 * (int32_t)demography->pension_age, pupil = month - 12 * SCHOOL_AGE;
    memset(self->marks, 0, (size_t)village->households.head.n);
    for (sim_row row = 0; row < persons->head.n; row++) {
        int32_t born = persons->born[row], schooling = persons->schooling[row];
        if (!persons->alive[row] || born > pupil)
            continue;
        int32_t mark;
        if (born <= adult) {
            mark = schooling >= PRIMARY_YEARS ? MARK_SCHOOLED : 0;
            sum->activities[persons->activity[row]] += born > old;
        } else {
            bool is_out = persons->activity[row] != ACTIVITY_SCHOOL && schooling < SCHOOL_YEARS;
            mark = is_out ? MARK_CHILD_OUT : 0;
        }
        self->marks[persons->household[row]] |= (uint8_t)mark;
    }
    for (int32_t activity = 0; activity < ACTIVITIES; activity++)
        sum->workers += sum->activities[activity];
}

static uint32_t deprivations(const struct observer *self, const struct village *village, sim_row row)
{
    const struct household_table *households = &village->households;
    const struct home_params *home = &self->scenario->home;
    const struct demography_params *demography = &self->scenario->demography;
    uint32_t mark = self->marks[row], has = households->services[row];
    uint32_t deprived = 0;
    /* A family that is switched off deprives nobody of what it would give. */
    deprived |= (uint32_t)((mark & MARK_SCHOOLED) == 0) << DEPRIVED_SCHOOLING;
    if (demography->dynamics && demography->schooling)
        deprived |= (uint32_t)((mark & MARK_CHILD_OUT) != 0) << DEPRIVED_ATTENDANCE;
    deprived |= (uint32_t)(households->year_hunger[row] > 0) << DEPRIVED_HUNGER;
    if (home->homes) {
        deprived |= (~has >> SERVICE_HOUSE & 1) << DEPRIVED_HOUSE;
        deprived |= (~has >> SERVICE_WATER & 1) << DEPRIVED_WATER;
        deprived |= (~has >> SERVICE_POWER & 1) << DEPRIVED_POWER;
    }
    if (self->scenario->durables.durables && households->durables[row] == 0)
        deprived |= (uint32_t)(livestock_household_units(village, row) < home->least_herd) << DEPRIVED_ASSETS;
    return deprived;
}

/* The household's own history of poverty, which it carries in its row: the observer's columns, which nothing
 * in the model reads. */
static void keep_history(
    struct pass *pass, struct household_table *households, sim_row row, int64_t persons, double consumption)
{
    bool is_poor = consumption < pass->line;
    if (pass->is_counted && households->observed_years[row] < UINT8_MAX) {
        households->observed_years[row]++;
        households->poor_years[row] += (uint8_t)is_poor;
        households->sum_consumption[row] += (float)consumption;
        households->sum_gap2[row] += (float)spells_gap2(consumption, pass->line);
    }
    struct spell_history history = {.persons = persons,
        .is_poor = is_poor,
        .last = households->poor_last[row],
        .poor_years = households->poor_years[row],
        .observed_years = households->observed_years[row],
        .sum_amount = (double)households->sum_consumption[row],
        .sum_gap2 = (double)households->sum_gap2[row]};
    spells_add(&pass->spells, &history, pass->line);
    households->poor_last[row] = is_poor;
}

/* Every present household of a village as an item of the two distributions; sums of the village. */
static void gather(struct observer *self, struct village *village, int32_t number, struct pass *pass,
    struct observe_december *sum)
{
    struct household_table *households = &village->households;
    double index = self->index[observe_township(self, number)];
    const struct wealth_prices *worth = &self->worth[observe_township(self, number)];
    const int64_t *sources[INCOME_SOURCES];
    for (int32_t source = 0; source < INCOME_SOURCES; source++)
        sources[source] = household_income_of(households, (enum income_source)source);
    double days = 0.0;
    for (sim_row row = 0; row < households->head.n; row++) {
        int64_t persons = households->n_persons[row];
        if (!households->present[row])
            continue;
        days += (double)households->year_wage_days[row];
        if (persons == 0)
            continue;
        int64_t income = 0;
        for (int32_t source = 0; source < INCOME_SOURCES; source++) {
            int64_t fen = sources[source][row];
            sum->sources_fen[source] += fen;
            income += fen;
        }
        int64_t consumption = households->year_consumption_fen[row];
        double fen_per_unit = 100 * index * (double)persons;
        struct distribution_item item = {
            (double)income / fen_per_unit, (double)persons, households->key[row], self->n};
        self->income[self->n] = item;
        item.value = (double)consumption / fen_per_unit;
        self->consumption[self->n++] = item;
        sum->poor += item.value < pass->line ? persons : 0;
        sum->persons += persons;
        sum->households++;
        sum->hungry_months += households->year_hunger[row];
        sum->income_fen += income;
        sum->consumption_fen += consumption;
        sum->cash_fen += households->year_cash_fen[row];
        sum->assistance_fen += households->year_assistance_fen[row];
        sum->migrants += households->n_migrants[row];
        sum->wealth_fen += wealth_fen(worth, households, &village->herds, row);
        pass->deprived[deprivations(self, village, row)] += persons;
        if (pass->line > 0)
            keep_history(pass, households, row, persons, item.value);
    }
    /* Work for wages in full-time equivalents: days of wage work over the working days of a year. */
    sum->employed = days / (12.0 * self->scenario->labour.days);
}

static void add_village(struct observe_december *sum, const struct observe_december *village)
{
    sum->persons += village->persons;
    sum->households += village->households;
    sum->hungry_months += village->hungry_months;
    sum->income_fen += village->income_fen;
    sum->consumption_fen += village->consumption_fen;
    sum->cash_fen += village->cash_fen;
    sum->assistance_fen += village->assistance_fen;
    sum->migrants += village->migrants;
    for (int32_t source = 0; source < INCOME_SOURCES; source++)
        sum->sources_fen[source] += village->sources_fen[source];
    sum->wealth_fen += village->wealth_fen;
    sum->workers += village->workers;
    for (int32_t activity = 0; activity < ACTIVITIES; activity++)
        sum->activities[activity] += village->activities[activity];
    sum->employed += village->employed;
}

/* Sheep units of all herds together. */
static double units_of(const struct livestock_params *livestock, const struct herd_table *herds)
{
    int32_t young[SPECIES_COUNT] = {0}, juvenile[SPECIES_COUNT] = {0};
    int32_t female[SPECIES_COUNT] = {0}, male[SPECIES_COUNT] = {0};
    for (sim_row row = 0; row < herds->head.n; row += SPECIES_COUNT)
        for (int32_t species = 0; species < SPECIES_COUNT; species++) {
            young[species] += herds->young[row + species];
            juvenile[species] += herds->juvenile[row + species];
            female[species] += herds->female[row + species];
            male[species] += herds->male[row + species];
        }
    const struct herd_table sums = {.young = young, .juvenile = juvenile, .female = female, .male = male};
    double units = 0;
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        units += livestock_units(livestock, &sums, species);
    return units;
}

static void fill_village(struct observer *self, const struct village *village, int32_t number, int32_t year,
    const struct observe_december *sum)
{
    struct observed *to = &self->at;
    int64_t at = (int64_t)number * self->years.n + year;
    int32_t township = observe_township(self, number);
    double index = self->index[township];
    to->village_income_real_per_capita[at] =
        observe_per((double)sum->income_fen / (100 * index), sum->persons);
    to->village_consumption_real_per_capita[at] =
        observe_per((double)sum->consumption_fen / (100 * index), sum->persons);
    if (self->scenario->n_lines > 0)
        to->village_poverty_headcount[at] = observe_per((double)sum->poor, sum->persons);
    to->village_population[at] = (double)sum->persons;
    to->village_livestock_units[at] = units_of(&self->scenario->livestock, &village->herds);
    to->village_wage_casual[at] = self->wage_sum[township] / (100 * self->n_months);
    to->village_migrants[at] = (double)sum->migrants;
    to->village_coop_members[at] = (double)village->report.coop_members;
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
    to->county_theil_income[year] = inequality_theil(self->income, n);
    to->county_theil_consumption[year] = inequality_theil(self->consumption, n);
    double of_income[OBSERVE_PERCENTILES], of_consumption[OBSERVE_PERCENTILES];
    inequality_lorenz(self->income, n, OBSERVE_PERCENTILES, of_income);
    inequality_lorenz(self->consumption, n, OBSERVE_PERCENTILES, of_consumption);
    to->county_palma_income[year] = inequality_palma(of_income, OBSERVE_PERCENTILES);
    to->county_palma_consumption[year] = inequality_palma(of_consumption, OBSERVE_PERCENTILES);
    for (int32_t k = 0; k < OBSERVE_PERCENTILES; k++) {
        to->county_lorenz_income[k * n_years + year] = of_income[k];
        to->county_lorenz_consumption[k * n_years + year] = of_consumption[k];
    }
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

/* Quintiles of consumption: kept in the base year, the same households in all arms that agree until then;
 * afterwards compared with where everybody stands now. Items stand in the order of villages and rows. */
static void assign_quintiles(struct observer *self)
{
    int8_t *sorted = self->sorted_group;
    distribution_groups(self->consumption, self->n, OBSERVE_QUINTILES, sorted);
    for (int32_t i = 0; i < self->n; i++)
        self->group[self->consumption[i].place] = sorted[i];
}

static void fill_quintiles(
    struct observer *self, const struct county_run *run, const struct pass *pass, int32_t year)
{
    struct group_sum sums[OBSERVE_QUINTILES] = {{0}};
    struct mobility mobility = {0};
    int32_t base = self->quintile_year - self->years.first, i = 0;
    for (int32_t v = 0; v < self->scenario->n_villages && year >= base; v++) {
        struct household_table *households = &run->villages[v].households;
        double index = self->index[observe_township(self, v)];
        struct group_fen fen[OBSERVE_QUINTILES] = {{0}};
        for (sim_row row = 0; row < households->head.n; row++) {
            int64_t persons = households->n_persons[row];
            if (!households->present[row])
                continue;
            if (persons > 0) {
                int8_t now = self->group[i++];
                if (year == base)
                    households->quintile[row] = now;
                mobility_add(&mobility, persons, households->quintile[row], now);
            }
            int32_t quintile = households->quintile[row];
            if (quintile == 0)
                continue;
            struct group_sum *sum = &sums[quintile - 1];
            sum->persons += persons;
            sum->households++;
            sum->hungry_months += households->year_hunger[row];
            sum->migrants += households->n_migrants[row];
            sum->poor += households->poor_last[row] == 1 ? persons : 0;
            struct group_fen *money = &fen[quintile - 1];
            money->income += household_income(households, row);
            money->consumption += households->year_consumption_fen[row];
            money->assistance += households->year_assistance_fen[row];
            money->remittance += households->income_remittance_fen[row];
        }
        for (int32_t quintile = 0; quintile < OBSERVE_QUINTILES; quintile++) {
            add_fen(&sums[quintile].income, fen[quintile].income, index);
            add_fen(&sums[quintile].consumption, fen[quintile].consumption, index);
            add_fen(&sums[quintile].assistance, fen[quintile].assistance, index);
            add_fen(&sums[quintile].remittance, fen[quintile].remittance, index);
        }
    }
    if (year >= base) {
        self->at.county_quintile_stay_share[year] = observe_per((double)mobility.stayed, mobility.persons);
        self->at.county_quintile_move[year] = observe_per((double)mobility.moved, mobility.persons);
    }
    struct observed *to = &self->at;
    for (int32_t quintile = 0; quintile < OBSERVE_QUINTILES; quintile++) {
        const struct group_sum *sum = &sums[quintile];
        int32_t at = quintile * self->years.n + year;
        to->quintile_income_real_per_capita[at] = observe_per(sum->income, sum->persons);
        to->quintile_consumption_real_per_capita[at] = observe_per(sum->consumption, sum->persons);
        to->quintile_assistance_real_per_capita[at] = observe_per(sum->assistance, sum->persons);
        to->quintile_remittance_real_per_capita[at] = observe_per(sum->remittance, sum->persons);
        to->quintile_hunger_months[at] = observe_per((double)sum->hungry_months, sum->households);
        to->quintile_migrant_share[at] = observe_per((double)sum->migrants, sum->persons);
        to->quintile_population[at] = (double)sum->persons;
        if (pass->line > 0)
            to->quintile_poverty_headcount[at] = observe_per((double)sum->poor, sum->persons);
    }
}

static void fill_deprivation(struct observer *self, const struct pass *pass, int32_t year)
{
    struct observed *to = &self->at;
    struct multidimensional sum = {0};
    for (uint32_t deprived = 0; deprived < 1U << DEPRIVATIONS; deprived++)
        multidimensional_add(&sum, pass->deprived[deprived], deprived);
    to->county_mpi[year] = multidimensional_adjusted(&sum);
    to->county_mpi_headcount[year] = multidimensional_headcount(&sum);
    to->county_mpi_intensity[year] = multidimensional_intensity(&sum);
    for (int32_t d = 0; d < DEPRIVATIONS; d++) {
        int32_t at = d * self->years.n + year;
        to->county_deprived_share[at] = observe_per((double)sum.deprived[d], sum.persons);
        to->county_deprived_and_poor_share[at] = observe_per((double)sum.censored[d], sum.persons);
    }
}

static void fill_spells(struct observer *self, const struct spells *sum, int32_t year)
{
    struct observed *to = &self->at;
    to->county_poverty_entry_rate[year] = observe_per((double)sum->entered, sum->was_not_poor);
    to->county_poverty_exit_rate[year] = observe_per((double)sum->left, sum->was_poor);
    to->county_poverty_always_share[year] = observe_per((double)sum->always, sum->persons);
    to->county_poverty_never_share[year] = observe_per((double)sum->never, sum->persons);
    to->county_poverty_sometimes_share[year] =
        observe_per((double)(sum->persons - sum->always - sum->never), sum->persons);
    to->county_poverty_chronic[year] = observe_per(sum->chronic, sum->persons);
    to->county_poverty_transient[year] = observe_per(sum->total - sum->chronic, sum->persons);
}

int observe_households(struct observer *self, const struct county_run *run, int32_t month, int32_t year,
    struct observe_december *county, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    struct observed *to = &self->at;
    int64_t n = 0;
    for (int32_t v = 0; v < scenario->n_villages; v++)
        n += run->villages[v].households.head.n;
    /* Villages that have grown beyond what was foreseen: once in a while, not every year. */
    if (n > self->capacity && observe_reserve(self, 2 * n, error) < 0)
        return error->code;
    self->n = 0;
    for (int32_t i = 0; i < scenario->n_townships; i++)
        if (self->first_village[i] >= 0)
            wealth_prices(&self->worth[i], &scenario->livestock, &scenario->durables, self->moments[i].sell,
                self->moments[i].index);
    struct pass pass = {.line = scenario->n_lines > 0 ? scenario->lines[0].fen_per_year / 100 : 0,
        .is_counted = self->years.first + year >= self->quintile_year};
    double index_persons = 0;
    for (int32_t v = 0; v < scenario->n_villages; v++) {
        struct observe_december sum = {0};
        double index = self->index[observe_township(self, v)];
        gather_persons(self, &run->villages[v], month, &sum);
        gather(self, &run->villages[v], v, &pass, &sum);
        fill_village(self, &run->villages[v], v, year, &sum);
        add_village(county, &sum);
        add_fen(&pass.real.income, sum.income_fen, index);
        add_fen(&pass.real.consumption, sum.consumption_fen, index);
        index_persons += index * (double)sum.persons;
    }
    to->county_income_real_per_capita[year] = observe_per(pass.real.income, county->persons);
    to->county_consumption_real_per_capita[year] = observe_per(pass.real.consumption, county->persons);
    to->county_price_index[year] = observe_per(index_persons, county->persons);
    fill_distributions(self, year);
    assign_quintiles(self);
    fill_quintiles(self, run, &pass, year);
    fill_deprivation(self, &pass, year);
    if (pass.line > 0)
        fill_spells(self, &pass.spells, year);
    return 0;
}
