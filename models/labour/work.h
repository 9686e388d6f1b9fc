/* The month's work: own land and animals first, then casual wage work and other own business with the days
 * left. */
#ifndef MODELS_LABOUR_WORK_H
#define MODELS_LABOUR_WORK_H

#include "models/county/village.h"

/* `words` as illness_month left them. Sets the season's crop_care; pays wages; the days lost and owed of
 * the month are spent. */
void work_month(struct village *village, const struct moment *moment, const uint64_t *words);
/* What a spare day brings a household over the year, in fen: casual work as often as it is found, else own
 * business. */
double work_day_worth(const struct village *village, sim_row household, const struct moment *moment);

#endif
