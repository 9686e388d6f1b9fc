#include "sim/run/replay.h"

#include <stdio.h>
#include <string.h>

/* Words that no shell takes for anything else need no quotes. */
static bool is_plain(const char *word)
{
    return word[0] != 0 && word[0] != '-' &&
           strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%") ==
               strlen(word);
}

void sim_replay_quote(const char *word, char *out, size_t size)
{
    size_t n = 0;
    if (size < 3) {
        out[0] = 0;
        return;
    }
    out[n++] = '\'';
    for (const char *c = word; *c != 0; c++) {
        if (n + 6 > size)
            break;
        if (*c == '\'') {
            memcpy(out + n, "'\\''", 4);
            n += 4;
        } else {
            out[n++] = *c;
        }
    }
    out[n++] = '\'';
    out[n] = 0;
}

void sim_replay_message(const struct sim_batch_options *options, const struct sim_parts_row *row,
    const struct sim_error *why, char out[SIM_REPLAY_TEXT])
{
    char file[2048], arm[512], seed[64] = "", point[32] = "";
    const char *path = options->path != NULL ? options->path : options->directory;
    const char *given = options->meta != NULL ? sim_meta_get(options->meta, "seed") : NULL;
    if (path == NULL || is_plain(path))
        snprintf(file, sizeof file, "%s", path == NULL ? "OUT.h5" : path);
    else
        sim_replay_quote(path, file, sizeof file);
    sim_replay_quote(options->arms[row->arm], arm, sizeof arm);
    if (given != NULL)
        snprintf(seed, sizeof seed, "seed %.40s, ", given);
    if (options->n_points > 1)
        snprintf(point, sizeof point, " --point %d", (int)row->point);
    snprintf(out, SIM_REPLAY_TEXT, "%s; %sreplicate %d; replay: pamir rerun %s --arm %s --replicate %d%s",
        why->message[0] ? why->message : sim_error_sentence(why->code), seed, (int)row->replicate + 1, file,
        arm, (int)row->replicate + 1, point);
}
