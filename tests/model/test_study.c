/* A study as the command line sees it. Rung: definition. */
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "models/county/study.h"

#define TINY PAMIR_SOURCE_DIR "/scenarios/tiny/experiment.yaml"

static struct county_study *load(struct county_overrides overrides)
{
    struct sim_diag diag;
    struct sim_error error = {0};
    struct county_study *study = NULL;
    sim_diag_init(&diag);
    if (county_study_load(TINY, &overrides, &diag, &study, &error) < 0) {
        sim_diag_print(&diag, stderr);
        fail_msg("%s", error.message);
    }
    sim_diag_free(&diag);
    return study;
}

static void test_chosen_arms_are_joined_by_the_reference_in_the_experiments_order(void **state)
{
    (void)state;
    struct county_study *study = load((struct county_overrides){.arms = "cattle,land", .seed = -1});
    assert_int_equal(county_study_n_arms(study), 3);
    assert_string_equal(county_study_arm(study, 0), "reference");
    assert_string_equal(county_study_arm(study, 1), "land");
    assert_string_equal(county_study_arm(study, 2), "cattle");
    assert_int_equal(county_study_reference(study), 0);
    county_study_free(study);
}

static void test_replicates_and_seed_of_the_command_line_win(void **state)
{
    (void)state;
    struct county_study *study = load((struct county_overrides){.replicates = 7, .seed = 42});
    struct sim_meta meta;
    struct sim_error error = {0};
    sim_meta_init(&meta);
    check_ok(county_study_meta(study, &meta, &error), error);
    assert_int_equal(county_study_n_replicates(study), 7);
    assert_string_equal(sim_meta_get(&meta, "seed"), "42");
    assert_string_equal(sim_meta_get(&meta, "reference"), "reference");
    assert_string_equal(sim_meta_get(&meta, "placebo"), "placebo");
    assert_string_equal(sim_meta_get(&meta, "base_year"), "2015");
    assert_string_equal(sim_meta_get(&meta, "first_program_year"), "2016");
    assert_non_null(strstr(sim_meta_get(&meta, "experiment_given"), "# file: county.yaml"));
    assert_int_equal(county_study_household_months(study), 24 * 72);
    sim_meta_free(&meta);
    county_study_free(study);
}

/* What identifies a batch does not hang on the folder it was started from, and does on every override. */
static void test_inputs_tell_studies_apart(void **state)
{
    (void)state;
    static const char *const sets[] = {"parameters.household.need=160 CNY/person/month"};
    const struct county_overrides plain = {.seed = -1}, set = {.sets = sets, .n_sets = 1, .seed = -1};
    struct county_study *studies[3] = {load(plain), load(plain), load(set)};
    struct sim_meta metas[3];
    struct sim_error error = {0};
    for (int32_t i = 0; i < 3; i++) {
        sim_meta_init(&metas[i]);
        check_ok(county_study_meta(studies[i], &metas[i], &error), error);
    }
    int32_t different = 0;
    for (int32_t k = 0; k < metas[0].n; k++) {
        if (metas[0].entries[k].class != SIM_META_INPUT)
            continue;
        assert_string_equal(metas[0].entries[k].text, metas[1].entries[k].text);
        different += strcmp(metas[0].entries[k].text, metas[2].entries[k].text) != 0;
        assert_null(strstr(metas[0].entries[k].text, PAMIR_SOURCE_DIR));
    }
    assert_true(different > 0);
    for (int32_t i = 0; i < 3; i++) {
        sim_meta_free(&metas[i]);
        county_study_free(studies[i]);
    }
}

static void run(struct county_study *study, int32_t arm, int32_t replicate, int32_t n_threads, uint8_t *row)
{
    struct sim_batch_model model;
    struct sim_error error = {0};
    check_ok(county_study_batch(study, 1, &model, &error), error);
    check_ok(model.run_row(model.user, 0, 0, arm, replicate, n_threads, NULL, row, &error), error);
    sim_output_settle(model.output, row);
}

static void test_row_is_the_same_on_any_number_of_threads_and_differs_by_replicate(void **state)
{
    (void)state;
    struct county_study *study = load((struct county_overrides){.arms = "all", .seed = -1});
    size_t bytes = (size_t)county_study_output(study)->row_bytes;
    uint8_t *rows[3];
    for (int32_t i = 0; i < 3; i++)
        rows[i] = calloc(1, bytes);
    run(study, 1, 0, 1, rows[0]);
    run(study, 1, 0, 2, rows[1]);
    run(study, 1, 1, 1, rows[2]);
    assert_memory_equal(rows[0], rows[1], bytes);
    assert_memory_not_equal(rows[0], rows[2], bytes);
    for (int32_t i = 0; i < 3; i++)
        free(rows[i]);
    county_study_free(study);
}

static void test_stop_is_obeyed(void **state)
{
    (void)state;
    struct county_study *study = load((struct county_overrides){.arms = "reference", .seed = -1});
    struct sim_batch_model model;
    struct sim_error error = {0};
    volatile int stop = 1;
    check_ok(county_study_batch(study, 1, &model, &error), error);
    uint8_t *row = calloc(1, (size_t)model.output->row_bytes);
    assert_int_equal(model.run_row(model.user, 0, 0, 0, 0, 1, &stop, row, &error), SIM_ERROR_STOPPED);
    free(row);
    county_study_free(study);
}

static void test_missing_file_is_an_input_error_with_its_name(void **state)
{
    (void)state;
    struct sim_diag diag;
    struct sim_error error = {0};
    struct county_study *study = NULL;
    sim_diag_init(&diag);
    assert_int_equal(
        county_study_load(PAMIR_SOURCE_DIR "/scenarios/tiny/experment.yaml", NULL, &diag, &study, &error),
        SIM_ERROR_INPUT);
    assert_null(study);
    assert_int_equal(diag.n_errors, 1);
    sim_diag_free(&diag);
}

static char *described(const char *topic)
{
    char *text = NULL;
    size_t n = 0;
    struct sim_error error = {0};
    FILE *out = open_memstream(&text, &n);
    check_ok(county_describe(topic, out, &error), error);
    fclose(out);
    return text;
}

static void test_every_listed_topic_is_described(void **state)
{
    (void)state;
    char *list = described(NULL);
    int32_t n = 0;
    for (char *line = strtok(list, "\n"); line; line = strtok(NULL, "\n")) {
        char topic[50];
        if (sscanf(line, "  %49s", topic) != 1 || line[0] != ' ')
            continue;
        char *text = described(topic);
        assert_true(strlen(text) > 50);
        free(text);
        n++;
    }
    assert_true(n > 20);
    free(list);
}

static void test_unknown_topic_names_the_nearest(void **state)
{
    (void)state;
    struct sim_error error = {0};
    assert_int_equal(county_describe("livestok", stdout, &error), SIM_ERROR_INPUT);
    assert_non_null(strstr(error.message, "'livestock'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chosen_arms_are_joined_by_the_reference_in_the_experiments_order),
        cmocka_unit_test(test_replicates_and_seed_of_the_command_line_win),
        cmocka_unit_test(test_inputs_tell_studies_apart),
        cmocka_unit_test(test_row_is_the_same_on_any_number_of_threads_and_differs_by_replicate),
        cmocka_unit_test(test_stop_is_obeyed),
        cmocka_unit_test(test_missing_file_is_an_input_error_with_its_name),
        cmocka_unit_test(test_every_listed_topic_is_described),
        cmocka_unit_test(test_unknown_topic_names_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
