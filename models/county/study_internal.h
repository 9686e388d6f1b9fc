/* What the files of a study share: study.c (loading, what it is), study_sweep.c (the points of a sweep),
 * study_stop.c (when to stop), study_text.c (the experiment as text), study_kept.c (the study out of that
 * text), study_run.c (its rows). */
#ifndef MODELS_COUNTY_STUDY_INTERNAL_H
#define MODELS_COUNTY_STUDY_INTERNAL_H

#include "models/county/observe.h"
#include "models/county/read.h"
#include "models/county/study.h"

/* A file of the experiment: its name from the folder that all of them lie in. */
struct study_file {
    const char *name;
    const char *text;
    int64_t n;
};

struct county_study {
    struct sim_arena arena; /* trees, texts, configurations */
    struct sim_units *units;
    struct experiment experiment;
    struct scenario base; /* no program, no arm's `set`: what the founders are made from */
    struct scenario_given given;
    struct scenario *plain;     /* [n_arms]: the arms to be run, as they are without a sweep */
    struct scenario *scenarios; /* [n_points][n_arms]; without a sweep `plain` */
    int32_t n_points;
    int32_t *arms; /* their rows in experiment.arms */
    int32_t n_arms;
    int32_t reference;
    struct founders founders;
    struct sim_output output;
    struct observer_options options;
    int64_t n_households;
    struct sim_batch_stop stop;
    bool has_stop;
    struct study_file *files;     /* [experiment.n_files]: as given */
    const char *overrides;        /* what was said beside them */
    struct sim_batch_slot *slots; /* of the batch */
};

/* Resolves every arm at every point of the sweep. */
int study_read_points(struct county_study *self, struct sim_reader *reader);
/* Adds the group `sweep` to the output. */
int study_add_sweep(struct county_study *self, struct sim_error *error);
/* What `stop_when` says, in terms of the output. */
int study_read_stop(struct county_study *self, struct sim_reader *reader);
/* Takes the files and overrides in, as they are now. */
int study_keep(struct county_study *self, struct sim_diag *diag, struct sim_error *error);
/* The overrides of a text that _keep made; everything lies in the arena. False when it is damaged. */
bool study_take_overrides(const char *text, struct sim_arena *arena, struct county_overrides *out);

#endif
