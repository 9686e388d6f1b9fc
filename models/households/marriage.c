#include "models/households/marriage.h"

int marriage_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    (void)context, (void)village, (void)moment, (void)error;
    return 0;
}
