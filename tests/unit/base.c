/* The ground floor: errors, memory, text, random numbers, files. */
#include "ct.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void the_first_sentence_wins_and_can_be_prefixed(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_int_equal(pf_fail(&ctx, PF_ERR_RANGE, "age %d is below 0", -3), PF_ERR_RANGE);
    assert_int_equal(pf_fail(&ctx, PF_ERR_IO, "later"), PF_ERR_IO);
    assert_int_equal(pf_fail_in(&ctx, "patient %d", 7), PF_ERR_RANGE);
    assert_string_equal(ctx.message, "patient 7: age -3 is below 0");
}

static void every_error_has_a_name_and_a_sentence(void **state)
{
    (void)state;
    for (int code = 0; code < PF_ERR_COUNT; code++) {
        assert_true(strlen(pf_err_name((pf_err)code)) > 1);
        assert_true(strlen(pf_err_text((pf_err)code)) > 5);
    }
    assert_string_equal(pf_err_name((pf_err)999), "UNKNOWN");
}

static void an_allocation_that_overflows_is_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_null(pf_calloc(&ctx, SIZE_MAX / 2, 8));
    assert_int_equal(ctx.code, PF_ERR_NO_MEMORY);
}

static void an_arena_keeps_addresses_and_content(void **state)
{
    (void)state;
    pf_arena a;
    pf_arena_init(&a);
    char *first = pf_arena_strdup(NULL, &a, "first");
    for (int i = 0; i < 5000; i++) assert_non_null(pf_arena_alloc(NULL, &a, 100, 1));
    assert_string_equal(first, "first");
    assert_string_equal(pf_arena_printf(NULL, &a, "%d-%s", 5, "x"), "5-x");
    pf_arena_clear(&a);
}

static void philox_gives_the_published_vectors(void **state)
{
    (void)state;
    /* Known answers of the Random123 distribution, philox4x32 10. */
    const uint32_t zero[4] = {0}, ones[4] = {~0u, ~0u, ~0u, ~0u};
    const uint32_t pi[4] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
    const uint32_t pik[2] = {0xa4093822, 0x299f31d0};
    const uint32_t want[3][4] = {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
    uint32_t got[4];
    pf_philox(zero, zero, got);
    assert_memory_equal(got, want[0], sizeof got);
    pf_philox(ones, ones, got);
    assert_memory_equal(got, want[1], sizeof got);
    pf_philox(pik, pi, got);
    assert_memory_equal(got, want[2], sizeof got);
}

static void identity_alone_decides_a_draw(void **state)
{
    (void)state;
    pf_random a, b;
    pf_random_init(&a, 1, PF_DRAW_TEST, 2, 3, 4);
    pf_random_init(&b, 1, PF_DRAW_TEST, 2, 3, 4);
    for (int i = 0; i < 9; i++) assert_int_equal(pf_random_word(&a), pf_random_word(&b));
    pf_random_init(&b, 1, PF_DRAW_DEATH, 2, 3, 4);
    assert_int_not_equal(pf_random_word(&a), pf_random_word(&b));
}

static void the_normal_quantile_inverts_the_distribution(void **state)
{
    (void)state;
    assert_close(pf_normal_quantile(0.975), 1.959963984540054, 1e-15, 0);
    assert_close(pf_normal_quantile(1e-10), -6.361340902404056, 1e-14, 0);
    for (double x = -7.5; x < 7.6; x += 0.25)
        if (x < 5) assert_close(pf_normal_quantile(pf_normal_cdf(x)), x, 1e-9, 1e-12);
}

static void moments(double (*draw)(pf_random *), double *mean, double *variance)
{
    pf_random r;
    pf_random_init(&r, 42, PF_DRAW_TEST, 0, 0, 0);
    double s = 0, s2 = 0;
    int n = 40000;
    for (int i = 0; i < n; i++) {
        double x = draw(&r);
        s += x;
        s2 += x * x;
    }
    *mean = s / n;
    *variance = s2 / n - *mean * *mean;
}

static double small_gamma(pf_random *r)
{
    return pf_random_gamma(r, 0.4);
}
static double big_poisson(pf_random *r)
{
    return pf_random_poisson(r, 250.0);
}
static double big_binomial(pf_random *r)
{
    return pf_random_binomial(r, 1000.0, 0.3);
}
static double failures(pf_random *r)
{
    return pf_random_negative_binomial(r, 3.0, 0.25);
}

static void draws_have_the_moments_of_their_laws(void **state)
{
    (void)state;
    /* name, mean, variance from the textbook; five standard errors of tolerance */
    struct {
        double (*draw)(pf_random *);
        double mean, variance;
    } law[] = {{pf_random_uniform, 0.5, 1.0 / 12}, {pf_random_normal, 0, 1},
        {pf_random_exponential, 1, 1}, {small_gamma, 0.4, 0.4}, {big_poisson, 250, 250},
        {big_binomial, 300, 210}, {failures, 9, 36}};
    for (size_t i = 0; i < PF_COUNT(law); i++) {
        double mean, variance;
        moments(law[i].draw, &mean, &variance);
        assert_close(mean, law[i].mean, 0, 5 * sqrt(law[i].variance / 40000));
        assert_close(variance, law[i].variance, 0.1, 0);
    }
}

static void a_near_name_is_found_and_a_far_one_is_not(void **state)
{
    (void)state;
    const char *names[] = {"replicates", "seed", "arms", "horizon"};
    assert_int_equal(pf_text_nearest("repplicates", names, 4), 0);
    assert_int_equal(pf_text_nearest("saed", names, 4), 1);
    assert_int_equal(pf_text_nearest("population", names, 4), -1);
    assert_int_equal(pf_text_distance("abcd", "abdc"), 1);
}

static void characters_of_east_asian_scripts_take_two_columns(void **state)
{
    (void)state;
    assert_int_equal(pf_text_columns("", 0), 0);
    assert_int_equal(pf_text_columns("a b", 2), 2);
    assert_int_equal(pf_text_columns("\xc3\xa9", 2), 1);
    assert_int_equal(pf_text_columns("\xe6\x82\xa3\xe8\x80\x85 x", 8), 6);
}

static void a_word_of_a_command_is_quoted_when_it_needs_it(void **state)
{
    (void)state;
    static const char *const word[][2] = {{"a/b-1.yaml", "a/b-1.yaml"}, {"", "''"},
        {"two words", "'two words'"}, {"h_b*=2", "'h_b*=2'"}, {"it's", "'it'\\''s'"}};
    for (size_t i = 0; i < PF_COUNT(word); i++) {
        pf_buf b;
        pf_buf_init(&b, NULL);
        pf_buf_word(&b, word[i][0]);
        assert_string_equal(b.bytes, word[i][1]);
        pf_buf_clear(&b);
    }
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    double x;
    assert_true(pf_text_number("-1.5e3", &x));
    assert_close(x, -1500, 0, 0);
    const char *bad[] = {"", "1x", " 1", "nan", "inf", "0x10", "1e999", "--1"};
    for (size_t i = 0; i < PF_COUNT(bad); i++) assert_false(pf_text_number(bad[i], &x));
}

static void numbers_are_written_shortly_and_read_back(void **state)
{
    (void)state;
    const double x[] = {0.1, 1.0 / 3, 1e-300, 123456789.0, -2.5, 5e-324, 0.0, -0.0};
    pf_buf b;
    pf_buf_init(&b, NULL);
    for (size_t i = 0; i < PF_COUNT(x); i++) {
        pf_buf_empty(&b);
        pf_buf_number(&b, x[i]);
        assert_true(strtod(b.bytes, NULL) == x[i]);
    }
    pf_buf_empty(&b);
    pf_buf_number(&b, 0.1);
    assert_string_equal(b.bytes, "0.1");
    pf_buf_clear(&b);
}

static void json_and_csv_quote_what_needs_it(void **state)
{
    (void)state;
    pf_buf b;
    pf_buf_init(&b, NULL);
    pf_json_open(&b, NULL, '{');
    pf_json_text(&b, "a\"", "x\ny");
    pf_json_number(&b, "n", NAN);
    pf_json_open(&b, "list", '[');
    pf_json_integer(&b, NULL, 1);
    pf_json_integer(&b, NULL, 2);
    pf_json_close(&b, ']');
    pf_json_close(&b, '}');
    assert_string_equal(
        b.bytes, "{\n \"a\\\"\": \"x\\ny\",\n \"n\": null,\n \"list\": [\n  1,\n  2]}\n");
    pf_buf_empty(&b);
    pf_csv_text(&b, "");
    pf_csv_text(&b, "a,\"b\"");
    pf_csv_number(&b, NAN);
    pf_csv_number(&b, 2);
    pf_csv_end(&b);
    assert_string_equal(b.bytes, "\"\",\"a,\"\"b\"\"\",,2\n");
    pf_buf_clear(&b);
}

static void a_file_is_replaced_whole(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    char folder[] = "/tmp/pf-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[64];
    snprintf(path, sizeof path, "%s/a/b", folder);
    assert_ok(&ctx, pf_dir_make(&ctx, path));
    snprintf(path, sizeof path, "%s/a/b/f", folder);
    assert_ok(&ctx, pf_file_write(&ctx, path, "one", 3));
    assert_ok(&ctx, pf_file_write(&ctx, path, "two!", 4));
    char *bytes;
    size_t n;
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &bytes, &n));
    assert_string_equal(bytes, "two!");
    pf_free(bytes);
    assert_int_equal(pf_file_read(&ctx, folder, 0, &bytes, &n), PF_ERR_IO);
    assert_contains(ctx.message, "is a folder; name a file");
    snprintf(path, sizeof path, "rm -r %s", folder);
    assert_int_equal(system(path), 0);
}

/* A pipe stands for any device: a file in the place of /dev/null would be everybody's loss. */
static void what_is_no_file_is_written_in_place(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    char folder[] = "/tmp/pf-test-XXXXXX", path[64], link[64], text[8] = "";
    struct stat st;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_ok(&ctx, pf_file_write(&ctx, path, "one", 3));
    assert_int_equal(read(reader, text, 7), 3);
    close(reader);
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    assert_int_equal(unlink(path), 0);
    assert_ok(&ctx, pf_file_write(&ctx, path, "one", 3));
    snprintf(link, sizeof link, "%s/link", folder);
    assert_int_equal(symlink(path, link), 0);
    assert_ok(&ctx, pf_file_write(&ctx, link, "two!", 4));
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 4);
    assert_true(pf_path_same(path, link));
    assert_int_equal(pf_file_write(&ctx, folder, "x", 1), PF_ERR_IO);
    assert_contains(ctx.message, "it is a folder");
    assert_int_equal(unlink(link) | unlink(path), 0);
    assert_true(pf_path_same(path, path)); /* though nothing is there yet */
    assert_false(pf_path_same(path, link));
    assert_int_equal(rmdir(folder), 0);
}

static void an_unwritable_place_is_told_by_its_name(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_int_equal(pf_file_write(&ctx, "/proc/no/such", "x", 1), PF_ERR_IO);
    assert_contains(ctx.message, "/proc/no/such");
}

/* Digests by Python's hashlib; byte i of a text of n bytes is 7 i + n. */
static void sha256_agrees_with_another_implementation(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *digest;
    } row[] = {{0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {3, "6ab0dba1f4f1dfbb37b4f9eeb092c09fca4900ad32bdcd147d8dde35d6c87c35"},
        {55, "81afe5b788dc2ce138ff83d9b20164db75a94d75d2b2432eea4a0ef605088c72"},
        {56, "2aba54f0ac632420a2b502431408866e40e1d5e430df4cd822642c78ab2eb9c1"},
        {63, "733d3d4ee79ee67145bf73da13588f6f235d37414fc64b14a2f00f1762792f5e"},
        {64, "79322907b3e9d013d7dc2c2f256674dbf733045cde01df3539271c6f5605feb8"},
        {65, "d85c007c6eb440f085afa2b84f6f2bce4658b240e9f62cb1364bf0485a57e720"},
        {119, "6c87eedf096b345de205b702e5223b73b447a3207791ded3ea007ba15ed6736e"},
        {120, "42500cf6a1e3936d6b9e0bcfe296d654b63255e525487d3634d0b15fde591c4d"},
        {128, "489d55fea9a73af36b6dd0be7b4117d8e5683386d39544e8a44c99a87f368707"},
        {1000, "6b0df76627243d095b0c4400cb658b7e804dd03461cc03aee8fc8fe0bcada168"}};
    for (size_t k = 0; k < PF_COUNT(row); k++) {
        unsigned char bytes[1000], digest[PF_SHA256_BYTES];
        char text[2 * PF_SHA256_BYTES + 1];
        for (size_t i = 0; i < row[k].n; i++) bytes[i] = (unsigned char)(7 * i + row[k].n);
        for (size_t cut = 0; cut <= row[k].n; cut += 1 + row[k].n / 7) {
            pf_sha256 s;
            pf_sha256_init(&s);
            pf_sha256_put(&s, bytes, cut);
            pf_sha256_put(&s, bytes + cut, row[k].n - cut);
            pf_sha256_end(&s, digest);
            for (size_t i = 0; i < sizeof digest; i++)
                snprintf(text + 2 * i, 3, "%02x", digest[i]);
            assert_string_equal(text, row[k].digest);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_sentence_wins_and_can_be_prefixed),
        cmocka_unit_test(every_error_has_a_name_and_a_sentence),
        cmocka_unit_test(an_allocation_that_overflows_is_refused),
        cmocka_unit_test(an_arena_keeps_addresses_and_content),
        cmocka_unit_test(philox_gives_the_published_vectors),
        cmocka_unit_test(identity_alone_decides_a_draw),
        cmocka_unit_test(the_normal_quantile_inverts_the_distribution),
        cmocka_unit_test(draws_have_the_moments_of_their_laws),
        cmocka_unit_test(a_near_name_is_found_and_a_far_one_is_not),
        cmocka_unit_test(characters_of_east_asian_scripts_take_two_columns),
        cmocka_unit_test(a_word_of_a_command_is_quoted_when_it_needs_it),
        cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(numbers_are_written_shortly_and_read_back),
        cmocka_unit_test(json_and_csv_quote_what_needs_it),
        cmocka_unit_test(sha256_agrees_with_another_implementation),
        cmocka_unit_test(a_file_is_replaced_whole),
        cmocka_unit_test(what_is_no_file_is_written_in_place),
        cmocka_unit_test(an_unwritable_place_is_told_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
