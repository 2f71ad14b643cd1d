/* base.h: the whole ground floor in one include. */
#ifndef PF_BASE_BASE_H
#define PF_BASE_BASE_H
#include "base/buf.h"
#include "base/ctx.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/sha256.h"
#include "base/text.h"
#endif
