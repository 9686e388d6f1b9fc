/* Rental of land within a village, once a year before sowing: who has less labour than the land asks for, or
 * better uses for it, lets whole parcels to who has more, for a share of the expected margin paid in cash at
 * once, for one season. What nobody uses and nobody owns the village gives to households with little land. */
#ifndef MODELS_LAND_RENTAL_H
#define MODELS_LAND_RENTAL_H

#include "models/county/village.h"

/* In the month before sowing: leases end, idle land is given out, land is let. */
void rental_month(struct village *village, const struct moment *moment);
/* A household ends: what it rents goes back to the owners at once, without the crop; what it lets loses its
 * owner, and falls to the collective when the lease ends. What it uses and owns is left to the caller, who
 * makes it idle: parcels->household == household. */
void rental_release(struct village *village, sim_row household);

#endif
