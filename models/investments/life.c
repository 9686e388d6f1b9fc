#include "models/investments/life.h"

#include <math.h>

#include "sim/core/real.h"
#include "sim/rand/dist.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct investment_config
static const struct sim_param params[] = {INVESTMENT_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
static const char *const others[] = {"pamir", "recipients", "effects", "notes"};
const struct sim_schema investment_schema = {"program",
    "a paired investment: sponsor, money, dates, works, risks", params, SIM_COUNT(params),
    offsetof(struct investment_config, key), others, SIM_COUNT(others)};

#define SIM_TABLE_SELF struct investment_table
static const struct sim_column columns[] = {INVESTMENT_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type investment_table_type = {"investment", columns, SIM_COUNT(columns)};

const char *const milestone_names[MILESTONES] = {
    "approved", "funded", "started", "completed", "handed_over", "ended"};

static bool in_season(const struct investment_config *config, int32_t month)
{
    int32_t span = ((int32_t)config->season_to - (int32_t)config->season_from + 12) % 12;
    return (sim_month_of_year(month) - (int32_t)config->season_from + 12) % 12 <= span;
}

void investment_promise(const struct investment_config *config, int32_t months[MILESTONES])
{
    int32_t month = config->approve;
    months[MILESTONE_APPROVED] = months[MILESTONE_FUNDED] = month;
    while (!in_season(config, month))
        month++;
    months[MILESTONE_STARTED] = month;
    for (int64_t left = config->build_time; left > 0; month++)
        left -= in_season(config, month);
    months[MILESTONE_COMPLETED] = month;
    months[MILESTONE_HANDED_OVER] = month + (int32_t)config->operate;
    months[MILESTONE_ENDED] = month + (int32_t)config->last;
}

double life_sd_log(double ratio)
{
    return sqrt(sim_real_log(1.0 + ratio * ratio));
}

static sim_time month_end(const struct sim_context *context)
{
    return context->window_end;
}

/* Lognormal with the given mean and standard deviation, less 1, of a factor whose mean is 1 + mean. */
static double factor_of(double u, double mean, double sd)
{
    double ratio = sd / (1.0 + mean);
    /* sd_log = sqrt(log(1 + ratio^2)); the sampler takes the mean of the factor itself. */
    return sim_dist_lognormal(u, 1.0 + mean, life_sd_log(ratio));
}

void life_draw(struct hub *hub, int32_t investment)
{
    const struct investment_config *config = &hub->scenario->investments[investment];
    struct investment_table *self = &hub->investments;
    self->overrun[investment] = self->delay[investment] = 0.0;
    if (!config->uncertainty)
        return;
    uint64_t words[4];
    sim_rand_block(hub->luck, config->key, SIM_BLOCK_OF_PROJECT_OVERRUN, 0, words);
    self->overrun[investment] =
        factor_of(sim_rand_unit(words[SIM_WORD_OF_PROJECT_OVERRUN]), config->overrun, config->overrun_sd) -
        1.0;
    double delay =
        factor_of(sim_rand_unit(words[SIM_WORD_OF_PROJECT_DELAY]), config->delay, config->delay_sd) - 1.0;
    self->delay[investment] = delay > 0.0 ? delay : 0.0; /* early completion is not assumed */
}

int life_on_tranche(struct sim_context *context, struct hub *hub, int32_t investment, struct sim_error *error)
{
    const struct investment_config *config = &hub->scenario->investments[investment];
    struct investment_table *self = &hub->investments;
    int32_t tranche = self->tranches_paid[investment];
    if (tranche == 0) {
        life_draw(hub, investment);
        self->status[investment] = INVESTMENT_BUILDING;
        self->date_approved[investment] = self->date_funded[investment] = context->now;
    }
    /* Equal payments; the last one makes the sum whole. */
    int64_t fen = config->budget / config->tranches;
    if (tranche == config->tranches - 1)
        fen = config->budget - fen * (config->tranches - 1);
    self->tranches_paid[investment]++;
    self->fund_fen[investment] += fen;
    self->paid_fen[investment] += fen;
    sim_ledger_post(&hub->ledger, FLOW_TRANCHE, fen);

    if (config->uncertainty && config->leak > 0.0) {
        uint64_t words[4];
        sim_rand_block(hub->luck, config->key, SIM_BLOCK_OF_PROJECT_LEAK,
            (uint64_t)sim_month_from_time(context->now), words);
        /* Leaks are skewed: an exponential share, at most all of it. */
        double share = sim_dist_exponential(sim_rand_unit(words[SIM_WORD_OF_PROJECT_LEAK]), config->leak);
        int64_t leaked = (int64_t)((share < 1.0 ? share : 1.0) * (double)fen);
        self->fund_fen[investment] -= leaked;
        self->leaked_fen[investment] += leaked;
        sim_ledger_post(&hub->ledger, FLOW_LEAK, leaked);
        if (sim_dist_bernoulli(sim_rand_unit(words[SIM_WORD_OF_PROJECT_AUDIT]), config->audit)) {
            struct sim_event audit = {.kind = EVENT_AUDIT,
                .entity = (uint32_t)investment,
                .data = {(int64_t)(config->recovery * (double)leaked)}};
            sim_time when = sim_month_to_time(sim_month_from_time(context->now) + 12);
            int code = sim_process_schedule(context, when, PHASE_DATED, &audit, error);
            if (code < 0)
                return code;
        }
    }
    if (self->tranches_paid[investment] < config->tranches) {
        struct sim_event next = {.kind = EVENT_TRANCHE, .entity = (uint32_t)investment};
        sim_time when =
            sim_month_to_time(sim_month_from_time(context->now) + (int32_t)config->tranche_interval);
        return sim_process_schedule(context, when, PHASE_DATED, &next, error);
    }
    return 0;
}

void life_on_audit(struct hub *hub, int32_t investment, int64_t fen)
{
    struct investment_table *self = &hub->investments;
    self->recovered_fen[investment] += fen;
    sim_ledger_post(&hub->ledger, FLOW_RECOVERED, fen);
    if (self->date_ended[investment] == 0) {
        self->fund_fen[investment] += fen;
        return;
    }
    self->paid_fen[investment] -= fen; /* the project is over: it goes straight back to the sponsor */
    sim_ledger_post(&hub->ledger, FLOW_RETURNED, fen);
}

/* Pays for works out of the fund; the sponsor covers an overrun up to the contingency. Returns what could be
 * paid. */
static int64_t pay_works(struct hub *hub, int32_t investment, int64_t fen)
{
    const struct investment_config *config = &hub->scenario->investments[investment];
    struct investment_table *self = &hub->investments;
    int64_t planned = (int64_t)(config->works * (double)config->budget);
    int64_t limit = planned + (int64_t)(config->contingency * (double)planned);
    if (fen > limit - self->works_fen[investment])
        fen = limit - self->works_fen[investment];
    if (fen < 0)
        fen = 0;
    int64_t reserve = config->budget - planned; /* working capital is not for works */
    int64_t free_fen =
        self->fund_fen[investment] - (self->tranches_paid[investment] == config->tranches ? reserve : 0);
    free_fen = free_fen > 0 ? free_fen : 0;
    if (fen > free_fen) {
        int64_t top_up = fen - free_fen;
        int64_t left =
            (int64_t)((1.0 + config->contingency) * (double)config->budget) - self->paid_fen[investment];
        top_up = top_up < left ? top_up : left;
        top_up = top_up > 0 && self->tranches_paid[investment] == config->tranches ? top_up : 0;
        self->fund_fen[investment] += top_up;
        self->paid_fen[investment] += top_up;
        sim_ledger_post(&hub->ledger, FLOW_TRANCHE, top_up);
        fen = free_fen + top_up;
    }
    self->fund_fen[investment] -= fen;
    self->works_fen[investment] += fen;
    int64_t here = firms_build(hub, config, fen);
    sim_ledger_post(&hub->ledger, FLOW_WORKS_LOCAL, here);
    sim_ledger_post(&hub->ledger, FLOW_WORKS, fen - here);
    return fen;
}

static int complete(struct sim_context *context, struct hub *hub, int32_t investment, struct sim_error *error)
{
    const struct investment_config *config = &hub->scenario->investments[investment];
    struct investment_table *self = &hub->investments;
    double cost = config->works * (double)config->budget * (1.0 + self->overrun[investment]);
    double scale = cost > 0.0 ? (double)self->works_fen[investment] / cost : 1.0;
    self->scale[investment] = scale < 1.0 ? scale : 1.0;
    self->status[investment] = INVESTMENT_OPERATING;
    self->date_completed[investment] = month_end(context);
    int32_t month = sim_month_from_time(month_end(context));
    for (int32_t i = 0; i < config->n_effects; i++) {
        int32_t scheme = config->first_scheme + i;
        hub->schemes.running[scheme] = 1;
        hub->schemes.started[scheme] = month;
        hub->schemes.scale[scheme] = self->scale[investment];
        int code = effect_types[hub->scenario->effects[scheme].kind]->start(
            context, hub, scheme, self->scale[investment], error);
        if (code < 0)
            return code;
    }
    struct sim_event over = {.kind = EVENT_HAND_OVER, .entity = (uint32_t)investment};
    int code = sim_process_schedule(
        context, sim_month_to_time(month + (int32_t)config->operate), PHASE_DATED, &over, error);
    if (code < 0)
        return code;
    struct sim_event end = {.kind = EVENT_END, .entity = (uint32_t)investment};
    return sim_process_schedule(
        context, sim_month_to_time(month + (int32_t)config->last), PHASE_DATED, &end, error);
}

int life_month(struct sim_context *context, struct hub *hub, int32_t investment, struct sim_error *error)
{
    const struct investment_config *config = &hub->scenario->investments[investment];
    struct investment_table *self = &hub->investments;
    if (self->status[investment] != INVESTMENT_BUILDING)
        return 0;
    int32_t month = sim_month_from_time(context->now);
    if (!in_season(config, month) && config->build_time > 0)
        return 0;
    if (self->date_started[investment] == 0)
        self->date_started[investment] = sim_month_to_time(month);
    double planned = config->works * (double)config->budget;
    double cost = planned * (1.0 + self->overrun[investment]);
    double months = (double)config->build_time * (1.0 + self->delay[investment]);
    double step = months > 1.0 ? 1.0 / months : 1.0;
    double left = 1.0 - self->progress[investment];
    step = step < left ? step : left;
    int64_t asked = (int64_t)(step * cost + 0.5);
    int64_t rest = (int64_t)(cost + 0.5) - self->works_fen[investment];
    asked = asked < rest ? asked : rest; /* rounded months do not add up to more than the whole */
    int64_t paid = pay_works(hub, investment, asked);
    bool all_paid = self->tranches_paid[investment] == config->tranches;
    if (paid < asked && !all_paid && asked > 0)
        step *= (double)paid / (double)asked; /* waits for the next payment */
    self->progress[investment] += step;
    if (self->progress[investment] >= 1.0 - 1e-9 && all_paid)
        return complete(context, hub, investment, error);
    return 0;
}

int life_on_hand_over(
    struct sim_context *context, struct hub *hub, int32_t investment, struct sim_error *error)
{
    struct investment_table *self = &hub->investments;
    (void)error;
    if (self->status[investment] != INVESTMENT_FAILED)
        self->status[investment] = INVESTMENT_HANDED_OVER;
    self->date_handed_over[investment] = context->now;
    return 0;
}

int life_on_end(struct sim_context *context, struct hub *hub, int32_t investment, struct sim_error *error)
{
    const struct investment_config *config = &hub->scenario->investments[investment];
    struct investment_table *self = &hub->investments;
    bool has_failed = self->status[investment] == INVESTMENT_FAILED;
    for (int32_t i = 0; i < config->n_effects; i++) {
        int32_t scheme = config->first_scheme + i;
        const struct effect_type *type = effect_types[hub->scenario->effects[scheme].kind];
        int code = hub->schemes.running[scheme] && type->stop ? type->stop(context, hub, scheme, error) : 0;
        if (code < 0)
            return code;
        hub->schemes.running[scheme] = 0;
    }
    sim_ledger_post(&hub->ledger, FLOW_RETURNED, self->fund_fen[investment]);
    self->paid_fen[investment] -= self->fund_fen[investment];
    self->fund_fen[investment] = 0;
    self->status[investment] = has_failed ? INVESTMENT_FAILED : INVESTMENT_ENDED;
    self->date_ended[investment] = context->now;
    return 0;
}

int64_t life_spend(struct hub *hub, int32_t investment, int64_t fen, int32_t flow)
{
    struct investment_table *self = &hub->investments;
    int64_t paid = fen < self->fund_fen[investment] ? fen : self->fund_fen[investment];
    paid = paid > 0 ? paid : 0;
    self->fund_fen[investment] -= paid;
    sim_ledger_post(&hub->ledger, flow, paid);
    return paid;
}
