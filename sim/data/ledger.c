#include "sim/data/ledger.h"

#include <string.h>

static int64_t *cell(const struct sim_ledger *self, int64_t *stock, int32_t account, int32_t kind)
{
    return &stock[(int64_t)account * self->type->n_kinds + kind];
}

static int check_type(const struct sim_ledger_type *type, struct sim_error *error)
{
    for (int32_t i = 0; i < type->n_flows; i++) {
        const struct sim_ledger_flow *flow = &type->flows[i];
        if (flow->kind < 0 || flow->kind >= type->n_kinds || flow->from < 0 ||
            flow->from >= type->n_accounts || flow->to < 0 || flow->to >= type->n_accounts ||
            flow->from == flow->to)
            return sim_error_set(error, SIM_ERROR_MODEL,
                "ledger: flow %s has no two ends: kind %d, from %d, to %d", flow->name, flow->kind,
                flow->from, flow->to);
    }
    return 0;
}

int sim_ledger_init(struct sim_ledger *self, const struct sim_ledger_type *type, struct sim_arena *arena,
    struct sim_error *error)
{
    int code = check_type(type, error);
    if (code < 0)
        return code;
    int64_t flows = (int64_t)type->n_flows * (int64_t)sizeof(int64_t);
    int64_t stocks = (int64_t)type->n_accounts * type->n_kinds * (int64_t)sizeof(int64_t);
    *self = (struct sim_ledger){
        type, sim_arena_alloc(arena, flows), sim_arena_alloc(arena, flows), sim_arena_alloc(arena, stocks)};
    if (!self->month || !self->year || !self->stock)
        return sim_error_set(error, SIM_ERROR_MEMORY, "ledger: no memory for %d flows", type->n_flows);
    return 0;
}

void sim_ledger_open(struct sim_ledger *self, const int64_t *counted)
{
    const struct sim_ledger_type *type = self->type;
    for (int32_t account = 0; account < type->n_accounts; account++)
        for (int32_t kind = 0; kind < type->n_kinds; kind++)
            *cell(self, self->stock, account, kind) = type->accounts[account].class == SIM_ACCOUNT_HELD
                                                          ? counted[(int64_t)account * type->n_kinds + kind]
                                                          : 0;
}

/* What the month's flows brought to and took from one account in one kind. */
static void sum_flows(const struct sim_ledger *self, int32_t account, int32_t kind, int64_t *in, int64_t *out)
{
    *in = *out = 0;
    for (int32_t i = 0; i < self->type->n_flows; i++) {
        const struct sim_ledger_flow *flow = &self->type->flows[i];
        if (flow->kind != kind)
            continue;
        if (flow->to == account)
            *in += self->month[i];
        if (flow->from == account)
            *out += self->month[i];
    }
}

/* The largest flow at the account is where a reader looks first. */
static const char *largest_flow(const struct sim_ledger *self, int32_t account, int32_t kind)
{
    const char *name = "none";
    int64_t largest = 0;
    for (int32_t i = 0; i < self->type->n_flows; i++) {
        const struct sim_ledger_flow *flow = &self->type->flows[i];
        if (flow->kind == kind && (flow->to == account || flow->from == account) &&
            self->month[i] > largest) {
            largest = self->month[i];
            name = flow->name;
        }
    }
    return name;
}

static int refuse(const struct sim_ledger *self, int32_t account, int32_t kind, int64_t expected,
    int64_t found, struct sim_error *error)
{
    int64_t in, out;
    sum_flows(self, account, kind, &in, &out);
    return sim_error_set(error, SIM_ERROR_BOOKS,
        "the books do not close: %s, %s: opening %lld + in %lld - out %lld = expected %lld, counted %lld, "
        "gap %lld %s (largest flow: %s)",
        self->type->accounts[account].name, self->type->kinds[kind].name,
        (long long)*cell(self, self->stock, account, kind), (long long)in, (long long)out,
        (long long)expected, (long long)found, (long long)(found - expected), self->type->kinds[kind].unit,
        largest_flow(self, account, kind));
}

/* Adds sign times the month's flows to the stocks: once forth, and back when a month is refused. Sums of
 * integers are exact, so the way back leads to where it began. */
static void apply(struct sim_ledger *self, int64_t sign)
{
    for (int32_t i = 0; i < self->type->n_flows; i++) {
        if (self->month[i] == 0) /* most of a village's in most months */
            continue;
        const struct sim_ledger_flow *flow = &self->type->flows[i];
        *cell(self, self->stock, flow->from, flow->kind) -= sign * self->month[i];
        *cell(self, self->stock, flow->to, flow->kind) += sign * self->month[i];
    }
}

static int refuse_negative(const struct sim_ledger *self, struct sim_error *error)
{
    int32_t i = 0;
    while (self->month[i] >= 0)
        i++;
    return sim_error_set(error, SIM_ERROR_BOOKS, "the books do not close: flow %s is %lld %s, below zero",
        self->type->flows[i].name, (long long)self->month[i],
        self->type->kinds[self->type->flows[i].kind].unit);
}

int sim_ledger_close(struct sim_ledger *self, const int64_t *counted, struct sim_error *error)
{
    const struct sim_ledger_type *type = self->type;
    int64_t *month = self->month, *year = self->year, signs = 0;
#pragma omp simd reduction(| : signs)
    for (int32_t i = 0; i < type->n_flows; i++)
        signs |= month[i];
    if (signs < 0)
        return refuse_negative(self, error);
    apply(self, 1);
    for (int32_t account = 0; account < type->n_accounts; account++) {
        if (type->accounts[account].class != SIM_ACCOUNT_HELD)
            continue;
        const int64_t *expected = cell(self, self->stock, account, 0);
        const int64_t *found = counted + (int64_t)account * type->n_kinds;
        int64_t gaps = 0;
#pragma omp simd reduction(| : gaps)
        for (int32_t kind = 0; kind < type->n_kinds; kind++)
            gaps |= expected[kind] ^ found[kind];
        if (gaps == 0)
            continue;
        int32_t kind = 0;
        while (found[kind] == expected[kind])
            kind++;
        int64_t at_gap = expected[kind];
        apply(self, -1);
        return refuse(self, account, kind, at_gap, found[kind], error);
    }
#pragma omp simd
    for (int32_t i = 0; i < type->n_flows; i++) {
        year[i] += month[i];
        month[i] = 0;
    }
    return 0;
}

int64_t sim_ledger_sum(const struct sim_ledger *const *ledgers, int32_t n, int32_t account, int32_t kind)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += *cell(ledgers[i], ledgers[i]->stock, account, kind);
    return sum;
}

void sim_ledger_begin_year(struct sim_ledger *self)
{
    memset(self->year, 0, (size_t)self->type->n_flows * sizeof *self->year);
}

int sim_ledger_save(const struct sim_ledger *self, struct sim_state *state, struct sim_error *error)
{
    const struct sim_ledger_type *type = self->type;
    int32_t shape[3] = {type->n_flows, type->n_accounts, type->n_kinds};
    int64_t flows = (int64_t)type->n_flows * (int64_t)sizeof(int64_t);
    int64_t stocks = (int64_t)type->n_accounts * type->n_kinds * (int64_t)sizeof(int64_t);
    int code = sim_state_put_mark(state, "ledger", error);
    if (code >= 0)
        code = sim_state_put(state, shape, sizeof shape, error);
    if (code >= 0)
        code = sim_state_put(state, self->month, flows, error);
    if (code >= 0)
        code = sim_state_put(state, self->year, flows, error);
    if (code >= 0)
        code = sim_state_put(state, self->stock, stocks, error);
    return code;
}

int sim_ledger_load(struct sim_ledger *self, struct sim_state *state, struct sim_error *error)
{
    const struct sim_ledger_type *type = self->type;
    int32_t shape[3];
    int64_t flows = (int64_t)type->n_flows * (int64_t)sizeof(int64_t);
    int64_t stocks = (int64_t)type->n_accounts * type->n_kinds * (int64_t)sizeof(int64_t);
    int code = sim_state_get_mark(state, "ledger", error);
    if (code >= 0)
        code = sim_state_get(state, shape, sizeof shape, error);
    if (code < 0)
        return code;
    if (shape[0] != type->n_flows || shape[1] != type->n_accounts || shape[2] != type->n_kinds)
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "ledger: %d flows, %d accounts, %d kinds; expected %d, %d, %d", shape[0], shape[1], shape[2],
            type->n_flows, type->n_accounts, type->n_kinds);
    code = sim_state_get(state, self->month, flows, error);
    if (code >= 0)
        code = sim_state_get(state, self->year, flows, error);
    if (code >= 0)
        code = sim_state_get(state, self->stock, stocks, error);
    return code;
}
