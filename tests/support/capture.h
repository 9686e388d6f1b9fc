/* What a function prints to a FILE, as a text. */
#ifndef TESTS_SUPPORT_CAPTURE_H
#define TESTS_SUPPORT_CAPTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct capture {
    FILE *file;
    char *text;
    size_t n;
};

static inline FILE *capture_begin(struct capture *self)
{
    self->text = NULL;
    self->file = open_memstream(&self->text, &self->n);
    return self->file;
}

/* The text, to be freed by the caller. */
static inline char *capture_end(struct capture *self)
{
    fclose(self->file);
    return self->text;
}

/* Fails with both texts when `part` does not stand in `whole`. */
#define check_contains(whole, part)                                                                          \
    do {                                                                                                     \
        if (!strstr((whole), (part))) {                                                                      \
            print_error("'%s'\nis not in\n%s\n", (part), (whole));                                           \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

#endif
