/* What a result carries of its experiment, and the experiment out of that: the files as they were given, and
 * what was said beside them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "models/county/study_internal.h"
#include "sim/scenario/input.h"

/* Keeping. */

/* From the root of the disk, without "." and "..". */
static const char *whole_path(struct county_study *self, const char *path, struct sim_diag *diag)
{
    struct sim_place place = {path, 0, 0, 0};
    char *here = path[0] == '/' ? strdup("") : getcwd(NULL, 0);
    size_t size = (here ? strlen(here) : 0) + strlen(path) + 2;
    char *joined = here ? malloc(size) : NULL;
    if (joined)
        snprintf(joined, size, "%s%s%s", here, *here ? "/" : "", path);
    const char *out = joined ? sim_node_path("", joined, NULL, place, &self->arena, diag) : NULL;
    free(here);
    free(joined);
    return out;
}

/* From the folder that all files lie in. */
static const char *short_name(struct county_study *self, const char *path, struct sim_diag *diag)
{
    const char *folder = whole_path(self, self->experiment.folder, diag),
               *whole = whole_path(self, path, diag);
    size_t n = folder ? strlen(folder) : 0;
    if (!folder || !whole)
        return NULL;
    if (strncmp(whole, folder, n) == 0 && (whole[n] == '/' || n == 1))
        return whole + n + (whole[n] == '/');
    const char *slash = strrchr(whole, '/');
    return slash ? slash + 1 : whole;
}

static int keep_files(struct county_study *self, struct sim_diag *diag, struct sim_error *error)
{
    int32_t n_files = self->experiment.n_files;
    self->files = sim_arena_alloc(&self->arena, (int64_t)sizeof(*self->files) * n_files);
    for (int32_t i = 0; self->files && i < n_files; i++) {
        const char *path = self->experiment.files[i];
        struct study_file *file = &self->files[i];
        struct sim_place place = {path, 0, 0, 0};
        char *bytes = sim_input_read(path, place, &file->n, diag);
        file->name = short_name(self, path, diag);
        file->text = bytes ? sim_arena_text(&self->arena, bytes, file->n) : NULL;
        free(bytes);
        if (!file->name || !file->text)
            return sim_error_set(error, SIM_ERROR_INPUT, "%s: cannot be read again", path);
        if (strlen(file->text) != (size_t)file->n) {
            sim_diag_error(diag, place, "this is no text: it has a zero byte");
            return sim_error_set(error, SIM_ERROR_INPUT, "%s: 1 error", path);
        }
    }
    return self->files ? 0
                       : sim_error_set(error, SIM_ERROR_MEMORY, "%s: out of memory", self->experiment.path);
}

/* A line of its own, whatever is in the text. */
static void print_line(const char *option, const char *text, FILE *out)
{
    fprintf(out, "%s ", option);
    for (; *text; text++)
        if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '\\')
            fputs("\\\\", out);
        else
            fputc(*text, out);
    fputc('\n', out);
}

static void print_overrides(const struct county_study *self, FILE *out)
{
    const struct county_overrides *overrides = self->experiment.overrides;
    for (int32_t i = 0; overrides && i < overrides->n_sets; i++)
        if (strncmp(overrides->sets[i], "replicates=", 11) != 0)
            print_line("--set", overrides->sets[i], out);
    if (overrides && overrides->seed >= 0)
        fprintf(out, "--seed %lld\n", (long long)overrides->seed);
    for (int32_t a = 0; overrides && overrides->arms && a < self->n_arms; a++)
        print_line("--arm", self->plain[a].arm, out);
}

int study_keep(struct county_study *self, struct sim_diag *diag, struct sim_error *error)
{
    char *text = NULL;
    size_t n = 0;
    int code = keep_files(self, diag, error);
    if (code < 0)
        return code;
    FILE *stream = open_memstream(&text, &n);
    if (stream) {
        print_overrides(self, stream);
        fclose(stream);
        self->overrides = sim_arena_text(&self->arena, text, (int64_t)n);
        free(text);
    }
    return self->overrides
               ? 0
               : sim_error_set(error, SIM_ERROR_MEMORY, "%s: out of memory", self->experiment.path);
}

/* Taking it back. */

/* The rest of a line that begins with an option; NULL when it begins otherwise. Unescapes in place. */
static char *option_of(char *line, const char *option)
{
    size_t n = strlen(option);
    if (strncmp(line, option, n) != 0 || line[n] != ' ')
        return NULL;
    char *to = line + n + 1, *text = to;
    for (const char *at = text; *at; at++)
        if (*at == '\\' && at[1]) {
            at++;
            *to++ = *at == 'n' ? '\n' : *at;
        } else
            *to++ = *at;
    *to = '\0';
    return text;
}

bool study_take_overrides(const char *text, struct sim_arena *arena, struct county_overrides *out)
{
    int32_t n = 0;
    size_t length = strlen(text);
    for (const char *at = text; *at; at++)
        n += *at == '\n';
    const char **sets = sim_arena_alloc(arena, (int64_t)sizeof(*sets) * (n + 1));
    char *lines = sim_arena_text(arena, text, (int64_t)length);
    char *arms = sim_arena_alloc(arena, (int64_t)length + 1);
    *out = (struct county_overrides){.seed = -1};
    if (!sets || !lines || !arms)
        return false;
    for (char *line = lines, *next; *line; line = next) {
        char *end = strchr(line, '\n'), *value;
        if (!end)
            return false;
        *end = '\0';
        next = end + 1;
        if ((value = option_of(line, "--set")))
            sets[out->n_sets++] = value;
        else if ((value = option_of(line, "--arm"))) {
            strcat(strcat(arms, *arms ? "," : ""), value);
            out->arms = arms;
        } else if ((value = option_of(line, "--seed"))) {
            errno = 0;
            out->seed = strtoll(value, &end, 10);
            if (errno || end == value || *end || out->seed < 0)
                return false;
        } else
            return false;
    }
    out->sets = sets;
    return true;
}

/* Of the private folders: then the process's number, "-" and what makes the name unlike all others. */
#define FOLDER_HEAD "pamir-kept-"
/* A folder of an unknown process is left alone for so long: it may be at work on another machine. */
#define STALE_SECONDS 3600

/* A private folder with the files in it. */
struct unpacked {
    struct sim_arena arena;
    sigset_t before;   /* the signals that were blocked */
    char root[4096];   /* of this process and this call alone; "": none was made */
    const char **made; /* files and folders, in the order of making */
    int32_t n, capacity;
    const char *first; /* the experiment */
};

static bool note(struct unpacked *self, const char *path)
{
    if (self->n == self->capacity) {
        int32_t capacity = self->capacity ? 2 * self->capacity : 32;
        const char **larger = sim_arena_alloc(&self->arena, (int64_t)sizeof(*larger) * capacity);
        if (!larger)
            return false;
        if (self->n)
            memcpy(larger, self->made, (size_t)self->n * sizeof(*larger));
        self->made = larger;
        self->capacity = capacity;
    }
    const char *copy = sim_arena_text(&self->arena, path, (int64_t)strlen(path));
    if (copy)
        self->made[self->n++] = copy;
    return copy != NULL;
}

/* What was made, and nothing else; the last first. */
static void remove_all(struct unpacked *self)
{
    for (int32_t i = self->n - 1; i >= 0; i--)
        if (unlink(self->made[i]) != 0)
            rmdir(self->made[i]);
    if (*self->root)
        rmdir(self->root);
    sim_arena_free(&self->arena);
}

static int write_failed(const char *path, struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_IO, "%s: %s", path, strerror(errno));
}

/* A name that stays below its folder, whoever wrote it. */
static bool is_safe(const char *name)
{
    if (!*name || strlen(name) > 1000)
        return false;
    for (const char *at = name;; at++) {
        size_t n = strcspn(at, "/");
        if (n == 0 || (n == 1 && at[0] == '.') || (n == 2 && at[0] == '.' && at[1] == '.'))
            return false;
        for (size_t i = 0; i < n; i++)
            if ((unsigned char)at[i] < 0x20 || at[i] == 0x7F)
                return false;
        at += n;
        if (!*at)
            return true;
    }
}

static int make_folders(struct unpacked *self, char *path, struct sim_error *error)
{
    for (char *slash = strchr(path + strlen(self->root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0700) == 0) {
            if (!note(self, path))
                return sim_error_set(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
        } else if (errno != EEXIST)
            return write_failed(path, error);
        *slash = '/';
    }
    return 0;
}

static int unpack_file(
    struct unpacked *self, const char *name, const char *bytes, size_t n, struct sim_error *error)
{
    char path[6000];
    snprintf(path, sizeof(path), "%s/scenarios/%s", self->root, name);
    int code = make_folders(self, path, error);
    if (code < 0)
        return code;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (file < 0 && errno == EEXIST)
        return sim_error_set(error, SIM_ERROR_FORMAT, "experiment_given: '%s' stands there twice", name);
    if (file < 0)
        return write_failed(path, error);
    if (!note(self, path))
        code = sim_error_set(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    if (!self->first)
        self->first = self->made[self->n - 1];
    for (size_t done = 0; code == 0 && done < n;) {
        ssize_t wrote = write(file, bytes + done, n - done);
        if (wrote < 0 && errno != EINTR)
            code = write_failed(path, error);
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    if (close(file) != 0 && code == 0)
        code = write_failed(path, error);
    return code;
}

/* Signals that end a process wait until the folder is gone; they come through then. */
static void hold_signals(sigset_t *before)
{
    static const int held[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
    sigset_t set;
    sigemptyset(&set);
    for (int32_t i = 0; i < SIM_COUNT(held); i++)
        sigaddset(&set, held[i]);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

/* A folder and all in it; what cannot be removed stays. It is this user's own and closed to others. */
static void remove_folder(const char *path)
{
    DIR *open = opendir(path);
    if (!open)
        return;
    for (struct dirent *entry; (entry = readdir(open));) {
        char below[6000];
        bool is_link_up = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        int n = snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
        if (!is_link_up && n < (int)sizeof(below) && unlink(below) != 0)
            remove_folder(below); /* no link: that would be gone */
    }
    closedir(open);
    rmdir(path);
}

/* What processes left that were killed outright. Its age is told by our own folder, just made. */
static void remove_stale(const char *folder, const char *own)
{
    struct stat now;
    DIR *open = stat(own, &now) == 0 ? opendir(folder) : NULL;
    for (struct dirent *entry; open && (entry = readdir(open));) {
        const size_t n = sizeof(FOLDER_HEAD) - 1;
        char path[4096], *end;
        struct stat status;
        if (strncmp(entry->d_name, FOLDER_HEAD, n) != 0)
            continue;
        long pid = strtol(entry->d_name + n, &end, 10);
        snprintf(path, sizeof(path), "%.3800s/%s", folder, entry->d_name);
        if (pid > 0 && *end == '-' && kill((pid_t)pid, 0) != 0 && errno == ESRCH &&
            lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
            (status.st_mode & 077) == 0 && difftime(now.st_mtime, status.st_mtime) > STALE_SECONDS)
            remove_folder(path);
    }
    if (open)
        closedir(open);
}

static int unpack(struct unpacked *self, const char *given, struct sim_error *error)
{
    static const char head[] = "# file: ";
    const char *folder = getenv("TMPDIR");
    folder = folder && *folder ? folder : "/tmp";
    snprintf(self->root, sizeof(self->root), "%.4000s/" FOLDER_HEAD "%ld-XXXXXX", folder, (long)getpid());
    if (!mkdtemp(self->root)) {
        int code = write_failed(self->root, error);
        *self->root = '\0';
        return code;
    }
    remove_stale(folder, self->root);
    for (const char *at = given; *at;) {
        const char *end = strchr(at, '\n'), *comma = end;
        char name[1100];
        while (comma && comma > at && *comma != ',')
            comma--;
        char *rest = NULL;
        long long n = comma ? strtoll(comma + 1, &rest, 10) : -1;
        if (!end || strncmp(at, head, sizeof(head) - 1) != 0 || comma <= at + sizeof(head) || n < 0 ||
            strncmp(rest, " bytes\n", 7) != 0 || strnlen(end + 1, (size_t)n + 1) != (size_t)n + 1 ||
            end[1 + n] != '\n')
            return sim_error_set(error, SIM_ERROR_FORMAT,
                "experiment_given: damaged, or of another version; expected '# file: NAME, N bytes'");
        snprintf(name, sizeof(name), "%.*s", (int)(comma - at - (ptrdiff_t)sizeof(head) + 1),
            at + sizeof(head) - 1);
        if (!is_safe(name))
            return sim_error_set(error, SIM_ERROR_FORMAT,
                "experiment_given: '%.100s' is no name of a file below the experiment's folder", name);
        int code = unpack_file(self, name, end + 1, (size_t)n, error);
        if (code < 0)
            return code;
        at = end + 1 + n + 1;
    }
    return self->first ? 0 : sim_error_set(error, SIM_ERROR_FORMAT, "experiment_given: no file in it");
}

int county_study_load_kept(const struct sim_meta *kept, int32_t replicates, struct sim_diag *diag,
    struct county_study **out, struct sim_error *error)
{
    const char *given = sim_meta_get(kept, "experiment_given"), *said = sim_meta_get(kept, "overrides"),
               *as_it_was = sim_meta_get(kept, "replicates");
    struct unpacked files = {.root = ""};
    struct county_overrides overrides;
    *out = NULL;
    if (!given || !said)
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "the text '%s' is missing, out of which the experiment could be had",
            given ? "overrides" : "experiment_given");
    sim_arena_init(&files.arena);
    hold_signals(&files.before);
    int code = study_take_overrides(said, &files.arena, &overrides)
                   ? unpack(&files, given, error)
                   : sim_error_set(error, SIM_ERROR_FORMAT, "overrides: damaged, or of another version");
    if (code == 0) {
        long n = as_it_was ? strtol(as_it_was, NULL, 10) : 0;
        overrides.replicates = replicates > 0 ? replicates : n > 0 && n <= 100000 ? (int32_t)n : 0;
        code = county_study_load(files.first, &overrides, diag, out, error);
    }
    remove_all(&files);
    pthread_sigmask(SIG_SETMASK, &files.before, NULL);
    return code;
}
