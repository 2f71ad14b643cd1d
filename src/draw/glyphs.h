/* glyphs.h: letters as strokes. Internal to draw. */
#ifndef PF_DRAW_GLYPHS_H
#define PF_DRAW_GLYPHS_H
#include <stddef.h>

/** Strokes (glyphs.c) of the first character of a text in UTF-8, which moves on behind it;
 * letters of other scripts are a box. */
const char *pf_glyph(const char **text);

#endif
