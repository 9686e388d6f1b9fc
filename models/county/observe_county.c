/* A December of the county as a whole: what people do, herds, firms, cooperatives, the budget, and value
 * added by sector. Sums of the year come from the closed books wherever a flow says it. */
#include "models/county/observe_internal.h"

static int64_t year_of(const struct sim_ledger *ledger, int32_t flow)
{
    return ledger->year[flow];
}

/* A flow of the year, over all villages and the county. */
static int64_t flow_fen(const struct county_run *run, enum flow flow)
{
    int64_t sum = year_of(&run->hub.ledger, (int32_t)flow);
    for (int32_t v = 0; v < run->scenario->n_villages; v++)
        sum += year_of(&run->villages[v].ledger, (int32_t)flow);
    return sum;
}

static double flow_money(const struct county_run *run, enum flow flow)
{
    return (double)flow_fen(run, flow) / 100;
}

static void fill_levels(struct observer *self, const struct observe_december *sum, int32_t year)
{
    struct observed *to = &self->at;
    to->county_income_per_capita[year] = observe_per((double)sum->income_fen / 100, sum->persons);
    to->county_consumption_per_capita[year] = observe_per((double)sum->consumption_fen / 100, sum->persons);
    to->county_income_nbs_per_capita[year] = observe_per((double)sum->cash_fen / 100, sum->persons);
    for (int32_t source = 0; source < INCOME_SOURCES; source++)
        to->county_income_by_source[source * self->years.n + year] =
            observe_per((double)sum->sources_fen[source] / 100, sum->persons);
    to->county_hunger_months[year] = observe_per((double)sum->hungry_months, sum->households);
    to->county_population[year] = (double)sum->persons;
    to->county_households[year] = (double)sum->households;
    to->county_employment_rate[year] = observe_per(sum->employed, sum->workers);
    to->county_assets_per_household[year] = observe_per(sum->wealth_fen / 100, sum->households);
    for (int32_t activity = 0; activity < ACTIVITIES; activity++)
        to->county_activity_persons[activity * self->years.n + year] = (double)sum->activities[activity];
}

/* What the villages' monthly reports add up to over the year. */
static void fill_events(struct observer *self, int32_t year)
{
    struct observed *to = &self->at;
    const struct village_month *sum = &self->year;
    to->county_births[year] = (double)sum->births;
    to->county_deaths[year] = (double)sum->deaths;
    to->county_marriages[year] = (double)sum->marriages;
    to->county_seats_offered[year] = (double)sum->seats_offered;
    to->county_seats_taken[year] = (double)sum->seats_taken;
    to->county_divisions[year] = (double)sum->divisions;
    to->county_left_persons[year] = (double)sum->left_persons;
    to->county_new_distress_sales[year] = (double)sum->distress;
    for (int32_t rung = 0; rung < COPING_RUNGS; rung++)
        to->county_coping_share[rung * self->years.n + year] =
            observe_per((double)sum->coped[rung], sum->households);
}

/* Offtake and deaths over the heads with which the year began: households' stock in the books, worked back.
 */
static void fill_herds(struct observer *self, const struct county_run *run, int32_t year)
{
    const struct sim_ledger_type *type = &county_ledger_type;
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        int32_t kind = accounts_herd_kind(species);
        int64_t opening = 0, offtake = 0, died = 0;
        for (int32_t v = 0; v < run->scenario->n_villages; v++) {
            const struct sim_ledger *ledger = &run->villages[v].ledger;
            opening += ledger->stock[ACCOUNT_HOUSEHOLDS * KIND_COUNT + kind];
            for (int32_t flow = 0; flow < FLOW_COUNT; flow++)
                if (type->flows[flow].kind == kind)
                    opening += year_of(ledger, flow) * ((type->flows[flow].from == ACCOUNT_HOUSEHOLDS) -
                                                           (type->flows[flow].to == ACCOUNT_HOUSEHOLDS));
            offtake += year_of(ledger, accounts_herd_flow(species, HERD_SOLD)) +
                       year_of(ledger, accounts_herd_flow(species, HERD_DELIVERED));
            died += year_of(ledger, accounts_herd_flow(species, HERD_DIED));
        }
        int32_t at = species * self->years.n + year;
        self->at.county_offtake_rate[at] = observe_per((double)offtake, opening);
        self->at.county_herd_death_rate[at] = observe_per((double)died, opening);
    }
}

static void fill_firms(struct observer *self, const struct hub *hub, int32_t year)
{
    int64_t firms[SECTORS] = {0}, jobs[SECTORS] = {0};
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++) {
        firms[hub->firms.sector[firm]] += hub->firms.running[firm];
        jobs[hub->firms.sector[firm]] += hub->firms.running[firm] ? hub->firms.staff[firm] : 0;
    }
    for (int32_t sector = 0; sector < SECTORS; sector++) {
        self->at.county_firms[sector * self->years.n + year] = (double)firms[sector];
        self->at.county_firm_jobs[sector * self->years.n + year] = (double)jobs[sector];
    }
}

static void fill_cooperatives(struct observer *self, const struct county_run *run, int32_t year)
{
    struct observed *to = &self->at;
    int64_t running = 0, members = 0;
    for (int32_t v = 0; v < run->scenario->n_villages; v++) {
        running += run->villages[v].coop.members > 0;
        members += run->villages[v].coop.members;
    }
    to->county_cooperatives[year] = (double)running;
    to->county_coop_members[year] = (double)members;
    to->county_coop_refunds[year] = flow_money(run, FLOW_PATRONAGE);
    to->county_coop_skimmed[year] = flow_money(run, FLOW_SKIMMED);
}

static void fill_money(struct observer *self, const struct county_run *run, int32_t year)
{
    struct observed *to = &self->at;
    const struct treasury *treasury = &run->hub.treasury;
    to->county_remittances[year] = flow_money(run, FLOW_REMITTANCE);
    to->county_local_earned[year] = flow_money(run, FLOW_LOCAL_EARNED) + flow_money(run, FLOW_LOCAL_SHOP);
    to->county_local_leaked[year] =
        flow_money(run, FLOW_LOCAL_OUTSIDE) + flow_money(run, FLOW_LOCAL_SUPPLIES);
    to->county_public_revenue[year] =
        (double)(treasury->year_tax_fen + treasury->year_other_revenue_fen) / 100;
    to->county_public_transfers[year] = (double)treasury->year_transfer_fen / 100;
    to->county_public_social[year] = (double)treasury->year_social_fen / 100;
    to->county_public_wages[year] = (double)treasury->year_public_wages_fen / 100;
    to->county_public_services[year] = (double)treasury->year_services_fen / 100;
}

/* Sales less purchases of a sector's firms in the year. */
static double firms_value_added(const struct hub *hub, enum sector sector)
{
    int64_t fen = 0;
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++)
        if (hub->firms.sector[firm] == sector)
            fen += hub->firms.year_revenue_fen[firm] - hub->firms.year_costs_fen[firm];
    return (double)fen / 100;
}

/* What households are paid for animals, at delivery and as patronage, is in their income from herds already.
 * Cows in custody are inventory: what their sale brings (FLOW_COW_SALE) is not in it. */
static double cooperatives_value_added(const struct county_run *run)
{
    return flow_money(run, FLOW_COOPERATIVE_SALE) - flow_money(run, FLOW_COOPERATIVE_COSTS) -
           flow_money(run, FLOW_ADVANCE) - flow_money(run, FLOW_PATRONAGE);
}

/* Programs' plants buy animals from households, whose value added has them already. */
static double plants_value_added(const struct county_run *run)
{
    return flow_money(run, FLOW_PRODUCT_SALE) + flow_money(run, FLOW_PLANT_RESALE) -
           flow_money(run, FLOW_PLANT_COSTS) - flow_money(run, FLOW_PLANT_SPOT) -
           flow_money(run, FLOW_OFF_TAKE_SENT);
}

static void fill_sectors(
    struct observer *self, const struct county_run *run, const struct observe_december *sum, int32_t year)
{
    const struct hub *hub = &run->hub;
    double value[GDP_SECTORS];
    /* A tenant's rent is no purchase from another sector: it is taken from the yield, and paid out of it. */
    value[GDP_PRIMARY] = (double)(sum->sources_fen[INCOME_CROPS] + sum->sources_fen[INCOME_HERD]) / 100 +
                         flow_money(run, FLOW_RENT_PAID) + cooperatives_value_added(run);
    value[GDP_SECONDARY] = firms_value_added(hub, SECTOR_WORKSHOP) + firms_value_added(hub, SECTOR_BUILDER) +
                           plants_value_added(run);
    value[GDP_TERTIARY] = (double)sum->sources_fen[INCOME_BUSINESS] / 100 +
                          firms_value_added(hub, SECTOR_SHOP) +
                          (double)hub->treasury.year_public_wages_fen / 100;
    value[GDP_CASUAL] = flow_money(run, FLOW_WAGE_CASUAL);
    for (int32_t sector = 0; sector < GDP_SECTORS; sector++)
        self->at.county_value_added[sector * self->years.n + year] = value[sector];
}

void observe_county(
    struct observer *self, const struct county_run *run, int32_t year, const struct observe_december *county)
{
    fill_levels(self, county, year);
    fill_events(self, year);
    fill_herds(self, run, year);
    fill_firms(self, &run->hub, year);
    fill_cooperatives(self, run, year);
    fill_money(self, run, year);
    fill_sectors(self, run, county, year);
}
