#include "models/investments/effects/effect.h"

const struct effect_type *const effect_types[EFFECT_KINDS] = {
    [EFFECT_NONE] = &effect_none,
    [EFFECT_LAND] = &effect_land,
    [EFFECT_HERD] = &effect_herd,
    [EFFECT_PLANT] = &effect_plant,
    [EFFECT_CONTRACT] = &effect_contract,
    [EFFECT_TRANSFER] = &effect_transfer,
};
