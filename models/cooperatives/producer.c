#include "models/cooperatives/producer.h"

#include "models/county/village.h"
#include "models/livestock/livestock.h"
#include "sim/core/real.h"
#include "sim/data/split.h"
#include "sim/rand/dist.h"

#define SIM_PARAM_SELF struct cooperative_params
static const struct sim_param params[] = {COOPERATIVE_PARAMS(SIM_PARAM_ENTRY)};
#undef SIM_PARAM_SELF
const struct sim_schema cooperative_schema = {"cooperatives", "producers' cooperatives of the villages",
    params, SIM_COUNT(params), sizeof(struct cooperative_params), NULL, 0};

_Static_assert((int32_t)PRODUCER_SPECIES == (int32_t)SPECIES_COUNT, "an offer for each species");
_Static_assert(sizeof(struct producer) ==
                   8 * sizeof(int32_t) + 12 * sizeof(int64_t) + (3 + PRODUCER_SPECIES) * sizeof(double),
    "no holes: it is saved as it is");

static const struct cooperative_params *params_of(const struct village *village)
{
    return &village->scenario->cooperatives;
}

static double at_most(double value, double limit)
{
    return value < limit ? value : limit;
}

/* Coins of a sum in CNY at base-year prices. */
static double coins(double yuan, const struct moment *moment)
{
    return yuan * 100.0 * moment->index;
}

/* Freight that a member's own cart leaves to be saved, as a share of the township's. */
static double freight_left(const struct village *village, sim_row household)
{
    return durables_freight_left(&village->scenario->durables, &village->households, household);
}

/* What selling together brings for a yuan of selling alone. A township's transport takes the share t of the
 * outside price; a cart saves some of it, and of what freight is `left` the cooperative loses only what it
 * cannot save. So no freight is saved twice. It sells at home when that is better. */
static double sale_factor(
    const struct village *village, const struct moment *moment, int32_t good, double left, double skill)
{
    double saved = at_most(params_of(village)->freight_saved * skill, 1.0);
    double transport = village->scenario->townships[village->config->township].transport;
    double outside = village->board->price[good], alone = moment->sell[good];
    if (outside > alone) /* as durables_sale_factor */
        alone += (1.0 - left) * (outside - alone);
    double factor = outside * (1.0 - transport * left * (1.0 - saved)) / alone;
    return factor > 1.0 ? factor : 1.0;
}

/* The same in a middling place under a middling manager and after variable costs: what members reckon with.
 */
static double promised_factor(
    const struct village *village, const struct moment *moment, int32_t good, double left)
{
    return sale_factor(village, moment, good, left, 1.0) * (1.0 - params_of(village)->costs);
}

/* The season's advance for a yuan of selling alone today: fixed before the season, so that its worth falls
 * when the market rises. */
static double advance_factor(const struct village *village, const struct moment *moment, int32_t good)
{
    double offer = village->coop.offer_fen[good - GOOD_SHEEP];
    return offer > 0.0 ? offer / moment->sell[good] : params_of(village)->advance;
}

/* What a member expects in all for a yuan of selling alone, at a belief. */
static double expected(double advance, double promised, double trust)
{
    double surplus = promised - advance;
    return advance + (surplus > 0.0 ? trust * surplus : surplus);
}

/* Lasting traits of a household towards its village's cooperative: taste is a factor of mean 1, loyalty is
 * spread evenly from 0 to twice its median. */
static void draw_traits(const struct village *village, sim_row household, double *taste, double *loyalty)
{
    sim_key key = sim_key_make(village->households.key[household], village->config->key, 0);
    uint64_t words[4];
    sim_rand_block(village->luck, key, SIM_BLOCK_OF_PRODUCER_TASTE, 0, words);
    *taste = 0.5 + sim_rand_unit(words[SIM_WORD_OF_PRODUCER_TASTE]);
    *loyalty = 2.0 * params_of(village)->loyalty * sim_rand_unit(words[SIM_WORD_OF_PRODUCER_LOYALTY]);
}

/* ---- autumn ---- */

bool producer_takes(struct village *village, int32_t household, const struct moment *moment, int32_t good)
{
    struct producer *self = &village->coop;
    if (self->founded == 0 || !village->households.is_coop_member[household])
        return false;
    double taste, loyalty;
    draw_traits(village, household, &taste, &loyalty);
    double promised = promised_factor(village, moment, good, freight_left(village, household));
    double together = expected(advance_factor(village, moment, good), promised, self->trust);
    bool takes = together >= 1.0 - loyalty;
    self->year_side_sold += !takes;
    return takes;
}

/* For how much a delivery counts in the refund, of what selling alone would bring: as much as it leaves over
 * its advance, against one that came without a cart. Else a cart's owner would be refunded what others'
 * freight saved, and get more than the outside price. */
static double patronage_factor(
    const struct village *village, const struct moment *moment, int32_t good, double left, double advance)
{
    if (left >= 1.0)
        return 1.0;
    double kept = 1.0 - params_of(village)->costs, skill = village->coop.skill;
    double full = sale_factor(village, moment, good, 1.0, skill) * kept - advance;
    double own = sale_factor(village, moment, good, left, skill) * kept - advance;
    return full <= 0.0 ? 1.0 : own > 0.0 ? at_most(own / full, 1.0) : 0.0;
}

int64_t producer_deliver(
    struct village *village, int32_t household, const struct moment *moment, int32_t good, int64_t fen)
{
    struct producer *self = &village->coop;
    double alone = (double)fen, left = freight_left(village, household);
    double rate = advance_factor(village, moment, good);
    int64_t sale = (int64_t)(alone * sale_factor(village, moment, good, left, self->skill));
    int64_t patronage = (int64_t)(alone * patronage_factor(village, moment, good, left, rate));
    int64_t costs = (int64_t)((double)sale * params_of(village)->costs);
    self->cash_fen += sale - costs;
    int64_t advance = (int64_t)(alone * rate);
    if (advance > self->cash_fen) /* the market fell below what was announced, and the reserve is out */
        advance = self->cash_fen;
    self->cash_fen -= advance;
    village->households.cash_fen[household] += advance;
    village->households.coop_patronage_fen[household] += patronage;
    self->year_sales_fen += sale;
    self->year_costs_fen += costs;
    self->year_advance_fen += advance;
    self->year_patronage_fen += patronage;
    self->year_promised_fen += (int64_t)(alone * promised_factor(village, moment, good, left)) - advance;
    sim_ledger_post(&village->ledger, FLOW_COOPERATIVE_SALE, sale);
    sim_ledger_post(&village->ledger, FLOW_COOPERATIVE_COSTS, costs);
    sim_ledger_post(&village->ledger, FLOW_ADVANCE, advance);
    return advance;
}

/* ---- members ---- */

/* The member is none any more; what of its share comes back is its money and no income, what comes beyond the
 * share is. */
static void give_back(struct village *village, sim_row household, int64_t fen)
{
    struct producer *self = &village->coop;
    struct household_table *households = &village->households;
    int64_t beyond = fen - households->coop_share_fen[household];
    self->cash_fen -= fen;
    households->cash_fen[household] += fen;
    if (beyond > 0) {
        households->year_cash_fen[household] += beyond;
        household_add_income(households, household, INCOME_PROPERTY, beyond);
    } else {
        self->cum_lost_fen -= beyond;
    }
    sim_ledger_post(&village->ledger, FLOW_SHARE_RETURNED, fen);
    self->share_fen -= households->coop_share_fen[household];
    self->members--;
    households->coop_share_fen[household] = households->coop_patronage_fen[household] = 0;
    households->is_coop_member[household] = 0;
    if (self->manager == household)
        self->manager = SIM_ROW_NONE;
}

/* Splits what is there among n households of scratch_order by their shares, and lets them go. */
static void let_go(struct village *village, sim_row n, int64_t fen)
{
    const struct household_table *households = &village->households;
    for (sim_row i = 0; i < n; i++) {
        sim_row h = village->scratch_order[i];
        village->scratch_amount[i] = households->coop_share_fen[h] > 0 ? households->coop_share_fen[h] : 1;
        village->scratch_key[i] = households->key[h];
    }
    sim_split(
        fen, village->scratch_amount, village->scratch_key, n, village->scratch_share, village->scratch_row);
    for (sim_row i = 0; i < n; i++)
        give_back(village, village->scratch_order[i], village->scratch_share[i]);
}

static sim_row list_members(struct village *village)
{
    sim_row n = 0;
    for (sim_row h = 0; h < village->households.head.n; h++)
        if (village->households.is_coop_member[h])
            village->scratch_order[n++] = h;
    return n;
}

/* The end: members share what money there is. */
static void dissolve(struct village *village, int32_t month)
{
    struct producer *self = &village->coop;
    sim_row n = list_members(village);
    let_go(village, n, n > 0 ? self->cash_fen : 0);
    self->founded = self->dry_months = 0;
    self->failed = month;
    self->failures++;
}

void producer_release(struct village *village, int32_t household)
{
    struct producer *self = &village->coop;
    if (!village->households.is_coop_member[household])
        return;
    int64_t share = village->households.coop_share_fen[household];
    bool is_last = self->members == 1; /* whoever is last owns all of it */
    give_back(village, household, is_last || share > self->cash_fen ? self->cash_fen : share);
}

static void join(struct village *village, sim_row household, int64_t share)
{
    struct producer *self = &village->coop;
    struct household_table *households = &village->households;
    households->is_coop_member[household] = 1;
    households->coop_share_fen[household] = share;
    households->coop_patronage_fen[household] = 0;
    households->cash_fen[household] -= share;
    self->cash_fen += share;
    self->share_fen += share;
    self->members++;
    self->year_joined++;
    sim_ledger_post(&village->ledger, FLOW_SHARE_PAID, share);
}

/* What of a household's herd an autumn sells, at what selling alone brings. */
static double expected_sales(
    const struct village *village, sim_row household, const struct moment *moment, int32_t species)
{
    if (!village->scenario->livestock.dynamics) /* herds that stand still are not sold */
        return 0.0;
    sim_row row = household * SPECIES_COUNT + species;
    double value = (double)livestock_value(
        &village->scenario->livestock, &village->herds, row, moment->sell[GOOD_SHEEP + species]);
    value *= durables_sale_factor(village, household, moment, GOOD_SHEEP + species);
    return value * params_of(village)->offtake;
}

/* What a yuan of selling alone should gain together next autumn, at a belief, by species: of those without a
 * cart and of those with one. */
struct rates {
    double gain[2][SPECIES_COUNT];
};

static struct rates expect_rates(const struct village *village, const struct moment *moment, double trust)
{
    struct rates rates;
    double advance = params_of(village)->advance;
    for (int32_t has_cart = 0; has_cart < 2; has_cart++) {
        double left = has_cart ? 1.0 - village->scenario->durables.cart_transport : 1.0;
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            rates.gain[has_cart][species] =
                expected(advance, promised_factor(village, moment, GOOD_SHEEP + species, left), trust) - 1.0;
    }
    return rates;
}

/* A household's worth of membership a year, beyond what its share could bring elsewhere; its sales in *sales.
 */
static double worth(const struct village *village, sim_row household, const struct moment *moment,
    const struct rates *rates, int64_t share, bool is_member, double *sales)
{
    const double *rate = rates->gain[household_has(&village->households, household, DURABLE_CART)];
    double gain = 0.0, taste = 1.0, loyalty = 0.0;
    *sales = 0.0;
    for (int32_t species = 0; species < SPECIES_COUNT; species++) {
        double fen = expected_sales(village, household, moment, species);
        *sales += fen;
        gain += fen * rate[species];
    }
    if (*sales > 0.0)
        draw_traits(village, household, &taste, &loyalty);
    gain += is_member ? loyalty * *sales : 0.0;
    return gain * (gain > 0.0 ? taste : 2.0 - taste) - params_of(village)->hurdle * (double)share;
}

/* Puts into scratch_order the households outside that would gain and can pay the share out of what they need
 * not live on; their worth stands in scratch_score, their sales in scratch_amount. */
static sim_row list_willing(
    struct village *village, const struct moment *moment, const struct rates *rates, int64_t share)
{
    const struct household_table *households = &village->households;
    sim_row n = 0;
    bool any = false;
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        any |= rates->gain[0][species] > 0.0 || rates->gain[1][species] > 0.0;
    for (sim_row h = 0; any && h < households->head.n; h++) {
        if (!households->present[h] || households->is_coop_member[h] ||
            households->cash_fen[h] < share + households->need_fen[h] ||
            !livestock_has_animals(&village->herds, h))
            continue;
        double sales;
        double net = worth(village, h, moment, rates, share, false, &sales);
        if (net <= 0.0)
            continue;
        village->scratch_order[n] = h;
        village->scratch_score[n] = net;
        village->scratch_amount[n++] = (int64_t)sales;
    }
    return n;
}

/* What members of a new cooperative, or under a new manager, believe: some hope for more than others. */
static double hope(const struct village *village, const struct moment *moment)
{
    const struct cooperative_params *of = params_of(village);
    double u = sim_rand_uniform(
        village->luck, village->config->key, SIM_PURPOSE_PRODUCER_HOPE, (uint64_t)moment->year);
    double trust = of->trust + of->trust_spread * (2.0 * u - 1.0);
    return trust < 0.0 ? 0.0 : at_most(trust, 1.0);
}

/* Who is elected: chances are as what members have to sell, so that large herds manage. */
static void elect(struct village *village, const struct moment *moment, sim_row not_again)
{
    struct producer *self = &village->coop;
    const struct household_table *households = &village->households;
    const struct cooperative_params *of = params_of(village);
    double best = 0.0;
    self->manager = SIM_ROW_NONE;
    for (sim_row h = 0; h < households->head.n; h++) {
        if (!households->is_coop_member[h] || (h == not_again && self->members > 1))
            continue;
        double weight = 1.0; /* a fen, so that everybody has a chance */
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            weight += expected_sales(village, h, moment, species);
        double u = sim_rand_uniform(
            village->luck, households->key[h], SIM_PURPOSE_PRODUCER_ELECTION, (uint64_t)moment->month);
        double wait = -sim_real_log(u) / weight; /* the first of exponential times: chances as weights */
        bool is_first = self->manager == SIM_ROW_NONE || wait < best ||
                        (wait <= best && households->key[h] < households->key[self->manager]);
        if (is_first) {
            best = wait;
            self->manager = h;
        }
    }
    if (self->manager == SIM_ROW_NONE)
        return;
    uint64_t words[4];
    sim_rand_block(village->luck, households->key[self->manager], SIM_BLOCK_OF_PRODUCER_HONESTY, 0, words);
    self->honesty = sim_rand_unit(words[SIM_WORD_OF_PRODUCER_HONESTY]);
    double u = sim_rand_unit(words[SIM_WORD_OF_PRODUCER_SKILL]);
    double place = sim_rand_uniform(village->luck, village->config->key, SIM_PURPOSE_PRODUCER_PLACE, 0);
    self->skill = (1.0 + of->skill_spread * (2.0 * u - 1.0)) * (1.0 + of->place_spread * (2.0 * place - 1.0));
    self->trust = hope(village, moment);
}

/* ---- the meeting ---- */

/* Pays the year's surplus by patronage: losses are made good first, then a part is kept until the reserve is
 * full. Returns the refund. */
static int64_t settle(struct village *village, const struct moment *moment)
{
    struct producer *self = &village->coop;
    const struct cooperative_params *of = params_of(village);
    const struct household_table *households = &village->households;
    int64_t surplus =
        self->year_sales_fen - self->year_costs_fen - self->year_advance_fen - self->year_skimmed_fen;
    int64_t beyond = self->cash_fen - self->share_fen; /* the reserve with this surplus in it */
    int64_t free = surplus < beyond ? surplus : beyond;
    self->last_refund_ppm = 0;
    if (free <= 0 || self->year_patronage_fen == 0)
        return 0;
    int64_t target = (int64_t)(of->reserve_target * coins(of->fixed_costs, moment));
    int64_t room = target - (beyond - free);
    int64_t kept = (int64_t)(of->reserve * (double)free);
    kept = room <= 0 ? 0 : kept < room ? kept : room;
    sim_row n = list_members(village);
    for (sim_row i = 0; i < n; i++) {
        village->scratch_amount[i] = households->coop_patronage_fen[village->scratch_order[i]];
        village->scratch_key[i] = households->key[village->scratch_order[i]];
    }
    int64_t refund = free - kept;
    if (!sim_split(refund, village->scratch_amount, village->scratch_key, n, village->scratch_share,
            village->scratch_row))
        return 0; /* all who delivered are gone: it stays in the reserve */
    for (sim_row i = 0; i < n; i++)
        household_receive(
            &village->households, village->scratch_order[i], INCOME_HERD, village->scratch_share[i]);
    self->cash_fen -= refund;
    self->last_refund_ppm = sim_scale(refund, 1000000, self->year_patronage_fen);
    sim_ledger_post(&village->ledger, FLOW_PATRONAGE, refund);
    return refund;
}

/* Members hold what they saw against what was promised, and may vote the manager out for it. */
static void judge_manager(struct village *village, const struct moment *moment, int64_t refund)
{
    struct producer *self = &village->coop;
    const struct cooperative_params *of = params_of(village);
    sim_row voted_out = SIM_ROW_NONE;
    if (self->year_promised_fen > 0) {
        double seen = at_most((double)refund / (double)self->year_promised_fen, 1.0);
        self->trust += of->learning * (seen - self->trust);
        double u = sim_rand_uniform(
            village->luck, village->config->key, SIM_PURPOSE_PRODUCER_VOTE, (uint64_t)moment->year);
        if (sim_dist_bernoulli(u, of->oversight * (1.0 - seen)))
            voted_out = self->manager;
    }
    if (voted_out != SIM_ROW_NONE || self->manager == SIM_ROW_NONE)
        elect(village, moment, voted_out);
}

/* Members stay who still expect to gain. When too few would, all wind it up together rather than let the
 * first out take the shares. Returns false when that was its end. */
static bool review(struct village *village, const struct moment *moment)
{
    struct producer *self = &village->coop;
    const struct household_table *households = &village->households;
    struct rates rates = expect_rates(village, moment, self->trust);
    sim_row n = 0;
    int64_t claims = 0;
    for (sim_row h = 0; h < households->head.n; h++) {
        double sales;
        if (!households->is_coop_member[h] ||
            worth(village, h, moment, &rates, households->coop_share_fen[h], true, &sales) >= 0.0)
            continue;
        village->scratch_order[n++] = h;
        claims += households->coop_share_fen[h];
    }
    self->year_left = n;
    if (self->members - n < (int32_t)params_of(village)->least_members) {
        dissolve(village, moment->month);
        return false;
    }
    let_go(village, n, claims < self->cash_fen ? claims : self->cash_fen);
    return true;
}

static void admit(struct village *village, const struct moment *moment)
{
    int64_t share = (int64_t)coins(params_of(village)->share, moment);
    struct rates rates = expect_rates(village, moment, village->coop.trust);
    sim_row n = list_willing(village, moment, &rates, share);
    for (sim_row i = 0; i < n; i++)
        join(village, village->scratch_order[i], share);
}

static void found(struct village *village, const struct moment *moment)
{
    struct producer *self = &village->coop;
    const struct cooperative_params *of = params_of(village);
    if (self->failed > 0 && moment->month - self->failed < 12 * (int32_t)of->distrust)
        return;
    double u = sim_rand_uniform(
        village->luck, village->config->key, SIM_PURPOSE_PRODUCER_ORGANISER, (uint64_t)moment->year);
    if (!sim_dist_bernoulli(u, of->organiser))
        return;
    int64_t share = (int64_t)coins(of->share, moment);
    struct rates rates = expect_rates(village, moment, hope(village, moment));
    sim_row n = list_willing(village, moment, &rates, share), before;
    double fixed = coins(of->fixed_costs, moment);
    do { /* those who would lose by their part of the fixed costs drop out, and the others' parts grow */
        int64_t total = 0;
        before = n;
        n = 0;
        for (sim_row i = 0; i < before; i++)
            total += village->scratch_amount[i];
        for (sim_row i = 0; i < before; i++) {
            double part = total > 0 ? fixed * (double)village->scratch_amount[i] / (double)total : fixed;
            if (village->scratch_score[i] <= part)
                continue;
            village->scratch_order[n] = village->scratch_order[i];
            village->scratch_score[n] = village->scratch_score[i];
            village->scratch_amount[n++] = village->scratch_amount[i];
        }
    } while (n < before);
    if (n < (sim_row)of->least_members)
        return;
    self->founded = moment->month;
    self->dry_months = 0;
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        self->offer_fen[species] = 0.0;
    for (sim_row i = 0; i < n; i++)
        join(village, village->scratch_order[i], share);
    elect(village, moment, SIM_ROW_NONE);
}

static void begin_year(struct producer *self, int64_t refund)
{
    self->year_sales_fen = self->year_patronage_fen = self->year_advance_fen = self->year_promised_fen = 0;
    self->year_costs_fen = self->year_skimmed_fen = self->year_side_sold = 0;
    self->year_refund_fen = refund;
    self->year_joined = self->year_left = 0;
}

int producer_year(struct village *village, const struct moment *moment, struct sim_error *error)
{
    struct producer *self = &village->coop;
    if (!params_of(village)->producers)
        return 0;
    int code = village_fit_scratch(village, error);
    if (code < 0)
        return code;
    if (self->founded == 0) {
        begin_year(self, 0);
        found(village, moment);
        return 0;
    }
    int64_t refund = settle(village, moment);
    judge_manager(village, moment, refund);
    begin_year(self, refund);
    for (sim_row h = 0; h < village->households.head.n; h++)
        village->households.coop_patronage_fen[h] = 0;
    if (review(village, moment))
        admit(village, moment);
    return 0;
}

/* ---- the month ---- */

/* The manager closes the year's accounts, and may keep some of what went through them. */
static void skim(struct village *village)
{
    struct producer *self = &village->coop;
    const struct cooperative_params *of = params_of(village);
    if (self->manager == SIM_ROW_NONE)
        return;
    double share = of->skim * (1.0 - self->honesty) * (1.0 - of->oversight);
    int64_t fen = (int64_t)(share * (double)self->year_sales_fen);
    fen = fen < self->cash_fen ? fen : self->cash_fen;
    self->cash_fen -= fen;
    self->year_skimmed_fen += fen;
    household_receive(&village->households, self->manager, INCOME_PROPERTY, fen);
    sim_ledger_post(&village->ledger, FLOW_SKIMMED, fen);
}

void producer_month(struct village *village, const struct moment *moment)
{
    struct producer *self = &village->coop;
    if (self->founded == 0)
        return;
    const struct cooperative_params *of = params_of(village);
    int64_t due = (int64_t)(coins(of->fixed_costs, moment) / 12.0);
    int64_t paid = due < self->cash_fen ? due : self->cash_fen;
    self->cash_fen -= paid;
    self->year_costs_fen += paid;
    self->dry_months = paid < due ? self->dry_months + 1 : 0;
    sim_ledger_post(&village->ledger, FLOW_COOPERATIVE_COSTS, paid);
    if (self->dry_months >= (int32_t)of->patience) {
        dissolve(village, moment->month);
        return;
    }
    if (moment->calendar_month == (int32_t)of->announce_month)
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            self->offer_fen[species] = of->advance * moment->sell[GOOD_SHEEP + species];
    if (moment->calendar_month == 12)
        skim(village);
    village->current.coop_members = self->members;
}
