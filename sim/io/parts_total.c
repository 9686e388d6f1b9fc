#include "sim/io/parts.h"

#include "sim/io/frame.h"

void sim_parts_row_digest(int32_t point, int32_t arm, int32_t replicate, int32_t status, const void *payload,
    int64_t payload_bytes, uint8_t out[SIM_DIGEST_BYTES])
{
    sim_frame_row_digest(point, arm, replicate, status, payload, payload_bytes, out);
}

void sim_parts_total_begin(struct sim_parts_total *self, const struct sim_output *output, int32_t n_points,
    int32_t n_arms, int32_t n_replicates, const char *const *arms)
{
    uint8_t shape[SIM_DIGEST_BYTES];
    int32_t head[3] = {n_points, n_arms, n_replicates};
    sim_output_digest(output, shape);
    sim_digest_init(&self->digest);
    sim_digest_add_text(&self->digest, "pamir result 1");
    sim_digest_add(&self->digest, shape, sizeof shape);
    sim_digest_add(&self->digest, head, sizeof head);
    for (int32_t i = 0; i < n_arms; i++)
        sim_digest_add_text(&self->digest, arms[i]);
}

void sim_parts_total_add(struct sim_parts_total *self, const uint8_t row[SIM_DIGEST_BYTES])
{
    static const uint8_t missing[SIM_DIGEST_BYTES] = {0};
    sim_digest_add(&self->digest, row == NULL ? missing : row, SIM_DIGEST_BYTES);
}

void sim_parts_total_end(struct sim_parts_total *self, char out[SIM_DIGEST_TEXT])
{
    uint8_t digest[SIM_DIGEST_BYTES];
    sim_digest_end(&self->digest, digest);
    sim_digest_text(digest, out);
}

void sim_parts_digest(const struct sim_parts *self, char out[SIM_DIGEST_TEXT])
{
    struct sim_parts_total total;
    const struct sim_parts_shape *shape = &self->shape;
    sim_parts_total_begin(
        &total, shape->output, shape->n_points, shape->n_arms, shape->n_replicates, shape->arms);
    for (int64_t i = 0; i < self->n_rows; i++)
        sim_parts_total_add(&total, self->rows[i].is_present ? self->rows[i].digest : NULL);
    sim_parts_total_end(&total, out);
}
