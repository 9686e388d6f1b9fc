/* A seal: the SHA-256 of a file in its own last 48 bytes (8 of magic, 8 of length, 32 of hash).
 *
 * HDF5 crashes or hangs on about one in two hundred single flipped bits (1.10.8), and reads many others as if
 * nothing were wrong. So a sealed file is compared with its seal before HDF5 sees it. HDF5 itself, netCDF and
 * xarray do not look beyond the end that the file's own head states; a program that opens the file for
 * writing cuts the seal off, which then says truly that the file is no longer as it was written. Cost: one
 * pass over the file. */
#ifndef SIM_IO_SEAL_H
#define SIM_IO_SEAL_H

#include "sim/core/error.h"

#define SIM_SEAL_BYTES 48

/* Appends the seal. */
int sim_seal_add(const char *path, struct sim_error *error);
/* 0 when the seal is good, or when there is none; SIM_ERROR_FORMAT when the bytes are not those that were
 * sealed; SIM_ERROR_MISSING when there is no such file. */
int sim_seal_check(const char *path, bool *is_sealed, struct sim_error *error);

#endif
