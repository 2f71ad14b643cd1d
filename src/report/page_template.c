/* The template as bytes of the library: page.html, taken in by the assembler, which needs next
 * to no time for it. */
#include "report/page.h"

__asm__(".section .rodata\n"
        ".balign 16\n"
        ".hidden pf_page_html\n"
        ".globl pf_page_html\n"
        "pf_page_html:\n"
        ".incbin \"" PF_PAGE_HTML "\"\n"
        ".hidden pf_page_html_end\n"
        ".globl pf_page_html_end\n"
        "pf_page_html_end:\n"
        ".byte 0\n"
        ".previous\n");

extern const char pf_page_html[], pf_page_html_end[];

const char *pf_page_template(size_t *size)
{
    *size = (size_t)(pf_page_html_end - pf_page_html);
    return pf_page_html;
}
