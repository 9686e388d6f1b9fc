/* A study: an experiment file, read, checked and resolved for all its arms, with its founding population; and
 * the batch that runs it. The one door between the models and the command line. */
#ifndef MODELS_COUNTY_STUDY_H
#define MODELS_COUNTY_STUDY_H

#include <stdio.h>

#include "sim/run/batch.h"
#include "sim/run/stop.h"
#include "sim/scenario/diag.h"

/* With a sweep the result has a group of its own, /sweep, beside the dimension `point` of all others:
 *
 *     sweep_point [sweep_point]       0, 1 ...: the coordinate `point` of the other groups
 *     parameter [parameter]           paths: "parameters.livestock.yak.births"
 *     value [sweep_point, parameter]  numbers, in the unit that `unit` gives; NaN for switches, months, texts
 *     text [sweep_point, parameter]   the same as in a file: "0.55 1/year", "none"
 *     unit [parameter]                "1/year"; "1" where there is none
 *
 * In xarray: sweep = open_dataset(path, group="sweep").rename(sweep_point="point"), and
 * county.sel(point=sweep.value.sel(parameter=...).argmin()). A sweep of one point has the group and no
 * dimension `point`. */

struct county_study;
struct scenario;
struct founders;

struct county_overrides {
    const char *const *sets; /* "path=value" */
    int32_t n_sets;
    const char *arms;   /* "a,b": run these only, with the reference; NULL: all */
    int32_t replicates; /* 0: as in the file */
    int64_t seed;       /* -1: as in the file */
};

/* SIM_ERROR_INPUT after reporting every error to diag. The study owns all it needs; free with _free (NULL is
 * fine). */
int county_study_load(const char *path, const struct county_overrides *overrides, struct sim_diag *diag,
    struct county_study **out, struct sim_error *error);
void county_study_free(struct county_study *self);
/* The study that a result or a parts directory was made from, out of the texts that it carries (entries of
 * /meta or of the manifest): the files as they were given and what was said beside them. Its inputs are those
 * of the study it was kept from, text by text. Needs a folder for temporary files (TMPDIR, else /tmp), which
 * is empty again afterwards. SIM_ERROR_FORMAT when a text is missing or damaged. */
int county_study_load_kept(const struct sim_meta *kept, int32_t replicates /* 0: as it was */,
    struct sim_diag *diag, struct county_study **out, struct sim_error *error);

const char *county_study_name(const struct county_study *self);
int32_t county_study_n_arms(const struct county_study *self);
const char *county_study_arm(const struct county_study *self, int32_t arm);
int32_t county_study_reference(const struct county_study *self);
int32_t county_study_n_replicates(const struct county_study *self); /* the most, with a stop_when */
int32_t county_study_n_points(const struct county_study *self);     /* 1 without a sweep */
/* "parameters.livestock.yak.mortality = 0.05, ...", cut to what there is room for; "" without a sweep. */
void county_study_point_text(const struct county_study *self, int32_t point, char *out, size_t size);
/* What `stop_when` asks for; false: the experiment has none. */
bool county_study_stop(const struct county_study *self, struct sim_batch_stop *out);
int64_t county_study_n_households(const struct county_study *self);
int64_t county_study_household_months(const struct county_study *self); /* of a row */
const struct sim_output *county_study_output(const struct county_study *self);
/* What runs of one's own are made from (models/county/run.h), for a benchmark; the study's, until _free. */
const struct scenario *county_study_scenario(const struct county_study *self, int32_t point, int32_t arm);
const struct founders *county_study_founders(const struct county_study *self);
/* Texts for /meta: the experiment as given and as resolved, seed, reference, placebo, base year ... */
int county_study_meta(const struct county_study *self, struct sim_meta *meta, struct sim_error *error);
/* Rows in up to n_slots at a time. */
int county_study_batch(
    struct county_study *self, int32_t n_slots, struct sim_batch_model *out, struct sim_error *error);
/* The resolved experiment as YAML, each value with its source. */
void county_study_print_resolved(const struct county_study *self, FILE *out);
/* The founding population against its targets. */
void county_study_print_fit(const struct county_study *self, FILE *out);
/* Parameters, effects and indicators of a topic; topic NULL: the topics. SIM_ERROR_INPUT for an unknown one,
 * with the nearest right word. */
int county_describe(const char *topic, FILE *out, struct sim_error *error);

#endif
