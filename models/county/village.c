#include "models/county/village.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "models/households/demography.h"
#include "models/households/division.h"
#include "models/households/living.h"
#include "models/households/marriage.h"
#include "models/households/schooling.h"
#include "models/investments/effects/transfer.h"
#include "models/labour/choice.h"
#include "models/labour/jobs.h"
#include "models/labour/skills.h"
#include "models/labour/training.h"
#include "models/labour/work.h"
#include "models/land/crops.h"
#include "models/land/rental.h"
#include "models/livestock/livestock.h"
#include "models/markets/trade.h"
#include "models/shocks/accident.h"
#include "models/shocks/illness.h"
#include "sim/time/calendar.h"

/* What division, births and new fields add to a village's rows in a year, in all but a few villages: at the
 * default rates households grow by 31 percent and persons by 15 in twenty years in the mean. Who asks for
 * more than that room gets it, later and dearer. */
#define HOUSEHOLDS_A_YEAR 0.021
#define PERSONS_A_YEAR 0.0105

/* Room for the rows of `like` and what so many years add at that rate. */
static sim_row room_for(const struct sim_table_head *like, double rate, double years, sim_row least)
{
    sim_row rows = like ? (sim_row)((double)like->n * (1.0 + rate * years)) + 8 : 0;
    return rows > least ? rows : least;
}

int village_init(struct village *self, const struct scenario *scenario, int32_t number,
    const struct board *board, struct sim_luck luck, const struct village *like, struct sim_arena *arena,
    struct village_scratch *scratch, struct sim_error *error)
{
    *self = (struct village){.scenario = scenario,
        .config = &scenario->villages[number],
        .board = board,
        .luck = luck,
        .number = number,
        .county = scenario->n_villages,
        .arena = arena,
        .scratch = scratch,
        .free_person = SIM_ROW_NONE,
        .concerned = SIM_ROW_NONE,
        .n_staff = -1};
    int32_t founding = like ? 0 : self->config->n_households + 8;
    const struct sim_table_head *of = like ? &like->households.head : NULL;
    double years = (double)(scenario->end_month - scenario->first_month) / 12.0;
    sim_row households = room_for(of, HOUSEHOLDS_A_YEAR, years, founding);
    sim_row persons = room_for(like ? &like->persons.head : NULL, PERSONS_A_YEAR, years, founding * 4);
    sim_row parcels = room_for(like ? &like->parcels.head : NULL, HOUSEHOLDS_A_YEAR, years, founding * 2);
    int code = sim_table_init(&self->households, &household_table_type, arena, households, error);
    if (code == 0)
        code = sim_table_init(&self->persons, &person_table_type, arena, persons, error);
    if (code == 0)
        code = sim_table_init(&self->herds, &herd_table_type, arena, households * SPECIES_COUNT, error);
    if (code == 0)
        code = sim_table_init(&self->parcels, &parcel_table_type, arena, parcels, error);
    if (code == 0)
        code = sim_table_init(&self->participations, &participation_table_type, arena, 16, error);
    if (code == 0)
        code = sim_table_init(&self->schemes, &scheme_table_type, arena, scenario->n_schemes + 1, error);
    if (code == 0)
        code = sim_ledger_init(&self->ledger, &county_ledger_type, arena, error);
    for (int32_t scheme = 0; code == 0 && scheme < scenario->n_schemes; scheme++) {
        sim_row row = sim_table_add(&self->schemes, &scheme_table_type, arena, error);
        code = row < 0 ? row : 0;
    }
    self->pasture_m2 = self->config->pasture_m2;
    return code < 0 ? code : village_fit_scratch(self, error);
}

sim_row village_add_household(struct village *self, sim_key key, struct sim_error *error)
{
    sim_row row = sim_table_add(&self->households, &household_table_type, self->arena, error);
    self->land_is_counted = false;
    for (int32_t species = 0; row >= 0 && species < SPECIES_COUNT; species++) {
        sim_row herd = sim_table_add(&self->herds, &herd_table_type, self->arena, error);
        if (herd < 0)
            return herd;
    }
    if (row < 0)
        return row;
    if (row >= self->sums_capacity)
        self->herds_are_counted = false;
    livestock_recount(self, row);
    self->households.key[row] = key;
    self->households.present[row] = 1;
    self->households.first_person[row] = SIM_ROW_NONE;
    self->households.dynasty[row] = row;
    self->households.poor_last[row] = 2;
    self->households.ability[row] = 1.0;
    self->households.condition[row] = 1.0f;
    return row;
}

sim_row village_add_person(struct village *self, sim_row household, sim_key key, struct sim_error *error)
{
    struct person_table *persons = &self->persons;
    sim_row row = self->free_person;
    self->concerned = household;
    if (row != SIM_ROW_NONE)
        self->free_person = persons->next[row];
    else
        row = sim_table_add(persons, &person_table_type, self->arena, error);
    if (row < 0)
        return row;
    persons->key[row] = key;
    persons->household[row] = household;
    persons->next[row] = self->households.first_person[household];
    self->households.first_person[household] = row;
    persons->spouse[row] = persons->mother[row] = SIM_ROW_NONE;
    persons->alive[row] = 1;
    persons->female[row] = 0;
    persons->activity[row] = ACTIVITY_NONE;
    persons->job[row] = PERSON_NO_JOB;
    skills_set(self, row, 0, 0.0f);
    return row;
}

void village_remove_person(struct village *self, sim_row person)
{
    struct person_table *persons = &self->persons;
    sim_row *link = &self->households.first_person[persons->household[person]];
    while (*link != person)
        link = &persons->next[*link];
    *link = persons->next[person];
    if (persons->spouse[person] != SIM_ROW_NONE)
        persons->spouse[persons->spouse[person]] = SIM_ROW_NONE;
    if (persons->female[person]) { /* children of a mother who is gone have none in the village */
        int32_t *restrict mother = persons->mother;
        for (sim_row other = 0, n = persons->head.n; other < n; other++)
            mother[other] = mother[other] == person ? SIM_ROW_NONE : mother[other];
    }
    persons->alive[person] = 0;
    persons->job[person] = PERSON_NO_JOB;
    persons->spouse[person] = persons->mother[person] = SIM_ROW_NONE;
    persons->activity[person] = ACTIVITY_NONE;
    persons->next[person] = self->free_person;
    self->free_person = person;
}

static int no_memory(const struct village *self, struct sim_error *error)
{
    return sim_error_set(
        error, SIM_ERROR_MEMORY, "no memory for the scratch of village %s", self->config->name);
}

/* Longer pieces; the shorter ones stay in the arena for villages that still point at them. */
static bool grow_scratch(struct village_scratch *self, int64_t n)
{
    self->capacity = (int32_t)n;
    self->amount = sim_arena_alloc(self->arena, n * (int64_t)sizeof(int64_t));
    self->share = sim_arena_alloc(self->arena, n * (int64_t)sizeof(int64_t));
    self->key = sim_arena_alloc(self->arena, n * (int64_t)sizeof(sim_key));
    self->row = sim_arena_alloc(self->arena, n * (int64_t)sizeof(sim_row));
    self->order = sim_arena_alloc(self->arena, 2 * n * (int64_t)sizeof(sim_row));
    self->words = sim_arena_alloc(self->arena, n * (int64_t)sizeof(uint64_t));
    self->score = sim_arena_alloc(self->arena, n * (int64_t)sizeof(double));
    return self->amount && self->share && self->key && self->row && self->order && self->words && self->score;
}

int village_fit_scratch(struct village *self, struct sim_error *error)
{
    if (self->households.head.capacity > self->sums_capacity) {
        int64_t n = self->sums_capacity = self->households.head.capacity;
        self->crop_days = sim_arena_alloc(self->arena, n * (int64_t)sizeof(double));
        self->herd_days = sim_arena_alloc(self->arena, n * (int64_t)sizeof(double));
        self->herd_units = sim_arena_alloc(self->arena, n * (int64_t)sizeof(float));
        self->land_is_counted = self->herds_are_counted = false;
        if (!self->crop_days || !self->herd_days || !self->herd_units)
            return no_memory(self, error);
    }
    if (self->persons.head.capacity > self->staff_capacity) {
        self->staff_capacity = self->persons.head.capacity;
        self->staff = sim_arena_alloc(self->arena, (int64_t)self->staff_capacity * (int64_t)sizeof(sim_row));
        self->n_staff = -1;
        if (!self->staff)
            return no_memory(self, error);
    }
    int32_t need = self->households.head.capacity;
    if (self->participations.head.capacity > need)
        need = self->participations.head.capacity;
    if (need <= self->scratch_capacity)
        return 0;
    struct village_scratch *scratch = self->scratch;
    if (need > scratch->capacity && !grow_scratch(scratch, need)) {
        scratch->capacity = 0;
        return no_memory(self, error);
    }
    self->scratch_amount = scratch->amount;
    self->scratch_share = scratch->share;
    self->scratch_key = scratch->key;
    self->scratch_row = scratch->row;
    self->scratch_order = scratch->order;
    self->scratch_words = scratch->words;
    self->scratch_score = scratch->score;
    self->scratch_capacity = scratch->capacity;
    return 0;
}

int village_found(struct village *self, const struct village *founders, struct sim_error *error)
{
    const struct {
        void *to;
        const void *from;
        const struct sim_table_type *type;
    } tables[] = {
        {&self->households, &founders->households, &household_table_type},
        {&self->persons, &founders->persons, &person_table_type},
        {&self->herds, &founders->herds, &herd_table_type},
        {&self->parcels, &founders->parcels, &parcel_table_type},
    };
    for (int32_t i = 0; i < SIM_COUNT(tables); i++) {
        const struct sim_table_head *head = tables[i].from;
        struct sim_table_head *mine = tables[i].to;
        if (mine->capacity < head->n) {
            int code =
                sim_table_init(tables[i].to, tables[i].type, self->arena, head->n + head->n / 4, error);
            if (code < 0)
                return code;
        }
        int code = sim_table_copy(tables[i].to, tables[i].from, tables[i].type, error);
        if (code < 0)
            return code;
    }
    self->pasture_m2 = founders->pasture_m2;
    self->free_person = founders->free_person;
    self->n_staff = -1;
    self->land_is_counted = self->herds_are_counted = false;
    self->grazing_load = 0.0;
    choice_begin(self);
    durables_found(self);
    /* What skill brings is this arm's, whatever it was where the founders were made. */
    for (sim_row row = 0; row < self->persons.head.n; row++)
        skills_set(self, row, self->persons.schooling[row], self->persons.skill[row]);
    for (sim_row row = 0; row < self->herds.head.n; row++)
        self->grazing_load += livestock_units(&self->scenario->livestock, &self->herds, row);
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    village_count(self, counted);
    sim_ledger_open(&self->ledger, counted);
    return village_fit_scratch(self, error);
}

/* What households hold, and who they are: one look at the tables serves the books and the month's report. */
struct tally {
    int64_t money, debt, grain, hay, durables;
    int64_t heads[SPECIES_COUNT];
    int64_t herds; /* households with animals */
    int64_t households, persons, jobs, migrants;
    int64_t uncoped; /* households that needed no rung of the coping ladder */
    int64_t bits;    /* of all stocks together: see village_is_stock */
};

static void count_herds(const struct village *self, struct tally *sum)
{
    enum { BLOCK = 64 }; /* households */
    const struct herd_table *of = &self->herds;
    int32_t bits = 0, herds = 0;
    for (sim_row from = 0; from < self->households.head.n; from += BLOCK) {
        sim_row left = self->households.head.n - from, n = left < BLOCK ? left : BLOCK;
        const int32_t *young = of->young + from * SPECIES_COUNT;
        const int32_t *juvenile = of->juvenile + from * SPECIES_COUNT;
        const int32_t *female = of->female + from * SPECIES_COUNT;
        const int32_t *male = of->male + from * SPECIES_COUNT;
        const uint8_t *present = self->households.present + from;
        int32_t heads[BLOCK * SPECIES_COUNT], of_species[SPECIES_COUNT] = {0};
#pragma omp simd reduction(| : bits)
        for (sim_row i = 0; i < n * SPECIES_COUNT; i++) {
            heads[i] = young[i] + juvenile[i] + female[i] + male[i];
            bits |= young[i] | juvenile[i] | female[i] | male[i];
        }
        for (sim_row h = 0; h < n; h++) {
            int32_t animals = 0;
            for (int32_t species = 0; species < SPECIES_COUNT; species++) {
                of_species[species] += heads[h * SPECIES_COUNT + species];
                animals += heads[h * SPECIES_COUNT + species];
            }
            herds += present[h] & (animals > 0);
        }
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            sum->heads[species] += of_species[species];
    }
    sum->herds = herds;
    sum->bits |= bits;
}

/* Bits set of a byte, as vectors know them. */
static uint8_t bits_of(uint8_t byte)
{
    uint8_t pairs = (uint8_t)(byte - (byte >> 1 & 0x55));
    uint8_t fours = (uint8_t)((pairs & 0x33) + (pairs >> 2 & 0x33));
    return (uint8_t)((fours + (fours >> 4)) & 0xf);
}

static void count_people(const struct household_table *of, struct tally *sum)
{
    const uint8_t *present = of->present, *owned = of->durables, *rung = of->rung;
    const int16_t *n_persons = of->n_persons, *n_jobs = of->n_jobs, *n_migrants = of->n_migrants;
    const sim_row n = of->head.n;
    uint32_t households = 0, durables = 0, uncoped = 0;
    int32_t persons = 0, jobs = 0, migrants = 0;
#pragma omp simd reduction(+ : households, durables, uncoped)
    for (sim_row h = 0; h < n; h++) {
        durables += bits_of(owned[h]);
        households += present[h];
        uncoped += (uint8_t)(rung[h] == COPING_NONE ? present[h] : 0);
    }
#pragma omp simd reduction(+ : persons, jobs, migrants)
    for (sim_row h = 0; h < n; h++) {
        persons += n_persons[h] & -(int32_t)present[h];
        jobs += n_jobs[h];
        migrants += n_migrants[h];
    }
    sum->households = households;
    sum->durables = durables;
    sum->uncoped = uncoped;
    sum->persons = persons;
    sum->jobs = jobs;
    sum->migrants = migrants;
}

/* Straight sums of columns, without a branch, so that they are added several rows at a time. */
static void take_stock(const struct village *self, struct tally *tally)
{
    const struct household_table *of = &self->households;
    const int64_t *cash = of->cash_fen, *owed = of->debt_fen, *stored = of->grain_g, *stacked = of->hay_g;
    int64_t money = 0, debt = 0, grain = 0, hay = 0, bits = 0;
#pragma omp simd reduction(+ : money, debt, grain, hay) reduction(| : bits)
    for (sim_row h = 0; h < of->head.n; h++) {
        money += cash[h];
        debt += owed[h];
        grain += stored[h];
        hay += stacked[h];
        bits |= cash[h] | owed[h] | stored[h] | stacked[h];
    }
    *tally = (struct tally){.money = money, .debt = debt, .grain = grain, .hay = hay, .bits = bits};
    count_people(of, tally);
    count_herds(self, tally);
}

static void fill_counts(const struct village *self, const struct tally *tally, int64_t *counted)
{
    memset(counted, 0, sizeof(int64_t) * ACCOUNT_COUNT * KIND_COUNT);
    int64_t *households = counted + ACCOUNT_HOUSEHOLDS * KIND_COUNT;
    int64_t *collective = counted + ACCOUNT_COLLECTIVES * KIND_COUNT;
    households[KIND_MONEY] = tally->money;
    households[KIND_DEBT] = tally->debt;
    households[KIND_GRAIN] = tally->grain;
    households[KIND_HAY] = tally->hay;
    households[KIND_DURABLE] = tally->durables;
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        households[accounts_herd_kind(species)] = tally->heads[species];
    /* Persons are counted one by one and not from the households' sums, so that the two are held against each
     * other. */
    const uint8_t *alive = self->persons.alive;
    int32_t persons = 0;
#pragma omp simd reduction(+ : persons)
    for (sim_row p = 0; p < self->persons.head.n; p++)
        persons += alive[p];
    households[KIND_PERSON] = persons;
    const struct parcel_table *parcels = &self->parcels;
    int64_t used = 0; /* m2 */
#pragma omp simd reduction(+ : used)
    for (sim_row p = 0; p < parcels->head.n; p++)
        used += parcels->household[p] != SIM_ROW_NONE ? parcels->area_m2[p] : 0;
    households[KIND_PLOT] = used;
    counted[ACCOUNT_COOPERATIVES * KIND_COUNT + KIND_MONEY] = self->coop.cash_fen;
    collective[KIND_MONEY] = self->collective_fen;
    collective[KIND_PLOT] = self->idle_m2;
    collective[KIND_PASTURE] = self->pasture_m2;
}

void village_count(const struct village *self, int64_t *counted)
{
    struct tally tally;
    take_stock(self, &tally);
    fill_counts(self, &tally, counted);
}

void village_moment(const struct village *self, int32_t month, struct moment *moment)
{
    const struct scenario *scenario = self->scenario;
    const struct township_config *township = &scenario->townships[self->config->township];
    int32_t calendar_month = sim_month_of_year(month);
    int32_t year = sim_month_year(month);
    *moment = (struct moment){.month = month,
        .year = year,
        .calendar_month = calendar_month,
        .is_winter = calendar_month >= 11 || calendar_month <= 4};
    if (moment->is_winter) {
        int32_t winter = calendar_month >= 11 ? year : year - 1;
        int32_t first = sim_month_year(scenario->first_month) - 1;
        moment->is_bad_winter =
            weather_is_bad_winter(&scenario->shocks, self->luck, scenario->county_key, first, winter);
    }
    moment->season = weather_season(
        &scenario->shocks, self->luck, scenario->county_key, township->key, self->config->key, year);
    const struct board *board = self->board;
    int32_t town = self->config->township;
    const struct market_params *markets = &scenario->markets;
    double base[GOODS], transport = township->transport;
    for (int32_t good = 0; good < GOODS; good++) {
        double price = board->price[good];
        moment->sell[good] = good < TRADED ? trade_sell(markets, board, town, good, price, transport) : price;
        moment->buy[good] = good < TRADED ? trade_buy(markets, board, town, good, price, transport) : price;
        base[good] = good < TRADED ? trade_buy_at_start(markets, good, board->base[good], transport)
                                   : board->base[good];
    }
    /* Other goods: a share is of the place, the rest bears half the freight of produce. */
    double local = scenario->local.spending ? scenario->local.local_share : 0.0;
    double freight = 1.0 + 0.5 * township->transport;
    moment->buy[GOOD_OTHER] *= (1.0 - local) * freight + local * board->towns.service_price[town];
    base[GOOD_OTHER] *= (1.0 - local) * freight + local;
    moment->sell[GOOD_CASUAL] *= board->towns.wage_factor[town];
    moment->buy[GOOD_CASUAL] = moment->sell[GOOD_CASUAL];
    moment->found_share = board->towns.found_share[town];
    moment->job_wage_fen = board->towns.job_wage_fen[town];
    moment->index = price_index(&scenario->markets, moment->buy, base);
}

int village_send(struct sim_context *context, const struct village *self, uint32_t kind, int32_t scheme,
    int64_t a, int64_t b, uint32_t c, struct sim_error *error)
{
    struct sim_event message = {.kind = kind,
        .entity = (uint32_t)scheme,
        .data = {a, b, (int64_t)((uint64_t)c << 32 | (uint32_t)self->number)}};
    return sim_process_send(context, self->county, context->now, PHASE_MESSAGE, &message, error);
}

/* The monthly round, in the order of models/README.md: name, text in profiles, what is done. */
#define VILLAGE_STEPS(X)                                                                                     \
    X(ILLNESS, "illness", illness_month(context, self, moment, self->scratch_words, error))                  \
    X(ACCIDENT, "accidents", (accident_month(self, moment), 0))                                              \
    X(DISEASE, "animal disease", (disease_month(self, moment), 0))                                           \
    X(HERDS, "herds", (livestock_month(self, moment), 0))                                                    \
    X(RENTAL, "rental of land", (rental_month(self, moment), 0))                                             \
    X(SOWING, "sowing", (crops_sow(self, moment), 0))                                                        \
    X(WORK, "work", (work_month(self, moment, self->scratch_words), 0))                                      \
    X(MIGRATION, "migration", (migration_month(self, moment), 0))                                            \
    X(LEARNING, "beliefs", (choice_learn(self, moment), 0))                                                  \
    X(HARVEST, "harvest", (crops_harvest(self, moment), 0))                                                  \
    X(CROP_SALE, "sale of crops", (crops_sell(self, moment), 0))                                             \
    X(HERD_TRADE, "sale of animals", livestock_trade(context, self, moment, error))                          \
    X(COOPERATIVE, "cooperative", (producer_month(self, moment), 0))                                         \
    X(DUES, "dues and assistance", (living_dues(self, moment), 0))                                           \
    X(EATING, "consumption and coping", (living_eat(self, moment), 0))                                       \
    X(DURABLES, "durables", (durables_month(self, moment), 0))                                               \
    X(SCHOOLING, "schooling", (schooling_month(self, moment), 0))                                            \
    X(TRAINING, "training", (training_month(self, moment), 0))                                               \
    X(CHOICE, "choice of occupation", choice_month(context, self, moment, error))                            \
    X(JOBS, "search for posts", jobs_month(context, self, moment, error))                                    \
    X(DEMOGRAPHY, "births, deaths, birthdays", demography_month(context, self, moment, error))               \
    X(MARRIAGE, "marriage", marriage_month(context, self, moment, error))                                    \
    X(DIVISION, "division of households", division_month(context, self, moment, error))                      \
    X(LEAVING, "leaving for good", migration_leave(context, self, moment, error))

enum village_step {
#define NUMBER_STEP(name, text, call) STEP_##name,
    VILLAGE_STEPS(NUMBER_STEP)
#undef NUMBER_STEP
        VILLAGE_STEP_COUNT
};
_Static_assert(
    SIM_PLACE_STEP + VILLAGE_STEP_COUNT <= SIM_PROFILE_PLACES, "a profile has room for every step");

const char *village_place_name(int32_t place)
{
    static const char *const steps[] = {
#define NAME_STEP(name, text, call) text,
        VILLAGE_STEPS(NAME_STEP)
#undef NAME_STEP
    };
    int32_t step = place - SIM_PLACE_STEP;
    return step >= 0 && step < VILLAGE_STEP_COUNT ? steps[step] : NULL;
}

/* Members of schemes decide each January whether to stay. */
static int review_schemes(struct sim_context *context, struct village *self, struct sim_error *error)
{
    for (int32_t scheme = 0; scheme < self->scenario->n_schemes; scheme++) {
        const struct effect_type *type = effect_types[self->scenario->effects[scheme].kind];
        int code = type->review && self->schemes.members[scheme] > 0
                       ? type->review(context, self, scheme, error)
                       : 0;
        if (code < 0)
            return code;
    }
    for (int32_t scheme = 0; scheme < self->scenario->n_schemes; scheme++)
        self->schemes.output_g[scheme] = self->schemes.output_fen[scheme] = 0;
    return 0;
}

static void report(struct village *self, const struct tally *tally)
{
    struct village_month *month = &self->current;
    month->households = tally->households;
    month->persons = tally->persons;
    month->jobs = tally->jobs;
    month->migrants = tally->migrants;
    month->coped[COPING_NONE] = tally->uncoped;
    memcpy(month->heads, tally->heads, sizeof month->heads);
    self->report = *month;
    *month = (struct village_month){0};
}

/* The sums of the year start anew before anything of January is booked. */
static int begin_year(struct sim_context *context, struct village *self, struct sim_error *error)
{
    struct moment moment;
    village_moment(self, sim_month_from_time(context->now), &moment);
    sim_ledger_begin_year(&self->ledger);
    living_new_year(self, &moment);
    skills_year(self, &moment);
    home_year(self, &moment);
    int code = producer_year(self, &moment, error);
    if (code == 0)
        code = review_schemes(context, self, error);
    struct sim_event next = {.kind = EVENT_NEW_YEAR};
    sim_time when = sim_month_to_time(moment.month + 13 - moment.calendar_month);
    return code < 0 ? code : sim_process_schedule(context, when, PHASE_FIRST, &next, error);
}

/* Tells the county what the month was: days offered, money spent here, goods traded, public money paid out.
 */
static int tell_county(
    struct sim_context *context, const struct village *self, int64_t herds, struct sim_error *error)
{
    const struct village_month *month = &self->current;
    int code = village_send(context, self, MESSAGE_DAYS, 0, (int64_t)(month->days_offered * 1000.0),
        (int64_t)(month->days_business * 1000.0), 0, error);
    if (code == 0 && month->local_spent_fen > 0)
        code = village_send(context, self, MESSAGE_SPENT, 0, month->local_spent_fen, 0, 0, error);
    if (code == 0 && month->social_fen > 0)
        code = village_send(context, self, MESSAGE_SOCIAL, 0, month->social_fen, 0, 0, error);
    if (code == 0 && herds > 0)
        code = village_send(context, self, MESSAGE_HERDS, 0, herds, month->sick_herds, 0, error);
    for (int32_t good = 0; code == 0 && good < TRADED; good++)
        if (month->sold[good] + month->bought[good] > 0)
            code = village_send(
                context, self, MESSAGE_TRADE, good, month->sold[good], month->bought[good], 0, error);
    return code;
}

static int take_steps(
    struct sim_context *context, struct village *self, const struct moment *moment, struct sim_error *error)
{
#define TAKE_STEP(name, text, call)                                                                          \
    {                                                                                                        \
        int code = (call);                                                                                   \
        if (code < 0)                                                                                        \
            return code;                                                                                     \
        sim_profile_lap(context->profile, SIM_PLACE_STEP + STEP_##name);                                     \
    }
    VILLAGE_STEPS(TAKE_STEP)
#undef TAKE_STEP
    return 0;
}

static int live_month(struct sim_context *context, struct village *self, struct sim_error *error)
{
    struct moment moment;
    village_moment(self, sim_month_from_time(context->now), &moment);
    int code = take_steps(context, self, &moment, error);
    if (code < 0)
        return code;
    struct tally tally;
    take_stock(self, &tally);
    code = tell_county(context, self, tally.herds, error);
    if (code < 0)
        return code;
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    fill_counts(self, &tally, counted);
    code = sim_ledger_close(&self->ledger, counted, error);
    if (code < 0)
        return code;
    if (!village_is_stock(
            tally.bits | self->collective_fen | self->idle_m2 | self->pasture_m2 | self->coop.cash_fen)) {
        code = village_find_fault(self, &self->concerned, error);
        return code < 0 ? code
                        : sim_error_set(error, SIM_ERROR_MODEL,
                              "money or land of the collective or the cooperative is negative or too large");
    }
    report(self, &tally);
    /* The next round: the last second of the next month. */
    struct sim_event next = {.kind = EVENT_VILLAGE_ROUND};
    sim_time when = sim_month_to_time(moment.month + 2) - 1;
    return sim_process_schedule(context, when, PHASE_ROUND, &next, error);
}

static int handle(
    struct sim_context *context, struct village *self, const struct sim_event *event, struct sim_error *error)
{
    int32_t scheme = (int32_t)event->entity;
    int code = 0;
    switch (event->kind) {
    case EVENT_VILLAGE_ROUND:
        return live_month(context, self, error);
    case EVENT_NEW_YEAR:
        return begin_year(context, self, error);
    case EVENT_ILLNESS_END:
        self->households.days_lost[event->entity] += (double)event->data[0];
        return 0;
    case MESSAGE_GRANT:
        code = transfer_on_grant(context, self, scheme, event->data[0], event->data[1], error);
        break;
    case MESSAGE_HIRED:
        code = jobs_on_hired(context, self, scheme, (sim_row)event->data[0], (sim_key)event->data[1], error);
        break;
    case MESSAGE_LAID_OFF:
        jobs_on_laid_off(context, self, scheme, event->data[0]);
        break;
    case MESSAGE_LOCAL_SALES:
        code = local_on_sales(self, event->data[0], error);
        break;
    case MESSAGE_WAGES:
        code = jobs_on_wages(context, self, scheme, event->data[0], error);
        break;
    default: {
        const struct effect_type *type = effect_types[self->scenario->effects[scheme].kind];
        if (type->on_village_message)
            code = type->on_village_message(context, self, scheme, event, error);
        break;
    }
    }
    return code < 0 ? code : village_fit_scratch(self, error);
}

/* Whom an event is about by what it says itself; -1: nobody in particular. */
static sim_row household_of(const struct village *self, const struct sim_event *event)
{
    switch (event->kind) {
    case EVENT_ILLNESS_END:
        return (sim_row)event->entity;
    case MESSAGE_PAY_ONE:
        return (sim_row)event->data[0];
    case MESSAGE_HIRED:
        return self->persons.household[event->data[0]];
    default:
        return SIM_ROW_NONE;
    }
}

static int on_event(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct village *self = state;
    self->concerned = SIM_ROW_NONE;
    int code = handle(context, self, event, error);
    if (code < 0 && self->concerned == SIM_ROW_NONE)
        self->concerned = household_of(self, event);
    return code;
}

void village_name(const struct village *self, sim_row household, char *out, size_t size)
{
    if (household >= 0 && household < self->households.head.n)
        snprintf(out, size, "village %s, household %016" PRIx64 " (row %d)", self->config->name,
            self->households.key[household], household);
    else
        snprintf(out, size, "village %s", self->config->name);
}

static void describe(const void *state, char *out, size_t size)
{
    const struct village *self = state;
    village_name(self, self->concerned, out, size);
}

const struct sim_process_type village_process = {"village", on_event, describe};
