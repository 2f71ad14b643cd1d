/* The templates as bytes of the library: page.html and tissue.html, taken in by the assembler,
 * which needs next to no time for them. */
#include "report/page.h"
#include "report/tissue_page.h"

#define TAKE_IN(name, file)                                                                    \
    __asm__(".section .rodata\n"                                                               \
            ".balign 16\n"                                                                     \
            ".hidden " name "\n"                                                               \
            ".globl " name "\n" name ":\n"                                                     \
            ".incbin \"" file "\"\n"                                                           \
            ".hidden " name "_end\n"                                                           \
            ".globl " name "_end\n" name "_end:\n"                                             \
            ".byte 0\n"                                                                        \
            ".previous\n")

TAKE_IN("pf_page_html", PF_PAGE_HTML);
TAKE_IN("pf_tissue_html", PF_TISSUE_HTML);

extern const char pf_page_html[], pf_page_html_end[];
extern const char pf_tissue_html[], pf_tissue_html_end[];

const char *pf_page_template(size_t *size)
{
    *size = (size_t)(pf_page_html_end - pf_page_html);
    return pf_page_html;
}

const char *pf_tissue_page_template(size_t *size)
{
    *size = (size_t)(pf_tissue_html_end - pf_tissue_html);
    return pf_tissue_html;
}
