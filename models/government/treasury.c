#include "models/government/treasury.h"

#include "models/county/hub.h"
#include "sim/core/real.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct fiscal_params
static const struct sim_param fiscal_params[] = {FISCAL_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema fiscal_schema = {"fiscal", "assistance, pensions, subsidies, the county's budget",
    fiscal_params, SIM_COUNT(fiscal_params), sizeof(struct fiscal_params), NULL, 0};

/* A month of a path: a yearly amount a registered person of the base year, grown to the year. */
static int64_t month_of(const struct scenario *scenario, double yearly, double growth, int32_t year)
{
    int32_t years = year - scenario->base_year;
    double factor = sim_real_powi(1.0 + growth, years < 0 ? -years : years);
    double now = years < 0 ? yearly / factor : yearly * factor;
    return (int64_t)(now * 100.0 / 12.0 * (double)scenario->county.persons);
}

static void draw_transfer(struct hub *hub, int64_t fen)
{
    struct treasury *self = &hub->treasury;
    self->cash_fen += fen;
    self->year_transfer_fen += fen;
    sim_ledger_post(&hub->ledger, FLOW_STATE_TRANSFER, fen);
}

void treasury_spend(struct hub *hub, int64_t fen, int32_t flow)
{
    struct treasury *self = &hub->treasury;
    if (self->cash_fen < fen) {
        int64_t gap = fen - self->cash_fen;
        draw_transfer(hub, gap);
        self->month_drawn_fen += gap;
    }
    self->cash_fen -= fen;
    self->month_spent_fen += fen;
    sim_ledger_post(&hub->ledger, flow, fen);
}

void treasury_on_social(struct hub *hub, const struct sim_event *message)
{
    hub->treasury.social_fen += message->data[0];
}

/* Builders of the county take what they have room for; the rest are services, bought outside. */
static void spend_on_services(struct hub *hub, int64_t fen)
{
    struct treasury *self = &hub->treasury;
    int64_t offered = (int64_t)((double)fen * hub->scenario->fiscal.public_works);
    int64_t works = firms_build(hub, NULL, offered);
    treasury_spend(hub, works, FLOW_PUBLIC_WORKS);
    treasury_spend(hub, fen - works, FLOW_PUBLIC_SERVICES);
    self->year_works_fen += works;
    self->year_services_fen += fen;
}

int treasury_month(struct sim_context *context, struct hub *hub, struct sim_error *error)
{
    const struct scenario *scenario = hub->scenario;
    const struct fiscal_params *params = &scenario->fiscal;
    struct treasury *self = &hub->treasury;
    int32_t month = sim_month_from_time(context->now), year = sim_month_year(month);
    (void)error;
    int64_t plan = 0;
    if (params->budget) {
        int64_t own = month_of(scenario, params->other_revenue, params->other_revenue_growth, year);
        int64_t above = month_of(scenario, params->transfers, params->transfers_growth, year);
        plan = own + above;
        self->cash_fen += own;
        self->year_other_revenue_fen += own;
        sim_ledger_post(&hub->ledger, FLOW_OTHER_REVENUE, own);
        if (above > self->month_drawn_fen) /* wages may have been paid out of this month's transfers */
            draw_transfer(hub, above - self->month_drawn_fen);
    }
    treasury_spend(hub, self->social_fen, FLOW_SOCIAL_SENT);
    self->year_social_fen += self->social_fen;
    self->social_fen = 0;
    if (params->budget) {
        int64_t left = plan - self->month_spent_fen;
        left = left < self->cash_fen ? left : self->cash_fen;
        spend_on_services(hub, left > 0 ? left : 0);
        int64_t over = self->cash_fen - (int64_t)(params->reserve * (double)plan);
        if (sim_month_of_year(month) == 12 && over > 0) {
            int64_t back = (int64_t)((double)over * params->returned);
            self->cash_fen -= back;
            self->year_returned_fen += back;
            sim_ledger_post(&hub->ledger, FLOW_SURPLUS_RETURNED, back);
            spend_on_services(hub, over - back);
        }
    }
    self->month_spent_fen = self->month_drawn_fen = 0;
    return 0;
}

void treasury_new_year(struct hub *hub)
{
    struct treasury *self = &hub->treasury;
    *self = (struct treasury){.cash_fen = self->cash_fen,
        .social_fen = self->social_fen,
        .month_spent_fen = self->month_spent_fen,
        .month_drawn_fen = self->month_drawn_fen};
}
