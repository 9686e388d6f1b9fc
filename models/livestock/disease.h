/* An infectious disease of herds (of the kind of foot-and-mouth or small ruminants' plague): susceptible,
 * sick, immune herds; it comes from outside, spreads by shared grazing within the village and by trade
 * between townships, kills a share of the young and takes condition, milk and sales. Vaccination makes herds
 * immune. */
#ifndef MODELS_LIVESTOCK_DISEASE_H
#define MODELS_LIVESTOCK_DISEASE_H

#include "sim/par/world.h"
#include "sim/scenario/schema.h"

enum disease_state { DISEASE_SUSCEPTIBLE, DISEASE_SICK, DISEASE_IMMUNE };

#define DISEASE_PARAMS(P)                                                                                    \
    P(SWITCH, disease, "none|sir", "sir", 0, 0, "an infectious disease of herds", "switch")

struct disease_params {
    DISEASE_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema disease_schema;

struct village;
struct moment;
struct hub;

/* Before the animals' month: who falls sick, who recovers; vaccination in its month; counts sick herds. */
void disease_month(struct village *village, const struct moment *moment);
/* Further chance of death in the month of the young and of the others of a household's herds. */
double disease_deaths(const struct village *village, int32_t household, bool is_young);
/* At the county: herds and sick herds of a village this month. */
void disease_on_herds(struct hub *hub, const struct sim_event *message);
void disease_county_month(struct hub *hub);

#endif
