#include "sim/run/pulse.h"

#include "sim/run/signals.h"

static enum sim_pulse_wish ask(void *user, sim_time boundary)
{
    (void)user, (void)boundary;
    return __atomic_load_n(sim_signals_stop(), __ATOMIC_RELAXED) ? SIM_PULSE_STOP : SIM_PULSE_GO;
}

const struct sim_pulse sim_pulse_signals = {.ask = ask};
