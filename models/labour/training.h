/* Training: a winter's course, from November to the end of February. Some adults are offered a seat; who
 * expects to gain more by it than the winter's spare days would bring takes it, and can leave. What it does
 * to skill is in skills.h. The county's own courses, in every arm; programs that add seats are effects of
 * their own. */
#ifndef MODELS_LABOUR_TRAINING_H
#define MODELS_LABOUR_TRAINING_H

#include "models/county/village.h"

/* November: seats are offered and taken or not. December: some leave the course. February: it ends. */
void training_month(struct village *village, const struct moment *moment);

#endif
