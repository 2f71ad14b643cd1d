#include "api/back_end.h"

pf_err pf_back_end(pf_ctx *ctx, const pf_program *program, int lanes, int wish, double patients,
    pf_native **out)
{
    pf_native_options o = {.width = lanes};
    *out = NULL;
    if (wish < 0 || (!wish && patients < PF_NATIVE_FEW)) return PF_OK;
    o.when = wish ? PF_NATIVE_WAIT : PF_NATIVE_LATER;
    if (!wish && patients < PF_NATIVE_MANY) o.when = PF_NATIVE_NEVER;
    return pf_native_open(ctx, program, &o, out);
}

const char *pf_back_end_note(const pf_native *n)
{
    return n ? pf_native_note(n) : "bytecode";
}
