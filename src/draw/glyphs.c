/* Our own letters: strokes on a grid, drawn with a round pen.
 *
 * A stroke is a row of points, two base-36 digits each: x from the left edge, y with the
 * baseline at 4, small letters up to 14, capitals up to 18, tails down to 0. A stroke that
 * begins with ~ is a smooth curve through its points, closed where it ends as it began. Blanks
 * part the strokes. */
#include "draw/glyphs.h"

#define BOWL "~7b6d4e1d0915446577"
#define LOOP "~0b1d3e6d7965341507"
#define ARCH "~0b1d4e6d7a 7a74"
#define ROUND "~4i7g8b7644160b1g4i"

static const char *const ASCII[95] = {[' ' - 32] = "",
    ['!' - 32] = "0i08 0404",
    ['"' - 32] = "0i0f 3i3f",
    ['#' - 32] = "2i24 6i64 0e8e 0888",
    ['$' - 32] = "~8f7h4i1h0e2c6a8875441507 4k42",
    ['%' - 32] = "8i04 ~1i2g1e0g1i ~7886746678",
    ['&' - 32] = "841e ~1e2h4i6g5d1a0724547689",
    ['\'' - 32] = "0i0f",
    ['(' - 32] = "~3j1f0b1733",
    [')' - 32] = "~0j2f3b2703",
    ['*' - 32] = "3f39 0d6b 0b6d",
    ['+' - 32] = "0a6a 3d37",
    [',' - 32] = "1402",
    ['-' - 32] = "0a5a",
    ['.' - 32] = "0404",
    ['/' - 32] = "046i",
    ['0' - 32] = "~3i5h6d69553415090d1h3i",
    ['1' - 32] = "1f4i44",
    ['2' - 32] = "~0f1h3i5h6f6d4a 4a0464",
    ['3' - 32] = "~0g2i4i6f5c3b ~3b5a6755341507",
    ['4' - 32] = "444i0868",
    ['5' - 32] = "6i1i0b ~0b2c4c5b6855341506",
    ['6' - 32] = "~5h3i1f0b08153455685b3c1b08",
    ['7' - 32] = "0i6i24",
    ['8' - 32] = "~3i5h6f5c3b1c0f1h3i ~3b5a67553415071a3b",
    ['9' - 32] = "~1534576b6e5h3i1h0e1b3a5b6e",
    [':' - 32] = "0505 0d0d",
    [';' - 32] = "1402 1d1d",
    ['<' - 32] = "6e0a66",
    ['=' - 32] = "0c6c 0868",
    ['>' - 32] = "0e6a06",
    ['?' - 32] = "~0f1h3i5h6f4c3a 3a38 3434",
    ['@' - 32] = "~6a4c3a4867 6c67 ~67858b6h2h0b0535",
    ['A' - 32] = "044i84 1979",
    ['B' - 32] = "040i 0i4i ~4i6h7e6c4b 0b4b ~4b7a877544 0444",
    ['C' - 32] = "~8f6h4i2h0d0925446587",
    ['D' - 32] = "040i 0i3i ~3i6h8d896534 3404",
    ['E' - 32] = "7i0i0474 0b6b",
    ['F' - 32] = "7i0i04 0b6b",
    ['G' - 32] = "~8f6h4i2h0d0925446587 878a5a",
    ['H' - 32] = "040i 848i 0b8b",
    ['I' - 32] = "040i",
    ['J' - 32] = "6i68 ~6855341507",
    ['K' - 32] = "040i 8i09 3c84",
    ['L' - 32] = "0i0474",
    ['M' - 32] = "040i498i84",
    ['N' - 32] = "040i848i",
    ['O' - 32] = ROUND,
    ['P' - 32] = "040i 0i4i ~4i7h8e7b4a 4a0a",
    ['Q' - 32] = ROUND " 5883",
    ['R' - 32] = "040i 0i4i ~4i7h8e7b4a 4a0a 4a84",
    ['S' - 32] = "~8f7h4i1h0e2c6a8875441507",
    ['T' - 32] = "0i8i 4i44",
    ['U' - 32] = "0i09 ~0915447589 898i",
    ['V' - 32] = "0i448i",
    ['W' - 32] = "0i244e648i",
    ['X' - 32] = "0i84 048i",
    ['Y' - 32] = "0i4b8i 4b44",
    ['Z' - 32] = "0i8i0484",
    ['[' - 32] = "3j0j0333",
    ['\\' - 32] = "0i64",
    [']' - 32] = "0j3j3303",
    ['^' - 32] = "0e3i6e",
    ['_' - 32] = "0282",
    ['`' - 32] = "0i2f",
    ['a' - 32] = "7e74 " BOWL,
    ['b' - 32] = "0i04 " LOOP,
    ['c' - 32] = BOWL,
    ['d' - 32] = "7i74 " BOWL,
    ['e' - 32] = "0979 ~797b6d4e1d0915446576",
    ['f' - 32] = "~6i4i3h2f 2f24 0e5e",
    ['g' - 32] = "7e73 ~7361402001 " BOWL,
    ['h' - 32] = "0i04 " ARCH,
    ['i' - 32] = "0e04 0h0h",
    ['j' - 32] = "2e23 ~231100 2h2h",
    ['k' - 32] = "0i04 6e08 2a64",
    ['l' - 32] = "0i04",
    ['m' - 32] = "0e04 ~0b1d3e5d5a 5a54 ~5b6d8eadaa aaa4",
    ['n' - 32] = "0e04 " ARCH,
    ['o' - 32] = "~4e7c89764416091c4e",
    ['p' - 32] = "0e00 " LOOP,
    ['q' - 32] = "7e70 " BOWL,
    ['r' - 32] = "0e04 ~0a1c3e5e",
    ['s' - 32] = "~7c5e2e0c1a496876542406",
    ['t' - 32] = "2h27 ~27354464 0e5e",
    ['u' - 32] = "0e08 ~0815346578 7e74",
    ['v' - 32] = "0e448e",
    ['w' - 32] = "0e244c648e",
    ['x' - 32] = "0e74 047e",
    ['y' - 32] = "0e44 8e20",
    ['z' - 32] = "0e7e0474",
    ['{' - 32] = "~3j1f0b1733",
    ['|' - 32] = "0j02",
    ['}' - 32] = "~0j2f3b2703",
    ['~' - 32] = "~0a2c5a7c"};

const char *pf_glyph(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    size_t n = 1;
    if (*at >= 0xc0)
        while ((at[n] & 0xc0) == 0x80) n++;
    *text += n;
    if (*at >= 32 && *at < 127) return ASCII[*at - 32];
    if (n == 2 && ((at[0] == 0xc2 && at[1] == 0xb5) || (at[0] == 0xce && at[1] == 0xbc)))
        return "0e00 ~0815346578 7e74"; /* micro */
    if (n == 3 && at[0] == 0xe2 && at[1] == 0x80 && (at[2] == 0x93 || at[2] == 0x94))
        return "0a8a"; /* dashes */
    return "0474 747i 7i0i 0i04";
}
