/* The county's budget: own revenue and transfers from above come in; assistance, pensions, subsidies, public
 * posts, works and services go out. Villages book what they pay out in the month, and the treasury sends it
 * in the same month; what it lacks comes from above (a poor county's budget is mostly transfers).
 *
 *     plan(t) = persons x (other revenue + transfers) a head, each on its path
 *     services and works = plan - assistance, pensions, subsidies, public wages; not below nil
 *
 * What modelled firms pay in taxes is over the plan: in December what exceeds the reserve is partly returned,
 * partly spent. */
#ifndef MODELS_GOVERNMENT_TREASURY_H
#define MODELS_GOVERNMENT_TREASURY_H

#include "sim/par/world.h"
#include "sim/scenario/schema.h"

#define FISCAL_PARAMS(P)                                                                                     \
    P(SWITCH, assistance, "none|dibao", "dibao", 0, 0, "minimum-living assistance", "switch")                \
    P(REAL, assistance_line, "CNY/person/year", "2400 CNY/person/year", 0, 1e5,                              \
        "line of minimum-living assistance, base-year prices", "assumption: below the national line")        \
    P(REAL, assistance_growth, "1/year", "0.06 1/year", -0.5, 0.5, "growth of that line", "assumption")      \
    P(REAL, assistance_least, "1", "0.2", 0, 1,                                                              \
        "least assistance of whom the register takes in, as a share of the line", "assumption")              \
    P(REAL, exclusion, "1", "0.3", 0, 1, "share of the entitled that the register leaves out", "assumption") \
    P(REAL, inclusion, "1", "0.03", 0, 1, "share of the others that it takes in", "assumption")              \
    P(REAL, pension, "CNY/month", "115 CNY/month", 0, 1e4, "rural pension of a person, base year",           \
        "assumption: of the order of the basic rural pension with local supplement, 2015")                   \
    P(REAL, pension_growth, "1/year", "0.06 1/year", -0.5, 0.5, "growth of the pension", "assumption")       \
    P(REAL, subsidy, "CNY/person/year", "1800 CNY/person/year", 0, 1e5,                                      \
        "national subsidies (grassland, grain, fuel) a head, base year",                                     \
        "assumption: fills transfers to the share of poor areas in 2018 (26 percent, middle confidence)")    \
    P(REAL, subsidy_land, "1", "0.5", 0, 1,                                                                  \
        "share of the subsidies that goes by the land that a household holds, and not by head",              \
        "assumption: subsidies for grassland and grain are paid by area")                                    \
    P(INTEGER, subsidy_month, "1", "1", 0, 12,                                                               \
        "calendar month in which they are paid; 0: spread over the year",                                    \
        "assumption: paid once a year, before the Spring Festival")                                          \
    P(REAL, subsidy_growth, "1/year", "0.06 1/year", -0.5, 0.5, "growth of the subsidies", "assumption")     \
    P(INTEGER, subsidy_year, "year", "2020 year", 1900, 2200, "last year of that growth",                    \
        "the campaign against poverty ended in 2020")                                                        \
    P(REAL, subsidy_growth_after, "1/year", "0.05 1/year", -0.5, 0.5, "growth of the subsidies after it",    \
        "assumption")                                                                                        \
    P(SWITCH, budget, "none|county", "county", 0, 0,                                                         \
        "own revenue, transfers from above on a path and spending on services; none: social money passes "   \
        "through",                                                                                           \
        "switch")                                                                                            \
    P(REAL, other_revenue, "CNY/person/year", "2400 CNY/person/year", 0, 1e6,                                \
        "own revenue a registered person from what is not modelled (mines, power, land), base year",         \
        "computed: Tashkurgan's 144.0m CNY over 41,188 persons in 2019, taken back to 2015 at 8 percent a "  \
        "year (2,570), less an assumed 170 of modelled firms")                                               \
    P(REAL, other_revenue_growth, "1/year", "0.08 1/year", -0.5, 0.5, "growth of that revenue",              \
        "assumption")                                                                                        \
    P(REAL, transfers, "CNY/person/year", "39200 CNY/person/year", 0, 1e6,                                   \
        "transfers from above a registered person, base year",                                               \
        "computed: Tashkurgan's expenditure of 2,338.77m less revenue of 144.0m CNY over 41,188 persons in " \
        "2019, taken back to 2015 at 8 percent a year")                                                      \
    P(REAL, transfers_growth, "1/year", "0.08 1/year", -0.5, 0.5, "growth of the transfers", "assumption")   \
    P(REAL, public_works, "1", "0.02", 0, 1,                                                                 \
        "share of what is left for services and works that is offered to builders of the townships",         \
        "assumption: most public works go to contractors from outside")                                      \
    P(REAL, reserve, "month", "0.02 month", 0, 12, "cash that the budget carries over a year's end",         \
        "assumption: little; what is left at the end of a year is asked for")                                \
    P(REAL, returned, "1", "0.5", 0, 1,                                                                      \
        "share of what a year leaves above the reserve that goes back to the governments above",             \
        "assumption: transfers are cut where own revenue grows; the rest is spent in December")

struct fiscal_params {
    FISCAL_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema fiscal_schema;

/* State: plain numbers, saved as they are. Sums of the year start anew each January. */
struct treasury {
    int64_t cash_fen;
    int64_t social_fen;      /* paid out by villages this month, to be sent */
    int64_t month_spent_fen; /* since the last round */
    int64_t month_drawn_fen; /* transfers drawn ahead of the month's, since the last round */
    int64_t year_tax_fen;    /* of enterprises */
    int64_t year_other_revenue_fen;
    int64_t year_transfer_fen; /* from above */
    int64_t year_social_fen;
    int64_t year_public_wages_fen;
    int64_t year_services_fen; /* works included */
    int64_t year_works_fen;    /* of these, by builders of the county */
    int64_t year_returned_fen;
};

struct hub;

void treasury_on_social(struct hub *hub, const struct sim_event *message);
/* Revenue, spending, and the transfer that closes the gap; after firms and villages of the month. */
int treasury_month(struct sim_context *context, struct hub *hub, struct sim_error *error);
void treasury_new_year(struct hub *hub);
/* Takes fen out of the treasury for a flow of its own, drawing on transfers from above when cash is short. */
void treasury_spend(struct hub *hub, int64_t fen, int32_t flow);

#endif
