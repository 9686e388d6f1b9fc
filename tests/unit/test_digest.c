#include "sim/core/digest.h"

#include <string.h>

#include "tests/support/check.h"

static void check_digest(const char *text, const char *expected)
{
    uint8_t digest[SIM_DIGEST_BYTES];
    char hex[SIM_DIGEST_TEXT];
    sim_digest_bytes(text, (int64_t)strlen(text), digest);
    sim_digest_text(digest, hex);
    assert_string_equal(hex, expected);
}

static void test_vectors_of_fips_180(void **unused)
{
    (void)unused;
    check_digest("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_digest("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void test_pieces_add_up(void **unused)
{
    (void)unused;
    struct sim_digest digest;
    uint8_t whole[SIM_DIGEST_BYTES], pieces[SIM_DIGEST_BYTES];
    sim_digest_init(&digest);
    sim_digest_add(&digest, "a", 1);
    sim_digest_add(&digest, "", 0);
    sim_digest_add(&digest, "bc", 2);
    sim_digest_end(&digest, pieces);
    sim_digest_bytes("abc", 3, whole);
    assert_memory_equal(whole, pieces, sizeof whole);
}

static void test_texts_carry_their_length(void **unused)
{
    (void)unused;
    struct sim_digest digest;
    uint8_t a[SIM_DIGEST_BYTES], b[SIM_DIGEST_BYTES];
    sim_digest_init(&digest);
    sim_digest_add_text(&digest, "ab");
    sim_digest_add_text(&digest, "c");
    sim_digest_end(&digest, a);
    sim_digest_init(&digest);
    sim_digest_add_text(&digest, "a");
    sim_digest_add_text(&digest, "bc");
    sim_digest_end(&digest, b);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors_of_fips_180),
        cmocka_unit_test(test_pieces_add_up),
        cmocka_unit_test(test_texts_carry_their_length),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
