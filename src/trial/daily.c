#include "trial/daily.h"

#include <math.h>

enum { NONE = 0, WORST = 5 };

/* The digit of place 0 .. PF_DAILY_EACH - 1. */
static int digit(double packed, int place)
{
    if (!(packed > 0)) return NONE;
    return (int)fmod(floor(ldexp(packed, -3 * place)), 8);
}

void pf_daily_set(double packed[PF_DAILY_COLUMNS], int day, int grade)
{
    if (day < 1 || day > PF_DAILY_DAYS || grade < 0 || grade > WORST) return;
    double *x = &packed[(day - 1) / PF_DAILY_EACH];
    int place = (day - 1) % PF_DAILY_EACH;
    if (digit(*x, place) != NONE) return;
    *x = (isnan(*x) ? 0.0 : *x) + ldexp((double)(1 + grade), 3 * place);
}

double pf_daily_get(const double packed[PF_DAILY_COLUMNS], int day)
{
    if (day < 1 || day > PF_DAILY_DAYS) return NAN;
    int d = digit(packed[(day - 1) / PF_DAILY_EACH], (day - 1) % PF_DAILY_EACH);
    return d == NONE ? (double)NAN : (double)(d - 1);
}

void pf_daily_text(double packed, char text[PF_DAILY_TEXT])
{
    int n = PF_DAILY_EACH;
    char *to = text;
    text[0] = '\0';
    if (!(packed > 0)) return;
    while (n > 2 && digit(packed, n - 1) == digit(packed, n - 2)) n--; /* two: no number */
    for (int i = 0; i < n; i++) {
        int d = digit(packed, i);
        if (i) *to++ = ' ';
        *to++ = d == NONE ? '.' : (char)('0' + d - 1);
    }
    *to = '\0';
}

int pf_daily_read(const char *text, double *packed)
{
    int last = NONE, place = 0;
    *packed = NAN;
    if (!*text) return 1;
    double sum = 0;
    for (; *text && place < PF_DAILY_EACH; place++) {
        if (*text != '.' && !(*text >= '0' && *text <= '0' + WORST)) return 0;
        last = *text == '.' ? NONE : 1 + (*text - '0');
        sum += ldexp((double)last, 3 * place);
        text++;
        if (*text == ' ' && text[1])
            text++;
        else if (*text)
            return 0;
    }
    if (*text) return 0;
    for (; place < PF_DAILY_EACH; place++) sum += ldexp((double)last, 3 * place);
    if (sum > 0) *packed = sum;
    return sum > 0;
}
