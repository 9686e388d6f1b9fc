/* Firms of the townships. Rung: definition, closed form; runs of the tiny county with many small firms. */
#include "tests/support/county.h"

#include "models/enterprises/firm_life.h"
#include "models/enterprises/firms.h"
#include "sim/core/real.h"

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

enum { EMPLOYERS = SCHEME_MAX + 256 };

struct census {
    const struct firms_run *of;
    int32_t staff[EMPLOYERS];
    int32_t refused[EMPLOYERS]; /* of which the county hears next month */
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
    if (event->kind == MESSAGE_HIRED) {
        bool takes = will_take_it(self->of, (sim_row)event->data[0], (sim_key)event->data[1]);
        self->staff[event->entity] += takes;
        self->refused[event->entity] += !takes;
    } else if (event->kind == MESSAGE_LAID_OFF)
        self->staff[event->entity] -= (int32_t)event->data[0];
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
            for (sim_row p = 0; p < persons->head.n; p++)
                if (persons->alive[p] && persons->job[p] != PERSON_NO_JOB) {
                    assert_true(persons->job[p] < EMPLOYERS);
                    census.staff[persons->job[p]]++;
                }
        }
        sim_world_visit(self.run.world, visit, &census);
        for (int32_t scheme = 0; scheme < self.county.scenario.n_schemes; scheme++)
            assert_int_equal(hub->schemes.staff[scheme], census.staff[scheme] + census.refused[scheme]);
        for (sim_row firm = 0; firm < hub->firms.head.n; firm++) {
            int32_t employer = employer_of_firm(firm);
            assert_int_equal(hub->firms.staff[firm], census.staff[employer] + census.refused[employer]);
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
            assert_true(job == PERSON_NO_JOB || firms->sector[job - SCHEME_MAX] == SECTOR_PUBLIC);
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
    check_near(hub->board->towns.works_fen[0], 1e6, 1e-12, 0.0);
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
    const char *const sets[] = {"parameters.enterprises.workshops=1000"};
    struct county_fixture county;
    county_fixture_open(
        &county, PAMIR_SOURCE_DIR "/scenarios/experiments/tashkurgan.yaml", "reference", sets, 1);
    struct county_run run = {0};
    struct county_run_options options = {0};
    int code = county_run_init(&run, &county.scenario, &county.founders, 1, options, &county.error);
    assert_int_equal(code, SIM_ERROR_CAPACITY);
    assert_non_null(strstr(county.error.message, "enterprises.workshops"));
    county_run_free(&run);
    county_fixture_close(&county);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_staff_of_employers_are_the_persons_who_hold_their_posts),
        cmocka_unit_test(test_posts_of_the_first_day_are_filled_from_the_founders),
        cmocka_unit_test(test_without_firms_there_are_none),
        cmocka_unit_test(test_firms_that_lose_money_close_and_lay_off_but_public_posts_stay),
        cmocka_unit_test(test_shops_take_their_share_as_far_as_they_have_staff),
        cmocka_unit_test(test_builders_get_their_share_of_works_where_these_are),
        cmocka_unit_test(test_dear_labour_makes_workshops_smaller),
        cmocka_unit_test(test_the_published_hazard_gives_the_published_survival),
        cmocka_unit_test(test_taxes_of_firms_reach_the_treasury),
        cmocka_unit_test(test_more_firms_than_jobs_can_name_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
