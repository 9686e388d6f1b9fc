/* The board: what everybody may know, published by the county at each boundary and fixed during the window.
 * Nobody reads another's state; they read this. */
#ifndef MODELS_COUNTY_BOARD_H
#define MODELS_COUNTY_BOARD_H

#include "models/investments/investment.h"
#include "models/markets/prices.h"

struct board {
    double price[GOODS];             /* fen per unit (index for GOOD_OTHER), outside price of the month */
    double base[GOODS];              /* the same at the base year's middle, season and shocks left out */
    int32_t vacancies[SCHEME_MAX];   /* open posts of an employer; 0 for other schemes */
    double wage_fen[SCHEME_MAX];     /* wage a month of an employer */
    double contract_fen[SCHEME_MAX]; /* price of an adult animal under contract this month; 0: no purchase */
    int64_t contract_room[SCHEME_MAX]; /* heads that the buyer still takes this year */
};

/* Kinds of events and messages. `entity` is the scheme unless said otherwise; phases order what falls
 * together. */
enum county_event {
    EVENT_VILLAGE_ROUND = 1, /* village: the monthly round, at the month's last second */
    EVENT_NEW_YEAR,          /* village: January's first second, before any message of that month */
    EVENT_ILLNESS_END,       /* village: entity = household row; data[0] = days lost in the following month */
    EVENT_COUNTY_ROUND,      /* county: clearing, enterprises, investments, prices */
    EVENT_TRANCHE,           /* county: entity = investment */
    EVENT_AUDIT,             /* county: entity = investment; data[0] = fen that come back */
    EVENT_HAND_OVER,         /* county: entity = investment */
    EVENT_END,               /* county: entity = investment */
    /* county to village */
    MESSAGE_OFFER,       /* data[0] = places (or m2), data[1] = worth of a place in fen */
    MESSAGE_GRANT,       /* data[0] = fen for households that take it, data[1] = fen for each */
    MESSAGE_PAY_MEMBERS, /* data[0] = fen to share among the members, data[1] = fen that was due */
    MESSAGE_TITLE,       /* data[0] = fen that the animals of a custody brought, for the collective */
    MESSAGE_PAY_ONE,     /* data[0] = household row, data[1] = fen paid, data[2] = fen due */
    MESSAGE_WAGES,       /* data[0] = fen, data[1] = staff paid for */
    MESSAGE_HIRED,       /* data[0] = person row */
    MESSAGE_LAID_OFF,    /* everybody of this employer */
    MESSAGE_CLOSED,      /* the scheme has ended: members are released */
    /* village to county; the low half of data[2] is the village */
    MESSAGE_APPLY,      /* data[0] = person row, data[1] = person key */
    MESSAGE_QUIT,       /* data[0] = persons who left the job */
    MESSAGE_DELIVERY,   /* data[0] = household row, data[1] = household key, data[2] >> 32 = adult animals */
    MESSAGE_TAKEN,      /* data[0] = places, m2 or heads taken up of an offer, data[1] = members now */
    MESSAGE_MEMBERS,    /* data[0] = members now */
    MESSAGE_WAGES_BACK, /* data[0] = fen */
};
enum county_phase { PHASE_FIRST = 0, PHASE_MESSAGE = 1, PHASE_DATED = 10, PHASE_ROUND = 200 };

#endif
