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
    P(SWITCH, disease, "none|sir", "sir", 0, 0, "an infectious disease of herds", "switch")                  \
    P(REAL, introduction, "1/month", "0.002 1/month", 0, 1,                                                  \
        "chance that the disease comes to a village from beyond the county in a month", "assumption")        \
    P(REAL, contact, "1/month", "1.0 1/month", 0, 20,                                                        \
        "infections a month that a sick herd would cause by shared grazing if all others were susceptible",  \
        "assumption: with two sick months, a basic reproduction number of 2 between herds of a village")     \
    P(REAL, trade_contact, "1/month", "0.05 1/month", 0, 20,                                                 \
        "the same within the township and by trade between its villages, a month later", "assumption")       \
    P(INTEGER, sick_months, "month", "2 month", 1, 24, "how long a herd is sick and spreads the disease",    \
        "assumption: of the order of foot-and-mouth disease and small ruminants' plague in a herd")          \
    P(INTEGER, immune_months, "month", "24 month", 1, 255, "how long a herd is immune after it",             \
        "assumption: herds are renewed")                                                                     \
    P(REAL, young_deaths, "1/month", "0.10 1/month", 0, 1, "deaths of young animals of a sick herd",         \
        "assumption: between foot-and-mouth disease (few) and small ruminants' plague (many)")               \
    P(REAL, deaths, "1/month", "0.02 1/month", 0, 1, "deaths of other animals of a sick herd",               \
        "assumption, as above")                                                                              \
    P(REAL, weight_loss, "1/month", "0.10 1/month", 0, 1, "loss of condition of a sick herd", "assumption")  \
    P(REAL, milk, "1", "0", 0, 1, "milk of a sick herd, of a healthy one's", "assumption")                   \
    P(SWITCH, quarantine, "none|quarantine", "quarantine", 0, 0,                                             \
        "a sick herd's animals are neither sold nor bought", "switch")                                       \
    P(INTEGER, vaccine_month, "1", "9", 0, 12, "calendar month of vaccination; 0: none", "assumption")       \
    P(REAL, vaccine_willing, "1", "0.8", 0, 1, "share of households that let their animals be vaccinated",   \
        "assumption")                                                                                        \
    P(REAL, vaccine_reach, "1", "0.8", 0, 1, "share of them that a year's campaign reaches", "assumption")   \
    P(REAL, vaccine_take, "1", "0.8", 0, 1, "share of vaccinated herds that become immune", "assumption")    \
    P(INTEGER, vaccine_months, "month", "9 month", 1, 255, "how long they are", "assumption")                \
    P(REAL, vaccine_cost, "CNY", "0.5 CNY", 0, 1000,                                                         \
        "what a household pays for a sheep unit, base-year prices",                                          \
        "assumption: vaccines of the compulsory campaigns are free, hands are not")

struct disease_params {
    DISEASE_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema disease_schema;

struct village;
struct moment;
struct hub;

/* Before the animals' month: who falls sick, who recovers; vaccination in its month; counts sick herds. */
void disease_month(struct village *village, const struct moment *moment);
/* True while the animals of a household's herds may be neither sold nor bought. */
bool disease_is_shut(const struct village *village, int32_t household);
/* Further chance of death in the month of the young and of the others of a household's herds. */
double disease_deaths(const struct village *village, int32_t household, bool is_young);
/* At the county: herds and sick herds of a village this month; their sums by township go to the board. */
void disease_on_herds(struct hub *hub, const struct sim_event *message);
void disease_county_month(struct hub *hub);

#endif
