/* build.h: what a model is inside, and the builder that makes it of flattened statements.
 * Depends on: flat, graph, model. */
#ifndef PF_MODEL_BUILD_H
#define PF_MODEL_BUILD_H
#include "base/law.h"
#include "model/flat.h"
#include "model/graph.h"
#include "model/model.h"

#define PF_NO_NODE UINT32_MAX
enum { PF_KINDS = 3 };

typedef struct pf_pop {
    uint32_t state;
    double threshold;
    pf_node birth, death, arrival;
} pf_pop;

/* One reaction as a jump process (build_channels.c). */
typedef struct pf_jump_change {
    uint32_t state;
    pf_node by; /* PF_NODE_ZERO: what it takes it gives back */
} pf_jump_change;

typedef struct pf_jump_channel {
    const char *name; /* NULL: none */
    int line;
    pf_node rate; /* [extent/time] */
    size_t change0, n_change;
} pf_jump_channel;

/* A state that reactions change; its amount is state * size. */
typedef struct pf_jumper {
    uint32_t state;
    pf_node size;
} pf_jumper;

/* A state of which one becomes few: below `threshold` it jumps (pf_discrete in program.h). */
typedef struct pf_model_discrete {
    size_t jumper; /* in `jumper` */
    double threshold;
} pf_model_discrete;

/* An assignment of an event, to the state or parameter `index`; `scale` PF_NO_NODE: 1. */
typedef struct pf_model_set {
    int is_state;
    uint32_t index;
    pf_node value, scale;
} pf_model_set;

typedef struct pf_model_event {
    const char *name;                 /* NULL: none */
    pf_node trigger, delay, priority; /* PF_NO_NODE: no delay, no priority */
    int initial, persistent, from_trigger;
    size_t set0, n_set;
} pf_model_event;

/* What the name of a species stands for. */
enum { PF_NO_SPECIES, PF_CONCENTRATION, PF_AMOUNT };

/* A value `delay` ago. */
typedef struct pf_model_past {
    pf_node value, delay;
} pf_model_past;

/* A random draw: its law, parameters and range (build_draw.c). */
typedef struct pf_model_draw {
    pf_law law;
    pf_node in[4];
} pf_model_draw;

struct pf_model {
    pf_arena arena, texts;
    pf_source *import;
    size_t n_import;
    const char *name;
    pf_graph g;
    pf_names names;      /* flattened, with those that became one with another */
    uint32_t *symbol_of; /* [names.n] a number in `symbol` */
    pf_symbol *symbol;   /* all of them */
    pf_node *node;       /* of each: a leaf, or of an assigned name its formula */
    pf_node *init;       /* of each: formula of a derived parameter or of a value at the start;
                            PF_NO_NODE */
    pf_node *rate;       /* of each: dy/dt of a state */
    pf_node *size;       /* of each: size of the compartment of a species; PF_NO_NODE: none */
    uint8_t *species;    /* of each: PF_NO_SPECIES, ... */
    size_t n_symbol;
    uint32_t *by_kind[PF_KINDS]; /* index -> number in `symbol` */
    size_t count[PF_KINDS];
    uint32_t *order; /* numbers of derived parameters, each after those it reads */
    size_t n_order;
    uint32_t *init_order; /* numbers of states and stepped parameters whose value at the start
                             is a formula, likewise */
    size_t n_init_order;
    uint8_t *stepped; /* [n_symbol] a parameter that is set at the start or by events */
    pf_model_event *event;
    pf_model_set *set;
    pf_node *root; /* what triggers compare with 0; on the heap */
    pf_model_discrete *discrete;
    size_t n_discrete;
    uint32_t hazard; /* state, when n_discrete > 0 */
    size_t n_event, n_set, n_root, root_capacity;
    pf_model_past *past; /* on the heap */
    size_t n_past, past_capacity;
    pf_model_draw *draw; /* on the heap */
    size_t n_draw, draw_capacity;
    pf_role *role;
    size_t n_role;
    pf_pop *pop;
    size_t n_pop;
    pf_jump_channel *channel; /* one for each reaction, in their order */
    pf_jump_change *change;
    pf_jumper *jumper;
    size_t n_channel, n_change, n_jumper;
};

/* From a value as given to what is held. */
typedef enum { PF_AS_IT_IS, PF_TIMES_SIZE, PF_OVER_SIZE } pf_conversion;

/* Of one symbol: numbers in `symbol`, or PF_NO_NAME. */
typedef struct pf_source_of {
    uint32_t amount;      /* a concentration is this amount over the size of its compartment */
    uint32_t compartment; /* of a species or its amount */
    pf_conversion conversion;
} pf_source_of;

typedef struct pf_builder {
    pf_ctx *ctx;
    pf_flat *flat;
    pf_model *m;
    uint32_t *symbol;    /* [names.n] of a variable that is a root */
    uint8_t *determined; /* [names.n] by an algebraic rule */
    uint32_t *todo;      /* a stack */
    size_t n_todo, todo_capacity;
    uint8_t *happens;     /* [names.n] an event sets it */
    const pf_def **value; /* [n_symbol] formulas of parameters and assigned names; NULL: none */
    const pf_def **start; /* [n_symbol] formulas of values that init computes */
    pf_source_of *source; /* [n_symbol] */
    uint8_t *missing;     /* [n_symbol] a parameter without a value, which nobody may read */
    pf_node *stack;
    size_t n_stack, stack_capacity;
    size_t work;
    unsigned calls;
    int may_draw;     /* random draws are allowed in the formula at hand */
    int has_rates;    /* somebody asked for a rate (PF_LEAF_RATE) */
    pf_place rate_at; /* the last of them */
} pf_builder;

/** Build a model of a flat one. Its texts live in `texts`, which the model takes over on
 * success.
 */
PF_NODISCARD pf_err pf_model_build(pf_ctx *ctx, pf_flat *flat, pf_arena *texts, pf_model **out);
/** Room for all names of the flat model; given back by pf_build_clear, also after failures. */
PF_NODISCARD pf_err pf_build_room(pf_builder *b);
void pf_build_clear(pf_builder *b);
/** Reactions change its amount. */
int pf_build_changes(const pf_var *v);
/** A species whose name stands for its concentration. */
int pf_build_is_concentration(const pf_var *v);
/** Make a symbol, or two, of every name. */
PF_NODISCARD pf_err pf_build_kinds(pf_builder *b);
/** "has no value"; `state`: at the start. */
PF_NODISCARD pf_err pf_build_no_value(pf_builder *b, const pf_var *v, int state);
/** Refuse when something reads a parameter without a value. */
PF_NODISCARD pf_err pf_build_missing(pf_builder *b);
typedef pf_err pf_node_visit(pf_node *x, void *payload);
/** Every node that the model keeps, in a fixed order; stops at the first error. */
PF_NODISCARD pf_err pf_model_each_node(pf_model *m, pf_node_visit *visit, void *payload);
/** with[x] in place of node x in all of them, for each x < n with[x] of which is not
 * PF_NO_NODE. Errors: NO_MEMORY, or what made the graph fail. */
PF_NODISCARD pf_err pf_model_replace(pf_model *m, const pf_node *with, size_t n);
/** What is held for symbol s when x is the value as given. */
pf_node pf_build_converted(pf_builder *b, uint32_t s, pf_node x);
/** Values of states at the start. */
PF_NODISCARD pf_err pf_build_initial(pf_builder *b);
/** Rates of states, and the channels. */
PF_NODISCARD pf_err pf_build_rates(pf_builder *b);
/** The node of a formula. Every name it reads must have its node. */
PF_NODISCARD pf_err pf_build_expr(
    pf_builder *b, const pf_expr *e, const char *prefix, pf_node *out);
/** The node of PF_WORD_DELAY or PF_WORD_RATE. */
PF_NODISCARD pf_err pf_build_time_word(
    pf_builder *b, uint32_t word, const pf_node *x, pf_place at, pf_node *out);
/** The law of which `name` makes a draw; PF_LAWS: none. */
pf_law pf_build_law(const char *name);
/** The leaf of a new draw with the arguments x[item->index]. */
PF_NODISCARD pf_err pf_build_draw(
    pf_builder *b, const pf_item *item, pf_law law, const pf_node *x, pf_node *out);
/** pf_build_expr of a formula in which draws are allowed. */
PF_NODISCARD pf_err pf_build_drawn(
    pf_builder *b, const pf_expr *e, const char *prefix, pf_node *out);
/** A symbol that is no name of the model; a state starts at 0. There is room for one for each
 * other symbol. */
uint32_t pf_build_hidden(pf_builder *b, pf_symbol_kind kind, const char *name);
/** Put in what was before the start; asked[n_past]: the formulas as written. After
 * pf_build_init_order. */
PF_NODISCARD pf_err pf_build_before(pf_builder *b, const pf_node *asked);
/** Put formulas where rates are asked for, order what init computes, and say what the past was
 * before the start. */
PF_NODISCARD pf_err pf_build_times(pf_builder *b);
/** The node of one operator of formulas but those two. */
pf_node pf_build_word(pf_graph *g, uint32_t word, const pf_node *x);
/** What `item`, a name, stands for: a number in `symbol`. */
PF_NODISCARD pf_err pf_build_name(
    pf_builder *b, const pf_item *item, const char *prefix, uint32_t *out);
/** The function that `item` calls, with its arguments counted. `*f` NULL: the operation `*op`.
 */
PF_NODISCARD pf_err pf_build_call(
    pf_builder *b, const pf_item *item, const pf_function **f, pf_op *op);
/** A new channel for a reaction with this rate; its changes follow. */
PF_NODISCARD pf_err pf_build_channel(pf_builder *b, const pf_reaction *r, pf_node rate);
/** One firing of the newest channel adds `amount` to the amount of a species whose state,
 * number `symbol` in `symbol`, is amount / size. */
void pf_build_change(pf_builder *b, uint32_t symbol, pf_node amount, pf_node size);
/** Order the derived parameters and build all assigned names. */
PF_NODISCARD pf_err pf_build_values(pf_builder *b);
/** Order the values that init computes. */
PF_NODISCARD pf_err pf_build_init_order(pf_builder *b);
/** Mark what algebraic rules determine. */
PF_NODISCARD pf_err pf_build_determined(pf_builder *b);
/** Solve them, and put the formulas where the variables are read. */
PF_NODISCARD pf_err pf_build_algebra(pf_builder *b);
/** Mark what events set, and refuse what they may not. */
PF_NODISCARD pf_err pf_build_happens(pf_builder *b);
/** Triggers, roots and assignments. */
PF_NODISCARD pf_err pf_build_events(pf_builder *b);
/** Does a directive make a state of `mark` jump by the reactions that change it? */
int pf_build_jumps(const pf_flat *f, const pf_mark *mark);
/** The states that `//! discrete` and `//! small` let jump by their reactions. */
PF_NODISCARD pf_err pf_build_discrete(pf_builder *b);
/** Rates of the populations that may become small: those with rates of their own. */
PF_NODISCARD pf_err pf_build_pops(pf_builder *b);

#endif
