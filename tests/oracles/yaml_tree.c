/* Write the tree of a YAML file as JSON, for yaml_tree.py to compare with what PyYAML reads. */
#include <stdio.h>

#include "input/yaml.h"

static void put(const pf_yaml *node, const char *key, pf_buf *out)
{
    static const char *const KIND[] = {"scalar", "list", "map"};
    pf_json_open(out, key, '{');
    pf_json_text(out, "kind", KIND[node->kind]);
    pf_json_integer(out, "line", node->place.line);
    pf_json_integer(out, "column", node->place.column);
    if (node->kind == PF_YAML_SCALAR) {
        pf_json_integer(out, "end", node->place.end_column);
        pf_json_text(out, "text", node->text);
    }
    if (node->unit) pf_json_text(out, "unit", node->unit);
    for (int keys = 0; keys < 2 && node->kind != PF_YAML_SCALAR; keys++) {
        if (keys && node->kind != PF_YAML_MAP) break;
        pf_json_open(out, keys ? "keys" : "items", '[');
        for (size_t i = 0; i < node->n; i++)
            put(keys ? node->key[i] : node->item[i], NULL, out);
        pf_json_close(out, ']');
    }
    pf_json_close(out, '}');
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_diag diag;
    pf_diag_init(&diag, &ctx);
    pf_arena arena;
    pf_arena_init(&arena);
    pf_buf out;
    pf_buf_init(&out, &ctx);
    char *text = NULL;
    size_t size;
    const pf_yaml *root = NULL;
    int bad = pf_file_read(&ctx, argv[1], 0, &text, &size) ||
              pf_yaml_parse(&diag, &arena, argv[1], text, size, &root) || !root;
    if (bad) {
        pf_diag_text(&diag, &out);
    } else {
        put(root, NULL, &out);
    }
    bad |= pf_buf_ok(&out) != PF_OK;
    fputs(out.bytes ? out.bytes : ctx.message, bad ? stderr : stdout);
    pf_free(text);
    pf_buf_clear(&out);
    pf_arena_clear(&arena);
    pf_diag_clear(&diag);
    return bad;
}
