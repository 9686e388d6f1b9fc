#include "sim/cli/aside.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same_place(const char *a, const char *b)
{
    struct stat x, y;
    return *a && *b && stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* What the path would hit of the batch; NULL: nothing. A result that is not written yet has a name, too. */
static const char *find_hit(const char *path, const struct cli_kept *kept)
{
    char directory[SIM_FILE_PATH], other[SIM_FILE_PATH];
    struct sim_error ignored = {0};
    if (is_same_place(path, kept->path))
        return "the result";
    if (sim_file_directory(path, directory, &ignored) < 0)
        return NULL;
    if (*kept->path && sim_file_directory(kept->path, other, &ignored) == 0 &&
        is_same_place(directory, other) && strcmp(last_part(path), last_part(kept->path)) == 0)
        return "the result";
    bool is_inside = is_same_place(directory, kept->directory);
    for (int32_t i = 0; i < kept->n_slices; i++)
        is_inside |= is_same_place(directory, kept->slices[i].path);
    return is_inside ? "in the directory of its rows" : NULL;
}

static int open_in_place(struct cli_aside *self, const struct cli_command *command)
{
    self->out = fopen(self->path, "we");
    return self->out ? CLI_PROCEED
                     : cli_args_fail(command, CLI_BAD_INPUT, "%s: %s", self->path, strerror(errno));
}

int cli_aside_open(struct cli_aside *self, const struct cli_command *command, const struct cli_kept *kept,
    const char *path, bool overwrite)
{
    struct sim_error error = {0};
    struct stat is;
    *self = (struct cli_aside){.path = path};
    bool is_standard = strcmp(path, "/dev/stdout") == 0, is_told = strcmp(path, "/dev/stderr") == 0;
    if (is_standard || is_told) {
        self->out = is_standard ? stdout : stderr;
        self->is_borrowed = true;
        return CLI_PROCEED;
    }
    bool exists = sim_file_exists(path), is_known = exists && stat(path, &is) == 0;
    if (is_known && (S_ISFIFO(is.st_mode) || S_ISCHR(is.st_mode)))
        return open_in_place(self, command);
    const char *hit = find_hit(path, kept);
    if (hit)
        return cli_args_fail(
            command, CLI_BAD_INPUT, "%s is %s of this batch; choose another name", path, hit);
    if (exists && !(is_known && S_ISREG(is.st_mode)))
        return cli_args_fail(command, CLI_BAD_INPUT, "%s is no regular file; choose another name", path);
    if (exists && !overwrite)
        return cli_args_fail(command, CLI_BAD_INPUT,
            "%s exists already; choose another name, or --overwrite replaces it", path);
    sim_file_remove_stale(path);
    if (sim_file_temp(path, self->temp, &error) < 0) {
        *self->temp = '\0';
        return cli_args_fail(command, CLI_BAD_INPUT, "%s", error.message);
    }
    self->out = fopen(self->temp, "we");
    if (self->out)
        return CLI_PROCEED;
    int status = cli_args_fail(command, CLI_BAD_INPUT, "%s: %s", self->temp, strerror(errno));
    unlink(self->temp);
    return status;
}

int cli_aside_close(struct cli_aside *self, const struct cli_command *command)
{
    struct sim_error error = {0};
    if (!self->out)
        return CLI_PROCEED;
    bool lost = fflush(self->out) != 0 || ferror(self->out);
    if (!self->is_borrowed && fclose(self->out) != 0)
        lost = true;
    self->out = NULL;
    if (lost)
        sim_error_set(&error, SIM_ERROR_IO, "%.300s cannot be written: %s", self->path, strerror(errno));
    else if (*self->temp)
        sim_file_commit(self->temp, self->path, &error);
    if (error.code < 0 && *self->temp)
        unlink(self->temp);
    return error.code < 0 ? cli_args_fail(command, CLI_FAILED, "%s", error.message) : CLI_PROCEED;
}
