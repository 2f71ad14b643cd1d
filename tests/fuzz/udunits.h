/* udunits.h: UDUNITS-2 loses the text of a name (a few bytes) where a unit ends in nonsense; no
 * leak of ours. For targets that read units, so that a search does not end there. */
#ifndef PF_FUZZ_UDUNITS_H
#define PF_FUZZ_UDUNITS_H

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:utlex\n";
}

#endif
