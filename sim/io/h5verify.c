#include "sim/io/h5.h"

#include <string.h>

#include "sim/io/h5read.h"
#include "sim/io/h5rows.h"
#include "sim/io/seal.h"

struct question {
    const char *path;
    struct sim_h5_report report;
};

static int verify_apart(void *user, struct sim_error *error)
{
    struct question *self = user;
    return sim_h5_rows_read(self->path, &self->report, NULL, error);
}

int sim_h5_verify(const char *path, struct sim_h5_report *report, struct sim_error *error)
{
    struct question question = {.path = path};
    bool is_sealed;
    *report = question.report;
    int code = sim_seal_check(path, &is_sealed, error);
    if (code < 0)
        return code;
    if (is_sealed)
        code = sim_h5_rows_read(path, &question.report, NULL, error);
    else
        code = sim_child_run(path, verify_apart, &question, &question.report, sizeof question.report,
            sim_h5_rows_limits(path), error);
    *report = question.report;
    report->is_sealed = is_sealed;
    return code;
}

int sim_h5_digest(const char *path, char out[SIM_DIGEST_TEXT], struct sim_error *error)
{
    struct sim_h5_file file;
    const char *text = NULL;
    int code = sim_h5_open(&file, path, error);
    if (code == 0)
        code = sim_h5_read_text(&file, "digest", &text, error);
    if (code == 0 && (text == NULL || strlen(text) != SIM_DIGEST_TEXT - 1))
        code =
            sim_error_set(error, SIM_ERROR_FORMAT, "%.250s: holds no digest: Pamir did not write it", path);
    if (code == 0)
        memcpy(out, text, SIM_DIGEST_TEXT);
    sim_h5_close(&file);
    return code;
}
