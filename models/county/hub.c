#include "models/county/hub.h"

#include <string.h>

#include "models/enterprises/plant.h"
#include "models/investments/effects/contract.h"
#include "models/investments/life.h"
#include "models/labour/choice.h"
#include "models/labour/market.h"
#include "models/markets/trade.h"
#include "sim/data/rank.h"
#include "sim/data/split.h"
#include "sim/time/calendar.h"

#define SIM_TABLE_SELF struct scheme_state_table
static const struct sim_column scheme_columns[] = {SCHEME_STATE_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type scheme_state_table_type = {
    "scheme_state", scheme_columns, SIM_COUNT(scheme_columns)};

#define SIM_TABLE_SELF struct scheme_village_table
static const struct sim_column place_columns[] = {SCHEME_VILLAGE_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type scheme_village_table_type = {
    "scheme_village", place_columns, SIM_COUNT(place_columns)};

#define SIM_TABLE_SELF struct request_table
static const struct sim_column request_columns[] = {REQUEST_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type request_table_type = {"request", request_columns, SIM_COUNT(request_columns)};

#define SIM_TABLE_SELF struct town_table
static const struct sim_column town_columns[] = {TOWN_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type town_table_type = {"town", town_columns, SIM_COUNT(town_columns)};

#define SIM_TABLE_SELF struct trade_table
static const struct sim_column trade_columns[] = {TRADE_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type trade_table_type = {"trade", trade_columns, SIM_COUNT(trade_columns)};

static int add_rows(void *table, const struct sim_table_type *type, struct sim_arena *arena, int32_t n,
    struct sim_error *error)
{
    int code = sim_table_init(table, type, arena, n > 0 ? n : 1, error);
    for (int32_t i = 0; code == 0 && i < n; i++) {
        sim_row row = sim_table_add(table, type, arena, error);
        code = row < 0 ? row : 0;
    }
    return code;
}

static int fit_scratch(struct hub *self, struct sim_error *error)
{
    int32_t need = self->requests.head.capacity;
    need = need > self->scenario->n_villages ? need : self->scenario->n_villages;
    if (need <= self->scratch_capacity)
        return 0;
    self->scratch_amount = sim_arena_alloc(self->arena, need * (int64_t)sizeof(int64_t));
    self->scratch_share = sim_arena_alloc(self->arena, need * (int64_t)sizeof(int64_t));
    self->scratch_key = sim_arena_alloc(self->arena, need * (int64_t)sizeof(sim_key));
    self->scratch_row = sim_arena_alloc(self->arena, need * (int64_t)sizeof(sim_row));
    self->scratch_order = sim_arena_alloc(self->arena, need * (int64_t)sizeof(sim_row));
    self->scratch_capacity = need;
    if (!self->scratch_amount || !self->scratch_share || !self->scratch_key || !self->scratch_row ||
        !self->scratch_order)
        return sim_error_set(error, SIM_ERROR_MEMORY, "county: no memory for its scratch");
    return 0;
}

static void drop_requests(struct hub *self)
{
    self->requests.head.n = 0;
    for (int32_t i = 0; i < SCHEME_MAX + self->scenario->n_townships; i++)
        self->last_request[i] = SIM_ROW_NONE;
}

int hub_init(struct hub *self, const struct scenario *scenario, struct board *board, struct sim_luck luck,
    struct sim_arena *arena, struct sim_error *error)
{
    *self = (struct hub){
        .scenario = scenario, .luck = luck, .arena = arena, .process = scenario->n_villages, .board = board};
    int code = add_rows(&self->investments, &investment_table_type, arena, scenario->n_investments, error);
    if (code == 0)
        code = add_rows(&self->schemes, &scheme_state_table_type, arena, scenario->n_schemes, error);
    if (code == 0)
        code = add_rows(&self->places, &scheme_village_table_type, arena,
            scenario->n_schemes * scenario->n_villages, error);
    if (code == 0)
        code = sim_table_init(&self->requests, &request_table_type, arena, 256, error);
    int32_t towns = scenario->n_townships;
    if (code == 0)
        code = add_rows(&board->towns, &town_table_type, arena, towns, error);
    if (code == 0)
        code = add_rows(&board->trade, &trade_table_type, arena, towns * TRADED, error);
    if (code == 0)
        code = sim_table_init(&self->firms, &firm_table_type, arena, 4 * SECTORS * towns + 1, error);
    for (int32_t t = 0; code == 0 && t < towns; t++) {
        int32_t n = scenario->townships[t].n_villages;
        self->most_villages = n > self->most_villages ? n : self->most_villages;
        board->towns.first_firm[t] = SIM_ROW_NONE;
    }
    if (code == 0)
        code = sim_table_init(&self->staff, &staff_table_type, arena,
            self->firms.head.capacity * self->most_villages + 1, error);
    if (code == 0)
        code = sim_ledger_init(&self->ledger, &county_ledger_type, arena, error);
    if (code < 0)
        return code;
    self->village_business = sim_arena_alloc(arena, scenario->n_villages * (int64_t)sizeof(int64_t));
    self->last_request = sim_arena_alloc(arena, (SCHEME_MAX + towns) * (int64_t)sizeof(sim_row));
    if (!self->village_business || !self->last_request)
        return sim_error_set(
            error, SIM_ERROR_MEMORY, "county: no memory for %d villages", scenario->n_villages);
    for (int32_t i = 0; i <= BOARD_TASTE_BINS; i++) {
        double u = (double)i / BOARD_TASTE_BINS;
        board->taste[i] = -sim_real_log(-sim_real_log(u));
        board->away[i] = choice_away(u);
    }
    /* Base prices: those of the base year's middle, without season and shocks. */
    int32_t middle = sim_month_from_date(scenario->base_year, 7);
    for (int32_t good = 0; good < GOODS; good++)
        board->base[good] = goods[good].fen_per_unit * price_path_at(&scenario->markets.paths[good], middle,
                                                           scenario->markets.outside_growth);
    drop_requests(self);
    return fit_scratch(self, error);
}

void hub_count(const struct hub *self, int64_t *counted)
{
    memset(counted, 0, sizeof(int64_t) * ACCOUNT_COUNT * KIND_COUNT);
    int64_t *enterprises = counted + ACCOUNT_ENTERPRISES * KIND_COUNT;
    int64_t *cooperatives = counted + ACCOUNT_COOPERATIVES * KIND_COUNT;
    for (int32_t scheme = 0; scheme < self->scenario->n_schemes; scheme++) {
        const struct effect_config *effect = &self->scenario->effects[scheme];
        if (effect->kind == EFFECT_PLANT) {
            enterprises[KIND_MONEY] += self->schemes.cash_fen[scheme];
            enterprises[accounts_herd_kind(effect->as.plant.species)] += self->schemes.stock_heads[scheme];
            enterprises[KIND_PRODUCT] += self->schemes.stock_g[scheme];
        } else if (effect->kind == EFFECT_HERD) {
            cooperatives[KIND_MONEY] += self->schemes.cash_fen[scheme];
            cooperatives[KIND_CATTLE] +=
                self->schemes.adults[scheme] + self->schemes.calves[scheme] + self->schemes.yearlings[scheme];
        }
    }
    for (sim_row firm = 0; firm < self->firms.head.n; firm++)
        enterprises[KIND_MONEY] += self->firms.cash_fen[firm];
    counted[ACCOUNT_TREASURY * KIND_COUNT + KIND_MONEY] = self->treasury.cash_fen;
    for (int32_t i = 0; i < self->scenario->n_investments; i++)
        counted[ACCOUNT_PROJECTS * KIND_COUNT + KIND_MONEY] += self->investments.fund_fen[i];
}

int hub_send(struct sim_context *context, const struct hub *self, int32_t village, uint32_t kind,
    int32_t scheme, int64_t a, int64_t b, int64_t c, struct sim_error *error)
{
    (void)self;
    struct sim_event message = {.kind = kind, .entity = (uint32_t)scheme, .data = {a, b, c}};
    return sim_process_send(context, village, context->window_end, PHASE_MESSAGE, &message, error);
}

void hub_split(struct hub *self, int64_t total, int32_t first_village, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        self->scratch_key[i] = self->scenario->villages[first_village + i].key;
    sim_split(total, self->scratch_amount, self->scratch_key, n, self->scratch_share, self->scratch_row);
}

int hub_send_by_staff(struct sim_context *context, struct hub *self, uint32_t kind, int32_t employer,
    int64_t total, const int32_t *staff, int32_t first_village, int32_t n, struct sim_error *error)
{
    for (int32_t i = 0; i < n; i++)
        self->scratch_amount[i] = staff[i];
    hub_split(self, total, first_village, n);
    int code = 0;
    for (int32_t i = 0; code == 0 && i < n; i++)
        if (self->scratch_share[i] > 0)
            code = hub_send(
                context, self, first_village + i, kind, employer, self->scratch_share[i], staff[i], 0, error);
    return code;
}

int hub_send_split(struct sim_context *context, struct hub *self, uint32_t kind, int32_t scheme,
    int64_t total, int64_t b, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    const struct investment_config *investment = &scenario->investments[scenario->effects[scheme].investment];
    sim_row n = scenario->n_villages;
    for (sim_row v = 0; v < n; v++)
        self->scratch_amount[v] = investment->targets[v] ? scenario->villages[v].n_households : 0;
    hub_split(self, total, 0, n);
    /* A grant with `b` fen for each place carries the money of its places. */
    int64_t factor = kind == MESSAGE_GRANT && b > 0 ? b : 1;
    for (sim_row v = 0; v < n; v++) {
        if (self->scratch_share[v] == 0)
            continue;
        int code = hub_send(context, self, v, kind, scheme, self->scratch_share[v] * factor, b, 0, error);
        if (code < 0)
            return code;
    }
    return 0;
}

int32_t hub_rank_requests(struct hub *self, int32_t kind, int32_t scheme, int32_t month, int32_t limit)
{
    const struct request_table *requests = &self->requests;
    sim_row *order = self->scratch_order;
    uint64_t *ticket = self->scratch_key;
    int32_t n = 0;
    sim_row last = limit > 0 ? self->last_request[scheme] : SIM_ROW_NONE;
    for (sim_row r = last; r != SIM_ROW_NONE; r = requests->next[r]) {
        if (requests->kind[r] != kind)
            continue;
        ticket[r] = sim_rand_word(self->luck, requests->key[r], SIM_PURPOSE_REQUEST_TICKET, (uint64_t)month);
        order[n++] = r;
    }
    sim_rank(order, n, ticket, requests->key);
    return n < limit ? n : limit;
}

int hub_schedule(struct hub *self, struct sim_world *world, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    struct sim_event round = {.kind = EVENT_COUNTY_ROUND};
    return sim_world_schedule(
        world, self->process, sim_month_to_time(scenario->first_month + 1) - 1, PHASE_ROUND, &round, error);
}

int hub_begin_month(struct hub *self, struct sim_world *world, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    int32_t month = sim_month_from_time(sim_world_now(world));
    for (int32_t i = 0; i < scenario->n_investments; i++) {
        const struct investment_config *config = &scenario->investments[i];
        if (!config->active || config->approve != month)
            continue;
        struct sim_event tranche = {.kind = EVENT_TRANCHE, .entity = (uint32_t)i};
        int code =
            sim_world_schedule(world, self->process, sim_month_to_time(month), PHASE_DATED, &tranche, error);
        if (code < 0)
            return code;
    }
    return 0;
}

void hub_publish(struct hub *self, int32_t month)
{
    const struct scenario *scenario = self->scenario;
    struct board *board = self->board;
    price_step(&scenario->markets, self->luck, scenario->county_key, month, self->price_shock);
    for (int32_t good = 0; good < GOODS; good++)
        board->price[good] = price_normal_shocked(&scenario->markets, good, month, self->price_shock[good]);
    for (int32_t scheme = 0; scheme < scenario->n_schemes; scheme++) {
        const struct effect_config *effect = &scenario->effects[scheme];
        if (effect->kind == EFFECT_PLANT) {
            board->vacancies[scheme] = plant_vacancies(self, scheme);
            /* Nothing of a plant that is not there yet shows: hub_begin_month. */
            board->wage_fen[scheme] = self->schemes.started[scheme] != 0 ? plant_wage(self, scheme) : 0.0;
        } else if (effect->kind == EFFECT_CONTRACT) {
            const struct contract_config *config = &effect->as.contract;
            bool buys = self->schemes.running[scheme] && self->schemes.running[config->plant_scheme] &&
                        !self->schemes.failed[config->plant_scheme];
            board->contract_fen[scheme] =
                buys ? contract_price(effect, board->price[GOOD_SHEEP + config->species],
                           self->schemes.fixed_fen[scheme])
                     : 0.0;
            board->contract_room[scheme] = buys ? config->quota - self->schemes.bought_year[scheme] : 0;
        }
    }
}

int hub_check(const struct hub *self, struct sim_error *error)
{
    const struct scheme_state_table *of = &self->schemes;
    for (int32_t scheme = 0; scheme < of->head.n; scheme++)
        if ((of->cash_fen[scheme] | of->stock_heads[scheme] | of->stock_g[scheme] | of->adults[scheme] |
                of->calves[scheme] | of->yearlings[scheme] | of->staff[scheme] | of->arrears_fen[scheme]) < 0)
            return sim_error_set(error, SIM_ERROR_MODEL, "scheme %d has a negative stock", scheme);
    for (sim_row firm = 0; firm < self->firms.head.n; firm++) {
        if (self->firms.cash_fen[firm] < 0 || self->firms.staff[firm] < 0)
            return sim_error_set(error, SIM_ERROR_MODEL, "firm %d has a negative stock", firm);
        int32_t staff = 0;
        for (int32_t i = 0; i < self->most_villages; i++)
            staff += self->staff.staff[firm * self->most_villages + i];
        if (staff != self->firms.staff[firm])
            return sim_error_set(error, SIM_ERROR_MODEL, "firm %d has a staff of %d, its villages %d", firm,
                self->firms.staff[firm], staff);
    }
    if (self->treasury.cash_fen < 0)
        return sim_error_set(error, SIM_ERROR_MODEL, "the treasury has a negative stock");
    for (int32_t i = 0; i < self->investments.head.n; i++)
        if (self->investments.fund_fen[i] < 0)
            return sim_error_set(error, SIM_ERROR_MODEL, "investment %d has a negative fund", i);
    return 0;
}

static void new_year(struct hub *self)
{
    sim_ledger_begin_year(&self->ledger);
    firms_new_year(self);
    treasury_new_year(self);
    for (int32_t scheme = 0; scheme < self->scenario->n_schemes; scheme++) {
        self->schemes.bought_year[scheme] = 0;
        self->schemes.year_due_fen[scheme] = self->schemes.year_paid_fen[scheme] = 0;
        self->schemes.year_output_fen[scheme] = self->schemes.year_output_g[scheme] = 0;
    }
}

/* Contracts are cleared before plants work, so that what comes in this month is used this month. */
static const enum effect_kind order_of_work[] = {
    EFFECT_CONTRACT, EFFECT_PLANT, EFFECT_HERD, EFFECT_LAND, EFFECT_TRANSFER, EFFECT_NONE};

static int live_month(struct sim_context *context, struct hub *self, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    int32_t month = sim_month_from_time(context->now);
    int code = fit_scratch(self, error);
    if (code < 0)
        return code;
    if (sim_month_of_year(month) == 1)
        new_year(self);
    for (int32_t k = 0; k < SIM_COUNT(order_of_work); k++)
        for (int32_t scheme = 0; scheme < scenario->n_schemes; scheme++) {
            const struct effect_type *type = effect_types[order_of_work[k]];
            /* A contract that ended this month still answers for what was delivered to it. */
            bool works = self->schemes.running[scheme] || order_of_work[k] == EFFECT_CONTRACT;
            if (scenario->effects[scheme].kind != order_of_work[k] || !works || !type->month)
                continue;
            code = type->month(context, self, scheme, error);
            if (code < 0)
                return code;
        }
    for (int32_t i = 0; i < scenario->n_investments; i++) {
        code = life_month(context, self, i, error);
        if (code < 0)
            return code;
    }
    code = local_month(context, self, error);
    if (code == 0)
        code = firms_month(context, self, error);
    if (code == 0)
        code = treasury_month(context, self, error);
    if (code < 0)
        return code;
    labour_market_month(self, month);
    trade_month(self, month);
    disease_county_month(self);
    drop_requests(self);
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    hub_count(self, counted);
    code = sim_ledger_close(&self->ledger, counted, error);
    if (code == 0)
        code = hub_check(self, error);
    if (code < 0)
        return code;
    struct sim_event next = {.kind = EVENT_COUNTY_ROUND};
    return sim_process_schedule(context, sim_month_to_time(month + 2) - 1, PHASE_ROUND, &next, error);
}

/* Applications and deliveries wait for the round. */
static int keep_request(struct hub *self, const struct sim_event *message, struct sim_error *error)
{
    sim_row row = sim_table_add(&self->requests, &request_table_type, self->arena, error);
    if (row < 0)
        return row;
    self->requests.kind[row] = (uint8_t)message->kind;
    self->requests.village[row] = (int32_t)message->data[2];
    self->requests.entity[row] = (int32_t)message->data[0];
    self->requests.key[row] = (uint64_t)message->data[1];
    self->requests.heads[row] = (int32_t)(message->data[2] >> 32);
    self->requests.next[row] = self->last_request[message->entity];
    self->last_request[message->entity] = row;
    return 0;
}

static int on_event(
    struct sim_context *context, void *state, const struct sim_event *event, struct sim_error *error)
{
    struct hub *self = state;
    int32_t entity = (int32_t)event->entity;
    switch (event->kind) {
    case EVENT_COUNTY_ROUND:
        return live_month(context, self, error);
    case EVENT_TRANCHE:
        return life_on_tranche(context, self, entity, error);
    case EVENT_AUDIT:
        life_on_audit(self, entity, event->data[0]);
        return 0;
    case EVENT_HAND_OVER:
        return life_on_hand_over(context, self, entity, error);
    case EVENT_END:
        return life_on_end(context, self, entity, error);
    case MESSAGE_APPLY:
    case MESSAGE_DELIVERY:
        return keep_request(self, event, error);
    case MESSAGE_DAYS:
        labour_market_on_days(self, event);
        local_on_days(self, event);
        return 0;
    case MESSAGE_SPENT:
        local_on_spent(self, event);
        return 0;
    case MESSAGE_TRADE:
        trade_on_report(self, event);
        return 0;
    case MESSAGE_SOCIAL:
        treasury_on_social(self, event);
        return 0;
    case MESSAGE_HERDS:
        disease_on_herds(self, event);
        return 0;
    default: {
        if (entity >= SCHEME_MAX)
            return firms_on_message(self, event, error);
        const struct effect_type *type = effect_types[self->scenario->effects[entity].kind];
        return type->on_county_message ? type->on_county_message(context, self, entity, event, error) : 0;
    }
    }
}

static void describe(const void *state, char *out, size_t size)
{
    (void)state;
    snprintf(out, size, "county");
}

const struct sim_process_type hub_process = {"county", on_event, describe};

/* Every table of the county, once: for save, load and print. */
#define HUB_TABLES(X)                                                                                        \
    X(investments, investment_table_type)                                                                    \
    X(schemes, scheme_state_table_type)                                                                      \
    X(places, scheme_village_table_type)                                                                     \
    X(requests, request_table_type)                                                                          \
    X(board->towns, town_table_type)                                                                         \
    X(board->trade, trade_table_type)                                                                        \
    X(firms, firm_table_type)                                                                                \
    X(staff, staff_table_type)

int hub_save(const struct hub *self, struct sim_state *state, struct sim_error *error)
{
    int code = sim_state_put_mark(state, "county", error);
#define SAVE_TABLE(name, type)                                                                               \
    if (code == 0)                                                                                           \
        code = sim_table_save(&self->name, &type, state, error);
    HUB_TABLES(SAVE_TABLE)
    if (code == 0)
        code = sim_state_put(state, self->price_shock, sizeof(self->price_shock), error);
    if (code == 0)
        code = sim_state_put(state, self->board, offsetof(struct board, towns), error);
    if (code == 0)
        code = sim_state_put(state, &self->treasury, sizeof(self->treasury), error);
    return code < 0 ? code : sim_ledger_save(&self->ledger, state, error);
}

/* Every list of firms ends, and has rows of the table in it. */
static bool are_firms_listed(const struct hub *self)
{
    sim_row n = self->firms.head.n, left = n;
    for (int32_t t = 0; t < self->scenario->n_townships; t++)
        for (sim_row firm = self->board->towns.first_firm[t]; firm != SIM_ROW_NONE; left--) {
            if (firm < 0 || firm >= n || left <= 0 || self->firms.sector[firm] >= SECTORS)
                return false;
            firm = self->firms.next[firm];
        }
    return true;
}

int hub_load(struct hub *self, struct sim_state *state, struct sim_error *error)
{
    int code = sim_state_get_mark(state, "county", error);
#define LOAD_TABLE(name, type)                                                                               \
    if (code == 0)                                                                                           \
        code = sim_table_load(&self->name, &type, self->arena, state, error);
    HUB_TABLES(LOAD_TABLE)
    if (code == 0)
        code = sim_state_get(state, self->price_shock, sizeof(self->price_shock), error);
    if (code == 0)
        code = sim_state_get(state, self->board, offsetof(struct board, towns), error);
    if (code == 0)
        code = sim_state_get(state, &self->treasury, sizeof(self->treasury), error);
    if (code == 0)
        code = sim_ledger_load(&self->ledger, state, error);
    if (code < 0)
        return code;
    const struct scenario *scenario = self->scenario;
    if (self->requests.head.n > 0)
        return sim_error_set(error, SIM_ERROR_FORMAT, "county: requests beyond their month");
    if (self->investments.head.n != scenario->n_investments || self->schemes.head.n != scenario->n_schemes ||
        self->places.head.n != scenario->n_schemes * scenario->n_villages ||
        self->board->towns.head.n != scenario->n_townships ||
        self->board->trade.head.n != scenario->n_townships * TRADED ||
        self->staff.head.n != (int64_t)self->firms.head.n * self->most_villages || !are_firms_listed(self))
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "county: saved with other programs, schemes, townships or lists of firms");
    return fit_scratch(self, error);
}

void hub_print_state(const struct hub *self, FILE *out)
{
    fprintf(out, "county: treasury %lld fen\n", (long long)self->treasury.cash_fen);
    for (int32_t good = 0; good < GOODS; good++)
        fprintf(out, "%s: %.2f fen, shock %.4f\n", goods[good].name, self->board->price[good],
            self->price_shock[good]);
#define PRINT_TABLE(name, type) sim_table_print(&self->name, &type, out);
    HUB_TABLES(PRINT_TABLE)
    struct sim_error error = {0};
    fprintf(out, "check: %s\n", hub_check(self, &error) == 0 ? "good" : error.message);
}
