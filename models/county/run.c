#include "models/county/run.h"

#include <stdio.h>
#include <string.h>

#include "models/labour/market.h"
#include "models/markets/trade.h"
#include "sim/core/guard.h"
#include "sim/time/calendar.h"

/* Sums what the messages under way carry. */
struct transit {
    const struct county_run *run;
    int64_t money_fen;
};

static void visit_event(void *user, const struct sim_event *event)
{
    struct transit *self = user;
    switch (event->kind) {
    case MESSAGE_GRANT:
    case MESSAGE_PAY_MEMBERS:
    case MESSAGE_TITLE:
    case MESSAGE_WAGES:
    case MESSAGE_LOCAL_SALES:
        self->money_fen += event->data[0];
        break;
    case MESSAGE_PAY_ONE:
        self->money_fen += event->data[1];
        break;
    default: /* deliveries and returned wages arrive within their month */
        break;
    }
}

/* What all ledgers together have in transit must be what the messages under way carry; animals have arrived.
 */
static int check_transit(const struct county_run *run, struct sim_error *error)
{
    struct transit transit = {run, 0};
    sim_world_visit(run->world, visit_event, &transit);
    int64_t booked[KIND_COUNT];
    const int32_t at = ACCOUNT_TRANSIT * KIND_COUNT;
    memcpy(booked, run->hub.ledger.stock + at, sizeof booked);
    for (int32_t v = 0; v < run->scenario->n_villages; v++)
        for (int32_t kind = 0; kind < KIND_COUNT; kind++)
            booked[kind] += run->villages[v].ledger.stock[at + kind];
    booked[KIND_MONEY] -= transit.money_fen;
    for (int32_t kind = 0; kind < KIND_COUNT; kind++)
        if (booked[kind] != 0)
            return sim_error_set(error, SIM_ERROR_BOOKS,
                "county: %s in transit: %lld booked that no message under way carries",
                county_ledger_type.kinds[kind].name, (long long)booked[kind]);
    return 0;
}

/* Hands the whole state over, the observer's behind it. What cannot be written down is told; the run goes
 * on. */
static void keep(const struct county_run *run, sim_time boundary)
{
    struct sim_error error = {0};
    struct sim_state state;
    sim_state_init(&state);
    int code = county_run_save(run, &state, &error);
    if (code == 0 && run->save_observer)
        code = run->save_observer(run->observer, &state, &error);
    if (code < 0 && run->pulse->lost)
        run->pulse->lost(run->pulse->user, boundary, &error);
    else if (code == 0 && run->pulse->keep)
        run->pulse->keep(run->pulse->user, boundary, &state);
    sim_state_free(&state);
}

static int feel_pulse(const struct county_run *run, sim_time boundary, struct sim_error *error)
{
    enum sim_pulse_wish wish = run->pulse->ask(run->pulse->user, boundary);
    if (wish == SIM_PULSE_SAVE || wish == SIM_PULSE_SAVE_AND_STOP)
        keep(run, boundary);
    return wish == SIM_PULSE_STOP || wish == SIM_PULSE_SAVE_AND_STOP
               ? sim_error_set(error, SIM_ERROR_STOPPED, "stopped")
               : 0;
}

static int on_boundary(void *user, struct sim_world *world, sim_time boundary, struct sim_error *error)
{
    struct county_run *run = user;
    struct sim_error failure = {0};
    (void)world;
    int code = check_transit(run, &failure);
    if (code == 0 && run->observe)
        code = run->observe(run->observer, run, sim_month_from_time(boundary) - 1, &failure);
    if (code < 0) {
        char lived[11];
        sim_date_print(sim_date_from_time(boundary - 1), lived);
        return sim_error_set(error, code, "%.7s, %s", lived, failure.message);
    }
    /* After the observer, who reads the prices of the month just lived. */
    hub_publish(&run->hub, sim_month_from_time(boundary));
    return run->pulse ? feel_pulse(run, boundary, error) : 0;
}

static int before_window(void *user, struct sim_world *world, struct sim_error *error)
{
    struct county_run *run = user;
    return hub_begin_month(&run->hub, world, error);
}

int founders_pack(struct founders *self, struct sim_error *error)
{
    struct founders packed = {.n_villages = self->n_villages};
    sim_row most = 0; /* rows of a table */
    for (int32_t v = 0; v < self->n_villages; v++) {
        const struct village *village = &self->villages[v];
        const struct sim_table_head *heads[] = {
            &village->persons.head, &village->herds.head, &village->parcels.head, &village->schemes.head};
        for (int32_t i = 0; i < SIM_COUNT(heads); i++)
            most = heads[i]->n > most ? heads[i]->n : most;
    }
    sim_arena_init(&packed.arena);
    int64_t bytes = packed.n_villages * (int64_t)sizeof(struct village);
    const void *noughts = sim_arena_alloc(&packed.arena, most * (int64_t)sizeof(int64_t));
    packed.villages = sim_arena_alloc(&packed.arena, bytes);
    int code = noughts && packed.villages
                   ? 0
                   : sim_error_set(error, SIM_ERROR_MEMORY, "founding population: out of memory");
    for (int32_t v = 0; code == 0 && v < packed.n_villages; v++) {
        packed.villages[v] = self->villages[v];
        code = village_pack(&packed.villages[v], &packed.arena, noughts, error);
    }
    if (code < 0) {
        sim_arena_free(&packed.arena);
        return code;
    }
    sim_arena_free(&self->arena);
    *self = packed;
    for (int32_t v = 0; v < self->n_villages; v++)
        self->villages[v].arena = &self->arena;
    return 0;
}

/* Enough for any team of threads to share evenly, few enough that queues and scratch weigh little. */
enum { PARTITIONS = 128 };

static int32_t n_arenas(const struct county_run *self)
{
    return self->scenario->n_villages + self->n_partitions;
}

static int make_processes(struct county_run *self, const struct founders *founders, struct sim_luck luck,
    struct county_run_options options, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    int32_t n = scenario->n_villages;
    int32_t each = options.villages_per_partition > 0 ? options.villages_per_partition
                                                      : (n + PARTITIONS - 1) / PARTITIONS;
    self->n_partitions = (n + each - 1) / each;
    self->villages = sim_arena_alloc(&self->arena, n * (int64_t)sizeof(struct village));
    self->arenas =
        sim_arena_alloc(&self->arena, (n + self->n_partitions) * (int64_t)sizeof(struct sim_arena));
    self->scratch =
        sim_arena_alloc(&self->arena, self->n_partitions * (int64_t)sizeof(struct village_scratch));
    struct sim_process_spec *specs =
        sim_arena_alloc(&self->arena, (n + 1) * (int64_t)sizeof(struct sim_process_spec));
    if (!self->villages || !self->arenas || !self->scratch || !specs)
        return sim_error_set(error, SIM_ERROR_MEMORY, "no memory for %d villages", n);
    for (int32_t i = 0; i < self->n_partitions; i++)
        self->scratch[i].arena = &self->arenas[n + i];
    for (int32_t v = 0; v < n; v++) {
        int code = village_init(&self->villages[v], scenario, v, &self->board, luck, &founders->villages[v],
            &self->arenas[v], &self->scratch[v / each], error);
        if (code < 0)
            return code;
        specs[v] = (struct sim_process_spec){&village_process, &self->villages[v], 0, v / each};
    }
    specs[n] = (struct sim_process_spec){&hub_process, &self->hub, 1, self->n_partitions};
    int code = hub_init(&self->hub, scenario, &self->board, luck, &self->arena, error);
    if (code < 0)
        return code;
    struct sim_world_options world = {.start = sim_month_to_time(scenario->first_month),
        .next_boundary = sim_world_next_month,
        .before_window = before_window,
        .on_boundary = on_boundary,
        .user = self,
        .scheduler = options.scheduler,
        .n_threads = options.n_threads,
        .profile = options.profile,
        .trace = options.trace};
    self->world = sim_world_new(specs, n + 1, world, error);
    return self->world ? 0 : error->code;
}

/* People, firms, markets, the first prices and the first events. */
static int found(struct county_run *self, const struct founders *founders, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    int code = 0;
    for (int32_t v = 0; code == 0 && v < scenario->n_villages; v++)
        code = village_found(&self->villages[v], &founders->villages[v], error);
    if (code == 0)
        code = firms_found(&self->hub, self->villages, error);
    if (code < 0)
        return code;
    labour_market_init(&self->hub);
    local_init(&self->hub, self->villages);
    trade_init(&self->hub);
    hub_publish(&self->hub, scenario->first_month);
    struct sim_event round = {.kind = EVENT_VILLAGE_ROUND};
    struct sim_event year = {.kind = EVENT_NEW_YEAR};
    sim_time start = sim_month_to_time(scenario->first_month);
    sim_time first = sim_month_to_time(scenario->first_month + 1) - 1;
    for (int32_t v = 0; code == 0 && v < scenario->n_villages; v++)
        if ((code = sim_world_schedule(self->world, v, start, PHASE_FIRST, &year, error)) == 0)
            code = sim_world_schedule(self->world, v, first, PHASE_ROUND, &round, error);
    return code < 0 ? code : hub_schedule(&self->hub, self->world, error);
}

int county_run_init(struct county_run *self, const struct scenario *scenario, const struct founders *founders,
    uint64_t replicate, struct county_run_options options, struct sim_error *error)
{
    self->scenario = scenario;
    self->world = NULL;
    self->arenas = NULL;
    self->observe = NULL;
    self->save_observer = NULL;
    self->pulse = NULL;
    SIM_GUARD(sim_rand_check_purposes(), "two purposes share a block and word, or a name");
    sim_arena_init(&self->arena);
    struct sim_luck luck = {scenario->seed, replicate};
    int code = make_processes(self, founders, luck, options, error);
    return code < 0 || options.is_empty ? code : found(self, founders, error);
}

void county_run_free(struct county_run *self)
{
    sim_world_free(self->world);
    self->world = NULL;
    for (int32_t i = 0; self->arenas && i < n_arenas(self); i++)
        sim_arena_free(&self->arenas[i]);
    self->arenas = NULL;
    sim_arena_free(&self->arena);
}

int64_t county_run_bytes(const struct county_run *self)
{
    int64_t bytes = self->arena.bytes_used;
    for (int32_t i = 0; i < n_arenas(self); i++)
        bytes += self->arenas[i].bytes_used;
    return bytes;
}

int64_t county_run_allocs(const struct county_run *self)
{
    int64_t allocs = self->arena.n_allocs;
    for (int32_t i = 0; i < n_arenas(self); i++)
        allocs += self->arenas[i].n_allocs;
    return allocs;
}

void county_run_profile(const struct county_run *self, struct sim_profile *sum)
{
    sim_world_profile(self->world, sum);
}

const char *county_event_name(uint32_t kind)
{
    static const char *const events[] = {
#define NAME_EVENT(kind, name, carries) [kind] = name,
        COUNTY_EVENTS(NAME_EVENT)
#undef NAME_EVENT
    };
    return kind < SIM_COUNT(events) ? events[kind] : NULL;
}

const char *county_place_name(int32_t place)
{
    static const char *const engine[] = {"queues of events", "delivery of messages", "observer and books"};
    if (place >= 0 && place < SIM_COUNT(engine))
        return engine[place];
    const char *event =
        place > SIM_PLACE_EVENT ? county_event_name((uint32_t)(place - SIM_PLACE_EVENT)) : NULL;
    return event ? event : village_place_name(place);
}

void county_process_name(const struct scenario *scenario, int32_t process, char *out, size_t size)
{
    if (process >= 0 && process < scenario->n_villages)
        snprintf(out, size, "village %s", scenario->villages[process].name);
    else
        snprintf(out, size, "county");
}

int county_run_until(struct county_run *self, int32_t month, struct sim_error *error)
{
    return sim_world_run(self->world, sim_month_to_time(month), error);
}

int county_run_save(const struct county_run *self, struct sim_state *state, struct sim_error *error)
{
    int code = sim_world_save(self->world, state, error);
    for (int32_t v = 0; code == 0 && v < self->scenario->n_villages; v++)
        code = village_save(&self->villages[v], state, error);
    return code < 0 ? code : hub_save(&self->hub, state, error);
}

/* What is wrong with the events of a state: whose they are, and the rows that they name. */
struct fit {
    const struct county_run *run;
    bool is_unfit;
};

static bool is_village_event(const struct county_run *run, const struct sim_event *event)
{
    const struct village *village = &run->villages[sim_event_process(event)];
    bool is_scheme = event->entity < (uint32_t)run->scenario->n_schemes;
    switch (event->kind) {
    case EVENT_VILLAGE_ROUND:
    case EVENT_NEW_YEAR:
    case MESSAGE_WAGES:
    case MESSAGE_LAID_OFF:
    case MESSAGE_LOCAL_SALES:
        return true;
    case EVENT_ILLNESS_END:
        return event->entity < (uint32_t)village->households.head.n;
    case MESSAGE_HIRED:
        return event->data[0] >= 0 && event->data[0] < village->persons.head.n;
    case MESSAGE_PAY_ONE:
        return is_scheme && event->data[0] >= 0 && event->data[0] < village->households.head.n;
    case MESSAGE_OFFER:
    case MESSAGE_GRANT:
    case MESSAGE_PAY_MEMBERS:
    case MESSAGE_TITLE:
    case MESSAGE_CLOSED:
        return is_scheme;
    default:
        return false;
    }
}

/* What villages tell the county arrives within the month: none of it is under way at a month's end. */
static bool is_county_event(const struct county_run *run, const struct sim_event *event)
{
    switch (event->kind) {
    case EVENT_COUNTY_ROUND:
        return true;
    case EVENT_TRANCHE:
    case EVENT_AUDIT:
    case EVENT_HAND_OVER:
    case EVENT_END:
        return event->entity < (uint32_t)run->scenario->n_investments;
    default:
        return false;
    }
}

static void try_event(void *user, const struct sim_event *event)
{
    struct fit *self = user;
    bool is_of_village = (int32_t)sim_event_process(event) < self->run->scenario->n_villages;
    if (!(is_of_village ? is_village_event : is_county_event)(self->run, event))
        self->is_unfit = true;
}

int county_run_load(struct county_run *self, struct sim_state *state, struct sim_error *error)
{
    const struct scenario *scenario = self->scenario;
    int code = sim_world_load(self->world, state, error);
    if (code < 0)
        return code;
    sim_time now = sim_world_now(self->world);
    if (now < sim_month_to_time(scenario->first_month) || now > sim_month_to_time(scenario->end_month) ||
        now != sim_month_to_time(sim_month_from_time(now)))
        return sim_error_set(
            error, SIM_ERROR_FORMAT, "state at second %lld, which begins no month from here", (long long)now);
    for (int32_t v = 0; code == 0 && v < scenario->n_villages; v++)
        code = village_load(&self->villages[v], state, error);
    if (code == 0)
        code = hub_load(&self->hub, state, error);
    if (code < 0)
        return code;
    struct fit fit = {self, false};
    sim_world_visit(self->world, try_event, &fit);
    return fit.is_unfit ? sim_error_set(error, SIM_ERROR_FORMAT, "state: an event of nobody here") : 0;
}

int county_run_digest(const struct county_run *self, uint8_t out[SIM_DIGEST_BYTES], struct sim_error *error)
{
    struct sim_state state;
    sim_state_init(&state);
    int code = county_run_save(self, &state, error);
    if (code == 0)
        sim_digest_bytes(state.bytes, state.n, out);
    sim_state_free(&state);
    return code;
}
