/* daily.h: the grades that a patient has on the days after the first dose of a product, small
 * enough to keep for everybody.
 *
 * Day 1 is the day after that dose. Fourteen days go into one double as digits to the base 8,
 * exact below 2^53: 1 + grade, 0 when nobody looked (dead, gone, the study over); NaN when
 * nobody looked at all. As text: the grades with spaces between them, `.` when nobody looked,
 * the last one standing for all the days that follow: "0 1 2 2 1 0", "0 0". Depends on: base.
 * Threads: pure functions. */
#ifndef PF_TRIAL_DAILY_H
#define PF_TRIAL_DAILY_H
#include "base/base.h"

enum { PF_DAILY_EACH = 14, PF_DAILY_COLUMNS = 2, PF_DAILY_DAYS = 28, PF_DAILY_TEXT = 32 };

/** Grade 0 to 5 on day 1 .. PF_DAILY_DAYS; other days, and a second grade of a day, are passed
 * over. `packed` begins as NaN. */
void pf_daily_set(double packed[PF_DAILY_COLUMNS], int day, int grade);
/** NaN when nobody looked. */
double pf_daily_get(const double packed[PF_DAILY_COLUMNS], int day);
void pf_daily_text(double packed, char text[PF_DAILY_TEXT]);
/** The number behind a text of pf_daily_text; 0 when it is none. */
int pf_daily_read(const char *text, double *packed);

#endif
