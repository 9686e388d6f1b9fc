#include "models/investments/effects/effect.h"

#include "models/county/scenario.h"

const struct effect_type *const effect_types[EFFECT_KINDS] = {
    [EFFECT_NONE] = &effect_none,
    [EFFECT_LAND] = &effect_land,
    [EFFECT_HERD] = &effect_herd,
    [EFFECT_PLANT] = &effect_plant,
    [EFFECT_CONTRACT] = &effect_contract,
    [EFFECT_TRANSFER] = &effect_transfer,
};

/* Help for checks. */

struct sim_place effect_place(const struct effect_reading *reading, const char *param)
{
    const struct sim_node *node = reading->node ? sim_node_get(reading->node, param) : NULL;
    const struct sim_node *value = node ? sim_node_get(node, "value") : NULL;
    return value ? value->place : node ? node->place : reading->place;
}

static bool is_recipient(const struct effect_reading *reading, int32_t village)
{
    return reading->knows_county && reading->investment->targets && reading->investment->targets[village];
}

int64_t effect_households(const struct effect_reading *reading)
{
    int64_t n = 0;
    for (int32_t v = 0; v < reading->scenario->n_villages; v++)
        n += is_recipient(reading, v) ? reading->scenario->villages[v].n_households : 0;
    return n;
}

int64_t effect_pasture(const struct effect_reading *reading)
{
    int64_t m2 = 0;
    for (int32_t v = 0; v < reading->scenario->n_villages; v++)
        m2 += is_recipient(reading, v) ? reading->scenario->villages[v].pasture_m2 : 0;
    return m2;
}

void effect_check_places(const struct effect_reading *reading, const char *what, int64_t places)
{
    int64_t households = effect_households(reading);
    if (households > 0 && places > households)
        sim_diag_warning(reading->diag, effect_place(reading, "places"),
            "%s: %lld places are more than the recipients' %lld households", what, (long long)places,
            (long long)households);
}

void effect_check_capital(
    const struct effect_reading *reading, struct sim_place place, const char *bought, int64_t needed)
{
    const struct investment_config *investment = reading->investment;
    double there = (1 - investment->works) * (double)investment->budget, need = (double)needed;
    if (!reading->knows_money)
        return;
    if (need > there * (1 + 1e-9))
        sim_diag_warning(reading->diag, place,
            "%s cost %.10g CNY; budget times (1 - works) leaves %.10g CNY for them: the rest does not come "
            "about",
            bought, need / 100, there / 100);
    else if (need < 0.9 * there && investment->n_effects == 1)
        sim_diag_warning(reading->diag, place,
            "%s cost %.10g CNY; budget times (1 - works) leaves %.10g CNY for them: %.10g CNY stay idle",
            bought, need / 100, there / 100, (there - need) / 100);
}
