/* Jobs in enterprises, seen from the village: application, quitting, wages received. The county ranks
 * applicants by keyed tickets and hires (models/enterprises/plant.c). */
#ifndef MODELS_LABOUR_JOBS_H
#define MODELS_LABOUR_JOBS_H

#include "models/county/village.h"

/* Quits and applications of the month. */
int jobs_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);
/* What a month of what the person does now is thought to bring it, in fen, as choice weighs it (choice.h)
 * without tastes: what a post is set against. `crop_days`: what the household's land asks for in a year. */
double jobs_worth_of_now(
    const struct village *village, sim_row person, const struct moment *moment, double crop_days);
/* Ends the person's job, if any, and tells the county. The caller recounts the household. */
int jobs_leave(struct sim_context *context, struct village *village, sim_row person, struct sim_error *error);
/* Messages of an employer (board.h): hired, laid off (n of its staff here, by keyed tickets; 0: all), wages.
 * A person whose row serves somebody else by now, by its key, is not hired. */
int jobs_on_hired(struct sim_context *context, struct village *village, int32_t employer, sim_row person,
    sim_key key, struct sim_error *error);
void jobs_on_laid_off(struct sim_context *context, struct village *village, int32_t employer, int64_t n);
int jobs_on_wages(struct sim_context *context, struct village *village, int32_t employer, int64_t fen,
    struct sim_error *error);

#endif
