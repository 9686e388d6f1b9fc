/* A village: one logical process. Its state is tables (households, persons, herds, parcels, participations,
 * schemes) and its books; the monthly round is one event over them, in the order of ../README.md. */
#ifndef MODELS_COUNTY_VILLAGE_H
#define MODELS_COUNTY_VILLAGE_H

#include "models/county/board.h"
#include "models/county/scenario.h"
#include "models/investments/participation.h"
#include "sim/par/world.h"
#include "sim/rand/dist.h"

/* What a month is made of, worked out once per village and month. Farm-gate and buying prices in fen. */
struct moment {
    int32_t month; /* month index */
    int32_t year;
    int32_t calendar_month; /* 1 to 12 */
    bool is_winter;         /* November to April */
    bool is_bad_winter;
    double season;       /* growing-season factor of the year */
    double sell[GOODS];  /* what a household gets; a day of casual work at the township's wage */
    double buy[GOODS];   /* what it pays */
    double index;        /* price index of the township, base year 1 */
    double found_share;  /* share of the days offered for casual work that find it */
    double job_wage_fen; /* of the posts of the township's firms, a month */
};

/* The village's report of a month, read by the county's observer: integers, so that sums have no order. */
struct village_month {
    int64_t consumption_fen;
    int64_t local_spent_fen; /* on the place's goods and services */
    int64_t local_earned_fen;
    int64_t remittances_fen;
    int64_t social_fen; /* assistance, pensions, subsidies */
    int64_t dividends_fen;
    int64_t assistance_fen;
    int64_t persons;
    int64_t households;
    int64_t hungry;
    int64_t jobs;
    int64_t heads[SPECIES_COUNT];
    int64_t migrants;
    int64_t births;
    int64_t deaths;
    int64_t seats_offered; /* of a winter's course */
    int64_t seats_taken;
    int64_t marriages;
    int64_t divisions;
    int64_t left_persons;              /* for good */
    int64_t heads_sold[SPECIES_COUNT]; /* market, contract, cooperative, in need */
    int64_t heads_died[SPECIES_COUNT];
    int64_t sick_herds;
    int64_t coop_members;
    int64_t distress;
    int64_t defaults;            /* debts called and written off */
    int64_t coped[COPING_RUNGS]; /* households that used a rung; several are possible */
    double days_offered;         /* for casual work */
    double days_business;
    int64_t sold[TRADED]; /* goods that travel, as the market sees them: g or heads */
    int64_t bought[TRADED];
};

/* Scratch of a round, for villages that never live at once: those of one partition share it. Nothing in it
 * outlives a handler. Pieces are as long as `capacity`, `order` twice. */
struct village_scratch {
    struct sim_arena *arena; /* borrowed */
    int64_t *amount, *share;
    sim_key *key;
    sim_row *row, *order;
    uint64_t *words;
    double *score;
    int32_t capacity;
};

struct village {
    const struct scenario *scenario;
    const struct village_config *config;
    const struct board *board;
    struct sim_luck luck;
    int32_t number; /* process number and place in scenario->villages */
    int32_t county; /* process number of the county */
    struct sim_arena *arena;
    struct household_table households;
    struct person_table persons;
    struct herd_table herds;
    struct parcel_table parcels;
    struct participation_table participations;
    struct scheme_table schemes; /* row = scheme */
    struct sim_ledger ledger;
    int64_t collective_fen;
    int64_t idle_m2; /* plots that nobody uses */
    int64_t pasture_m2;
    int32_t distress_last;         /* households that sold in need last month */
    double grazing_load;           /* sheep units on the commons at the last round */
    double belief_fen[ACTIVITIES]; /* what a day of each activity is thought to bring, of efficiency 1 */
    double belief_cv[ACTIVITIES];  /* and its coefficient of variation */
    struct producer coop;
    struct village_month current; /* of the month being lived */
    struct village_month report;  /* of the last whole month */
    sim_row free_person;          /* first of a list of rows that may serve a newborn, by `next`; -1: none */
    struct demography_odds odds;  /* of the year, made from the parameters: no state */
    struct sim_dist_table casual_luck; /* made from the parameters when first asked for: no state */
    sim_row concerned; /* household that the event under way is about, for the message of a failure; -1:
                          nobody in particular; no state */
    struct village_scratch
        *scratch; /* borrowed; pieces below at least as long as the tables, while it grows for others */
    int64_t *scratch_amount;
    int64_t *scratch_share;
    sim_key *scratch_key;
    sim_row *scratch_row;
    sim_row *scratch_order;  /* twice as long */
    uint64_t *scratch_words; /* one a household */
    double *scratch_score;
    int32_t scratch_capacity;
    int32_t sums_capacity; /* of the sums by household that follow; no state */
    double *crop_days;     /* kept by land/crops.c: of a household's year */
    bool land_is_counted;  /* crop_days are those of the parcels as they are */
    double *herd_days;     /* kept by livestock/livestock.c: see herd_sums */
    float *herd_units;
    bool herds_are_counted; /* they are those of the herds as they are */
    sim_row *staff;         /* kept by labour/jobs.c: rows of who has a post; no state */
    sim_row n_staff;        /* -1: not listed yet */
    int32_t staff_capacity;
};

/* Room for its founding households (config), or for what `like` has and a generation adds when it is given.
 * Borrows arena and scratch. */
int village_init(struct village *self, const struct scenario *scenario, int32_t number,
    const struct board *board, struct sim_luck luck, const struct village *like, struct sim_arena *arena,
    struct village_scratch *scratch, struct sim_error *error);
/* Copies the founding population of `founders` (a village of the same number) and opens the books. */
int village_found(struct village *self, const struct village *founders, struct sim_error *error);
/* Moves a founding village into `arena`, without books, scratch and room to grow: it is only read from now
 * on. `noughts`: see sim_table_pack. */
int village_pack(struct village *self, struct sim_arena *arena, const void *noughts, struct sim_error *error);
/* Makes scratch, and what is kept beside the tables, as long as they are; called where rows are added. */
int village_fit_scratch(struct village *self, struct sim_error *error);
/* What the village's holders have, as sim_ledger_close wants it: [ACCOUNT_COUNT * KIND_COUNT], zeroed here.
 */
void village_count(const struct village *self, int64_t *counted);
/* A household of the founders, or one that a division makes: with its herd rows, nobody in it yet. Returns
 * its row. */
sim_row village_add_household(struct village *self, sim_key key, struct sim_error *error);
/* A person, alive, in a household, without job, spouse or mother; uses a freed row when there is one. */
sim_row village_add_person(struct village *self, sim_row household, sim_key key, struct sim_error *error);
/* The person is dead or gone: out of its household's list, its row free. The caller posts the flow. */
void village_remove_person(struct village *self, sim_row person);
/* "village Lower", or "village Lower, household 3f2a0c55d1e90b17 (row 12)" of a household's row: its key is
 * the same in every arm. */
void village_name(const struct village *self, sim_row household, char *out, size_t size);
/* Handles every event of a village. A failure is reported under the name of the household in `concerned`. */
extern const struct sim_process_type village_process;
/* What a place of a profile is called when it is a step of the monthly round; NULL for others. */
const char *village_place_name(int32_t place);
void village_moment(const struct village *self, int32_t month, struct moment *moment);
/* Sends to the county, stamped with the village's number. */
int village_send(struct sim_context *context, const struct village *self, uint32_t kind, int32_t scheme,
    int64_t a, int64_t b, uint32_t c, struct sim_error *error);
int village_save(const struct village *self, struct sim_state *state, struct sim_error *error);
int village_load(struct village *self, struct sim_state *state, struct sim_error *error);
/* Tables' rows as text, then the checks of village_check. */
void village_print_state(const struct village *self, FILE *out);
/* Nobody has less than nothing, or as much as 2^51, beyond which columns go wrong as vectors
 * (sim/core/lanes.h); of one stock's bits or of several together, as sums may hide one holder's debt in
 * another's money. */
static inline bool village_is_stock(int64_t bits)
{
    return bits >> 51 == 0;
}

/* Invariants: no negative stock, lists whole, counts right. 0 or SIM_ERROR_MODEL. */
int village_check(const struct village *self, struct sim_error *error);
/* The same, with the household whom the fault is about apart: -1 for nobody in particular. */
int village_find_fault(const struct village *self, sim_row *household, struct sim_error *error);

#endif
