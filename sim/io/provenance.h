/* Provenance: which code, machine and command made a result. Goes to /meta as SIM_META_ABOUT, never into a
 * digest. */
#ifndef SIM_IO_PROVENANCE_H
#define SIM_IO_PROVENANCE_H

#include "sim/io/meta.h"

/* The version of the code, as `git describe` gave it when it was built: "0.1.0+1a2b3c4d5e6f". */
const char *sim_provenance_version(void);
/* Now, as "2026-11-22T14:05:09Z". */
void sim_provenance_now(char out[32]);
/* Adds version, compiler, libraries, host, machine, operating system, command line and time of start.
 * argv may be NULL (argc 0): a library call without a command line. */
int sim_provenance_add(struct sim_meta *meta, int argc, char *const *argv, struct sim_error *error);

#endif
