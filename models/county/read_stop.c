/* When to stop: `stop_when` of an experiment. */
#include <string.h>

#include "models/county/read.h"
#include "sim/time/calendar.h"

static const char *const stop_keys[] = {
    "variable", "arm", "half_width", "from", "to", "least", "step", "note"};

static void read_arm(
    const struct sim_node *node, struct sim_reader *reader, struct experiment *out, struct stop_config *stop)
{
    const char *name;
    if (!sim_read_text(reader, node, "stop_when.arm", &name) || out->n_arms == 0)
        return;
    const char **names = read_alloc(reader, (int64_t)sizeof(*names) * out->n_arms, node->place);
    for (int32_t i = 0; names && i < out->n_arms; i++)
        names[i] = out->arms[i].name;
    int32_t arm =
        names ? read_find(reader, name, node->place, "stop_when.arm", (const char *const *)names, out->n_arms)
              : -1;
    if (arm >= 0 && arm == out->reference) {
        sim_diag_error(reader->diag, node->place,
            "stop_when.arm: '%s' is the reference; expected an arm that is compared with it", name);
        return;
    }
    stop->arm = arm;
    if (arm >= 0)
        out->arms[arm].chosen = true; /* --arms may leave it out, as the reference */
}

static void read_years(
    const struct sim_node *node, struct sim_reader *reader, struct experiment *out, struct stop_config *stop)
{
    const struct sim_node *from = sim_node_get(node, "from"), *to = sim_node_get(node, "to");
    int64_t first = out->config.base_year, last = sim_month_year(out->config.to), year;
    if (out->config.from == 0 || out->config.to == 0)
        return; /* reported */
    int64_t begin = sim_month_year(out->config.from), end = last;
    const struct sim_node *given[] = {from, to};
    const char *const what[] = {"stop_when.from", "stop_when.to"};
    int64_t *const years[] = {&first, &last};
    for (int32_t i = 0; i < 2; i++) {
        if (!given[i] || !sim_read_integer(reader, given[i], what[i], "1", 1600, 9999, &year))
            continue;
        *years[i] = year;
        if (year < begin || year > end)
            sim_diag_error(reader->diag, given[i]->place,
                "%s: %lld is not a year of the experiment, %lld to %lld", what[i], (long long)year,
                (long long)begin, (long long)end);
    }
    if (from && to && first > last)
        sim_diag_error(reader->diag, to->place, "stop_when.to: lies before 'from'");
    stop->has_years = from || to;
    stop->from = (int32_t)first;
    stop->to = (int32_t)last;
}

static int32_t read_count(
    const struct sim_node *node, const char *what, int64_t initial, int64_t min, struct sim_reader *reader)
{
    int64_t n = initial;
    if (node)
        sim_read_integer(reader, node, what, "1", (double)min, 100000, &n);
    return (int32_t)n;
}

int read_stop(const struct sim_node *node, struct sim_reader *reader, struct experiment *out)
{
    static const char *const required[] = {"variable", "arm", "half_width"};
    int32_t before = reader->diag->n_reported;
    struct stop_config *stop = &out->stop;
    *stop = (struct stop_config){.arm = -1};
    if (!node)
        return 0;
    sim_read_keys(reader, node, "stop_when", stop_keys, SIM_COUNT(stop_keys));
    if (node->kind != SIM_NODE_MAP)
        return SIM_ERROR_INPUT;
    stop->place = node->place;
    for (int32_t i = 0; i < SIM_COUNT(required); i++)
        if (!sim_node_get(node, required[i]))
            sim_diag_error(reader->diag, node->place, "stop_when: '%s' is missing", required[i]);
    const struct sim_node *arm = sim_node_get(node, "arm"), *least = sim_node_get(node, "least");
    stop->variable_node = sim_node_get(node, "variable");
    stop->half_width = sim_node_get(node, "half_width");
    if (arm)
        read_arm(arm, reader, out, stop);
    read_years(node, reader, out, stop);
    stop->least = read_count(least, "stop_when.least", 16, 2, reader);
    stop->step = read_count(sim_node_get(node, "step"), "stop_when.step", 8, 1, reader);
    if (stop->variable_node)
        sim_read_text(reader, stop->variable_node, "stop_when.variable", &stop->variable);
    if (least && reader->diag->n_reported == before && stop->least > out->config.replicates)
        sim_diag_warning(reader->diag, least->place,
            "stop_when.least: %d replicates before the first look are more than the %lld of the experiment: "
            "all of them are run",
            stop->least, (long long)out->config.replicates);
    if (reader->diag->n_reported > before)
        stop->variable = NULL;
    return stop->variable ? 0 : SIM_ERROR_INPUT;
}
