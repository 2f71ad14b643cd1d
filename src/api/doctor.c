/* pf_doctor: what this machine offers, and what is missing. */
#include "api/call.h"
#include "base/zip.h"
#include "model/lanes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <gnu/libc-version.h>
#include <yaml.h>

typedef struct {
    pf_buf *b;
    int json;
    int missing;
} sheet;

static void line(sheet *s, const char *key, const char *text)
{
    if (s->json)
        pf_json_text(s->b, key, text);
    else
        pf_buf_printf(s->b, "%-10s %s\n", key, text);
}

static void processor(sheet *s)
{
    char text[200];
    int n = pf_call_cores();
    int width = pf_lanes_widest();
    snprintf(text, sizeof text, "%d usable of %ld cores", n, sysconf(_SC_NPROCESSORS_ONLN));
    line(s, "threads", text);
    snprintf(text, sizeof text, "%d patients at once (%s)%s", width, pf_lanes_name(width),
        pf_lanes_has_fma() ? "" : "; without fused multiply-add: slow");
    line(s, "lanes", text);
}

static void memory(sheet *s)
{
    char text[100];
    double page = (double)sysconf(_SC_PAGESIZE);
    snprintf(text, sizeof text, "%.1f GB of %.1f GB free",
        page * (double)sysconf(_SC_AVPHYS_PAGES) / 1e9,
        page * (double)sysconf(_SC_PHYS_PAGES) / 1e9);
    line(s, "memory", text);
}

/* A compiler is not needed to run; it is worth knowing for a report of a bug. */
static void compiler(sheet *s)
{
    const char *path = getenv("PATH");
    char text[300] = "none found (not needed to run)";
    static const char *const name[] = {"cc", "gcc", "clang"};
    for (size_t i = 0; path && i < PF_COUNT(name); i++)
        for (const char *p = path; *p;) {
            size_t n = strcspn(p, ":");
            char file[256];
            snprintf(file, sizeof file, "%.*s/%s", (int)(n < 200 ? n : 200), p, name[i]);
            if (!access(file, X_OK)) {
                snprintf(text, sizeof text, "%s", file);
                line(s, "compiler", text);
                return;
            }
            p += n + (p[n] == ':');
        }
    line(s, "compiler", text);
}

/* Write, flush and remove a small file here. */
static void disk(sheet *s)
{
    struct statvfs v;
    char text[400];
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    char name[64];
    snprintf(name, sizeof name, ".perforin-doctor-%ld", (long)getpid());
    if (!statvfs(".", &v)) {
        snprintf(text, sizeof text, "%.1f GB free in this folder",
            (double)v.f_bavail * (double)v.f_frsize / 1e9);
        line(s, "disk", text);
    }
    if (pf_file_write(&ctx, name, "test\n", 5)) {
        snprintf(text, sizeof text, "no: %.300s", ctx.message);
        s->missing++;
    } else {
        snprintf(text, sizeof text, "yes");
        unlink(name);
    }
    line(s, "writable", text);
}

static void versions(sheet *s)
{
    struct utsname u;
    char text[300];
    line(s, "perforin", pf_version());
    snprintf(text, sizeof text, "libyaml %s, zlib %s, glibc %s", yaml_get_version_string(),
        pf_zip_version(), gnu_get_libc_version());
    line(s, "parts", text);
#if defined(__VERSION__)
    line(s, "built with", __VERSION__);
#endif
    if (uname(&u)) return;
    snprintf(text, sizeof text, "%.60s %.100s %.60s", u.sysname, u.release, u.machine);
    line(s, "system", text);
}

pf_status pf_doctor(int json, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    sheet s = {.b = &b, .json = json};
    if (json) pf_json_open(&b, NULL, '{');
    versions(&s);
    processor(&s);
    memory(&s);
    compiler(&s);
    disk(&s);
    if (json) pf_json_close(&b, '}');
    pf_err err = pf_call_text(&ctx, &b, text);
    if (!err && s.missing)
        err = pf_fail(
            &ctx, PF_ERR_IO, "this folder cannot be written; runs need --out elsewhere");
    return pf_call_end(&ctx, err, error);
}
