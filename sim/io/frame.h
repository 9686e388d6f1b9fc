/* A frame: one record of a log in a parts directory, with its length before it and a checksum behind it.
 *
 * A log begins with a frame that says who writes it; then comes one for each row. sim/io/README.md gives
 * every byte. Little-endian, as the machine. */
#ifndef SIM_IO_FRAME_H
#define SIM_IO_FRAME_H

#include "sim/core/digest.h"
#include "sim/core/error.h"

#define SIM_FRAME_ROW 0x32574f5252494d50u   /* "PMIRROW2" */
#define SIM_FRAME_BEGIN 0x32474f4c52494d50u /* "PMIRLOG2" */
#define SIM_FRAME_MESSAGE 4096              /* bytes of a message at most */

/* The head of a frame: 48 bytes without gaps. */
struct sim_frame {
    uint64_t magic;
    int32_t point, arm, replicate, status;
    int32_t message_bytes;
    int32_t done_seconds; /* since the process began, by a clock that never goes back */
    int64_t payload_bytes;
    double wall_seconds; /* of the row alone */
};
_Static_assert(sizeof(struct sim_frame) == 48, "a frame's head has no gaps");

/* Who writes a log: the message of its first frame. */
struct sim_frame_author {
    char host[64];
    long pid;
    int32_t n_threads; /* 0: not said */
    int64_t unix_time; /* when it began; s since 1970, by the machine's clock, which may jump */
    double clock;      /* the same by the clock that never goes back and counts from the machine's start */
};
/* Text of the author, and back; false when the text is none. */
void sim_frame_author_text(const struct sim_frame_author *author, char out[256]);
bool sim_frame_author_parse(const char *text, struct sim_frame_author *out);

/* SHA-256 over (point, arm, replicate, status, payload): message and times excluded. */
void sim_frame_row_digest(int32_t point, int32_t arm, int32_t replicate, int32_t status, const void *payload,
    int64_t payload_bytes, uint8_t out[SIM_DIGEST_BYTES]);
/* The checksum that ends a frame: over head, message and the row's digest, so that a payload is hashed once.
 */
void sim_frame_sum(const struct sim_frame *head, const char *message, const uint8_t row[SIM_DIGEST_BYTES],
    uint8_t out[SIM_DIGEST_BYTES]);

/* Bytes of the whole frame that begins with this head; 0 when no frame begins so, or when it would be longer
 * than the `room` bytes from its start to the end of the log. */
int64_t sim_frame_bytes(const struct sim_frame *head, int64_t room);
/* Appends a frame to an open log; false, with errno, when only a part got there. row: its digest. */
bool sim_frame_put(int fd, const struct sim_frame *head, const char *message, const void *payload,
    const uint8_t row[SIM_DIGEST_BYTES]);
/* Reads the frame at `from` of a log of `size` bytes and checks it: fills head, the row's digest and buffer
 * (message, NUL, payload behind it). Returns its bytes; 0 when there is no whole one. The payload must have
 * payload_bytes where the status is 0. buffer: at least payload_bytes + SIM_FRAME_MESSAGE + 1 +
 * SIM_DIGEST_BYTES. */
int64_t sim_frame_get(int fd, int64_t from, int64_t size, int64_t payload_bytes, struct sim_frame *head,
    uint8_t *buffer, uint8_t row[SIM_DIGEST_BYTES]);
/* The next place from `from` on where a frame may begin, or size. chunk: scratch memory. */
int64_t sim_frame_find(int fd, int64_t from, int64_t size, uint8_t *chunk, int64_t chunk_bytes);

#endif
