/* Diagnostics: every error of a file at once, each with file, line, column, what was expected and the nearest
 * word.
 *
 *     county.yaml:12:5: error: households: unknown key 'sise'; did you mean 'size'?
 *        12 |     sise: 4.06 persons/household
 *           |     ^^^^
 *
 * Columns count characters, from 1. Printing sorts by file (in the order of reading), line and column. */
#ifndef SIM_SCENARIO_DIAG_H
#define SIM_SCENARIO_DIAG_H

#include <stdio.h>

#include "sim/core/arena.h"

struct sim_place {
    const char *file; /* as given by the user, or "--set PATH" */
    int32_t line;     /* from 1; 0: the file as a whole */
    int32_t column;
    int32_t width; /* characters to underline; 0: none */
};

struct sim_diag_entry;

struct sim_diag {
    struct sim_arena arena;
    struct sim_diag_entry *entries;
    int32_t n, capacity;
    int32_t n_errors; /* the same error at the same place counts once */
    int32_t n_warnings;
    int32_t n_reported; /* calls of _error, repeated ones too: tells a reader whether it had one */
    const char **files; /* in the order of reading */
    int32_t n_files, files_capacity;
};

void sim_diag_init(struct sim_diag *self);
void sim_diag_free(struct sim_diag *self);
/* Says that a file is read now: fixes its place in the order of printing. Copies; a second call changes
 * nothing. */
void sim_diag_add_file(struct sim_diag *self, const char *file);
/* Both copy what they are given and drop a message that stands there already. Beyond 1000 entries they count
 * (repeated ones, too) and keep nothing: nobody reads the thousandth line, and memory and time are bounded.
 */
void sim_diag_error(struct sim_diag *self, struct sim_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void sim_diag_warning(struct sim_diag *self, struct sim_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Whether further messages are only counted: then a reader need not search for good words. */
bool sim_diag_is_full(const struct sim_diag *self);
/* All entries with their source lines and carets, then "N errors, M warnings". The source lines are read
 * again from the files; one that cannot be read is left out. */
void sim_diag_print(const struct sim_diag *self, FILE *out);
/* The message of an entry, in the order of reporting; NULL when there is none. */
const char *sim_diag_message(const struct sim_diag *self, int32_t entry);
bool sim_diag_is_error(const struct sim_diag *self, int32_t entry); /* else a warning */
/* The nearest of `words` to `word` (Damerau-Levenshtein distance, without regard to case, at most a third of
 * its length, at least 1), the first of equals, or NULL. */
const char *sim_diag_nearest(const char *word, const char *const *words, int32_t n);

#endif
