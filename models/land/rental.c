#include "models/land/rental.h"

#include "models/labour/work.h"
#include "models/land/crops.h"
#include "models/livestock/livestock.h"
#include "sim/data/rank.h"
#include "sim/rand/dist.h"

/* What lets and rents knows of the land: worked out once a year. */
struct rental {
    struct village *village;
    const struct moment *moment;
    double *spare;      /* days a household has over what its land and animals ask; negative: lacks */
    int64_t *day_worth; /* of a day elsewhere, in thousandths of a fen */
    double margin[PARCEL_KINDS]; /* expected of a square metre of mean quality, before labour, fen */
    double days[PARCEL_KINDS];   /* that it asks for */
};

/* Owners part with their worst land first. */
static const int32_t order_of_kinds[PARCEL_KINDS] = {PARCEL_RAINFED, PARCEL_FORAGE, PARCEL_IRRIGATED};

static bool is_free(const struct parcel_table *parcels, sim_row p)
{
    return parcels->scheme[p] == PARCEL_NO_SCHEME; /* plots of schemes stay with who was given them */
}

static double days_of(const struct rental *self, sim_row p)
{
    const struct parcel_table *parcels = &self->village->parcels;
    return self->days[parcels->kind[p]] * (double)parcels->area_m2[p];
}

static double day_fen(const struct rental *self, sim_row household)
{
    return (double)self->day_worth[household] * 1e-3;
}

/* Expected of a parcel, before labour and rent. */
static double margin_of(const struct rental *self, sim_row p)
{
    const struct parcel_table *parcels = &self->village->parcels;
    return self->margin[parcels->kind[p]] * (double)parcels->area_m2[p] * parcels->quality[p] *
           parcels->technique[p];
}

/* A parcel is one man's work when at least half of its days would be: whole parcels change hands. */
static bool is_worked(double spare, double days)
{
    return spare > 0.0 && 2.0 * spare >= days;
}

/* The year's tickets, in scratch_key, of all households: one order for all that is rationed by them. */
static void draw_tickets(struct village *village, int32_t year, enum sim_purpose purpose)
{
    const sim_key *key = village->households.key;
    uint64_t salt = sim_rand_word(village->luck, village->scenario->county_key, purpose, (uint64_t)year);
    for (sim_row h = 0; h < village->households.head.n; h++)
        village->scratch_key[h] = sim_rand_salted(salt, key[h]);
}

static void rank(const struct village *village, sim_row *rows, int32_t n)
{
    sim_rank(rows, n, village->scratch_key, village->households.key);
}

static void give_to_collective(struct village *village, sim_row p)
{
    struct parcel_table *parcels = &village->parcels;
    parcels->household[p] = parcels->owner[p] = SIM_ROW_NONE;
    parcels->sown[p] = 0;
    village->idle_m2 += parcels->area_m2[p];
    sim_ledger_post(&village->ledger, FLOW_PLOT_LEFT, parcels->area_m2[p]);
}

static void end_leases(struct village *village)
{
    struct parcel_table *parcels = &village->parcels;
    for (sim_row p = 0; p < parcels->head.n; p++) {
        if (parcels->household[p] == parcels->owner[p] || parcels->household[p] == SIM_ROW_NONE ||
            !is_free(parcels, p))
            continue;
        if (parcels->owner[p] == SIM_ROW_NONE)
            give_to_collective(village, p);
        else
            parcels->household[p] = parcels->owner[p];
    }
}

/* Days a month that those who work at home have for land and animals, children looked after, nobody ill. */
static double home_days(const struct village *village, sim_row h)
{
    const struct scenario *scenario = village->scenario;
    const struct household_table *households = &village->households;
    double days = households->home_workers[h] * scenario->labour.days -
                  work_care_days(work_care_each(scenario), households, h);
    return days > 0.0 ? days : 0.0;
}

/* Days that households have over the season beyond what their animals and the land they use ask for. */
static void count_spare(struct rental *self)
{
    const struct village *village = self->village;
    const struct scenario *scenario = village->scenario;
    const struct household_table *households = &village->households;
    double months = (double)crops_season(&scenario->land);
    for (sim_row h = 0; h < households->head.n; h++)
        self->spare[h] =
            households->present[h] ? months * (home_days(village, h) - livestock_days(village, h)) : 0.0;
    for (sim_row p = 0; p < village->parcels.head.n; p++)
        if (village->parcels.household[p] != SIM_ROW_NONE)
            self->spare[village->parcels.household[p]] -= days_of(self, p);
}

/* Larger, then better. What is alike in all that makes a parcel may be taken in any order of rows. */
static bool is_preferred(const struct parcel_table *parcels, sim_row p, sim_row other)
{
    if (parcels->area_m2[p] != parcels->area_m2[other])
        return parcels->area_m2[p] > parcels->area_m2[other];
    if (parcels->quality[p] != parcels->quality[other])
        return parcels->quality[p] > parcels->quality[other];
    if (parcels->technique[p] != parcels->technique[other])
        return parcels->technique[p] > parcels->technique[other];
    if (parcels->kind[p] != parcels->kind[other])
        return parcels->kind[p] < parcels->kind[other];
    return parcels->crop[p] < parcels->crop[other];
}

/* Idle land of the collective goes to households with little of their own and hands to work it: one parcel
 * each, the largest first, the better of equals. */
static void reallot(struct rental *self)
{
    struct village *village = self->village;
    struct parcel_table *parcels = &village->parcels;
    const struct household_table *households = &village->households;
    sim_row *idle = village->scratch_row, *takers = village->scratch_order;
    int64_t *owned = village->scratch_amount, all = 0;
    int32_t n_idle = 0, n_takers = 0, n_present = 0;
    for (sim_row p = 0; p < parcels->head.n && n_idle < village->scratch_capacity; p++)
        if (parcels->household[p] == SIM_ROW_NONE && is_free(parcels, p))
            idle[n_idle++] = p;
    if (n_idle == 0)
        return;
    for (sim_row h = 0; h < households->head.n; h++)
        owned[h] = 0;
    for (sim_row p = 0; p < parcels->head.n; p++)
        if (parcels->owner[p] != SIM_ROW_NONE && parcels->household[p] != SIM_ROW_NONE) {
            owned[parcels->owner[p]] += parcels->area_m2[p];
            all += parcels->area_m2[p];
        }
    for (sim_row h = 0; h < households->head.n; h++)
        n_present += households->present[h];
    double enough = n_present > 0 ? village->scenario->land.land_poor * (double)all / (double)n_present : 0.0;
    for (sim_row h = 0; h < households->head.n; h++)
        if (households->present[h] && self->spare[h] > 0.0 && (double)owned[h] < enough)
            takers[n_takers++] = h;
    draw_tickets(village, self->moment->year, SIM_PURPOSE_REALLOT_TICKET);
    rank(village, takers, n_takers);
    for (int32_t i = 0; i < n_takers && n_idle > 0; i++) {
        int32_t best = -1;
        for (int32_t j = 0; j < n_idle; j++) {
            if (!is_worked(self->spare[takers[i]], days_of(self, idle[j])))
                continue;
            if (best < 0 || is_preferred(parcels, idle[j], idle[best]))
                best = j;
        }
        if (best < 0)
            continue;
        sim_row p = idle[best];
        idle[best] = idle[--n_idle];
        parcels->household[p] = parcels->owner[p] = takers[i];
        self->spare[takers[i]] -= days_of(self, p);
        village->idle_m2 -= parcels->area_m2[p];
        sim_ledger_post(&village->ledger, FLOW_PLOT_TAKEN, parcels->area_m2[p]);
    }
}

/* Does the household rent the parcel: it has the hands, pays at once and keeps a month's need, and expects
 * more of it than its days are worth elsewhere. */
static bool rents(const struct rental *self, sim_row h, sim_row p, int64_t rent)
{
    const struct household_table *households = &self->village->households;
    double days = days_of(self, p);
    return is_worked(self->spare[h], days) && households->cash_fen[h] >= rent + households->need_fen[h] &&
           margin_of(self, p) - (double)rent > days * day_fen(self, h);
}

/* Does its owner offer a parcel: for lack of hands, or because rent is more than the land would bring it over
 * what its days are worth elsewhere. */
static bool is_offered(const struct rental *self, sim_row owner, sim_row p)
{
    const struct land_params *land = &self->village->scenario->land;
    double days = days_of(self, p), margin = margin_of(self, p);
    if (is_worked(-self->spare[owner], days))
        return true;
    double trouble = land->own_use * 100.0 * self->moment->index * (double)self->village->parcels.area_m2[p];
    double own = margin - days * day_fen(self, owner);
    return land->rent_share * margin > (own > 0.0 ? own : 0.0) + trouble;
}

static void let(struct rental *self, sim_row owner, sim_row tenant, sim_row p, int64_t rent)
{
    struct village *village = self->village;
    village->parcels.household[p] = tenant;
    self->spare[tenant] -= days_of(self, p);
    household_receive(&village->households, tenant, INCOME_CROPS, -rent);
    household_receive(&village->households, owner, INCOME_PROPERTY, rent);
    sim_ledger_post(&village->ledger, FLOW_RENT_PAID, rent);
    sim_ledger_post(&village->ledger, FLOW_RENT_RECEIVED, rent);
}

/* The parcels of a kind on offer, in the order of the owners' tickets; each goes to the
 * first in the order of the tenants' who rents it. */
static void let_kind(struct rental *self, int32_t kind, const sim_row *tenants, int32_t n_tenants)
{
    struct village *village = self->village;
    struct parcel_table *parcels = &village->parcels;
    sim_row *parcel_of = village->scratch_row; /* by owner: the one of this kind on offer */
    sim_row *owners = village->scratch_order + village->scratch_capacity;
    int32_t n = 0;
    for (sim_row h = 0; h < village->households.head.n; h++)
        parcel_of[h] = SIM_ROW_NONE;
    for (sim_row p = 0; p < parcels->head.n; p++) {
        sim_row h = parcels->owner[p];
        if (parcels->kind[p] != kind || h == SIM_ROW_NONE || parcels->household[p] != h ||
            !is_free(parcels, p) || !is_offered(self, h, p))
            continue;
        if (parcel_of[h] != SIM_ROW_NONE) /* a second of the kind waits for next year */
            continue;
        parcel_of[h] = p;
        owners[n++] = h;
    }
    rank(village, owners, n);
    for (int32_t i = 0; i < n; i++) {
        sim_row p = parcel_of[owners[i]];
        int64_t rent = (int64_t)(village->scenario->land.rent_share * margin_of(self, p));
        for (int32_t j = 0; rent > 0 && j < n_tenants; j++) {
            if (!rents(self, tenants[j], p, rent))
                continue;
            let(self, owners[i], tenants[j], p, rent);
            self->spare[owners[i]] += days_of(self, p);
            break;
        }
    }
}

void rental_month(struct village *village, const struct moment *moment)
{
    const struct scenario *scenario = village->scenario;
    const struct land_params *land = &scenario->land;
    if (moment->calendar_month != ((int32_t)land->sowing_month + 10) % 12 + 1 ||
        (!land->rental && !land->reallotment))
        return;
    struct rental self = {.village = village, .moment = moment, .spare = village->scratch_score};
    for (int32_t kind = 0; kind < PARCEL_KINDS; kind++) {
        self.margin[kind] = crops_best_margin(scenario, moment, kind);
        self.days[kind] = crops_days(land, kind);
    }
    village->land_is_counted = false;
    end_leases(village);
    count_spare(&self);
    if (land->reallotment)
        reallot(&self);
    if (!land->rental)
        return;
    sim_row *tenants = village->scratch_order;
    int32_t n = 0;
    self.day_worth = village->scratch_amount;
    for (sim_row h = 0; h < village->households.head.n; h++) {
        if (village->households.present[h])
            self.day_worth[h] = (int64_t)(work_day_worth(village, h, moment) * 1e3);
        if (self.spare[h] > 0.0 && village->households.cash_fen[h] > village->households.need_fen[h])
            tenants[n++] = h;
    }
    draw_tickets(village, moment->year, SIM_PURPOSE_RENTAL_TICKET);
    rank(village, tenants, n);
    for (int32_t i = 0; i < PARCEL_KINDS; i++)
        let_kind(&self, order_of_kinds[i], tenants, n);
}

void rental_release(struct village *village, sim_row household)
{
    struct parcel_table *parcels = &village->parcels;
    village->land_is_counted = false;
    for (sim_row p = 0; p < parcels->head.n; p++) {
        if (!is_free(parcels, p) || parcels->household[p] == parcels->owner[p])
            continue;
        if (parcels->owner[p] == household) { /* its tenant reaps, and leaves it to the collective */
            parcels->owner[p] = SIM_ROW_NONE;
        } else if (parcels->household[p] == household && parcels->owner[p] != SIM_ROW_NONE) {
            parcels->household[p] = parcels->owner[p];
            parcels->sown[p] = 0; /* nobody cared for it but who is gone */
        }
    }
}
