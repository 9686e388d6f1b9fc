/* The life of firms: founding, entry, lay-offs, closing; and what a post costs and brings. For firms.c. */
#ifndef MODELS_ENTERPRISES_FIRM_LIFE_H
#define MODELS_ENTERPRISES_FIRM_LIFE_H

#include "models/county/hub.h"

/* A bound that keeps counts whole when returns to size are taken to be nearly constant. */
#define POSTS_MOST 1e6

/* What firms of a township go by in a month: once a township and month. */
struct firm_moment {
    int32_t month;
    int32_t township;
    int32_t first_village;
    int32_t n_villages;
    double outside_wage_fen; /* of a post, on the outside path */
    double wage_fen;         /* of a post here */
    double wage_ratio;       /* the second over the first */
};
/* By the wages on the board, which are the month's. */
void firm_moment(const struct hub *hub, int32_t township, int32_t month, struct firm_moment *moment);
/* Sales a month of a post of productivity 1 at outside wages and the sector's usual size, in fen. */
double firm_sales_of_post(const struct hub *hub, enum sector sector, const struct firm_moment *moment);
/* Posts of the usual firm of a sector; share of materials in its sales. */
double firm_usual_posts(const struct enterprise_params *params, enum sector sector);
double firm_materials(const struct enterprise_params *params, enum sector sector);
/* Posts that pay at the township's wage for what a firm sells beyond the county. */
double firm_best_posts(const struct hub *hub, sim_row firm, const struct firm_moment *moment);
/* Its staff by village of its township. */
static inline int32_t *firm_staff(const struct hub *hub, sim_row firm)
{
    return hub->staff.staff + (int64_t)firm * hub->most_villages;
}
/* The firm of the township that gives the next applicant of so many years of school a post; SIM_ROW_NONE when
 * none has one. Whose turn it is goes by the month's salt and its key. */
sim_row firm_with_post(const struct hub *hub, int32_t township, int64_t schooling, uint64_t turn_salt);
uint64_t firm_turn_salt(const struct hub *hub, struct sim_luck luck, int32_t month);
/* The published chance to close within the year of a firm of so many whole years. */
double firm_exit_hazard(int32_t age);

int firm_lay_off(struct sim_context *context, struct hub *hub, sim_row firm, const struct firm_moment *moment,
    int32_t n, struct sim_error *error);
int firm_close(struct sim_context *context, struct hub *hub, sim_row firm, const struct firm_moment *moment,
    struct sim_error *error);
/* New firms of the month in a township. */
int firm_enter(struct hub *hub, const struct firm_moment *moment, struct sim_error *error);

#endif
