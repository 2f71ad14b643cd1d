#include "tissue/life.h"

#include "base/random.h"
#include "model/hyperbolic.h"
#include "tissue/direction.h"

#include <math.h>
#include <string.h>

void pf_cell_draws(
    uint64_t seed, uint64_t id, uint64_t step, uint32_t stream, double *out, size_t n)
{
    const uint32_t key[2] = {(uint32_t)seed ^ stream * 0x9E3779B9u, (uint32_t)(seed >> 32)};
    for (size_t k = 0; k < n; k += 2) {
        const uint32_t counter[4] = {
            (uint32_t)id, (uint32_t)(id >> 32), (uint32_t)step, (uint32_t)(k / 2)};
        uint32_t word[4];
        pf_philox(key, counter, word);
        for (size_t l = 0; l < 2 && k + l < n; l++) {
            uint64_t bits = (uint64_t)word[2 * l] << 32 | word[2 * l + 1];
            out[k + l] = ((double)(bits >> 12) + 0.5) * 0x1p-52;
        }
    }
}

/* A bijection of 64 bits that spreads neighbouring numbers (the finaliser of SplitMix64, Steele
 * et al. 2014). */
static uint64_t spread(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

uint64_t pf_cell_daughter(uint64_t mother, uint32_t division)
{
    return spread(spread(mother + 0x9E3779B97F4A7C15u) + division + 1);
}

double pf_cell_radius(const pf_cell *c)
{
    return pf_real_cbrt((c->fluid + c->nucleus + c->cytoplasm) * 0.75 / M_PI);
}

/* How often molecule k is lost, antigens first: a chance, or 1/min. */
static double loss(const pf_cell_type *t, size_t k, pf_loss_when when)
{
    const pf_loss *l =
        k < PF_MOLECULES_MAX ? &t->antigen_loss[k] : &t->receptor_loss[k - PF_MOLECULES_MAX];
    return when == PF_LOSS_FIRST ? l->first : when == PF_LOSS_DIVISION ? l->division : l->rate;
}

int pf_type_loses(const pf_cell_type *t, pf_loss_when when)
{
    int any = 0;
    for (size_t k = 0; k < 2 * PF_MOLECULES_MAX; k++) any |= loss(t, k, when) > 0;
    return any;
}

int pf_cell_lose(pf_cell *c, const pf_cell_type *t, const pf_loss_chance *by)
{
    double u[2 * PF_MOLECULES_MAX];
    uint8_t before = c->lost;
    pf_cell_draws(by->seed, by->id, by->step, PF_STREAM_LOSS + (uint32_t)by->when, u,
        2 * PF_MOLECULES_MAX);
    for (size_t k = 0; k < 2 * PF_MOLECULES_MAX; k++) {
        double chance = loss(t, k, by->when);
        if (by->when == PF_LOSS_TIME) chance = -pf_real_expm1(-chance * by->minutes);
        if (!(u[k] < chance)) continue;
        c->lost |= (uint8_t)(1u << k);
        *(k < PF_MOLECULES_MAX ? &c->antigen[k] : &c->receptor[k - PF_MOLECULES_MAX]) = 0;
    }
    return c->lost != before;
}

void pf_cell_born(pf_cell *c, const pf_cell_type *t, uint64_t seed, uint64_t id)
{
    double u[2 * PF_MOLECULES_MAX + 2];
    memset(c, 0, sizeof *c);
    c->target = UINT32_MAX;
    c->fluid = t->volume * t->fluid;
    c->nucleus = t->nucleus * (1 - t->fluid);
    c->cytoplasm = (t->volume - t->nucleus) * (1 - t->fluid);
    pf_cell_draws(seed, id, 0, PF_STREAM_BIRTH, u, 2 * PF_MOLECULES_MAX + 2);
    for (int k = 0; k < PF_MOLECULES_MAX; k++) {
        double far = sqrt(-2 * pf_real_log(u[k])), a, b; /* two normal ones: Box and Muller */
        pf_turn(u[PF_MOLECULES_MAX + k], &a, &b);
        c->antigen[k] = (float)(t->antigen[k] * pf_real_exp(t->antigen_sd[k] * far * a));
        c->receptor[k] = (float)(t->receptor[k] * pf_real_exp(t->receptor_sd[k] * far * b));
    }
    c->moves = u[2 * PF_MOLECULES_MAX] < t->motile;
    double k = u[2 * PF_MOLECULES_MAX + 1];
    c->class = k < t->killer.idle                      ? PF_KILLER_IDLE
               : k < t->killer.idle + t->killer.single ? PF_KILLER_SINGLE
                                                       : PF_KILLER_SERIAL;
    c->granules = (float)t->killer.granules;
    if (pf_type_loses(t, PF_LOSS_FIRST))
        pf_cell_lose(c, t, &(pf_loss_chance){PF_LOSS_FIRST, 0, seed, id, 0});
}

void pf_cell_moves(pf_cell *c, double share, uint64_t seed, uint64_t id)
{
    double u[2 * PF_MOLECULES_MAX + 1];
    pf_cell_draws(seed, id, 0, PF_STREAM_BIRTH, u, 2 * PF_MOLECULES_MAX + 1);
    c->moves = u[2 * PF_MOLECULES_MAX] < share;
}

/* x after h minutes of relaxing to `target` at `rate`, implicitly. */
static double relaxed(double x, double target, double rate, double h)
{
    return (x + h * rate * target) / (1 + h * rate);
}

static void grow(pf_cell *c, const pf_cell_type *t, double h)
{
    double solid = 1 - t->fluid, nucleus = t->nucleus * solid,
           cytoplasm = (t->volume - t->nucleus) * solid, fluid = t->fluid;
    double fluid_rate = t->fluid_rate, nucleus_rate = t->nucleus_rate,
           cytoplasm_rate = t->cytoplasm_rate;
    if (c->state == PF_CELL_ALIVE && t->n_phase && t->phase[c->phase].doubles) {
        nucleus *= 2;
        cytoplasm *= 2;
    }
    if (c->state == PF_CELL_APOPTOTIC) {
        nucleus = cytoplasm = fluid = 0;
        fluid_rate = nucleus_rate = cytoplasm_rate = t->shrink_rate;
    }
    if (c->state == PF_CELL_SWELLING) {
        nucleus = cytoplasm = 0;
        fluid = 1; /* takes water until it bursts */
        fluid_rate = t->swell_rate;
        nucleus_rate = cytoplasm_rate = t->lysis_rate;
    }
    if (c->state == PF_CELL_LYSED) {
        nucleus = cytoplasm = fluid = 0;
        fluid_rate = nucleus_rate = cytoplasm_rate = t->lysis_rate;
    }
    double all = c->fluid + c->nucleus + c->cytoplasm;
    c->fluid = relaxed(c->fluid, fluid * all, fluid_rate, h);
    c->nucleus = relaxed(c->nucleus, nucleus, nucleus_rate, h);
    c->cytoplasm = relaxed(c->cytoplasm, cytoplasm, cytoplasm_rate, h);
}

/* A dying cell's way to its end. */
static void decay(pf_cell *c, const pf_cell_type *t)
{
    double all = c->fluid + c->nucleus + c->cytoplasm;
    if (c->state == PF_CELL_APOPTOTIC && c->clock >= t->apoptosis_lasts)
        c->state = PF_CELL_GONE;
    if (c->state == PF_CELL_SWELLING && all >= 2 * t->volume) {
        c->state = PF_CELL_LYSED;
        c->clock = 0;
    }
    if (c->state == PF_CELL_LYSED && c->clock >= t->necrosis_lasts) c->state = PF_CELL_GONE;
}

void pf_cell_die(pf_cell *c, pf_cell_state how)
{
    c->state = (uint8_t)how;
    c->clock = 0;
    c->target = UINT32_MAX;
}

int pf_cell_live(pf_cell *c, const pf_cell_type *t, const pf_life_rates *rates, double minutes,
    const double draw[3])
{
    c->clock += (float)minutes;
    grow(c, t, minutes);
    if (c->state != PF_CELL_ALIVE) {
        decay(c, t);
        return 0;
    }
    if (draw[0] < -pf_real_expm1(-rates->apoptosis * minutes)) {
        pf_cell_die(c, PF_CELL_APOPTOTIC);
        return 0;
    }
    if (draw[1] < -pf_real_expm1(-rates->necrosis * minutes)) {
        pf_cell_die(c, PF_CELL_SWELLING);
        return 0;
    }
    if (!t->n_phase) return 0;
    const pf_phase *p = &t->phase[c->phase];
    int leaves = p->fixed
                     ? rates->leave > 0 && ((double)c->clock + minutes / 2) * rates->leave >= 1
                     : draw[2] < -pf_real_expm1(-rates->leave * minutes);
    if (!leaves) return 0;
    c->clock = 0;
    c->phase = (uint8_t)((c->phase + 1u) % t->n_phase);
    return p->divides;
}

void pf_cell_divide(pf_cell *mother, pf_cell *daughter, uint64_t mother_id)
{
    mother->fluid /= 2;
    mother->nucleus /= 2;
    mother->cytoplasm /= 2;
    mother->granules /= 2;
    mother->target = UINT32_MAX;
    mother->divisions++;
    *daughter = *mother;
    daughter->mother = mother_id;
    daughter->divisions = 0;
    daughter->kills = 0;
}
