/* Occupation choice: what each adult mainly does, a discrete choice with inertia.
 *
 * In the season's month (March, June, September, December), and in any month for whom an event calls for it
 * (coming of age, hunger at home), an adult compares, in CNY of the base year a month over the growth of real
 * wages outside since then,
 *
 *     V_k = E[y_k] (1 - risk_aversion CV_k) - disutility_k + inertia 1{k = now} + taste_spread eps_k
 *
 * over home (own crops and herd), casual work, own business and migration; eps is a Gumbel draw keyed by
 * person and season (McFadden 1974; inertia: Dix-Carneiro 2014). E and CV are adaptive beliefs of the village
 * about each activity, scaled by the person's own efficiency; home's return depends on what the household's
 * land and herd ask for and the others already give. Posts are taken by application (jobs.h); who holds one
 * keeps it unless another activity is worth more. Members of a household choose one after another, in the
 * order of their keys, each knowing what the others do. Cost: about 50 ns an adult and season. */
#ifndef MODELS_LABOUR_CHOICE_H
#define MODELS_LABOUR_CHOICE_H

#include "models/county/village.h"

/* No beliefs yet: the first month's returns are the first ones. belief_fen[k] is what a day of k brings a
 * person of efficiency 1, in fen of the base year; ACTIVITY_NONE stands for a spare day at home, and
 * ACTIVITY_HOME for a day that land or herd asks for. */
void choice_begin(struct village *village);
/* Takes the month's returns into the village's beliefs; after work and local sales. */
void choice_learn(struct village *village, const struct moment *moment);
/* Adults choose where it is time, and go, paying what going costs; in the run's first month they have lived
 * through CHOICE_PAST seasons at its returns, without moving costs, so that the run does not begin with
 * everybody at home. */
enum { CHOICE_PAST = 8 };
/* Age at which work ends, and with it choice. */
enum { CHOICE_WORK_END = 76 };
/* Quantile of the lasting taste for home, for the board's bins: 0 for whom being away costs least, in
 * spreads. */
double choice_away(double u);
int choice_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error);

#endif
