/* A batch without a county: a row is a few keyed numbers of every type, so that storage and batches can be
 * tested alone. The names are UTF-8, there is a sweep when asked for, and failures come where a test wants
 * them. */
#ifndef TESTS_SUPPORT_FAKE_BATCH_H
#define TESTS_SUPPORT_FAKE_BATCH_H

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/core/key.h"
#include "sim/run/batch.h"
#include "tests/support/check.h"

#define FAKE_MONTHS 24
#define FAKE_VILLAGES 3
#define FAKE_CLAIMS 2
#define FAKE_STEPS 5
#define FAKE_ARMS_MOST 8
#define FAKE_PATIENCE 200000 /* turns of 0.1 ms at least that a row waits for something */

enum {
    FAKE_INCOME,
    FAKE_JOBS,
    FAKE_HERD,
    FAKE_CASH,
    FAKE_KEY,
    FAKE_PANEL,
    FAKE_FLAG,
    FAKE_GINI,
    FAKE_TEXTLESS
};

static const char *const fake_arms[] = {"reference", "all programs", "牦牛 yak"};
static const char *const fake_villages[] = {"Tağdumbaş", "瓦恰", "Dafdar"};
static const char *const fake_claims[] = {"C1", "C2"};

/* The shape: `income` [month] f64, `jobs` [month] i32, `herd` [village, year] i16, `cash` i64, `key`
 * [village] u64, `panel` [village, month] f32, `flag` [village] i8, `gini` scalar f64, `steps` [step] u8 on a
 * dimension without coordinates; two constants. */
static inline void fake_output(struct sim_output *self)
{
    struct sim_error error = {0};
    double days[FAKE_MONTHS], published[FAKE_CLAIMS] = {10842.5, (double)NAN};
    int64_t years[2] = {2015, 2016};
    for (int i = 0; i < FAKE_MONTHS; i++)
        days[i] = 30.5 * i;
    sim_output_init(self);
    struct sim_dimension dimensions[] = {
        {.name = "month",
            .length = FAKE_MONTHS,
            .values = days,
            .unit = "days since 2015-01-01",
            .sentence = "month"},
        {.name = "village", .length = FAKE_VILLAGES, .labels = fake_villages, .sentence = "village"},
        {.name = "year", .length = 2, .integers = years, .unit = "1", .sentence = "year"},
        {.name = "claim", .length = FAKE_CLAIMS, .labels = fake_claims, .sentence = "published claim"},
        {.name = "step", .length = FAKE_STEPS},
    };
    for (int i = 0; i < SIM_COUNT(dimensions); i++)
        assert_int_equal(sim_output_add_dimension(self, &dimensions[i], &error), i);
    struct sim_variable variables[] = {
        {"county", "income", SIM_F64, "CNY/person/year", "net disposable income", "emergent", {0}, 1, 0, 0},
        {"county", "jobs", SIM_I32, "1", "people at work", "fitted", {0}, 1, 0, 0},
        {"village", "herd", SIM_I16, "1", "sheep", "", {1, 2}, 2, 0, 0},
        {"county", "cash", SIM_I64, "fen", "money of the county", "imposed", {0}, 0, 0, 0},
        {"village", "key", SIM_U64, "1", "largest key", "", {1}, 1, 0, 0},
        {"panel", "consumption", SIM_F32, "CNY", "consumption", "", {1, 0}, 2, 0, 0},
        {"village", "flag", SIM_I8, "1", "flag", "", {1}, 1, 0, 0},
        {"county", "gini", SIM_F64, "1", "Gini coefficient", "emergent", {0}, 0, 0, 0},
        {"panel", "steps", SIM_U8, "1", "steps", "", {4}, 1, 0, 0},
    };
    for (int i = 0; i < SIM_COUNT(variables); i++)
        assert_int_equal(sim_output_add_variable(self, &variables[i], &error), i);
    struct sim_constant constants[] = {
        {"claim", "source", "", "where it was published", {3}, 1,
            (const char *const[]){"http://例.example/a", ""}, NULL},
        {"claim", "published", "CNY", "published value", {3}, 1, NULL, published},
    };
    for (int i = 0; i < SIM_COUNT(constants); i++)
        assert_int_equal(sim_output_add_constant(self, &constants[i], &error), i);
}

struct fake_model {
    struct sim_output output;
    uint64_t seed;
    int32_t fail_arm, fail_replicate; /* this row fails with fail_code; -1: none */
    int fail_code;
    int32_t stop_after; /* raises SIGTERM when so many rows are done; -1: never */
    int stop_signal;
    int32_t n_run; /* rows computed */
    int32_t n_slots_seen;
    int32_t n_inner_seen; /* the most threads a row was given */
    bool is_impure;       /* rows depend on how many were run */
    int32_t meet_from,
        meet_all; /* rows from the so-many-th on wait until so many are under way; 0: none do */
    /* A life of so many months, with a state, that can be saved and shared; 0: rows come at once. */
    int32_t n_months;
    sim_time parts[FAKE_ARMS_MOST][FAKE_ARMS_MOST]; /* when arms part */
    int32_t fail_month; /* of fail_arm, and of who has not parted from it; -1: at once */
    int32_t stop_month; /* raises stop_signal when so many months have been lived in all; 0: never */
    bool has_no_room;   /* for states at branchings */
    bool has_no_state;  /* to be saved: no memory */
    int32_t month_us;   /* that a month takes at least */
    const char *rename_from, *rename_to; /* after so many months in all */
    int32_t rename_month;
    int64_t n_lived;             /* months */
    int32_t n_from, n_to;        /* spans that went on from a state; that ended in one */
    int32_t n_side, n_side_most; /* threads of spans under way at a time */
};

/* One row as a pure function of (seed, point, arm, replicate). */
static inline void fake_row(
    const struct sim_output *output, uint64_t seed, int32_t point, int32_t arm, int32_t replicate, void *row)
{
    sim_key key = sim_key_make(seed, (uint64_t)(100 * point + arm), (uint64_t)replicate);
    for (int32_t v = 0; v < output->n_variables; v++) {
        const struct sim_variable *variable = &output->variables[v];
        for (int64_t i = 0; i < variable->n_values; i++) {
            uint64_t x = sim_key_make(key, (uint64_t)v, (uint64_t)i);
            void *at = (uint8_t *)sim_output_at(output, v, row) + i * sim_type_bytes(variable->type);
            double real = (double)(x >> 11) * 0x1p-53 * 1e4;
            float single = (float)real;
            if (variable->type == SIM_F64)
                memcpy(at, &real, sizeof real);
            else if (variable->type == SIM_F32)
                memcpy(at, &single, sizeof single);
            else
                memcpy(at, &x, (size_t)sim_type_bytes(variable->type));
        }
    }
    /* Not defined in the first month: NaN, of the other sign in odd replicates, as on another processor. */
    double nothing = replicate % 2 ? -(double)NAN : (double)NAN;
    memcpy(sim_output_at(output, FAKE_INCOME, row), &nothing, sizeof nothing);
}

static inline bool fake_is_stopped(const struct sim_batch_span *span)
{
    enum sim_pulse_wish wish = span->pulse != NULL ? span->pulse->ask(span->pulse->user, 0) : SIM_PULSE_GO;
    return wish == SIM_PULSE_STOP || wish == SIM_PULSE_SAVE_AND_STOP;
}

/* The state of a life: what was lived so far. */
struct fake_life {
    uint64_t luck;
    int64_t month;
};

/* The first of the arms that live month m (-1: the founding) as this one does. */
static inline int32_t fake_class(const struct fake_model *self, int32_t arm, int64_t m)
{
    for (int32_t b = 0; b < arm; b++)
        if (m < 0 ? self->parts[arm][b] != INT64_MIN : self->parts[arm][b] > m)
            return b;
    return arm;
}

static inline void fake_save(const struct fake_life *life, struct sim_state *state)
{
    struct sim_error error = {0};
    check_ok(sim_state_put_mark(state, "fake life", &error), error);
    check_ok(sim_state_put(state, life, sizeof *life, &error), error);
}

static inline int fake_begin(struct fake_model *self, const struct sim_batch_span *span,
    struct fake_life *life, struct sim_error *error)
{
    if (span->from == NULL) {
        life->luck = sim_key_make(self->seed, (uint64_t)(100 * span->point + fake_class(self, span->arm, -1)),
            (uint64_t)span->replicate);
        life->month = 0;
        return 0;
    }
    struct sim_state state = *span->from;
    state.at = 0;
#pragma omp atomic
    self->n_from++;
    int code = sim_state_get_mark(&state, "fake life", error);
    if (code == 0)
        code = sim_state_get(&state, life, sizeof *life, error);
    if (code == 0 && life->month > span->until)
        return sim_error_set(error, SIM_ERROR_FORMAT, "state: too late");
    return code;
}

static inline int fake_pulse(
    const struct fake_model *self, const struct sim_batch_span *span, const struct fake_life *life)
{
    if (span->pulse == NULL)
        return 0;
    enum sim_pulse_wish wish = span->pulse->ask(span->pulse->user, life->month);
    if (wish == SIM_PULSE_SAVE || wish == SIM_PULSE_SAVE_AND_STOP) {
        struct sim_error none = {0};
        struct sim_state state;
        sim_state_init(&state);
        fake_save(life, &state);
        sim_error_set(&none, SIM_ERROR_MEMORY, "no memory for a state");
        if (self->has_no_state)
            span->pulse->lost(span->pulse->user, life->month, &none);
        else
            span->pulse->keep(span->pulse->user, life->month, &state);
        sim_state_free(&state);
    }
    return wish == SIM_PULSE_STOP || wish == SIM_PULSE_SAVE_AND_STOP ? SIM_ERROR_STOPPED : 0;
}

/* Lives month by month: what an arm does in a month is that of all arms that have not parted from it. */
static inline int fake_live(
    struct fake_model *self, const struct sim_batch_span *span, struct sim_error *error)
{
    struct fake_life life;
    int code = fake_begin(self, span, &life, error);
    int64_t end = span->until == SIM_TIME_MAX ? self->n_months : span->until;
    if (code == 0 && span->to != NULL && self->has_no_room)
        return sim_error_set(error, SIM_ERROR_MEMORY, "state: no memory");
    while (code == 0 && life.month < end) {
        int64_t n_lived;
        int32_t class = fake_class(self, span->arm, life.month);
        if (span->replicate == self->fail_replicate && life.month == self->fail_month &&
            class == fake_class(self, self->fail_arm, life.month))
            return sim_error_set(error, self->fail_code, "month %d: household 12 owes", (int)life.month);
        life.luck = sim_key_make(life.luck, (uint64_t)life.month, (uint64_t) class);
        life.month++;
        if (self->month_us > 0)
            usleep((useconds_t)self->month_us);
#pragma omp atomic capture
        n_lived = ++self->n_lived;
        if (n_lived == self->stop_month)
            raise(self->stop_signal);
        if (self->rename_from != NULL && n_lived == self->rename_month)
            assert_int_equal(rename(self->rename_from, self->rename_to), 0);
        code = fake_pulse(self, span, &life);
    }
    if (code < 0)
        return sim_error_set(error, code, "%s", sim_error_sentence(code));
    if (span->to != NULL) {
#pragma omp atomic
        self->n_to++;
        fake_save(&life, span->to);
    } else {
        fake_row(&self->output, life.luck, span->point, 0, span->replicate, span->row);
    }
    return 0;
}

/* The n-th span. */
static inline int fake_run(
    struct fake_model *self, const struct sim_batch_span *span, int32_t n, struct sim_error *error)
{
    if (n == self->stop_after)
        raise(self->stop_signal);
    /* Rows after the one that raises wait for the signal, so that the number kept is the same in every run.
     */
    for (int i = 0; self->stop_after >= 0 && n > self->stop_after && !fake_is_stopped(span); i++) {
        if (i == FAKE_PATIENCE)
            return sim_error_set(error, SIM_ERROR_MODEL, "the signal did not come");
        usleep(100);
    }
    if (self->stop_after >= 0 && n > self->stop_after)
        return sim_error_set(error, SIM_ERROR_STOPPED, "stopped");
    for (int i = 0, n_run = 0; self->meet_from > 0 && n >= self->meet_from && i < FAKE_PATIENCE; i++) {
#pragma omp atomic read
        n_run = self->n_run;
        if (n_run >= self->meet_all)
            break;
        usleep(100);
    }
    if (self->n_months > 0)
        return fake_live(self, span, error);
    if (span->arm == self->fail_arm && span->replicate == self->fail_replicate)
        return sim_error_set(error, self->fail_code, "household 12 of 瓦恰 owes what nobody lent");
    fake_row(&self->output, self->seed + (self->is_impure ? (uint64_t)n : 0), span->point, span->arm,
        span->replicate, span->row);
    return 0;
}

static inline int fake_run_span(void *user, const struct sim_batch_span *span, struct sim_error *error)
{
    struct fake_model *self = user;
    int32_t n;
#pragma omp atomic capture
    n = ++self->n_run;
#pragma omp critical(fake_slots)
    {
        if (span->slot + 1 > self->n_slots_seen)
            self->n_slots_seen = span->slot + 1;
        if (span->n_threads > self->n_inner_seen)
            self->n_inner_seen = span->n_threads;
        self->n_side += span->n_threads;
        if (self->n_side > self->n_side_most)
            self->n_side_most = self->n_side;
    }
    int code = fake_run(self, span, n, error);
#pragma omp critical(fake_slots)
    self->n_side -= span->n_threads;
    return code;
}

static inline sim_time fake_part_at(void *user, int32_t point, int32_t a, int32_t b)
{
    const struct fake_model *self = user;
    (void)point;
    return self->parts[a][b];
}

/* The signals of a batch do what they do for a program that a terminal began: one in the background of a
 * shell, under nohup or of a test server inherits that it ignores them. */
static inline void fake_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    for (int i = 0; i < SIM_COUNT(numbers); i++)
        signal(numbers[i], SIG_DFL);
}

static inline void fake_init(struct fake_model *self)
{
    fake_signals();
    *self = (struct fake_model){
        .seed = 2022, .fail_arm = -1, .fail_replicate = -1, .stop_after = -1, .stop_signal = 15};
    fake_output(&self->output);
}

static inline void fake_free(struct fake_model *self)
{
    sim_output_free(&self->output);
}

static inline void fake_meta(struct sim_meta *meta, const char *experiment)
{
    struct sim_error error = {0};
    sim_meta_init(meta);
    check_ok(sim_meta_set(meta, SIM_META_INPUT, "experiment", experiment, "the experiment as given", &error),
        error);
    check_ok(
        sim_meta_set(meta, SIM_META_ABOUT, "command", "pamir run tiny.yaml", "command line", &error), error);
    check_ok(sim_meta_set(meta, SIM_META_ABOUT, "title", "Täst 塔什库尔干", "title", &error), error);
}

/* A fresh directory for one test; the name ends up in `out`. */
static inline void fake_directory(char out[256])
{
    snprintf(out, 256, "%s/pamir-test-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(out));
}

static inline void fake_remove(const char *directory)
{
    char command[400];
    assert_int_equal(strncmp(strrchr(directory, '/'), "/pamir-test-", 12), 0);
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    assert_int_equal(system(command), 0);
}

static inline struct sim_batch_model fake_batch_model(struct fake_model *self)
{
    return (struct sim_batch_model){.user = self,
        .output = &self->output,
        .run_span = fake_run_span,
        .part_at = self->n_months > 0 ? fake_part_at : NULL,
        .household_months_per_row = 1000};
}

static inline struct sim_batch_options fake_options(const char *path, struct sim_meta *meta)
{
    return (struct sim_batch_options){.path = path,
        .n_points = 1,
        .n_arms = 3,
        .n_replicates = 4,
        .arms = fake_arms,
        .n_threads = 2,
        .quiet = true,
        .meta = meta};
}

#endif
