/* The month's work. Who works at home does what land and herd ask for first, and splits spare days between
 * casual work and petty business; casual workers seek wage work with all their days; own business takes all
 * days of those who chose it. */
#ifndef MODELS_LABOUR_WORK_H
#define MODELS_LABOUR_WORK_H

#include "models/county/village.h"

/* What a day brings this month to a person of efficiency and a household of ability 1, in fen of the base
 * year. */
struct work_returns {
    double casual;   /* of a casual worker */
    double business; /* of own business */
    double spare;    /* of one who works at home, beyond what land and herd ask for */
};
void work_returns(const struct village *village, const struct moment *moment, struct work_returns *returns);

/* `words` as illness_month left them. Sets the season's crop_care and the month's business_days; pays wages;
 * the days lost and owed of the month are spent. */
void work_month(struct village *village, const struct moment *moment, const uint64_t *words);
/* What a spare day at home is thought to bring a household, in fen: casual work as often as it is found, else
 * petty business. The village's belief, or this month's return before there is one. */
double work_day_worth(const struct village *village, sim_row household, const struct moment *moment);
/* What `mine` days of one at home bring, when land and herd ask for `asked` days and the others at home have
 * `others`: what is missing goes to land and herd, the rest is spare. In the money of farm_day and spare_day.
 */
double work_home_return(double asked, double others, double mine, double farm_day, double spare_day);
/* What a village believes that a day of an activity brings, risk deducted, in fen of the base year. */
double work_belief(const struct village *village, enum activity activity);
/* Days a month that care takes from those at home, for a child, over the lightness by which a child shows in
 * `consumers`: so children are known without a look at persons. */
static inline double work_care_each(const struct scenario *scenario)
{
    double lighter = 1.0 - scenario->household.child_weight;
    return lighter > 0.0 ? scenario->labour.care / lighter : 0.0;
}
/* The same for a household, `each` from above. */
static inline double work_care_days(double each, const struct household_table *households, sim_row household)
{
    double eaters = (double)(households->n_persons[household] - households->n_migrants[household]);
    double days = each * (eaters - households->consumers[household]);
    return days > 0.0 ? days : 0.0;
}

#endif
