#include "models/shocks/weather.h"

#include "sim/core/key.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct shock_params
static const struct sim_param params[] = {SHOCK_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema shock_schema = {"shocks", "winters, growing seasons, storms, illness, accidents",
    params, SIM_COUNT(params), sizeof(struct shock_params), NULL, 0};

bool weather_is_bad_winter(
    const struct shock_params *self, struct sim_luck luck, sim_key county, int32_t first_year, int32_t year)
{
    if (!self->weather)
        return false;
    /* The chance after a good winter keeps the long-run share at bad_winter. Where it would have to be above
     * one, bad winters follow each other as often as the share asks for. */
    double share = self->bad_winter;
    double least = share > 0.0 ? 2.0 - 1.0 / share : 0.0;
    double after_bad = self->bad_after_bad > least ? self->bad_after_bad : least;
    double after_good = share >= 1.0 ? 1.0 : share * (1.0 - after_bad) / (1.0 - share);
    bool bad = false;
    for (int32_t y = first_year; y <= year; y++) {
        double u = sim_rand_uniform(luck, county, SIM_PURPOSE_WINTER, (uint64_t)y);
        double p = y == first_year ? share : bad ? after_bad : after_good;
        bad = sim_dist_bernoulli(u, p);
    }
    return bad;
}

static double season_of(struct sim_luck luck, sim_key place, int32_t year, double spread)
{
    return sim_dist_lognormal(sim_rand_uniform(luck, place, SIM_PURPOSE_SEASON, (uint64_t)year), 1.0, spread);
}

double weather_season(const struct shock_params *self, struct sim_luck luck, sim_key county, sim_key township,
    sim_key village, int32_t year)
{
    if (!self->weather)
        return 1.0;
    return season_of(luck, county, year, self->season_county) *
           season_of(luck, township, year, self->season_township) *
           season_of(luck, village, year, self->season_village);
}

double weather_storm(const struct shock_params *self, struct sim_luck luck, sim_key village, int32_t year)
{
    double u = sim_rand_uniform(luck, village, SIM_PURPOSE_STORM, (uint64_t)year);
    double share = sim_dist_lognormal(u, self->storm_deaths, self->storm_spread);
    return share < 0.9 ? share : 0.9;
}

int32_t weather_storm_month(struct sim_luck luck, sim_key village, int32_t year)
{
    int64_t slot = sim_dist_below(sim_rand_word(luck, village, SIM_PURPOSE_STORM_MONTH, (uint64_t)year), 4);
    return slot == 0 ? 12 : (int32_t)slot;
}
