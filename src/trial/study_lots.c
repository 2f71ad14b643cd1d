/* Lots of a study's products: what their files say. */
#include "product/lot_read.h"
#include "product/lot_serve.h"
#include "trial/loader.h"

#include <string.h>

static const pf_yaml *open_file(void *payload, const char *name, const pf_place *place)
{
    return pf_loader_yaml(payload, name, place);
}

static size_t patients_per_lot(pf_loader *l, const pf_yaml *root, const pf_lot_plan *plan)
{
    const pf_yaml *node = pf_yaml_get(root, "doses_per_lot");
    int64_t n = 1;
    if (!node || node->kind != PF_YAML_SCALAR || !pf_text_integer(node->text, &n)) n = 1;
    if (plan->donor != PF_DONOR_AUTOLOGOUS || n == 1) return n < 1 ? 1 : (size_t)n;
    pf_diag_error(l->r.diag, &node->place,
        "%lld patients share a lot of one patient's own cells", (long long)n);
    pf_diag_mend(l->r.diag, "leave 'doses_per_lot' out: an autologous lot is for one patient");
    return 1;
}

void pf_loader_lot(pf_loader *l, size_t i)
{
    pf_product *p = &l->study->product[i];
    const pf_yaml *node = pf_yaml_get(l->product[i], "lot");
    const pf_yaml *shared = pf_yaml_get(l->product[i], "doses_per_lot");
    if (!node || node->kind != PF_YAML_SCALAR || !*node->text) {
        if (!node && shared)
            pf_diag_error(l->r.diag, &shared->place, "'doses_per_lot' without a 'lot'");
        return;
    }
    const pf_yaml *root = pf_loader_yaml(l, node->text, &node->place);
    if (!root) return;
    const pf_lot_opener open = {l, open_file};
    pf_lot_plan *plan = pf_arena_alloc(l->r.ctx, l->r.arena, 1, sizeof *plan);
    if (!plan) {
        l->r.failed = PF_ERR_NO_MEMORY;
        return;
    }
    pf_lot_plan_read(&l->r, root, &open, NULL, plan);
    p->lot = plan;
    l->lot[i] = root;
    p->patients_per_lot = patients_per_lot(l, l->product[i], plan);
    if (pf_lot_names(l->r.ctx, l->r.arena, plan, &p->lot_name, &p->n_lot_name))
        l->r.failed = PF_ERR_NO_MEMORY;
}

void pf_loader_lots_check(pf_loader *l, const char *const *people, size_t n)
{
    for (size_t i = 0; i < l->study->n_product && !l->r.failed; i++) {
        const pf_product *p = &l->study->product[i];
        if (!p->lot) continue;
        int own = p->lot->donor == PF_DONOR_AUTOLOGOUS;
        pf_lot_plan_check(&l->r, l->lot[i], people, own ? n : 0, p->lot);
    }
}

size_t pf_loader_lot_names(
    const pf_loader *l, size_t i, const char *const *people, size_t n, const char **out)
{
    const pf_product *p = &l->study->product[i];
    size_t all = 0;
    for (size_t k = 0; k < n && all < PF_NAMES_MAX; k++) out[all++] = people[k];
    for (size_t k = 0; k < p->n_lot_name && all < PF_NAMES_MAX; k++)
        out[all++] = p->lot_name[k];
    return all;
}

int pf_loader_lot_takes(const pf_loader *l, size_t i, const char *name)
{
    const pf_lot_plan *plan = l->study->product[i].lot;
    for (size_t k = 0; plan && k < plan->n_from_patient; k++)
        if (!strcmp(plan->from_patient[k], name)) return 1;
    return 0;
}
