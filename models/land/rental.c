#include "models/land/rental.h"

void rental_month(struct village *village, const struct moment *moment)
{
    (void)village, (void)moment;
}

void rental_release(struct village *village, sim_row household)
{
    (void)village, (void)household;
}
