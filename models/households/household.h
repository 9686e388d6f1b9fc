/* Households: what a village's households have, owe, know and did this month and this year.
 *
 * Money in fen, goods in grams, land in square metres. Sums of the year (year_*) start anew each January;
 * income follows design.md section 6: net disposable income with own produce at farm-gate price and the
 * herd's growth as inventory change, beside the statistical office's cash definition (year_cash). */
#ifndef MODELS_HOUSEHOLDS_HOUSEHOLD_H
#define MODELS_HOUSEHOLDS_HOUSEHOLD_H

#include "models/county/accounts.h"
#include "sim/data/table.h"
#include "sim/scenario/schema.h"

/* Sources of income: indices of year_income and of the output's `source` dimension. */
enum income_source {
    INCOME_CROPS,
    INCOME_HERD,
    INCOME_WAGE,
    INCOME_BUSINESS,
    INCOME_PROPERTY,
    INCOME_TRANSFER,
    INCOME_REMITTANCE,
    INCOME_SOURCES
};
extern const char *const income_source_names[INCOME_SOURCES];

/* The coping ladder: how a month's need was met. */
enum coping_rung {
    COPING_NONE,     /* cash was enough */
    COPING_KIN,      /* help within the village */
    COPING_CREDIT,   /* a loan */
    COPING_DISTRESS, /* animals sold in need */
    COPING_HUNGER,   /* ate below need */
    COPING_RUNGS     /* leaving, the last rung, ends the household here: see migration.h */
};

/* Durables that change what a household can earn: bits of `durables`. */
enum durable { DURABLE_CART, DURABLE_SHED, DURABLE_SHOP, DURABLES };
/* What its home has: bits of `services`. */
enum service { SERVICE_HOUSE, SERVICE_WATER, SERVICE_POWER, SERVICES };

#define HOUSEHOLD_COLUMNS(X)                                                                                 \
    X(uint64_t, U64, key, "1", "lineage key")                                                                \
    X(uint8_t, U8, present, "1", "1 while anybody of it lives here")                                         \
    X(int8_t, I8, quintile, "1", "quintile of consumption per head in the base year, 1 to 5; 0 before")      \
    X(uint8_t, U8, registered, "1", "1 when on the register of minimum-living assistance")                   \
    X(uint8_t, U8, rung, "1", "rung of the coping ladder used this month")                                   \
    X(int32_t, I32, first_person, "1", "row of its first person; -1 for none")                               \
    X(int16_t, I16, n_persons, "person", "persons alive")                                                    \
    X(int16_t, I16, n_elders, "person", "persons of pension age")                                            \
    X(int16_t, I16, n_jobs, "job", "members with a job in an enterprise")                                    \
    X(int16_t, I16, n_migrants, "person", "members who work beyond the county")                              \
    X(int32_t, I32, dynasty, "1", "row of the founding household it descends from by division")              \
    X(uint8_t, U8, durables, "1", "bit set of durables: cart, shed, shop")                                   \
    X(uint8_t, U8, services, "1", "bit set of what the home has: sound house, safe water, power")            \
    X(uint8_t, U8, disease, "1", "state of its herds: 0 susceptible, 1 sick, 2 immune")                      \
    X(uint8_t, U8, disease_months, "month", "months left in that state")                                     \
    X(float, F32, condition, "1", "body condition of its herds, fed alike: 1 well fed to 0 starving")        \
    X(uint8_t, U8, is_coop_member, "1", "1 for a member of the village's cooperative")                       \
    X(uint8_t, U8, missed_dues, "month", "months in a row in which interest was not paid in full")           \
    X(uint8_t, U8, credit_closed, "month", "months for which nobody lends to it after a default")            \
    X(uint8_t, U8, hungry_months, "month", "hunger months in a row")                                         \
    X(uint8_t, U8, poor_last, "1", "poor last year (main line, consumption); 2: not observed")               \
    X(uint8_t, U8, poor_years, "year", "years observed in which it was poor")                                \
    X(uint8_t, U8, observed_years, "year", "years observed since the base year")                             \
    X(float, F32, sum_consumption, "CNY/person/year", "real consumption a head, added over years observed")  \
    X(float, F32, sum_gap2, "1", "squared poverty gaps, added over years observed")                          \
    X(uint64_t, U64, schemes, "1", "bit set of the schemes it takes part in")                                \
    X(double, F64, consumers, "1", "adult equivalents that eat")                                             \
    X(float, F32, home_workers, "1", "adult equivalents who work at home: own land, herd, house")            \
    X(float, F32, casual_workers, "1", "adult equivalents who seek casual work first, weighted by skill")    \
    X(float, F32, casual_hands, "1", "the same adult equivalents without their skill: days, not pay")        \
    X(float, F32, business_workers, "1", "adult equivalents in own business, weighted by skill")             \
    X(float, F32, business_days, "day", "days of own business this month: its share of local sales")         \
    X(double, F64, ability, "1", "lasting productivity, mean 1 over the county")                             \
    X(float, F32, days_lost, "day", "labour lost to illness this month")                                     \
    X(float, F32, days_used, "day", "labour spent this month so far")                                        \
    X(float, F32, crop_care, "1", "share of the labour its growing crops asked for and got this season")     \
    X(float, F32, crop_inputs, "1", "share of the inputs its growing crops asked for and got")               \
    X(double, F64, permanent_fen, "fen/month", "what it takes its lasting income to be")                     \
    X(float, F32, revision_fen, "fen/month", "what each month of this year adds to that")                    \
    X(float, F32, subsidised, "person", "persons of the village that its land stands for in the subsidies")  \
    X(int64_t, I64, cash_fen, "fen", "money in hand")                                                        \
    X(int64_t, I64, debt_fen, "fen", "debt")                                                                 \
    X(int64_t, I64, grain_g, "g", "grain in store")                                                          \
    X(int64_t, I64, hay_g, "g", "hay in store")                                                              \
    X(int64_t, I64, own_food_fen, "fen", "own produce eaten this month, at farm-gate prices")                \
    X(int64_t, I64, need_fen, "fen", "bought goods that this month's subsistence asks for")                  \
    X(int64_t, I64, year_consumption_fen, "fen", "consumption this year")                                    \
    X(int64_t, I64, year_cash_fen, "fen", "income this year by the statistical office's definition")         \
    X(int64_t, I64, income_crops_fen, "fen", "income from crops this year")                                  \
    X(int64_t, I64, income_herd_fen, "fen", "income from herds this year")                                   \
    X(int64_t, I64, income_wage_fen, "fen", "wages this year")                                               \
    X(int64_t, I64, income_business_fen, "fen", "income from own business this year")                        \
    X(int64_t, I64, income_property_fen, "fen", "dividends less interest this year")                         \
    X(int64_t, I64, income_transfer_fen, "fen", "transfers received less fees paid this year")               \
    X(int64_t, I64, income_remittance_fen, "fen", "money sent home by members beyond the county this year")  \
    X(int64_t, I64, year_assistance_fen, "fen", "assistance this year: in income_transfer, but not lasting") \
    X(int64_t, I64, coop_share_fen, "fen", "its share in the village's cooperative")                         \
    X(int64_t, I64, coop_patronage_fen, "fen", "value of what it delivered to it this year")                 \
    X(uint8_t, U8, year_hunger, "month", "months this year in which it ate below need")                      \
    X(uint8_t, U8, year_distress, "month", "months this year with a distress sale")                          \
    X(float, F32, year_wage_days, "day", "days of wage work this year")

SIM_TABLE_STRUCT(household_table, HOUSEHOLD_COLUMNS);

#define HOUSEHOLD_PARAMS(P)                                                                                  \
    P(REAL, need, "CNY/person/month", "155 CNY/person/month", 10, 5000,                                      \
        "subsistence of an adult equivalent, at base-year prices, own produce included",                     \
        "assumption: about two thirds of the national rural line of 2015 (2,855 CNY a year)")                \
    P(REAL, grain_need, "kg/person/month", "14 kg/person/month", 0, 100, "grain an adult equivalent eats",   \
        "assumption: about 170 kg a year, of the order of rural grain consumption")                          \
    P(REAL, child_weight, "1", "0.7", 0, 0.99,                                                               \
        "consumption of a child under 15, in adults; below 1, as care counts children by it",                \
        "assumption: of the order of the OECD-modified scale")                                               \
    P(REAL, spending_rate, "1", "0.72", 0, 1, "share of permanent income above subsistence that is spent",   \
        "assumption: Xinjiang rural consumption rate 0.735 in 2022 (communique; an average in a lockdown "   \
        "year, used as a prior of the marginal rate)")                                                       \
    P(REAL, buffer, "month", "3 month", 0, 36, "target of cash in hand, in months of subsistence",           \
        "assumption: buffer-stock saving (Deaton 1991; Carroll 1997)")                                       \
    P(REAL, buffer_adjustment, "1/month", "0.06 1/month", 0, 1,                                              \
        "share of the gap between cash and buffer that spending closes in a month",                          \
        "assumption: buffer-stock saving (Deaton 1991; Carroll 1997)")                                       \
    P(REAL, learning, "1/year", "0.4 1/year", 0, 1,                                                          \
        "weight of the last year in what a household takes its lasting income to be",                        \
        "assumption: adaptive expectations")                                                                 \
    P(REAL, kin_share, "1", "0.3", 0, 1,                                                                     \
        "share of an idiosyncratic shortfall that the village covers from others' surplus",                  \
        "assumption: partial insurance within villages (Townsend 1994)")                                     \
    P(REAL, kin_surplus, "1", "0.05", 0, 1, "share of cash above the buffer that kin can be asked for",      \
        "assumption")                                                                                        \
    P(SWITCH, sharing, "none|kin", "kin", 0, 0, "help between households of a village", "switch")            \
    P(REAL, credit_limit, "1", "0.25", 0, 5, "debt limit as a share of the value of the herd",               \
        "assumption: thin rural credit")                                                                     \
    P(REAL, interest, "1/year", "0.06 1/year", 0, 2, "interest on debt",                                     \
        "assumption: of the order of subsidised rural microcredit")                                          \
    P(REAL, distress_discount, "1", "0.15", 0, 1, "discount of a sale in need, for the first sellers",       \
        "assumption; distress sales at a fifth of the price are reported for the storm of 2012 (RFA)")       \
    P(INTEGER, default_after, "month", "2 month", 1, 60,                                                     \
        "months in a row without the full interest after which a debt is called",                            \
        "assumption: two dues missed")                                                                       \
    P(INTEGER, credit_bar, "month", "36 month", 0, 250, "months for which nobody lends after that",          \
        "assumption: credit records of rural banks")                                                         \
    P(REAL, repay_above, "1", "1.5", 0, 20, "cash above which debt is repaid, in buffers", "assumption")     \
    P(REAL, repay_share, "1", "0.5", 0, 1, "share of that cash that repays in a month", "assumption")        \
    P(REAL, collective_payout, "1/year", "0.5 1/year", 0, 1,                                                 \
        "share of the collective's money that goes to the village's persons each January", "assumption")     \
    P(REAL, distress_cap, "1", "0.8", 0, 1, "largest discount of a sale in need",                            \
        "a carcass side at 1,000 instead of 5,000 in the storm of 2012 (RFA, news)")                         \
    P(REAL, distress_crowding, "1", "1.5", 0, 10,                                                            \
        "further discount for each unit of the share of the village's households that sell in need",         \
        "assumption")                                                                                        \
    P(REAL, business_follows, "1", "1", 0, 2,                                                                \
        "how far that return follows the growth of real wages outside the county",                           \
        "assumption: in full, as people choose between the two")                                             \
    P(REAL, other_business, "CNY/day", "18 CNY/day", 0, 1000,                                                \
        "return of own-account work besides farm and herd (crafts, trade, transport), per spare day",        \
        "assumption: fills own-business income to the share of poor areas in 2018 (37.5 percent, with low "  \
        "confidence)")

struct household_params {
    HOUSEHOLD_PARAMS(SIM_PARAM_FIELD)
};
extern const struct sim_schema household_schema;

/* The column of a source of income. */
static inline int64_t *household_income_of(const struct household_table *self, enum income_source source)
{
    int64_t *const columns[INCOME_SOURCES] = {self->income_crops_fen, self->income_herd_fen,
        self->income_wage_fen, self->income_business_fen, self->income_property_fen,
        self->income_transfer_fen, self->income_remittance_fen};
    return columns[source];
}

/* Adds to the year's income of a source what is no cash: own produce, growth of the herd. */
static inline void household_add_income(
    struct household_table *self, sim_row row, enum income_source source, int64_t fen)
{
    household_income_of(self, source)[row] += fen;
}

/* Cash that is income by both definitions; negative: a cost paid. The caller posts the flow. */
static inline void household_receive(
    struct household_table *self, sim_row row, enum income_source source, int64_t fen)
{
    self->cash_fen[row] += fen;
    self->year_cash_fen[row] += fen;
    household_add_income(self, row, source, fen);
}

/* Net disposable income of the year so far. */
static inline int64_t household_income(const struct household_table *self, sim_row row)
{
    return self->income_crops_fen[row] + self->income_herd_fen[row] + self->income_wage_fen[row] +
           self->income_business_fen[row] + self->income_property_fen[row] + self->income_transfer_fen[row] +
           self->income_remittance_fen[row];
}

#endif
