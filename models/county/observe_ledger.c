/* /ledger, the social accounting matrix of money, and /investment. */
#include "models/county/observe_internal.h"

#include <inttypes.h>
#include <math.h>

#include "sim/time/calendar.h"

static const struct sim_ledger *ledger_of(const struct county_run *run, int32_t i)
{
    return i < run->scenario->n_villages ? &run->villages[i].ledger : &run->hub.ledger;
}

/* Money by account, and by payer and payee this year, over all villages and the county. */
static void sum_money(
    const struct county_run *run, int64_t stock[ACCOUNT_COUNT], int64_t flow[ACCOUNT_COUNT][ACCOUNT_COUNT])
{
    for (int32_t i = 0; i < ACCOUNT_COUNT; i++) {
        stock[i] = 0;
        for (int32_t j = 0; j < ACCOUNT_COUNT; j++)
            flow[i][j] = 0;
    }
    for (int32_t i = 0; i <= run->scenario->n_villages; i++) {
        const struct sim_ledger *ledger = ledger_of(run, i);
        for (int32_t account = 0; account < ACCOUNT_COUNT; account++)
            stock[account] += ledger->stock[account * KIND_COUNT + KIND_MONEY];
        for (int32_t k = 0; k < FLOW_COUNT; k++)
            if (ledger->type->flows[k].kind == KIND_MONEY)
                flow[ledger->type->flows[k].from][ledger->type->flows[k].to] += ledger->year[k];
    }
}

static int64_t net(int64_t flow[ACCOUNT_COUNT][ACCOUNT_COUNT], int32_t account)
{
    int64_t fen = 0;
    for (int32_t other = 0; other < ACCOUNT_COUNT; other++)
        fen += flow[other][account] - flow[account][other];
    return fen;
}

void observe_ledger_open(struct observer *self, const struct county_run *run)
{
    int64_t flow[ACCOUNT_COUNT][ACCOUNT_COUNT];
    sum_money(run, self->money_fen, flow);
    for (int32_t account = 0; account < ACCOUNT_COUNT; account++)
        self->money_fen[account] -= net(flow, account);
}

int observe_ledger(struct observer *self, const struct county_run *run, int32_t year, struct sim_error *error)
{
    int64_t flow[ACCOUNT_COUNT][ACCOUNT_COUNT], stock[ACCOUNT_COUNT];
    sum_money(run, stock, flow);
    for (int32_t account = 0; account < ACCOUNT_COUNT; account++) {
        int64_t change = stock[account] - self->money_fen[account];
        if (net(flow, account) != change)
            return sim_error_set(error, SIM_ERROR_BOOKS,
                "observer: the year's books do not close: %s: receipts less payments %" PRId64
                ", change of stock %" PRId64 " fen",
                county_ledger_type.accounts[account].name, net(flow, account), change);
        self->money_fen[account] = stock[account];
        for (int32_t payee = 0; payee < ACCOUNT_COUNT && year >= 0; payee++)
            self->at.ledger_flow[(year * ACCOUNT_COUNT + account) * ACCOUNT_COUNT + payee] =
                (double)flow[account][payee] / 100;
        if (year >= 0)
            self->at.ledger_stock_change[year * ACCOUNT_COUNT + account] = (double)change / 100;
    }
    return 0;
}

/* ---- investments ---- */

/* What a program's schemes have come to, in the county and in all villages. */
struct scheme_sum {
    int64_t offered, accepted, refused, left, members;
    int64_t to_households_fen, due_fen, paid_fen, output_fen, output_g;
    int64_t jobs;
};

static struct scheme_sum sum_schemes(const struct county_run *run, const struct investment_config *config)
{
    struct scheme_sum sum = {0};
    for (int32_t k = config->first_scheme; k < config->first_scheme + config->n_effects; k++) {
        const struct scheme_state_table *state = &run->hub.schemes;
        sum.jobs += state->jobs_peak[k];
        sum.due_fen += state->year_due_fen[k];
        sum.paid_fen += state->year_paid_fen[k];
        sum.output_fen += state->year_output_fen[k];
        sum.output_g += state->year_output_g[k];
        for (int32_t v = 0; v < run->scenario->n_villages; v++) {
            const struct scheme_table *schemes = &run->villages[v].schemes;
            sum.offered += schemes->offered[k];
            sum.accepted += schemes->accepted[k];
            sum.refused += schemes->refused[k];
            sum.left += schemes->left[k];
            sum.members += schemes->members[k];
            sum.to_households_fen += schemes->to_households_fen[k];
            sum.output_fen += schemes->output_fen[k];
            sum.output_g += schemes->output_g[k];
        }
    }
    return sum;
}

void observe_investments(struct observer *self, const struct county_run *run, int32_t year)
{
    struct observed *to = &self->at;
    for (int32_t i = 0; i < self->scenario->n_investments; i++) {
        int64_t paid = run->hub.investments.paid_fen[i], before = self->paid_fen[i];
        self->paid_fen[i] = paid;
        if (year < 0)
            continue;
        int32_t at = i * self->years.n + year;
        struct scheme_sum sum = sum_schemes(run, &self->scenario->investments[i]);
        to->investment_money_paid_by_year[at] = (double)(paid - before) / 100;
        to->investment_members[at] = (double)sum.members;
        to->investment_dividends_due[at] = (double)sum.due_fen / 100;
        to->investment_dividends_paid[at] = (double)sum.paid_fen / 100;
        to->investment_output_value[at] = (double)sum.output_fen / 100;
        to->investment_output_quantity[at] = (double)sum.output_g / 1000;
    }
}

static double days_since(const struct scenario *scenario, sim_time time)
{
    return (double)(time - sim_month_to_time(scenario->first_month)) / (double)SIM_DAY;
}

static void fill_dates(struct observer *self, const struct investment_table *table, int32_t i)
{
    const struct scenario *scenario = self->scenario;
    const int64_t *const realised[MILESTONES] = {[MILESTONE_APPROVED] = table->date_approved,
        [MILESTONE_FUNDED] = table->date_funded,
        [MILESTONE_STARTED] = table->date_started,
        [MILESTONE_COMPLETED] = table->date_completed,
        [MILESTONE_HANDED_OVER] = table->date_handed_over,
        [MILESTONE_ENDED] = table->date_ended};
    int32_t promised[MILESTONES];
    investment_promise(&scenario->investments[i], promised);
    for (int32_t k = 0; k < MILESTONES; k++) {
        if (scenario->investments[i].active)
            self->at.investment_date_promised[i * MILESTONES + k] =
                days_since(scenario, sim_month_to_time(promised[k]));
        if (realised[k][i] != 0)
            self->at.investment_date_realised[i * MILESTONES + k] = days_since(scenario, realised[k][i]);
    }
    if (table->date_completed[i] != 0)
        self->at.investment_delay[i] =
            sim_month_from_time(table->date_completed[i]) - promised[MILESTONE_COMPLETED];
}

void observe_investments_end(struct observer *self, const struct county_run *run)
{
    struct observed *to = &self->at;
    const struct investment_table *table = &run->hub.investments;
    for (int32_t i = 0; i < self->scenario->n_investments; i++) {
        const struct investment_config *config = &self->scenario->investments[i];
        struct scheme_sum sum = sum_schemes(run, config);
        to->investment_money_promised[i] = config->active ? (double)config->budget / 100 : 0;
        to->investment_money_paid[i] = (double)table->paid_fen[i] / 100;
        to->investment_money_leaked[i] = (double)table->leaked_fen[i] / 100;
        to->investment_money_recovered[i] = (double)table->recovered_fen[i] / 100;
        to->investment_money_to_households[i] = (double)sum.to_households_fen / 100;
        to->investment_jobs[i] = (double)sum.jobs;
        to->investment_offered[i] = (double)sum.offered;
        to->investment_accepted[i] = (double)sum.accepted;
        to->investment_refused[i] = (double)sum.refused;
        to->investment_left_after[i] = (double)sum.left;
        if (table->date_approved[i] != 0)
            to->investment_cost_overrun[i] = table->overrun[i];
        to->investment_status[i] = (int8_t)table->status[i];
        fill_dates(self, table, i);
    }
}
