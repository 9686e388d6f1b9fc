/* What the files of a study share: study.c (loading, what it is), study_text.c (the experiment as text),
 * study_run.c (its rows). */
#ifndef MODELS_COUNTY_STUDY_INTERNAL_H
#define MODELS_COUNTY_STUDY_INTERNAL_H

#include "models/county/observe.h"
#include "models/county/read.h"
#include "models/county/study.h"

struct county_study {
    struct sim_arena arena; /* trees, texts, configurations */
    struct sim_units *units;
    struct experiment experiment;
    struct scenario base; /* no program, no arm's `set`: what the founders are made from */
    struct scenario_given given;
    struct scenario *scenarios; /* [n_arms], of the arms to be run */
    int32_t *arms;              /* their rows in experiment.arms */
    int32_t n_arms;
    int32_t reference;
    struct founders founders;
    struct sim_output output;
    struct observer_options options;
    int64_t n_households;
    struct sim_batch_slot *slots; /* of the batch */
};

#endif
