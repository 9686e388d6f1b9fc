#include "sim/scenario/node.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PARTS 256

/* Takes "." and ".." out of a path by its text alone, without a look at the disk. NULL when it has too many
 * parts or there is no memory. */
static char *clean_path(const char *path)
{
    const char *parts[MAX_PARTS];
    size_t lengths[MAX_PARTS];
    int32_t n = 0;
    bool absolute = path[0] == '/';
    for (const char *at = path; *at;) {
        size_t length = strcspn(at, "/");
        bool up = length == 2 && strncmp(at, "..", 2) == 0;
        bool above = n > 0 && !(lengths[n - 1] == 2 && strncmp(parts[n - 1], "..", 2) == 0);
        if (up && above) {
            n--;
        } else if (length > 0 && !(length == 1 && at[0] == '.') && !(up && absolute)) {
            if (n == MAX_PARTS)
                return NULL;
            parts[n] = at;
            lengths[n++] = length;
        }
        at += length;
        at += *at == '/';
    }
    char *out = malloc(strlen(path) + 3), *end = out;
    if (!out)
        return NULL;
    if (absolute)
        *end++ = '/';
    for (int32_t i = 0; i < n; i++) {
        if (i > 0)
            *end++ = '/';
        memcpy(end, parts[i], lengths[i]);
        end += lengths[i];
    }
    if (n == 0 && !absolute)
        *end++ = '.';
    *end = '\0';
    return out;
}

static char *join(const char *folder, size_t length, const char *name)
{
    char *out = malloc(length + strlen(name) + 2);
    if (!out)
        return NULL;
    memcpy(out, folder, length);
    out[length] = '/';
    strcpy(out + length + 1, name);
    return out;
}

static char *absolute_path(const char *path)
{
    char *joined = NULL;
    if (path[0] != '/') {
        char *here = getcwd(NULL, 0);
        joined = here ? join(here, strlen(here), path) : NULL;
        free(here);
        if (!joined)
            return NULL;
    }
    char *out = clean_path(joined ? joined : path);
    free(joined);
    return out;
}

static bool is_within(const char *path, const char *root)
{
    char *a = absolute_path(path), *b = absolute_path(root);
    size_t length = b ? strlen(b) : 0;
    bool within =
        a && b && strncmp(a, b, length) == 0 && (a[length] == '/' || a[length] == '\0' || length == 1);
    free(a);
    free(b);
    return within;
}

/* Whether links lead from a path that lies in `root` by its text to a place outside. What is not there leads
 * nowhere. */
static bool is_led_out(const char *path, const char *root)
{
    char *a = realpath(path, NULL), *b = realpath(root, NULL);
    bool out = a && b && !is_within(a, b);
    free(a);
    free(b);
    return out;
}

const char *sim_node_path(const char *base, const char *relative, const char *root, struct sim_place place,
    struct sim_arena *arena, struct sim_diag *diag)
{
    if (!*relative) {
        sim_diag_error(diag, place, "an empty file name");
        return NULL;
    }
    const char *slash = strrchr(base, '/');
    char *joined = relative[0] == '/' ? strdup(relative)
                   : slash            ? join(base, (size_t)(slash - base), relative)
                                      : strdup(relative);
    char *cleaned = joined ? clean_path(joined) : NULL;
    free(joined);
    const char *out = cleaned ? sim_arena_text(arena, cleaned, (int64_t)strlen(cleaned)) : NULL;
    free(cleaned);
    if (!out) {
        sim_diag_error(diag, place, "'%.100s' is too long for a file name", relative);
        return NULL;
    }
    if (root && !is_within(out, root)) {
        sim_diag_error(
            diag, place, "'%s' climbs out of '%s'; files of a scenario stay within it", relative, root);
        return NULL;
    }
    if (root && is_led_out(out, root)) {
        sim_diag_error(diag, place,
            "'%s' is a link that leads out of '%s'; files of a scenario stay within it", relative, root);
        return NULL;
    }
    return out;
}
