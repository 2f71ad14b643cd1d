#include "store/machine.h"

#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static void json_time(pf_buf *b, const char *key, double seconds)
{
    time_t t = (time_t)seconds;
    struct tm tm;
    char text[40];
    gmtime_r(&t, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    pf_json_text(b, key, text);
}

void pf_machine_json(pf_buf *b, int threads, int lanes, double started)
{
    struct utsname u;
    pf_json_open(b, "machine", '{');
    if (!uname(&u)) {
        pf_json_text(b, "system", u.sysname);
        pf_json_text(b, "release", u.release);
        pf_json_text(b, "hardware", u.machine);
    }
    pf_json_integer(b, "cores", (long long)sysconf(_SC_NPROCESSORS_ONLN));
    pf_json_integer(b, "threads", threads);
    if (lanes) pf_json_integer(b, "lanes", lanes);
    json_time(b, "started", started);
    json_time(b, "written", (double)time(NULL));
    pf_json_close(b, '}');
}
