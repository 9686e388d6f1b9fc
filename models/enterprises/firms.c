#include "models/enterprises/firms.h"

#include "models/county/hub.h"

#define SIM_PARAM_SELF struct enterprise_params
static const struct sim_param params[] = {ENTERPRISE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema enterprise_schema = {"enterprises", "private firms and public posts", params,
    SIM_COUNT(params), sizeof(struct enterprise_params), NULL, 0};

#define SIM_TABLE_SELF struct firm_table
static const struct sim_column firm_columns[] = {FIRM_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type firm_table_type = {"firm", firm_columns, SIM_COUNT(firm_columns)};

#define SIM_TABLE_SELF struct staff_table
static const struct sim_column staff_columns[] = {STAFF_COLUMNS(SIM_TABLE_COLUMN)};
#undef SIM_TABLE_SELF
const struct sim_table_type staff_table_type = {"staff", staff_columns, SIM_COUNT(staff_columns)};

const char *const sector_names[SECTORS] = {"workshop", "shop", "builder", "public"};

int firms_found(struct hub *hub, struct village *villages, struct sim_error *error)
{
    (void)hub, (void)villages, (void)error;
    return 0;
}

int firms_month(struct sim_context *context, struct hub *hub, struct sim_error *error)
{
    (void)context, (void)hub, (void)error;
    return 0;
}

void firms_new_year(struct hub *hub)
{
    (void)hub;
}

int firms_on_message(struct hub *hub, const struct sim_event *message, struct sim_error *error)
{
    (void)hub, (void)message, (void)error;
    return 0;
}

int64_t firms_build(struct hub *hub, const struct investment_config *investment, int64_t fen)
{
    (void)hub, (void)investment, (void)fen;
    return 0;
}

int64_t firms_sell_local(struct hub *hub, int32_t township, int64_t fen)
{
    (void)hub, (void)township, (void)fen;
    return 0;
}
