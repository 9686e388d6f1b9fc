/* Files that are whole or absent: written under a unique name beside the target, flushed to the disk, then
 * renamed.
 *
 * A reader never sees half a file, and a kill or a full disk never damages the one that was there. Two
 * processes that write one target cannot mix their bytes: the last to rename wins. Errors are SIM_ERROR_IO
 * with the path and the system's reason, or SIM_ERROR_MEMORY. */
#ifndef SIM_IO_FILE_H
#define SIM_IO_FILE_H

#include "sim/core/arena.h"
#include "sim/core/error.h"

#define SIM_FILE_PATH 4096 /* bytes of a path, the terminating NUL included */

bool sim_file_exists(const char *path); /* anything of that name, a dangling link included */
bool sim_file_is_directory(const char *path);
/* The directory that holds path ("." for a bare name). */
int sim_file_directory(const char *path, char out[SIM_FILE_PATH], struct sim_error *error);
/* This machine's name with [A-Za-z0-9-] only, for use in file names. */
void sim_file_host(char *out, int64_t size);

/* Whether path can be written: its directory exists and takes new files, path itself is absent or a regular
 * file, and at least `bytes` are free. Leaves nothing behind. SIM_ERROR_MISSING when the directory does not
 * exist. */
int sim_file_check_target(const char *path, int64_t bytes, struct sim_error *error);

/* Creates an empty file `path.tmp-HOST-PID-N` that did not exist, and gives its name. */
int sim_file_temp(const char *path, char out[SIM_FILE_PATH], struct sim_error *error);
/* Flushes temp to the disk, renames it to path, flushes the directory. The caller removes temp on failure. */
int sim_file_commit(const char *temp, const char *path, struct sim_error *error);
/* Removes temporary files of path that processes of this machine left behind when they were killed. */
void sim_file_remove_stale(const char *path);
/* Visits what is called `path.KIND-HOST-PID-N` of processes of this machine that are dead. */
void sim_file_each_stale(const char *path, const char *kind, void (*visit)(const char *victim));
/* The three in one: path holds the n bytes, or what it held before. */
int sim_file_write(const char *path, const void *bytes, int64_t n, struct sim_error *error);
/* The same, but SIM_ERROR_EXISTS when there is something of that name already: of several processes that
 * write at a time, one does. */
int sim_file_write_new(const char *path, const void *bytes, int64_t n, struct sim_error *error);
/* As sim_file_write, for bytes that lie in several places, one after another. */
struct sim_file_piece {
    const void *bytes;
    int64_t n;
};
int sim_file_write_pieces(
    const char *path, const struct sim_file_piece *pieces, int32_t n_pieces, struct sim_error *error);
/* Writes all pieces to an open file; false, with errno, when that fails half-way. */
bool sim_file_put(int fd, const struct sim_file_piece *pieces, int32_t n_pieces);
/* Reads n bytes at `from`; false at the end of the file (errno 0) or on an error (errno). */
bool sim_file_read_at(int fd, int64_t from, void *out, int64_t n);
/* The whole file, NUL-terminated, in the arena. *n excludes the NUL. */
int sim_file_read(
    const char *path, struct sim_arena *arena, char **bytes, int64_t *n, struct sim_error *error);
/* Flushes the directory that holds path, so that a rename or removal in it is on the disk. */
int sim_file_sync_directory(const char *directory, struct sim_error *error);

#endif
