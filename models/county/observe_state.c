/* What an observer knows so far, as bytes: whoever loads them goes on to the same row. Everything else that
 * it has is made anew in every month or December, or from scenario and founders. */
#include "models/county/observe_internal.h"

/* Numbers that later months read. */
#define OBSERVER_NUMBERS(X) X(n_months) X(year) X(money_fen)
/* One value a township. */
#define OBSERVER_TOWNS(X) X(index_sum) X(index) X(wage_sum)

/* The lengths that a state must have been saved with. */
struct shape {
    int64_t row_bytes;
    int32_t n_townships, n_investments;
};

static struct shape shape_of(const struct observer *self)
{
    return (struct shape){
        self->output->row_bytes, self->scenario->n_townships, self->scenario->n_investments};
}

static int64_t town_bytes(const struct observer *self)
{
    return self->scenario->n_townships * (int64_t)sizeof(double);
}

static int64_t paid_bytes(const struct observer *self)
{
    return self->scenario->n_investments * (int64_t)sizeof *self->paid_fen;
}

int observer_save(const void *observer, struct sim_state *state, struct sim_error *error)
{
    const struct observer *self = observer;
    struct shape shape = shape_of(self);
    int code = sim_state_put_mark(state, "observer", error);
#define PUT(from, bytes)                                                                                     \
    if (code == 0)                                                                                           \
        code = sim_state_put(state, from, bytes, error);
#define SAVE_NUMBER(name) PUT(&self->name, sizeof self->name)
#define SAVE_TOWNS(name) PUT(self->name, town_bytes(self))
    PUT(&shape, sizeof shape)
    OBSERVER_NUMBERS(SAVE_NUMBER)
    OBSERVER_TOWNS(SAVE_TOWNS)
    PUT(self->paid_fen, paid_bytes(self))
    PUT(self->seen.price, sizeof self->seen.price)
    PUT(self->seen.base, sizeof self->seen.base)
    if (code == 0)
        code = sim_table_save(&self->seen.towns, &town_table_type, state, error);
    if (code == 0)
        code = sim_table_save(&self->seen.trade, &trade_table_type, state, error);
    PUT(self->row, self->output->row_bytes)
    return code;
}

int observer_load(struct observer *self, struct sim_state *state, struct sim_error *error)
{
    struct shape expected = shape_of(self), shape;
    int code = sim_state_get_mark(state, "observer", error);
#define GET(to, bytes)                                                                                       \
    if (code == 0)                                                                                           \
        code = sim_state_get(state, to, bytes, error);
#define LOAD_NUMBER(name) GET(&self->name, sizeof self->name)
#define LOAD_TOWNS(name) GET(self->name, town_bytes(self))
    GET(&shape, sizeof shape)
    if (code == 0 && (shape.row_bytes != expected.row_bytes || shape.n_townships != expected.n_townships ||
                         shape.n_investments != expected.n_investments))
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "observer: saved with a row of %lld bytes, %d townships, %d programs; expected %lld, %d, %d",
            (long long)shape.row_bytes, shape.n_townships, shape.n_investments, (long long)expected.row_bytes,
            expected.n_townships, expected.n_investments);
    OBSERVER_NUMBERS(LOAD_NUMBER)
    OBSERVER_TOWNS(LOAD_TOWNS)
    GET(self->paid_fen, paid_bytes(self))
    GET(self->seen.price, sizeof self->seen.price)
    GET(self->seen.base, sizeof self->seen.base)
    if (code == 0)
        code = sim_table_load(&self->seen.towns, &town_table_type, &self->arena, state, error);
    if (code == 0)
        code = sim_table_load(&self->seen.trade, &trade_table_type, &self->arena, state, error);
    sim_row towns = self->scenario->n_townships;
    if (code == 0 && ((self->seen.towns.head.n != 0 && self->seen.towns.head.n != towns) ||
                         self->seen.trade.head.n != self->seen.towns.head.n * TRADED || self->n_months < 0 ||
                         self->n_months > 12))
        return sim_error_set(error, SIM_ERROR_FORMAT, "observer: %d towns and %d months seen of %d and 12",
            self->seen.towns.head.n, self->n_months, towns);
    GET(self->row, self->output->row_bytes)
    return code;
}
