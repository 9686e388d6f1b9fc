/* Rental of land within a village, once a year before sowing: who has less labour than the land asks for
 * rents out to who has more, for a share of the expected margin paid in cash. */
#ifndef MODELS_LAND_RENTAL_H
#define MODELS_LAND_RENTAL_H

#include "models/county/village.h"

void rental_month(struct village *village, const struct moment *moment);
/* All parcels that a household uses or owns go back to their owners, or to the collective when it owns them;
 * called when a household ends. */
void rental_release(struct village *village, sim_row household);

#endif
