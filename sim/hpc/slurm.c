#include "sim/hpc/slurm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 20
#define DEFAULT_MAX_TASK 1000

bool sim_slurm_is_here(void)
{
    const char *path = getenv("PATH");
    char file[PATH_MAX];
    while (path && *path) {
        size_t n = strcspn(path, ":");
        if (n > 0 && snprintf(file, sizeof(file), "%.*s/sbatch", (int)n, path) < (int)sizeof(file) &&
            access(file, X_OK) == 0)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

/* What a child does before it becomes the command; never returns. */
static void become(const char *const *argv, bool quiet, const int to_parent[2])
{
    int nowhere = quiet ? open("/dev/null", O_WRONLY) : -1;
    if (nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
    dup2(to_parent[1], STDOUT_FILENO);
    close(to_parent[0]);
    close(to_parent[1]);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* Runs a command (no shell between) and takes what it prints, to be freed by the caller. quiet: what it says
 * on standard error goes nowhere. */
static int run(const char *const *argv, bool quiet, char **printed, struct sim_error *error)
{
    int ends[2];
    size_t n = 0;
    *printed = NULL;
    if (pipe(ends) < 0)
        return sim_error_set(error, SIM_ERROR_IO, "%s: %s", argv[0], strerror(errno));
    pid_t child = fork();
    if (child == 0)
        become(argv, quiet, ends);
    close(ends[1]);
    FILE *in = fdopen(ends[0], "r"), *text = open_memstream(printed, &n);
    char bytes[4096];
    for (size_t got; in && text && child > 0 && (got = fread(bytes, 1, sizeof(bytes), in)) > 0;)
        fwrite(bytes, 1, got, text);
    if (in)
        fclose(in);
    bool good = text && fclose(text) == 0;
    int status = -1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (child < 0 || !in || !good)
        return sim_error_set(error, SIM_ERROR_MEMORY, "%s cannot be started", argv[0]);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return sim_error_set(
            error, SIM_ERROR_MISSING, "there is no %s here: is this a machine of the cluster?", argv[0]);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return sim_error_set(error, SIM_ERROR_IO, "%s failed, with status %d", argv[0],
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}

int sim_slurm_submit(const char *const *arguments, int64_t *id, struct sim_error *error)
{
    const char *argv[ARGUMENTS_MAX] = {"sbatch", "--parsable"};
    char *printed, *rest;
    int32_t n = 2;
    while (*arguments && n < ARGUMENTS_MAX - 1)
        argv[n++] = *arguments++;
    int code = run(argv, false, &printed, error);
    if (code == 0) { /* "123", or "123;cluster" */
        *id = strtoll(printed, &rest, 10);
        if (rest == printed || *id <= 0)
            code = sim_error_set(
                error, SIM_ERROR_IO, "sbatch answered '%.60s'; expected the id of a job", printed);
    }
    free(printed);
    return code;
}

int64_t sim_slurm_max_task(void)
{
    static const char *const argv[] = {"scontrol", "show", "config", NULL};
    struct sim_error error = {0};
    char *printed;
    long long size = 0;
    if (run(argv, true, &printed, &error) == 0) {
        const char *line = strstr(printed, "MaxArraySize");
        if (!line || sscanf(line, "MaxArraySize = %lld", &size) != 1)
            size = 0;
    }
    free(printed);
    return size > 1 ? size - 1 : DEFAULT_MAX_TASK;
}

int sim_slurm_queued(
    const int64_t *ids, int32_t n, int32_t *n_queued, int64_t *first, struct sim_error *error)
{
    /* All jobs rather than ours by id: squeue takes an id that it has forgotten for an error. */
    static const char *const argv[] = {"squeue", "--noheader", "--format=%F", NULL};
    char *printed;
    *n_queued = 0;
    if (n == 0)
        return 0;
    int code = run(argv, false, &printed, error);
    for (int32_t i = 0; i < n && code == 0; i++)
        for (const char *at = printed; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
            if (strtoll(at, NULL, 10) == ids[i]) {
                if ((*n_queued)++ == 0)
                    *first = ids[i];
                break;
            }
    free(printed);
    return code;
}
