/* The panel: founding households and what has sprung from them by division, as dynasties. */
#include "models/county/observe_internal.h"

#include "models/indicators/wealth.h"

/* The member's row in the run, or -1: rows may be compacted, keys stay. */
static sim_row find_member(const struct household_table *households, const struct observe_member *member)
{
    if (member->row < households->head.n && households->key[member->row] == member->key)
        return member->row;
    for (sim_row row = 0; row < households->head.n; row++)
        if (households->key[row] == member->key)
            return row;
    return SIM_ROW_NONE;
}

static void add_household(struct observer *self, const struct village *village, int32_t township, sim_row row,
    struct observe_dynasty *sum)
{
    const struct household_table *households = &village->households;
    sum->persons += households->n_persons[row];
    sum->households++;
    sum->hungry_months += households->year_hunger[row];
    sum->income_fen += household_income(households, row);
    sum->consumption_fen += households->year_consumption_fen[row];
    for (int32_t source = 0; source < INCOME_SOURCES; source++)
        sum->sources_fen[source] += household_income_of(households, (enum income_source)source)[row];
    sum->wealth_fen += wealth_fen(&self->worth[township], households, &village->herds, row);
    sum->schemes |= households->schemes[row];
    sum->is_coop_member |= households->is_coop_member[row] != 0;
}

static void fill_dynasty(
    struct observer *self, int32_t number, int32_t township, int32_t year, const struct observe_dynasty *sum)
{
    const struct observed *to = &self->at;
    int64_t at = (int64_t)number * self->years.n + year;
    double fen_per_unit = 100 * self->index[township];
    double head = fen_per_unit * (double)sum->persons;
    double consumption = (double)sum->consumption_fen / head;
    to->panel_present[at] = 1;
    to->panel_persons[at] = (int16_t)sum->persons;
    to->panel_households[at] = (int8_t)sum->households;
    to->panel_income_real[at] = (float)((double)sum->income_fen / head);
    to->panel_consumption_real[at] = (float)consumption;
    to->panel_assets_real[at] = (float)(sum->wealth_fen / fen_per_unit);
    to->panel_hunger_months[at] = (float)observe_per((double)sum->hungry_months, sum->households);
    if (self->scenario->n_lines > 0)
        to->panel_poor[at] = consumption < self->scenario->lines[0].fen_per_year / 100;
    to->panel_memberships[at] = (int8_t)__builtin_popcountll(sum->schemes);
    to->panel_coop_member[at] = sum->is_coop_member;
    for (int32_t source = 0; source < INCOME_SOURCES; source++) {
        int64_t place = ((int64_t)number * INCOME_SOURCES + source) * self->years.n + year;
        to->panel_income_by_source[place] = (float)((double)sum->sources_fen[source] / head);
    }
}

/* The members [first, end) of the panel live, or lived, in one village. `places` says of each founding row
 * which member it is: there every household finds its founder. Divisions stay in the village. */
static void fill_village(
    struct observer *self, const struct village *village, int32_t first, int32_t end, int32_t year)
{
    const struct household_table *households = &village->households;
    int32_t township = observe_township(self, self->panel[first].village);
    for (sim_row row = 0; row < households->head.n; row++)
        self->places[row] = -1;
    for (int32_t i = first; i < end; i++) {
        self->dynasties[i] = (struct observe_dynasty){0};
        sim_row row = find_member(households, &self->panel[i]);
        if (row < 0)
            continue;
        self->places[row] = i;
        self->at.panel_base_quintile[i] = households->quintile[row];
    }
    for (sim_row row = 0; row < households->head.n; row++) {
        int32_t i = self->places[households->dynasty[row]];
        if (i >= 0 && households->present[row] && households->n_persons[row] > 0)
            add_household(self, village, township, row, &self->dynasties[i]);
    }
    for (int32_t i = first; i < end; i++)
        if (self->dynasties[i].households > 0)
            fill_dynasty(self, i, township, year, &self->dynasties[i]);
}

void observe_panel(struct observer *self, const struct county_run *run, int32_t year)
{
    for (int32_t first = 0, end; first < self->n_panel; first = end) {
        int32_t village = self->panel[first].village;
        for (end = first + 1; end < self->n_panel && self->panel[end].village == village; end++)
            ;
        fill_village(self, &run->villages[village], first, end, year);
    }
}
