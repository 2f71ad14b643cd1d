/* Molecules on cells, by name; and what killers do with them. */
#include "tissue/setup_parts.h"

/* ---- molecules ---- */

typedef struct {
    const char *name, *source, *note;
    double median, sd;
    pf_loss loss;
} molecule;
static const pf_field MOLECULE[] = {
    PF_ROW_TEXT(molecule, "name", name, 1, "its name; the same name means the same molecule"),
    PF_ROW_NEEDED(molecule, "median", median, "copies|1", 0, 1e9,
        "molecules on a cell, drawn when a cell is placed; daughters inherit their mother's"),
    PF_ROW_NUMBER(molecule, "sd_log", sd, "1", 0, 5, "0",
        "standard deviation of its natural logarithm over cells"),
    PF_ROW_NUMBER(molecule, "lost", loss.first, "1", 0, 1, "0",
        "share of the cells that are placed which have lost it for good, and all daughters "
        "with "
        "them; no rule brings it back. Of a receptor e.g. the share that does not carry it"),
    PF_ROW_NUMBER(molecule, "loss", loss.division, "1", 0, 1, "0",
        "chance at each division that the daughter loses it for good; her mother keeps it"),
    PF_ROW_NUMBER(
        molecule, "loss_rate", loss.rate, "1/min", 0, 10, "0 1/min", "of losing it for good"),
    PF_ROW_SOURCE(molecule),
};
const pf_fields PF_MOLECULE_FIELDS = {
    "molecule", "An antigen or a receptor of a type of cell.", MOLECULE, PF_COUNT(MOLECULE)};

/* Where the molecules of one kind go. */
typedef struct {
    const char *key; /* "antigens" */
    const char **name;
    size_t *n;
    double *median, *sd; /* [PF_MOLECULES_MAX] */
    pf_loss *loss;
} shelf;

static void read_molecule(pf_setup_loader *l, const pf_yaml *map, const shelf *s)
{
    molecule m = {0};
    if (!pf_fields_read(&l->r, map, &PF_MOLECULE_FIELDS, &m)) return;
    size_t k = 0;
    while (k < *s->n && strcmp(s->name[k], m.name) != 0) k++;
    if (k == PF_MOLECULES_MAX) {
        pf_diag_error(l->r.diag, &map->place, "'%s' is one more than %d kinds of %s", m.name,
            PF_MOLECULES_MAX, s->key);
        return;
    }
    if (k == *s->n) s->name[(*s->n)++] = m.name;
    if (s->median[k] > 0)
        pf_diag_error(l->r.diag, &map->place, "'%s' is given twice for this cell", m.name);
    s->median[k] = m.median;
    s->sd[k] = m.sd;
    s->loss[k] = m.loss;
}

static void read_shelf(pf_setup_loader *l, const pf_yaml *list, const shelf *s)
{
    if (!pf_field_is_list(&l->r, s->key, list, "a list of molecules")) return;
    for (size_t i = 0; i < list->n; i++) read_molecule(l, list->item[i], s);
}

void pf_setup_molecules(pf_setup_loader *l)
{
    pf_setup *s = l->setup;
    for (size_t i = 0; i < l->n_cell; i++) {
        pf_cell_type *t = &l->cell[i].type;
        const shelf antigens = {
            "antigens", l->antigen, &l->n_antigen, t->antigen, t->antigen_sd, t->antigen_loss};
        const shelf receptors = {"receptors", l->receptor, &l->n_receptor, t->receptor,
            t->receptor_sd, t->receptor_loss};
        read_shelf(l, l->cell[i].antigens, &antigens);
        read_shelf(l, l->cell[i].receptors, &receptors);
    }
    s->n_antigen = l->n_antigen;
    s->n_receptor = l->n_receptor;
    memcpy(s->antigen, l->antigen, sizeof s->antigen);
    memcpy(s->receptor, l->receptor, sizeof s->receptor);
}

/* ---- killers ---- */

typedef struct {
    const char *receptor, *antigen, *drug, *source, *note;
    double half;
    int effect;
    const pf_yaml *kd, *kd_receptor;
} pair;
static const pf_field PAIR[] = {
    PF_ROW_TEXT(pair, "receptor", receptor, 1, "of the killer"),
    PF_ROW_TEXT(pair, "antigen", antigen, 1, "of the target"),
    PF_ROW_NEEDED(pair, "half", half, "1", DBL_MIN, 1e18,
        "receptors times antigens at which this pair alone recognises (or inhibits) by half"),
    PF_ROW_TEXT(pair, "drug", drug, 0,
        "a substance that this pair needs, or that blocks it; see [drugs](#drugs)"),
    {.name = "effect",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT_SIZE(pair, effect, int),
        .unit = "opsonin|blocks|bridges",
        .otherwise = "opsonin",
        .doc = "of the drug: only antigens that carry it count; those that do not; or it must "
               "bind both"},
    PF_ROW_NODE(pair, "kd", kd, 0,
        "of the drug: concentration at half occupancy of the antigen (of `blocks`, of whatever "
        "it blocks), in the substance's unit",
        NULL),
    PF_ROW_NODE(
        pair, "kd_receptor", kd_receptor, 0, "of `bridges`: the same of the receptor", NULL),
    PF_ROW_SOURCE(pair),
};
const pf_fields PF_PAIR_FIELDS = {
    "pair", "A receptor and the antigen that it binds.", PAIR, PF_COUNT(PAIR)};

typedef struct {
    pf_killer k;
    const char *const *attacks;
    size_t n_attacks;
    const pf_yaml *recognition, *inhibition, *slow_by;
    const char *source, *note;
} killer_file;
static const pf_field KILLER[] = {
    {.name = "attacks",
        .kind = PF_FIELD_TEXTS,
        .required = 1,
        .at = PF_AT(killer_file, attacks, const char *const *),
        .count_at = PF_AT(killer_file, n_attacks, size_t),
        .doc = "types of cells that it binds"},
    PF_ROW_NODE(killer_file, "recognition", recognition, 1,
        "list: pairs by which it sees a target", &PF_PAIR_FIELDS),
    PF_ROW_NODE(killer_file, "inhibition", inhibition, 0,
        "list: pairs that hold it back; missing self is a target without their antigen",
        &PF_PAIR_FIELDS),
    PF_ROW_NUMBER(
        killer_file, "power", k.power, "1", 0.1, 10, "1", "n of recognition x^n / (x^n + 1)"),
    PF_ROW_NUMBER(killer_file, "threshold", k.threshold, "1", 0, 1e6, "0",
        "x below which it sees nothing"),
    PF_ROW_NEEDED(killer_file, "bind", k.bind, "1/min", DBL_MIN, 1e4,
        "rate of binding a target that it touches and fully recognises"),
    PF_ROW_NEEDED(
        killer_file, "hold", k.hold, "min", DBL_MIN, 1e9, "how long it holds on, on average"),
    PF_ROW_NEEDED(killer_file, "attempts", k.attempts, "1/min", 0, 1e4,
        "rate of killing with granules while it holds a target that it fully recognises"),
    PF_ROW_NEEDED(
        killer_file, "granules", k.granules, "1", 0, 1e6, "number at rest, and at first"),
    PF_ROW_NUMBER(killer_file, "cost", k.cost, "1", 0, 1e6, "1", "granules that a kill takes"),
    PF_ROW_NUMBER(killer_file, "refill", k.refill, "1/min", 0, 1e3, "0 1/min",
        "rate of return towards their number at rest"),
    PF_ROW_NUMBER(killer_file, "slow", k.slow, "1/min", 0, 1e4, "0 1/min",
        "rate of killing by ligands while it holds a target, without granules; times "
        "recognition, or see `slow_by`"),
    PF_ROW_NODE(killer_file, "slow_by", slow_by, 0,
        "list: pairs by which slow killing works instead of recognition (FasL as a receptor, "
        "Fas "
        "as an antigen); neither threshold nor inhibition holds it back",
        &PF_PAIR_FIELDS),
    PF_ROW_NUMBER(killer_file, "exhaustion", k.exhaustion, "1", 0, 1e6, "0",
        "e gained by a kill; attempts are slowed by 1 / (1 + e)"),
    PF_ROW_NUMBER(
        killer_file, "recovery", k.recovery, "1/min", 0, 1e3, "0 1/min", "rate of losing e"),
    PF_ROW_NUMBER(killer_file, "pull", k.pull, "1/min", 0, 10, "0 1/min",
        "spring between the two while it holds"),
    PF_ROW_NUMBER(
        killer_file, "idle", k.idle, "1", 0, 1, "0", "share of the type that never kills"),
    PF_ROW_NUMBER(killer_file, "single", k.single, "1", 0, 1, "0",
        "share that kills once; the rest are serial killers"),
    PF_ROW_SOURCE(killer_file),
};
const pf_fields PF_KILLER_FIELDS = {"killer",
    "How a cell finds, holds and kills others. Recognition of a target is x^n / (x^n + 1), x "
    "the "
    "sum over pairs of receptors times antigens over `half`, times 1 less the same of "
    "inhibition.",
    KILLER, PF_COUNT(KILLER)};

/* Where the pairs of one list go. */
typedef struct {
    const char *key;
    pf_pairs which;
    double (*half)[PF_MOLECULES_MAX];
} pairs;

/* A concentration above 0 in the unit of a substance. */
static int read_kd(
    pf_setup_loader *l, const char *key, size_t substance, const pf_yaml *node, double *out)
{
    const pf_field f = {.name = key,
        .kind = PF_FIELD_NUMBER,
        .unit = l->setup->substance_unit[substance],
        .low = DBL_MIN,
        .high = 1e30};
    return pf_field_read(&l->r, &f, node, out);
}

/* What belongs together: a drug and its constants. */
static int drug_fits(pf_setup_loader *l, const pf_yaml *map, const pair *p)
{
    const pf_yaml *effect = pf_yaml_get(map, "effect");
    int bridges = p->effect == PF_DRUG_BRIDGES;
    size_t before = l->r.diag->told;
    if (!p->drug && (p->kd || p->kd_receptor || effect)) {
        pf_diag_error(l->r.diag, &map->place, "a pair with '%s', but without a 'drug'",
            p->kd            ? "kd"
            : p->kd_receptor ? "kd_receptor"
                             : "effect");
    } else if (p->drug && !p->kd) {
        pf_diag_error(l->r.diag, &map->place, "the drug '%s' has no 'kd'", p->drug);
    } else if (p->drug && bridges != (p->kd_receptor != NULL)) {
        pf_diag_error(l->r.diag, &map->place,
            bridges ? "a drug that bridges has no 'kd_receptor'"
                    : "only a drug that 'bridges' has a 'kd_receptor'");
    }
    return l->r.diag->told == before;
}

static void add_drug(pf_setup_loader *l, const pf_yaml *map, const pair *p, pf_drug_pair *add,
    pf_drug_pair *list)
{
    size_t n = 0, s = pf_setup_find(l, "substance", pf_yaml_get(map, "drug"), l->substance_name,
                      l->n_substance);
    if (s == l->n_substance || !read_kd(l, "kd", s, p->kd, &add->kd)) return;
    if (p->kd_receptor && !read_kd(l, "kd_receptor", s, p->kd_receptor, &add->kd_receptor))
        return;
    add->substance = (uint8_t)s;
    add->effect = (uint8_t)p->effect;
    for (; n < PF_DRUG_PAIRS_MAX && list[n].half > 0; n++) {
        const pf_drug_pair *a = &list[n];
        if (a->pairs == add->pairs && a->receptor == add->receptor &&
            a->antigen == add->antigen && a->substance == add->substance)
            pf_diag_error(l->r.diag, &map->place, "the pair of '%s' and '%s' is given twice",
                p->receptor, p->antigen);
    }
    if (n == PF_DRUG_PAIRS_MAX)
        pf_diag_error(l->r.diag, &map->place,
            "one more than %d pairs of this killer that know a drug", PF_DRUG_PAIRS_MAX);
    else
        list[n] = *add;
}

/* One pair. Its receptor must be on the killer, its antigen on some cell. */
static void read_pair(pf_setup_loader *l, const pf_yaml *map, const pf_cell_type *t,
    pf_killer *k, const pairs *to)
{
    pair p = {0};
    if (!pf_fields_read(&l->r, map, &PF_PAIR_FIELDS, &p) || !drug_fits(l, map, &p)) return;
    const pf_yaml *receptor = pf_yaml_get(map, "receptor");
    size_t r = pf_setup_find(l, "receptor", receptor, l->receptor, l->n_receptor),
           a = pf_setup_find(
               l, "antigen", pf_yaml_get(map, "antigen"), l->antigen, l->n_antigen);
    if (r < l->n_receptor && !(t->receptor[r] > 0)) {
        pf_diag_error(
            l->r.diag, &receptor->place, "'%s' has no receptor '%s'", t->name, p.receptor);
        pf_diag_mend(l->r.diag, "add it to the 'receptors' of '%s'", t->name);
        return;
    }
    if (r == l->n_receptor || a == l->n_antigen) return;
    if (p.drug) {
        pf_drug_pair add = {.half = p.half,
            .pairs = (uint8_t)to->which,
            .receptor = (uint8_t)r,
            .antigen = (uint8_t)a};
        add_drug(l, map, &p, &add, k->drug);
        return;
    }
    if (to->half[r][a] > 0)
        pf_diag_error(l->r.diag, &map->place, "the pair of '%s' and '%s' is given twice",
            p.receptor, p.antigen);
    to->half[r][a] = p.half;
}

static void read_pairs(
    pf_setup_loader *l, const pf_yaml *list, pf_cell_type *t, const pairs *to)
{
    if (!pf_field_is_list(&l->r, to->key, list, "a list of pairs")) return;
    for (size_t i = 0; i < list->n; i++) read_pair(l, list->item[i], t, &t->killer, to);
}

static void check_numbers(pf_setup_loader *l, const pf_yaml *map, const pf_killer *k)
{
    const pf_yaml *granules = pf_yaml_get(map, "granules"),
                  *single = pf_yaml_get(map, "single");
    if (k->attempts > 0 && k->granules < k->cost) {
        pf_diag_error(l->r.diag, granules ? &granules->place : &map->place,
            "%g granules never suffice for a kill, which takes %g", k->granules, k->cost);
        pf_diag_mend(l->r.diag, "more 'granules', or 'attempts: 0 1/min'");
    }
    if (k->idle + k->single > 1)
        pf_diag_error(l->r.diag, single ? &single->place : &map->place,
            "'idle' and 'single' add to %g; expected at most 1", k->idle + k->single);
}

static void read_killer(pf_setup_loader *l, pf_cell_file *c)
{
    pf_cell_type *t = &c->type;
    killer_file f = {.k = {0}};
    int good = pf_fields_read(&l->r, c->killer, &PF_KILLER_FIELDS, &f);
    if (c->killer->kind != PF_YAML_MAP) return;
    t->killer = f.k;
    const pf_yaml *attacks = pf_yaml_get(c->killer, "attacks");
    for (size_t i = 0; attacks && i < f.n_attacks; i++) {
        const pf_yaml *node = attacks->kind == PF_YAML_LIST ? attacks->item[i] : attacks;
        size_t k = pf_setup_find(l, "type of cell", node, l->cell_name, l->n_cell);
        if (k < l->n_cell) t->killer.attacks[k] = 1;
    }
    pf_killer *k = &t->killer;
    read_pairs(l, f.recognition, t, &(pairs){"recognition", PF_PAIRS_RECOGNITION, k->half});
    read_pairs(l, f.inhibition, t, &(pairs){"inhibition", PF_PAIRS_INHIBITION, k->stop});
    read_pairs(l, f.slow_by, t, &(pairs){"slow_by", PF_PAIRS_SLOW, k->slow_half});
    const pf_yaml *slow_by = pf_yaml_get(c->killer, "slow_by");
    if (slow_by && !(k->slow > 0))
        pf_diag_error(l->r.diag, &slow_by->place, "'slow_by' without a rate, 'slow'");
    if (good) check_numbers(l, c->killer, &t->killer);
}

/* Some pair of receptor and antigen by which this killer sees that type at the beginning. */
static int sees(const pf_killer *k, const pf_cell_type *killer, const pf_cell_type *target)
{
    for (int r = 0; r < PF_MOLECULES_MAX; r++)
        for (int a = 0; a < PF_MOLECULES_MAX; a++)
            if (killer->receptor[r] > 0 && target->antigen[a] > 0 &&
                (k->half[r][a] > 0 || k->slow_half[r][a] > 0))
                return 1;
    for (int i = 0; i < PF_DRUG_PAIRS_MAX && k->drug[i].half > 0; i++)
        if (target->antigen[k->drug[i].antigen] > 0) return 1;
    return 0;
}

/* Who can kill nobody as he is: a slip, unless rules are to change it. */
static void check_targets(pf_setup_loader *l, const pf_cell_file *c)
{
    const pf_yaml *attacks = pf_yaml_get(c->killer, "attacks");
    size_t n = 0;
    for (size_t j = 0; attacks && j < l->n_cell; j++) {
        if (!c->type.killer.attacks[j]) continue;
        n++;
        if (!sees(&c->type.killer, &c->type, &l->cell[j].type))
            pf_diag_warning(l->r.diag, &attacks->place,
                "'%s' cannot see '%s', which begins with none of the antigens that it knows",
                c->type.name, l->cell[j].type.name);
    }
    if (attacks && !n)
        pf_diag_warning(l->r.diag, &attacks->place, "'%s' attacks nobody", c->type.name);
}

void pf_setup_killers(pf_setup_loader *l)
{
    size_t before = l->r.diag->told;
    for (size_t i = 0; i < l->n_cell; i++)
        if (l->cell[i].killer) read_killer(l, &l->cell[i]);
    for (size_t i = 0; i < l->n_cell && l->r.diag->told == before; i++)
        if (l->cell[i].killer) check_targets(l, &l->cell[i]);
}
