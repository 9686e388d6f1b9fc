/* Participation: which household was offered which scheme, and what it did. A scheme is one effect of one
 * program. Offers can be refused and what was taken up can be left (design.md, law 4); take-up, refusal and
 * leaving are outputs. */
#ifndef MODELS_INVESTMENTS_PARTICIPATION_H
#define MODELS_INVESTMENTS_PARTICIPATION_H

#include "sim/data/table.h"

enum participation_state { PARTICIPATION_REFUSED = 1, PARTICIPATION_MEMBER, PARTICIPATION_LEFT };

#define PARTICIPATION_COLUMNS(X)                                                                             \
    X(int32_t, I32, household, "1", "row of the household")                                                  \
    X(int32_t, I32, scheme, "1", "scheme")                                                                   \
    X(int8_t, I8, state, "1", "refused, member, left")                                                       \
    X(int32_t, I32, since, "month", "month index of the last change")                                        \
    X(double, F64, trust, "1", "share of what is due that it believes will be paid")                         \
    X(int64_t, I64, amount, "1", "what the scheme placed: m2 of a plot, heads")                              \
    X(int64_t, I64, due_fen, "fen", "what was due to it this year")                                          \
    X(int64_t, I64, paid_fen, "fen", "what was paid to it this year")

SIM_TABLE_STRUCT(participation_table, PARTICIPATION_COLUMNS);

/* By scheme, in a village: counts that a report adds up. */
#define SCHEME_COLUMNS(X)                                                                                    \
    X(int32_t, I32, offered, "household", "households that were offered a place")                            \
    X(int32_t, I32, accepted, "household", "of these, took it")                                              \
    X(int32_t, I32, refused, "household", "of these, did not")                                               \
    X(int32_t, I32, left, "household", "took it and left it later")                                          \
    X(int32_t, I32, members, "household", "members now")                                                     \
    X(int64_t, I64, idle_m2, "m2", "plots made and not taken into use")                                      \
    X(int64_t, I64, plot_m2, "m2", "plots in use")                                                           \
    X(int64_t, I64, to_households_fen, "fen", "cash and goods that households got")                          \
    X(int64_t, I64, output_g, "g", "grain and hay from its plots, this year")                                \
    X(int64_t, I64, output_fen, "fen", "value of that, at farm-gate prices, this year")                      \
    X(int64_t, I64, side_sold, "head", "animals that members sold elsewhere, in all")                        \
    X(int64_t, I64, delivered, "head", "animals that members delivered, in all")

SIM_TABLE_STRUCT(scheme_table, SCHEME_COLUMNS);

struct village;

/* The household's participation in a scheme, or SIM_ROW_NONE. Cost O(participations of the village). */
sim_row participation_find(const struct village *village, sim_row household, int32_t scheme);
/* Whose luck decides about a household and a scheme: the same wherever the program stands in the experiment.
 * Lasting traits (taste, loyalty) are draws of occurrence 0. */
sim_key participation_luck(const struct village *village, sim_row household, int32_t scheme);
/* Releases all members of a scheme that has ended: it is not their choice. */
void participation_release(struct village *village, int32_t scheme, int32_t month);
/* Writes down the answer to an offer: a new row; counts it. Returns the row, or a negative code. */
sim_row participation_answer(struct village *village, sim_row household, int32_t scheme, bool accepts,
    int32_t month, int64_t amount, struct sim_error *error);
/* A member leaves (or is released when `by_choice` is false). */
void participation_leave(struct village *village, sim_row participation, int32_t month, bool by_choice);
/* Offers the places of a scheme one by one, in the order of its targeting, until they are taken or all have
 * answered. `accepts` decides for a household and says how much of `amount` it takes (0: it refuses;
 * negative: it is not eligible and not asked). Returns
 * what was taken in *taken. Who has answered before is not asked again. */
int participation_offer(struct village *village, int32_t scheme, int32_t rule, double error_spread,
    int64_t amount, int32_t month,
    int64_t (*accepts)(void *user, struct village *village, sim_row household, int64_t left), void *user,
    int64_t *taken, struct sim_error *error);

#endif
