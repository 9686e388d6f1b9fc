/* What the files of the observer share (observe*.c); nobody else includes it. */
#ifndef MODELS_COUNTY_OBSERVE_INTERNAL_H
#define MODELS_COUNTY_OBSERVE_INTERNAL_H

#include <math.h>

#include "models/county/observe.h"
#include "models/indicators/distribution.h"
#include "models/indicators/multidimensional.h"
#include "models/indicators/spells.h"
#include "models/indicators/wealth.h"

#define OBSERVE_QUINTILES 5
/* Points of the Lorenz curve: each twentieth of the persons. */
#define OBSERVE_PERCENTILES 20

/* Where value added arises. Casual work is done for employers that are not modelled: their wages are all that
 * is known of what it yields. */
enum observe_sector { GDP_PRIMARY, GDP_SECONDARY, GDP_TERTIARY, GDP_CASUAL, GDP_SECTORS };

enum observe_dimension {
    DIM_NONE,
    DIM_MONTH,
    DIM_YEAR,
    DIM_VILLAGE,
    DIM_QUINTILE,
    DIM_HOUSEHOLD,
    DIM_LINE,
    DIM_SOURCE,
    DIM_INVESTMENT,
    DIM_MILESTONE,
    DIM_PAYER,
    DIM_PAYEE,
    DIM_CLAIM,
    DIM_GOOD,
    DIM_SPECIES,
    DIM_DEPRIVATION,
    DIM_PERCENTILE,
    DIM_RUNG,
    DIM_ACTIVITY,
    DIM_SECTOR,
    DIM_BRANCH,
    DIM_COUNT
};

/* Where each variable's values stand in the row; NULL for one that is left out. */
struct observed {
#define OBSERVED(group, name, ctype, type, unit, tag, d1, d2, d3, sentence) ctype *group##_##name;
#include "models/county/observe_variables.def"
#undef OBSERVED
};

/* The years of a result: those of which every month is lived. */
struct observe_years {
    int32_t first;
    int32_t n;
};
struct observe_years observe_years(const struct scenario *scenario);

struct observe_member {
    sim_key key;
    uint64_t ticket; /* mixed key: the smallest are in the panel */
    int32_t village;
    sim_row row; /* in the founders; a hint in a run */
};
/* The panel, in the order of villages and rows; `members` has room for every founding household. Returns how
 * many they are. */
int32_t observe_choose_panel(const struct founders *founders, int32_t wanted, struct observe_member *members);
int64_t observe_founders(const struct founders *founders);

/* Where a claim's variable stands. `at` is -1 when its year lies outside the horizon. SIM_ERROR_INPUT when
 * there is no such variable or label. */
struct observe_claim {
    int32_t variable;
    int64_t at;
};
int observe_claim_find(const struct sim_output *output, const struct claim *claim,
    struct observe_claim *found, struct sim_error *error);

/* Sets the pointers of `at` into the row and every real value to NaN: what nobody fills is not defined. */
void observe_bind(const struct sim_output *output, void *row, struct observed *at);

/* A village's households in December, or the county's. */
struct observe_december {
    int64_t persons, households, hungry_months, poor;
    int64_t income_fen, consumption_fen, cash_fen, assistance_fen;
    int64_t sources_fen[INCOME_SOURCES];
    int64_t migrants;
    double wealth_fen;
    /* of persons of working age */
    int64_t workers;
    int64_t activities[ACTIVITIES];
    double employed;
};

/* What the present households of a dynasty have together. */
struct observe_dynasty {
    int64_t persons, households, hungry_months;
    int64_t income_fen, consumption_fen;
    int64_t sources_fen[INCOME_SOURCES];
    double wealth_fen;
    uint64_t schemes;
    bool is_coop_member;
};

struct observer {
    const struct sim_output *output;
    const struct scenario *scenario;
    struct observer_options options;
    void *row;
    struct sim_arena arena;
    struct observed at;
    struct observe_years years;
    int32_t quintile_year;
    int32_t n_panel;
    struct observe_member *panel;
    struct observe_dynasty *dynasties; /* [n_panel] */
    /* The board as the month just lived saw it: its prices, and the townships' markets as the month before
     * left them, since the county has by now written those of the next. */
    struct board seen;
    /* by township */
    int32_t *first_village;      /* -1: none */
    struct moment *moments;      /* of the present month */
    struct wealth_prices *worth; /* in December */
    double *index_sum;           /* of the months of the present year */
    double *index;               /* mean of the year, in December */
    double *wage_sum;            /* fen a day, of the months of the present year */
    int32_t n_months;            /* of the present year, so far */
    struct village_month year;   /* sums of the villages' reports of the present year */
    /* at the last December, or before the first month */
    int64_t *paid_fen; /* [n_investments] */
    int64_t money_fen[ACCOUNT_COUNT];
    /* households present in December, by village and row */
    int32_t n, capacity;
    struct distribution_item *income;
    struct distribution_item *consumption;
    struct distribution_slot *scratch; /* two a household */
    /* quintile of consumption of each item, in the order of villages and rows, and as sorted */
    int8_t *group, *sorted_group;
    uint8_t *marks; /* by row of a village */
    int32_t *places;
};

static inline double observe_per(double amount, int64_t n)
{
    return n > 0 ? amount / (double)n : (double)NAN;
}

static inline int32_t observe_township(const struct observer *self, int32_t village)
{
    return self->scenario->villages[village].township;
}

/* observe_household.c: a December's households, one pass, and what is sorted. Sums of the county into
 * `county`.
 */
int observe_households(struct observer *self, const struct county_run *run, int32_t month, int32_t year,
    struct observe_december *county, struct sim_error *error);
/* Makes room for so many households. */
int observe_reserve(struct observer *self, int64_t capacity, struct sim_error *error);

/* observe_county.c: what the county as a whole is in December. */
void observe_county(
    struct observer *self, const struct county_run *run, int32_t year, const struct observe_december *county);

/* observe_panel.c: dynasties of the panel. */
void observe_panel(struct observer *self, const struct county_run *run, int32_t year);

/* Money at the start, worked back from the first month's books. */
void observe_ledger_open(struct observer *self, const struct county_run *run);
/* /ledger of a year (place `year` along its dimension; -1: only remembers the stocks). SIM_ERROR_BOOKS when
 * receipts less payments of an account are not the change of its stock. */
int observe_ledger(
    struct observer *self, const struct county_run *run, int32_t year, struct sim_error *error);

/* /investment by year, and at the end. */
void observe_investments(struct observer *self, const struct county_run *run, int32_t year);
void observe_investments_end(struct observer *self, const struct county_run *run);

#endif
