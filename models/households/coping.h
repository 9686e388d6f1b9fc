/* The coping ladder: what a household does when its cash does not cover the month's need, rung by rung, and
 * how its debts end. The rung used is an output. */
#ifndef MODELS_HOUSEHOLDS_COPING_H
#define MODELS_HOUSEHOLDS_COPING_H

#include "models/county/village.h"

/* Kin in the village cover a share of what is short, bounded by their surplus; each gives in proportion to
 * surplus. `needy` lists who has less cash than the month's need_fen asks for, in scratch_order at most,
 * whose second half it uses. */
void coping_share_with_kin(
    struct village *village, const struct moment *moment, const sim_row *needy, sim_row n_needy);
/* Credit, then animals at a discount that grows with how many sold in need last month, then hunger. */
void coping_climb_down(struct village *village, const struct moment *moment, sim_row household);
/* A share of the cash above a multiple of the buffer repays debt. */
void coping_repay(struct village *village, sim_row household);
/* A month's interest at `rate`; what is not paid is owed, and after so many months missed the debt is called.
 */
void coping_pay_interest(
    struct village *village, const struct moment *moment, sim_row household, double rate);

#endif
