/* A producers' cooperative of a village: founded when enough households expect to gain, it sells members'
 * animals together, pays an advance on delivery and the surplus by patronage, keeps a reserve, and has a
 * manager who may be honest or not. Members compare with selling alone and leave; it fails when money or
 * members are out. All of it lives in the village's process. */
#ifndef MODELS_COOPERATIVES_PRODUCER_H
#define MODELS_COOPERATIVES_PRODUCER_H

#include "sim/par/world.h"
#include "sim/scenario/schema.h"

#define COOPERATIVE_PARAMS(P)                                                                                \
    P(SWITCH, producers, "none|producers", "producers", 0, 0, "producers' cooperatives of the villages",     \
        "switch")                                                                                            \
    P(REAL, organiser, "1/year", "0.08 1/year", 0, 1,                                                        \
        "chance that somebody in a village without a cooperative tries to found one", "assumption")          \
    P(INTEGER, least_members, "household", "5 household", 1, 1000, "members without whom there is none",     \
        "China's law on farmers' specialised cooperatives (2007): at least five members (remembered)")       \
    P(REAL, share, "CNY", "500 CNY", 0, 1e6, "share that a member pays on joining, base-year prices",        \
        "assumption")                                                                                        \
    P(REAL, hurdle, "1/year", "0.15 1/year", 0, 10,                                                          \
        "gain a year, of the share, below which a member has better use for that money",                     \
        "assumption: of the order of informal credit")                                                       \
    P(REAL, offtake, "1/year", "0.12 1/year", 0, 1,                                                          \
        "share of its herd's value that a household reckons to sell in an autumn",                           \
        "assumption: of the order of what the herds of livestock.h sell")                                    \
    P(REAL, freight_saved, "1", "0.5", 0, 1,                                                                 \
        "share of the township's transport that selling together saves",                                     \
        "assumption: with middling transport 7 percent on the price; Ethiopian cooperatives got 7 to 8 "     \
        "percent more for grain (remembered; Bernard, Taffesse, Gabre-Madhin 2008, Agricultural Economics)") \
    P(REAL, costs, "1", "0.02", 0, 1, "variable costs, of sales: weighing, drovers, losses", "assumption")   \
    P(REAL, fixed_costs, "CNY/year", "5000 CNY/year", 0, 1e8,                                                \
        "accounts, manager's pay, permits, base-year prices", "assumption: a part-time book-keeper")         \
    P(REAL, advance, "1", "0.85", 0, 2, "advance on delivery, of what selling alone brings when it is set",  \
        "assumption")                                                                                        \
    P(INTEGER, announce_month, "1", "8", 1, 12, "calendar month in which the season's advance is set",       \
        "assumption: before the autumn's offtake")                                                           \
    P(REAL, reserve, "1", "0.1", 0, 1, "share of the surplus that goes to the reserve until it is full",     \
        "assumption; the law of 2007 leaves at most 40 percent outside patronage (remembered)")              \
    P(REAL, reserve_target, "year", "1 year", 0, 20, "full reserve, in years of fixed costs", "assumption")  \
    P(REAL, skim, "1", "0.1", 0, 1,                                                                          \
        "share of sales that a manager without any honesty takes where nobody looks", "assumption")          \
    P(REAL, oversight, "1", "0.4", 0, 1,                                                                     \
        "quality of governance: share of that which is prevented, and chance that members vote out a "       \
        "manager under whom the whole surplus is missing",                                                   \
        "assumption")                                                                                        \
    P(REAL, skill_spread, "1", "0.4", 0, 1,                                                                  \
        "freight saved under the best manager over that under a middling one, less 1; the worst loses as "   \
        "much",                                                                                              \
        "assumption")                                                                                        \
    P(REAL, place_spread, "1", "0.5", 0, 1,                                                                  \
        "the same for what a place allows (roads, buyers), which is known only by trying", "assumption")     \
    P(REAL, trust, "1", "0.8", 0, 1,                                                                         \
        "share of the promised surplus that members of a new cooperative, or under a new manager, expect",   \
        "assumption")                                                                                        \
    P(REAL, trust_spread, "1", "0.15", 0, 1, "spread of that belief, evenly, to either side", "assumption")  \
    P(REAL, learning, "1/year", "0.5 1/year", 0, 1, "weight of the last year in that belief",                \
        "assumption: adaptive expectations")                                                                 \
    P(REAL, loyalty, "1", "0.03", 0, 1,                                                                      \
        "how much more, of the price, selling alone must bring before a median member does so or leaves",    \
        "assumption")                                                                                        \
    P(INTEGER, patience, "month", "6 month", 1, 120,                                                         \
        "months in a row with costs unpaid after which it is dissolved", "assumption")                       \
    P(INTEGER, distrust, "year", "5 year", 0, 100,                                                           \
        "years after a failure in which nobody in the village tries again", "assumption")

struct cooperative_params {
    COOPERATIVE_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema cooperative_schema;

/* As many as enum species has; this header knows no herds. */
enum { PRODUCER_SPECIES = 3 };

/* State: plain numbers without holes between them, saved as they are. Sums of the year end with December; the
 * January meeting settles them and starts them anew. */
struct producer {
    int32_t founded; /* month index; 0: none */
    int32_t failed;  /* month index of the last failure; 0: never */
    int32_t members;
    int32_t manager;     /* row of the manager's household; -1: none until the next meeting */
    int32_t dry_months;  /* in a row, with costs unpaid */
    int32_t failures;    /* in all */
    int32_t year_joined; /* at this year's meeting, founders among them */
    int32_t year_left;   /* by choice, at this year's meeting */
    int64_t cash_fen;    /* shares, reserve and what is not yet paid out */
    int64_t share_fen;   /* of all members */
    int64_t year_sales_fen;
    int64_t year_patronage_fen; /* delivered by members, at the price of selling alone */
    int64_t year_advance_fen;
    int64_t year_promised_fen; /* what sales should leave over advances, as members reckon */
    int64_t year_costs_fen;
    int64_t year_skimmed_fen;
    int64_t year_side_sold;  /* decisions of members this year to sell alone */
    int64_t year_refund_fen; /* paid at this year's meeting, out of the last year's surplus */
    int64_t last_refund_ppm; /* that, per million delivered */
    int64_t cum_lost_fen;    /* shares that members did not get back */
    double trust;            /* members' belief: share of the promised surplus they will see */
    double honesty;          /* of the manager, 0 to 1; members do not see it */
    double skill;            /* the same: factor on the freight saved, of the manager and the place */
    double offer_fen[PRODUCER_SPECIES]; /* advance on an adult animal this season; 0: not yet set */
};

struct village;
struct moment;

/* January: the meeting: patronage is paid, members stay or leave, a village without one may found one. */
int producer_year(struct village *village, const struct moment *moment, struct sim_error *error);
/* Monthly costs; fails when money is out. Sets the season's advance; in December the manager's hand. */
void producer_month(struct village *village, const struct moment *moment);
/* True when the household is a member and delivers to the cooperative rather than sell alone. */
bool producer_takes(struct village *village, int32_t household, const struct moment *moment, int32_t good);
/* Sells animals of a member through the cooperative; `fen` is what selling alone would bring,
 * with a cart of its own. Adds the
 * advance to the household's cash_fen and posts the money's flows (COOPERATIVE_SALE, COOPERATIVE_COSTS,
 * ADVANCE); the caller books income and the animals. Returns the advance. */
int64_t producer_deliver(
    struct village *village, int32_t household, const struct moment *moment, int32_t good, int64_t fen);
/* A household that ends gives back its share. */
void producer_release(struct village *village, int32_t household);

#endif
