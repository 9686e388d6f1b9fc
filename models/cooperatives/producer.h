/* A producers' cooperative of a village: founded when enough households expect to gain, it sells members'
 * animals together, pays an advance on delivery and the surplus by patronage, keeps a reserve, and has a
 * manager who may be honest or not. Members compare with selling alone and leave; it fails when money or
 * members are out. All of it lives in the village's process. */
#ifndef MODELS_COOPERATIVES_PRODUCER_H
#define MODELS_COOPERATIVES_PRODUCER_H

#include "sim/par/world.h"
#include "sim/scenario/schema.h"

#define COOPERATIVE_PARAMS(P)                                                                                \
    P(SWITCH, producers, "none|producers", "producers", 0, 0, "producers' cooperatives of the villages",     \
        "switch")

struct cooperative_params {
    COOPERATIVE_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema cooperative_schema;

/* State: plain numbers, saved as they are. */
struct producer {
    int32_t founded; /* month index; 0: none */
    int32_t failed;  /* month index of the last failure; 0: never */
    int32_t members;
    int64_t cash_fen; /* shares, reserve and what is not yet paid out */
    int64_t share_fen;
    int64_t year_sales_fen;
    int64_t year_patronage_fen; /* delivered by members, at the price of selling alone */
    int64_t year_skimmed_fen;
    int64_t last_refund_ppm; /* patronage refund of the last year, per million delivered */
    double trust;            /* members' belief about the manager: share of the surplus they will see */
};

struct village;
struct moment;

/* January: the meeting: patronage is paid, members stay or leave, a village without one may found one. */
int producer_year(struct village *village, const struct moment *moment, struct sim_error *error);
/* Monthly costs; fails when money is out. */
void producer_month(struct village *village, const struct moment *moment);
/* What a member gets in hand for an animal worth `price` to it when sold alone, and true when it delivers to
 * the cooperative rather than sell alone. */
bool producer_takes(
    const struct village *village, int32_t household, const struct moment *moment, int32_t good);
/* Sells animals of a member through the cooperative; `fen` is what selling alone would bring. Adds the
 * advance to the household's cash_fen and posts the money's flows (COOPERATIVE_SALE, COOPERATIVE_COSTS,
 * ADVANCE); the caller books income and the animals. Returns the advance. */
int64_t producer_deliver(
    struct village *village, int32_t household, const struct moment *moment, int32_t good, int64_t fen);
/* A household that ends gives back its share. */
void producer_release(struct village *village, int32_t household);

#endif
