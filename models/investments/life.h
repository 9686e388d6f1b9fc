/* The life of an investment, as events of the county's process. */
#ifndef MODELS_INVESTMENTS_LIFE_H
#define MODELS_INVESTMENTS_LIFE_H

#include "models/county/hub.h"

/* Standard deviation of the logarithm of a lognormal whose standard deviation is `ratio` of its mean. */
double life_sd_log(double ratio);
/* Draws overrun and delay, once: the same in every arm. */
void life_draw(struct hub *hub, int32_t investment);
/* A payment of the sponsor: what leaks of it, whether it is audited, when the next one comes. */
int life_on_tranche(
    struct sim_context *context, struct hub *hub, int32_t investment, struct sim_error *error);
void life_on_audit(struct hub *hub, int32_t investment, int64_t fen);
/* Works of a month; completion starts the effects, at the size that the money paid for. */
int life_month(struct sim_context *context, struct hub *hub, int32_t investment, struct sim_error *error);
int life_on_hand_over(
    struct sim_context *context, struct hub *hub, int32_t investment, struct sim_error *error);
/* Stops the effects; what is left of the fund goes back to the sponsor. */
int life_on_end(struct sim_context *context, struct hub *hub, int32_t investment, struct sim_error *error);
/* Takes up to `fen` out of an investment's fund through a flow; returns what was there. */
int64_t life_spend(struct hub *hub, int32_t investment, int64_t fen, int32_t flow);

#endif
