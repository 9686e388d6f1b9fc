#include "models/labour/choice.h"

void choice_begin(struct village *village)
{
    (void)village;
}

void choice_learn(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}

int choice_month(struct sim_context *context, struct village *village, const struct moment *moment,
    struct sim_error *error)
{
    (void)context, (void)village, (void)moment, (void)error;
    return 0;
}
