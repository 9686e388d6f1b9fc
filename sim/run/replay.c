#include "sim/run/replay.h"

#include <stdio.h>

#include "sim/core/shell.h"

void sim_replay_message(const struct sim_batch_options *options, const struct sim_parts_row *row,
    const struct sim_error *why, char out[SIM_REPLAY_TEXT])
{
    char file[SIM_SHELL_WORD], arm[SIM_SHELL_WORD], seed[64] = "", point[32] = "";
    const char *path = options->path != NULL ? options->path : options->directory;
    const char *given = options->meta != NULL ? sim_meta_get(options->meta, "seed") : NULL;
    if (given != NULL)
        snprintf(seed, sizeof seed, "seed %.40s, ", given);
    if (options->n_points > 1)
        snprintf(point, sizeof point, " --point %d", (int)row->point);
    snprintf(out, SIM_REPLAY_TEXT, "%s; %sreplicate %d; replay: pamir rerun %s --arm %s --replicate %d%s",
        why->message[0] ? why->message : sim_error_sentence(why->code), seed, (int)row->replicate + 1,
        sim_shell_word(path != NULL ? path : "OUT.h5", file), sim_shell_quoted(options->arms[row->arm], arm),
        (int)row->replicate + 1, point);
}
