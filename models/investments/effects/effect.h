/* Effects: what a paired investment does. One file an effect, one interface, chosen by the program's YAML.
 *
 * An effect has two halves, which talk by messages: `start`, `month`, `stop` run in the county's process,
 * `on_message` in the village's. All state lies in tables: the scheme's row (struct scheme_state) at the
 * county, participations and counts in the village. */
#ifndef MODELS_INVESTMENTS_EFFECTS_EFFECT_H
#define MODELS_INVESTMENTS_EFFECTS_EFFECT_H

#include "models/investments/investment.h"
#include "models/investments/targeting.h"
#include "sim/par/world.h"

enum effect_kind {
    EFFECT_NONE,
    EFFECT_LAND,
    EFFECT_HERD,
    EFFECT_PLANT,
    EFFECT_CONTRACT,
    EFFECT_TRANSFER,
    EFFECT_KINDS
};

#define NONE_PARAMS(P) P(TEXT, note, "", "does nothing", 0, 0, "why it is there", "")

#define LAND_EFFECT_PARAMS(P)                                                                                \
    TARGETING_PARAMS(P)                                                                                      \
    P(INTEGER, area, "m^2", "", 1, 1e10, "land levelled and improved", "")                                   \
    P(SWITCH, use, "irrigated|rainfed|forage", "forage", 0, 0, "what it is used for", "")                    \
    P(REAL, pasture_share, "1", "0.5", 0, 1, "share of it that was commons pasture, whose use ends",         \
        "assumption: land called waste is often somebody's grazing")                                         \
    P(REAL, technique, "1", "1.2", 0.1, 10, "factor on yield", "assumption")                                 \
    P(REAL, water_fee, "CNY/m^2/year", "0.06 CNY/m^2/year", 0, 100,                                          \
        "fee for water and upkeep, base-year"                                                                \
        " prices",                                                                                           \
        "assumption: 40 CNY/mu")                                                                             \
    P(INTEGER, plot, "m^2", "4 mu", 1, 1e8, "largest plot of a household", "assumption")                     \
    P(REAL, compensation, "CNY/m^2", "0 CNY/m^2", 0, 1000,                                                   \
        "paid once, out of the fund, for lost pasture, to"                                                   \
        " all households of the village alike",                                                              \
        "assumption: none was published")

enum herd_mode { HERD_GIFT, HERD_CUSTODY };
#define HERD_EFFECT_PARAMS(P)                                                                                \
    TARGETING_PARAMS(P)                                                                                      \
    P(SWITCH, mode, "gift|custody", "custody", 0, 0, "given to households, or placed with a cooperative",    \
        "")                                                                                                  \
    P(SWITCH, species, "sheep|yak|cattle", "cattle", 0, 0, "animals", "")                                    \
    P(INTEGER, animals, "head", "", 1, 1e6, "animals bought", "")                                            \
    P(INTEGER, price, "fen", "", 1, 1e9, "price of one", "")                                                 \
    P(INTEGER, places, "household", "250 household", 1, 1e6, "places offered to households", "assumption")   \
    P(REAL, rate, "1/year", "8 percent/year", 0, 1, "custody: yearly payment, of the valuation", "")         \
    P(SWITCH, valuation, "purchase|market", "purchase", 0, 0, "custody: base of the payment", "assumption")  \
    P(SWITCH, bears_death, "keeper|owner", "keeper", 0, 0,                                                   \
        "custody: who bears the death of animals: the keeper pays on all, or on those alive", "assumption")  \
    P(REAL, collective_share, "1", "0", 0, 1, "custody: share of the payment that the collective keeps",     \
        "assumption")                                                                                        \
    P(REAL, member_days, "day/year", "6 day/year", 0, 365, "custody: work and meetings asked of a member",   \
        "assumption")                                                                                        \
    P(INTEGER, pay_month, "1", "3", 1, 12, "custody: calendar month of the payment",                         \
        "first distribution March 2023 (articles)")                                                          \
    P(REAL, keeper_costs, "CNY/year", "4200 CNY/year", 0, 1e6,                                               \
        "custody: feed, staff and insurance of an adult, base-year prices", "assumption")                    \
    P(REAL, births, "1/year", "0.8 1/year", 0, 1, "custody: calves a year per cow",                          \
        "remembered, middle confidence: calving 75 to 85 percent")                                           \
    P(REAL, deaths, "1/year", "0.03 1/year", 0, 1, "custody: mortality", "remembered, middle confidence")    \
    P(REAL, calf_price, "1", "0.55", 0, 2,                                                                   \
        "custody: price of a fattened calf at 12 to 18 months, of a"                                         \
        " cow's market price",                                                                               \
        "assumption")                                                                                        \
    P(REAL, calf_costs, "1", "0.35", 0, 1, "custody: feed and care of a calf, of an adult's", "assumption")  \
    P(REAL, early_sale, "1", "0.7", 0, 1, "custody: what a calf sold before its time brings, of its price",  \
        "assumption")                                                                                        \
    P(REAL, dispersal, "1", "0.5", 0, 1,                                                                     \
        "custody: share of the animals placed that may be gone before the cooperative is wound up",          \
        "assumption")

#define PLANT_EFFECT_PARAMS(P)                                                                               \
    P(SWITCH, species, "sheep|yak|cattle", "yak", 0, 0, "animals processed", "")                             \
    P(INTEGER, capacity, "g/year", "", 1, 1e13, "product a year at full use", "")                            \
    P(REAL, product_per_head, "kg", "42 kg", 0.1, 1000, "product of one adult animal",                       \
        "carcass 116.5 kg; 2.5 to 3 kg fresh to 1 kg dried (remembered)")                                    \
    P(REAL, price, "CNY/kg", "", 0.01, 1e5, "price of the product, base-year prices", "")                    \
    P(REAL, demand, "kg/year", "", 0, 1e10, "what the channels take in a first full year", "")               \
    P(REAL, demand_growth, "1/year", "0.05 1/year", -0.9, 2, "growth of that", "assumption")                 \
    P(INTEGER, jobs, "job", "", 0, 1e5, "staff at full capacity", "")                                        \
    P(REAL, wage, "CNY/month", "2400 CNY/month", 0, 1e5, "wage, base-year prices",                           \
        "southern-Xinjiang village factories: 2,000 to 2,500 (2018-20)")                                     \
    P(REAL, costs, "CNY/kg", "25 CNY/kg", 0, 1e5, "energy, packing, freight, sales costs per kg of product", \
        "assumption")                                                                                        \
    P(REAL, fixed_costs, "CNY/month", "30000 CNY/month", 0, 1e9,                                             \
        "upkeep and administration, base-year"                                                               \
        " prices",                                                                                           \
        "assumption")                                                                                        \
    P(REAL, spot_share, "1", "0.5", 0, 1, "share of its need that the enterprise may buy at the market",     \
        "assumption")                                                                                        \
    P(INTEGER, patience, "month", "9 month", 1, 120, "months without money after which it closes",           \
        "assumption")

#define CONTRACT_EFFECT_PARAMS(P)                                                                            \
    TARGETING_PARAMS(P)                                                                                      \
    P(TEXT, plant, "", "", 0, 0, "program whose plant buys", "")                                             \
    P(SWITCH, species, "sheep|yak|cattle", "yak", 0, 0, "animals bought", "")                                \
    P(SWITCH, pricing, "premium|fixed", "premium", 0, 0,                                                     \
        "price over the market's of the day, or fixed in the first month and indexed to nothing", "")        \
    P(REAL, premium, "1", "10 percent", -0.9, 5, "over the market price",                                    \
        "premium not published; +20 percent (another company), about +1,000 CNY per yak (Leiwuqi, 2020)")    \
    P(REAL, floor, "CNY", "0 CNY", 0, 1e6, "lowest price per adult animal", "assumption")                    \
    P(INTEGER, places, "household", "", 1, 1e6, "places offered", "")                                        \
    P(INTEGER, quota, "head/year", "", 1, 1e7, "animals bought a year at most", "")                          \
    P(REAL, loyalty, "1", "0.05", 0, 5,                                                                      \
        "how much more, of the price, another buyer must pay before a median"                                \
        " member sells elsewhere",                                                                           \
        "assumption")

#define TRANSFER_EFFECT_PARAMS(P)                                                                            \
    TARGETING_PARAMS(P)                                                                                      \
    P(INTEGER, amount, "fen", "", 1, 1e12, "cash for each household", "")                                    \
    P(INTEGER, places, "household", "", 1, 1e6, "households", "")

struct none_config {
    NONE_PARAMS(SIM_PARAM_FIELD)
};
struct land_config {
    LAND_EFFECT_PARAMS(SIM_PARAM_FIELD)
};
struct herd_config {
    HERD_EFFECT_PARAMS(SIM_PARAM_FIELD)
};
struct plant_config {
    PLANT_EFFECT_PARAMS(SIM_PARAM_FIELD)
};
struct contract_config {
    CONTRACT_EFFECT_PARAMS(SIM_PARAM_FIELD)
    int32_t plant_scheme; /* resolved from `plant` */
};
struct transfer_config {
    TRANSFER_EFFECT_PARAMS(SIM_PARAM_FIELD)
};

struct effect_config {
    enum effect_kind kind;
    int32_t investment;
    union {
        struct none_config none;
        struct land_config land;
        struct herd_config herd;
        struct plant_config plant;
        struct contract_config contract;
        struct transfer_config transfer;
    } as;
};

struct hub;
struct village;
struct scenario;

/* What a check sees beside the effect itself: the county, the effect's program, and where its values stand.
 */
struct effect_reading {
    const struct scenario *scenario;            /* county, townships and villages are read */
    const struct investment_config *investment; /* with its targets and the number of its effects */
    bool knows_county;                          /* false: some value of the county was refused */
    bool knows_money;                           /* false: some value of the program was */
    const struct sim_node *node;                /* the effect's parameters; NULL: all are defaults */
    struct sim_place place;                     /* of the effect as a whole */
    struct sim_diag *diag;
};

/* Where a parameter of the effect was written, or the effect's place when it was not. */
struct sim_place effect_place(const struct effect_reading *reading, const char *param);
/* Households and commons pasture of the recipients; 0 while they could not be read. */
int64_t effect_households(const struct effect_reading *reading);
int64_t effect_pasture(const struct effect_reading *reading);
/* Warns when more places are offered than the recipients have households. */
void effect_check_places(const struct effect_reading *reading, const char *what, int64_t places);
/* Warns when what an effect hands to households (fen) is more than the program's working capital, or leaves
 * over a tenth of it idle; `bought` says what is bought ("50 animals at 900 CNY"). Of several effects only
 * the first can be told. */
void effect_check_capital(
    const struct effect_reading *reading, struct sim_place place, const char *bought, int64_t needed);

/* The furniture of an effect. County half: `hub` is the county's process state, `scheme` the effect's number.
 */
struct effect_type {
    const char *name;
    const struct sim_schema *schema;
    /* What the schema cannot see. Called when its own values and all of the program are read. May be NULL. */
    void (*check)(const struct effect_config *config, const struct effect_reading *reading);
    /* At completion; scale is the share of the planned size that was built. */
    int (*start)(
        struct sim_context *context, struct hub *hub, int32_t scheme, double scale, struct sim_error *error);
    /* Each month between start and stop, at the county's round. May be NULL. */
    int (*month)(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error);
    /* At the end. May be NULL. */
    int (*stop)(struct sim_context *context, struct hub *hub, int32_t scheme, struct sim_error *error);
    /* A message of the effect at the county, or in a village. May be NULL. */
    int (*on_county_message)(struct sim_context *context, struct hub *hub, int32_t scheme,
        const struct sim_event *message, struct sim_error *error);
    int (*on_village_message)(struct sim_context *context, struct village *village, int32_t scheme,
        const struct sim_event *message, struct sim_error *error);
    /* Each January in every village with members: stay or leave. May be NULL. */
    int (*review)(
        struct sim_context *context, struct village *village, int32_t scheme, struct sim_error *error);
};

extern const struct effect_type effect_none, effect_land, effect_herd, effect_plant, effect_contract,
    effect_transfer;
extern const struct effect_type *const effect_types[EFFECT_KINDS];

#endif
