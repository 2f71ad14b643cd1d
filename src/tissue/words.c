#include "tissue/words.h"

#include <math.h>

typedef struct {
    pf_ctx *ctx;
    pf_arena *arena;
    pf_word *word;
    size_t n;
    int failed;
} maker;

static void add(maker *m, int id, const char *unit, const char *name)
{
    if (!name || !unit) m->failed = 1;
    m->word[m->n++] = (pf_word){name, unit, id};
}

/* `before` + name + `behind` for each of `n` names. */
typedef struct {
    int id;
    const char *before, *behind, *unit; /* NULL: the substance's own */
} shape;

static const char *glue(maker *m, const char *a, const char *b, const char *c)
{
    return pf_arena_printf(m->ctx, m->arena, "%s%s%s", a, b ? b : "", c);
}

static const char *unit_of(const pf_setup *s, size_t k)
{
    return s->substance_unit && s->substance_unit[k] ? s->substance_unit[k] : "1";
}

static void add_substances(maker *m, const pf_setup *s, const shape *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < s->n_substance; k++) {
            const char *unit = list[i].unit ? list[i].unit : unit_of(s, k);
            if (list[i].id == PF_SENSE_GRADIENT) unit = glue(m, unit, "/um", "");
            add(m, list[i].id + (int)k, unit,
                glue(m, list[i].before, s->substance[k].name, list[i].behind));
        }
}

static void add_molecules(maker *m, const pf_setup *s, int antigen, int receptor)
{
    for (size_t k = 0; k < s->n_antigen; k++)
        add(m, antigen + (int)k, "copies", glue(m, "antigen ", s->antigen[k], ""));
    for (size_t k = 0; k < s->n_receptor; k++)
        add(m, receptor + (int)k, "copies", glue(m, "receptor ", s->receptor[k], ""));
}

static void make_signals(maker *m, const pf_setup *s)
{
    static const shape OF[] = {
        {PF_SENSE_LEVEL, "", "", NULL}, {PF_SENSE_GRADIENT, "", " gradient", NULL}};
    static const pf_word ALONE[] = {{"pressure", "1", PF_SENSE_PRESSURE},
        {"volume", "um3", PF_SENSE_VOLUME}, {"contact with live cells", "1", PF_SENSE_LIVE},
        {"contact with dead cells", "1", PF_SENSE_DEAD}, {"time", "min", PF_SENSE_TIME},
        {"kills", "1", PF_SENSE_KILLS}, {"granules", "1", PF_SENSE_GRANULES},
        {"exhaustion", "1", PF_SENSE_EXHAUSTION}, {"bound", "1", PF_SENSE_BOUND},
        {"held", "1", PF_SENSE_HELD}};
    for (size_t i = 0; i < PF_COUNT(ALONE); i++)
        add(m, ALONE[i].id, ALONE[i].unit, ALONE[i].name);
    add_substances(m, s, OF, PF_COUNT(OF));
    for (size_t k = 0; k < s->n_type; k++)
        add(m, PF_SENSE_CONTACT + (int)k, "1", glue(m, "contact with ", s->type[k].name, ""));
    add_molecules(m, s, PF_SENSE_ANTIGEN, PF_SENSE_RECEPTOR);
}

static void make_behaviours(maker *m, const pf_setup *s)
{
    static const shape OF[] = {{PF_DO_TAXIS, "chemotactic response to ", "", "1"},
        {PF_DO_SECRETION, "", " secretion", "1/min"},
        {PF_DO_TARGET, "", " secretion target", NULL}, {PF_DO_UPTAKE, "", " uptake", "1/min"}};
    static const pf_word ALONE[] = {{"cycle entry", "1/min", PF_DO_EXIT},
        {"apoptosis", "1/min", PF_DO_APOPTOSIS}, {"necrosis", "1/min", PF_DO_NECROSIS},
        {"migration speed", "um/min", PF_DO_SPEED}, {"migration bias", "1", PF_DO_BIAS},
        {"migration persistence", "min", PF_DO_PERSISTENCE}, {"bind", "1/min", PF_DO_BIND},
        {"attempts", "1/min", PF_DO_ATTEMPTS}, {"hold", "min", PF_DO_HOLD},
        {"slow killing", "1/min", PF_DO_SLOW}, {"granule refill", "1/min", PF_DO_REFILL}};
    for (size_t i = 0; i < PF_COUNT(ALONE); i++)
        add(m, ALONE[i].id, ALONE[i].unit, ALONE[i].name);
    for (int k = 0; k < PF_PHASES_MAX; k++)
        add(m, PF_DO_EXIT + k, "1/min",
            pf_arena_printf(m->ctx, m->arena, "exit from cycle phase %d", k));
    add_substances(m, s, OF, PF_COUNT(OF));
    add_molecules(m, s, PF_DO_ANTIGEN, PF_DO_RECEPTOR);
}

pf_err pf_words_make(pf_ctx *ctx, pf_arena *arena, const pf_setup *s, pf_words *out)
{
    maker m = {.ctx = ctx, .arena = arena};
    m.word = out->signal = pf_arena_alloc(ctx, arena, PF_SENSE_COUNT, sizeof(pf_word));
    if (!m.word) return PF_ERR_NO_MEMORY;
    make_signals(&m, s);
    out->n_signal = m.n;
    m.n = 0;
    m.word = out->behaviour = pf_arena_alloc(ctx, arena, PF_DO_COUNT + 1, sizeof(pf_word));
    if (!m.word) return PF_ERR_NO_MEMORY;
    make_behaviours(&m, s);
    out->n_behaviour = m.n;
    return m.failed ? PF_ERR_NO_MEMORY : PF_OK;
}

const pf_word *pf_word_of(const pf_word *word, size_t n, int id)
{
    for (size_t i = 0; i < n; i++)
        if (word[i].id == id) return &word[i];
    return NULL;
}

/* The row that a number stands in, and its place there. */
static int within(int id, int first, int n, size_t *k)
{
    *k = (size_t)(id - first);
    return id >= first && id < first + n;
}

double pf_behaviour_base(const pf_cell_type *t, int b)
{
    size_t k;
    if (within(b, PF_DO_EXIT, PF_PHASES_MAX, &k)) return k < t->n_phase ? t->phase[k].rate : 0;
    if (within(b, PF_DO_TAXIS, PF_SUBSTANCES_MAX, &k)) return t->taxis[k];
    if (within(b, PF_DO_SECRETION, PF_SUBSTANCES_MAX, &k)) return t->exchange[k].secretion;
    if (within(b, PF_DO_TARGET, PF_SUBSTANCES_MAX, &k)) return t->exchange[k].target;
    if (within(b, PF_DO_UPTAKE, PF_SUBSTANCES_MAX, &k)) return t->exchange[k].uptake;
    if (within(b, PF_DO_ANTIGEN, PF_MOLECULES_MAX, &k)) return t->antigen[k];
    if (within(b, PF_DO_RECEPTOR, PF_MOLECULES_MAX, &k)) return t->receptor[k];
    switch (b) {
    case PF_DO_APOPTOSIS:
        return t->apoptosis;
    case PF_DO_NECROSIS:
        return t->necrosis;
    case PF_DO_SPEED:
        return t->speed;
    case PF_DO_BIAS:
        return t->bias;
    case PF_DO_PERSISTENCE:
        return t->persistence;
    case PF_DO_BIND:
        return t->killer.bind;
    case PF_DO_ATTEMPTS:
        return t->killer.attempts;
    case PF_DO_HOLD:
        return t->killer.hold;
    case PF_DO_SLOW:
        return t->killer.slow;
    case PF_DO_REFILL:
        return t->killer.refill;
    default:
        return 0;
    }
}

void pf_behaviour_range(int b, double *low, double *high)
{
    size_t k;
    int taxis = within(b, PF_DO_TAXIS, PF_SUBSTANCES_MAX, &k);
    *low = taxis ? -1e6 : 0;
    *high = b == PF_DO_BIAS ? 1 : 1e12;
}

const char *pf_behaviour_refused(const pf_setup *s, size_t type, int b)
{
    const pf_cell_type *t = &s->type[type];
    size_t k;
    int moves = within(b, PF_DO_TAXIS, PF_SUBSTANCES_MAX, &k) || b == PF_DO_SPEED ||
                b == PF_DO_BIAS || b == PF_DO_PERSISTENCE;
    if (moves && !(t->motile > 0)) return "none of its cells moves: its motile share is 0";
    if (within(b, PF_DO_EXIT, PF_PHASES_MAX, &k) && k >= t->n_phase)
        return t->n_phase ? "its cycle has fewer phases" : "it has no cycle";
    if (b >= PF_DO_BIND && b <= PF_DO_REFILL) {
        for (size_t j = 0; j < s->n_type; j++)
            if (t->killer.attacks[j]) return NULL;
        return "it attacks nobody";
    }
    return NULL;
}
