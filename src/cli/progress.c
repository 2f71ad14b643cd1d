#include "cli/progress.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR = 20 };

void cli_progress_init(cli_progress *p, int quiet)
{
    *p = (cli_progress){.quiet = quiet, .terminal = isatty(fileno(stderr)), .last = -1e9};
}

void cli_thousands(uint64_t n, char *out, size_t size)
{
    char plain[24];
    snprintf(plain, sizeof plain, "%" PRIu64, n);
    size_t len = strlen(plain), at = 0;
    for (size_t i = 0; i < len && at + 2 < size; i++) {
        if (i && (len - i) % 3 == 0) out[at++] = ',';
        out[at++] = plain[i];
    }
    out[at] = '\0';
}

void cli_time_left(double seconds, char *out, size_t size)
{
    if (seconds < 0 || seconds > 1e8)
        snprintf(out, size, "-");
    else if (seconds < 100)
        snprintf(out, size, "%.0f s left", seconds);
    else if (seconds < 6000)
        snprintf(out, size, "%.0f min left", seconds / 60);
    else
        snprintf(out, size, "%.1f h left", seconds / 3600);
}

/* Columns of the terminal behind stderr; plenty when nobody tells. */
static size_t columns(void)
{
    struct winsize w;
    return ioctl(fileno(stderr), TIOCGWINSZ, &w) || !w.ws_col ? 200 : w.ws_col;
}

static void line(const pf_progress *now, int with_bar, char *out, size_t size)
{
    char done[32], total[32], rate[80] = "", bar[BAR + 6] = "", failed[40] = "";
    double share = now->total ? (double)now->done / (double)now->total : 1.0;
    double speed = now->seconds > 0.2 ? (double)now->fresh / now->seconds : 0.0;
    int full = (int)(share * BAR);
    for (int i = 0; i < BAR; i++) bar[i + 1] = i < full ? '=' : i == full ? '>' : ' ';
    memcpy(bar + BAR + 1, "]  ", 4);
    bar[0] = '[';
    if (!with_bar) bar[0] = '\0';
    cli_thousands(now->done, done, sizeof done);
    cli_thousands(now->total, total, sizeof total);
    if (speed > 0) { /* before the first patient is done nobody knows */
        char each[32], left[32];
        cli_thousands((uint64_t)speed, each, sizeof each);
        cli_time_left((double)(now->total - now->done) / speed, left, sizeof left);
        snprintf(rate, sizeof rate, "   %s/s   %s", each, left);
    }
    if (now->failed) snprintf(failed, sizeof failed, "   %" PRIu64 " failed", now->failed);
    snprintf(out, size, "patients  %s%2.0f %%   %s of %s%s%s", bar, (double)(int)(share * 100),
        done, total, rate, failed);
}

/* What follows the patients: elsewhere than on a terminal one line, once it takes its time. */
static void show_doing(cli_progress *p, const pf_progress *now)
{
    if (p->terminal)
        fprintf(stderr, "\r%s   %.0f s\033[K", now->doing, now->doing_seconds);
    else if (!p->told && now->doing_seconds >= 1)
        fprintf(stderr, "%s\n", now->doing);
    p->told |= now->doing_seconds >= 1;
    fflush(stderr);
    p->shown = p->terminal;
}

/* Is it time for the next line? Then it is remembered as written. */
static int is_due(cli_progress *p, int tenth, double seconds)
{
    double gap = p->terminal ? 0.1 : 60.0;
    int due = seconds - p->last >= gap - 0.005;
    if (!p->terminal && p->last < 0) {
        p->last = 0; /* elsewhere the first line comes after a tenth or a minute */
        due = 0;
    }
    if (!due && !(!p->terminal && tenth > p->tenth)) return 0;
    p->last = seconds;
    p->tenth = tenth;
    return 1;
}

/* Write the line; on a terminal it is cut, because a wrapped one could not be replaced. */
static void put(cli_progress *p, char *text)
{
    size_t width = p->terminal ? columns() : SIZE_MAX;
    if (strlen(text) >= width) text[width - 1] = '\0';
    if (p->terminal)
        fprintf(stderr, "\r%s\033[K", text);
    else
        fprintf(stderr, "%s\n", text);
    fflush(stderr);
    p->shown = p->terminal;
}

void cli_progress_show(cli_progress *p, const pf_progress *now)
{
    char text[240];
    if (p->quiet) return;
    if (now->doing) {
        show_doing(p, now);
        return;
    }
    int tenth = now->total ? (int)(10 * now->done / now->total) : 10;
    if (!is_due(p, tenth, now->seconds)) return;
    line(now, 1, text, sizeof text);
    size_t width = p->terminal ? columns() : sizeof text;
    if (strlen(text) >= width) line(now, 0, text, sizeof text);
    put(p, text);
}

void cli_progress_text(cli_progress *p, double share, double seconds, const char *text)
{
    char copy[240];
    if (p->quiet || !is_due(p, (int)(10 * share), seconds)) return;
    snprintf(copy, sizeof copy, "%s", text);
    put(p, copy);
}

void cli_progress_doing(cli_progress *p, const char *text)
{
    if (p->quiet || !p->terminal) return;
    fprintf(stderr, "\r%s\033[K", text);
    fflush(stderr);
    p->shown = 1;
}

void cli_progress_clear(cli_progress *p)
{
    if (p->shown) fputs("\r\033[K", stderr);
    p->shown = 0;
}
