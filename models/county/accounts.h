/* The books of a county: see accounts.def. Flows of animals stand in the same order for each species, so that
 * accounts_herd_flow finds them. */
#ifndef MODELS_COUNTY_ACCOUNTS_H
#define MODELS_COUNTY_ACCOUNTS_H

#include "sim/data/ledger.h"

enum kind {
#define ACCOUNT_KIND(name, unit) KIND_##name,
#include "models/county/accounts.def"
#undef ACCOUNT_KIND
    KIND_COUNT
};

enum account {
#define ACCOUNT(name, class, sentence) ACCOUNT_##name,
#include "models/county/accounts.def"
#undef ACCOUNT
    ACCOUNT_COUNT
};

enum flow {
#define FLOW(name, kind, from, to, sentence) FLOW_##name,
#include "models/county/accounts.def"
#undef FLOW
    FLOW_COUNT
};

enum species { SPECIES_SHEEP, SPECIES_YAK, SPECIES_CATTLE, SPECIES_COUNT };
extern const char *const species_names[SPECIES_COUNT];

/* What can befall the animals of households (HERD_*) and of enterprises (PLANT_*). */
enum herd_flow { HERD_BORN, HERD_DIED, HERD_SOLD, HERD_BOUGHT, HERD_DELIVERED, HERD_FLOWS };
enum plant_flow { PLANT_ACCEPTED, PLANT_PASSED, PLANT_SPOT, PLANT_SLAUGHTERED, PLANT_RESOLD, PLANT_FLOWS };
static inline int32_t accounts_herd_flow(int32_t species, enum herd_flow what)
{
    return FLOW_SHEEP_BORN + species * HERD_FLOWS + (int32_t)what;
}
static inline int32_t accounts_plant_flow(int32_t species, enum plant_flow what)
{
    return FLOW_SHEEP_ACCEPTED + species * PLANT_FLOWS + (int32_t)what;
}
static inline int32_t accounts_herd_kind(int32_t species)
{
    return KIND_SHEEP + species;
}

extern const struct sim_ledger_type county_ledger_type;

#endif
