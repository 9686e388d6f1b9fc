#include "models/households/schooling.h"

void schooling_month(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}
