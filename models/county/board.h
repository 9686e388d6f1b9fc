/* The board: what everybody may know, published by the county at each boundary and fixed during the window.
 * Nobody reads another's state; they read this. */
#ifndef MODELS_COUNTY_BOARD_H
#define MODELS_COUNTY_BOARD_H

#include "models/investments/investment.h"
#include "models/markets/prices.h"
#include "sim/data/table.h"

/* One row a township: its labour market and its market of local goods and services. The county's process
 * writes it at its round; villages read it in the next month. */
#define TOWN_COLUMNS(X)                                                                                      \
    X(double, F64, wage_factor, "1", "casual wage over the outside path's")                                  \
    X(double, F64, found_share, "1", "share of the days offered for casual work that found it")              \
    X(double, F64, normal_days, "day/month", "casual days that employers ask for at the outside wage")       \
    X(double, F64, offered_days, "day/month", "casual days that households offered this month")              \
    X(double, F64, vacant_days, "day/month", "casual days that employers asked for this month")              \
    X(double, F64, works_fen, "fen", "works and building paid in the township this month")                   \
    X(int32_t, I32, first_firm, "1", "row of its first firm in the county's table; -1 for none")             \
    X(int32_t, I32, vacancies, "job", "open posts of the township's firms and public services")              \
    X(int32_t, I32, posts, "job", "all their posts")                                                         \
    X(double, F64, job_wage_fen, "fen/month", "wage of these posts")                                         \
    X(double, F64, service_price, "1", "price of local goods and services over outside goods'")              \
    X(double, F64, business_days, "day/month", "days of own business of the month")                          \
    X(double, F64, normal_local_fen, "fen/month", "local spending at which the service price is 1")          \
    X(double, F64, normal_local_days, "day/month", "days of those who sold locally at that spending")        \
    X(int64_t, I64, local_fen, "fen", "spending on the place's goods and services of the month")             \
    X(int64_t, I64, herds, "household", "households with animals")                                           \
    X(int64_t, I64, sick_herds, "household", "of these, with a herd that spreads disease")                   \
    X(int64_t, I64, new_herds, "household", "herds of the month that is being lived")                        \
    X(int64_t, I64, new_sick_herds, "household", "sick herds of the month that is being lived")

SIM_TABLE_STRUCT(town_table, TOWN_COLUMNS);

/* Goods that travel, in the order of enum good; one row a township and good: row = township * TRADED + good.
 */
enum { TRADED = GOOD_CATTLE + 1 };
#define TRADE_COLUMNS(X)                                                                                     \
    X(double, F64, position, "1", "local price between export parity (0) and import parity (1)")             \
    X(int64_t, I64, sold, "g or head", "sold by households this month")                                      \
    X(int64_t, I64, bought, "g or head", "bought by households and enterprises this month")                  \
    X(double, F64, mean_sold, "1/month", "sold a month, averaged over the markets' memory")                  \
    X(double, F64, mean_bought, "1/month", "bought a month, likewise")                                       \
    X(double, F64, mean_trade, "1/month", "sold and bought a month, of the last whole year lived")           \
    X(int64_t, I64, year_trade, "g or head", "sold and bought since then")

SIM_TABLE_STRUCT(trade_table, TRADE_COLUMNS);

enum { BOARD_TASTE_BITS = 8, BOARD_TASTE_BINS = 1 << BOARD_TASTE_BITS };

struct board {
    double price[GOODS];             /* fen per unit (index for GOOD_OTHER), outside price of the month */
    double base[GOODS];              /* the same at the base year's middle, season and shocks left out */
    int32_t vacancies[SCHEME_MAX];   /* open posts of an employer; 0 for other schemes */
    double wage_fen[SCHEME_MAX];     /* wage a month of an employer */
    double contract_fen[SCHEME_MAX]; /* price of an adult animal under contract this month; 0: no purchase */
    int64_t contract_room[SCHEME_MAX]; /* heads that the buyer still takes this year */
    /* Up to here plain numbers, saved as they are. */
    struct town_table towns; /* row = township */
    struct trade_table trade;
    /* Quantiles of tastes at the bounds of equal bins, for choices: made once, no state. */
    double taste[BOARD_TASTE_BINS + 1]; /* of the standard Gumbel */
    double away[BOARD_TASTE_BINS + 1];  /* of the lasting taste for home (choice_away) */
};

/* Who employs, as `entity` of a message and as a person's job: a scheme, or a firm by its number in the
 * township, where alone people work for it; where people apply, a township's firms are one pool. */
static inline int32_t employer_of_firm(int32_t number)
{
    return SCHEME_MAX + number;
}
static inline int32_t employer_pool(int32_t township)
{
    return SCHEME_MAX + township;
}

/* Kinds of events and messages: symbol, what profiles call it, what it carries. `entity` is the scheme unless
 * said otherwise; phases order what falls together. */
#define COUNTY_EVENTS(X)                                                                                     \
    X(EVENT_VILLAGE_ROUND, "end of the round", "village: the monthly round, at the month's last second")     \
    X(EVENT_NEW_YEAR, "new year", "village: January's first second, before any message of that month")       \
    X(EVENT_ILLNESS_END, "end of an illness",                                                                \
        "village: entity = household row; data[0] = days lost in the following month")                       \
    X(EVENT_COUNTY_ROUND, "round of the county", "county: clearing, enterprises, investments, prices")       \
    X(EVENT_TRANCHE, "tranche", "county: entity = investment")                                               \
    X(EVENT_AUDIT, "audit", "county: entity = investment; data[0] = fen that come back")                     \
    X(EVENT_HAND_OVER, "hand-over", "county: entity = investment")                                           \
    X(EVENT_END, "end of an investment", "county: entity = investment")                                      \
    /* county to village */                                                                                  \
    X(MESSAGE_OFFER, "offer", "data[0] = places (or m2), data[1] = worth of a place in fen")                 \
    X(MESSAGE_GRANT, "grant", "data[0] = fen for households that take it, data[1] = fen for each")           \
    X(MESSAGE_PAY_MEMBERS, "payment to members",                                                             \
        "data[0] = fen to share among the members, data[1] = fen that was due")                              \
    X(MESSAGE_TITLE, "title", "data[0] = fen that the animals of a custody brought, for the collective")     \
    X(MESSAGE_PAY_ONE, "payment to one", "data[0] = household row, data[1] = fen paid, data[2] = fen due")   \
    X(MESSAGE_WAGES, "wages", "entity = employer, data[0] = fen, data[1] = staff paid for")                  \
    X(MESSAGE_HIRED, "hired", "entity = employer, data[0] = person row, data[1] = person key")               \
    X(MESSAGE_LAID_OFF, "laid off", "entity = employer, data[0] = how many; 0: everybody")                   \
    X(MESSAGE_LOCAL_SALES, "local sales", "data[0] = fen for the village's own businesses")                  \
    X(MESSAGE_CLOSED, "closed", "the scheme has ended: members are released")                                \
    /* village to county; the low half of data[2] is the village */                                          \
    X(MESSAGE_APPLY, "application", "entity = scheme or pool, data[0] = person row, data[1] = person key")   \
    X(MESSAGE_QUIT, "quit", "entity = employer, data[0] = persons who left the job")                         \
    X(MESSAGE_DELIVERY, "delivery",                                                                          \
        "data[0] = household row, data[1] = household key, data[2] >> 32 = adult animals")                   \
    X(MESSAGE_TAKEN, "take-up", "data[0] = places, m2 or heads taken up of an offer, data[1] = members now") \
    X(MESSAGE_MEMBERS, "members", "data[0] = members now")                                                   \
    X(MESSAGE_WAGES_BACK, "wages back", "entity = employer, data[0] = fen")                                  \
    X(MESSAGE_DAYS, "days offered",                                                                          \
        "data[0] = casual days offered, data[1] = days of own business, both in thousandths")                \
    X(MESSAGE_SPENT, "local spending", "data[0] = fen spent on the place's goods and services")              \
    X(MESSAGE_TRADE, "goods traded", "entity = good, data[0] = sold, data[1] = bought")                      \
    X(MESSAGE_SOCIAL, "public payments", "data[0] = fen of assistance, pensions and subsidies paid")         \
    X(MESSAGE_HERDS, "herds told", "data[0] = households with animals, data[1] = of these, with a sick herd")
enum county_event {
    EVENT_NONE, /* kinds begin at 1 */
#define COUNTY_EVENT_NUMBER(kind, name, carries) kind,
    COUNTY_EVENTS(COUNTY_EVENT_NUMBER)
#undef COUNTY_EVENT_NUMBER
};
enum county_phase { PHASE_FIRST = 0, PHASE_MESSAGE = 1, PHASE_DATED = 10, PHASE_ROUND = 200 };

#endif
