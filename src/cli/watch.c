/* perforin watch: a running trial on a terminal, as lines, or as JSON. */
#include "cli/cli.h"
#include "cli/watch_view.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int once, json, wait;
    const char *every;
} settings;

static const opt OPTIONS[] = {
    {"every", 0, OPT_TEXT, "TIME",
        "look this often, e.g. 2 s, 1 min (default 1 s on a terminal, else 5 s)",
        offsetof(settings, every), 0},
    {"once", 0, OPT_FLAG, NULL, "say how it stands and end", offsetof(settings, once), 0},
    {"wait", 'w', OPT_FLAG, NULL, "wait for a run that has not begun", offsetof(settings, wait),
        0},
    {"json", 0, OPT_FLAG, NULL, "one JSON object a line, whenever something has changed",
        offsetof(settings, json), 0},
};

/* One watched run. */
typedef struct {
    const settings *s;
    int terminal;
    char *title;  /* the plain lines above are of this run; NULL: none yet */
    double every; /* seconds */
    char *shown;  /* the frame that stands on the terminal; NULL: none */
    pf_watch *watch;
} job;

static volatile sig_atomic_t got_signal;

static void on_signal(int number)
{
    got_signal = number;
}

static void catch_signals(void)
{
    static const int number[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction act;
    memset(&act, 0, sizeof act); /* without SA_RESTART: the sleep ends at once */
    act.sa_handler = on_signal;
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        sigaction(number[i], &act, NULL);
}

static double clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void sleep_s(double seconds)
{
    struct timespec t = {(time_t)seconds, (long)((seconds - floor(seconds)) * 1e9)};
    nanosleep(&t, NULL);
}

/* "2", "2 s", "1.5 min", "1 h"; 0 when it is none. */
static double read_time(const char *text)
{
    static const struct {
        const char *unit;
        double seconds;
    } UNIT[] = {{"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}};
    char *end;
    double x = strtod(text, &end);
    if (end == text || !(x > 0) || !(x <= 1e6)) return 0;
    while (*end == ' ') end++;
    for (size_t i = 0; i < sizeof UNIT / sizeof *UNIT; i++)
        if (!strcmp(end, UNIT[i].unit)) return x * UNIT[i].seconds;
    return 0;
}

static void terminal_size(size_t *width, size_t *rows)
{
    struct winsize w;
    int known = !ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col > 0;
    *width = known ? w.ws_col : 80;
    *rows = known && w.ws_row > 0 ? w.ws_row : 24;
    if (*width < 20) *width = 20;
}

/* ---- showing ---- */

/* Everything in one write, so that nothing flickers: back to the frame's first line, then line
 * after line over the old ones, then away with what is left of them. */
static int draw(job *j, const pf_watch_view *v)
{
    size_t width, rows, size;
    terminal_size(&width, &rows);
    cli_paint p = cli_colours(stdout);
    /* A column stays free: a line that fills the last one wraps on some terminals. */
    char *frame = cli_watch_frame(v, width - 1, rows > 1 ? rows - 1 : 1, &p), *out = NULL;
    FILE *to = frame ? open_memstream(&out, &size) : NULL;
    if (!to) {
        free(frame);
        return PF_FAILED;
    }
    size_t back = j->shown ? cli_watch_height(j->shown, width) : 0;
    if (back) fprintf(to, "\r\033[%zuA", back < rows ? back : rows - 1);
    for (const char *line = frame, *end; (end = strchr(line, '\n')); line = end + 1)
        fprintf(to, "%.*s\033[K\n", (int)(end - line), line);
    if (back) fputs("\033[J", to);
    fclose(to);
    free(j->shown);
    j->shown = frame;
    int code = cli_print(out);
    free(out);
    return code;
}

static int print_line(char *text)
{
    char *line = NULL;
    if (!text || asprintf(&line, "%s\n", text) < 0) return PF_FAILED;
    int code = cli_print(line);
    free(line);
    return code;
}

static int print_json(const pf_watch_view *v)
{
    char *text;
    pf_error error;
    pf_status status = pf_watch_json(v, &text, &error);
    if (status) return cli_fail(status, &error);
    int code = print_line(text);
    pf_text_free(text);
    return code;
}

static int print_plain(job *j, const pf_watch_view *v)
{
    int code = PF_DONE;
    if (v->state != PF_WATCH_ABSENT) { /* named again when it was begun anew as another */
        char *title = cli_watch_title(v);
        if (!title || !j->title || strcmp(title, j->title) != 0)
            code = title ? cli_print(title) : PF_FAILED;
        free(j->title);
        j->title = title;
    }
    if (code) return code;
    char *line = cli_watch_line(v);
    code = print_line(line);
    free(line);
    return code;
}

static int show(job *j, const pf_watch_view *v)
{
    if (j->s->json) return v->changed ? print_json(v) : PF_DONE;
    if (j->terminal && !j->s->once) return draw(j, v);
    if (!v->changed) return PF_DONE;
    if (j->s->once) {
        size_t width, rows;
        cli_paint p = cli_colours(stdout);
        terminal_size(&width, &rows);
        char *frame = cli_watch_frame(v, j->terminal ? width - 1 : 100, 0, &p);
        int code = frame ? cli_print(frame) : PF_FAILED;
        free(frame);
        return code;
    }
    return print_plain(j, v);
}

/* What a reader needs after the last look. */
static int say_end(const job *j, const pf_watch_view *v)
{
    char *text = NULL;
    int n = 0;
    if (j->s->json) return PF_DONE;
    if (v->state == PF_WATCH_COMPLETE)
        n = asprintf(&text, "report    %s\n", v->report);
    else if (v->state == PF_WATCH_STOPPED)
        n = asprintf(&text, "stopped before the end\nresume    %s\n",
            v->resume ? v->resume
            : v->why  ? v->why
                      : "");
    int code = n > 0 ? cli_print(text) : n < 0 ? PF_FAILED : PF_DONE;
    free(text);
    return code;
}

/* ---- the loop ---- */

static int has_ended(const pf_watch_view *v)
{
    return v->state == PF_WATCH_COMPLETE || v->state == PF_WATCH_STOPPED;
}

/* As a program without handlers would end, so that a shell sees it. */
static int end_by_signal(int number)
{
    signal(number, SIG_DFL);
    raise(number);
    return 128 + number;
}

static int follow(job *j)
{
    pf_watch_view v;
    pf_error error;
    int code = PF_DONE, looks = 0;
    for (;;) {
        double began = clock_s();
        pf_status status = pf_watch_look(j->watch, &v, &error);
        if (status) return cli_fail(status, &error);
        if ((code = show(j, &v))) return code;
        if (has_ended(&v) || j->s->once || got_signal) break;
        /* Looking takes a twentieth of the time at most, however large the run; the first look
         * reads the study, and is no measure. */
        double cost = looks++ ? 20 * (clock_s() - began) : 0;
        sleep_s(cost > j->every ? cost : j->every);
        if (got_signal) break;
    }
    if (has_ended(&v) && !got_signal) code = say_end(j, &v);
    if (code) return code;
    return v.state == PF_WATCH_STOPPED ? PF_STOPPED : PF_DONE;
}

static int run(const verb *self, int argc, char **argv)
{
    settings s = {0};
    const char *folder[CLI_POSITIONAL_MAX];
    pf_error error;
    int n, code = cli_parse(self, argc, argv, &s, folder, &n);
    if (code != CLI_GO_ON) return code;
    job j = {.s = &s, .terminal = isatty(STDOUT_FILENO)};
    const char *term = getenv("TERM");
    if (term && !strcmp(term, "dumb")) j.terminal = 0;
    j.every = j.terminal && !s.json ? 1 : 5;
    if (s.every) j.every = read_time(s.every);
    if (!(j.every > 0))
        return cli_usage(
            self, "--every needs a time such as 2 s, 1 min or 1 h, not '%s'", s.every);
    pf_status status = pf_watch_open(folder[0], s.wait, &j.watch, &error);
    if (status) return cli_fail(status, &error);
    catch_signals();
    code = follow(&j);
    pf_watch_close(j.watch);
    free(j.shown);
    free(j.title);
    return got_signal ? end_by_signal(got_signal) : code;
}

const verb cli_watch = {.name = "watch",
    .summary = "how a running trial stands: progress, failures, response so far",
    .usage = "FOLDER",
    .examples = "  perforin watch runs/nsclc-pembro-nk             until it ends; Ctrl-C "
                "leaves it alone\n"
                "  perforin watch runs/nsclc-pembro-nk --wait      also before it has begun\n"
                "  perforin watch runs/nsclc-pembro-nk --once --json | jq .arms\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = 1,
    .run = run};
