/* Loaded before a program, this ends it, or its disk, at the n-th thing that it does to files:
 *
 *   PF_FAULT_AT=N    at the N-th; 0 or nothing: never
 *   PF_FAULT=kill    the program is killed before it does it
 *   PF_FAULT=full    from then on nothing can be written, as on a full disk
 *   PF_FAULT_COUNT=FILE  how many there were is written there at the end
 *
 * Counted are writes to files (not to a terminal or pipe of the first three), what brings them
 * to the disk, cuts, names or removes them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#pragma GCC visibility push(default)

static long done;

/* 1: it is not to work. */
static int fault(int needs_room)
{
    const char *at = getenv("PF_FAULT_AT"), *how = getenv("PF_FAULT");
    long n = at ? strtol(at, NULL, 10) : 0;
    done++;
    if (!how || n <= 0 || done < n) return 0;
    if (!strcmp(how, "kill")) raise(SIGKILL);
    if (!needs_room) return 0;
    errno = ENOSPC;
    return 1;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    if (fd > 2 && fault(1)) return -1;
    return syscall(SYS_write, fd, bytes, n);
}

int fsync(int fd)
{
    return fault(0) ? -1 : (int)syscall(SYS_fsync, fd);
}

int ftruncate(int fd, off_t length)
{
    return fault(0) ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int rename(const char *from, const char *to)
{
    return fault(0) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
    return fault(0) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return fault(0) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdir(const char *path, mode_t mode)
{
    return fault(1) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("PF_FAULT_COUNT");
    long n = done;
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", n);
    fclose(file);
}
