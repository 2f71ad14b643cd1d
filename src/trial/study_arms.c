/* The arms of a study: sizes, regimens, what is switched off. */
#include "trial/loader.h"

#include <string.h>

typedef struct arm_entry {
    const char *name, *like, *note;
    uint64_t size;
    const pf_yaml *regimen;
    const char *const *without;
    size_t n_without;
} arm_entry;
static const pf_field ARM[] = {
    {.name = "name",
        .kind = PF_FIELD_TEXT,
        .required = 1,
        .at = PF_AT(arm_entry, name, const char *),
        .doc = "as it will stand in every table"},
    {.name = "like",
        .kind = PF_FIELD_TEXT,
        .at = PF_AT(arm_entry, like, const char *),
        .doc =
            "name of an earlier arm, whose size and regimen this one takes where it has none "
            "of its own; comparisons of the two are shown"},
    {.name = "size",
        .kind = PF_FIELD_COUNT,
        .at = PF_AT(arm_entry, size, uint64_t),
        .low = 1,
        .high = 1e6,
        .doc = "number of patients; required unless the arm is `like` another"},
    {.name = "regimen",
        .kind = PF_FIELD_NODE,
        .at = PF_AT(arm_entry, regimen, const pf_yaml *),
        .doc = "list: what is given; without it nothing, or what is given in the arm it is "
               "`like`",
        .inside = &PF_REGIMEN_FIELDS},
    {.name = "without",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(arm_entry, without, const char *const *),
        .count_at = PF_AT(arm_entry, n_without, size_t),
        .doc = "mechanisms of the model that are switched off in this arm (its "
               "`switch.<mechanism>` roles)"},
    {.name = "note",
        .kind = PF_FIELD_TEXT,
        .at = PF_AT(arm_entry, note, const char *),
        .doc = "anything worth saying"},
};
const pf_fields PF_ARM_FIELDS = {"arm", "One arm of the study.", ARM, PF_COUNT(ARM)};

enum { MOST_NAMES = 64 };

/* Size and regimen of an earlier arm. */
static void take_after(pf_loader *l, const pf_yaml *map, const arm_entry *raw, pf_arm *arm)
{
    const pf_yaml *node = pf_yaml_get(map, "like");
    const char *names[MOST_NAMES];
    size_t n = 0;
    for (const pf_arm *other = l->study->arm; other < arm; other++) {
        if (!other->name) continue;
        if (n < MOST_NAMES) names[n++] = other->name;
        if (strcmp(other->name, raw->like) != 0) continue;
        arm->like = 1 + (size_t)(other - l->study->arm);
        if (!raw->size) arm->size = other->size;
        if (raw->regimen) return;
        arm->item = other->item;
        arm->n_item = other->n_item;
        return;
    }
    pf_diag_error(l->r.diag, &node->place, "no earlier arm is called '%s'%s", raw->like,
        pf_diag_near(l->r.diag, raw->like, names, n));
    if (!n) pf_diag_mend(l->r.diag, "an arm can only be like one that stands above it");
}

/* Every name in `without` is a mechanism that the model can switch off. */
static void check_without(pf_loader *l, const pf_yaml *list, const arm_entry *raw)
{
    static const char prefix[] = "switch.";
    const char *names[MOST_NAMES];
    size_t n = 0, roles = l->model ? pf_model_role_count(l->model) : 0;
    for (size_t i = 0; i < roles && n < MOST_NAMES; i++) {
        const char *role = pf_model_role(l->model, i)->role;
        if (strncmp(role, prefix, sizeof prefix - 1) == 0)
            names[n++] = role + sizeof prefix - 1;
    }
    for (size_t i = 0; i < raw->n_without && l->model; i++) {
        const pf_yaml *node = list->kind == PF_YAML_LIST ? list->item[i] : list;
        size_t k = 0;
        while (k < n && strcmp(names[k], raw->without[i]) != 0) k++;
        if (k < n) continue;
        pf_diag_error(l->r.diag, &node->place, "the model has no mechanism '%s'%s",
            raw->without[i], pf_diag_near(l->r.diag, raw->without[i], names, n));
        if (!n) {
            pf_diag_mend(l->r.diag,
                "give it the line: //! role switch.%s NAME, where NAME is a parameter that is "
                "1",
                raw->without[i]);
            continue;
        }
        pf_buf b;
        pf_buf_init(&b, l->r.ctx);
        for (k = 0; k < n; k++) pf_buf_printf(&b, "%s%s", k ? ", " : "", names[k]);
        pf_diag_mend(l->r.diag, "it has %s", b.bytes ? b.bytes : "");
        pf_buf_clear(&b);
    }
}

/* Two products are alike here: an arm has one, and arms compare them at the same dose. */
static int is_same_kind(const pf_regimen_item *a, const pf_regimen_item *b)
{
    if (!a->drug != !b->drug || !a->site != !b->site) return 0;
    if (a->site && strcmp(a->site, b->site) != 0) return 0;
    return !a->drug || strcmp(a->drug, b->drug) == 0;
}

/* The stream of item `i` of an arm: that of the same item, the nth of its kind, in an earlier
 * arm; else one of its own. */
static uint32_t stream_for(const pf_study *s, const pf_regimen_item *item, size_t i)
{
    uint32_t nth = 0, most = 0;
    for (size_t k = 0; k < i; k++) {
        nth += (uint32_t)is_same_kind(&item[k], &item[i]);
        if (item[k].stream > most) most = item[k].stream;
    }
    for (size_t a = 0; a < s->n_arm; a++) {
        uint32_t n = 0;
        for (size_t k = 0; k < s->arm[a].n_item; k++) {
            const pf_regimen_item *other = &s->arm[a].item[k];
            if (other->stream > most) most = other->stream;
            if (is_same_kind(other, &item[i]) && n++ == nth) return other->stream;
        }
    }
    return most + 1;
}

/* In paired arms what is given alike is given alike to the same person, wherever it stands in
 * the list: delays, numbers of cycles, unknown doses. */
static void pair_items(pf_loader *l, pf_arm *arm)
{
    if (l->study->allocation.method != PF_ALLOCATE_PAIRED || !arm->n_item) return;
    pf_regimen_item *item = pf_arena_alloc(l->r.ctx, l->r.arena, arm->n_item, sizeof *item);
    if (!item) {
        l->r.failed = PF_ERR_NO_MEMORY;
        return;
    }
    memcpy(item, arm->item, arm->n_item * sizeof *item);
    for (size_t i = 0; i < arm->n_item; i++) item[i].stream = stream_for(l->study, item, i);
    arm->item = item;
}

static void read_arm(pf_loader *l, const pf_yaml *map, pf_arm *arm)
{
    arm_entry raw = {0};
    pf_fields_read(&l->r, map, &PF_ARM_FIELDS, &raw);
    *arm = (pf_arm){.name = raw.name,
        .size = raw.size,
        .n_without = raw.n_without,
        .without = raw.without,
        .place = map->place};
    pf_regimen_read(&l->r, raw.regimen, l->model, &l->products, &arm->n_item, &arm->item);
    pair_items(l, arm);
    if (map->kind == PF_YAML_MAP && !pf_yaml_get(map, "size") && !pf_yaml_get(map, "like")) {
        pf_diag_error(l->r.diag, &map->place, "this arm has no 'size'");
        pf_diag_mend(l->r.diag, "say how many patients it has, or which arm it is 'like'");
    }
    if (raw.like) take_after(l, map, &raw, arm);
    check_without(l, pf_yaml_get(map, "without"), &raw);
    for (const pf_arm *other = l->study->arm; other < arm && raw.name; other++)
        if (other->name && strcmp(other->name, raw.name) == 0) {
            pf_diag_error(l->r.diag, &pf_yaml_get(map, "name")->place,
                "two arms are called '%s'", raw.name);
            pf_diag_mend(l->r.diag, "the other one begins in line %d", other->place.line);
        }
}

void pf_loader_arms(pf_loader *l)
{
    const pf_yaml *list = l->file.arms;
    if (!pf_field_is_list(&l->r, "arms", list, "a list of arms")) return;
    if (!list->n) pf_diag_error(l->r.diag, &list->place, "a study needs at least one arm");
    l->study->arm = pf_arena_alloc(l->r.ctx, l->r.arena, list->n ? list->n : 1, sizeof(pf_arm));
    if (!l->study->arm) {
        l->r.failed = PF_ERR_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        read_arm(l, list->item[i], &l->study->arm[i]);
        l->study->n_arm = i + 1;
    }
}
