#include "models/indicators/spells.h"

double spells_gap2(double amount, double line)
{
    if (amount >= line)
        return 0;
    double gap = amount < 0 ? 1 : (line - amount) / line;
    return gap * gap;
}

void spells_add(struct spells *self, const struct spell_history *history, double line)
{
    int64_t persons = history->persons;
    if (history->last == 1) {
        self->was_poor += persons;
        self->left += history->is_poor ? 0 : persons;
    } else if (history->last == 0) {
        self->was_not_poor += persons;
        self->entered += history->is_poor ? persons : 0;
    }
    if (history->observed_years == 0)
        return;
    self->persons += persons;
    self->always += history->poor_years == history->observed_years ? persons : 0;
    self->never += history->poor_years == 0 ? persons : 0;
    double years = history->observed_years;
    self->total += (double)persons * history->sum_gap2 / years;
    self->chronic += (double)persons * spells_gap2(history->sum_amount / years, line);
}
