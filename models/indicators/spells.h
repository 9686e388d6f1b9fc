/* Poverty over time: who enters and leaves it between two years (Bane and Ellwood 1986, Journal of Human
 * Resources 21(1), 1-23), who is always, at times or never poor, and which part of it lasts (Jalan and
 * Ravallion 1998, Journal of Public Economics 67(3), 427-454):
 *
 *     total = (1/W) sum_i w_i mean_t p(x_it),  chronic = (1/W) sum_i w_i p(mean_t x_it),  p(x) = ((z-x)/z)^2
 * below z transient = total - chronic, never below zero for amounts of zero and more, where p is convex */
#ifndef MODELS_INDICATORS_SPELLS_H
#define MODELS_INDICATORS_SPELLS_H

#include "sim/core/types.h"

/* What is known of a household after a year; of a kind with the columns of household_table. */
struct spell_history {
    int64_t persons;
    bool is_poor;           /* this year */
    int32_t last;           /* last year: 0 not poor, 1 poor, 2 not observed */
    int32_t poor_years;     /* of these years ... */
    int32_t observed_years; /* ... this one included */
    double sum_amount;      /* of the amount a head, over them */
    double sum_gap2;        /* of p, over them */
};

/* Sums over households; all zero to begin with. */
struct spells {
    int64_t was_poor, left;         /* persons poor last year; of these, not poor now */
    int64_t was_not_poor, entered;  /* persons not poor last year; of these, poor now */
    int64_t persons, always, never; /* persons with a history; poor in all of it, in none of it */
    double total, chronic;          /* sums over these persons */
};

/* p(x): the squared gap of an amount; a loss counts as zero, as in poverty.h. */
double spells_gap2(double amount, double line);
/* Without observed years, only the change since last year counts. */
void spells_add(struct spells *self, const struct spell_history *history, double line);

#endif
