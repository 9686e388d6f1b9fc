/* Fires and accidents: rare, they destroy stores, a durable, the soundness of the house. */
#ifndef MODELS_SHOCKS_ACCIDENT_H
#define MODELS_SHOCKS_ACCIDENT_H

#include "models/county/village.h"

void accident_month(struct village *village, const struct moment *moment);

#endif
