/* The private folder in which a study is read out of the texts of a result. Rung: definition. */
#include "tests/support/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "models/county/study.h"

/* A folder for temporary files, and the texts of the tiny experiment. */
struct bench {
    char folder[200];
    char *before; /* TMPDIR */
    struct sim_meta meta;
};

static void set_up(struct bench *self)
{
    struct county_overrides overrides = {.seed = -1};
    struct county_study *study = NULL;
    struct sim_diag diag;
    struct sim_error error = {0};
    const char *before = getenv("TMPDIR");
    self->before = before ? strdup(before) : NULL;
    snprintf(
        self->folder, sizeof(self->folder), "%.150s/test_kept-XXXXXX", before && *before ? before : "/tmp");
    assert_non_null(mkdtemp(self->folder));
    sim_diag_init(&diag);
    check_ok(county_study_load(
                 PAMIR_SOURCE_DIR "/scenarios/tiny/experiment.yaml", &overrides, &diag, &study, &error),
        error);
    sim_meta_init(&self->meta);
    check_ok(county_study_meta(study, &self->meta, &error), error);
    setenv("TMPDIR", self->folder, 1);
    sim_diag_free(&diag);
    county_study_free(study);
}

static void tear_down(struct bench *self)
{
    char command[500];
    if (self->before)
        setenv("TMPDIR", self->before, 1);
    else
        unsetenv("TMPDIR");
    free(self->before);
    snprintf(command, sizeof(command), "rm -rf '%s'", self->folder);
    assert_int_equal(system(command), 0);
    sim_meta_free(&self->meta);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
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

/* Loads what is kept over and over, in a folder of its own for temporary files, until a signal ends it. */
static void load_until_ended(const struct sim_meta *kept, int ready)
{
    for (bool is_first = true;; is_first = false) {
        struct sim_diag diag;
        struct sim_error error = {0};
        struct county_study *study = NULL;
        if (is_first && write(ready, "x", 1) != 1)
            _exit(3);
        sim_diag_init(&diag);
        if (county_study_load_kept(kept, 0, &diag, &study, &error) < 0)
            _exit(2);
        county_study_free(study);
        sim_diag_free(&diag);
    }
}

/* A load of this takes some milliseconds, nearly all of them with the files in their folder. */
static void test_signal_while_the_texts_are_read_leaves_nothing_and_still_ends_it(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    for (int32_t i = 0; i < 12; i++) {
        int ready[2], status;
        char byte;
        assert_int_equal(pipe(ready), 0);
        fflush(NULL);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            load_until_ended(&bench.meta, ready[1]);
        assert_int_equal(read(ready[0], &byte, 1), 1);
        nanosleep(&(struct timespec){.tv_nsec = 1000000 + 1700000 * i}, NULL);
        assert_int_equal(kill(child, i % 2 ? SIGTERM : SIGINT), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == (i % 2 ? SIGTERM : SIGINT));
        assert_int_equal(count_entries(bench.folder), 0);
        close(ready[0]), close(ready[1]);
    }
    tear_down(&bench);
}

/* Of processes that were killed outright: an old folder of a process that is no more, and no other. */
static void test_folders_of_dead_processes_are_removed_when_they_are_old(void **state)
{
    (void)state;
    char names[4][100], path[400];
    struct county_study *study = NULL;
    struct bench bench;
    struct sim_diag diag;
    struct sim_error error = {0};
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    set_up(&bench);
    snprintf(names[0], 100, "pamir-kept-%ld-aaaaaa", (long)child);    /* goes */
    snprintf(names[1], 100, "pamir-kept-%ld-bbbbbb", (long)child);    /* young */
    snprintf(names[2], 100, "pamir-kept-%ld-cccccc", (long)getpid()); /* alive */
    snprintf(names[3], 100, "pamir-other-%ld-dddddd", (long)child);   /* another's */
    for (int32_t i = 0; i < 4; i++) {
        struct timespec old[2] = {{.tv_sec = time(NULL) - 7200}, {.tv_sec = time(NULL) - 7200}};
        snprintf(path, sizeof(path), "%s/%.90s", bench.folder, names[i]);
        assert_int_equal(mkdir(path, 0700), 0);
        snprintf(path, sizeof(path), "%s/%.90s/scenarios", bench.folder, names[i]);
        assert_int_equal(mkdir(path, 0700), 0);
        snprintf(path, sizeof(path), "%s/%.90s/scenarios/a.yaml", bench.folder, names[i]);
        write_text(path, "a\n");
        snprintf(path, sizeof(path), "%s/%.90s", bench.folder, names[i]);
        if (i != 1)
            assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    }
    sim_diag_init(&diag);
    check_ok(county_study_load_kept(&bench.meta, 0, &diag, &study, &error), error);
    for (int32_t i = 0; i < 4; i++) {
        snprintf(path, sizeof(path), "%s/%.90s/scenarios/a.yaml", bench.folder, names[i]);
        assert_int_equal(access(path, F_OK), i == 0 ? -1 : 0);
    }
    assert_int_equal(count_entries(bench.folder), 3);
    tear_down(&bench);
    sim_diag_free(&diag);
    county_study_free(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signal_while_the_texts_are_read_leaves_nothing_and_still_ends_it),
        cmocka_unit_test(test_folders_of_dead_processes_are_removed_when_they_are_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
