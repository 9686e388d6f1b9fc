/* Schooling: nine compulsory years from the age of six or seven, and then as long as the household can and
 * the child's luck holds. */
#ifndef MODELS_HOUSEHOLDS_SCHOOLING_H
#define MODELS_HOUSEHOLDS_SCHOOLING_H

#include "models/county/village.h"

/* September: who is in school, and a year completed for who was. Sets ACTIVITY_SCHOOL and ends it. */
void schooling_month(struct village *village, const struct moment *moment);

#endif
