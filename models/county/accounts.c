#include "models/county/accounts.h"

const char *const species_names[SPECIES_COUNT] = {"sheep", "yak", "cattle"};

static const struct sim_ledger_kind kinds[] = {
#define ACCOUNT_KIND(name, unit) {#name, unit},
#include "models/county/accounts.def"
#undef ACCOUNT_KIND
};

static const struct sim_ledger_account accounts[] = {
#define ACCOUNT(name, class, sentence) {#name, SIM_ACCOUNT_##class, sentence},
#include "models/county/accounts.def"
#undef ACCOUNT
};

static const struct sim_ledger_flow flows[] = {
#define FLOW(name, kind, from, to, sentence) {#name, KIND_##kind, ACCOUNT_##from, ACCOUNT_##to, sentence},
#include "models/county/accounts.def"
#undef FLOW
};

const struct sim_ledger_type county_ledger_type = {
    kinds, SIM_COUNT(kinds), accounts, SIM_COUNT(accounts), flows, SIM_COUNT(flows)};
