/* Division: a younger couple with its children leaves the household of the parents and founds its own, with
 * its share of land, animals, stores, money and debt. The new household's key is made from the head's and the
 * month. */
#ifndef MODELS_HOUSEHOLDS_DIVISION_H
#define MODELS_HOUSEHOLDS_DIVISION_H

#include "models/county/village.h"

int division_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);

#endif
