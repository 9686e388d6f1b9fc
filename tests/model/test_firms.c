/* Firms of the townships. Rung: definition, closed form; runs of the tiny county with many small firms. */
#include "tests/support/county.h"

#include "models/enterprises/firm_life.h"
#include "models/enterprises/firms.h"
#include "models/households/demography.h"
#include "sim/core/real.h"
#include "sim/time/calendar.h"

/* A county of 98 persons has no firm at usual numbers: many small ones. */
#define MANY                                                                                                 \
    "parameters.enterprises.workshops=40", "parameters.enterprises.workshop_posts=4 job",                    \
        "parameters.enterprises.shops=40", "parameters.enterprises.shop_posts=2 job",                        \
        "parameters.enterprises.builders=40", "parameters.enterprises.builder_posts=2 job"
static const char *const many[] = {MANY};

struct firms_run {
    struct county_fixture county;
    struct county_run run;
};

static void begin(struct firms_run *self, const char *arm, const char *const *sets, int32_t n_sets)
{
    memset(self, 0, sizeof(*self));
    county_fixture_open(&self->county, TINY, arm, sets, n_sets);
    check_ok(county_run_init(&self->run, &self->county.scenario, &self->county.founders, 1,
                 (struct county_run_options){0}, &self->county.error),
        self->county.error);
}

static void end(struct firms_run *self)
{
    county_run_free(&self->run);
    county_fixture_close(&self->county);
}

enum { TOWNSHIPS = 2, EMPLOYERS = SCHEME_MAX + 256 };

struct census {
    const struct firms_run *of;
    int32_t staff[TOWNSHIPS][EMPLOYERS];
    int32_t refused[TOWNSHIPS][EMPLOYERS]; /* of which the county hears next month */
};

static bool will_take_it(const struct firms_run *of, sim_row row, sim_key key)
{
    for (int32_t v = 0; v < of->county.scenario.n_villages; v++) {
        const struct person_table *persons = &of->run.villages[v].persons;
        if (row < persons->head.n && persons->alive[row] && persons->key[row] == key)
            return persons->job[row] == PERSON_NO_JOB;
    }
    return false;
}

/* What is under way: who is hired or laid off and does not know it yet. */
static void visit(void *user, const struct sim_event *event)
{
    struct census *self = user;
    const struct scenario *scenario = &self->of->county.scenario;
    int32_t process = (int32_t)sim_event_process(event);
    if (event->kind != MESSAGE_HIRED && event->kind != MESSAGE_LAID_OFF)
        return;
    int32_t town = scenario->villages[process].township;
    if (event->kind == MESSAGE_HIRED) {
        bool takes = will_take_it(self->of, (sim_row)event->data[0], (sim_key)event->data[1]);
        self->staff[town][event->entity] += takes;
        self->refused[town][event->entity] += !takes;
    } else
        self->staff[town][event->entity] -= (int32_t)event->data[0];
}

static void test_staff_of_employers_are_the_persons_who_hold_their_posts(void **state)
{
    (void)state;
    const char *const sets[] = {MANY, "parameters.enterprises.shock_sd=0.6",
        "parameters.enterprises.exit_level=3", "parameters.labour.quit=0.5 1/year"};
    struct firms_run self;
    begin(&self, "all", sets, SIM_COUNT(sets));
    const struct hub *hub = &self.run.hub;
    int32_t hired = 0, most = 0;
    for (int32_t month = self.county.scenario.first_month; month < self.county.scenario.end_month; month++) {
        struct census census = {.of = &self};
        check_ok(county_run_until(&self.run, month + 1, &self.county.error), self.county.error);
        for (int32_t v = 0; v < self.county.scenario.n_villages; v++) {
            const struct person_table *persons = &self.run.villages[v].persons;
            int32_t town = self.county.scenario.villages[v].township;
            for (sim_row p = 0; p < persons->head.n; p++)
                if (persons->alive[p] && persons->job[p] != PERSON_NO_JOB) {
                    assert_true(persons->job[p] < EMPLOYERS);
                    census.staff[town][persons->job[p]]++;
                }
        }
        sim_world_visit(self.run.world, visit, &census);
        for (int32_t scheme = 0; scheme < self.county.scenario.n_schemes; scheme++)
            assert_int_equal(hub->schemes.staff[scheme], census.staff[0][scheme] + census.refused[0][scheme] +
                                                             census.staff[1][scheme] +
                                                             census.refused[1][scheme]);
        for (sim_row firm = 0; firm < hub->firms.head.n; firm++) {
            int32_t employer = employer_of_firm(hub->firms.number[firm]), town = hub->firms.township[firm];
            assert_int_equal(
                hub->firms.staff[firm], census.staff[town][employer] + census.refused[town][employer]);
            int32_t by_village = 0;
            for (int32_t i = 0; i < hub->most_villages; i++)
                by_village += hub->staff.staff[firm * hub->most_villages + i];
            assert_int_equal(by_village, hub->firms.staff[firm]);
            hired += hub->firms.staff[firm];
        }
        most = hub->firms.head.n > most ? hub->firms.head.n : most;
    }
    assert_true(hired > 100);
    assert_true(most > 5);
    end(&self);
}

static void test_posts_of_the_first_day_are_filled_from_the_founders(void **state)
{
    (void)state;
    struct firms_run self;
    begin(&self, "reference", many, SIM_COUNT(many));
    const struct hub *hub = &self.run.hub;
    int32_t jobs = 0, posts = 0, staff = 0;
    int64_t cash = 0;
    for (int32_t v = 0; v < self.county.scenario.n_villages; v++) {
        check_ok(village_check(&self.run.villages[v], &self.county.error), self.county.error);
        for (sim_row h = 0; h < self.run.villages[v].households.head.n; h++)
            jobs += self.run.villages[v].households.n_jobs[h];
    }
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++) {
        assert_true(hub->firms.since[firm] <= self.county.scenario.first_month);
        posts += hub->firms.posts[firm];
        staff += hub->firms.staff[firm];
        cash += hub->firms.cash_fen[firm];
    }
    assert_true(posts > 10);
    assert_int_equal(staff, jobs);
    assert_true(staff == posts || staff > 20);
    assert_int_equal(hub->ledger.stock[ACCOUNT_ENTERPRISES * KIND_COUNT + KIND_MONEY], cash);
    end(&self);
}

/* Each firm is walked once, in its township, by numbers that count from 0. */
static void test_walks_through_townships_meet_every_firm_once(void **state)
{
    (void)state;
    const char *const sets[] = {MANY, "parameters.enterprises.entry=2 1/year"};
    struct firms_run self;
    begin(&self, "reference", sets, SIM_COUNT(sets));
    const struct firm_table *firms = &self.run.hub.firms;
    int32_t before = firms->head.n;
    check_ok(county_run_until(&self.run, self.county.scenario.first_month + 24, &self.county.error),
        self.county.error);
    assert_true(firms->head.n > before);
    int32_t met = 0;
    for (int32_t t = 0; t < TOWNSHIPS; t++) {
        int32_t number = 0;
        FIRMS_EACH(&self.run.hub, t, firm)
        {
            assert_int_equal(firms->township[firm], t);
            assert_int_equal(firms->number[firm], number++);
            met++;
        }
    }
    assert_int_equal(met, firms->head.n);
    end(&self);
}

static void test_without_firms_there_are_none(void **state)
{
    (void)state;
    const char *const sets[] = {MANY, "parameters.enterprises.firms=none"};
    struct firms_run self;
    begin(&self, "land", sets, SIM_COUNT(sets));
    check_ok(county_run_until(&self.run, self.county.scenario.first_month + 40, &self.county.error),
        self.county.error);
    assert_int_equal(self.run.hub.firms.head.n, 0);
    for (sim_row t = 0; t < 2; t++) {
        assert_int_equal(self.run.board.towns.posts[t], 0);
        assert_int_equal(self.run.board.towns.vacancies[t], 0);
    }
    assert_int_equal(firms_build(&self.run.hub, NULL, 1000000), 0);
    assert_int_equal(firms_sell_local(&self.run.hub, 0, 1000000), 0);
    end(&self);
}

static void test_firms_that_lose_money_close_and_lay_off_but_public_posts_stay(void **state)
{
    (void)state;
    const char *const sets[] = {MANY, "parameters.enterprises.fixed_costs=40",
        "parameters.enterprises.entry=0 1/year", "parameters.enterprises.public_posts=0.1 job/person"};
    struct firms_run self;
    begin(&self, "reference", sets, SIM_COUNT(sets));
    check_ok(county_run_until(&self.run, self.county.scenario.first_month + 24, &self.county.error),
        self.county.error);
    const struct firm_table *firms = &self.run.hub.firms;
    int32_t closed = 0, public_staff = 0;
    for (sim_row firm = 0; firm < firms->head.n; firm++) {
        if (firms->sector[firm] == SECTOR_PUBLIC) {
            public_staff += firms->staff[firm];
            continue;
        }
        assert_int_equal(firms->running[firm], 0);
        assert_int_equal(firms->staff[firm], 0);
        assert_int_equal(firms->cash_fen[firm], 0);
        closed++;
    }
    assert_true(closed > 5);
    assert_true(public_staff > 0);
    for (int32_t v = 0; v < 2; v++)
        for (sim_row p = 0; p < self.run.villages[v].persons.head.n; p++) {
            int32_t job = self.run.villages[v].persons.job[p];
            FIRMS_EACH(&self.run.hub, self.county.scenario.villages[v].township, firm)
            assert_true(job != employer_of_firm(firms->number[firm]) || firms->sector[firm] == SECTOR_PUBLIC);
        }
    end(&self);
}

static void test_shops_take_their_share_as_far_as_they_have_staff(void **state)
{
    (void)state;
    struct firms_run self;
    begin(&self, "reference", many, SIM_COUNT(many));
    struct hub *hub = &self.run.hub;
    double share = self.county.scenario.enterprises.shop_share;
    int64_t shops = 0;
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++)
        shops += hub->firms.sector[firm] == SECTOR_SHOP && hub->firms.township[firm] == 0;
    assert_true(shops > 0);
    int64_t little = firms_sell_local(hub, 0, 10000);
    check_near((double)little, 10000.0 * share, 0.0, (double)shops);
    int64_t room = firms_sell_local(hub, 0, 1000000000000);
    assert_true(room > 0 && (double)room < 1e12 * share);
    assert_int_equal(firms_sell_local(hub, 0, 1000000000000), 0); /* the month's room is used up */
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++)
        hub->firms.staff[firm] = 0;
    assert_int_equal(firms_sell_local(hub, 1, 1000000), 0);
    end(&self);
}

static void test_builders_get_their_share_of_works_where_these_are(void **state)
{
    (void)state;
    struct firms_run self;
    begin(&self, "reference", many, SIM_COUNT(many));
    struct hub *hub = &self.run.hub;
    const uint8_t targets[] = {1, 0};
    struct investment_config works = {.targets = targets};
    int64_t got = firms_build(hub, &works, 1000000);
    check_near((double)got, 1e6 * self.county.scenario.enterprises.works_local, 0.0, 5.0);
    /* Their own staff makes it: only the rest asks for casual work. */
    check_near(hub->board->towns.works_fen[0], 1e6 - (double)got, 1e-12, 0.0);
    assert_true(hub->board->towns.works_fen[1] == 0.0);
    int64_t revenue = 0;
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++) {
        bool is_asked = hub->firms.sector[firm] == SECTOR_BUILDER && hub->firms.township[firm] == 0;
        assert_true(is_asked || hub->firms.revenue_fen[firm] == 0);
        revenue += hub->firms.revenue_fen[firm];
    }
    assert_int_equal(revenue, got);
    int64_t large = firms_build(hub, &works, 1000000000000); /* far beyond their room */
    assert_true(large > 0 && large < 100000000000);
    end(&self);
}

static void test_dear_labour_makes_workshops_smaller(void **state)
{
    (void)state;
    struct firms_run self;
    begin(&self, "reference", many, SIM_COUNT(many));
    struct hub *hub = &self.run.hub;
    const struct enterprise_params *params = &self.county.scenario.enterprises;
    sim_row firm = 0;
    while (hub->firms.sector[firm] != SECTOR_WORKSHOP)
        firm++;
    hub->firms.productivity[firm] = 1.0;
    struct firm_moment moment;
    firm_moment(hub, 0, self.county.scenario.first_month, &moment);
    check_near(moment.wage_ratio, 1.0, 1e-12, 0.0);
    check_near(firm_best_posts(hub, firm, &moment), params->workshop_posts, 1e-9, 0.0);
    hub->board->towns.wage_factor[0] = 1.21;
    firm_moment(hub, 0, self.county.scenario.first_month, &moment);
    check_near(moment.wage_ratio, 1.1, 1e-9, 0.0); /* half of it in logarithms */
    check_near(firm_best_posts(hub, firm, &moment),
        params->workshop_posts * sim_real_pow(1.1, -1.0 / (1.0 - params->labour_share)), 1e-9, 0.0);
    /* At the best size another post brings its wage and no more. */
    double n = firm_best_posts(hub, firm, &moment), usual = params->workshop_posts, step = 1e-4;
    double kept = firm_sales_of_post(hub, SECTOR_WORKSHOP, &moment) * (1.0 - params->workshop_materials) *
                  (1.0 - params->tax) * usual;
    double gain = kept * (sim_real_pow((n + step) / usual, params->labour_share) -
                             sim_real_pow((n - step) / usual, params->labour_share));
    check_near(gain / (2.0 * step), moment.wage_fen, 1e-6, 0.0);
    end(&self);
}

static void test_the_published_hazard_gives_the_published_survival(void **state)
{
    (void)state;
    double survival = 1.0;
    for (int32_t age = 0; age < 7; age++) {
        survival *= 1.0 - firm_exit_hazard(age);
        if (age == 4)
            check_near(survival, 0.70, 0.0, 0.015);
    }
    check_near(survival, 0.58, 0.0, 0.015);
    for (int32_t age = 7; age < 40; age++)
        assert_true(firm_exit_hazard(age) <= firm_exit_hazard(age - 1));
}

static void test_taxes_of_firms_reach_the_treasury(void **state)
{
    (void)state;
    struct firms_run self;
    begin(&self, "reference", many, SIM_COUNT(many));
    check_ok(county_run_until(&self.run, self.county.scenario.first_month + 12, &self.county.error),
        self.county.error);
    const struct hub *hub = &self.run.hub;
    int64_t tax = 0;
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++)
        tax += hub->firms.year_tax_fen[firm];
    assert_true(tax > 0);
    assert_int_equal(tax, hub->ledger.year[FLOW_FIRM_TAX]);
    assert_int_equal(tax, hub->treasury.year_tax_fen);
    end(&self);
}

/* A person's job is a number of 16 bits. */
static void test_more_firms_than_jobs_can_name_are_refused(void **state)
{
    (void)state;
    struct county_fixture county;
    county_fixture_open(
        &county, PAMIR_SOURCE_DIR "/scenarios/experiments/tashkurgan.yaml", "reference", NULL, 0);
    county.scenario.enterprises.workshops = 20000.0; /* past the reader, which refuses it, too */
    struct county_run run = {0};
    struct county_run_options options = {0};
    int code = county_run_init(&run, &county.scenario, &county.founders, 1, options, &county.error);
    assert_int_equal(code, SIM_ERROR_CAPACITY);
    assert_non_null(strstr(county.error.message, "enterprises.workshops"));
    county_run_free(&run);
    county_fixture_close(&county);
}

/* Opens the county's books anew on what a test has put there. */
static void reopen(struct hub *hub)
{
    int64_t counted[ACCOUNT_COUNT * KIND_COUNT];
    hub_count(hub, counted);
    sim_ledger_open(&hub->ledger, counted);
}

static void live_months(struct firms_run *self, int32_t n)
{
    int32_t month = sim_month_from_time(sim_world_now(self->run.world));
    check_ok(county_run_until(&self->run, month + n, &self->county.error), self->county.error);
}

static void test_tax_falls_on_value_added_and_not_on_sales(void **state)
{
    (void)state;
    const char *const sets[] = {MANY, "parameters.enterprises.tax=0.2"};
    struct firms_run self;
    begin(&self, "reference", sets, SIM_COUNT(sets));
    const struct firm_table *firms = &self.run.hub.firms;
    live_months(&self, 1);
    int32_t taxed = 0;
    for (sim_row firm = 0; firm < firms->head.n; firm++) {
        if (firms->sector[firm] == SECTOR_PUBLIC)
            continue;
        double added = (double)(firms->year_revenue_fen[firm] - firms->year_costs_fen[firm]);
        check_near((double)firms->year_tax_fen[firm], added > 0.0 ? 0.2 * added : 0.0, 0.0, 1.0);
        taxed += added > 0.0 && firms->year_costs_fen[firm] > 0;
    }
    assert_true(taxed > 3);
    end(&self);
}

/* Hazard 0.095 x 10 / 12 x size^-2: certain at a quarter of the usual size, 1 in 1,260 at four times it. */
static void test_small_firms_close_sooner_than_large_ones_of_their_age(void **state)
{
    (void)state;
    const char *const sets[] = {MANY, "parameters.enterprises.exit_level=10",
        "parameters.enterprises.exit_size=2", "parameters.enterprises.entry=0 1/year"};
    struct firms_run self;
    begin(&self, "reference", sets, SIM_COUNT(sets));
    struct firm_table *firms = &self.run.hub.firms;
    int32_t n[2] = {0, 0};
    for (sim_row firm = 0; firm < firms->head.n; firm++)
        if (firms->sector[firm] == SECTOR_WORKSHOP) {
            firms->since[firm] = self.county.scenario.first_month - 24;
            firms->posts[firm] = firm % 2 == 0 ? 1 : 16;
            n[firm % 2]++;
        }
    assert_true(n[0] > 0 && n[1] > 0);
    live_months(&self, 1);
    for (sim_row firm = 0; firm < firms->head.n; firm++)
        if (firms->sector[firm] == SECTOR_WORKSHOP)
            assert_int_equal(firms->running[firm], firm % 2 == 0 ? 0 : 1);
    end(&self);
}

static void empty(struct hub *hub, sim_row firm)
{
    hub->firms.staff[firm] = 0;
    for (int32_t i = 0; i < hub->most_villages; i++)
        hub->staff.staff[firm * hub->most_villages + i] = 0;
}

static void test_a_firm_in_need_adds_no_posts(void **state)
{
    (void)state;
    const char *const sets[] = {MANY, "parameters.enterprises.exit_level=0",
        "parameters.enterprises.adjustment=1 1/month", "parameters.enterprises.drift_sd=0"};
    struct firms_run self;
    begin(&self, "reference", sets, SIM_COUNT(sets));
    struct hub *hub = &self.run.hub;
    int32_t n[2] = {0, 0};
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++)
        if (hub->firms.sector[firm] == SECTOR_WORKSHOP) {
            empty(hub, firm);
            hub->firms.posts[firm] = 1;
            hub->firms.productivity[firm] = 1.0; /* four posts would pay */
            hub->firms.cash_fen[firm] = firm % 2 == 0 ? 0 : 100000000;
            n[firm % 2]++;
        }
    assert_true(n[0] > 0 && n[1] > 0);
    reopen(hub);
    live_months(&self, 1);
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++)
        if (hub->firms.sector[firm] == SECTOR_WORKSHOP) {
            assert_int_equal(hub->firms.bad_months[firm], firm % 2 == 0 ? 1 : 0);
            assert_int_equal(hub->firms.posts[firm], firm % 2 == 0 ? 1 : 4);
        }
    end(&self);
}

static void test_a_row_of_a_closed_firm_serves_its_sector_and_township_alone(void **state)
{
    (void)state;
    const char *const sets[] = {MANY, "parameters.enterprises.exit_level=10",
        "parameters.enterprises.exit_size=0", "parameters.enterprises.entry=2 1/year"};
    struct firms_run self;
    begin(&self, "reference", sets, SIM_COUNT(sets));
    const struct firm_table *firms = &self.run.hub.firms;
    enum { MOST = 512 };
    struct {
        sim_key key;
        int32_t sector, township;
    } was[MOST];
    int32_t known = 0, reused = 0;
    for (int32_t month = 0; month < 60; month++) {
        live_months(&self, 1);
        assert_true(firms->head.n <= MOST);
        for (sim_row firm = 0; firm < firms->head.n; firm++) {
            if (firm < known) {
                assert_int_equal(firms->sector[firm], was[firm].sector);
                assert_int_equal(firms->township[firm], was[firm].township);
                reused += firms->key[firm] != was[firm].key;
            }
            was[firm].key = firms->key[firm];
            was[firm].sector = firms->sector[firm];
            was[firm].township = firms->township[firm];
        }
        known = firms->head.n;
    }
    assert_true(reused > 5);
    end(&self);
}

static void test_who_is_hired_is_not_paid_for_the_month_before(void **state)
{
    (void)state;
    const char *const sets[] = {MANY};
    struct firms_run self;
    begin(&self, "all", sets, SIM_COUNT(sets));
    struct hub *hub = &self.run.hub;
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++)
        empty(hub, firm);
    for (int32_t v = 0; v < self.county.scenario.n_villages; v++)
        for (sim_row p = 0; p < self.run.villages[v].persons.head.n; p++)
            if (self.run.villages[v].persons.job[p] != PERSON_NO_JOB) {
                self.run.villages[v].persons.job[p] = PERSON_NO_JOB;
                self.run.villages[v].persons.activity[p] = ACTIVITY_HOME;
                demography_recount(&self.run.villages[v], self.run.villages[v].persons.household[p],
                    self.county.scenario.first_month);
            }
    bool hired[SECTORS] = {false};
    int32_t plant = 0;
    while (self.county.scenario.effects[plant].kind != EFFECT_PLANT)
        plant++;
    bool is_plant_hired = false;
    int32_t months = self.county.scenario.end_month - self.county.scenario.first_month;
    bool seen[512] = {false};
    for (int32_t month = 0; month < months; month++) {
        live_months(&self, 1);
        assert_true(hub->firms.head.n <= SIM_COUNT(seen));
        for (sim_row firm = 0; month < 10 && firm < hub->firms.head.n; firm++)
            if (hub->firms.staff[firm] > 0 && !seen[firm]) { /* its first staff has not worked yet */
                assert_int_equal(hub->firms.year_wages_fen[firm], 0);
                seen[firm] = true;
                hired[hub->firms.sector[firm]] = true;
            }
        if (hub->schemes.staff[plant] > 0 && !is_plant_hired) {
            assert_int_equal(hub->schemes.cum_to_households_fen[plant], 0);
            is_plant_hired = true;
        }
    }
    assert_true(hired[SECTOR_WORKSHOP] && hired[SECTOR_PUBLIC] && is_plant_hired);
    end(&self);
}

static void test_firms_of_the_first_day_are_the_same_in_all_replicates(void **state)
{
    (void)state;
    struct firms_run self;
    begin(&self, "reference", many, SIM_COUNT(many));
    struct county_run other = {0};
    check_ok(county_run_init(&other, &self.county.scenario, &self.county.founders, 2,
                 (struct county_run_options){0}, &self.county.error),
        self.county.error);
    const struct firm_table *a = &self.run.hub.firms, *b = &other.hub.firms;
    assert_int_equal(a->head.n, b->head.n);
    for (sim_row firm = 0; firm < a->head.n; firm++) {
        assert_true(a->key[firm] == b->key[firm]);
        assert_true(a->productivity[firm] == b->productivity[firm]);
        assert_int_equal(a->since[firm], b->since[firm]);
        assert_int_equal(a->posts[firm], b->posts[firm]);
    }
    for (int32_t v = 0; v < self.county.scenario.n_villages; v++) {
        const struct person_table *of = &self.run.villages[v].persons;
        assert_memory_equal(of->job, other.villages[v].persons.job, (size_t)of->head.n * sizeof(*of->job));
    }
    county_run_free(&other);
    end(&self);
}

static void test_turns_of_firms_change_with_month_and_replicate(void **state)
{
    (void)state;
    struct firms_run self;
    begin(&self, "reference", many, SIM_COUNT(many));
    struct hub *hub = &self.run.hub;
    for (sim_row firm = 0; firm < hub->firms.head.n; firm++)
        empty(hub, firm);
    int32_t by_month = 0, by_replicate = 0;
    for (int32_t month = 0; month < 24; month++) {
        struct sim_luck luck = hub->luck;
        sim_row first = firm_with_post(hub, 0, 12, firm_turn_salt(hub, luck, month));
        by_month += first != firm_with_post(hub, 0, 12, firm_turn_salt(hub, luck, month + 1));
        luck.replicate++;
        by_replicate += first != firm_with_post(hub, 0, 12, firm_turn_salt(hub, luck, month));
    }
    assert_true(by_month > 6 && by_replicate > 6);
    end(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_staff_of_employers_are_the_persons_who_hold_their_posts),
        cmocka_unit_test(test_posts_of_the_first_day_are_filled_from_the_founders),
        cmocka_unit_test(test_walks_through_townships_meet_every_firm_once),
        cmocka_unit_test(test_without_firms_there_are_none),
        cmocka_unit_test(test_firms_that_lose_money_close_and_lay_off_but_public_posts_stay),
        cmocka_unit_test(test_shops_take_their_share_as_far_as_they_have_staff),
        cmocka_unit_test(test_builders_get_their_share_of_works_where_these_are),
        cmocka_unit_test(test_dear_labour_makes_workshops_smaller),
        cmocka_unit_test(test_the_published_hazard_gives_the_published_survival),
        cmocka_unit_test(test_taxes_of_firms_reach_the_treasury),
        cmocka_unit_test(test_more_firms_than_jobs_can_name_are_refused),
        cmocka_unit_test(test_tax_falls_on_value_added_and_not_on_sales),
        cmocka_unit_test(test_small_firms_close_sooner_than_large_ones_of_their_age),
        cmocka_unit_test(test_a_firm_in_need_adds_no_posts),
        cmocka_unit_test(test_a_row_of_a_closed_firm_serves_its_sector_and_township_alone),
        cmocka_unit_test(test_who_is_hired_is_not_paid_for_the_month_before),
        cmocka_unit_test(test_firms_of_the_first_day_are_the_same_in_all_replicates),
        cmocka_unit_test(test_turns_of_firms_change_with_month_and_replicate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
