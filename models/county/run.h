/* A run: one arm, one replicate: villages and county on a world of the engine, watched by an observer. */
#ifndef MODELS_COUNTY_RUN_H
#define MODELS_COUNTY_RUN_H

#include "models/county/hub.h"
#include "models/county/village.h"
#include "sim/run/pulse.h"

/* The founding population: one village struct a village, made once by synthesis and copied by every run. */
struct founders {
    struct sim_arena arena;
    struct village *villages; /* [n_villages] */
    int32_t n_villages;
};

/* Makes founders that are complete as small as they can be: they stay in memory beside every run. */
int founders_pack(struct founders *self, struct sim_error *error);

struct county_run {
    const struct scenario *scenario;
    struct sim_arena arena;   /* of the county */
    struct sim_arena *arenas; /* [n_villages + n_partitions]: of villages, since tables may grow while others
                                 run; of scratch */
    struct village_scratch *scratch; /* [n_partitions] of villages */
    int32_t n_partitions;            /* of villages */
    struct board board;
    struct hub hub;
    struct village *villages; /* [n_villages] */
    struct sim_world *world;
    /* Called at every month's end with all processes at rest; `month` is the month index just lived. May be
     * NULL. */
    int (*observe)(void *user, const struct county_run *run, int32_t month, struct sim_error *error);
    /* Writes what the observer knows so far behind the state of the run, for the pulse. May be NULL. */
    int (*save_observer)(const void *user, struct sim_state *state, struct sim_error *error);
    void *observer;
    const struct sim_pulse *pulse; /* asked at month's end, when all is done that the month asks for; may be
                                      NULL */
};

struct county_run_options {
    enum sim_scheduler scheduler;
    int32_t n_threads;
    int32_t villages_per_partition; /* 0: as many as leave PARTITIONS of them, at least one */
    bool profile;                   /* keep account of time: county_run_profile */
    bool is_empty;                  /* nobody lives there: county_run_load follows, which needs no founding */
    const struct sim_trace *trace;  /* borrowed; told of every event; NULL: nobody looks */
};

/* `self` zeroed. Copies the founders, opens the books, schedules the first round and the investments' lives.
 */
int county_run_init(struct county_run *self, const struct scenario *scenario, const struct founders *founders,
    uint64_t replicate, struct county_run_options options, struct sim_error *error);
void county_run_free(struct county_run *self);
/* Bytes handed out by all arenas, and calls of sim_arena_alloc: what a run weighs, and whether it allocates.
 */
int64_t county_run_bytes(const struct county_run *self);
int64_t county_run_allocs(const struct county_run *self);
/* Adds to *sum where the time went (sim/par/profile.h), and what a place is called; NULL: nobody's. */
void county_run_profile(const struct county_run *self, struct sim_profile *sum);
const char *county_place_name(int32_t place);
/* What a kind of event is called, "wages"; NULL for a number that is none. Who a process is: "village Lower",
 * and "county", the last. */
const char *county_event_name(uint32_t kind);
void county_process_name(const struct scenario *scenario, int32_t process, char *out, size_t size);
/* Lives all months before `month` (a month index). SIM_ERROR_STOPPED when the pulse says so. */
int county_run_until(struct county_run *self, int32_t month, struct sim_error *error);
/* The whole state at a month's end, and back into a run made by _init from the same scenario, or from one
 * that had not parted from it by then (fork.h). What does not fit is SIM_ERROR_FORMAT; the run is then only
 * to be freed. */
int county_run_save(const struct county_run *self, struct sim_state *state, struct sim_error *error);
int county_run_load(struct county_run *self, struct sim_state *state, struct sim_error *error);
/* SHA-256 of that state. */
int county_run_digest(const struct county_run *self, uint8_t out[SIM_DIGEST_BYTES], struct sim_error *error);

#endif
