/* A file that a command writes beside a batch: a log, JSON. It replaces nothing without being told so, and
 * nothing of the batch in any case. */
#ifndef SIM_CLI_ASIDE_H
#define SIM_CLI_ASIDE_H

#include "sim/cli/kept.h"

struct cli_aside {
    FILE *out;
    const char *path;
    char temp[SIM_FILE_PATH]; /* "" where it is written in place: pipes and terminals */
    bool is_borrowed;         /* standard output or error */
};

/* Opens `path` for writing. A file that exists is refused unless `overwrite`; the result, what lies in its
 * parts, and whatever is no regular file, pipe or character device always. A regular file is there when
 * _close has ended well, and until then what was there before. CLI_PROCEED, or prints why not and gives the
 * status to end with. */
int cli_aside_open(struct cli_aside *self, const struct cli_command *command, const struct cli_kept *kept,
    const char *path, bool overwrite);
/* CLI_PROCEED, or prints why the file could not be written. Safe after a failed _open, and twice. */
int cli_aside_close(struct cli_aside *self, const struct cli_command *command);

#endif
