/* Pictures: PNG read back by another way, balls where geometry says they are, what hides what,
 * cuts, colours, letters. */
#include "ct.h"
#include "base/zip.h"
#include "draw/colour.h"
#include "draw/png.h"
#include "draw/scene.h"

#include <stdlib.h>
#include <string.h>

/* ---- PNG ---- */

static uint32_t big(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The next chunk; checks its sum. NULL at the end. */
static const unsigned char *next_chunk(const unsigned char *at, const unsigned char *end)
{
    if (at == end) return NULL;
    uint32_t n = big(at);
    assert_true((size_t)(end - at) >= n + 12u);
    assert_int_equal(big(at + 8 + n), pf_crc32(0, at + 4, n + 4u));
    return at + 12 + n;
}

/* Rows of a box onto the picture, as the filters of PNG say (W3C, section 9). */
static void unfilter(
    pf_canvas *c, const unsigned char *raw, const size_t low[2], const size_t size[2])
{
    size_t n = 3 * size[0];
    for (size_t y = 0; y < size[1]; y++, raw += n + 1) {
        uint8_t *row = c->rgb + 3 * ((low[1] + y) * c->width + low[0]);
        for (size_t i = 0; i < n; i++) {
            int a = i < 3 ? 0 : row[i - 3], b = y ? (row - 3 * c->width)[i] : 0;
            int d = y && i >= 3 ? (row - 3 * c->width)[i - 3] : 0, p = a + b - d, guess = 0;
            if (raw[0] == 1) guess = a;
            if (raw[0] == 2) guess = b;
            if (raw[0] == 4)
                guess = abs(p - a) <= abs(p - b) && abs(p - a) <= abs(p - d) ? a
                        : abs(p - b) <= abs(p - d)                           ? b
                                                                             : d;
            row[i] = (uint8_t)(raw[i + 1] + guess);
        }
    }
}

static void unpack(
    pf_canvas *c, const unsigned char *z, size_t n, const size_t low[2], const size_t size[2])
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    size_t raw = (3 * size[0] + 1) * size[1];
    unsigned char *bytes = malloc(raw);
    assert_non_null(bytes);
    assert_ok(&ctx, pf_unzip(&ctx, z, n, bytes, raw));
    unfilter(c, bytes, low, size);
    free(bytes);
}

static void noise(pf_canvas *c, unsigned seed)
{
    for (size_t i = 0; i < 3 * c->width * c->height; i++) {
        seed = seed * 1664525u + 1013904223u;
        c->rgb[i] = i % 7 ? (uint8_t)(i / 5) : (uint8_t)(seed >> 24);
    }
}

static void a_picture_comes_back(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_canvas c, back;
    pf_buf b;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    assert_ok(&ctx, pf_canvas_init(&ctx, &c, 37, 23));
    assert_ok(&ctx, pf_canvas_init(&ctx, &back, 37, 23));
    noise(&c, 5);
    pf_png_put(&b, &c, "SIMULATED");
    assert_ok(&ctx, pf_buf_ok(&b));
    const unsigned char *at = (unsigned char *)b.bytes, *end = at + b.size;
    assert_memory_equal(at, "\x89PNG\r\n\x1a\n", 8);
    at += 8;
    assert_int_equal(big(at + 8), 37);
    assert_int_equal(big(at + 12), 23);
    int pixels = 0;
    for (const unsigned char *next; (next = next_chunk(at, end)); at = next) {
        const size_t low[2] = {0, 0}, size[2] = {37, 23};
        if (memcmp(at + 4, "IDAT", 4) != 0) continue;
        unpack(&back, at + 8, big(at), low, size);
        pixels++;
    }
    assert_int_equal(pixels, 1);
    assert_memory_equal(back.rgb, c.rgb, 3 * 37 * 23);
    pf_buf_clear(&b);
    pf_canvas_clear(&c);
    pf_canvas_clear(&back);
}

/* Three frames: a changed corner, then nothing changed. */
static void an_animation_plays(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_canvas c[3], back;
    pf_buf b;
    pf_apng a = {.frames = 3, .numerator = 1, .denominator = 12};
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    assert_ok(&ctx, pf_canvas_init(&ctx, &back, 20, 16));
    for (int k = 0; k < 3; k++) {
        pf_apng_part part;
        assert_ok(&ctx, pf_canvas_init(&ctx, &c[k], 20, 16));
        noise(&c[k], 9);
        if (k) memset(c[k].rgb + 3 * (3 * 20 + 11), 200, 9);
        assert_ok(&ctx, pf_apng_pack(&ctx, k ? &c[k - 1] : NULL, &c[k], &part));
        if (k == 1) assert_int_equal(part.size[1], 1);
        if (k == 2) assert_int_equal(part.size[0] * part.size[1], 1);
        if (!k) pf_apng_begin(&b, &a, &c[0], NULL);
        pf_apng_put(&b, &a, &part);
        pf_buf_clear(&part.packed);
    }
    pf_apng_end(&b);
    const unsigned char *at = (unsigned char *)b.bytes + 8,
                        *end = (unsigned char *)b.bytes + b.size;
    size_t low[2] = {0}, size[2] = {0}, frame = 0;
    uint32_t sequence = 0;
    for (const unsigned char *next; (next = next_chunk(at, end)); at = next) {
        if (!memcmp(at + 4, "acTL", 4)) assert_int_equal(big(at + 8), 3);
        if (!memcmp(at + 4, "fcTL", 4)) {
            assert_int_equal(big(at + 8), sequence++);
            for (int d = 0; d < 2; d++) {
                size[d] = big(at + 12 + 4 * d);
                low[d] = big(at + 20 + 4 * d);
            }
            assert_int_equal(at[8 + 21], 1);
            assert_int_equal(at[8 + 23], 12);
        }
        int first = !memcmp(at + 4, "IDAT", 4), later = !memcmp(at + 4, "fdAT", 4);
        if (!first && !later) continue;
        if (later) assert_int_equal(big(at + 8), sequence++);
        unpack(&back, at + (later ? 12 : 8), big(at) - (later ? 4 : 0), low, size);
        assert_memory_equal(back.rgb, c[frame].rgb, 3 * 20 * 16);
        frame++;
    }
    assert_int_equal(frame, 3);
    pf_buf_clear(&b);
    pf_canvas_clear(&back);
    for (int k = 0; k < 3; k++) pf_canvas_clear(&c[k]);
}

/* ---- balls ---- */

enum { SIDE = 200 };
static const pf_colour BACK = {10, 20, 30};

static const uint8_t *pixel(const pf_canvas *c, size_t x, size_t y)
{
    return c->rgb + 3 * (y * c->width + x);
}

/* Seen from far along y, 100 across: half a length for each pixel. */
static void draw(const pf_ball *ball, size_t n, int cut, pf_canvas *c)
{
    pf_ctx ctx;
    pf_view v;
    static const double centre[3] = {0};
    pf_ctx_init(&ctx);
    const pf_scene s = {.ball = ball,
        .n = n,
        .reach = 10,
        .cut = cut,
        .cut_side = -1,
        .background = BACK,
        .edges = BACK,
        .low = {-1, -1, -1},
        .high = {1, 1, 1},
        .near = 1e5,
        .far = 2e6};
    pf_view_from(&v, centre, 4000, -90, 0, 100, SIDE);
    assert_ok(&ctx, pf_canvas_init(&ctx, c, SIDE, SIDE));
    assert_ok(&ctx, pf_draw_scene(&ctx, &v, &s, c));
}

static int is_back(const uint8_t *p)
{
    return p[0] == BACK.r && p[1] == BACK.g && p[2] == BACK.b;
}

static void a_ball_covers_its_disc(void **state)
{
    (void)state;
    pf_canvas c;
    const pf_ball ball = {{10, 0, -5}, 20, {200, 30, 30}};
    double n = 0, x = 0, y = 0;
    draw(&ball, 1, -1, &c);
    for (size_t j = 0; j < SIDE; j++)
        for (size_t i = 0; i < SIDE; i++) {
            if (is_back(pixel(&c, i, j))) continue;
            n++;
            x += (double)i + 0.5;
            y += (double)j + 0.5;
        }
    assert_close(n, M_PI * 40.5 * 40.5, 0.02, 0); /* and pixels that it touches */
    assert_close(x / n, 100 + 20, 0, 0.2);
    assert_close(y / n, 100 + 10, 0, 0.2); /* z is up */
    const uint8_t *p = pixel(&c, 120, 110);
    assert_true(p[0] > 150 && p[1] < 70 && p[2] < 70);
    assert_true(pixel(&c, 105, 92)[0] > pixel(&c, 140, 135)[0]); /* light from above, left */
    pf_canvas_clear(&c);
}

static void the_nearer_ball_is_seen(void **state)
{
    (void)state;
    const pf_ball two[2] = {{{0, 15, 0}, 20, {200, 30, 30}}, {{0, -15, 0}, 12, {30, 30, 200}}};
    const pf_ball turned[2] = {two[1], two[0]};
    pf_canvas a, b;
    draw(two, 2, -1, &a);
    draw(turned, 2, -1, &b);
    assert_memory_equal(a.rgb, b.rgb, 3 * SIDE * SIDE); /* whatever their order */
    assert_true(pixel(&a, 100, 100)[2] > 120 && pixel(&a, 100, 100)[0] < 80);
    assert_true(pixel(&a, 100, 133)[0] > 60 && pixel(&a, 100, 133)[2] < 60);
    pf_canvas_clear(&a);
    pf_canvas_clear(&b);
}

/* Cut at y = 0: the nearer ball is gone, the other one open: an even disc with a darker rim. */
static void a_cut_opens_balls(void **state)
{
    (void)state;
    const pf_ball two[2] = {{{0, 5, 0}, 20, {200, 100, 100}}, {{0, -30, 0}, 12, {30, 30, 200}}};
    pf_canvas c;
    draw(two, 2, 1, &c);
    double r = sqrt(20 * 20 - 5 * 5) * 2; /* pixels */
    const uint8_t *middle = pixel(&c, 100, 100), *off = pixel(&c, 110, 94);
    assert_true(middle[0] > 180 && middle[2] < 130);
    assert_memory_equal(middle, off, 3);
    assert_true(pixel(&c, 100, 100 + (size_t)(r * 0.96))[0] < middle[0] - 25);
    pf_canvas_clear(&c);
}

/* ---- flat things ---- */

static void boxes_and_letters_are_where_they_belong(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_canvas c;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_canvas_init(&ctx, &c, 120, 60));
    const pf_pen pen = {.colour = {255, 128, 0}, .cover = 1};
    const double low[2] = {10, 10}, high[2] = {30, 20};
    pf_draw_box(&c, &pen, low, high, 0);
    assert_memory_equal(pixel(&c, 10, 10), "\xff\x80\x00", 3);
    assert_memory_equal(pixel(&c, 29, 19), "\xff\x80\x00", 3);
    assert_memory_equal(pixel(&c, 30, 20), "\x00\x00\x00", 3);
    double end = pf_draw_text(&c, &pen, 40, 50, 20, "L\xc2\xb5");
    assert_close(end - 40, pf_text_width(20, "L\xc2\xb5"), 0, 1e-9);
    assert_true(pixel(&c, 40, 40)[0] > 200); /* the stem of the L */
    assert_true(pixel(&c, 46, 49)[0] > 200); /* its foot */
    assert_int_equal(pixel(&c, 46, 38)[0], 0);
    assert_close(pf_text_width(20, "111"), pf_text_width(20, "888"), 0, 1e-9);
    (void)pf_draw_text(&c, &pen, 100, 5, 40, "off all edges \xf0\x9f\x99\x82");
    pf_canvas_clear(&c);
}

static double luminance(pf_colour c)
{
    float light[3];
    pf_colour_light(c, light);
    return 0.2126 * (double)light[0] + 0.7152 * (double)light[1] + 0.0722 * (double)light[2];
}

static void the_map_grows_lighter_all_the_way(void **state)
{
    (void)state;
    for (int k = 1; k <= 50; k++)
        assert_true(
            luminance(pf_colour_map(k / 50.0)) > luminance(pf_colour_map((k - 1) / 50.0)));
    pf_colour c = {17, 99, 200};
    float light[3];
    pf_colour_light(c, light);
    pf_colour again = pf_colour_screen(light);
    assert_memory_equal(&c, &again, sizeof c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_picture_comes_back),
        cmocka_unit_test(an_animation_plays), cmocka_unit_test(a_ball_covers_its_disc),
        cmocka_unit_test(the_nearer_ball_is_seen), cmocka_unit_test(a_cut_opens_balls),
        cmocka_unit_test(boxes_and_letters_are_where_they_belong),
        cmocka_unit_test(the_map_grows_lighter_all_the_way)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
