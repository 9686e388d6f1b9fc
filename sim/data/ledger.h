/* The books: every stock changes only through a named flow with two ends, and the books close every month.
 *
 * The model declares kinds of stock (money, debt, sheep, grain ...), accounts (households, enterprises,
 * sponsor ...) and flows: a flow moves one kind from one account to another. Each process keeps one ledger;
 * posting is one integer addition. At a month's end the process counts what its holders really have and
 * _close compares: for every *held* account and kind, opening stock + inflows - outflows must equal the
 * count, to the coin, in every build. *Outside* accounts (the rest of the world, nature) are where stocks
 * come from and go to: theirs is the running sum. The *transit* account holds what has been sent and not yet
 * received; it is compared for all processes together.
 *
 * Owns nothing: arrays are the arena's. Money is in the smallest coin, animals and persons are heads, goods
 * grams, land square metres. */
#ifndef SIM_DATA_LEDGER_H
#define SIM_DATA_LEDGER_H

#include "sim/core/arena.h"
#include "sim/core/error.h"
#include "sim/io/state.h"

enum sim_account_class { SIM_ACCOUNT_HELD, SIM_ACCOUNT_OUTSIDE, SIM_ACCOUNT_TRANSIT };

struct sim_ledger_kind {
    const char *name;
    const char *unit;
};

struct sim_ledger_account {
    const char *name;
    enum sim_account_class class;
    const char *sentence;
};

struct sim_ledger_flow {
    const char *name;
    int32_t kind;
    int32_t from; /* account that pays */
    int32_t to;   /* account that receives */
    const char *sentence;
};

struct sim_ledger_type {
    const struct sim_ledger_kind *kinds;
    int32_t n_kinds;
    const struct sim_ledger_account *accounts;
    int32_t n_accounts;
    const struct sim_ledger_flow *flows;
    int32_t n_flows;
};

struct sim_ledger {
    const struct sim_ledger_type *type;
    int64_t *month; /* [n_flows] posted since the last close */
    int64_t *year;  /* [n_flows] closed since the last _begin_year */
    int64_t *stock; /* [n_accounts * n_kinds] at the last close */
};

int sim_ledger_init(struct sim_ledger *self, const struct sim_ledger_type *type, struct sim_arena *arena,
    struct sim_error *error);
/* Opening stocks, before the first month; counted as in _close. */
void sim_ledger_open(struct sim_ledger *self, const int64_t *counted);

/* Posts amount >= 0 to a flow. */
static inline void sim_ledger_post(struct sim_ledger *self, int32_t flow, int64_t amount)
{
    self->month[flow] += amount;
}

/* Closes the month. counted[account * n_kinds + kind] is what holders have; only HELD accounts are read. On a
 * gap: SIM_ERROR_BOOKS, with account, kind, opening, flows, expected and counted in the message, and nothing
 * is closed. */
int sim_ledger_close(struct sim_ledger *self, const int64_t *counted, struct sim_error *error);
/* Sum of stock[account][kind] over n ledgers: for the transit account, compared with the messages under way.
 */
int64_t sim_ledger_sum(const struct sim_ledger *const *ledgers, int32_t n, int32_t account, int32_t kind);
/* Zeroes the year's sums. */
void sim_ledger_begin_year(struct sim_ledger *self);
int sim_ledger_save(const struct sim_ledger *self, struct sim_state *state, struct sim_error *error);
int sim_ledger_load(struct sim_ledger *self, struct sim_state *state, struct sim_error *error);

#endif
