#include "input/yaml.h"

#include <string.h>
#include <yaml.h>

enum { MOST_UNITS = 4096, MOST_NODES = 200000 };

/* A unit behind a list, found before parsing. */
typedef struct unit_mark {
    size_t list_end; /* index of the character behind ']' */
    const char *text;
    pf_place place;
} unit_mark;

/* A child of a collection under construction. */
typedef struct link {
    pf_yaml *key, *item;
    struct link *next;
} link;

typedef struct frame {
    pf_yaml *node, *key; /* key: waits for its value */
    link *first, *last;
} frame;

typedef struct builder {
    pf_diag *diag;
    pf_arena *arena;
    const char *file;
    char *text; /* units behind lists are blanked */
    size_t size;
    unit_mark *unit;
    size_t n_unit, next_unit, n_node;
    frame stack[PF_YAML_DEPTH + 1];
    size_t depth;
    pf_yaml *root;
    int documents, given_up;
    pf_err failed;
} builder;

const char *pf_yaml_kind_text(const pf_yaml *node)
{
    static const char *const TEXT[] = {"text", "a list", "a map"};
    return node->kind == PF_YAML_SCALAR && !*node->text ? "nothing" : TEXT[node->kind];
}

const pf_yaml *pf_yaml_get(const pf_yaml *map, const char *key)
{
    for (size_t i = 0; map && map->kind == PF_YAML_MAP && i < map->n; i++)
        if (strcmp(map->key[i]->text, key) == 0) return map->item[i];
    return NULL;
}

static int continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

pf_place pf_yaml_part(const pf_yaml *node, size_t from, size_t length)
{
    pf_place p = node->place;
    if (node->quoted || p.end_column <= p.column) return p;
    int column = p.column, end;
    for (size_t i = 0; i < from && node->text[i]; i++) column += !continues(node->text[i + 1]);
    end = column;
    for (size_t i = from; i < from + length && node->text[i]; i++)
        end += !continues(node->text[i + 1]);
    p.column = column;
    p.end_column = end > column ? end : column + 1;
    return p;
}

static pf_place place_of(const builder *b, const yaml_mark_t *from, const yaml_mark_t *to)
{
    pf_place p = {b->file, (int)from->line + 1, (int)from->column + 1, 0};
    if (to && to->line == from->line && to->column > from->column)
        p.end_column = (int)to->column + 1;
    return p;
}

static void *obtain(builder *b, size_t n, size_t size)
{
    void *p = pf_arena_alloc(b->diag->ctx, b->arena, n, size);
    if (!p) b->failed = PF_ERR_NO_MEMORY;
    return p;
}

/* ---- before libyaml: characters ---- */

static int characters_are_good(builder *b, const char *text, size_t size)
{
    pf_place at = {b->file, 1, 1, 0};
    for (size_t i = 0; i < size;) {
        unsigned char c = (unsigned char)text[i];
        size_t n = pf_utf8_length(text + i, size - i);
        int control = c < ' ' && c != '\t' && c != '\n' && c != '\r';
        if (!n) {
            pf_diag_error(b->diag, &at, "byte %02x is not UTF-8", c);
            pf_diag_mend(b->diag, "save the file as UTF-8");
            return 0;
        }
        if (control || c == 0x7f) {
            pf_diag_error(b->diag, &at, "a control character (%02x) has no place in YAML", c);
            return 0;
        }
        int second = c == '\n' && i && text[i - 1] == '\r';
        if ((c == '\n' && !second) || c == '\r') {
            at.line++;
            at.column = 1;
        } else if (!second) {
            at.column++;
        }
        i += n;
    }
    return 1;
}

/* ---- first pass: units behind lists ---- */

/* A place in the text that counts characters as libyaml does. */
typedef struct cursor {
    size_t index, byte;
} cursor;

static void advance(const char *text, size_t size, cursor *c, size_t index)
{
    while (c->index < index && c->byte < size) {
        c->byte++;
        while (c->byte < size && continues(text[c->byte])) c->byte++;
        c->index++;
    }
}

static void note_unit(builder *b, const yaml_mark_t *list_end, const yaml_token_t *token)
{
    if (b->n_unit == MOST_UNITS || token->start_mark.line != token->end_mark.line) return;
    if (token->start_mark.line != list_end->line) return;
    unit_mark *u = &b->unit[b->n_unit];
    u->list_end = list_end->index;
    u->place = place_of(b, &token->start_mark, &token->end_mark);
    u->text = pf_arena_strdup(b->diag->ctx, b->arena, (const char *)token->data.scalar.value);
    if (!u->text)
        b->failed = PF_ERR_NO_MEMORY;
    else
        b->n_unit++;
}

static int opens(yaml_token_type_t type)
{
    return type == YAML_FLOW_SEQUENCE_START_TOKEN || type == YAML_FLOW_MAPPING_START_TOKEN ||
           type == YAML_BLOCK_SEQUENCE_START_TOKEN || type == YAML_BLOCK_MAPPING_START_TOKEN;
}

static int closes(yaml_token_type_t type)
{
    return type == YAML_FLOW_SEQUENCE_END_TOKEN || type == YAML_FLOW_MAPPING_END_TOKEN ||
           type == YAML_BLOCK_END_TOKEN;
}

/* Run libyaml's scanner, which knows comments, quotes and blocks but not the grammar: a plain
 * word right behind ']' is never valid YAML, so it can carry the unit. */
static void find_units(builder *b, const char *text, size_t size)
{
    yaml_parser_t parser;
    yaml_token_t token;
    if (!yaml_parser_initialize(&parser)) {
        b->failed = PF_ERR_NO_MEMORY;
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    yaml_mark_t list_end = {0};
    int behind_list = 0, more = 1, depth = 0;
    while (more && !b->failed && depth <= PF_YAML_DEPTH) {
        if (!yaml_parser_scan(&parser, &token)) break;
        if (behind_list && token.type == YAML_SCALAR_TOKEN &&
            token.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
            note_unit(b, &list_end, &token);
        depth += opens(token.type) - closes(token.type);
        behind_list = token.type == YAML_FLOW_SEQUENCE_END_TOKEN;
        if (behind_list) list_end = token.end_mark;
        more = token.type != YAML_STREAM_END_TOKEN && token.type != YAML_NO_TOKEN;
        yaml_token_delete(&token);
    }
    yaml_parser_delete(&parser);
}

/* A copy in which the units are blanks, one for each character, so that places stay. */
static void blank_units(builder *b, const char *text, size_t size)
{
    b->text = obtain(b, size + 1, 1);
    if (!b->text) return;
    cursor from = {0, 0};
    size_t copied = 0;
    for (size_t i = 0; i <= b->n_unit; i++) {
        size_t stop = size, blanks = 0;
        cursor to = {0, size};
        if (i < b->n_unit) {
            /* Same line as the list's end: columns and indices differ by a constant. */
            const unit_mark *u = &b->unit[i];
            cursor end = from;
            advance(text, size, &end, u->list_end);
            to = end;
            while (to.byte < size && (text[to.byte] == ' ' || text[to.byte] == '\t'))
                advance(text, size, &to, to.index + 1);
            stop = to.byte;
            blanks = (size_t)(u->place.end_column - u->place.column);
            advance(text, size, &to, to.index + blanks);
        }
        memcpy(b->text + b->size, text + copied, stop - copied);
        b->size += stop - copied;
        memset(b->text + b->size, ' ', blanks);
        b->size += blanks;
        from = to;
        copied = to.byte;
    }
}

/* ---- second pass: the tree ---- */

static pf_yaml *new_node(builder *b, pf_yaml_kind kind, const yaml_event_t *e)
{
    pf_yaml *node = obtain(b, 1, sizeof *node);
    if (!node) return NULL;
    node->kind = kind;
    node->place = place_of(b, &e->start_mark, kind == PF_YAML_SCALAR ? &e->end_mark : NULL);
    if (++b->n_node > MOST_NODES) {
        pf_diag_error(b->diag, &node->place, "more than %d values in one file", MOST_NODES);
        b->given_up = 1;
    }
    return node;
}

static const pf_yaml *first_of(const frame *f, const char *key)
{
    for (const link *l = f->first; l; l = l->next)
        if (strcmp(l->key->text, key) == 0) return l->key;
    return NULL;
}

static void add_child(builder *b, frame *f, pf_yaml *item)
{
    pf_yaml *key = f->key;
    f->key = NULL;
    const pf_yaml *earlier = key ? first_of(f, key->text) : NULL;
    if (earlier) {
        pf_diag_error(b->diag, &key->place, "the key '%s' is given twice", key->text);
        pf_diag_mend(b->diag, "first given in line %d: keep one of them", earlier->place.line);
        return;
    }
    link *l = obtain(b, 1, sizeof *l);
    if (!l) return;
    *l = (link){.key = key, .item = item};
    if (f->last)
        f->last->next = l;
    else
        f->first = l;
    f->last = l;
    f->node->n++;
    if (key && f->node->n > PF_YAML_KEYS) {
        pf_diag_error(b->diag, &key->place, "more than %d keys in one map", PF_YAML_KEYS);
        b->given_up = 1;
    }
}

static void put_node(builder *b, pf_yaml *node)
{
    if (b->depth == 0) {
        b->root = node;
        return;
    }
    frame *f = &b->stack[b->depth - 1];
    if (f->node->kind == PF_YAML_LIST || f->key) {
        add_child(b, f, node);
    } else if (node->kind != PF_YAML_SCALAR) {
        pf_diag_error(
            b->diag, &node->place, "a key must be a word, not %s", pf_yaml_kind_text(node));
        pf_diag_mend(b->diag, "text with braces or brackets needs quotes");
        b->given_up = 1;
    } else {
        f->key = node;
    }
}

static void begin(builder *b, pf_yaml_kind kind, const yaml_event_t *e)
{
    pf_yaml *node = new_node(b, kind, e);
    if (!node) return;
    if (b->depth == PF_YAML_DEPTH) {
        pf_diag_error(b->diag, &node->place, "nested more than %d deep", PF_YAML_DEPTH);
        b->given_up = 1;
        return;
    }
    put_node(b, node);
    if (!b->given_up) b->stack[b->depth++] = (frame){.node = node};
}

static void end(builder *b, const yaml_event_t *e)
{
    frame *f = &b->stack[--b->depth];
    pf_yaml *node = f->node;
    pf_yaml **item = obtain(b, node->n ? node->n : 1, sizeof *item);
    pf_yaml **key = obtain(b, node->n ? node->n : 1, sizeof *key);
    if (!item || !key) return;
    size_t i = 0;
    for (const link *l = f->first; l; l = l->next, i++) {
        item[i] = l->item;
        key[i] = l->key;
    }
    node->item = item;
    if (node->kind == PF_YAML_MAP) node->key = key;
    /* Flow collections end with a bracket on some line; blocks end where the next thing begins.
     */
    int flow = e->end_mark.index > e->start_mark.index;
    if (flow && (int)e->end_mark.line + 1 == node->place.line)
        node->place.end_column = (int)e->end_mark.column + 1;
    while (b->next_unit < b->n_unit && b->unit[b->next_unit].list_end < e->end_mark.index)
        b->next_unit++;
    if (!flow || node->kind != PF_YAML_LIST || b->next_unit == b->n_unit) return;
    const unit_mark *u = &b->unit[b->next_unit];
    if (u->list_end != e->end_mark.index) return;
    node->unit = u->text;
    node->unit_place = u->place;
}

static void scalar(builder *b, const yaml_event_t *e)
{
    pf_yaml *node = new_node(b, PF_YAML_SCALAR, e);
    if (!node) return;
    const char *value = (const char *)e->data.scalar.value;
    node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = pf_arena_strndup(b->diag->ctx, b->arena, value, e->data.scalar.length);
    if (!node->text) {
        b->failed = PF_ERR_NO_MEMORY;
        return;
    }
    if (strlen(value) != e->data.scalar.length)
        pf_diag_error(b->diag, &node->place, "text with a NUL character in it");
    put_node(b, node);
}

static void refuse(builder *b, const yaml_event_t *e, const char *what, const char *mend)
{
    pf_place at = place_of(b, &e->start_mark, &e->end_mark);
    pf_diag_error(b->diag, &at, "%s", what);
    pf_diag_mend(b->diag, "%s", mend);
    b->given_up = 1;
}

static void anchors_and_tags(builder *b, const yaml_event_t *e)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (e->type == YAML_SCALAR_EVENT) {
        anchor = e->data.scalar.anchor;
        tag = e->data.scalar.tag;
    } else if (e->type == YAML_SEQUENCE_START_EVENT) {
        anchor = e->data.sequence_start.anchor;
        tag = e->data.sequence_start.tag;
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        anchor = e->data.mapping_start.anchor;
        tag = e->data.mapping_start.tag;
    }
    if (anchor)
        refuse(
            b, e, "anchors ('&name') are not read", "write the value out where it is needed");
    else if (tag)
        refuse(b, e, "tags ('!name') are not read", "leave the tag out; every value is text");
}

static void take(builder *b, const yaml_event_t *e)
{
    anchors_and_tags(b, e);
    if (b->given_up) return;
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->documents++)
            refuse(b, e, "a second document in one file", "one file holds one study: split it");
        break;
    case YAML_ALIAS_EVENT:
        refuse(b, e, "aliases ('*name') are not read",
            "write the value out; '*' in text needs quotes");
        break;
    case YAML_SCALAR_EVENT:
        scalar(b, e);
        break;
    case YAML_SEQUENCE_START_EVENT:
        begin(b, PF_YAML_LIST, e);
        break;
    case YAML_MAPPING_START_EVENT:
        begin(b, PF_YAML_MAP, e);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        end(b, e);
        break;
    default:
        break;
    }
}

/* What libyaml says, and what it means. */
static const struct {
    const char *says, *mend;
} SAYINGS[] = {
    {"mapping values are not allowed",
        "text with ': ' in it needs quotes, and a key needs its own line"},
    {"could not find expected ':'", "a key needs ': ' behind it"},
    {"did not find expected ',' or '}'", "a brace is not closed or a comma is missing"},
    {"did not find expected ',' or ']'", "a bracket is not closed or a comma is missing"},
    {"did not find expected key", "is this line indented like its neighbours?"},
    {"did not find expected '-' indicator", "is this line indented like its neighbours?"},
    {"cannot start any token", "text that begins like this needs quotes"},
    {"found unexpected end of stream", "a quote is not closed"},
    {"undefined alias", "text that begins with '*' needs quotes"},
};

static char byte_at(const builder *b, size_t index)
{
    cursor c = {0, 0};
    advance(b->text, b->size, &c, index);
    return b->text[c.byte < b->size ? c.byte : b->size];
}

static void syntax_error(builder *b, const yaml_parser_t *p)
{
    if (p->error == YAML_MEMORY_ERROR) {
        b->failed = pf_fail(b->diag->ctx, PF_ERR_NO_MEMORY, "reading %s", b->file);
        return;
    }
    const char *says = p->problem ? p->problem : "it cannot be read";
    int unclosed =
        strstr(says, "expected ','") != NULL; /* the opening bracket says more than the end */
    pf_place at = place_of(b, unclosed ? &p->context_mark : &p->problem_mark, NULL);
    if (byte_at(b, p->problem_mark.index) == '\t') {
        pf_diag_error(b->diag, &at, "a tab cannot indent a line");
        pf_diag_mend(b->diag, "indent with spaces");
        return;
    }
    pf_diag_error(b->diag, &at, "this is not YAML: %s", says);
    for (size_t i = 0; i < PF_COUNT(SAYINGS); i++)
        if (strstr(says, SAYINGS[i].says)) {
            pf_diag_mend(b->diag, "%s", SAYINGS[i].mend);
            break;
        }
}

static void build(builder *b)
{
    yaml_parser_t parser;
    yaml_event_t event;
    if (!yaml_parser_initialize(&parser)) {
        b->failed = PF_ERR_NO_MEMORY;
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)b->text, b->size);
    for (int more = 1; more && !b->failed && !b->given_up;) {
        if (!yaml_parser_parse(&parser, &event)) {
            syntax_error(b, &parser);
            b->given_up = 1;
            break;
        }
        take(b, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static pf_err read_text(builder *b, const char *text, size_t size)
{
    pf_place whole = {b->file, 0, 0, 0};
    if (size > PF_YAML_BYTES) {
        pf_diag_error(b->diag, &whole, "%zu bytes are too many", size);
        pf_diag_expected(b->diag, "at most %d", PF_YAML_BYTES);
        return PF_OK;
    }
    if (!characters_are_good(b, text, size)) return PF_OK;
    size_t bom = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    b->unit = pf_calloc(b->diag->ctx, MOST_UNITS, sizeof *b->unit);
    if (!b->unit) return PF_ERR_NO_MEMORY;
    find_units(b, text + bom, size - bom);
    if (!b->failed) blank_units(b, text + bom, size - bom);
    if (!b->failed) build(b);
    pf_free(b->unit);
    if (b->failed) return b->failed;
    if (!b->given_up && !b->root) {
        pf_diag_error(b->diag, &whole, "the file is empty");
    }
    return PF_OK;
}

pf_err pf_yaml_parse(pf_diag *diag, pf_arena *a, const char *file, const char *text,
    size_t size, const pf_yaml **out)
{
    *out = NULL;
    pf_diag_file(diag, file, text, size);
    builder *b = pf_calloc(diag->ctx, 1, sizeof *b);
    if (!b) return PF_ERR_NO_MEMORY;
    *b = (builder){.diag = diag, .arena = a, .file = file};
    pf_err err = read_text(b, text, size);
    if (!err && !b->given_up) *out = b->root;
    pf_free(b);
    return err ? err : pf_diag_ok(diag);
}
