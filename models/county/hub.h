/* The county's process ("hub"): clears what villages request at each boundary, runs enterprises, cooperatives
 * and paired investments, and publishes the board of the next month. */
#ifndef MODELS_COUNTY_HUB_H
#define MODELS_COUNTY_HUB_H

#include "models/county/board.h"
#include "models/county/scenario.h"
#include "sim/par/world.h"

/* One row a scheme: what its county half needs, whatever its kind. Unused columns stay 0. */
#define SCHEME_STATE_COLUMNS(X)                                                                              \
    X(int8_t, I8, running, "1", "1 between start and end")                                                   \
    X(int8_t, I8, failed, "1",                                                                               \
        "1 when an enterprise or cooperative has closed, for want of money or at the end")                   \
    X(int32_t, I32, started, "month", "month index of the start")                                            \
    X(int32_t, I32, bad_months, "month", "months in a row without money")                                    \
    X(double, F64, scale, "1", "share of the planned size that was built")                                   \
    X(int64_t, I64, cash_fen, "fen", "money of the enterprise or cooperative")                               \
    X(int64_t, I64, capital_fen, "fen", "working capital it began with")                                     \
    X(int64_t, I64, stock_heads, "head", "animals of the enterprise awaiting processing")                    \
    X(int64_t, I64, stock_g, "g", "products in store")                                                       \
    X(int64_t, I64, adults, "head", "adult animals of the cooperative")                                      \
    X(int64_t, I64, calves, "head", "calves of the cooperative born this year")                              \
    X(int64_t, I64, yearlings, "head", "calves of last year, being fattened")                                \
    X(int64_t, I64, placed, "head", "animals placed at the start: base of the keeper's duty")                \
    X(int64_t, I64, value_fen, "fen", "value of one animal when placed")                                     \
    X(int64_t, I64, arrears_fen, "fen", "due and not paid")                                                  \
    X(int64_t, I64, bought_year, "head", "contract animals taken this year")                                 \
    X(int64_t, I64, fixed_fen, "fen", "fixed contract price")                                                \
    X(int32_t, I32, staff, "job", "staff")                                                                   \
    X(int32_t, I32, posts, "job", "posts that it would fill")                                                \
    X(int32_t, I32, jobs_peak, "job", "most staff so far")                                                   \
    X(int64_t, I64, year_due_fen, "fen", "dividends due this year")                                          \
    X(int64_t, I64, year_paid_fen, "fen", "dividends paid this year")                                        \
    X(int64_t, I64, year_output_fen, "fen", "products or animals sold this year")                            \
    X(int64_t, I64, year_output_g, "g", "products sold this year")                                           \
    X(int64_t, I64, cum_to_households_fen, "fen", "paid to households in all")

SIM_TABLE_STRUCT(scheme_state_table, SCHEME_STATE_COLUMNS);

/* Staff and members by scheme and village: row = scheme * n_villages + village. */
#define SCHEME_VILLAGE_COLUMNS(X)                                                                            \
    X(int32_t, I32, staff, "job", "staff who live there")                                                    \
    X(int32_t, I32, members, "household", "members there, as last reported")

SIM_TABLE_STRUCT(scheme_village_table, SCHEME_VILLAGE_COLUMNS);

/* Applications and deliveries of the month, cleared at the round. */
#define REQUEST_COLUMNS(X)                                                                                   \
    X(uint64_t, U64, key, "1", "key of the person or household: ranks and breaks ties")                      \
    X(int32_t, I32, village, "1", "from which village")                                                      \
    X(int32_t, I32, entity, "1", "row of the person or household in the village")                            \
    X(int32_t, I32, heads, "head", "animals delivered; of an application, years of school")                  \
    X(int32_t, I32, next, "1", "row of the request to the same scheme or pool before it; -1 for none")       \
    X(uint8_t, U8, kind, "1", "MESSAGE_APPLY or MESSAGE_DELIVERY")

SIM_TABLE_STRUCT(request_table, REQUEST_COLUMNS);

struct hub {
    const struct scenario *scenario;
    struct sim_luck luck;
    struct sim_arena *arena;
    int32_t process;
    struct board *board;
    double price_shock[GOODS];
    struct investment_table investments;
    struct scheme_state_table schemes;
    struct scheme_village_table places;
    struct request_table requests;
    sim_row *last_request; /* [SCHEME_MAX + townships] by scheme or pool; -1 for none */
    struct firm_table firms;
    struct staff_table staff;
    int32_t most_villages; /* of a township: rows of `staff` a firm */
    struct treasury treasury;
    struct sim_ledger ledger;
    /* days of own business that each village reported this month, in thousandths; used up by the round */
    int64_t *village_business;
    /* scratch: as many as villages or requests */
    int64_t *scratch_amount;
    int64_t *scratch_share;
    sim_key *scratch_key;
    sim_row *scratch_row;
    sim_row *scratch_order;
    int32_t scratch_capacity;
};

int hub_init(struct hub *self, const struct scenario *scenario, struct board *board, struct sim_luck luck,
    struct sim_arena *arena, struct sim_error *error);
extern const struct sim_process_type hub_process;
/* Schedules the first round; once, before the run. */
int hub_schedule(struct hub *self, struct sim_world *world, struct sim_error *error);
/* Schedules the first payment of the programs that are approved in the month that begins. Before that a
 * program leaves no trace in the state: arms share their past until there (fork.h). */
int hub_begin_month(struct hub *self, struct sim_world *world, struct sim_error *error);
/* Prices, vacancies and contract prices of a month. */
void hub_publish(struct hub *self, int32_t month);
void hub_count(const struct hub *self, int64_t *counted);
int hub_save(const struct hub *self, struct sim_state *state, struct sim_error *error);
int hub_load(struct hub *self, struct sim_state *state, struct sim_error *error);
/* Every promise about the state at a month's end: no negative stock, staff of firms as their villages have
 * it. */
int hub_check(const struct hub *self, struct sim_error *error);
/* Every table, the month's prices, and what hub_check says. */
void hub_print_state(const struct hub *self, FILE *out);

/* For effects. Sends to a village, arriving at the boundary. */
int hub_send(struct sim_context *context, const struct hub *self, int32_t village, uint32_t kind,
    int32_t scheme, int64_t a, int64_t b, int64_t c, struct sim_error *error);
/* Splits `total` among n villages by the weights that the caller has put into scratch_amount; ties by the
 * villages' keys. Shares go into scratch_share. */
void hub_split(struct hub *self, int64_t total, int32_t first_village, int32_t n);
/* The same by an employer's staff in these villages; sends each its share, if any, as data[0] of a message;
 * data[1] = staff. */
int hub_send_by_staff(struct sim_context *context, struct hub *self, uint32_t kind, int32_t employer,
    int64_t total, const int32_t *staff, int32_t first_village, int32_t n, struct sim_error *error);
/* Splits `total` among the recipient villages of a scheme's investment by their founding households and sends
 * each its share as data[0] of a message; data[1] = b. */
int hub_send_split(struct sim_context *context, struct hub *self, uint32_t kind, int32_t scheme,
    int64_t total, int64_t b, struct sim_error *error);
static inline int32_t hub_place(const struct hub *self, int32_t scheme, int32_t village)
{
    return scheme * self->scenario->n_villages + village;
}
/* The first `limit` of the month's requests of a kind to a scheme, ranked by keyed tickets, ties by key: into
 * scratch_order; returns how many. Who comes first depends neither on the village nor on the order of
 * arrival. Cost O(n^1.3) for n requests to the scheme. */
int32_t hub_rank_requests(struct hub *self, int32_t kind, int32_t scheme, int32_t month, int32_t limit);

#endif
