/* Paired investments: a sponsor pays for a project here. Life: approve > fund in tranches > build in the
 * working season, with delay and overrun > complete > operate > hand over > end. What it does is a list of
 * effects (effects/effect.h). A program file describes one investment; absent programs of an arm are dormant:
 * they exist, with the same number, and nothing happens. */
#ifndef MODELS_INVESTMENTS_INVESTMENT_H
#define MODELS_INVESTMENTS_INVESTMENT_H

#include "sim/data/table.h"
#include "sim/rand/rand.h"
#include "sim/scenario/schema.h"

#define INVESTMENT_MAX 64    /* programs of an experiment, over all arms */
#define INVESTMENT_EFFECTS 6 /* effects of a program */
#define INVESTMENT_TRANCHES 8
#define SCHEME_MAX 64 /* effects of all programs; a scheme is one effect of one program */
#define SCHEME_NONE ((int32_t)-1)

enum milestone {
    MILESTONE_APPROVED,
    MILESTONE_FUNDED, /* first tranche */
    MILESTONE_STARTED,
    MILESTONE_COMPLETED,
    MILESTONE_HANDED_OVER,
    MILESTONE_ENDED,
    MILESTONES
};
extern const char *const milestone_names[MILESTONES];

enum investment_status {
    INVESTMENT_DORMANT,
    INVESTMENT_BUILDING, /* approved and not yet complete */
    INVESTMENT_OPERATING,
    INVESTMENT_HANDED_OVER,
    INVESTMENT_ENDED,
    INVESTMENT_FAILED /* its enterprise or cooperative has closed for want of money */
};

#define INVESTMENT_PARAMS(P)                                                                                 \
    P(TEXT, name, "", "", 0, 0, "short name, as the experiment calls it", "")                                \
    P(TEXT, title, "", "", 0, 0, "what it is", "")                                                           \
    P(TEXT, sponsor, "", "unnamed sponsor", 0, 0, "who pays", "")                                            \
    P(MONTH, approve, "", "", 0, 0, "month of approval", "")                                                 \
    P(INTEGER, budget, "fen", "", 0, 1e14, "money promised", "")                                             \
    P(INTEGER, tranches, "1", "2", 1, INVESTMENT_TRANCHES, "equal payments", "assumption")                   \
    P(INTEGER, tranche_interval, "month", "6 month", 1, 60, "time between payments", "assumption")           \
    P(REAL, works, "1", "0.9", 0, 1,                                                                         \
        "share of the budget that works and goods cost as planned; the rest is"                              \
        " working capital and cash for households",                                                          \
        "assumption")                                                                                        \
    P(INTEGER, build_time, "month", "12 month", 0, 240, "working months that building takes as planned",     \
        "assumption")                                                                                        \
    P(INTEGER, season_from, "1", "4", 1, 12, "first calendar month in which work is possible",               \
        "Tashkurgan's photovoltaic station: six months a year (China Today)")                                \
    P(INTEGER, season_to, "1", "9", 1, 12, "last calendar month in which work is possible",                  \
        "Tashkurgan's photovoltaic station: six months a year (China Today)")                                \
    P(REAL, overrun, "1", "0.20", 0, 5, "mean cost overrun", "roads: 20 percent (Flyvbjerg et al. 2003)")    \
    P(REAL, overrun_sd, "1", "0.30", 0, 5, "standard deviation of the overrun",                              \
        "roads: 30 percentage points (Flyvbjerg et al. 2003)")                                               \
    P(REAL, delay, "1", "0.25", 0, 5, "mean delay, as a share of the planned building time", "assumption")   \
    P(REAL, delay_sd, "1", "0.35", 0, 5, "standard deviation of the delay", "assumption")                    \
    P(SWITCH, uncertainty, "none|drawn", "drawn", 0, 0,                                                      \
        "whether overrun, delay and leakage are drawn, or the plan is kept", "switch")                       \
    P(REAL, contingency, "1", "0.10", 0, 5,                                                                  \
        "overrun that the sponsor covers, as a share of the works;"                                          \
        " beyond it the project shrinks",                                                                    \
        "assumption")                                                                                        \
    P(REAL, leak, "1", "0.08", 0, 1, "mean share of a payment that leaks or is wasted",                      \
        "audits of 40 counties 2013-15: 1.4 percent illegal, 7.9 percent wasted or mismanaged (NAO)")        \
    P(REAL, audit, "1", "0.3", 0, 1, "chance that a payment is audited", "assumption")                       \
    P(REAL, recovery, "1", "0.4", 0, 1, "share of audited leaks that comes back", "assumption")              \
    P(INTEGER, operate, "month", "96 month", 1, 1200, "time from completion to hand-over", "assumption")     \
    P(INTEGER, last, "month", "240 month", 1, 1200, "time from completion to the end", "assumption")

struct effect_config;

struct investment_config {
    INVESTMENT_PARAMS(SIM_PARAM_FIELD)
    sim_key key;
    bool active;            /* in this arm; false: dormant */
    const uint8_t *targets; /* [n_villages], 1 for a recipient */
    int32_t n_effects;
    int32_t first_scheme; /* its effects are schemes first_scheme .. + n_effects - 1 */
};
extern const struct sim_schema investment_schema;

/* What has become of each investment: one row a program. Money in fen. */
#define INVESTMENT_COLUMNS(X)                                                                                \
    X(int32_t, I32, status, "1", "see enum investment_status")                                               \
    X(int32_t, I32, tranches_paid, "1", "payments made")                                                     \
    X(double, F64, progress, "1", "share of the works done")                                                 \
    X(double, F64, overrun, "1", "cost overrun, drawn")                                                      \
    X(double, F64, delay, "1", "delay as a share of the planned building time, drawn")                       \
    X(double, F64, scale, "1", "share of the planned size that was built")                                   \
    X(int64_t, I64, fund_fen, "fen", "money held")                                                           \
    X(int64_t, I64, paid_fen, "fen", "money the sponsor has paid, less what came back")                      \
    X(int64_t, I64, leaked_fen, "fen", "money that leaked")                                                  \
    X(int64_t, I64, recovered_fen, "fen", "leaked money brought back")                                       \
    X(int64_t, I64, works_fen, "fen", "spent on works and goods")                                            \
    X(int64_t, I64, date_approved, "s", "realised dates; 0: not yet")                                        \
    X(int64_t, I64, date_funded, "s", "first payment")                                                       \
    X(int64_t, I64, date_started, "s", "begin of works")                                                     \
    X(int64_t, I64, date_completed, "s", "completion")                                                       \
    X(int64_t, I64, date_handed_over, "s", "hand-over")                                                      \
    X(int64_t, I64, date_ended, "s", "end")

SIM_TABLE_STRUCT(investment_table, INVESTMENT_COLUMNS);

/* The dates promised: as planned, without delay; month indices, by milestone. */
void investment_promise(const struct investment_config *config, int32_t months[MILESTONES]);

#endif
