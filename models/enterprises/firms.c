#include "models/enterprises/firms.h"

#include "models/enterprises/firm_life.h"
#include "sim/core/real.h"
#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct enterprise_params
static const struct sim_param params[] = {ENTERPRISE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema enterprise_schema = {"enterprises", "private firms and public posts", params,
    SIM_COUNT(params), sizeof(struct enterprise_params), NULL, 0};

#define SIM_TABLE_SELF struct firm_table
static const struct sim_column firm_columns[] = {FIRM_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type firm_table_type = {"firm", firm_columns, SIM_COUNT(firm_columns)};

#define SIM_TABLE_SELF struct staff_table
static const struct sim_column staff_columns[] = {STAFF_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type staff_table_type = {"staff", staff_columns, SIM_COUNT(staff_columns)};

const char *const sector_names[SECTORS] = {"workshop", "shop", "builder", "public"};

static void earn(struct hub *hub, sim_row firm, int64_t fen)
{
    hub->firms.cash_fen[firm] += fen;
    hub->firms.revenue_fen[firm] += fen;
}

static bool is_of(const struct hub *hub, sim_row firm, enum sector sector)
{
    return hub->firms.running[firm] && hub->firms.sector[firm] == sector;
}

/* Hands a township's firms of a sector their shares of `wanted`, by posts, as far as each has room: its
 * staff's usual sales times `rush`, less what it has sold this month. Returns what they took. */
static int64_t take_orders(struct hub *hub, int32_t township, enum sector sector, int64_t wanted, double rush)
{
    struct firm_table *firms = &hub->firms;
    int64_t posts = 0, sold = 0;
    FIRMS_EACH(hub, township, firm)
    posts += is_of(hub, firm, sector) ? firms->posts[firm] : 0;
    if (posts == 0)
        return 0;
    struct firm_moment moment;
    firm_moment(hub, township, hub->scenario->first_month, &moment);
    double of_post = firm_sales_of_post(hub, sector, &moment) * rush;
    FIRMS_EACH(hub, township, firm)
    {
        if (!is_of(hub, firm, sector))
            continue;
        int64_t order = (int64_t)((sim_uint128)wanted * (uint64_t)firms->posts[firm] / (uint64_t)posts);
        double most = (double)firms->staff[firm] * firms->productivity[firm] * of_post;
        int64_t room = (int64_t)most - firms->revenue_fen[firm];
        int64_t sale = order < room ? order : room > 0 ? room : 0;
        firms->orders_fen[firm] += order;
        earn(hub, firm, sale);
        sold += sale;
    }
    return sold;
}

int64_t firms_sell_local(struct hub *hub, int32_t township, int64_t fen)
{
    int64_t wanted = (int64_t)(hub->scenario->enterprises.shop_share * (double)fen);
    return take_orders(hub, township, SECTOR_SHOP, wanted, 1.0);
}

int64_t firms_build(struct hub *hub, const struct investment_config *investment, int64_t fen)
{
    const struct scenario *scenario = hub->scenario;
    const struct enterprise_params *self = &scenario->enterprises;
    int64_t households = 0, built = 0;
    for (int32_t v = 0; v < scenario->n_villages; v++)
        households += !investment || investment->targets[v] ? scenario->villages[v].n_households : 0;
    if (households == 0 || fen <= 0)
        return 0;
    for (int32_t township = 0; township < scenario->n_townships; township++) {
        const struct township_config *place = &scenario->townships[township];
        int64_t here = 0;
        for (int32_t v = place->first_village; v < place->first_village + place->n_villages; v++)
            here += !investment || investment->targets[v] ? scenario->villages[v].n_households : 0;
        double works = (double)fen * ((double)here / (double)households);
        int64_t taken = here > 0 ? take_orders(hub, township, SECTOR_BUILDER,
                                       (int64_t)(self->works_local * works), self->works_rush)
                                 : 0;
        built += taken;
        /* What builders take is made by their own staff: the rest asks for casual work. */
        hub->board->towns.works_fen[township] += works - (double)taken;
    }
    return built < fen ? built : fen;
}

/* Posts go to the month's applicants by keyed ticket; a firm's turn by key. Who is hired works, and is paid,
 * from the next month. */
static int hire(
    struct sim_context *context, struct hub *hub, const struct firm_moment *moment, struct sim_error *error)
{
    const struct request_table *requests = &hub->requests;
    struct firm_table *firms = &hub->firms;
    int32_t open = 0;
    FIRMS_EACH(hub, moment->township, firm)
    if (firms->running[firm] && firms->posts[firm] > firms->staff[firm])
        open += firms->posts[firm] - firms->staff[firm];
    if (open == 0)
        return 0;
    uint64_t turn_salt = firm_turn_salt(hub, hub->luck, moment->month);
    int32_t n = hub_rank_requests(
        hub, MESSAGE_APPLY, employer_pool(moment->township), moment->month, requests->head.n);
    for (int32_t i = 0; i < n && open > 0; i++) {
        sim_row r = hub->scratch_order[i];
        sim_row firm = firm_with_post(hub, moment->township, requests->heads[r], turn_salt);
        if (firm == SIM_ROW_NONE)
            continue;
        firms->staff[firm]++;
        firm_staff(hub, firm)[requests->village[r] - moment->first_village]++;
        open--;
        int code = hub_send(context, hub, requests->village[r], MESSAGE_HIRED,
            employer_of_firm(firms->number[firm]), requests->entity[r], (int64_t)requests->key[r], 0, error);
        if (code < 0)
            return code;
    }
    return 0;
}

static int send_wages(struct sim_context *context, struct hub *hub, sim_row firm,
    const struct firm_moment *moment, int64_t fen, struct sim_error *error)
{
    return hub_send_by_staff(context, hub, MESSAGE_WAGES, employer_of_firm(hub->firms.number[firm]), fen,
        firm_staff(hub, firm), moment->first_village, moment->n_villages, error);
}

static int serve_public(struct sim_context *context, struct hub *hub, sim_row firm,
    const struct firm_moment *moment, struct sim_error *error)
{
    int64_t fen = (int64_t)(moment->wage_fen * (double)hub->firms.staff[firm]);
    if (fen == 0)
        return 0;
    treasury_spend(hub, fen, FLOW_PUBLIC_WAGES_SENT);
    hub->treasury.year_public_wages_fen += fen;
    hub->firms.year_wages_fen[firm] += fen;
    return send_wages(context, hub, firm, moment, fen, error);
}

/* What a firm sells beyond the county this month: Cobb-Douglas in staff at its productivity and luck. */
static void sell_outside(struct hub *hub, sim_row firm, const struct firm_moment *moment, double luck)
{
    const struct enterprise_params *self = &hub->scenario->enterprises;
    enum sector sector = hub->firms.sector[firm];
    double usual = firm_usual_posts(self, sector);
    double staff = (double)hub->firms.staff[firm];
    if (sector == SECTOR_BUILDER) { /* the others are for works */
        double best = firm_best_posts(hub, firm, moment);
        staff = staff < best ? staff : best;
    }
    double size = usual * sim_real_pow(staff / usual, self->labour_share);
    int64_t fen =
        (int64_t)(firm_sales_of_post(hub, sector, moment) * hub->firms.productivity[firm] * luck * size);
    sim_ledger_post(&hub->ledger, FLOW_FIRM_SALE, fen);
    earn(hub, firm, fen);
}

/* Takes up to `fen` out of a firm's cash. */
static int64_t take(struct hub *hub, sim_row firm, int32_t flow, int64_t fen)
{
    int64_t paid = fen < hub->firms.cash_fen[firm] ? fen : hub->firms.cash_fen[firm];
    hub->firms.cash_fen[firm] -= paid;
    sim_ledger_post(&hub->ledger, flow, paid);
    return paid;
}

static void pay_costs(struct hub *hub, sim_row firm, const struct firm_moment *moment)
{
    const struct enterprise_params *self = &hub->scenario->enterprises;
    struct firm_table *firms = &hub->firms;
    double revenue = (double)firms->revenue_fen[firm];
    double due = revenue * firm_materials(self, firms->sector[firm]);
    int64_t costs = take(hub, firm, FLOW_FIRM_COSTS, (int64_t)due);
    costs += take(hub, firm, FLOW_FIRM_COSTS, (int64_t)(self->fixed_costs * moment->outside_wage_fen));
    double added = revenue - (double)costs;
    int64_t tax = take(hub, firm, FLOW_FIRM_TAX, added > 0.0 ? (int64_t)(self->tax * added) : 0);
    hub->treasury.cash_fen += tax;
    hub->treasury.year_tax_fen += tax;
    firms->year_revenue_fen[firm] += firms->revenue_fen[firm];
    firms->year_costs_fen[firm] += costs;
    firms->year_tax_fen[firm] += tax;
}

/* Posts move towards what pays: for what is sold beyond the county, and for the orders it expects. Then staff
 * that has no post is laid off. */
static int fit_posts(struct sim_context *context, struct hub *hub, sim_row firm,
    const struct firm_moment *moment, double u, struct sim_error *error)
{
    const struct enterprise_params *self = &hub->scenario->enterprises;
    struct firm_table *firms = &hub->firms;
    enum sector sector = firms->sector[firm];
    double target = sector == SECTOR_SHOP ? 0.0 : firm_best_posts(hub, firm, moment);
    if (sector != SECTOR_WORKSHOP) {
        firms->demand_fen[firm] += self->memory * ((double)firms->orders_fen[firm] - firms->demand_fen[firm]);
        target +=
            firms->demand_fen[firm] / (firm_sales_of_post(hub, sector, moment) * firms->productivity[firm]);
    }
    target = target < POSTS_MOST ? target : POSTS_MOST;
    double gap = target - (double)firms->posts[firm];
    double size = gap > 0.0 ? gap : -gap;
    int32_t step = size < 0.5 ? 0 : (int32_t)(self->adjustment * size + u);
    if (gap > 0.0 && firms->bad_months[firm] == 0)
        firms->posts[firm] += step;
    else if (gap < 0.0)
        firms->posts[firm] -= step < firms->posts[firm] ? step : firms->posts[firm] - 1;
    int32_t over = firms->staff[firm] - firms->posts[firm];
    return over > 0 ? firm_lay_off(context, hub, firm, moment, over, error) : 0;
}

static int live(struct sim_context *context, struct hub *hub, sim_row firm, const struct firm_moment *moment,
    struct sim_error *error)
{
    const struct enterprise_params *self = &hub->scenario->enterprises;
    struct firm_table *firms = &hub->firms;
    enum sector sector = firms->sector[firm];
    uint64_t words[4];
    sim_rand_block(hub->luck, firms->key[firm], SIM_BLOCK_OF_FIRM_SHOCK, (uint64_t)moment->month, words);
    if (sector != SECTOR_SHOP)
        sell_outside(hub, firm, moment,
            sim_dist_lognormal(sim_rand_unit(words[SIM_WORD_OF_FIRM_SHOCK]), 1.0, self->shock_sd));
    pay_costs(hub, firm, moment);
    int64_t due = (int64_t)(moment->wage_fen * (double)firms->staff[firm]);
    int64_t paid = take(hub, firm, FLOW_WAGES_SENT, due);
    firms->year_wages_fen[firm] += paid;
    int code = paid > 0 ? send_wages(context, hub, firm, moment, paid, error) : 0;
    if (code < 0)
        return code;
    int64_t kept = (int64_t)(self->cash_months * moment->wage_fen * (double)firms->posts[firm]);
    if (firms->cash_fen[firm] > kept)
        take(hub, firm, FLOW_FIRM_DRAWN, firms->cash_fen[firm] - kept);
    bool is_out = paid < due || firms->cash_fen[firm] == 0;
    firms->bad_months[firm] = is_out ? firms->bad_months[firm] + 1 : 0;
    double size = (double)firms->posts[firm] / firm_usual_posts(self, sector);
    double hazard = self->exit_level * firm_exit_hazard((moment->month - firms->since[firm]) / 12) / 12.0 *
                    sim_real_pow(size, -self->exit_size);
    bool closes = sim_dist_bernoulli(sim_rand_unit(words[SIM_WORD_OF_FIRM_EXIT]), hazard);
    if (closes || firms->bad_months[firm] >= self->patience)
        return firm_close(context, hub, firm, moment, error);
    firms->productivity[firm] *=
        sim_dist_lognormal(sim_rand_unit(words[SIM_WORD_OF_FIRM_DRIFT]), 1.0, self->drift_sd);
    code = fit_posts(context, hub, firm, moment, sim_rand_unit(words[SIM_WORD_OF_FIRM_ROUNDING]), error);
    firms->revenue_fen[firm] = firms->orders_fen[firm] = 0;
    return code;
}

static void publish(struct hub *hub, const struct firm_moment *moment)
{
    const struct firm_table *firms = &hub->firms;
    struct town_table *towns = &hub->board->towns;
    int32_t posts = 0, open = 0;
    FIRMS_EACH(hub, moment->township, firm)
    {
        if (!firms->running[firm])
            continue;
        int32_t free_posts = firms->posts[firm] - firms->staff[firm];
        posts += firms->posts[firm];
        open += free_posts > 0 ? free_posts : 0;
    }
    towns->posts[moment->township] = posts;
    towns->vacancies[moment->township] = open;
    towns->job_wage_fen[moment->township] = moment->wage_fen;
}

int firms_month(struct sim_context *context, struct hub *hub, struct sim_error *error)
{
    struct firm_table *firms = &hub->firms;
    if (!hub->scenario->enterprises.firms)
        return 0;
    for (int32_t t = 0; t < hub->scenario->n_townships; t++) {
        struct firm_moment moment;
        firm_moment(hub, t, sim_month_from_time(context->now), &moment);
        int code = 0;
        FIRMS_EACH(hub, t, firm)
        if (code == 0 && firms->running[firm])
            code = firms->sector[firm] == SECTOR_PUBLIC ? serve_public(context, hub, firm, &moment, error)
                                                        : live(context, hub, firm, &moment, error);
        if (code == 0)
            code = hire(context, hub, &moment, error);
        if (code == 0)
            code = firm_enter(hub, &moment, error);
        if (code < 0)
            return code;
        publish(hub, &moment);
    }
    return 0;
}

void firms_new_year(struct hub *hub)
{
    struct firm_table *firms = &hub->firms;
    for (sim_row firm = 0; firm < firms->head.n; firm++)
        firms->year_revenue_fen[firm] = firms->year_costs_fen[firm] = firms->year_wages_fen[firm] =
            firms->year_tax_fen[firm] = 0;
}

int firms_on_message(struct hub *hub, const struct sim_event *message, struct sim_error *error)
{
    struct firm_table *firms = &hub->firms;
    int32_t village = (int32_t)(uint32_t)message->data[2], number = (int32_t)message->entity - SCHEME_MAX;
    int32_t township = hub->scenario->villages[village].township;
    sim_row firm = hub->board->towns.first_firm[township];
    while (firm != SIM_ROW_NONE && firms->number[firm] != number)
        firm = firms->next[firm];
    if (firm == SIM_ROW_NONE)
        return sim_error_set(error, SIM_ERROR_MODEL,
            "county: a message to firm %d of township %d, which is none", number, township);
    if (message->kind == MESSAGE_QUIT) {
        /* Who was laid off or refused a post while this was under way has left already. */
        int32_t *staff = firm_staff(hub, firm) + village - hub->scenario->townships[township].first_village;
        int64_t left = message->data[0] < *staff ? message->data[0] : *staff;
        *staff -= (int32_t)left;
        firms->staff[firm] -= (int32_t)left;
    } else if (message->kind == MESSAGE_WAGES_BACK) {
        int64_t fen = message->data[0];
        firms->year_wages_fen[firm] -= fen;
        if (firms->sector[firm] == SECTOR_PUBLIC) {
            sim_ledger_post(&hub->ledger, FLOW_PUBLIC_WAGES_BACK, fen);
            hub->treasury.cash_fen += fen;
            hub->treasury.year_public_wages_fen -= fen;
            return 0;
        }
        sim_ledger_post(&hub->ledger, FLOW_WAGES_BACK, fen);
        firms->cash_fen[firm] += fen;
        if (!firms->running[firm]) /* it has closed: its owners get it */
            take(hub, firm, FLOW_FIRM_DRAWN, fen);
    }
    return 0;
}
