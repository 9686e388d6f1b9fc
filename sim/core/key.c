#include "sim/core/key.h"

sim_key sim_key_text(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
    return sim_key_mix(hash);
}
