#include "models/government/treasury.h"

#include "models/county/hub.h"

#define SIM_PARAM_SELF struct fiscal_params
static const struct sim_param fiscal_params[] = {FISCAL_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema fiscal_schema = {"fiscal", "assistance, pensions, subsidies, the county's budget",
    fiscal_params, SIM_COUNT(fiscal_params), sizeof(struct fiscal_params), NULL, 0};

void treasury_spend(struct hub *hub, int64_t fen, int32_t flow)
{
    struct treasury *self = &hub->treasury;
    if (self->cash_fen < fen) {
        int64_t gap = fen - self->cash_fen;
        self->cash_fen += gap;
        self->year_transfer_fen += gap;
        sim_ledger_post(&hub->ledger, FLOW_STATE_TRANSFER, gap);
    }
    self->cash_fen -= fen;
    sim_ledger_post(&hub->ledger, flow, fen);
}

void treasury_on_social(struct hub *hub, const struct sim_event *message)
{
    hub->treasury.social_fen += message->data[0];
}

int treasury_month(struct sim_context *context, struct hub *hub, struct sim_error *error)
{
    struct treasury *self = &hub->treasury;
    (void)context, (void)error;
    treasury_spend(hub, self->social_fen, FLOW_SOCIAL_SENT);
    self->year_social_fen += self->social_fen;
    self->social_fen = 0;
    return 0;
}

void treasury_new_year(struct hub *hub)
{
    struct treasury *self = &hub->treasury;
    *self = (struct treasury){.cash_fen = self->cash_fen, .social_fen = self->social_fen};
}
