#include "sim/io/output.h"

#include <math.h>
#include <string.h>

#include "sim/io/utf8.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "rows are little-endian; this machine is not"
#endif

enum { MOST_DIMENSIONS = 256 };

static int32_t no_memory(const char *name, struct sim_error *error)
{
    return sim_error_set(error, SIM_ERROR_MEMORY, "output '%.60s': out of memory", name);
}

void sim_output_init(struct sim_output *self)
{
    *self = (struct sim_output){0};
    sim_arena_init(&self->arena);
}

void sim_output_free(struct sim_output *self)
{
    sim_arena_free(&self->arena);
    *self = (struct sim_output){0};
}

/* Room for one more element of a list in the arena; old blocks stay until _free. NULL: no memory. */
static void *grow(struct sim_output *self, void *list, int32_t n, int32_t *capacity, size_t bytes)
{
    if (n < *capacity)
        return list;
    int32_t wanted = *capacity == 0 ? 16 : 2 * *capacity;
    void *bigger = sim_arena_alloc(&self->arena, (int64_t)bytes * wanted);
    if (bigger == NULL)
        return NULL;
    if (n > 0)
        memcpy(bigger, list, bytes * (size_t)n);
    *capacity = wanted;
    return bigger;
}

static int check_name(const char *name, const char *what, struct sim_error *error)
{
    bool good = name != NULL && name[0] != 0 && strlen(name) < 200;
    for (const char *c = name; good && *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_';
        good = letter || (c > name && *c >= '0' && *c <= '9');
    }
    if (!good)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%.60s' cannot name %s of the output: letters, digits and '_', a letter first",
            name == NULL ? "" : name, what);
    return 0;
}

static int check_text(const char *text, const char *name, struct sim_error *error)
{
    if (text != NULL && !sim_utf8_is_valid(text))
        return sim_error_set(error, SIM_ERROR_INPUT, "output '%.60s': a text is not valid UTF-8", name);
    return 0;
}

static int check_unit(const char *unit, const char *name, struct sim_error *error)
{
    static const char *const spans[] = {
        "days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"};
    for (int32_t i = 0; unit != NULL && i < SIM_COUNT(spans); i++)
        if (strcmp(unit, spans[i]) == 0)
            return sim_error_set(error, SIM_ERROR_INPUT,
                "output '%.60s': xarray turns the unit '%s' into time spans; write 'd', 'h', 'min' or 's'",
                name, unit);
    return check_text(unit, name, error);
}

static const char *copy_text(struct sim_output *self, const char *text)
{
    return sim_arena_text(&self->arena, text == NULL ? "" : text, text == NULL ? 0 : (int64_t)strlen(text));
}

static void *copy_bytes(struct sim_output *self, const void *bytes, int64_t n)
{
    void *copy = sim_arena_alloc(&self->arena, n);
    if (copy != NULL)
        memcpy(copy, bytes, (size_t)n);
    return copy;
}

static const char *const *copy_texts(struct sim_output *self, const char *const *texts, int64_t n)
{
    const char **copy = sim_arena_alloc(&self->arena, n * (int64_t)sizeof *copy);
    for (int64_t i = 0; copy != NULL && i < n; i++)
        if ((copy[i] = copy_text(self, texts[i])) == NULL)
            return NULL;
    return copy;
}

static const double *copy_numbers(struct sim_output *self, const double *numbers, int64_t n)
{
    double *copy = copy_bytes(self, numbers, n * (int64_t)sizeof *numbers);
    for (int64_t i = 0; copy != NULL && i < n; i++)
        if (isnan(copy[i]))
            copy[i] = (double)NAN;
    return copy;
}

int32_t sim_output_add_dimension(
    struct sim_output *self, const struct sim_dimension *dimension, struct sim_error *error)
{
    const char *name = dimension->name;
    int code = check_name(name, "a dimension", error);
    if (code < 0)
        return code;
    if (strcmp(name, "point") == 0 || strcmp(name, "arm") == 0 || strcmp(name, "replicate") == 0)
        return sim_error_set(error, SIM_ERROR_INPUT, "dimension '%s': the batch adds it by itself", name);
    if (dimension->length < 1)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "dimension '%s' has length %d; leave out what has no values", name, (int)dimension->length);
    if (self->n_dimensions == MOST_DIMENSIONS)
        return sim_error_set(error, SIM_ERROR_CAPACITY, "dimension '%s' is one too many", name);
    for (int32_t i = 0; i < self->n_dimensions; i++)
        if (strcmp(self->dimensions[i].name, name) == 0)
            return sim_error_set(error, SIM_ERROR_INPUT, "dimension '%s' is declared twice", name);
    bool taken = false;
    for (int32_t i = 0; i < self->n_variables && !taken; i++)
        taken = strcmp(self->variables[i].name, name) == 0;
    for (int32_t i = 0; i < self->n_constants && !taken; i++)
        taken = strcmp(self->constants[i].name, name) == 0;
    if (taken)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "'%s' names a dimension and a variable; a group holds one thing of a name", name);
    if ((dimension->labels != NULL) + (dimension->values != NULL) + (dimension->integers != NULL) > 1)
        return sim_error_set(
            error, SIM_ERROR_INPUT, "dimension '%s': labels, values or integers, not two of them", name);
    if ((code = check_unit(dimension->unit, name, error)) < 0 ||
        (code = check_text(dimension->sentence, name, error)) < 0)
        return code;
    for (int32_t i = 0; dimension->labels != NULL && i < dimension->length; i++)
        if ((code = check_text(dimension->labels[i], name, error)) < 0)
            return code;
    void *list = grow(
        self, self->dimensions, self->n_dimensions, &self->dimensions_capacity, sizeof *self->dimensions);
    if (list == NULL)
        return no_memory(name, error);
    self->dimensions = list;
    struct sim_dimension copy = {.name = copy_text(self, name), .length = dimension->length};
    copy.unit = copy_text(self, dimension->unit);
    copy.sentence = copy_text(self, dimension->sentence);
    bool good = copy.name != NULL && copy.unit != NULL && copy.sentence != NULL;
    if (good && dimension->labels != NULL)
        good = (copy.labels = copy_texts(self, dimension->labels, copy.length)) != NULL;
    if (good && dimension->values != NULL)
        good = (copy.values = copy_numbers(self, dimension->values, copy.length)) != NULL;
    if (good && dimension->integers != NULL)
        good = (copy.integers = copy_bytes(
                    self, dimension->integers, copy.length * (int64_t)sizeof *dimension->integers)) != NULL;
    if (!good)
        return no_memory(name, error);
    self->dimensions[self->n_dimensions] = copy;
    return self->n_dimensions++;
}

/* What variables and constants have in common: a group, a name that is free there, and dimensions that exist.
 */
static int check_place(const struct sim_output *self, const char *group, const char *name,
    const int32_t *dims, int32_t n_dims, struct sim_error *error)
{
    int code;
    if ((code = check_name(group, "a group", error)) < 0 ||
        (code = check_name(name, "a variable", error)) < 0)
        return code;
    if (strcmp(group, "meta") == 0)
        return sim_error_set(
            error, SIM_ERROR_INPUT, "output '%s/%s': the group meta belongs to the file", group, name);
    bool taken = sim_output_find(self, group, name) >= 0 || strcmp(name, "point") == 0 ||
                 strcmp(name, "arm") == 0 || strcmp(name, "replicate") == 0;
    for (int32_t i = 0; i < self->n_constants && !taken; i++)
        taken = strcmp(self->constants[i].group, group) == 0 && strcmp(self->constants[i].name, name) == 0;
    for (int32_t i = 0; i < self->n_dimensions && !taken; i++)
        taken = strcmp(self->dimensions[i].name, name) == 0;
    if (taken)
        return sim_error_set(
            error, SIM_ERROR_INPUT, "output '%s/%s': the name is taken in its group", group, name);
    if (n_dims < 0 || n_dims > SIM_OUTPUT_DIMS)
        return sim_error_set(error, SIM_ERROR_INPUT,
            "output '%s/%s' has %d dimensions, at most %d are possible", group, name, (int)n_dims,
            SIM_OUTPUT_DIMS);
    for (int32_t i = 0; i < n_dims; i++) {
        if (dims[i] < 0 || dims[i] >= self->n_dimensions)
            return sim_error_set(error, SIM_ERROR_INPUT, "output '%s/%s': there is no dimension number %d",
                group, name, (int)dims[i]);
        for (int32_t j = 0; j < i; j++)
            if (dims[j] == dims[i])
                return sim_error_set(error, SIM_ERROR_INPUT, "output '%s/%s' has the dimension '%s' twice",
                    group, name, self->dimensions[dims[i]].name);
    }
    return 0;
}

int64_t sim_output_count(const struct sim_output *self, const int32_t *dims, int32_t n_dims)
{
    int64_t n = 1;
    for (int32_t i = 0; i < n_dims; i++)
        n *= self->dimensions[dims[i]].length;
    return n;
}

int32_t sim_output_add_variable(
    struct sim_output *self, const struct sim_variable *variable, struct sim_error *error)
{
    int code = check_place(self, variable->group, variable->name, variable->dims, variable->n_dims, error);
    if (code < 0 || (code = check_unit(variable->unit, variable->name, error)) < 0 ||
        (code = check_text(variable->sentence, variable->name, error)) < 0 ||
        (code = check_text(variable->tag, variable->name, error)) < 0)
        return code;
    void *list =
        grow(self, self->variables, self->n_variables, &self->variables_capacity, sizeof *self->variables);
    if (list == NULL)
        return no_memory(variable->name, error);
    self->variables = list;
    struct sim_variable copy = *variable;
    copy.group = copy_text(self, variable->group);
    copy.name = copy_text(self, variable->name);
    copy.unit = copy_text(self, variable->unit);
    copy.sentence = copy_text(self, variable->sentence);
    copy.tag = copy_text(self, variable->tag);
    if (copy.group == NULL || copy.name == NULL || copy.unit == NULL || copy.sentence == NULL ||
        copy.tag == NULL)
        return no_memory(variable->name, error);
    copy.n_values = sim_output_count(self, copy.dims, copy.n_dims);
    copy.offset = self->row_bytes;
    int64_t bytes = copy.n_values * sim_type_bytes(copy.type);
    self->row_bytes += (bytes + 7) / 8 * 8;
    self->variables[self->n_variables] = copy;
    return self->n_variables++;
}

int32_t sim_output_add_constant(
    struct sim_output *self, const struct sim_constant *constant, struct sim_error *error)
{
    int code = check_place(self, constant->group, constant->name, constant->dims, constant->n_dims, error);
    if (code < 0 || (code = check_unit(constant->unit, constant->name, error)) < 0 ||
        (code = check_text(constant->sentence, constant->name, error)) < 0)
        return code;
    if ((constant->texts == NULL) == (constant->numbers == NULL))
        return sim_error_set(error, SIM_ERROR_INPUT, "constant '%s/%s': texts or numbers, one of the two",
            constant->group, constant->name);
    int64_t n = sim_output_count(self, constant->dims, constant->n_dims);
    for (int64_t i = 0; constant->texts != NULL && i < n; i++)
        if ((code = check_text(constant->texts[i], constant->name, error)) < 0)
            return code;
    void *list =
        grow(self, self->constants, self->n_constants, &self->constants_capacity, sizeof *self->constants);
    if (list == NULL)
        return no_memory(constant->name, error);
    self->constants = list;
    struct sim_constant copy = *constant;
    copy.group = copy_text(self, constant->group);
    copy.name = copy_text(self, constant->name);
    copy.unit = copy_text(self, constant->unit);
    copy.sentence = copy_text(self, constant->sentence);
    bool good = copy.group != NULL && copy.name != NULL && copy.unit != NULL && copy.sentence != NULL;
    if (good && constant->texts != NULL)
        good = (copy.texts = copy_texts(self, constant->texts, n)) != NULL;
    if (good && constant->numbers != NULL)
        good = (copy.numbers = copy_numbers(self, constant->numbers, n)) != NULL;
    if (!good)
        return no_memory(constant->name, error);
    self->constants[self->n_constants] = copy;
    return self->n_constants++;
}

int32_t sim_output_find(const struct sim_output *self, const char *group, const char *name)
{
    for (int32_t i = 0; i < self->n_variables; i++)
        if (strcmp(self->variables[i].name, name) == 0 && strcmp(self->variables[i].group, group) == 0)
            return i;
    return -1;
}

void sim_output_settle(const struct sim_output *self, void *row)
{
    for (int32_t v = 0; v < self->n_variables; v++) {
        const struct sim_variable *variable = &self->variables[v];
        uint8_t *start = sim_output_at(self, v, row);
        if (variable->type == SIM_F64) {
            double *values = (double *)(void *)start;
            for (int64_t i = 0; i < variable->n_values; i++)
                if (isnan(values[i]))
                    values[i] = (double)NAN;
        } else if (variable->type == SIM_F32) {
            float *values = (float *)(void *)start;
            for (int64_t i = 0; i < variable->n_values; i++)
                if (isnan(values[i]))
                    values[i] = NAN;
        }
        int64_t bytes = variable->n_values * sim_type_bytes(variable->type);
        memset(start + bytes, 0, (size_t)((bytes + 7) / 8 * 8 - bytes));
    }
}

static void digest_int(struct sim_digest *digest, int64_t value)
{
    sim_digest_add(digest, &value, sizeof value);
}

static void digest_texts(struct sim_digest *digest, const char *const *texts, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        sim_digest_add_text(digest, texts[i]);
}

/* Adds the dimension's names of one variable, and notes the dimensions met for the first time. */
static void digest_dims(const struct sim_output *self, struct sim_digest *digest, const int32_t *dims,
    int32_t n_dims, int32_t *order, int32_t *n_used)
{
    digest_int(digest, n_dims);
    for (int32_t i = 0; i < n_dims; i++) {
        sim_digest_add_text(digest, self->dimensions[dims[i]].name);
        bool known = false;
        for (int32_t j = 0; j < *n_used && !known; j++)
            known = order[j] == dims[i];
        if (!known)
            order[(*n_used)++] = dims[i];
    }
}

static void digest_dimension(struct sim_digest *digest, const struct sim_dimension *dimension)
{
    sim_digest_add_text(digest, dimension->name);
    digest_int(digest, dimension->length);
    if (dimension->labels != NULL) {
        sim_digest_add_text(digest, "labels");
        digest_texts(digest, dimension->labels, dimension->length);
    } else if (dimension->values != NULL) {
        sim_digest_add_text(digest, "values");
        sim_digest_add(digest, dimension->values, dimension->length * (int64_t)sizeof(double));
    } else if (dimension->integers != NULL) {
        sim_digest_add_text(digest, "integers");
        sim_digest_add(digest, dimension->integers, dimension->length * (int64_t)sizeof(int64_t));
    } else {
        sim_digest_add_text(digest, "none");
    }
    sim_digest_add_text(digest, dimension->unit);
    sim_digest_add_text(digest, dimension->sentence);
}

void sim_output_digest(const struct sim_output *self, uint8_t out[SIM_DIGEST_BYTES])
{
    int32_t order[MOST_DIMENSIONS], n_used = 0;
    struct sim_digest digest;
    sim_digest_init(&digest);
    sim_digest_add_text(&digest, "pamir output 1");
    digest_int(&digest, self->n_variables);
    for (int32_t i = 0; i < self->n_variables; i++) {
        const struct sim_variable *variable = &self->variables[i];
        sim_digest_add_text(&digest, variable->group);
        sim_digest_add_text(&digest, variable->name);
        sim_digest_add_text(&digest, sim_type_name(variable->type));
        sim_digest_add_text(&digest, variable->unit);
        sim_digest_add_text(&digest, variable->sentence);
        sim_digest_add_text(&digest, variable->tag);
        digest_dims(self, &digest, variable->dims, variable->n_dims, order, &n_used);
    }
    digest_int(&digest, self->n_constants);
    for (int32_t i = 0; i < self->n_constants; i++) {
        const struct sim_constant *constant = &self->constants[i];
        sim_digest_add_text(&digest, constant->group);
        sim_digest_add_text(&digest, constant->name);
        sim_digest_add_text(&digest, constant->unit);
        sim_digest_add_text(&digest, constant->sentence);
        digest_dims(self, &digest, constant->dims, constant->n_dims, order, &n_used);
        int64_t n = sim_output_count(self, constant->dims, constant->n_dims);
        if (constant->texts != NULL) {
            sim_digest_add_text(&digest, "texts");
            digest_texts(&digest, constant->texts, n);
        } else {
            sim_digest_add_text(&digest, "numbers");
            sim_digest_add(&digest, constant->numbers, n * (int64_t)sizeof(double));
        }
    }
    digest_int(&digest, n_used);
    for (int32_t i = 0; i < n_used; i++)
        digest_dimension(&digest, &self->dimensions[order[i]]);
    sim_digest_end(&digest, out);
}
