/* Arms share their past until they part, and a row may be lived in stretches, on one thread or several
 * threads: on the tiny county. Rung: definition. */
#include "models/county/fork.h"

#include <stdlib.h>
#include <string.h>

#include "models/county/study.h"
#include "sim/rand/rand.h"
#include "sim/time/calendar.h"
#include "tests/support/county.h"

enum { ARMS = 7, MONTHS = 72 };

struct fixture {
    struct county_study *study;
    struct sim_batch_model model;
    struct sim_error error;
};

static void fixture_open(struct fixture *self, const char *const *sets, int32_t n_sets)
{
    struct county_overrides overrides = {.sets = sets, .n_sets = n_sets, .seed = -1};
    struct sim_diag diag;
    memset(self, 0, sizeof *self);
    sim_diag_init(&diag);
    if (county_study_load(TINY, &overrides, &diag, &self->study, &self->error) < 0) {
        sim_diag_print(&diag, stderr);
        fail_msg("%s", self->error.message);
    }
    sim_diag_free(&diag);
    assert_int_equal(county_study_n_arms(self->study), ARMS);
    check_ok(county_study_batch(self->study, 1, &self->model, &self->error), self->error);
}

static void fixture_close(struct fixture *self)
{
    county_study_free(self->study);
}

static int32_t arm_of(const struct fixture *self, const char *name)
{
    for (int32_t arm = 0; arm < ARMS; arm++)
        if (strcmp(county_study_arm(self->study, arm), name) == 0)
            return arm;
    fail_msg("no arm %s", name);
    return -1;
}

static const struct scenario *scenario_of(const struct fixture *self, int32_t arm)
{
    return county_study_scenario(self->study, 0, arm);
}

static sim_time start_of(const struct fixture *self)
{
    return sim_month_to_time(scenario_of(self, 0)->first_month);
}

static sim_time boundary_after(const struct fixture *self, int32_t months)
{
    return sim_month_to_time(scenario_of(self, 0)->first_month + months);
}

static sim_time part_at(const struct fixture *self, int32_t a, int32_t b)
{
    return self->model.part_at(self->model.user, 0, a, b);
}

/* A row's place, zeroed. */
static void *new_row(const struct fixture *self)
{
    void *row = calloc(1, (size_t)self->model.output->row_bytes);
    assert_non_null(row);
    return row;
}

static int live(struct fixture *self, int32_t arm, struct sim_state *from, sim_time until,
    struct sim_state *to, int32_t n_threads, void *row, const struct sim_pulse *pulse)
{
    struct sim_batch_span span = {.arm = arm,
        .replicate = 1,
        .n_threads = n_threads,
        .from = from,
        .until = until,
        .to = to,
        .row = row,
        .pulse = pulse};
    self->error = (struct sim_error){0};
    return self->model.run_span(self->model.user, &span, &self->error);
}

/* The states of a life at every boundary, and its row. */
struct life {
    struct sim_state states[MONTHS + 1]; /* after so many months */
    void *row;
    int32_t n;
};

static enum sim_pulse_wish save_always(void *user, sim_time boundary)
{
    (void)user, (void)boundary;
    return SIM_PULSE_SAVE;
}

static void keep_state(void *user, sim_time boundary, const struct sim_state *state)
{
    struct life *self = user;
    struct sim_error error = {0};
    (void)boundary;
    self->n++;
    assert_true(self->n <= MONTHS);
    check_ok(sim_state_put(&self->states[self->n], state->bytes, state->n, &error), error);
}

/* The founding's state, which no pulse is asked at, is a span of no length. */
static void life_live(struct life *self, struct fixture *of, int32_t arm)
{
    memset(self, 0, sizeof *self);
    self->row = new_row(of);
    check_ok(live(of, arm, NULL, start_of(of), &self->states[0], 1, self->row, NULL), of->error);
    memset(self->row, 0, (size_t)of->model.output->row_bytes);
    struct sim_pulse pulse = {self, save_always, keep_state, NULL};
    check_ok(live(of, arm, NULL, SIM_TIME_MAX, NULL, 1, self->row, &pulse), of->error);
    assert_int_equal(self->n, MONTHS);
}

static void life_free(struct life *self)
{
    for (int32_t i = 0; i <= MONTHS; i++)
        sim_state_free(&self->states[i]);
    free(self->row);
}

static bool is_same_state(const struct sim_state *a, const struct sim_state *b)
{
    return a->n == b->n && memcmp(a->bytes, b->bytes, (size_t)a->n) == 0;
}

static void test_arms_part_in_the_month_of_the_first_approval_that_they_do_not_share(void **state)
{
    (void)state;
    struct fixture tiny;
    fixture_open(&tiny, NULL, 0);
    int32_t reference = arm_of(&tiny, "reference"), all = arm_of(&tiny, "all");
    const struct scenario *scenario = scenario_of(&tiny, all);
    sim_time first = SIM_TIME_MAX;
    for (int32_t i = 0; i < scenario->n_investments; i++) {
        const struct investment_config *program = &scenario->investments[i];
        sim_time approve = sim_month_to_time(program->approve);
        assert_true(part_at(&tiny, reference, arm_of(&tiny, program->name)) == approve);
        if (program->active && approve < first)
            first = approve;
    }
    assert_true(part_at(&tiny, reference, all) == first);
    assert_true(part_at(&tiny, all, all) == SIM_TIME_MAX);
    char text[32];
    tiny.model.time_text(sim_month_to_time(616), text);
    assert_string_equal(text, "2021-05");
    fixture_close(&tiny);
}

static void test_arms_have_one_state_until_they_part_and_two_thereafter(void **state)
{
    (void)state;
    static struct life lives[ARMS];
    struct fixture tiny;
    fixture_open(&tiny, NULL, 0);
    for (int32_t arm = 0; arm < ARMS; arm++)
        life_live(&lives[arm], &tiny, arm);
    void *row = new_row(&tiny);
    for (int32_t a = 0; a < ARMS; a++)
        for (int32_t b = 0; b < ARMS; b++) {
            sim_time part = part_at(&tiny, a, b);
            int32_t last = 0; /* of the boundaries before the two part */
            for (int32_t i = 0; i <= MONTHS && boundary_after(&tiny, i) <= part; i++) {
                assert_true(is_same_state(&lives[a].states[i], &lives[b].states[i]));
                last = i;
            }
            if (a == b)
                continue;
            assert_true(last > 0 && last < MONTHS);
            assert_false(is_same_state(&lives[a].states[last + 1], &lives[b].states[last + 1]));
            assert_memory_not_equal(lives[a].row, lives[b].row, (size_t)tiny.model.output->row_bytes);
            memset(row, 0, (size_t)tiny.model.output->row_bytes);
            check_ok(live(&tiny, b, &lives[a].states[last], SIM_TIME_MAX, NULL, 1, row, NULL), tiny.error);
            assert_memory_equal(row, lives[b].row, (size_t)tiny.model.output->row_bytes);
        }
    free(row);
    for (int32_t arm = 0; arm < ARMS; arm++)
        life_free(&lives[arm]);
    fixture_close(&tiny);
}

/* Every boundary of a horizon in which three programs come and work; each state is taken by a pulse in one
 * life and by a span's end in another, and they are the same bytes. */
static void test_a_row_saved_in_any_month_and_continued_is_the_row_of_a_whole_life(void **state)
{
    (void)state;
    static struct life life;
    struct fixture tiny;
    fixture_open(&tiny, NULL, 0);
    int32_t all = arm_of(&tiny, "all");
    life_live(&life, &tiny, all);
    void *row = new_row(&tiny);
    size_t bytes = (size_t)tiny.model.output->row_bytes;
    struct sim_state at, *from = NULL;
    sim_state_init(&at);
    for (int32_t i = 0; i <= MONTHS; i++) {
        struct sim_state to;
        sim_state_init(&to);
        memset(row, 0, bytes);
        check_ok(live(&tiny, all, from, boundary_after(&tiny, i), &to, 1 + i % 3, row, NULL), tiny.error);
        assert_true(is_same_state(&to, &life.states[i]));
        sim_state_free(&at);
        at = to; /* the next stretch is of one month */
        from = &at;
        memset(row, 0, bytes);
        check_ok(live(&tiny, all, from, SIM_TIME_MAX, NULL, 1 + i % 2, row, NULL), tiny.error);
        assert_memory_equal(row, life.row, bytes);
    }
    sim_state_free(&at);
    free(row);
    life_free(&life);
    fixture_close(&tiny);
}

/* Tells a run what it shall do after so many boundaries. */
struct wish {
    struct life kept;
    enum sim_pulse_wish what;
    int32_t after;
};

static enum sim_pulse_wish wish_once(void *user, sim_time boundary)
{
    struct wish *self = user;
    (void)boundary;
    return --self->after == 0 ? self->what : SIM_PULSE_GO;
}

static void keep_wished(void *user, sim_time boundary, const struct sim_state *state)
{
    struct wish *self = user;
    keep_state(&self->kept, boundary, state);
}

static void test_a_pulse_saves_stops_or_does_both(void **state)
{
    (void)state;
    static struct life life;
    struct fixture tiny;
    fixture_open(&tiny, NULL, 0);
    int32_t yak = arm_of(&tiny, "yak");
    life_live(&life, &tiny, yak);
    size_t bytes = (size_t)tiny.model.output->row_bytes;
    void *row = new_row(&tiny);
    const enum sim_pulse_wish wishes[] = {SIM_PULSE_SAVE, SIM_PULSE_STOP, SIM_PULSE_SAVE_AND_STOP};
    for (int32_t i = 0; i < SIM_COUNT(wishes); i++) {
        struct wish wish = {.what = wishes[i], .after = 31};
        struct sim_pulse pulse = {&wish, wish_once, keep_wished, NULL};
        memset(row, 0, bytes);
        int code = live(&tiny, yak, NULL, SIM_TIME_MAX, NULL, 1, row, &pulse);
        assert_int_equal(code, wishes[i] == SIM_PULSE_SAVE ? 0 : SIM_ERROR_STOPPED);
        assert_int_equal(wish.kept.n, wishes[i] == SIM_PULSE_STOP ? 0 : 1);
        if (wish.kept.n == 1)
            assert_true(is_same_state(&wish.kept.states[1], &life.states[31]));
        if (code == 0)
            assert_memory_equal(row, life.row, bytes);
        life_free(&wish.kept);
    }
    free(row);
    life_free(&life);
    fixture_close(&tiny);
}

static void test_a_state_goes_on_in_other_partitions_and_threads(void **state)
{
    (void)state;
    const struct county_run_options options[] = {{.villages_per_partition = 1}, {.villages_per_partition = 2},
        {.scheduler = SIM_SCHEDULER_THREADS, .n_threads = 2, .villages_per_partition = 1}};
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    uint8_t expected[SIM_DIGEST_BYTES], got[SIM_DIGEST_BYTES];
    for (int32_t i = 0; i < SIM_COUNT(options); i++) {
        struct county_run run;
        struct sim_state bytes;
        sim_state_init(&bytes);
        county_fixture_run(&county, &run, options[i], 30);
        check_ok(county_run_save(&run, &bytes, &county.error), county.error);
        check_ok(county_run_until(&run, county.scenario.end_month, &county.error), county.error);
        check_ok(county_run_digest(&run, expected, &county.error), county.error);
        county_run_free(&run);
        struct county_run_options other = options[(i + 1) % SIM_COUNT(options)];
        other.is_empty = true;
        memset(&run, 0, sizeof run);
        check_ok(
            county_run_init(&run, &county.scenario, &county.founders, 1, other, &county.error), county.error);
        check_ok(county_run_load(&run, &bytes, &county.error), county.error);
        check_ok(county_run_until(&run, county.scenario.end_month, &county.error), county.error);
        check_ok(county_run_digest(&run, got, &county.error), county.error);
        assert_memory_equal(expected, got, SIM_DIGEST_BYTES);
        county_run_free(&run);
        sim_state_free(&bytes);
    }
    county_fixture_close(&county);
}

static void test_a_state_that_does_not_fit_is_refused_before_anything_is_lived(void **state)
{
    (void)state;
    struct fixture tiny, more;
    fixture_open(&tiny, NULL, 0);
    int32_t all = arm_of(&tiny, "all");
    struct sim_state whole;
    sim_state_init(&whole);
    void *row = new_row(&tiny);
    sim_time at = boundary_after(&tiny, 30);
    check_ok(live(&tiny, all, NULL, at, &whole, 1, row, NULL), tiny.error);

    /* Cut off anywhere; and with a byte behind its end. */
    for (int64_t n = 0; n < whole.n; n += n < 2000 ? 7 : whole.n / 211 + 1) {
        struct sim_state cut = {.bytes = whole.bytes, .n = n, .capacity = n};
        assert_int_equal(live(&tiny, all, &cut, SIM_TIME_MAX, NULL, 1, row, NULL), SIM_ERROR_FORMAT);
    }
    check_ok(sim_state_put(&whole, "", 1, &tiny.error), tiny.error);
    assert_int_equal(live(&tiny, all, &whole, SIM_TIME_MAX, NULL, 1, row, NULL), SIM_ERROR_FORMAT);
    assert_non_null(strstr(tiny.error.message, "1 bytes behind its end"));
    whole.n--;
    /* Of a later month than is asked for. */
    struct sim_state to;
    sim_state_init(&to);
    assert_int_equal(
        live(&tiny, all, &whole, boundary_after(&tiny, 29), &to, 1, row, NULL), SIM_ERROR_FORMAT);
    /* Of another panel, so that the row has another length. */
    const char *const sets[] = {"panel=3"};
    fixture_open(&more, sets, 1);
    void *other = new_row(&more);
    assert_int_equal(live(&more, all, &whole, SIM_TIME_MAX, NULL, 1, other, NULL), SIM_ERROR_FORMAT);
    assert_non_null(strstr(more.error.message, "observer: saved with a row of"));
    free(other);
    fixture_close(&more);
    sim_state_free(&to);
    sim_state_free(&whole);
    free(row);
    fixture_close(&tiny);
}

/* Counts, marks, events and rows of rows with a bit or a word changed: most are refused, and what is not is
 * held apart by the checksum of whoever keeps states; nothing crashes or asks for memory without end. */
static void test_damaged_states_are_refused_or_loaded_and_never_crash(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    struct county_run run;
    struct sim_state whole;
    sim_state_init(&whole);
    county_fixture_run(&county, &run, (struct county_run_options){0}, 30);
    check_ok(county_run_save(&run, &whole, &county.error), county.error);
    county_run_free(&run);
    static const int32_t words[] = {-1, 0, 1, INT32_MAX, INT32_MIN, 1 << 20};
    struct sim_luck luck = {5, 0};
    int32_t n_refused = 0;
    enum { TRIES = 600 };
    for (uint64_t i = 0; i < TRIES; i++) {
        struct sim_state damaged;
        struct sim_error error = {0};
        sim_state_init(&damaged);
        check_ok(sim_state_put(&damaged, whole.bytes, whole.n, &error), error);
        uint64_t where = sim_rand_word(luck, 1, SIM_PURPOSE_REQUEST_TICKET, i);
        if (i % 2 == 0)
            damaged.bytes[where % (uint64_t)whole.n] ^= (uint8_t)(1u << (where >> 60));
        else
            memcpy(damaged.bytes + where % (uint64_t)(whole.n / 4) * 4,
                &words[(where >> 50) % SIM_COUNT(words)], sizeof words[0]);
        memset(&run, 0, sizeof run);
        check_ok(county_run_init(&run, &county.scenario, &county.founders, 1,
                     (struct county_run_options){.is_empty = true}, &error),
            error);
        int64_t before = county_run_bytes(&run);
        int code = county_run_load(&run, &damaged, &error);
        assert_true(code == 0 || code == SIM_ERROR_FORMAT);
        assert_true(county_run_bytes(&run) - before < 4 * whole.n);
        n_refused += code != 0;
        county_run_free(&run);
        sim_state_free(&damaged);
    }
    assert_in_range(n_refused, TRIES / 10, TRIES - 1);
    sim_state_free(&whole);
    county_fixture_close(&county);
}

/* An arm of which one thing differs. `text` is the same words at another address. */
static void check_param(const struct scenario *scenario, struct scenario *changed,
    const struct sim_param *param, char *field, sim_time expected)
{
    char before[sizeof(int64_t)];
    char text[2000];
    const char *at = text;
    size_t size = param->kind == SIM_PARAM_FLAG ? sizeof(bool) : sizeof(int32_t);
    if (param->kind == SIM_PARAM_REAL || param->kind == SIM_PARAM_INTEGER || param->kind == SIM_PARAM_TEXT)
        size = sizeof(int64_t);
    memcpy(before, field, size);
    if (param->kind == SIM_PARAM_TEXT) {
        const char *old;
        memcpy(&old, field, sizeof old);
        snprintf(text, sizeof text, "%s", old ? old : "");
        memcpy(field, &at, sizeof at);
        if (old)
            assert_true(fork_at(scenario, changed) == SIM_TIME_MAX);
        assert_true(strlen(text) + 2 < sizeof text);
        strcat(text, "!");
    } else {
        field[0] ^= 1;
    }
    if (fork_at(scenario, changed) != expected || fork_at(changed, scenario) != expected)
        fail_msg("%s: parts at %lld", param->name, (long long)fork_at(scenario, changed));
    memcpy(field, before, size);
    assert_true(fork_at(scenario, changed) == SIM_TIME_MAX);
}

static void test_any_other_parameter_parts_arms_at_the_founding(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    const struct scenario *scenario = &county.scenario;
    static struct scenario changed;
    changed = *scenario;
    assert_true(fork_at(scenario, &changed) == SIM_TIME_MAX);
    int32_t n = 0;
    for (int32_t i = 0; i < scenario_n_sections; i++)
        for (int32_t k = 0; k < scenario_sections[i].schema->n_params; k++, n++) {
            const struct sim_param *param = &scenario_sections[i].schema->params[k];
            check_param(scenario, &changed, param,
                (char *)&changed + scenario_sections[i].offset + param->offset, INT64_MIN);
        }
    assert_true(n > 150);
    for (int32_t k = 0; k < county_schema.n_params; k++)
        check_param(scenario, &changed, &county_schema.params[k],
            (char *)&changed.county + county_schema.params[k].offset, INT64_MIN);
    for (int32_t i = 0; i < SPECIES_COUNT; i++)
        for (int32_t k = 0; k < species_schemas[i].n_params; k++)
            check_param(scenario, &changed, &species_schemas[i].params[k],
                (char *)&changed.livestock.species[i] + species_schemas[i].params[k].offset, INT64_MIN);
#define CHECK_PARTS(change, back)                                                                            \
    change;                                                                                                  \
    assert_true(fork_at(scenario, &changed) == INT64_MIN);                                                   \
    back;                                                                                                    \
    assert_true(fork_at(scenario, &changed) == SIM_TIME_MAX);
    for (int32_t good = 0; good < GOODS; good++) {
        CHECK_PARTS(changed.markets.paths[good].values[0] += 1,
            changed.markets.paths[good] = scenario->markets.paths[good])
    }
    CHECK_PARTS(changed.seed++, changed.seed--)
    CHECK_PARTS(changed.end_month++, changed.end_month--)
    CHECK_PARTS(changed.base_year++, changed.base_year--)
    CHECK_PARTS(changed.lines[0].fen_per_year += 1, changed.lines[0] = scenario->lines[0])
    CHECK_PARTS(changed.n_lines--, changed.n_lines++)
    CHECK_PARTS(changed.n_schemes--, changed.n_schemes++)
#undef CHECK_PARTS
    county_fixture_close(&county);
}

/* A copy of an arm whose programs may be changed. */
static void copy_programs(struct scenario *to, const struct scenario *from,
    struct investment_config programs[INVESTMENT_MAX], struct effect_config effects[SCHEME_MAX])
{
    *to = *from;
    memcpy(programs, from->investments, (size_t)from->n_investments * sizeof *programs);
    memcpy(effects, from->effects, (size_t)from->n_schemes * sizeof *effects);
    to->investments = programs;
    to->effects = effects;
}

static void test_any_other_value_of_a_program_parts_arms_at_its_approval(void **state)
{
    (void)state;
    static struct scenario changed;
    static struct investment_config programs[INVESTMENT_MAX];
    static struct effect_config effects[SCHEME_MAX];
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    const struct scenario *scenario = &county.scenario;
    copy_programs(&changed, scenario, programs, effects);
    for (int32_t i = 0; i < scenario->n_investments; i++) {
        struct investment_config *program = &programs[i];
        /* Of one that neither runs nothing shows. */
        sim_time expected = program->active ? sim_month_to_time(program->approve) : SIM_TIME_MAX;
        for (int32_t k = 0; k < investment_schema.n_params; k++) {
            const struct sim_param *param = &investment_schema.params[k];
            if (strcmp(param->name, "approve") != 0)
                check_param(scenario, &changed, param, (char *)program + param->offset, expected);
        }
        for (int32_t s = program->first_scheme; s < program->first_scheme + program->n_effects; s++) {
            const struct sim_schema *schema = effect_types[effects[s].kind]->schema;
            for (int32_t k = 0; k < schema->n_params; k++)
                check_param(scenario, &changed, &schema->params[k],
                    (char *)&effects[s].as + schema->params[k].offset, expected);
        }
        if (!program->active)
            continue;
        const uint8_t *targets = program->targets, none[64] = {0};
        program->targets = none;
        assert_true(fork_at(scenario, &changed) == expected);
        program->targets = targets;
        program->approve += 5; /* both run it: the earlier of the two months */
        assert_true(fork_at(scenario, &changed) == expected && fork_at(&changed, scenario) == expected);
        program->approve -= 9;
        expected = sim_month_to_time(program->approve);
        assert_true(fork_at(scenario, &changed) == expected && fork_at(&changed, scenario) == expected);
        program->approve = scenario->investments[i].approve;
        program->active = false;
        expected = sim_month_to_time(program->approve);
        assert_true(fork_at(scenario, &changed) == expected && fork_at(&changed, scenario) == expected);
        program->active = true;
    }
    /* After the horizon: rows alone differ, which are filled at its end. */
    copy_programs(&changed, scenario, programs, effects);
    static struct scenario without;
    static struct investment_config none[INVESTMENT_MAX];
    without = changed;
    without.investments = none;
    programs[0].approve = scenario->end_month + 3;
    memcpy(none, programs, sizeof none);
    none[0].active = false;
    assert_true(fork_at(&without, &changed) == sim_month_to_time(scenario->end_month));
    county_fixture_close(&county);
}

static sim_time least(sim_time a, sim_time b)
{
    return a < b ? a : b;
}

/* Arms with each program asleep, as it is, richer, or later, drawn many times. */
static void test_no_detour_is_later_than_the_way(void **state)
{
    (void)state;
    enum { VARIANTS = 40 };
    static struct scenario arms[VARIANTS];
    static struct investment_config programs[VARIANTS][INVESTMENT_MAX];
    static struct effect_config effects[VARIANTS][SCHEME_MAX];
    struct county_fixture county;
    county_fixture_open(&county, TINY, "all", NULL, 0);
    struct sim_luck luck = {11, 0};
    int32_t n_parted = 0;
    for (int32_t i = 0; i < VARIANTS; i++) {
        copy_programs(&arms[i], &county.scenario, programs[i], effects[i]);
        for (int32_t k = 0; k < arms[i].n_investments; k++) {
            uint64_t draw = sim_rand_word(luck, (sim_key)k, SIM_PURPOSE_REQUEST_TICKET, (uint64_t)i);
            programs[i][k].active = draw % 3 != 0;
            programs[i][k].budget += (int64_t)(draw >> 8 & 1);
            programs[i][k].approve += (int32_t)(draw >> 16 & 7);
        }
        arms[i].seed += i % 10 == 9;
    }
    for (int32_t a = 0; a < VARIANTS; a++)
        for (int32_t b = 0; b < VARIANTS; b++) {
            sim_time way = fork_at(&arms[a], &arms[b]);
            assert_true(way == fork_at(&arms[b], &arms[a]));
            n_parted += way < SIM_TIME_MAX && way > INT64_MIN;
            for (int32_t c = 0; c < VARIANTS; c++)
                assert_true(way >= least(fork_at(&arms[a], &arms[c]), fork_at(&arms[c], &arms[b])));
        }
    assert_true(n_parted > VARIANTS * VARIANTS / 2);
    county_fixture_close(&county);
}

/* The definition, of arms that run the same program with other values: what it costs, whom it is for, what
 * its effects are. */
static void test_other_values_of_a_program_leave_the_state_alone_until_its_approval(void **state)
{
    (void)state;
    static const char *const sets[] = {"programs.yak.budget=1.3e6 CNY",
        "programs.yak.effects[0].plant.wage=5000 CNY/month", "programs.cattle.recipients=all",
        "programs.land.approve=2016-02"};
    static struct life as_given, changed;
    struct fixture tiny, other;
    fixture_open(&tiny, NULL, 0);
    int32_t all = arm_of(&tiny, "all");
    life_live(&as_given, &tiny, all);
    for (int32_t i = 0; i < SIM_COUNT(sets); i++) {
        fixture_open(&other, &sets[i], 1);
        life_live(&changed, &other, all);
        sim_time part = fork_at(scenario_of(&tiny, all), scenario_of(&other, all));
        int32_t k = 0;
        for (; k <= MONTHS && boundary_after(&tiny, k) <= part; k++)
            assert_true(is_same_state(&as_given.states[k], &changed.states[k]));
        assert_in_range(k, 12, MONTHS);
        assert_false(is_same_state(&as_given.states[MONTHS], &changed.states[MONTHS]));
        life_free(&changed);
        fixture_close(&other);
    }
    life_free(&as_given);
    fixture_close(&tiny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arms_part_in_the_month_of_the_first_approval_that_they_do_not_share),
        cmocka_unit_test(test_arms_have_one_state_until_they_part_and_two_thereafter),
        cmocka_unit_test(test_a_row_saved_in_any_month_and_continued_is_the_row_of_a_whole_life),
        cmocka_unit_test(test_a_pulse_saves_stops_or_does_both),
        cmocka_unit_test(test_a_state_goes_on_in_other_partitions_and_threads),
        cmocka_unit_test(test_a_state_that_does_not_fit_is_refused_before_anything_is_lived),
        cmocka_unit_test(test_damaged_states_are_refused_or_loaded_and_never_crash),
        cmocka_unit_test(test_any_other_parameter_parts_arms_at_the_founding),
        cmocka_unit_test(test_any_other_value_of_a_program_parts_arms_at_its_approval),
        cmocka_unit_test(test_no_detour_is_later_than_the_way),
        cmocka_unit_test(test_other_values_of_a_program_leave_the_state_alone_until_its_approval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
