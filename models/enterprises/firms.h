/* Private firms and public services of the townships: they enter, hire, sell, grow and close.
 *
 * A firm is a row of the county's process. Sectors: workshops sell beyond the county; shops serve local
 * spending; builders live on works; public services are paid by the treasury. Posts are filled by vacancy and
 * application within the township (labour/jobs.h), one pool a township; wages are paid by village. */
#ifndef MODELS_ENTERPRISES_FIRMS_H
#define MODELS_ENTERPRISES_FIRMS_H

#include "sim/data/table.h"
#include "sim/par/world.h"
#include "sim/scenario/schema.h"

enum sector { SECTOR_WORKSHOP, SECTOR_SHOP, SECTOR_BUILDER, SECTOR_PUBLIC, SECTORS };
extern const char *const sector_names[SECTORS];

#define ENTERPRISE_PARAMS(P)                                                                                 \
    P(SWITCH, firms, "none|firms", "firms", 0, 0, "private firms and public posts of the townships", "switch")

struct enterprise_params {
    ENTERPRISE_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema enterprise_schema;

#define FIRM_COLUMNS(X)                                                                                      \
    X(uint64_t, U64, key, "1", "lineage key: township, sector, month, slot")                                 \
    X(int32_t, I32, township, "1", "where it stands")                                                        \
    X(uint8_t, U8, sector, "1", "workshop, shop, builder, public")                                           \
    X(uint8_t, U8, running, "1", "1 while it lives; 0: the row may serve another")                           \
    X(int32_t, I32, since, "month", "month index of its founding")                                           \
    X(int32_t, I32, bad_months, "month", "months in a row without money")                                    \
    X(int32_t, I32, staff, "job", "staff")                                                                   \
    X(int32_t, I32, posts, "job", "posts it would fill")                                                     \
    X(double, F64, productivity, "1", "what a post brings, over its sector's mean")                          \
    X(int64_t, I64, cash_fen, "fen", "money")                                                                \
    X(int64_t, I64, revenue_fen, "fen", "revenue of the month")                                              \
    X(int64_t, I64, year_revenue_fen, "fen", "revenue this year")                                            \
    X(int64_t, I64, year_costs_fen, "fen", "bought materials and services this year")                        \
    X(int64_t, I64, year_wages_fen, "fen", "wages this year")                                                \
    X(int64_t, I64, year_tax_fen, "fen", "taxes this year")

SIM_TABLE_STRUCT(firm_table, FIRM_COLUMNS);

/* Staff by firm and village: row = firm * villages of the largest township + place of the village in its
 * township (villages of a township stand side by side). */
#define STAFF_COLUMNS(X) X(int32_t, I32, staff, "job", "staff of the firm who live in the village")

SIM_TABLE_STRUCT(staff_table, STAFF_COLUMNS);

struct hub;
struct village;
struct investment_config;

/* Founds the firms of the first month and fills their posts from the founders, before any month is lived. */
int firms_found(struct hub *hub, struct village *villages, struct sim_error *error);
/* Hires, sells, pays, taxes; entry and exit; publishes vacancies. */
int firms_month(struct sim_context *context, struct hub *hub, struct sim_error *error);
/* January: yearly sums start anew. */
void firms_new_year(struct hub *hub);
/* MESSAGE_QUIT and MESSAGE_WAGES_BACK of a firm (entity >= SCHEME_MAX). */
int firms_on_message(struct hub *hub, const struct sim_event *message, struct sim_error *error);
/* Gives builders of the townships that an investment reaches their share of works (fen), as far as there are
 * builders with room; returns what they got, the caller posts the rest as bought outside. */
int64_t firms_build(struct hub *hub, const struct investment_config *investment, int64_t fen);
/* A township's shops take their share of local spending (fen); returns what they took. */
int64_t firms_sell_local(struct hub *hub, int32_t township, int64_t fen);

#endif
