/* What the files of the observer share (observe*.c); nobody else includes it. */
#ifndef MODELS_COUNTY_OBSERVE_INTERNAL_H
#define MODELS_COUNTY_OBSERVE_INTERNAL_H

#include "models/county/observe.h"
#include "models/indicators/distribution.h"

#define OBSERVE_QUINTILES 5

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
    /* by township */
    int32_t *first_village; /* -1: none */
    struct moment *moments; /* of the present month */
    double *index_sum;      /* of the months of the present year */
    double *index;          /* mean of the year, in December */
    int32_t index_months;
    /* of the present year */
    int64_t births, deaths, distress;
    /* at the last December, or before the first month */
    int64_t *paid_fen; /* [n_investments] */
    int64_t money_fen[ACCOUNT_COUNT];
    /* households present in December, by village and row */
    int32_t n, capacity;
    struct distribution_item *income;
    struct distribution_item *consumption;
    struct distribution_item *scratch;
    int8_t *group;
};

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
