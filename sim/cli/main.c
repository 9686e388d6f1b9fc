#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_errno.h>

#include "sim/cli/commands.h"
#include "sim/io/provenance.h"
#include "sim/scenario/diag.h"

#define EXTERNAL_MAX 64
#define NAME_MAX_BYTES 64

static const struct cli_command *const commands[] = {&cli_run, &cli_check, &cli_describe, &cli_summary,
    &cli_verify, &cli_bench, &cli_status, &cli_expand, &cli_rerun, &cli_submit, &cli_slice, &cli_merge};

/* What those of our own in another language do. */
static const struct {
    const char *name, *sentence;
} sentences[] = {{"report", "writes a page to read in a browser: figures, who gained, what it cost"},
    {"behaviour", "what a county did without being told to, with figures"}};

/* Commands written in another language: executables `pamir-NAME` beside the binary. */
struct externals {
    char folder[PATH_MAX];
    char names[EXTERNAL_MAX][NAME_MAX_BYTES];
    int32_t n;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void find_externals(struct externals *self)
{
    self->n = 0;
    self->folder[0] = '\0';
    ssize_t length = readlink("/proc/self/exe", self->folder, sizeof(self->folder) - 1);
    if (length <= 0)
        return;
    self->folder[length] = '\0';
    *strrchr(self->folder, '/') = '\0';
    DIR *directory = opendir(self->folder);
    if (!directory)
        return;
    for (struct dirent *entry; self->n < EXTERNAL_MAX && (entry = readdir(directory)) != NULL;) {
        char path[PATH_MAX + NAME_MAX_BYTES + 16];
        if (strncmp(entry->d_name, "pamir-", 6) != 0 || strlen(entry->d_name) - 6 >= NAME_MAX_BYTES)
            continue;
        snprintf(path, sizeof(path), "%s/%.70s", self->folder, entry->d_name);
        if (access(path, X_OK) == 0)
            snprintf(self->names[self->n++], NAME_MAX_BYTES, "%.60s", entry->d_name + 6);
    }
    closedir(directory);
    qsort(self->names, (size_t)self->n, sizeof(self->names[0]), by_name);
}

static void print_external(const char *name, FILE *out)
{
    for (int32_t i = 0; i < SIM_COUNT(sentences); i++)
        if (strcmp(sentences[i].name, name) == 0) {
            fprintf(out, "  %-10s %s\n", name, sentences[i].sentence);
            return;
        }
    fprintf(out, "  %-10s see pamir %s --help\n", name, name);
}

static void print_help(FILE *out)
{
    fputs("usage: pamir COMMAND ...\n\n"
          "What do paired investments do to the households of a county, compared with the same county "
          "without them?\n\n"
          "commands:\n",
        out);
    for (int32_t i = 0; i < SIM_COUNT(commands); i++)
        fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->sentence);
    struct externals *externals = malloc(sizeof(*externals));
    if (externals) {
        find_externals(externals);
        for (int32_t i = 0; i < externals->n; i++)
            print_external(externals->names[i], out);
        free(externals);
    }
    fputs("\npamir COMMAND --help explains a command; pamir --version prints the version.\n"
          "Exit status: 0 done, 1 failed, 2 bad input, 3 stopped early with what is done kept.\n\n"
          "begin with:\n"
          "  pamir check scenarios/tiny/experiment.yaml\n"
          "  pamir run scenarios/tiny/experiment.yaml -o tiny.h5\n"
          "  pamir summary tiny.h5\n",
        out);
}

/* Becomes `pamir-NAME`, found beside the binary or on PATH; returns only when there is none. */
static int run_external(const char *name, char **argv)
{
    struct externals *externals = malloc(sizeof(*externals));
    char file[NAME_MAX_BYTES + 8], path[PATH_MAX + NAME_MAX_BYTES + 16];
    if (!externals) {
        fputs("pamir: out of memory\n", stderr);
        return CLI_FAILED;
    }
    find_externals(externals);
    int problem = ENOENT;
    if (strlen(name) < NAME_MAX_BYTES && !strchr(name, '/')) {
        snprintf(file, sizeof(file), "pamir-%s", name);
        snprintf(path, sizeof(path), "%s/%s", externals->folder, file);
        argv[0] = file;
        execv(path, argv);
        problem = errno;
        execvp(file, argv);
        if (errno != ENOENT)
            problem = errno;
    }
    if (problem != ENOENT) {
        fprintf(stderr, "pamir: pamir-%s cannot be started: %s\n", name, strerror(problem));
        free(externals);
        return CLI_FAILED;
    }
    const char *words[SIM_COUNT(commands) + EXTERNAL_MAX + 1];
    int32_t n = 0;
    for (int32_t i = 0; i < SIM_COUNT(commands); i++)
        words[n++] = commands[i]->name;
    for (int32_t i = 0; i < externals->n; i++)
        words[n++] = externals->names[i];
    words[n++] = "help";
    const char *nearest = sim_diag_nearest(name, words, n);
    fprintf(stderr, "pamir: there is no command '%s'%s%s%s; pamir --help lists them\n", name,
        nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    free(externals);
    return CLI_BAD_INPUT;
}

static const struct cli_command *find_command(const char *name)
{
    for (int32_t i = 0; i < SIM_COUNT(commands); i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return CLI_BAD_INPUT;
    }
    const char *name = argv[1];
    bool is_help = strcmp(name, "help") == 0;
    if (is_help && argc > 2 && find_command(argv[2])) {
        cli_args_help(find_command(argv[2]), stdout);
        return CLI_DONE;
    }
    if (is_help && argc > 2) {
        char *help[] = {argv[2], (char[]){"--help"}, NULL};
        return run_external(argv[2], help);
    }
    if (is_help || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_help(stdout);
        return CLI_DONE;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("pamir %s\n", sim_provenance_version());
        return CLI_DONE;
    }
    if (name[0] == '-') {
        fprintf(stderr, "pamir: unknown option '%s'; expected a command, --help or --version\n", name);
        return CLI_BAD_INPUT;
    }
    const struct cli_command *command = find_command(name);
    return command ? command->run(argc, argv) : run_external(name, argv + 1);
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off(); /* GSL's own handler would abort; every status is looked at where it arises
                                  */
    int status = dispatch(argc, argv);
    /* What a full disk or a closed pipe lost must not pass for success. */
    errno = 0;
    bool lost = fflush(stdout) != 0 || ferror(stdout);
    if (lost && status == CLI_DONE) {
        /* Lost before: the reason is, too. */
        fprintf(stderr, "pamir: standard output cannot be written%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
        status = CLI_FAILED;
    }
    return status;
}
