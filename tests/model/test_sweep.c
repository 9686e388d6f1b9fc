/* Sweeps, the rule for stopping, and studies loaded from what a result carries of them. Rung: definition. */
#include "tests/support/check.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/county/read.h"
#include "models/county/study.h"
#include "models/livestock/herd.h"

#define SWEEP PAMIR_SOURCE_DIR "/scenarios/tiny/sweep.yaml"
#define TINY PAMIR_SOURCE_DIR "/scenarios/tiny/experiment.yaml"

/* A sweep in flow style, as --set takes it. */
#define GRID "sweep={design: grid, parameters: {%s}}"

static struct county_study *load_with(
    const char *path, const char *const *sets, int32_t n, const char *arms, struct sim_diag *diag)
{
    struct county_overrides overrides = {.sets = sets, .n_sets = n, .arms = arms, .seed = -1};
    struct sim_error error = {0};
    struct county_study *study = NULL;
    sim_diag_init(diag);
    if (county_study_load(path, &overrides, diag, &study, &error) < 0) {
        sim_diag_print(diag, stderr);
        fail_msg("%s", error.message);
    }
    return study;
}

static struct county_study *load(const char *path, const char *set)
{
    struct sim_diag diag;
    struct county_study *study = load_with(path, &set, set ? 1 : 0, NULL, &diag);
    sim_diag_free(&diag);
    return study;
}

static int32_t find_arm(const struct county_study *study, const char *name)
{
    for (int32_t a = 0; a < county_study_n_arms(study); a++)
        if (strcmp(county_study_arm(study, a), name) == 0)
            return a;
    fail_msg("no arm '%s'", name);
    return -1;
}

static double births(const struct county_study *study, int32_t point, int32_t arm)
{
    return county_study_scenario(study, point, arm)->livestock.species[SPECIES_YAK].births;
}

static double premium(const struct county_study *study, int32_t point, int32_t arm)
{
    const struct scenario *scenario = county_study_scenario(study, point, arm);
    for (int32_t k = 0; k < scenario->n_schemes; k++)
        if (scenario->effects[k].kind == EFFECT_CONTRACT)
            return scenario->effects[k].as.contract.premium;
    fail_msg("no contract");
    return 0;
}

static void test_values_arrive_at_every_point_with_the_last_parameter_fastest(void **state)
{
    (void)state;
    static const double expected[4][2] = {{0.5, 0.05}, {0.5, 0.2}, {0.6, 0.05}, {0.6, 0.2}};
    struct county_study *study = load(SWEEP, NULL);
    assert_int_equal(county_study_n_points(study), 4);
    for (int32_t p = 0; p < 4; p++)
        for (int32_t a = 0; a < county_study_n_arms(study); a++) {
            check_near(births(study, p, a), expected[p][0], 1e-15, 0);
            check_near(premium(study, p, a), expected[p][1], 1e-15, 0);
        }
    char text[200];
    county_study_point_text(study, 3, text, sizeof(text));
    assert_string_equal(text, "parameters.livestock.yak.births = 0.6 1/year, "
                              "programs.yak.effects[1].contract.premium = 20 percent");
    county_study_free(study);
}

static void run(struct county_study *study, int32_t point, int32_t arm, uint8_t *row)
{
    struct sim_batch_model model;
    struct sim_error error = {0};
    check_ok(county_study_batch(study, 1, &model, &error), error);
    struct sim_batch_span span = {
        .point = point, .arm = arm, .n_threads = 1, .until = SIM_TIME_MAX, .row = row};
    check_ok(model.run_span(model.user, &span, &error), error);
    sim_output_settle(model.output, row);
}

/* Points share their luck: the one that changes nothing is the experiment without the sweep, bit for bit; and
 * the others are not. */
static void test_point_equal_to_the_file_gives_the_files_row_and_others_do_not(void **state)
{
    (void)state;
    char set[300];
    snprintf(set, sizeof(set), GRID,
        "parameters.livestock.yak.births: [0.3 1/year, 0.55 1/year], "
        "'programs.yak.effects[1].contract.premium': {from: 10 percent, to: 20 percent, steps: 2}");
    struct county_study *plain = load(TINY, "panel=10"), *sweep = load(TINY, set);
    size_t bytes = (size_t)county_study_output(plain)->row_bytes;
    int32_t yak = find_arm(plain, "yak"), equal = -1;
    assert_int_equal(county_study_output(sweep)->row_bytes, bytes);
    for (int32_t p = 0; p < county_study_n_points(sweep); p++)
        if (births(sweep, p, yak) == births(plain, 0, yak) &&
            premium(sweep, p, yak) == premium(plain, 0, yak))
            equal = p;
    assert_true(equal >= 0);
    uint8_t *rows[3];
    for (int32_t i = 0; i < 3; i++)
        rows[i] = calloc(1, bytes);
    run(plain, 0, yak, rows[0]);
    run(sweep, equal, yak, rows[1]);
    run(sweep, equal == 0 ? 1 : equal - 1, yak, rows[2]);
    assert_memory_equal(rows[0], rows[1], bytes);
    assert_memory_not_equal(rows[0], rows[2], bytes);
    for (int32_t i = 0; i < 3; i++)
        free(rows[i]);
    county_study_free(plain);
    county_study_free(sweep);
}

/* What is read at a point, in part, is what a whole reading of the same values by --set gives. */
static void test_point_is_the_scenario_that_set_would_give(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "parameters.livestock.yak.births=0.6 1/year", "programs.yak.effects[1].contract.premium=20 percent"};
    struct sim_diag diag;
    struct county_study
        *sweep =
            load(TINY, "sweep={design: grid, parameters: {parameters.livestock.yak.births: [0.5 1/year, 0.6 "
                       "1/year], 'programs.yak.effects[1].contract.premium': [5 percent, 20 percent]}}"),
        *set = load_with(TINY, sets, 2, NULL, &diag);
    for (int32_t a = 0; a < county_study_n_arms(sweep); a++) {
        const struct scenario *x = county_study_scenario(sweep, 3, a),
                              *y = county_study_scenario(set, 0, find_arm(set, county_study_arm(sweep, a)));
        assert_memory_equal(&x->livestock, &y->livestock, sizeof(x->livestock));
        assert_memory_equal(&x->markets, &y->markets, sizeof(x->markets));
        assert_int_equal(x->n_schemes, y->n_schemes);
        for (int32_t i = 0; i < x->n_investments; i++) {
            assert_int_equal(x->investments[i].active, y->investments[i].active);
            assert_int_equal(x->investments[i].budget, y->investments[i].budget);
            assert_int_equal(x->investments[i].key, y->investments[i].key);
            assert_int_equal(x->investments[i].first_scheme, y->investments[i].first_scheme);
            assert_memory_equal(x->investments[i].targets, y->investments[i].targets, (size_t)x->n_villages);
        }
        for (int32_t k = 0; k < x->n_schemes; k++)
            if (x->effects[k].kind == EFFECT_CONTRACT)
                assert_int_equal(
                    x->effects[k].as.contract.plant_scheme, y->effects[k].as.contract.plant_scheme);
    }
    sim_diag_free(&diag);
    county_study_free(sweep);
    county_study_free(set);
}

static bool is_said(const struct sim_diag *diag, const char *part)
{
    for (int32_t i = 0; i < diag->n; i++)
        if (strstr(sim_diag_message(diag, i), part))
            return true;
    return false;
}

static void test_what_an_arm_sets_itself_and_set_stand_over_the_sweep_with_a_warning(void **state)
{
    (void)state;
    static const char *const own[] = {"arms.yak.set={parameters.livestock.yak.births: 0.7 1/year}"};
    static const char *const all[] = {"parameters.livestock.yak.births=0.7 1/year"};
    struct sim_diag diag;
    struct county_study *study = load_with(SWEEP, own, 1, NULL, &diag);
    int32_t yak = find_arm(study, "yak");
    for (int32_t p = 0; p < 4; p++) {
        check_near(births(study, p, yak), 0.7, 0, 0);
        check_near(births(study, p, county_study_reference(study)), p < 2 ? 0.5 : 0.6, 0, 0);
    }
    assert_true(
        is_said(&diag, "arms.yak.set: this wins over the sweep of 'parameters.livestock.yak.births'"));
    sim_diag_free(&diag);
    county_study_free(study);
    study = load_with(SWEEP, all, 1, NULL, &diag);
    for (int32_t p = 0; p < 4; p++)
        check_near(births(study, p, county_study_reference(study)), 0.7, 0, 0);
    assert_true(
        is_said(&diag, "this wins over the sweep of 'parameters.livestock.yak.births', which has no effect"));
    sim_diag_free(&diag);
    county_study_free(study);
}

static void test_switches_months_and_whole_numbers_are_swept_and_rounding_is_said(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "sweep={design: latin_hypercube, points: 9, within: midpoint, parameters: {"
        "parameters.shocks.weather: [none, weather], programs.land.approve: [2016-03, 2017-03, 2018-03], "
        "'programs.yak.effects[1].contract.places': {from: 2 household, to: 6 household}, "
        "programs.yak.budget: {from: 1e5 CNY, to: 1e6 CNY, scale: log}}}"};
    struct sim_diag diag;
    struct county_study *study = load_with(TINY, sets, 1, NULL, &diag);
    const struct sim_output *output = county_study_output(study);
    int32_t months[3] = {0};
    assert_true(is_said(&diag, "programs.yak.effects[1].contract.places is counted in whole numbers"));
    assert_false(is_said(&diag, "programs.yak.budget is counted"));
    for (int32_t p = 0; p < 9; p++) {
        const struct scenario *scenario = county_study_scenario(study, p, 0);
        for (int32_t i = 0; i < scenario->n_investments; i++)
            if (strcmp(scenario->investments[i].name, "land") == 0)
                months[(scenario->investments[i].approve / 12) % 3]++;
    }
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(months[i], 3);
    const struct sim_constant *value = NULL, *text = NULL, *unit = NULL;
    for (int32_t c = 0; c < output->n_constants; c++) {
        const struct sim_constant *constant = &output->constants[c];
        if (strcmp(constant->group, "sweep") != 0)
            continue;
        value = strcmp(constant->name, "value") == 0 ? constant : value;
        text = strcmp(constant->name, "text") == 0 ? constant : text;
        unit = strcmp(constant->name, "unit") == 0 ? constant : unit;
    }
    assert_non_null(value), assert_non_null(text), assert_non_null(unit);
    assert_string_equal(unit->texts[0], "1");
    assert_string_equal(unit->texts[2], "household");
    assert_string_equal(unit->texts[3], "CNY");
    for (int32_t p = 0; p < 9; p++) {
        char expected[50];
        double places = value->numbers[4 * p + 2], budget = value->numbers[4 * p + 3];
        assert_true(isnan(value->numbers[4 * p]) && isnan(value->numbers[4 * p + 1]));
        assert_true(places == round(places) && places >= 2 && places <= 6);
        assert_true(budget >= 1e5 && budget <= 1e6);
        snprintf(expected, sizeof(expected), "%g household", places);
        assert_string_equal(text->texts[4 * p + 2], expected);
    }
    sim_diag_free(&diag);
    county_study_free(study);
}

/* The numbers of one parameter, by point, as the result tells them. */
static const double *told(const struct county_study *study)
{
    const struct sim_output *output = county_study_output(study);
    for (int32_t c = 0; c < output->n_constants; c++)
        if (strcmp(output->constants[c].group, "sweep") == 0 &&
            strcmp(output->constants[c].name, "value") == 0)
            return output->constants[c].numbers;
    fail_msg("no values");
    return NULL;
}

static int64_t budget(const struct county_study *study, int32_t point)
{
    const struct scenario *scenario = county_study_scenario(study, point, 0);
    for (int32_t i = 0; i < scenario->n_investments; i++)
        if (strcmp(scenario->investments[i].name, "yak") == 0)
            return scenario->investments[i].budget;
    fail_msg("no program 'yak'");
    return 0;
}

static void test_values_of_a_stretch_are_told_and_computed_with(void **state)
{
    (void)state;
    static const struct {
        const char *of;
        double expected[3];
        bool is_budget;
    } cases[] = {
        /* Evenly, and by the logarithm: the middle is the mean, and the geometric mean. */
        {"programs.yak.budget: {from: 2e5 CNY, to: 1.8e6 CNY, steps: 3}", {2e5, 1e6, 1.8e6}, true},
        {"programs.yak.budget: {from: 2e5 CNY, to: 1.8e6 CNY, scale: log, steps: 3}", {2e5, 6e5, 1.8e6},
            true},
        {"parameters.livestock.yak.births: {from: 0.1 1/year, to: 0.4 1/year, scale: log, steps: 3}",
            {0.1, 0.2, 0.4}, false},
        /* Counted in whole numbers: a half goes up. */
        {"'programs.yak.effects[1].contract.places': {from: 2 household, to: 5 household, steps: 3}",
            {2, 4, 5}, false},
    };
    for (int32_t i = 0; i < SIM_COUNT(cases); i++) {
        char set[300];
        snprintf(set, sizeof(set), GRID, cases[i].of);
        struct county_study *study = load(TINY, set);
        assert_int_equal(county_study_n_points(study), 3);
        for (int32_t p = 0; p < 3; p++) {
            check_near(told(study)[p], cases[i].expected[p], 1e-11, 0);
            if (cases[i].is_budget)
                assert_int_equal(budget(study, p), (int64_t)(100 * cases[i].expected[p]));
        }
        county_study_free(study);
    }
    /* Six steps of 0.6: 2, 2.6, 3.2, 3.8, 4.4, 5. */
    static const double sixths[] = {2, 3, 3, 4, 4, 5};
    char set[300];
    snprintf(set, sizeof(set), GRID,
        "'programs.yak.effects[1].contract.places': {from: 2 household, to: 5 household, steps: 6}");
    struct county_study *study = load(TINY, set);
    for (int32_t p = 0; p < 6; p++)
        assert_true(told(study)[p] == sixths[p]);
    county_study_free(study);
}

static void test_panel_is_off_in_a_sweep_unless_it_is_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *path, *set;
        int32_t expected;
    } cases[] = {{SWEEP, NULL, 0}, {SWEEP, "panel=5", 1}, {TINY, NULL, 1}};
    for (int32_t i = 0; i < SIM_COUNT(cases); i++) {
        struct county_study *study = load(cases[i].path, cases[i].set);
        int32_t n = 0;
        for (int32_t v = 0; v < county_study_output(study)->n_variables; v++)
            n += strcmp(county_study_output(study)->variables[v].group, "panel") == 0;
        assert_int_equal(n > 0, cases[i].expected);
        county_study_free(study);
    }
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static char *read_text(const char *path)
{
    char *text = calloc(1, 1 << 20);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

/* The tiny experiment in a folder of its own: scenarios/tiny below `root`, with a table of points. */
static void copy_tiny(const char *root, const char *points)
{
    static const char *const names[] = {"experiment.yaml", "county.yaml", "land.yaml", "yak.yaml",
        "cattle.yaml", "placebo.yaml", "none.yaml"};
    char path[500];
    snprintf(path, sizeof(path), "%s/scenarios", root);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/scenarios/tiny", root);
    assert_int_equal(mkdir(path, 0700), 0);
    for (int32_t i = 0; i < SIM_COUNT(names); i++) {
        snprintf(path, sizeof(path), "%s/scenarios/tiny/%s", PAMIR_SOURCE_DIR, names[i]);
        char *text = read_text(path);
        snprintf(path, sizeof(path), "%s/scenarios/tiny/%s", root, names[i]);
        write_text(path, text);
        free(text);
    }
    snprintf(path, sizeof(path), "%s/scenarios/points.csv", root);
    write_text(path, points);
}

static void remove_tree(const char *root)
{
    char command[500];
    snprintf(command, sizeof(command), "rm -rf '%s'", root);
    assert_int_equal(system(command), 0);
}

static int32_t count_entries(const char *folder)
{
    DIR *open = opendir(folder);
    int32_t n = 0;
    assert_non_null(open);
    for (struct dirent *entry; (entry = readdir(open));)
        n += entry->d_name[0] != '.';
    closedir(open);
    return n;
}

static void make_folder(char path[200])
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, 200, "%s/test_sweep-XXXXXX", folder && *folder ? folder : "/tmp");
    assert_non_null(mkdtemp(path));
}

/* From the texts alone, its files gone; and nothing of it is left in the folder for temporary files. */
static void test_study_is_had_again_from_the_texts_it_left(void **state)
{
    (void)state;
    static const char *const sets[] = {"sweep={design: table, file: ../points.csv}",
        "arms.land.set={parameters.household.need: 150 CNY/person/month}"};
    char root[200], scratch[200], path[300];
    make_folder(root);
    make_folder(scratch);
    copy_tiny(root,
        "\xef\xbb\xbfparameters.livestock.yak.births, \"programs.yak.effects[1].contract.premium\"\r\n"
        "0.5 1/year, 5 percent\r\n\r\n0.6 1/year,0.2\r\n");
    snprintf(path, sizeof(path), "%s/scenarios/tiny/experiment.yaml", root);
    struct county_overrides overrides = {
        .sets = sets, .n_sets = 2, .arms = "yak,land", .replicates = 3, .seed = 7};
    struct sim_diag diag;
    struct sim_error error = {0};
    struct county_study *first = NULL, *again = NULL;
    struct sim_meta metas[2];
    sim_diag_init(&diag);
    check_ok(county_study_load(path, &overrides, &diag, &first, &error), error);
    sim_meta_init(&metas[0]);
    sim_meta_init(&metas[1]);
    check_ok(county_study_meta(first, &metas[0], &error), error);
    remove_tree(root);

    char *before = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
    setenv("TMPDIR", scratch, 1);
    check_ok(county_study_load_kept(&metas[0], 0, &diag, &again, &error), error);
    assert_int_equal(count_entries(scratch), 0);
    check_ok(county_study_meta(again, &metas[1], &error), error);
    assert_int_equal(metas[0].n, metas[1].n);
    for (int32_t i = 0; i < metas[0].n; i++) {
        assert_string_equal(metas[0].entries[i].name, metas[1].entries[i].name);
        assert_string_equal(metas[0].entries[i].text, metas[1].entries[i].text);
        assert_null(strstr(metas[0].entries[i].text, root));
    }
    assert_int_equal(county_study_n_points(again), 2);
    check_near(premium(again, 1, 0), 0.2, 0, 0);
    assert_int_equal(county_study_n_arms(again), 3);
    assert_int_equal(county_study_n_replicates(again), 3);
    uint8_t digests[2][SIM_DIGEST_BYTES];
    sim_output_digest(county_study_output(first), digests[0]);
    sim_output_digest(county_study_output(again), digests[1]);
    assert_memory_equal(digests[0], digests[1], SIM_DIGEST_BYTES);
    size_t bytes = (size_t)county_study_output(first)->row_bytes;
    uint8_t *rows[2] = {calloc(1, bytes), calloc(1, bytes)};
    run(first, 1, 1, rows[0]);
    run(again, 1, 1, rows[1]);
    assert_memory_equal(rows[0], rows[1], bytes);
    county_study_free(again);
    check_ok(county_study_load_kept(&metas[0], 12, &diag, &again, &error), error);
    assert_int_equal(county_study_n_replicates(again), 12);

    if (before)
        setenv("TMPDIR", before, 1);
    else
        unsetenv("TMPDIR");
    free(before), free(rows[0]), free(rows[1]);
    remove_tree(scratch);
    sim_meta_free(&metas[0]), sim_meta_free(&metas[1]);
    sim_diag_free(&diag);
    county_study_free(first), county_study_free(again);
}

/* A wrong table is told of by line and column. */
static void test_errors_of_a_table_stand_at_their_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *points, *at, *message;
        int32_t n_more; /* errors beside it */
    } cases[] = {
        {"parameters.livestock.yak.births\n0.5 1/year\n5 1/year\n",
            "points.csv:3:1: error: ", "is out of range", 0},
        {"parameters.livestock.yak.births, parameters.livestock.yak.deaths\n0.5 1/year, 3 head\n",
            "points.csv:2:13: error: ", "'head' is not a '1/year'", 0},
        {"parameters.livestock.yak.births,parameters.livestock.yak.deaths\n0.5 1/year\n",
            "points.csv:2:1: error: ", "1 field; expected 2", 0},
        {"parameters.livestock.yak.births\n0.5 1/year,\n",
            "points.csv:2:1: error: ", "more than 1 field; expected 1", 0},
        {"parameters.livestock.yak.births,parameters.livestock.yak.births\n0.5 1/year,0.5 1/year\n",
            "points.csv:1:33: error: ", "stands there already", 0},
        {"parameters.livestock.yak.births,parameters.livestock.yak.deaths\n0.5 1/year,\n",
            "points.csv:2:12: error: ", "has no value", 0},
        /* Every bad field is told, also of one line. */
        {"parameters.livestock.yak.births,parameters.livestock.yak.deaths\n5 1/year,3 head\n0.5 1/year,x\n",
            "points.csv:2:10: error: ", "'head' is not a '1/year'", 2},
        {"parameters.livestock.yak.births\n\"0.5 1/year\n",
            "points.csv:2:1: error: ", "a quote is never closed", 0},
        {"\"parameters.livestock.yak.births\n0.5 1/year\n",
            "points.csv:1:1: error: ", "a quote is never closed", 0},
        {"parameters.livestock.yak.births.\n0.5 1/year\n0.6 1/year\n", "points.csv:1:1: error: ",
            "'parameters.livestock.yak.births.' ends with a dot; expected 'parameters.livestock.yak.births'",
            0},
        {"programs.yak.effects[1].contract.premium.\n0.1\n", "points.csv:1:1: error: ", "ends with a dot", 0},
        {"parameters.livestock.yak.births\n", "points.csv:1:1: error: ", "no points", 0},
        {"parameters.migration.remitted,parameters.migration.away_cost\n0.5,0.4\n0.5,0.6\n",
            "points.csv:3:1: error: ", "sweep: point 1 (parameters.migration.remitted = 0.5, ", 0},
    };
    static const char *const sets[] = {"sweep={design: table, file: ../points.csv}"};
    char root[200], path[300];
    make_folder(root);
    copy_tiny(root, "");
    for (int32_t i = 0; i < SIM_COUNT(cases); i++) {
        struct county_overrides overrides = {.sets = sets, .n_sets = 1, .seed = -1};
        struct sim_diag diag;
        struct sim_error error = {0};
        struct county_study *study = NULL;
        snprintf(path, sizeof(path), "%s/scenarios/points.csv", root);
        write_text(path, cases[i].points);
        snprintf(path, sizeof(path), "%s/scenarios/tiny/experiment.yaml", root);
        sim_diag_init(&diag);
        assert_int_equal(county_study_load(path, &overrides, &diag, &study, &error), SIM_ERROR_INPUT);
        char *text = NULL;
        size_t n = 0;
        FILE *out = open_memstream(&text, &n);
        sim_diag_print(&diag, out);
        fclose(out);
        if (!strstr(text, cases[i].at) || !strstr(text, cases[i].message) ||
            diag.n_errors != 1 + cases[i].n_more)
            fail_msg("expected '%s%s' in: %s", cases[i].at, cases[i].message, text);
        free(text);
        sim_diag_free(&diag);
    }
    remove_tree(root);
}

/* What is allowed and is hardly meant is said, once, and nothing is said of its like that makes sense. */
static void test_sweeps_and_rules_without_sense_are_warned_of(void **state)
{
    (void)state;
    static const char *const cases[][4] = {
        /* set, set, arms, what is said; NULL: nothing of these */
        {"sweep={design: grid, parameters: {parameters.livestock.yak.births: [0.5 1/year, 0.6 1/year, 50 "
         "percent/year]}}",
            NULL, NULL, "'50 percent/year' is the value '0.5 1/year' over again"},
        {"sweep={design: grid, parameters: {parameters.shocks.weather: [none, weather, none]}}", NULL, NULL,
            "'none' is the value 'none' over again"},
        {"sweep={design: sobol, points: 8, parameters: {parameters.shocks.weather: [none, weather]}}", NULL,
            NULL, "6 of the 8 points are equal to an earlier one"},
        {"sweep={design: latin_hypercube, points: 3, parameters: {'programs.yak.effects[1].contract.places': "
         "{from: 2 household, to: 3 household}}}",
            NULL, NULL, "1 of the 3 points are equal to an earlier one"},
        {"sweep={design: sobol, points: 8, parameters: {parameters.shocks.weather: [none, weather], "
         "parameters.livestock.yak.births: {from: 0.4 1/year, to: 0.6 1/year}}}",
            NULL, NULL, NULL},
        {"sweep={design: grid, parameters: {programs.yak.budget: [1e5 CNY, 1e6 CNY]}}", NULL, "land",
            "none of the arms that are named runs the program 'yak'"},
        {"sweep={design: grid, parameters: {programs.yak.budget: [1e5 CNY, 1e6 CNY]}}", NULL, "yak", NULL},
        {"stop_when={variable: county.income_per_capita, arm: land, half_width: 1 CNY/person/year, from: "
         "2015, to: 2016}",
            "programs.land.approve=2017-01", NULL, "the same to the end of 2016"},
        {"stop_when={variable: county.income_per_capita, arm: land, half_width: 1 CNY/person/year, from: "
         "2015, to: 2017}",
            "programs.land.approve=2017-01", NULL, NULL},
        {"stop_when={variable: county.income_per_capita, arm: land, half_width: 1 CNY/person/year, from: "
         "2015, to: 2016}",
            "programs.land.approve=2016-12", NULL, NULL},
    };
    for (int32_t i = 0; i < SIM_COUNT(cases); i++) {
        struct sim_diag diag;
        struct county_study *study = load_with(TINY, cases[i], cases[i][1] ? 2 : 1, cases[i][2], &diag);
        int32_t n = 0;
        for (int32_t k = 0; k < diag.n; k++) {
            const char *message = sim_diag_message(&diag, k);
            n += strstr(message, "over again") || strstr(message, "equal to an earlier") ||
                 strstr(message, "arms that are named") || strstr(message, "the same to the end");
        }
        if (n != (cases[i][3] != NULL) || (cases[i][3] && !is_said(&diag, cases[i][3]))) {
            sim_diag_print(&diag, stderr);
            fail_msg("%s: expected once: %s", cases[i][0], cases[i][3] ? cases[i][3] : "nothing");
        }
        sim_diag_free(&diag);
        county_study_free(study);
    }
}

/* A wrong number of replicates is one error, and no word of the number that would have stood in for it. */
static void test_wrong_least_is_one_error_and_no_warning(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "stop_when={variable: county.income_per_capita, arm: all, half_width: 1 "
        "CNY/person/year, least: 1}"};
    struct county_overrides overrides = {.sets = sets, .n_sets = 1, .seed = -1};
    struct sim_diag diag;
    struct sim_error error = {0};
    struct county_study *study = NULL;
    sim_diag_init(&diag);
    assert_int_equal(county_study_load(TINY, &overrides, &diag, &study, &error), SIM_ERROR_INPUT);
    assert_int_equal(diag.n_errors, 1);
    assert_int_equal(diag.n_warnings, 0);
    sim_diag_free(&diag);
}

/* A table says it of each line, where it stands. */
static void test_lines_of_a_table_that_are_equal_are_warned_of(void **state)
{
    (void)state;
    static const char *const sets[] = {"sweep={design: table, file: ../points.csv}"};
    char root[200], path[300], *text = NULL;
    size_t n = 0;
    make_folder(root);
    copy_tiny(root, "parameters.livestock.yak.births,parameters.shocks.weather\n0.5 1/year,none\n"
                    "0.5 1/year,weather\n50 percent/year,none\n");
    snprintf(path, sizeof(path), "%s/scenarios/tiny/experiment.yaml", root);
    struct sim_diag diag;
    struct county_study *study = load_with(path, sets, 1, NULL, &diag);
    FILE *out = open_memstream(&text, &n);
    sim_diag_print(&diag, out);
    fclose(out);
    assert_non_null(strstr(text, "points.csv:4:1: warning: sweep: point 2 is point 0 over again"));
    assert_null(strstr(text, "point 1 is"));
    free(text);
    sim_diag_free(&diag);
    county_study_free(study);
    remove_tree(root);
}

/* The number of replicates is not what a batch is known by; everything else is. */
static void test_replicates_are_no_input_and_the_rest_is(void **state)
{
    (void)state;
    static const struct {
        const char *set;
        bool is_same;
    } cases[] = {{"replicates=9", true}, {"seed=9", false},
        {"sweep.parameters={parameters.livestock.yak.births: "
         "[0.5 1/year]}",
            false}};
    struct county_study *plain = load(SWEEP, NULL);
    struct sim_meta first;
    struct sim_error error = {0};
    sim_meta_init(&first);
    check_ok(county_study_meta(plain, &first, &error), error);
    for (int32_t i = 0; i < SIM_COUNT(cases); i++) {
        struct county_study *other = load(SWEEP, cases[i].set);
        struct sim_meta second;
        bool is_same = true;
        sim_meta_init(&second);
        check_ok(county_study_meta(other, &second, &error), error);
        for (int32_t k = 0; k < first.n; k++)
            if (first.entries[k].class == SIM_META_INPUT)
                is_same = is_same && strcmp(first.entries[k].text, second.entries[k].text) == 0;
        assert_int_equal(is_same, cases[i].is_same);
        sim_meta_free(&second);
        county_study_free(other);
    }
    sim_meta_free(&first);
    county_study_free(plain);
}

/* Texts of a stranger: nothing is written outside, and nothing stays. */
static void test_hostile_texts_are_refused_and_leave_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *given, *said;
    } cases[] = {{"# file: ../up.yaml, 2 bytes\na\n\n", ""},
        {"# file: /tmp/pamir-up.yaml, 2 bytes\na\n\n", ""}, {"# file: a/../../up.yaml, 2 bytes\na\n\n", ""},
        {"# file: a//b.yaml, 2 bytes\na\n\n", ""}, {"# file: a.yaml, 99999999999 bytes\na\n\n", ""},
        {"# file: a.yaml, -2 bytes\na\n\n", ""},
        {"# file: a.yaml, 2 bytes\na\n\n# file: a.yaml, 2 bytes\na\n\n", ""},
        {"# file: , 2 bytes\na\n\n", ""},
        {"# file: a.yaml, 2 bytes\na\n\n# file: a.yaml/b, 2 bytes\na\n\n", ""}, {"", ""},
        {"pamir: experiment\n", ""}, {"# file: a.yaml, 2 bytes\na\n\n", "--sett a=b\n"},
        {"# file: a.yaml, 2 bytes\na\n\n", "--seed -4\n"}, {"# file: a.yaml, 2 bytes\na\n\n", "--seed 4"},
        {"# file: a.yaml, 2 bytes\na\n\n", ""}};
    char scratch[200];
    make_folder(scratch);
    char *before = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
    setenv("TMPDIR", scratch, 1);
    for (int32_t i = 0; i < SIM_COUNT(cases); i++) {
        struct sim_meta meta;
        struct sim_diag diag;
        struct sim_error error = {0};
        struct county_study *study = NULL;
        sim_meta_init(&meta);
        sim_diag_init(&diag);
        check_ok(sim_meta_set(&meta, SIM_META_INPUT, "experiment_given", cases[i].given, "x", &error), error);
        check_ok(sim_meta_set(&meta, SIM_META_INPUT, "overrides", cases[i].said, "x", &error), error);
        assert_true(county_study_load_kept(&meta, 0, &diag, &study, &error) < 0);
        assert_null(study);
        assert_true(*error.message);
        assert_int_equal(count_entries(scratch), 0);
        sim_meta_free(&meta);
        sim_diag_free(&diag);
    }
    if (before)
        setenv("TMPDIR", before, 1);
    else
        unsetenv("TMPDIR");
    free(before);
    remove_tree(scratch);
}

static void test_stop_when_is_told_in_terms_of_the_output(void **state)
{
    (void)state;
    struct county_study *plain = load(TINY, NULL);
    struct sim_batch_stop stop;
    assert_false(county_study_stop(plain, &stop));
    county_study_free(plain);
    struct county_study *study = load(TINY, "stop_when={variable: county.income_per_capita, arm: all, "
                                            "half_width: 20000 fen/person/year, from: 2017, "
                                            "to: 2019, step: 4}");
    assert_true(county_study_stop(study, &stop));
    const struct sim_variable *variable = &county_study_output(study)->variables[stop.variable];
    assert_string_equal(variable->name, "income_per_capita");
    assert_int_equal(stop.first, 2);
    assert_int_equal(stop.n, 3);
    assert_int_equal(stop.stride, 1);
    assert_int_equal(stop.arm, find_arm(study, "all"));
    assert_int_equal(stop.reference, county_study_reference(study));
    assert_int_equal(stop.least, 16);
    assert_int_equal(stop.step, 4);
    check_near(stop.half_width, 200, 1e-12, 0);
    county_study_free(study);
}

static void test_stop_when_takes_one_of_several_places_by_its_name(void **state)
{
    (void)state;
    struct county_study *study = load(TINY,
        "stop_when={variable: village.Ford.income_real_per_capita, arm: all, half_width: 1 CNY/person/year}");
    struct sim_batch_stop stop;
    assert_true(county_study_stop(study, &stop));
    const struct sim_output *output = county_study_output(study);
    const struct sim_variable *variable = &output->variables[stop.variable];
    int64_t village = -1;
    for (int32_t i = 0; i < variable->n_dims; i++) {
        const struct sim_dimension *dimension = &output->dimensions[variable->dims[i]];
        for (int32_t k = 0; dimension->labels && k < dimension->length; k++)
            if (strcmp(dimension->labels[k], "Ford") == 0)
                village = k;
    }
    assert_true(village >= 0);
    assert_int_equal(stop.first, village * 6);
    assert_int_equal(stop.n, 6);
    assert_int_equal(stop.stride, 1);
    county_study_free(study);
}

static void test_arm_of_stop_when_is_run_whatever_arms_are_named(void **state)
{
    (void)state;
    static const char *const sets[] = {
        "stop_when={variable: county.income_per_capita, arm: all, half_width: 20 CNY/person/year}"};
    struct sim_diag diag;
    struct county_study *study = load_with(TINY, sets, 1, "land", &diag);
    struct sim_batch_stop stop;
    assert_int_equal(county_study_n_arms(study), 3);
    assert_true(county_study_stop(study, &stop));
    assert_string_equal(county_study_arm(study, stop.arm), "all");
    sim_diag_free(&diag);
    county_study_free(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_arrive_at_every_point_with_the_last_parameter_fastest),
        cmocka_unit_test(test_point_equal_to_the_file_gives_the_files_row_and_others_do_not),
        cmocka_unit_test(test_point_is_the_scenario_that_set_would_give),
        cmocka_unit_test(test_what_an_arm_sets_itself_and_set_stand_over_the_sweep_with_a_warning),
        cmocka_unit_test(test_switches_months_and_whole_numbers_are_swept_and_rounding_is_said),
        cmocka_unit_test(test_values_of_a_stretch_are_told_and_computed_with),
        cmocka_unit_test(test_panel_is_off_in_a_sweep_unless_it_is_asked_for),
        cmocka_unit_test(test_study_is_had_again_from_the_texts_it_left),
        cmocka_unit_test(test_errors_of_a_table_stand_at_their_line_and_column),
        cmocka_unit_test(test_sweeps_and_rules_without_sense_are_warned_of),
        cmocka_unit_test(test_wrong_least_is_one_error_and_no_warning),
        cmocka_unit_test(test_lines_of_a_table_that_are_equal_are_warned_of),
        cmocka_unit_test(test_replicates_are_no_input_and_the_rest_is),
        cmocka_unit_test(test_hostile_texts_are_refused_and_leave_nothing),
        cmocka_unit_test(test_stop_when_is_told_in_terms_of_the_output),
        cmocka_unit_test(test_stop_when_takes_one_of_several_places_by_its_name),
        cmocka_unit_test(test_arm_of_stop_when_is_run_whatever_arms_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
