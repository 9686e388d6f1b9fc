#include "models/county/replay.h"

#include <string.h>

#include "models/county/study_internal.h"
#include "sim/time/calendar.h"

/* What the log needs to remember between months. */
struct replay {
    const struct replay_options *options;
    const struct county_run *run;
    struct observer *observer;
    bool is_logged;                      /* the month that is being lived */
    struct investment_table investments; /* as last told */
};

static bool is_wanted(const struct replay_options *options, int32_t month)
{
    return options->log != NULL && month >= options->from && month < options->to;
}

/* ---- events ---- */

/* Whom an event's entity stands for: a program, an effect of one, a good, an employer. */
static void print_entity(const struct scenario *scenario, const struct sim_event *event, FILE *out)
{
    int32_t entity = (int32_t)event->entity;
    switch (event->kind) {
    case EVENT_TRANCHE:
    case EVENT_AUDIT:
    case EVENT_HAND_OVER:
    case EVENT_END:
        fprintf(out, ", program %s", scenario->investments[entity].name);
        return;
    case MESSAGE_TRADE:
        fprintf(out, ", %s", goods[entity].name);
        return;
    case EVENT_ILLNESS_END:
        fprintf(out, ", household row %d", (int)entity);
        return;
    case EVENT_VILLAGE_ROUND:
    case EVENT_NEW_YEAR:
    case EVENT_COUNTY_ROUND:
    case MESSAGE_DAYS:
    case MESSAGE_SPENT:
    case MESSAGE_SOCIAL:
    case MESSAGE_HERDS:
    case MESSAGE_LOCAL_SALES:
        return;
    default:
        break;
    }
    if (entity < scenario->n_schemes) {
        const struct effect_config *effect = &scenario->effects[entity];
        fprintf(
            out, ", %s.%s", scenario->investments[effect->investment].name, effect_types[effect->kind]->name);
    } else if (entity >= SCHEME_MAX) {
        fprintf(out, ", employer %d", (int)(entity - SCHEME_MAX));
    }
}

static void on_event(void *user, int32_t process, const struct sim_event *event)
{
    const struct replay *self = user;
    const struct scenario *scenario = self->run->scenario;
    if (!is_wanted(self->options, sim_month_from_time(event->time)) ||
        (process < scenario->n_villages && !self->options->villages))
        return;
    FILE *out = self->options->log;
    char date[11], who[200];
    sim_date_print(sim_date_from_time(event->time), date);
    county_process_name(scenario, process, who, sizeof who);
    const char *name = county_event_name(event->kind);
    fprintf(out, "%s event   %s: %s", date, who, name ? name : "?");
    print_entity(scenario, event, out);
    if (event->data[0] | event->data[1] | event->data[2]) {
        /* A message to the county carries its village in the low half of data[2]. */
        bool is_sent = process == scenario->n_villages && event->kind >= MESSAGE_APPLY;
        int32_t village = (int32_t)event->data[2];
        fprintf(out, " (%lld %lld %lld)", (long long)event->data[0], (long long)event->data[1],
            (long long)(is_sent ? event->data[2] >> 32 : event->data[2]));
        if (is_sent && village >= 0 && village < scenario->n_villages)
            fprintf(out, " from %s", scenario->villages[village].name);
    }
    fputc('\n', out);
}

/* ---- a month ---- */

static int64_t stock_of(const struct county_run *run, int32_t account, int32_t kind)
{
    int32_t at = account * KIND_COUNT + kind;
    int64_t sum = run->hub.ledger.stock[at];
    for (int32_t v = 0; v < run->scenario->n_villages; v++)
        sum += run->villages[v].ledger.stock[at];
    return sum;
}

static double money(int64_t fen)
{
    return (double)fen / 100;
}

static void print_people(const struct county_run *run, FILE *out)
{
    struct village_month sum = {0};
    for (int32_t v = 0; v < run->scenario->n_villages; v++) {
        const struct village_month *report = &run->villages[v].report;
        sum.persons += report->persons;
        sum.households += report->households;
        sum.hungry += report->hungry;
        sum.jobs += report->jobs;
        sum.migrants += report->migrants;
        sum.births += report->births;
        sum.deaths += report->deaths;
        sum.marriages += report->marriages;
        sum.divisions += report->divisions;
        sum.left_persons += report->left_persons;
        sum.sick_herds += report->sick_herds;
        sum.distress += report->distress;
        sum.defaults += report->defaults;
        sum.coop_members += report->coop_members;
        sum.consumption_fen += report->consumption_fen;
        for (int32_t species = 0; species < SPECIES_COUNT; species++)
            sum.heads[species] += report->heads[species];
    }
    fprintf(out, " persons=%lld households=%lld hungry=%lld jobs=%lld migrants=%lld births=%lld deaths=%lld",
        (long long)sum.persons, (long long)sum.households, (long long)sum.hungry, (long long)sum.jobs,
        (long long)sum.migrants, (long long)sum.births, (long long)sum.deaths);
    fprintf(out, " marriages=%lld divisions=%lld left=%lld members=%lld", (long long)sum.marriages,
        (long long)sum.divisions, (long long)sum.left_persons, (long long)sum.coop_members);
    for (int32_t species = 0; species < SPECIES_COUNT; species++)
        fprintf(out, " %s=%lld", species_names[species], (long long)sum.heads[species]);
    fprintf(out, " sick_herds=%lld distress=%lld defaults=%lld consumption=%.2f", (long long)sum.sick_herds,
        (long long)sum.distress, (long long)sum.defaults, money(sum.consumption_fen));
}

static void print_money(const struct county_run *run, FILE *out)
{
    for (int32_t account = 0; account < ACCOUNT_COUNT; account++)
        if (county_ledger_type.accounts[account].class != SIM_ACCOUNT_OUTSIDE) {
            fputs(" money.", out);
            for (const char *c = county_ledger_type.accounts[account].name; *c; c++)
                fputc(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c, out);
            fprintf(out, "=%.2f", money(stock_of(run, account, KIND_MONEY)));
        }
    fprintf(out, " debt=%.2f", money(stock_of(run, ACCOUNT_HOUSEHOLDS, KIND_DEBT)));
}

/* Outside prices of the month; the townships' markets as its round left them. */
static void print_prices(const struct county_run *run, FILE *out)
{
    const struct board *board = &run->board;
    for (int32_t good = 0; good < GOODS; good++)
        fprintf(out, " price.%s=%.4g", goods[good].name,
            board->price[good] / (goods[good].fen_per_unit > 0 ? goods[good].fen_per_unit : 1));
    for (int32_t town = 0; town < run->scenario->n_townships; town++) {
        const char *name = run->scenario->townships[town].name;
        fprintf(out, " %s.wage_factor=%.4g %s.found_share=%.4g %s.service_price=%.4g %s.vacancies=%d", name,
            board->towns.wage_factor[town], name, board->towns.found_share[town], name,
            board->towns.service_price[town], name, (int)board->towns.vacancies[town]);
    }
}

static void print_month(const struct county_run *run, int32_t month, FILE *out)
{
    fprintf(out, "%d-%02d    month  ", sim_month_year(month), sim_month_of_year(month));
    print_people(run, out);
    print_money(run, out);
    print_prices(run, out);
    fputc('\n', out);
}

/* The dates that were reached since the last look, by name. */
static bool print_milestones(
    const struct investment_table *now, const struct investment_table *then, int32_t i, FILE *out)
{
    const struct {
        const int64_t *now, *then;
        enum milestone milestone;
    } dates[] = {
        {now->date_approved, then->date_approved, MILESTONE_APPROVED},
        {now->date_funded, then->date_funded, MILESTONE_FUNDED},
        {now->date_started, then->date_started, MILESTONE_STARTED},
        {now->date_completed, then->date_completed, MILESTONE_COMPLETED},
        {now->date_handed_over, then->date_handed_over, MILESTONE_HANDED_OVER},
        {now->date_ended, then->date_ended, MILESTONE_ENDED},
    };
    bool any = false;
    for (int32_t k = 0; k < SIM_COUNT(dates); k++) {
        if (dates[k].now[i] == dates[k].then[i] || dates[k].now[i] == 0)
            continue;
        char date[11];
        sim_date_print(sim_date_from_time(dates[k].now[i]), date);
        fprintf(out, "%s %s %s", any ? "," : "", milestone_names[dates[k].milestone], date);
        any = true;
    }
    return any;
}

/* Programs whose dates or money changed in the month. */
static void print_programs(struct replay *self, const struct county_run *run, int32_t month, FILE *out)
{
    static const char *const statuses[] = {
        "dormant", "building", "operating", "handed over", "ended", "failed"};
    const struct investment_table *now = &run->hub.investments, *then = &self->investments;
    for (int32_t i = 0; i < run->scenario->n_investments; i++) {
        bool same = now->status[i] == then->status[i] && now->paid_fen[i] == then->paid_fen[i] &&
                    now->leaked_fen[i] == then->leaked_fen[i] &&
                    now->recovered_fen[i] == then->recovered_fen[i] &&
                    now->works_fen[i] == then->works_fen[i] && now->fund_fen[i] == then->fund_fen[i];
        if (same)
            continue;
        fprintf(out, "%d-%02d    program %s:", sim_month_year(month), sim_month_of_year(month),
            run->scenario->investments[i].name);
        bool any = print_milestones(now, then, i, out);
        fprintf(out,
            "%s %s; paid %.2f, leaked %.2f, recovered %.2f, works %.2f, fund %.2f %s; %.1f%% built\n",
            any ? ";" : "", now->status[i] < SIM_COUNT(statuses) ? statuses[now->status[i]] : "?",
            money(now->paid_fen[i]), money(now->leaked_fen[i]), money(now->recovered_fen[i]),
            money(now->works_fen[i]), money(now->fund_fen[i]), run->scenario->county.currency,
            100 * now->progress[i]);
    }
}

static void print_state(const struct county_run *run, FILE *out)
{
    for (int32_t v = 0; v < run->scenario->n_villages; v++)
        village_print_state(&run->villages[v], out);
    hub_print_state(&run->hub, out);
}

static int watch_month(void *user, const struct county_run *run, int32_t month, struct sim_error *error)
{
    struct replay *self = user;
    const struct replay_options *options = self->options;
    int code = observer_month(self->observer, run, month, error);
    if (is_wanted(options, month)) {
        print_programs(self, run, month, options->log);
        print_month(run, month, options->log);
    }
    if (options->log && month == options->state) {
        fprintf(options->log, "%d-%02d    state   at the month's end:\n", sim_month_year(month),
            sim_month_of_year(month));
        print_state(run, options->log);
    }
    struct sim_error ignored = {0};
    (void)sim_table_copy(&self->investments, &run->hub.investments, &investment_table_type, &ignored);
    return code;
}

/* ---- the row ---- */

/* Who failed, whole: the village that the message names, else the county. */
static void print_failure(const struct county_run *run, const struct sim_error *error, FILE *out)
{
    int32_t month = sim_month_from_time(sim_world_now(run->world));
    fprintf(out, "%d-%02d    FAILED  %s\n", sim_month_year(month), sim_month_of_year(month), error->message);
    for (int32_t v = 0; v < run->scenario->n_villages; v++) {
        char who[200];
        county_process_name(run->scenario, v, who, sizeof who);
        const char *at = strstr(error->message, who);
        if (!at || (at[strlen(who)] != ':' && at[strlen(who)] != ','))
            continue;
        fprintf(out, "%s as it stood:\n", who);
        village_print_state(&run->villages[v], out);
        return;
    }
    fputs("the county as it stood:\n", out);
    hub_print_state(&run->hub, out);
}

static int live(struct replay *self, struct county_run *run, const struct scenario *scenario,
    const struct founders *founders, int32_t replicate, struct sim_error *error)
{
    const struct sim_trace trace = {self, on_event};
    struct county_run_options options = {.scheduler = SIM_SCHEDULER_SERIAL, .n_threads = 1};
    options.trace = self->options->log ? &trace : NULL;
    int code = county_run_init(run, scenario, founders, (uint64_t)replicate, options, error);
    if (code == 0)
        code = sim_table_init(
            &self->investments, &investment_table_type, &run->arena, run->hub.investments.head.n, error);
    if (code == 0) /* as founded: what is told is what changed */
        code = sim_table_copy(&self->investments, &run->hub.investments, &investment_table_type, error);
    if (code < 0)
        return code;
    run->observe = watch_month;
    run->observer = self;
    run->pulse = &sim_pulse_signals;
    code = county_run_until(run, scenario->end_month, error);
    if (code == 0)
        code = observer_end(self->observer, run, error);
    if (code < 0 && code != SIM_ERROR_STOPPED && self->options->log)
        print_failure(run, error, self->options->log);
    return code;
}

int replay_row(const struct county_study *study, int32_t point, int32_t arm, int32_t replicate,
    const struct replay_options *options, void *row, struct sim_error *error)
{
    const struct scenario *scenario = county_study_scenario(study, point, arm);
    const struct founders *founders = county_study_founders(study);
    struct county_run run = {0};
    struct replay self = {.options = options, .run = &run};
    memset(row, 0, (size_t)study->output.row_bytes);
    self.observer = observer_new(&study->output, scenario, founders, &study->options, row, error);
    if (!self.observer)
        return error->code;
    int code = live(&self, &run, scenario, founders, replicate, error);
    county_run_free(&run);
    observer_free(self.observer);
    return code;
}
