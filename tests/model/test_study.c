/* A study as the command line sees it. Rung: definition. */
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "models/county/study.h"

#define TASHKURGAN PAMIR_SOURCE_DIR "/scenarios/experiments/tashkurgan.yaml"
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
    assert_non_null(strstr(sim_meta_get(&meta, "experiment_given"), "# file: tiny/county.yaml, "));
    assert_int_equal(county_study_n_households(study), 24);
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
    struct sim_batch_span span = {
        .arm = arm, .replicate = replicate, .n_threads = n_threads, .until = SIM_TIME_MAX, .row = row};
    check_ok(model.run_span(model.user, &span, &error), error);
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

static enum sim_pulse_wish stop_at_once(void *user, sim_time boundary)
{
    (void)user, (void)boundary;
    return SIM_PULSE_STOP;
}

static void test_stop_is_obeyed(void **state)
{
    (void)state;
    struct county_study *study = load((struct county_overrides){.arms = "reference", .seed = -1});
    struct sim_batch_model model;
    struct sim_error error = {0};
    const struct sim_pulse pulse = {.ask = stop_at_once};
    check_ok(county_study_batch(study, 1, &model, &error), error);
    uint8_t *row = calloc(1, (size_t)model.output->row_bytes);
    struct sim_batch_span span = {.n_threads = 1, .until = SIM_TIME_MAX, .row = row, .pulse = &pulse};
    assert_int_equal(model.run_span(model.user, &span, &error), SIM_ERROR_STOPPED);
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

struct doubt {
    const char *path, *set, *message;
};

/* A study with one override is well, and says this one thing. */
static void expect_doubt(const struct doubt *doubt)
{
    struct sim_diag diag;
    struct sim_error error = {0};
    struct county_study *study = NULL;
    sim_diag_init(&diag);
    struct county_overrides overrides = {.sets = &doubt->set, .n_sets = 1, .seed = -1};
    check_ok(county_study_load(doubt->path, &overrides, &diag, &study, &error), error);
    assert_int_equal(diag.n_errors, 0);
    bool is_said = false;
    for (int32_t i = 0; i < diag.n_warnings; i++)
        is_said = is_said || strcmp(sim_diag_message(&diag, i), doubt->message) == 0;
    if (!is_said)
        sim_diag_print(&diag, stderr);
    if (!is_said || (diag.n_warnings != 1))
        fail_msg("--set '%s': %d warnings; expected '%s'", doubt->set, diag.n_warnings, doubt->message);
    county_study_free(study);
    sim_diag_free(&diag);
}

/* What can be run and is most likely a slip is said, in these words. */
static void test_doubtful_values_are_warned_of_word_for_word(void **state)
{
    (void)state;
    static const struct doubt doubts[] = {
        {TINY, "programs.land.budget=3000 CNY",
            "land.area: works of 2700 CNY (budget times works) on 40 mu are 67.5 CNY/mu; expected 100 to "
            "100000 CNY/mu: the plots come nevertheless"},
        {TINY, "programs.land.budget=1e7 CNY",
            "land.area: works of 9000000 CNY (budget times works) on 40 mu are 225000 CNY/mu; expected 100 "
            "to 100000 CNY/mu"},
        {TINY, "programs.cattle.effects[0].herd.mode=gift",
            "herd.animals: 10 animals at 15000 CNY cost 150000 CNY; budget times (1 - works) leaves 72800 "
            "CNY for them: the rest does not come about"},
        {TINY, "programs.cattle.effects[0].herd.animals=1000 head",
            "herd.animals: 1000 animals at 15000 CNY cost 15000000 CNY, more than the works of 187200 CNY "
            "(budget times works): no more are bought than the works pay for"},
        {TINY, "programs.cattle.effects[0].herd.animals=3 head",
            "herd.animals: 3 animals at 15000 CNY cost 45000 CNY, less than half of the works of 187200 CNY "
            "(budget times works): the rest is spent on works and brings nothing"},
        {TINY, "programs.cattle.effects[0].herd.places=13 household",
            "herd.places: 13 places are more than the recipients' 12 households"},
        {TINY, "programs.yak.effects[1].contract.places=40 household",
            "contract.places: 40 places are more than the recipients' 24 households"},
        {TINY, "programs.placebo.effects[0].transfer.amount=50 CNY",
            "transfer.amount: 1 times 50 CNY cost 50 CNY; budget times (1 - works) leaves 100 CNY for them: "
            "50 CNY stay idle"},
        {TINY, "programs.placebo.effects[0].transfer.places=2 household",
            "transfer.amount: 2 times 100 CNY cost 200 CNY; budget times (1 - works) leaves 100 CNY for "
            "them: the rest does not come about"},
        {TINY, "placebo=land",
            "experiment.placebo: the programs of 'land' cost 84000 CNY; a placebo shows what luck alone "
            "does, so it should be next to nothing, at most 10000 CNY"},
        {TINY, "programs.land.name=landd",
            "program.name: 'landd' is called 'land' in the experiment; arms, --set and results use that"},
        {TINY, "panel=25",
            "experiment.panel: 25 households are more than the county's 24; all of those are followed"},
        {TINY, "programs.none.effects=[{contract: {plant: yak, places: 2 household, quota: 4 head/year}}]",
            "arms.none: the contract of 'none' is with the plant of 'yak', which this arm does not run: "
            "nobody will buy"},
        {TASHKURGAN, "claims[0].year=2031",
            "claims.A13: 2031 is not a year of the experiment, 2015 to 2030; its simulated value will be "
            "missing"},
    };
    for (int32_t i = 0; i < SIM_COUNT(doubts); i++)
        expect_doubt(&doubts[i]);
}

static void test_shipped_scenarios_raise_no_doubt(void **state)
{
    (void)state;
    static const char *const paths[] = {TINY, TASHKURGAN};
    for (int32_t i = 0; i < SIM_COUNT(paths); i++) {
        struct sim_diag diag;
        struct sim_error error = {0};
        struct county_study *study = NULL;
        sim_diag_init(&diag);
        check_ok(county_study_load(paths[i], NULL, &diag, &study, &error), error);
        assert_int_equal(diag.n_errors + diag.n_warnings, 0);
        county_study_free(study);
        sim_diag_free(&diag);
    }
}

static void test_wide_gaps_of_the_founding_population_are_named(void **state)
{
    (void)state;
    struct county_study *study = load((struct county_overrides){.seed = -1});
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    county_study_print_fit(study, out);
    fclose(out);
    assert_non_null(
        strstr(text, "warning: far from the target: yak_keepers (-52%), cattle_keepers (-17%)\n"));
    free(text);
    county_study_free(study);
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

static void expect_described(const char *topic, const char *said, const char *unsaid)
{
    char *text = described(topic);
    if (!strstr(text, said) || (unsaid && strstr(text, unsaid)))
        fail_msg("%s: expected '%s', and not '%s', in: %s", topic, said, unsaid ? unsaid : "", text);
    free(text);
}

static void test_parameters_and_indicators_are_found_by_name_or_path(void **state)
{
    (void)state;
    expect_described("income_per_capita", "  income_per_capita(year)  CNY/person/year  fitted\n", NULL);
    expect_described("poverty_headcount", "/village\n  poverty_headcount(village, year)", "poverty_gap");
    expect_described("births", "herd: gives", "deaths");
    expect_described("births", "/county\n  births(year)", NULL);
    expect_described("yak.births", "default 0.55 1/year", "herd:");
    expect_described("parameters.livestock.yak.births", "default 0.55 1/year", "herd:");
    expect_described("programs.land.budget", "number in CNY; required", NULL);
    expect_described("programs.cattle.effects[0].herd.rate", "default 8 percent/year", NULL);
    expect_described("county.gini_income", "Gini of real net", NULL);
    expect_described("claim", "/claim\n  simulated(claim)", "income");
    expect_described("ledger", "  stock_change(", NULL);
}

static void test_unknown_topic_names_the_nearest(void **state)
{
    (void)state;
    struct sim_error error = {0};
    assert_int_equal(county_describe("incom_per_capita", stdout, &error), SIM_ERROR_INPUT);
    assert_non_null(strstr(error.message, "'income_per_capita'"));
    error = (struct sim_error){0};
    assert_int_equal(county_describe("sheep.income_per_capita", stdout, &error), SIM_ERROR_INPUT);
    error = (struct sim_error){0};
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
        cmocka_unit_test(test_doubtful_values_are_warned_of_word_for_word),
        cmocka_unit_test(test_shipped_scenarios_raise_no_doubt),
        cmocka_unit_test(test_wide_gaps_of_the_founding_population_are_named),
        cmocka_unit_test(test_every_listed_topic_is_described),
        cmocka_unit_test(test_parameters_and_indicators_are_found_by_name_or_path),
        cmocka_unit_test(test_unknown_topic_names_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
