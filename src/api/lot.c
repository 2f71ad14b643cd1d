/* pf_make_lots: lots of a file, one certificate, two plans side by side, real lots judged. */
#include "api/call.h"
#include "product/judge.h"

/* What one call holds. */
typedef struct {
    pf_ctx *ctx;
    const pf_lot_options *o;
    pf_diag diag;
    pf_buf text;
} desk;

static pf_err write_csv(desk *d, pf_buf *table)
{
    pf_err err = pf_buf_ok(table);
    if (!err) err = pf_file_write(d->ctx, d->o->out, table->bytes, table->size);
    pf_buf_clear(table);
    return err;
}

static pf_err certify(desk *d, const pf_lots *lots)
{
    if (d->o->certificate > lots->n)
        return pf_fail(d->ctx, PF_ERR_CONFIG, "there is no lot %llu among %zu",
            (unsigned long long)d->o->certificate, lots->n);
    pf_lot_certificate(lots, (size_t)d->o->certificate - 1, &d->text);
    return pf_buf_ok(&d->text);
}

static pf_err compare(desk *d, const pf_lots *lots)
{
    pf_lot_book other = {0};
    pf_lots more = {0};
    pf_err err = pf_lot_book_read(d->ctx, &d->diag, d->o->compare, d->o->specification, &other);
    if (!err && !other.plan.name)
        err = pf_fail(
            d->ctx, PF_ERR_CONFIG, "'%s' is a specification, not a lot file", d->o->compare);
    if (!err) err = pf_lots_make(d->ctx, &other.plan, lots->seed, lots->n, &more);
    if (!err) err = pf_lots_compare(d->ctx, lots, &more, d->o->json, &d->text);
    pf_lots_clear(&more);
    pf_lot_book_clear(&other);
    return err;
}

static pf_err simulate(desk *d, const pf_lot_book *book)
{
    const pf_lot_options *o = d->o;
    pf_lots lots = {0};
    if (!book->plan.name)
        return pf_fail(d->ctx, PF_ERR_CONFIG,
            "'%s' is a specification; lots are made by a lot file (products/lots/), and real "
            "ones "
            "are judged with --judge",
            o->lot);
    if (o->n < 1 || o->n > PF_LOTS_MAX)
        return pf_fail(d->ctx, PF_ERR_CONFIG, "%llu lots; expected 1 to %d",
            (unsigned long long)o->n, PF_LOTS_MAX);
    pf_err err = pf_lots_make(d->ctx, &book->plan, o->seed, (size_t)o->n, &lots);
    if (!err && o->out) {
        pf_buf table;
        pf_buf_init(&table, d->ctx);
        pf_lots_csv(&lots, &table);
        err = write_csv(d, &table);
    }
    if (!err && o->certificate)
        err = certify(d, &lots);
    else if (!err && o->compare)
        err = compare(d, &lots);
    else if (!err)
        err = o->json ? pf_lots_json(d->ctx, &lots, &d->text)
                      : pf_lots_text(d->ctx, &lots, &d->text);
    pf_lots_clear(&lots);
    return err;
}

static pf_err judge(desk *d, const pf_lot_book *book)
{
    const pf_lot_options *o = d->o;
    const pf_specification *s = &book->plan.specification;
    char *bytes = NULL;
    size_t size = 0;
    pf_judgement j = {0};
    if (!s->n)
        return pf_fail(
            d->ctx, PF_ERR_CONFIG, "'%s' names no specification; name one with --spec", o->lot);
    PF_TRY(pf_file_read_named(d->ctx, o->judge, 0, &bytes, &size));
    const pf_real_lots real = {o->judge, bytes, size};
    pf_err err = pf_judge(d->ctx, &d->diag, book->units, s, &real, &j);
    if (!err && o->out) {
        pf_buf table;
        pf_buf_init(&table, d->ctx);
        pf_judgement_csv(&j, &table);
        err = write_csv(d, &table);
    }
    if (!err && o->json) pf_judgement_json(&j, &d->text);
    if (!err && !o->json) pf_judgement_text(&j, &d->text);
    pf_judgement_clear(&j);
    pf_free(bytes);
    return err ? err : pf_buf_ok(&d->text);
}

static pf_err check(pf_ctx *ctx, const pf_lot_options *o)
{
    if (o->size != sizeof *o)
        return pf_fail(ctx, PF_ERR_CONFIG, "the options were made for another version");
    if (!o->lot) return pf_fail(ctx, PF_ERR_CONFIG, "no lot file was named");
    const char *const read[] = {o->lot, o->judge, o->specification, o->compare};
    for (size_t i = 0; i < PF_COUNT(read); i++)
        if (read[i] && o->out && pf_path_same(read[i], o->out))
            return pf_fail(ctx, PF_ERR_CONFIG, "'%s' is read; write to another file", o->out);
    if ((o->judge != NULL) + (o->certificate > 0) + (o->compare != NULL) > 1)
        return pf_fail(
            ctx, PF_ERR_CONFIG, "a certificate, a comparison, a judgement: one of them");
    return PF_OK;
}

pf_status pf_make_lots(
    const pf_lot_options *options, char **text, char **problems, pf_error *error)
{
    pf_ctx ctx;
    pf_buf told;
    pf_lot_book book = {0};
    *text = *problems = NULL;
    pf_ctx_init(&ctx);
    ctx.asked = options->size == sizeof *options ? options->cancel : NULL;
    desk d = {.ctx = &ctx, .o = options};
    pf_diag_init(&d.diag, &ctx);
    pf_buf_init(&d.text, &ctx);
    pf_buf_init(&told, &ctx);
    pf_err err = check(&ctx, options);
    if (!err)
        err = pf_lot_book_read(&ctx, &d.diag, options->lot, options->specification, &book);
    if (!err) err = options->judge ? judge(&d, &book) : simulate(&d, &book);
    if (d.diag.n) pf_diag_text(&d.diag, &told);
    pf_err late = d.diag.n ? pf_call_text(&ctx, &told, problems) : PF_OK;
    if (!err && !late) late = pf_call_text(&ctx, &d.text, text);
    pf_status status = pf_call_end(&ctx, err ? err : late, error);
    pf_buf_clear(&told);
    pf_buf_clear(&d.text);
    pf_diag_clear(&d.diag);
    pf_lot_book_clear(&book);
    return status;
}
