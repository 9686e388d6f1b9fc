/* Jobs in enterprises, seen from the village: application, quitting, wages received. The county ranks
 * applicants by keyed tickets and hires (models/enterprises/plant.c). */
#ifndef MODELS_LABOUR_JOBS_H
#define MODELS_LABOUR_JOBS_H

#include "models/county/village.h"

/* Quits and applications of the month. */
int jobs_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);
/* Ends the person's job, if any, and tells the county. The caller recounts the household. */
int jobs_leave(struct sim_context *context, struct village *village, sim_row person, struct sim_error *error);
/* Messages of an employer: hired, laid off, wages. */
int jobs_on_hired(struct sim_context *context, struct village *village, int32_t scheme, sim_row person,
    struct sim_error *error);
void jobs_on_laid_off(struct sim_context *context, struct village *village, int32_t scheme);
int jobs_on_wages(struct sim_context *context, struct village *village, int32_t scheme, int64_t fen,
    struct sim_error *error);

#endif
