/* Private firms and public services of the townships: they enter, hire, sell, grow and close (README.md).
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
    P(SWITCH, firms, "none|firms", "firms", 0, 0, "private firms and public posts of the townships",         \
        "switch")                                                                                            \
    P(REAL, workshops, "1", "0.8", 0, 1000, "workshops per 1,000 persons when the run begins", "assumption") \
    P(REAL, shops, "1", "1", 0, 1000, "shops that employ, likewise", "assumption")                           \
    P(REAL, builders, "1", "0.4", 0, 1000, "builders, likewise", "assumption")                               \
    P(REAL, workshop_posts, "job", "18 job", 1, 1e5, "posts of a workshop of mean productivity",             \
        "assumption: village factories of southern Xinjiang have a few dozen")                               \
    P(REAL, shop_posts, "job", "4 job", 1, 1e5, "posts of a new shop", "assumption")                         \
    P(REAL, builder_posts, "job", "10 job", 1, 1e5, "posts of a builder of mean productivity without works", \
        "assumption")                                                                                        \
    P(REAL, public_posts, "job/person", "0.027 job/person", 0, 1,                                            \
        "public posts a person: schools, clinics, offices, public-interest posts",                           \
        "assumption; one programme alone paid 185 public-interest posts for 41,188 persons (2022)")          \
    P(REAL, job_wage, "CNY/month", "1700 CNY/month", 1, 1e5,                                                 \
        "wage of a post, base year; it moves with casual wages",                                             \
        "assumption: village factories paid 2,000 to 2,500 in 2018-20, put back along the casual path")      \
    P(REAL, wage_follow, "1", "0.5", 0, 1,                                                                   \
        "how far posts' wages follow the township's casual wage away from the outside path", "assumption")   \
    P(REAL, labour_share, "1", "0.65", 0.05, 0.95,                                                           \
        "share of labour in a firm's value added; also the return to size (Cobb-Douglas)", "assumption")     \
    P(REAL, workshop_materials, "1", "0.6", 0, 0.95, "materials, rent and energy in a workshop's sales",     \
        "assumption")                                                                                        \
    P(REAL, shop_materials, "1", "0.7", 0, 0.95, "goods and rent in a shop's sales", "assumption")           \
    P(REAL, builder_materials, "1", "0.6", 0, 0.95, "materials in a builder's sales", "assumption")          \
    P(REAL, fixed_costs, "1", "0.5", 0, 100, "fixed costs of a firm, in wages of a post", "assumption")      \
    P(REAL, tax, "1", "0.05", 0, 0.9, "tax on value added", "assumption: small firms, largely exempt")       \
    P(REAL, productivity_sd, "1", "0.25", 0, 2, "spread (of the logarithm) of productivity over new firms",  \
        "assumption: firms of given productivity and falling returns (Lucas 1978; Hopenhayn 1992)")          \
    P(REAL, drift_sd, "1", "0.02", 0, 1, "its monthly step", "assumption")                                   \
    P(REAL, shock_sd, "1", "0.25", 0, 2, "spread (of the logarithm) of a month's outside sales",             \
        "assumption")                                                                                        \
    P(REAL, adjustment, "1/month", "0.2 1/month", 0, 1,                                                      \
        "part of the gap between posts and their target closed in a month", "assumption")                    \
    P(REAL, memory, "1/month", "0.15 1/month", 0, 1,                                                         \
        "weight of the month in the orders that a firm expects", "assumption")                               \
    P(REAL, cash_months, "month", "3 month", 0, 60,                                                          \
        "money that a firm begins with and keeps, in months of wages; more is drawn by owners",              \
        "assumption")                                                                                        \
    P(INTEGER, patience, "month", "4 month", 1, 120, "months in a row without money after which it closes",  \
        "assumption")                                                                                        \
    P(REAL, founding_age, "year", "6 year", 0, 50, "mean age of firms when the run begins", "assumption")    \
    P(REAL, exit_level, "1", "0.8", 0, 10,                                                                   \
        "closures by age, over the published hazard; the rest come from want of money",                      \
        "assumption; the hazard: State Administration for Industry and Commerce 2013")                       \
    P(REAL, exit_size, "1", "0.2", 0, 2, "fall of that hazard with size, relative to the sector's",          \
        "assumption: bigger firms are safer (SAIC 2013)")                                                    \
    P(REAL, entry, "1/year", "0.07 1/year", 0, 5,                                                            \
        "new firms a year over the founding number, at outside wages and usual orders",                      \
        "assumption: balances exit")                                                                         \
    P(INTEGER, workshop_schooling, "year", "0 year", 0, 20, "least schooling that a workshop asks for",      \
        "assumption: none")                                                                                  \
    P(REAL, works_local, "1", "0.35", 0, 1, "share of works for which local builders may be asked",          \
        "assumption")                                                                                        \
    P(REAL, works_rush, "1", "2.5", 0, 100,                                                                  \
        "works a builder can take in a month, over its staff's usual sales",                                 \
        "assumption: overtime and subcontracts")                                                             \
    P(REAL, shop_share, "1", "0.4", 0, 1,                                                                    \
        "share of local spending that goes to shops, as far as they have staff", "assumption")

struct enterprise_params {
    ENTERPRISE_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema enterprise_schema;

#define FIRM_COLUMNS(X)                                                                                      \
    X(uint64_t, U64, key, "1", "lineage key: township, sector, month, slot")                                 \
    X(int32_t, I32, township, "1", "where it stands")                                                        \
    X(int32_t, I32, number, "1", "which of the township's it is: by this its staff know it")                 \
    X(int32_t, I32, next, "1", "row of the township's next firm; -1 for none")                               \
    X(uint8_t, U8, sector, "1", "workshop, shop, builder, public")                                           \
    X(uint8_t, U8, running, "1", "1 while it lives; 0: the row may serve another")                           \
    X(int32_t, I32, since, "month", "month index of its founding; of its end when it has closed")            \
    X(int32_t, I32, bad_months, "month", "months in a row without money")                                    \
    X(int32_t, I32, staff, "job", "staff")                                                                   \
    X(int32_t, I32, posts, "job", "posts it would fill")                                                     \
    X(double, F64, productivity, "1", "what a post brings, over its sector's mean")                          \
    X(int64_t, I64, cash_fen, "fen", "money")                                                                \
    X(double, F64, demand_fen, "fen/month", "orders that it expects: local spending, works")                 \
    X(int64_t, I64, orders_fen, "fen", "such orders of the month so far, served or not")                     \
    X(int64_t, I64, revenue_fen, "fen", "revenue of the month so far")                                       \
    X(int64_t, I64, year_revenue_fen, "fen", "revenue this year")                                            \
    X(int64_t, I64, year_costs_fen, "fen", "bought materials and services this year")                        \
    X(int64_t, I64, year_wages_fen, "fen", "wages this year")                                                \
    X(int64_t, I64, year_tax_fen, "fen", "taxes this year")

SIM_TABLE_STRUCT(firm_table, FIRM_COLUMNS);

/* Staff by firm and village: row = firm * villages of the largest township + place of the village in its
 * township (villages of a township stand side by side). */
#define STAFF_COLUMNS(X) X(int32_t, I32, staff, "job", "staff of the firm who live in the village")

SIM_TABLE_STRUCT(staff_table, STAFF_COLUMNS);

/* Walks the rows of a township's firms, closed ones included, in the order of their numbers. */
#define FIRMS_EACH(hub, township, row)                                                                       \
    for (sim_row row = (hub)->board->towns.first_firm[township]; row != SIM_ROW_NONE;                        \
         row = (hub)->firms.next[row])

struct hub;
struct village;
struct investment_config;

/* Founds the firms of the first month and fills their posts from the founders, before any month is lived. */
int firms_found(struct hub *hub, struct village *villages, struct sim_error *error);
/* Sells, pays, taxes; exit; then hires; entry; publishes vacancies. */
int firms_month(struct sim_context *context, struct hub *hub, struct sim_error *error);
/* January: yearly sums start anew. */
void firms_new_year(struct hub *hub);
/* MESSAGE_QUIT and MESSAGE_WAGES_BACK of a firm (entity >= SCHEME_MAX) of the sender's township. */
int firms_on_message(struct hub *hub, const struct sim_event *message, struct sim_error *error);
/* Gives builders of the townships that an investment reaches (NULL: all of them) their share of works (fen),
 * as far as there are builders with room; counts the rest as works that ask for casual work there. Returns
 * what builders got: the caller posts it (FLOW_WORKS_LOCAL, FLOW_PUBLIC_WORKS), and the rest as bought
 * outside. */
int64_t firms_build(struct hub *hub, const struct investment_config *investment, int64_t fen);
/* A township's shops take their share of local spending (fen); returns what they took: the caller posts it
 * (FLOW_LOCAL_SHOP). */
int64_t firms_sell_local(struct hub *hub, int32_t township, int64_t fen);

#endif
