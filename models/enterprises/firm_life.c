#include "models/enterprises/firm_life.h"

#include "models/county/village.h"
#include "models/households/demography.h"
#include "sim/core/real.h"
#include "sim/data/rank.h"
#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

/* Months for which the row of a closed firm rests: by then no message about it is under way. */
enum { ROW_REST = 3, OLDEST = 240, SLOT_BITS = 8 };

/* Attraction of entry is bounded: nobody founds three times the usual number at once. */
#define ATTRACTION_MOST 3.0

/* Closures a year by age in whole years (State Administration for Industry and Commerce 2013, firms of China
 * 2008-12: 1.6, 6.3, 9.5 percent, 8 to 9 through year 7, then falling); beyond the seventh year, assumption.
 */
static const double exit_by_age[] = {
    0.016, 0.063, 0.095, 0.09, 0.085, 0.085, 0.08, 0.07, 0.06, 0.055, 0.05, 0.045, 0.04};

double firm_exit_hazard(int32_t age)
{
    int32_t last = SIM_COUNT(exit_by_age) - 1;
    return exit_by_age[age < 0 ? 0 : age < last ? age : last];
}

void firm_moment(const struct hub *hub, int32_t township, int32_t month, struct firm_moment *moment)
{
    const struct scenario *scenario = hub->scenario;
    const struct enterprise_params *self = &scenario->enterprises;
    *moment = (struct firm_moment){.month = month,
        .township = township,
        .first_village = scenario->townships[township].first_village,
        .n_villages = scenario->townships[township].n_villages};
    double day = hub->board->price[GOOD_CASUAL]; /* not yet on the board on the first day */
    day = day > 0.0 ? day : price_normal(&scenario->markets, GOOD_CASUAL, month);
    moment->outside_wage_fen = self->job_wage * 100.0 * day / hub->board->base[GOOD_CASUAL];
    moment->wage_ratio = sim_real_pow(hub->board->towns.wage_factor[township], self->wage_follow);
    moment->wage_fen = moment->outside_wage_fen * moment->wage_ratio;
}

double firm_usual_posts(const struct enterprise_params *self, enum sector sector)
{
    return sector == SECTOR_WORKSHOP ? self->workshop_posts
           : sector == SECTOR_SHOP   ? self->shop_posts
                                     : self->builder_posts;
}

double firm_materials(const struct enterprise_params *self, enum sector sector)
{
    return sector == SECTOR_WORKSHOP ? self->workshop_materials
           : sector == SECTOR_SHOP   ? self->shop_materials
                                     : self->builder_materials;
}

double firm_sales_of_post(const struct hub *hub, enum sector sector, const struct firm_moment *moment)
{
    const struct enterprise_params *self = &hub->scenario->enterprises;
    double kept = self->labour_share * (1.0 - firm_materials(self, sector)) * (1.0 - self->tax);
    return moment->outside_wage_fen / kept;
}

double firm_best_posts(const struct hub *hub, sim_row firm, const struct firm_moment *moment)
{
    const struct enterprise_params *self = &hub->scenario->enterprises;
    double usual = firm_usual_posts(self, hub->firms.sector[firm]);
    double gain = hub->firms.productivity[firm] / moment->wage_ratio;
    double best = usual * sim_real_pow(gain, 1.0 / (1.0 - self->labour_share));
    return best < POSTS_MOST ? best : POSTS_MOST;
}

uint64_t firm_turn_salt(const struct hub *hub, struct sim_luck luck, int32_t month)
{
    return sim_rand_word(luck, hub->scenario->county_key, SIM_PURPOSE_FIRM_TURN, (uint64_t)month);
}

sim_row firm_with_post(const struct hub *hub, int32_t township, int64_t schooling, uint64_t turn_salt)
{
    const struct firm_table *firms = &hub->firms;
    sim_row best = SIM_ROW_NONE;
    sim_key best_turn = 0;
    FIRMS_EACH(hub, township, firm)
    {
        if (!firms->running[firm] || firms->staff[firm] >= firms->posts[firm])
            continue;
        if (firms->sector[firm] == SECTOR_WORKSHOP &&
            schooling < hub->scenario->enterprises.workshop_schooling)
            continue;
        sim_key turn = sim_rand_salted(turn_salt, firms->key[firm]);
        if (best == SIM_ROW_NONE || turn < best_turn) {
            best = firm;
            best_turn = turn;
        }
    }
    return best;
}

/* Registered persons of a township in the base year. */
static double persons_of(const struct hub *hub, const struct firm_moment *moment)
{
    return (double)hub->scenario->townships[moment->township].n_households *
           hub->scenario->county.household_size;
}

/* Firms of a private sector that a township had when the run began, in expectation. */
static double founding_number(const struct hub *hub, enum sector sector, const struct firm_moment *moment)
{
    const struct enterprise_params *self = &hub->scenario->enterprises;
    double each = sector == SECTOR_WORKSHOP ? self->workshops
                  : sector == SECTOR_SHOP   ? self->shops
                                            : self->builders;
    if (sector == SECTOR_SHOP && !hub->scenario->local.spending)
        return 0.0; /* nothing is spent in the place */
    return each * persons_of(hub, moment) / 1000.0;
}

/* A row of the firm table with its rows of staff: one that has rested, or a new one. A row keeps its sums of
 * the year, whomever it serves, and its sector and township, so that the sums of these are whole. */
static sim_row take_row(
    struct hub *hub, enum sector sector, const struct firm_moment *moment, struct sim_error *error)
{
    struct firm_table *firms = &hub->firms;
    sim_row last = SIM_ROW_NONE;
    FIRMS_EACH(hub, moment->township, firm)
    {
        if (!firms->running[firm] && firms->sector[firm] == sector &&
            moment->month - firms->since[firm] >= ROW_REST)
            return firm;
        last = firm;
    }
    int32_t number = last == SIM_ROW_NONE ? 0 : firms->number[last] + 1;
    if (employer_of_firm(number) > INT16_MAX) /* a person's job is its employer's number */
        return sim_error_set(error, SIM_ERROR_CAPACITY,
            "county: township %s has %d firms: enterprises.workshops, shops or builders ask for too many",
            hub->scenario->townships[moment->township].name, number);
    for (int32_t i = 0; i < hub->most_villages; i++) {
        sim_row row = sim_table_add(&hub->staff, &staff_table_type, hub->arena, error);
        if (row < 0)
            return row;
    }
    sim_row firm = sim_table_add(firms, &firm_table_type, hub->arena, error);
    if (firm < 0)
        return firm;
    firms->number[firm] = number;
    firms->next[firm] = SIM_ROW_NONE;
    if (last == SIM_ROW_NONE)
        hub->board->towns.first_firm[moment->township] = firm;
    else
        firms->next[last] = firm;
    return firm;
}

static sim_row add_firm(struct hub *hub, struct sim_luck luck, enum sector sector, sim_key key, int32_t posts,
    const struct firm_moment *moment, struct sim_error *error)
{
    const struct enterprise_params *self = &hub->scenario->enterprises;
    struct firm_table *firms = &hub->firms;
    sim_row firm = take_row(hub, sector, moment, error);
    if (firm < 0)
        return firm;
    firms->key[firm] = key;
    firms->township[firm] = moment->township;
    firms->sector[firm] = (uint8_t)sector;
    firms->running[firm] = 1;
    firms->since[firm] = moment->month;
    firms->bad_months[firm] = firms->staff[firm] = 0;
    firms->productivity[firm] = 1.0;
    firms->cash_fen[firm] = firms->orders_fen[firm] = firms->revenue_fen[firm] = 0;
    firms->demand_fen[firm] = 0.0;
    for (int32_t i = 0; i < hub->most_villages; i++)
        firm_staff(hub, firm)[i] = 0;
    if (sector != SECTOR_PUBLIC)
        firms->productivity[firm] = sim_dist_lognormal(
            sim_rand_uniform(luck, key, SIM_PURPOSE_FIRM_PRODUCTIVITY, 0), 1.0, self->productivity_sd);
    if (posts == 0) {
        double best = sector == SECTOR_SHOP ? self->shop_posts : firm_best_posts(hub, firm, moment);
        posts = best > 1.0 ? (int32_t)(best + 0.5) : 1;
    }
    firms->posts[firm] = posts;
    if (sector == SECTOR_SHOP) /* it expects what would keep its posts busy */
        firms->demand_fen[firm] =
            (double)posts * firms->productivity[firm] * firm_sales_of_post(hub, sector, moment);
    if (sector != SECTOR_PUBLIC)
        firms->cash_fen[firm] = (int64_t)(self->cash_months * moment->wage_fen * (double)posts);
    return firm;
}

int firm_lay_off(struct sim_context *context, struct hub *hub, sim_row firm, const struct firm_moment *moment,
    int32_t n, struct sim_error *error)
{
    int32_t *staff = firm_staff(hub, firm);
    int code = hub_send_by_staff(context, hub, MESSAGE_LAID_OFF, employer_of_firm(hub->firms.number[firm]), n,
        staff, moment->first_village, moment->n_villages, error);
    for (int32_t i = 0; i < moment->n_villages; i++) {
        staff[i] -= (int32_t)hub->scratch_share[i];
        hub->firms.staff[firm] -= (int32_t)hub->scratch_share[i];
    }
    return code;
}

int firm_close(struct sim_context *context, struct hub *hub, sim_row firm, const struct firm_moment *moment,
    struct sim_error *error)
{
    struct firm_table *firms = &hub->firms;
    int code = firm_lay_off(context, hub, firm, moment, firms->staff[firm], error);
    if (code < 0)
        return code;
    sim_ledger_post(&hub->ledger, FLOW_FIRM_DRAWN, firms->cash_fen[firm]);
    firms->cash_fen[firm] = 0;
    firms->running[firm] = 0;
    firms->since[firm] = moment->month;
    firms->posts[firm] = 0;
    return 0;
}

/* How much better than usual a sector looks to who would enter: cheap labour, busy shops. */
static double attraction(const struct hub *hub, enum sector sector, const struct firm_moment *moment)
{
    const struct firm_table *firms = &hub->firms;
    double pull =
        sim_real_pow(1.0 / moment->wage_ratio, 1.0 / (1.0 - hub->scenario->enterprises.labour_share));
    if (sector == SECTOR_SHOP) {
        int64_t expected = 0, posts = 0; /* whole fen: their sum has no order */
        FIRMS_EACH(hub, moment->township, firm)
        if (firms->running[firm] && firms->sector[firm] == SECTOR_SHOP) {
            expected += (int64_t)firms->demand_fen[firm];
            posts += firms->posts[firm];
        }
        double usual = (double)posts * firm_sales_of_post(hub, sector, moment);
        pull = posts > 0 && usual > 0.0 ? (double)expected / usual : 1.0;
    }
    return pull < ATTRACTION_MOST ? pull : ATTRACTION_MOST;
}

int firm_enter(struct hub *hub, const struct firm_moment *moment, struct sim_error *error)
{
    const struct scenario *scenario = hub->scenario;
    sim_key place = scenario->townships[moment->township].key;
    for (int32_t sector = 0; sector < SECTOR_PUBLIC; sector++) {
        double usual = founding_number(hub, sector, moment);
        if (usual <= 0.0)
            continue;
        double mean = usual * scenario->enterprises.entry / 12.0 * attraction(hub, sector, moment);
        double u = sim_rand_uniform(hub->luck, sim_key_make(place, (uint64_t)sector, 0),
            SIM_PURPOSE_FIRM_ENTRY, (uint64_t)moment->month);
        int64_t n = sim_dist_poisson(u, mean);
        for (int64_t slot = 0; slot < n; slot++) {
            uint64_t when = (uint64_t)moment->month << SLOT_BITS | (uint64_t)slot;
            sim_row firm = add_firm(
                hub, hub->luck, sector, sim_key_make(place, (uint64_t)sector, when), 0, moment, error);
            if (firm < 0)
                return firm;
            sim_ledger_post(&hub->ledger, FLOW_FIRM_CAPITAL, hub->firms.cash_fen[firm]);
        }
    }
    return 0;
}

/* Firms of the first day are the same in every replicate, like the founders. */
static struct sim_luck founding_luck(const struct hub *hub)
{
    return (struct sim_luck){hub->scenario->seed, 0};
}

static int found_township(struct hub *hub, const struct firm_moment *moment, struct sim_error *error)
{
    const struct enterprise_params *self = &hub->scenario->enterprises;
    struct sim_luck luck = founding_luck(hub);
    sim_key place = hub->scenario->townships[moment->township].key;
    for (int32_t sector = 0; sector < SECTOR_PUBLIC; sector++) {
        double u =
            sim_rand_uniform(luck, sim_key_make(place, (uint64_t)sector, 0), SIM_PURPOSE_FIRM_FOUNDING, 0);
        int32_t n = (int32_t)(founding_number(hub, sector, moment) + u);
        for (int32_t slot = 0; slot < n; slot++) {
            sim_key key = sim_key_make(place, (uint64_t)sector, (uint64_t)slot);
            sim_row firm = add_firm(hub, luck, sector, key, 0, moment, error);
            if (firm < 0)
                return firm;
            double age = sim_dist_exponential(
                sim_rand_uniform(luck, key, SIM_PURPOSE_FIRM_AGE, 0), self->founding_age * 12.0);
            hub->firms.since[firm] -= (int32_t)(age < OLDEST ? age : OLDEST);
        }
    }
    int32_t posts = (int32_t)(self->public_posts * persons_of(hub, moment) + 0.5);
    if (posts == 0)
        return 0;
    sim_row firm =
        add_firm(hub, luck, SECTOR_PUBLIC, sim_key_make(place, SECTOR_PUBLIC, 0), posts, moment, error);
    return firm < 0 ? firm : 0;
}

/* Founders who may take a post, by number. */
struct candidates {
    int32_t n;
    uint64_t *ticket;
    sim_key *key;
    int32_t *village;
    sim_row *person;
    sim_row *order;
};

static int make_room(struct candidates *self, int64_t room, struct sim_arena *arena, struct sim_error *error)
{
    *self = (struct candidates){.ticket = sim_arena_alloc(arena, room * (int64_t)sizeof(*self->ticket)),
        .key = sim_arena_alloc(arena, room * (int64_t)sizeof(*self->key)),
        .village = sim_arena_alloc(arena, room * (int64_t)sizeof(*self->village)),
        .person = sim_arena_alloc(arena, room * (int64_t)sizeof(*self->person)),
        .order = sim_arena_alloc(arena, room * (int64_t)sizeof(*self->order))};
    if (!self->ticket || !self->key || !self->village || !self->person || !self->order)
        return sim_error_set(error, SIM_ERROR_MEMORY, "county: no memory to fill its first posts");
    return 0;
}

/* Founders hold the posts of the first day, by keyed tickets. */
static int fill_township(struct hub *hub, struct village *villages, const struct firm_moment *moment,
    struct sim_arena *arena, struct sim_error *error)
{
    const struct scenario *scenario = hub->scenario;
    struct sim_luck luck = founding_luck(hub);
    uint64_t turn_salt = firm_turn_salt(hub, luck, moment->month);
    int64_t room = 1;
    for (int32_t i = 0; i < moment->n_villages; i++)
        room += villages[moment->first_village + i].persons.head.n;
    struct candidates all;
    int code = make_room(&all, room, arena, error);
    if (code < 0)
        return code;
    for (int32_t v = moment->first_village; v < moment->first_village + moment->n_villages; v++) {
        const struct person_table *persons = &villages[v].persons;
        for (sim_row p = 0; p < persons->head.n; p++) {
            int32_t age = (moment->month - persons->born[p]) / 12;
            bool is_free = persons->alive[p] && persons->job[p] == PERSON_NO_JOB &&
                           persons->activity[p] != ACTIVITY_SCHOOL &&
                           persons->activity[p] != ACTIVITY_MIGRANT &&
                           persons->activity[p] != ACTIVITY_TRAINING;
            if (!is_free || age < scenario->demography.work_age || age > scenario->labour.job_age)
                continue;
            all.ticket[all.n] = sim_rand_word(luck, persons->key[p], SIM_PURPOSE_FIRM_FIRST_STAFF, 0);
            all.key[all.n] = persons->key[p];
            all.village[all.n] = v;
            all.person[all.n] = p;
            all.order[all.n] = all.n;
            all.n++;
        }
    }
    sim_rank(all.order, all.n, all.ticket, all.key);
    for (int32_t i = 0; i < all.n; i++) {
        struct village *village = &villages[all.village[all.order[i]]];
        sim_row person = all.person[all.order[i]];
        sim_row firm = firm_with_post(hub, moment->township, village->persons.schooling[person], turn_salt);
        if (firm == SIM_ROW_NONE)
            continue; /* workshops may still have one for who has been to school */
        hub->firms.staff[firm]++;
        firm_staff(hub, firm)[village->number - moment->first_village]++;
        village->persons.job[person] = (int16_t)employer_of_firm(hub->firms.number[firm]);
        village->persons.activity[person] = ACTIVITY_JOB;
        demography_recount(village, village->persons.household[person], moment->month);
    }
    return 0;
}

int firms_found(struct hub *hub, struct village *villages, struct sim_error *error)
{
    const struct scenario *scenario = hub->scenario;
    if (!scenario->enterprises.firms)
        return 0;
    for (int32_t t = 0; t < scenario->n_townships; t++) {
        struct firm_moment moment;
        hub->board->towns.wage_factor[t] = 1.0; /* the first day's wages are the outside path's */
        firm_moment(hub, t, scenario->first_month, &moment);
        int code = found_township(hub, &moment, error);
        if (code < 0)
            return code;
        struct sim_arena arena; /* of the first day alone */
        sim_arena_init(&arena);
        code = fill_township(hub, villages, &moment, &arena, error);
        sim_arena_free(&arena);
        if (code < 0)
            return code;
        hub->board->towns.job_wage_fen[t] = moment.wage_fen;
        FIRMS_EACH(hub, t, firm)
        hub->board->towns.posts[t] += hub->firms.posts[firm];
    }
    /* Their money is there when the books are opened, like the founders'. */
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    hub_count(hub, counted);
    sim_ledger_open(&hub->ledger, counted);
    return 0;
}
