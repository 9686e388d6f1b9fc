#include "models/households/household.h"

#define SIM_PARAM_SELF struct household_params
static const struct sim_param params[] = {HOUSEHOLD_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema household_schema = {"household", "need, spending, saving, credit, coping, sharing",
    params, SIM_COUNT(params), sizeof(struct household_params), NULL, 0};

#define SIM_TABLE_SELF struct household_table
static const struct sim_column columns[] = {HOUSEHOLD_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type household_table_type = {"household", columns, SIM_COUNT(columns)};

const char *const income_source_names[INCOME_SOURCES] = {
    "crops", "herd", "wage", "business", "property", "transfer", "remittance"};
