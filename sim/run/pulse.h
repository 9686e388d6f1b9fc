/* The pulse of a run: asked at every boundary, it says whether to live on, to hand over the state, or to
 * stop. The same for Ctrl-C, a checkpoint by the clock and a batch system that takes the machine back. */
#ifndef SIM_RUN_PULSE_H
#define SIM_RUN_PULSE_H

#include "sim/io/state.h"

/* What a run that is under way is told at a boundary. */
enum sim_pulse_wish {
    SIM_PULSE_GO,            /* nothing: live on */
    SIM_PULSE_SAVE,          /* hand over the state (keep), then live on */
    SIM_PULSE_STOP,          /* return SIM_ERROR_STOPPED */
    SIM_PULSE_SAVE_AND_STOP, /* hand over the state, then return SIM_ERROR_STOPPED */
};

/* Asked once a window, with all processes at rest. `boundary`: everything before it has been lived. */
struct sim_pulse {
    void *user;
    enum sim_pulse_wish (*ask)(void *user, sim_time boundary);
    /* The whole state at the boundary: whoever loads it goes on to the same bits. A failure to keep it is the
     * batch's to report: the run goes on. */
    void (*keep)(void *user, sim_time boundary, const struct sim_state *state);
    /* Instead of keep: the state could not be made, and why. NULL: nobody wants to know. */
    void (*lost)(void *user, sim_time boundary, const struct sim_error *why);
};

/* Stops when a signal has come (sim/run/signals.h), saves nothing. */
extern const struct sim_pulse sim_pulse_signals;

#endif
