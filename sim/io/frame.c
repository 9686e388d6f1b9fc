#include "sim/io/frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/io/file.h"

void sim_frame_author_text(const struct sim_frame_author *author, char out[256])
{
    snprintf(out, 256, "host %.60s pid %ld threads %d began %" PRId64 " clock %.3f", author->host,
        author->pid, (int)author->n_threads, author->unix_time, author->clock);
}

bool sim_frame_author_parse(const char *text, struct sim_frame_author *out)
{
    int n_threads = 0;
    *out = (struct sim_frame_author){0};
    bool good = sscanf(text, "host %60s pid %ld threads %d began %" SCNd64 " clock %lf", out->host, &out->pid,
                    &n_threads, &out->unix_time, &out->clock) == 5;
    out->n_threads = n_threads;
    return good;
}

void sim_frame_row_digest(int32_t point, int32_t arm, int32_t replicate, int32_t status, const void *payload,
    int64_t payload_bytes, uint8_t out[SIM_DIGEST_BYTES])
{
    int32_t head[4] = {point, arm, replicate, status};
    struct sim_digest digest;
    sim_digest_init(&digest);
    sim_digest_add(&digest, head, sizeof head);
    if (payload_bytes > 0)
        sim_digest_add(&digest, payload, payload_bytes);
    sim_digest_end(&digest, out);
}

void sim_frame_sum(const struct sim_frame *head, const char *message, const uint8_t row[SIM_DIGEST_BYTES],
    uint8_t out[SIM_DIGEST_BYTES])
{
    struct sim_digest digest;
    sim_digest_init(&digest);
    sim_digest_add(&digest, head, sizeof *head);
    sim_digest_add(&digest, message, head->message_bytes);
    sim_digest_add(&digest, row, SIM_DIGEST_BYTES);
    sim_digest_end(&digest, out);
}

int64_t sim_frame_bytes(const struct sim_frame *head, int64_t room)
{
    const int64_t least = (int64_t)sizeof *head + SIM_DIGEST_BYTES;
    bool is_row = head->magic == SIM_FRAME_ROW;
    if ((!is_row && head->magic != SIM_FRAME_BEGIN) || head->message_bytes < 0 ||
        head->message_bytes > SIM_FRAME_MESSAGE || head->payload_bytes < 0 ||
        (head->payload_bytes > 0 && (!is_row || head->status != 0)) || room < least + head->message_bytes ||
        head->payload_bytes > room - least - head->message_bytes)
        return 0;
    return least + head->message_bytes + head->payload_bytes;
}

bool sim_frame_put(int fd, const struct sim_frame *head, const char *message, const void *payload,
    const uint8_t row[SIM_DIGEST_BYTES])
{
    /* What is small goes in one piece: two writes for a row, one when it has no payload. */
    uint8_t front[sizeof *head + SIM_FRAME_MESSAGE], sum[SIM_DIGEST_BYTES];
    memcpy(front, head, sizeof *head);
    memcpy(front + sizeof *head, message, (size_t)head->message_bytes);
    sim_frame_sum(head, message, row, sum);
    const struct sim_file_piece pieces[] = {{front, (int64_t)sizeof *head + head->message_bytes},
        {payload, head->payload_bytes}, {sum, (int64_t)sizeof sum}};
    return sim_file_put(fd, pieces, SIM_COUNT(pieces));
}

int64_t sim_frame_get(int fd, int64_t from, int64_t size, int64_t payload_bytes, struct sim_frame *head,
    uint8_t *buffer, uint8_t row[SIM_DIGEST_BYTES])
{
    uint8_t sum[SIM_DIGEST_BYTES];
    if (size - from < (int64_t)sizeof *head || !sim_file_read_at(fd, from, head, sizeof *head))
        return 0;
    int64_t all = sim_frame_bytes(head, size - from);
    bool has_payload = head->magic == SIM_FRAME_ROW && head->status == 0;
    if (all == 0 || head->payload_bytes != (has_payload ? payload_bytes : 0))
        return 0;
    int64_t tail = head->payload_bytes + SIM_DIGEST_BYTES;
    from += (int64_t)sizeof *head;
    if (!sim_file_read_at(fd, from, buffer, head->message_bytes) ||
        !sim_file_read_at(fd, from + head->message_bytes, buffer + head->message_bytes + 1, tail))
        return 0;
    buffer[head->message_bytes] = 0;
    const uint8_t *payload = buffer + head->message_bytes + 1;
    sim_frame_row_digest(
        head->point, head->arm, head->replicate, head->status, payload, head->payload_bytes, row);
    sim_frame_sum(head, (const char *)buffer, row, sum);
    return memcmp(sum, payload + head->payload_bytes, sizeof sum) == 0 ? all : 0;
}

int64_t sim_frame_find(int fd, int64_t from, int64_t size, uint8_t *chunk, int64_t chunk_bytes)
{
    const uint64_t row = SIM_FRAME_ROW, begin = SIM_FRAME_BEGIN;
    while (size - from >= (int64_t)sizeof row) {
        int64_t n = size - from < chunk_bytes ? size - from : chunk_bytes;
        if (!sim_file_read_at(fd, from, chunk, n))
            break;
        for (int64_t i = 0; i + (int64_t)sizeof row <= n; i++)
            if (memcmp(chunk + i, &row, sizeof row) == 0 || memcmp(chunk + i, &begin, sizeof begin) == 0)
                return from + i;
        from += n - (int64_t)sizeof row + 1;
    }
    return size;
}
