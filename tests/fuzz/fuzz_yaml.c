/* Any bytes as a scenario file: read, reported, printed; what is read without an error reads back as it is.
 */
#include "tests/fuzz/fuzz.h"

#include "sim/scenario/node.h"

static bool is_same(const struct sim_node *a, const struct sim_node *b)
{
    if (a->kind != b->kind || a->n != b->n || (a->kind == SIM_NODE_SCALAR && strcmp(a->text, b->text) != 0))
        return false;
    for (int32_t i = 0; i < a->n; i++)
        if ((a->keys != NULL && strcmp(a->keys[i]->text, b->keys[i]->text) != 0) ||
            !is_same(a->items[i], b->items[i]))
            return false;
    return true;
}

/* Prints the tree and reads it again. */
static void check_print(const struct sim_node *root, struct sim_arena *arena)
{
    char *text = NULL;
    size_t n = 0;
    struct sim_diag diag;
    FILE *out = open_memstream(&text, &n);
    sim_diag_init(&diag);
    if (root->kind == SIM_NODE_SCALAR)
        sim_node_print_text(root->text, out);
    else
        sim_node_print(root, out, 0);
    fclose(out);
    const struct sim_node *again = sim_node_parse("again", text, (int64_t)n, arena, &diag);
    bool is_empty = root->kind == SIM_NODE_SCALAR && root->text[strspn(root->text, " \n")] == 0;
    if (!is_empty && (again == NULL || !is_same(root, again))) {
        fprintf(stderr, "%s\n", text);
        sim_diag_print(&diag, stderr);
        fuzz_fail("what was printed does not read back as it was");
    }
    free(text);
    sim_diag_free(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim_arena arena;
    struct sim_diag diag;
    char *text = NULL, path[65];
    size_t n = 0;
    sim_arena_init(&arena);
    sim_diag_init(&diag);
    struct sim_node *root = sim_node_parse("fuzz", (const char *)data, (int64_t)size, &arena, &diag);
    if (root == NULL && diag.n_errors == 0)
        fuzz_fail("nothing was read and nothing was said");
    if (root != NULL && diag.n_errors == 0) {
        check_print(root, &arena);
        /* The first line as an override, too. */
        size_t length = size < sizeof path - 1 ? size : sizeof path - 1;
        memcpy(path, data, length);
        path[length] = 0;
        path[strcspn(path, "\n")] = 0;
        char *equals = strchr(path, '=');
        if (equals != NULL) {
            *equals = 0;
            sim_node_set(root, path, equals + 1, (struct sim_place){"--set", 0, 0, 0}, &arena, &diag);
        }
    }
    FILE *out = open_memstream(&text, &n);
    sim_diag_print(&diag, out);
    fclose(out);
    free(text);
    sim_diag_free(&diag);
    sim_arena_free(&arena);
    return 0;
}
