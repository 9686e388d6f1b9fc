#include "models/shocks/accident.h"

void accident_month(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}
