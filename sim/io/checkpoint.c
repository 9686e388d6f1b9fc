#include "sim/io/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/io/file.h"

#define CHECKPOINT_MAGIC 0x31504b4352494d50u /* "PMIRCKP1" */

/* The head of a file: 72 bytes without gaps. */
struct head {
    uint64_t magic;
    uint8_t identity[SIM_DIGEST_BYTES];
    int32_t point, arm, replicate, reserved;
    int64_t boundary;
    int64_t state_bytes;
};
_Static_assert(sizeof(struct head) == 72, "a checkpoint's head has no gaps");

/* What a name says beyond the row and the boundary. */
struct author {
    char host[64];
    long pid, number;
    bool is_temporary;
};

/* The number after '-' at *at, which moves behind it. */
static bool next_number(const char **at, long long *out)
{
    char *end;
    if (**at != '-' || (((*at)[1] < '0' || (*at)[1] > '9') && (*at)[1] != '-'))
        return false;
    errno = 0;
    *out = strtoll(*at + 1, &end, 10);
    bool good = errno == 0 && end != *at + 1;
    *at = end;
    return good;
}

/* Takes a name apart; false when this room made no such name. */
static bool parse_name(const char *name, struct sim_checkpoint *what, struct author *author)
{
    static const char last[] = ".ckpt";
    long long numbers[4];
    if (strncmp(name, "state-", 6) != 0 || strlen(name) >= sizeof what->name)
        return false;
    const char *at = name + 5, *end = strstr(name, last);
    for (int i = 0; i < 4; i++)
        if (!next_number(&at, &numbers[i]) || (i < 3 && (numbers[i] < 0 || numbers[i] > INT32_MAX)))
            return false;
    if (end == NULL || *at != '-' || end <= at)
        return false;
    /* The host may hold hyphens, so the last two numbers are looked for from the end. */
    const char *number = end, *pid;
    while (number > at && *number != '-')
        number--;
    for (pid = number - 1; pid > at && *pid != '-';)
        pid--;
    if (pid <= at || pid - at - 1 >= (long)sizeof author->host)
        return false;
    snprintf(author->host, sizeof author->host, "%.*s", (int)(pid - at - 1), at + 1);
    author->pid = strtol(pid + 1, NULL, 10);
    author->number = strtol(number + 1, NULL, 10);
    author->is_temporary = end[sizeof last - 1] != 0;
    snprintf(what->name, sizeof what->name, "%s", name);
    what->point = (int32_t)numbers[0];
    what->arm = (int32_t)numbers[1];
    what->replicate = (int32_t)numbers[2];
    what->boundary = (sim_time)numbers[3];
    return true;
}

bool sim_checkpoint_is_name(const char *name)
{
    struct sim_checkpoint what;
    struct author author;
    return parse_name(name, &what, &author);
}

static int path_of(const char *directory, const char *name, char out[SIM_FILE_PATH], struct sim_error *error)
{
    if (snprintf(out, SIM_FILE_PATH, "%s/%s", directory, name) >= SIM_FILE_PATH)
        return sim_error_set(error, SIM_ERROR_IO, "%.60s...: the path is too long", directory);
    return 0;
}

/* What this process has written of a row. */
struct own {
    char host[64];
    long pid;
    long newest; /* number of the newest whole file, 0: none */
    long last;   /* the highest number in use, by a temporary file of a dead process of this number, say */
};

static bool is_own(
    const struct own *own, const struct sim_checkpoint *what, const char *name, struct author *author)
{
    struct sim_checkpoint found;
    return parse_name(name, &found, author) && found.point == what->point && found.arm == what->arm &&
           found.replicate == what->replicate && author->pid == own->pid &&
           strcmp(author->host, own->host) == 0;
}

static int find_own(
    const char *directory, const struct sim_checkpoint *what, struct own *own, struct sim_error *error)
{
    DIR *list = opendir(directory);
    sim_file_host(own->host, sizeof own->host);
    own->pid = (long)getpid();
    own->newest = own->last = 0;
    if (list == NULL)
        return sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", directory, strerror(errno));
    for (struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        struct author author;
        if (!is_own(own, what, entry->d_name, &author))
            continue;
        if (author.number > own->last)
            own->last = author.number;
        if (author.number > own->newest && !author.is_temporary)
            own->newest = author.number;
    }
    closedir(list);
    return 0;
}

/* Removes what this process wrote of the row before its newest two: the one that was the newest and the one
 * that has just come. */
static void remove_older(const char *directory, const struct sim_checkpoint *what, const struct own *own)
{
    struct sim_error ignored = {0};
    char path[SIM_FILE_PATH];
    DIR *list = opendir(directory);
    if (list == NULL)
        return;
    for (struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        struct author author;
        if (is_own(own, what, entry->d_name, &author) &&
            (author.number < own->newest || (author.is_temporary && author.number <= own->last)) &&
            path_of(directory, entry->d_name, path, &ignored) == 0)
            unlink(path);
    }
    closedir(list);
}

int sim_checkpoint_write(const char *directory, const uint8_t identity[SIM_DIGEST_BYTES],
    const struct sim_checkpoint *what, const struct sim_state *state, struct sim_error *error)
{
    char name[200], path[SIM_FILE_PATH];
    uint8_t sum[SIM_DIGEST_BYTES];
    struct own own;
    int code = find_own(directory, what, &own, error);
    if (code < 0)
        return code;
    snprintf(name, sizeof name, "state-%d-%d-%d-%lld-%s-%ld-%ld.ckpt", (int)what->point, (int)what->arm,
        (int)what->replicate, (long long)what->boundary, own.host, own.pid, own.last + 1);
    if ((code = path_of(directory, name, path, error)) < 0)
        return code;
    struct head head = {.magic = CHECKPOINT_MAGIC,
        .point = what->point,
        .arm = what->arm,
        .replicate = what->replicate,
        .boundary = what->boundary,
        .state_bytes = state->n};
    memcpy(head.identity, identity, sizeof head.identity);
    struct sim_digest digest;
    sim_digest_init(&digest);
    sim_digest_add(&digest, &head, sizeof head);
    if (state->n > 0)
        sim_digest_add(&digest, state->bytes, state->n);
    sim_digest_end(&digest, sum);
    const struct sim_file_piece pieces[] = {
        {&head, (int64_t)sizeof head}, {state->bytes, state->n}, {sum, (int64_t)sizeof sum}};
    code = sim_file_write_pieces(path, pieces, SIM_COUNT(pieces), error);
    if (code == 0)
        remove_older(directory, what, &own);
    return code;
}

static int newest_first(const void *a, const void *b)
{
    const struct sim_checkpoint *x = a, *y = b;
    if (x->boundary != y->boundary)
        return x->boundary < y->boundary ? 1 : -1;
    return strcmp(x->name, y->name);
}

int sim_checkpoint_list(const char *directory, struct sim_arena *arena, struct sim_checkpoint **out,
    int32_t *n, struct sim_error *error)
{
    struct sim_checkpoint *list = NULL, what;
    struct author author;
    int32_t capacity = 0, count = 0;
    int code = 0;
    *out = NULL;
    *n = 0;
    DIR *entries = opendir(directory);
    if (entries == NULL)
        return sim_error_set(error, errno == ENOENT ? SIM_ERROR_MISSING : SIM_ERROR_IO,
            "%.300s: cannot be read: %s", directory, strerror(errno));
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        if (!parse_name(entry->d_name, &what, &author) || author.is_temporary)
            continue;
        if (count == capacity) {
            capacity = capacity == 0 ? 16 : 2 * capacity;
            struct sim_checkpoint *bigger = sim_arena_alloc(arena, capacity * (int64_t)sizeof *bigger);
            if (bigger == NULL) {
                code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: out of memory", directory);
                break;
            }
            if (count > 0)
                memcpy(bigger, list, (size_t)count * sizeof *bigger);
            list = bigger;
        }
        list[count++] = what;
    }
    closedir(entries);
    if (code < 0)
        return code;
    if (count > 1)
        qsort(list, (size_t)count, sizeof *list, newest_first);
    *out = list;
    *n = count;
    return 0;
}

/* Whether head and length say that this is the state that is wanted. */
static int check_head(const char *path, const struct head *head, int64_t size,
    const uint8_t identity[SIM_DIGEST_BYTES], const struct sim_checkpoint *what, struct sim_error *error)
{
    if (head->magic != CHECKPOINT_MAGIC)
        return sim_error_set(error, SIM_ERROR_FORMAT, "%.300s: is no checkpoint of this format", path);
    if (head->state_bytes < 0 || head->state_bytes != size - (int64_t)sizeof *head - SIM_DIGEST_BYTES)
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "%.300s: is damaged: it has %lld bytes, and a state of %lld", path, (long long)size,
            (long long)head->state_bytes);
    if (memcmp(head->identity, identity, SIM_DIGEST_BYTES) != 0)
        return sim_error_set(
            error, SIM_ERROR_MISMATCH, "%.300s: is of another batch: its inputs or its version differ", path);
    if (head->point != what->point || head->arm != what->arm || head->replicate != what->replicate ||
        head->boundary != what->boundary)
        return sim_error_set(error, SIM_ERROR_FORMAT,
            "%.300s: holds the state of another row or boundary than its name says", path);
    return 0;
}

int sim_checkpoint_read(const char *directory, const uint8_t identity[SIM_DIGEST_BYTES],
    const struct sim_checkpoint *what, struct sim_state *out, struct sim_error *error)
{
    char path[SIM_FILE_PATH];
    uint8_t *bytes = NULL, sum[SIM_DIGEST_BYTES];
    struct head head;
    struct stat status;
    int code = path_of(directory, what->name, path, error);
    if (code < 0)
        return code;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return sim_error_set(error, errno == ENOENT ? SIM_ERROR_MISSING : SIM_ERROR_IO,
            "%.300s: cannot be read: %s", path, strerror(errno));
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        code = sim_error_set(error, SIM_ERROR_FORMAT, "%.300s: is no regular file", path);
        goto out;
    }
    int64_t size = (int64_t)status.st_size;
    if (size < (int64_t)sizeof head + SIM_DIGEST_BYTES) {
        code = sim_error_set(
            error, SIM_ERROR_FORMAT, "%.300s: is cut off at byte %lld, in its head", path, (long long)size);
        goto out;
    }
    if (!sim_file_read_at(fd, 0, &head, sizeof head)) {
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", path, strerror(errno));
        goto out;
    }
    if ((code = check_head(path, &head, size, identity, what, error)) < 0)
        goto out;
    bytes = malloc((size_t)(head.state_bytes + SIM_DIGEST_BYTES));
    if (bytes == NULL) {
        code = sim_error_set(error, SIM_ERROR_MEMORY, "%.300s: %lld bytes do not fit memory", path,
            (long long)head.state_bytes);
        goto out;
    }
    if (!sim_file_read_at(fd, (int64_t)sizeof head, bytes, head.state_bytes + SIM_DIGEST_BYTES)) {
        code = sim_error_set(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", path,
            errno == 0 ? "it has become shorter" : strerror(errno));
        goto out;
    }
    struct sim_digest digest;
    sim_digest_init(&digest);
    sim_digest_add(&digest, &head, sizeof head);
    sim_digest_add(&digest, bytes, head.state_bytes);
    sim_digest_end(&digest, sum);
    if (memcmp(sum, bytes + head.state_bytes, sizeof sum) != 0) {
        code =
            sim_error_set(error, SIM_ERROR_FORMAT, "%.300s: is damaged: its checksum does not agree", path);
        goto out;
    }
    free(out->bytes);
    *out = (struct sim_state){
        .bytes = bytes, .n = head.state_bytes, .capacity = head.state_bytes + SIM_DIGEST_BYTES};
    bytes = NULL;
out:
    free(bytes);
    close(fd);
    return code;
}

void sim_checkpoint_remove(const char *directory, int32_t point, int32_t arm, int32_t replicate)
{
    struct sim_error ignored = {0};
    struct sim_checkpoint what;
    struct author author;
    char path[SIM_FILE_PATH];
    DIR *list = opendir(directory);
    if (list == NULL)
        return;
    for (struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        /* A temporary file may be another process's, which is about to rename it. */
        if (!parse_name(entry->d_name, &what, &author) || author.is_temporary || what.point != point ||
            what.arm != arm || what.replicate != replicate)
            continue;
        if (path_of(directory, entry->d_name, path, &ignored) == 0)
            unlink(path);
    }
    closedir(list);
}
