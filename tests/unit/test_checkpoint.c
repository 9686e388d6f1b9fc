/* Rung: definition (what is written is read back), damage of every kind. */
#include "sim/io/checkpoint.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "sim/io/file.h"
#include "tests/support/fake_batch.h"

static const uint8_t batch[SIM_DIGEST_BYTES] = "the inputs of this batch";

struct bench {
    char directory[256];
    struct sim_state state, back;
    struct sim_arena arena;
    struct sim_error error;
};

static void set_up(struct bench *self)
{
    *self = (struct bench){0};
    fake_directory(self->directory);
    sim_state_init(&self->state);
    sim_state_init(&self->back);
    sim_arena_init(&self->arena);
    check_ok(sim_state_put_mark(&self->state, "run", &self->error), self->error);
    for (int64_t i = 0; i < 500; i++)
        check_ok(sim_state_put(&self->state, &i, sizeof i, &self->error), self->error);
}

static void tear_down(struct bench *self)
{
    sim_state_free(&self->state);
    sim_state_free(&self->back);
    sim_arena_free(&self->arena);
    fake_remove(self->directory);
}

static struct sim_checkpoint at(int32_t arm, sim_time boundary)
{
    return (struct sim_checkpoint){.point = 2, .arm = arm, .replicate = 7, .boundary = boundary};
}

static void write_one(struct bench *self, int32_t arm, sim_time boundary)
{
    struct sim_checkpoint what = at(arm, boundary);
    check_ok(sim_checkpoint_write(self->directory, batch, &what, &self->state, &self->error), self->error);
}

static int32_t list(struct bench *self, struct sim_checkpoint **out)
{
    int32_t n = -1;
    check_ok(sim_checkpoint_list(self->directory, &self->arena, out, &n, &self->error), self->error);
    return n;
}

static int read_back(struct bench *self, const struct sim_checkpoint *what)
{
    self->error = (struct sim_error){0};
    return sim_checkpoint_read(self->directory, batch, what, &self->back, &self->error);
}

static int32_t count_files(const char *directory)
{
    DIR *entries = opendir(directory);
    int32_t n = 0;
    while (readdir(entries) != NULL)
        n++;
    closedir(entries);
    return n - 2;
}

static void test_state_is_read_back_as_it_was(void **state)
{
    struct bench bench;
    struct sim_checkpoint *found;
    (void)state;
    set_up(&bench);
    write_one(&bench, 1, -86400); /* before 1970, too */
    assert_int_equal(list(&bench, &found), 1);
    assert_int_equal(found->point, 2);
    assert_int_equal(found->arm, 1);
    assert_int_equal(found->replicate, 7);
    assert_int_equal(found->boundary, -86400);
    bench.back.at = 99;
    check_ok(read_back(&bench, found), bench.error);
    assert_int_equal(bench.back.n, bench.state.n);
    assert_int_equal(bench.back.at, 0);
    assert_memory_equal(bench.back.bytes, bench.state.bytes, (size_t)bench.state.n);
    int64_t more = 1;
    check_ok(sim_state_put(&bench.back, &more, sizeof more, &bench.error), bench.error); /* it can grow */
    tear_down(&bench);
}

static void test_empty_state_is_a_state(void **state)
{
    struct bench bench;
    struct sim_checkpoint *found;
    (void)state;
    set_up(&bench);
    sim_state_free(&bench.state);
    write_one(&bench, 0, 0);
    assert_int_equal(list(&bench, &found), 1);
    check_ok(read_back(&bench, found), bench.error);
    assert_int_equal(bench.back.n, 0);
    tear_down(&bench);
}

static void test_newest_boundary_comes_first_and_two_of_a_row_are_kept(void **state)
{
    struct bench bench;
    struct sim_checkpoint *found;
    (void)state;
    set_up(&bench);
    for (sim_time boundary = 100; boundary <= 500; boundary += 100)
        write_one(&bench, 0, boundary);
    write_one(&bench, 1, 450);
    assert_int_equal(list(&bench, &found), 3);
    assert_int_equal(found[0].boundary, 500);
    assert_int_equal(found[1].boundary, 450);
    assert_int_equal(found[2].boundary, 400);
    assert_int_equal(count_files(bench.directory), 3);
    /* From the older one again, since the newest is damaged: that it has passed already does not matter. */
    write_one(&bench, 0, 450);
    assert_int_equal(list(&bench, &found), 3);
    assert_int_equal(found[0].boundary, 500);
    assert_int_equal(found[1].boundary, 450);
    assert_int_equal(found[2].boundary, 450);
    tear_down(&bench);
}

static void test_other_processes_write_files_of_their_own(void **state)
{
    struct bench bench;
    struct sim_checkpoint *found;
    (void)state;
    set_up(&bench);
    for (int i = 0; i < 3; i++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            struct sim_checkpoint what = at(0, 100);
            for (int k = 0; k < 4; k++)
                if (sim_checkpoint_write(bench.directory, batch, &what, &bench.state, &bench.error) < 0)
                    _exit(1);
            _exit(0);
        }
        assert_true(child > 0);
    }
    for (int i = 0, status; i < 3; i++)
        assert_true(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    int32_t n = list(&bench, &found);
    assert_int_equal(n, 6);
    for (int32_t i = 0; i < n; i++)
        check_ok(read_back(&bench, &found[i]), bench.error);
    sim_checkpoint_remove(bench.directory, 2, 0, 8);
    assert_int_equal(count_files(bench.directory), 6);
    sim_checkpoint_remove(bench.directory, 2, 0, 7);
    assert_int_equal(count_files(bench.directory), 0);
    tear_down(&bench);
}

/* The file changed, read, and put right again. */
static int read_changed(
    struct bench *self, const struct sim_checkpoint *what, const uint8_t *bytes, int64_t n)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", self->directory, what->name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, (size_t)n, file), n);
    fclose(file);
    return read_back(self, what);
}

static void test_damage_anywhere_is_found_before_the_state_is_given_out(void **state)
{
    struct bench bench;
    struct sim_checkpoint *found;
    (void)state;
    set_up(&bench);
    write_one(&bench, 0, 100);
    assert_int_equal(list(&bench, &found), 1);
    char path[600];
    uint8_t bytes[8192];
    snprintf(path, sizeof path, "%s/%s", bench.directory, found->name);
    FILE *file = fopen(path, "r");
    int64_t n = (int64_t)fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_int_equal(n, 72 + bench.state.n + 32);
    int64_t kept = 77;
    check_ok(sim_state_put(&bench.back, &kept, sizeof kept, &bench.error), bench.error);
    for (int64_t i = 0; i < n; i += i < 80 ? 1 : 53) {
        bytes[i] ^= 0x10;
        int code = read_changed(&bench, found, bytes, n);
        bytes[i] ^= 0x10;
        /* Another batch's name in the head is a mismatch; all else is damage. */
        assert_int_equal(code, i >= 8 && i < 40 ? SIM_ERROR_MISMATCH : SIM_ERROR_FORMAT);
        assert_int_equal(bench.back.n, 8);
    }
    for (int64_t cut = 0; cut < n; cut += cut < 120 ? 1 : 97)
        assert_int_equal(read_changed(&bench, found, bytes, cut), SIM_ERROR_FORMAT);
    bytes[n] = 0;
    assert_int_equal(read_changed(&bench, found, bytes, n + 1), SIM_ERROR_FORMAT);
    /* A length that no machine has is not asked for. */
    int64_t huge = INT64_MAX - 50;
    memcpy(bytes + 64, &huge, sizeof huge);
    assert_int_equal(read_changed(&bench, found, bytes, n), SIM_ERROR_FORMAT);
    assert_memory_equal(bench.back.bytes, &kept, sizeof kept);
    unlink(path);
    assert_int_equal(read_back(&bench, found), SIM_ERROR_MISSING);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(read_back(&bench, found), SIM_ERROR_FORMAT);
    tear_down(&bench);
}

static void test_state_of_another_batch_or_row_is_refused(void **state)
{
    struct bench bench;
    struct sim_checkpoint *found;
    char from[600], to[600];
    (void)state;
    set_up(&bench);
    write_one(&bench, 0, 100);
    assert_int_equal(list(&bench, &found), 1);
    uint8_t other[SIM_DIGEST_BYTES] = "other inputs";
    assert_int_equal(
        sim_checkpoint_read(bench.directory, other, found, &bench.back, &bench.error), SIM_ERROR_MISMATCH);
    assert_non_null(strstr(bench.error.message, "another batch"));
    /* Renamed by hand to another row's name. */
    snprintf(from, sizeof from, "%s/%s", bench.directory, found->name);
    snprintf(to, sizeof to, "%s/state-2-1-7-100-node-1-1.ckpt", bench.directory);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(list(&bench, &found), 1);
    assert_int_equal(found->arm, 1);
    assert_int_equal(read_back(&bench, found), SIM_ERROR_FORMAT);
    assert_non_null(strstr(bench.error.message, "another row"));
    tear_down(&bench);
}

static void test_other_files_are_no_checkpoints(void **state)
{
    static const char *const names[] = {"state-0-0-0-5-node-7-1.ckpt.tmp-node-7-0", "state-.ckpt",
        "state-0-0-0.ckpt", "state-0-0-0-5.ckpt", "state-0-0-x-5-node-7-1.ckpt", "state--1-0-0-5-n-7-1.ckpt",
        "state-0-0-99999999999-5-node-7-1.ckpt", "rows-node-7-1.log", "manifest.txt",
        "state-0-0-0-99999999999999999999-node-7-1.ckpt"};
    struct bench bench;
    struct sim_checkpoint *found;
    (void)state;
    set_up(&bench);
    for (int i = 0; i < SIM_COUNT(names); i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", bench.directory, names[i]);
        fclose(fopen(path, "w"));
    }
    assert_int_equal(list(&bench, &found), 0);
    assert_true(sim_checkpoint_is_name(names[0])); /* a temporary file goes with the directory all the same */
    for (int i = 1; i < SIM_COUNT(names); i++)
        assert_false(sim_checkpoint_is_name(names[i]));
    assert_true(sim_checkpoint_is_name("state-0-0-0--5-a-host-with-hyphens-7-1.ckpt"));
    tear_down(&bench);
}

static void test_directory_that_is_gone_is_an_error_with_its_name(void **state)
{
    struct bench bench;
    struct sim_checkpoint what = at(0, 1), *found;
    int32_t n;
    (void)state;
    set_up(&bench);
    assert_int_equal(
        sim_checkpoint_write("/nowhere/x.parts", batch, &what, &bench.state, &bench.error), SIM_ERROR_IO);
    assert_non_null(strstr(bench.error.message, "/nowhere/x.parts"));
    bench.error = (struct sim_error){0};
    assert_int_equal(
        sim_checkpoint_list("/nowhere/x.parts", &bench.arena, &found, &n, &bench.error), SIM_ERROR_MISSING);
    sim_checkpoint_remove("/nowhere/x.parts", 0, 0, 0);
    tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state_is_read_back_as_it_was),
        cmocka_unit_test(test_empty_state_is_a_state),
        cmocka_unit_test(test_newest_boundary_comes_first_and_two_of_a_row_are_kept),
        cmocka_unit_test(test_other_processes_write_files_of_their_own),
        cmocka_unit_test(test_damage_anywhere_is_found_before_the_state_is_given_out),
        cmocka_unit_test(test_state_of_another_batch_or_row_is_refused),
        cmocka_unit_test(test_other_files_are_no_checkpoints),
        cmocka_unit_test(test_directory_that_is_gone_is_an_error_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
