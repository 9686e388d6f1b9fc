#include "models/labour/market.h"

#include "models/county/hub.h"
#include "sim/core/real.h"
#include "sim/time/calendar.h"

#define SIM_PARAM_SELF struct labour_market_params
static const struct sim_param params[] = {LABOUR_MARKET_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema labour_market_schema = {"labour_market",
    "the townships' markets of casual work, and word of open posts", params, SIM_COUNT(params),
    sizeof(struct labour_market_params), NULL, 0};

static bool is_winter(int32_t month)
{
    int32_t calendar_month = sim_month_of_year(month);
    return calendar_month >= 11 || calendar_month <= 4;
}

/* Share of the days offered that finds work in a normal month. */
static double normal_share(const struct scenario *scenario, int32_t month)
{
    if (!scenario->labour.casual)
        return 0.0;
    return is_winter(month) ? scenario->labour.casual_winter : scenario->labour.casual_summer;
}

/* Days asked for over days offered at which the matching function finds that share. */
static double tightness_at(const struct labour_market_params *self, double share)
{
    double ratio = sim_real_pow(share / self->match, 1.0 / (1.0 - self->match_offered));
    return ratio > share ? ratio : share; /* nobody finds more days than are asked for */
}

static double share_found(const struct labour_market_params *self, double offered, double asked)
{
    double share = self->match * sim_real_pow(asked / offered, 1.0 - self->match_offered);
    double most = asked / offered;
    share = share < most ? share : most;
    return share < 1.0 ? share : 1.0;
}

void labour_market_init(struct hub *hub)
{
    const struct scenario *scenario = hub->scenario;
    struct town_table *towns = &hub->board->towns;
    for (sim_row t = 0; t < towns->head.n; t++) {
        towns->wage_factor[t] = 1.0;
        towns->found_share[t] = normal_share(scenario, scenario->first_month);
    }
}

void labour_market_on_days(struct hub *hub, const struct sim_event *message)
{
    /* Villages of a township stand side by side and report in that order every month: the first one's report
     * opens the month's sum, so that observers still find it after the round. */
    int32_t village = (int32_t)(uint32_t)message->data[2];
    const struct village_config *villages = hub->scenario->villages;
    int32_t town = villages[village].township;
    if (village == 0 || villages[village - 1].township != town)
        hub->board->towns.offered_days[town] = 0.0;
    hub->board->towns.offered_days[town] += (double)message->data[0] / 1000.0;
}

/* Days that employers ask for in a month at a township's wage. `normal_days` are summer's. */
static double days_asked(const struct hub *hub, sim_row town, int32_t month, double works_days)
{
    const struct scenario *scenario = hub->scenario;
    const struct labour_market_params *self = &scenario->labour_market;
    const struct town_table *towns = &hub->board->towns;
    double summer = tightness_at(self, scenario->labour.casual_summer);
    double season = summer > 0.0 ? tightness_at(self, normal_share(scenario, month)) / summer : 0.0;
    double years = (double)(month - scenario->first_month) / 12.0;
    double asked = towns->normal_days[town] * season * sim_real_pow(1.0 + self->demand_growth, years);
    return asked * sim_real_pow(towns->wage_factor[town], -self->demand_elasticity) + works_days;
}

void labour_market_month(struct hub *hub, int32_t month)
{
    const struct scenario *scenario = hub->scenario;
    const struct labour_market_params *self = &scenario->labour_market;
    struct town_table *towns = &hub->board->towns;
    double next_share = normal_share(scenario, month + 1);
    double normal = tightness_at(self, normal_share(scenario, month));
    double summer = tightness_at(self, scenario->labour.casual_summer);
    for (sim_row t = 0; t < towns->head.n; t++) {
        double offered = towns->offered_days[t];
        double works = towns->works_fen[t] * self->works_labour;
        double day = hub->board->price[GOOD_CASUAL] * towns->wage_factor[t];
        double works_days = works > 0.0 && day > 0.0 ? works / day : 0.0;
        bool is_market = self->matching && scenario->labour.casual && offered > 0.0;
        if (is_market && month > scenario->first_month && towns->normal_days[t] == 0.0)
            towns->normal_days[t] = summer * offered;
        is_market = is_market && towns->normal_days[t] > 0.0;
        towns->found_share[t] = next_share;
        towns->vacant_days[t] = is_market ? days_asked(hub, t, month, works_days) : 0.0;
        if (is_market && self->wages && normal > 0.0 && towns->vacant_days[t] > 0.0) {
            double old = sim_real_log(towns->wage_factor[t]);
            double step = self->wage_speed * sim_real_log(towns->vacant_days[t] / (offered * normal));
            double wage = sim_real_exp(old + step - self->wage_return * old);
            wage = wage > self->wage_floor ? wage : self->wage_floor;
            towns->wage_factor[t] = wage < self->wage_ceiling ? wage : self->wage_ceiling;
        }
        if (is_market)
            towns->found_share[t] = share_found(self, offered, days_asked(hub, t, month + 1, works_days));
        towns->works_fen[t] = 0.0;
    }
}
