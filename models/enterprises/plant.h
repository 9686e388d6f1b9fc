/* An enterprise that processes animals: it hires, buys, makes, sells, pays, and closes when money is out. */
#ifndef MODELS_ENTERPRISES_PLANT_H
#define MODELS_ENTERPRISES_PLANT_H

#include "models/county/hub.h"

/* Working capital for the first day. */
void plant_open(struct hub *hub, int32_t scheme, int64_t capital_fen);
/* Hires among the month's applicants by keyed ticket, up to the vacancies. */
int plant_hire(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error);
/* Buys, makes, sells and pays for a month. */
int plant_month(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error);
/* Lays off and sells up. */
int plant_close(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error);
/* Open posts and the wage, for the board. */
int32_t plant_vacancies(const struct hub *hub, int32_t scheme);
double plant_wage(const struct hub *hub, int32_t scheme);

#endif
