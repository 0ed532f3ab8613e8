/* A disk that can be cut from its power, for programs that are started with LD_PRELOAD.
 *
 * Every write, truncation, sync and removal of a file whose path begins with CHAOS_DISK, and every word that is sent over
 * a socket, is written to CHAOS_JOURNAL in the order in which it happened. chaos/power.py makes of it what a disk
 * would hold after a cut at any instant.
 *
 * And a disk that fails: while the file CHAOS_FAULT exists, writes to those files fail with the error whose number stands
 * in it (ENOSPC, EROFS, EIO).
 *
 * A record: "%c %d %lld %zu %s\n" (kind, file number, offset or size, bytes of data, path where one is needed), then the
 * data. W write, T truncate, S sync, C created, U unlinked, D directory synced, > sent over a socket.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 65536

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static const char *disk, *fault;
static size_t disk_size;
static char *paths[FILES]; /* of the files that are ours, by descriptor */
static char is_socket[FILES];

static ssize_t (*next_write)(int, const void *, size_t);
static ssize_t (*next_writev)(int, const struct iovec *, int);
static ssize_t (*next_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*next_send)(int, const void *, size_t, int);
static ssize_t (*next_sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
static ssize_t (*next_sendmsg)(int, const struct msghdr *, int);
static int (*next_open)(const char *, int, ...);
static int (*next_close)(int);
static int (*next_ftruncate)(int, off64_t);
static int (*next_fsync)(int);
static int (*next_fdatasync)(int);
static int (*next_unlink)(const char *);
static int (*next_fallocate)(int, off64_t, off64_t);
static int (*next_socket)(int, int, int);
static int (*next_accept4)(int, struct sockaddr *, socklen_t *, int);
static int (*next_accept)(int, struct sockaddr *, socklen_t *);

#define NEXT(name, symbol) next_##name = (__typeof__(next_##name))dlsym(RTLD_NEXT, symbol)

__attribute__((constructor)) static void begin(void) {
    NEXT(write, "write");
    NEXT(writev, "writev");
    NEXT(pwrite, "pwrite64");
    NEXT(send, "send");
    NEXT(sendto, "sendto");
    NEXT(sendmsg, "sendmsg");
    NEXT(open, "open64");
    NEXT(close, "close");
    NEXT(ftruncate, "ftruncate64");
    NEXT(fsync, "fsync");
    NEXT(fdatasync, "fdatasync");
    NEXT(unlink, "unlink");
    NEXT(fallocate, "posix_fallocate64");
    NEXT(socket, "socket");
    NEXT(accept4, "accept4");
    NEXT(accept, "accept");
    disk = getenv("CHAOS_DISK");
    disk_size = disk ? strlen(disk) : 0;
    fault = getenv("CHAOS_FAULT");
    const char *file = getenv("CHAOS_JOURNAL");
    if (disk && file)
        journal = next_open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void keep(char kind, int file, long long at, const void *data, size_t size, const char *path) {
    char head[4200];
    if (journal < 0)
        return;
    int length = snprintf(head, sizeof head, "%c %d %lld %zu %s\n", kind, file, at, size, path ? path : "");
    struct iovec parts[2] = {{head, (size_t)length}, {(void *)data, size}};
    if (next_writev(journal, parts, size ? 2 : 1) != length + (ssize_t)size)
        abort();
}

static int ours(int file) { return file >= 0 && file < FILES && paths[file] != NULL; }

static int failing(void) {
    char text[16] = "";
    if (!fault)
        return 0;
    int file = next_open(fault, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    ssize_t size = read(file, text, sizeof text - 1);
    next_close(file);
    return size > 0 ? atoi(text) : 0;
}

#define REFUSE_IF_FAILING                                                                                              \
    int why = failing();                                                                                               \
    if (why) {                                                                                                         \
        errno = why;                                                                                                   \
        return -1;                                                                                                     \
    }

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    if (!ours(file))
        return next_pwrite(file, data, size, at);
    REFUSE_IF_FAILING
    pthread_mutex_lock(&turn);
    ssize_t done = next_pwrite(file, data, size, at);
    if (done > 0)
        keep('W', file, at, data, (size_t)done, NULL);
    pthread_mutex_unlock(&turn);
    return done;
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at) { return pwrite64(file, data, size, at); }

static void sent(int file, const void *data, size_t size) {
    if (file < 0 || file >= FILES || !is_socket[file] || journal < 0)
        return;
    pthread_mutex_lock(&turn);
    keep('>', file, 0, data, size, NULL);
    pthread_mutex_unlock(&turn);
}

ssize_t write(int file, const void *data, size_t size) {
    if (ours(file)) {
        off64_t at = lseek64(file, 0, SEEK_CUR);
        ssize_t done = pwrite64(file, data, size, at);
        if (done > 0)
            lseek64(file, at + done, SEEK_SET);
        return done;
    }
    sent(file, data, size);
    return next_write(file, data, size);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    for (int i = 0; i < count; i++)
        sent(file, parts[i].iov_base, parts[i].iov_len);
    return next_writev(file, parts, count);
}

ssize_t send(int file, const void *data, size_t size, int flags) {
    sent(file, data, size);
    return next_send(file, data, size, flags);
}

ssize_t sendto(int file, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    sent(file, data, size);
    return next_sendto(file, data, size, flags, to, length);
}

ssize_t sendmsg(int file, const struct msghdr *message, int flags) {
    for (size_t i = 0; i < message->msg_iovlen; i++)
        sent(file, message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
    return next_sendmsg(file, message, flags);
}

int socket(int domain, int type, int protocol) {
    int file = next_socket(domain, type, protocol);
    if (file >= 0 && file < FILES)
        is_socket[file] = domain == AF_INET || domain == AF_INET6;
    return file;
}

int accept4(int file, struct sockaddr *from, socklen_t *length, int flags) {
    int made = next_accept4(file, from, length, flags);
    if (made >= 0 && made < FILES)
        is_socket[made] = 1;
    return made;
}

int accept(int file, struct sockaddr *from, socklen_t *length) {
    int made = next_accept(file, from, length);
    if (made >= 0 && made < FILES)
        is_socket[made] = 1;
    return made;
}

static int opening(const char *path, int flags, mode_t mode) {
    int mine = disk && strncmp(path, disk, disk_size) == 0 && !strstr(path, "-shm") && !strstr(path, ".lock");
    int is_new = mine && (flags & O_CREAT) && access(path, F_OK) != 0;
    if (mine && (is_new || (flags & O_TRUNC))) {
        REFUSE_IF_FAILING
    }
    int file = next_open(path, flags, mode);
    if (file < 0 || file >= FILES)
        return file;
    is_socket[file] = 0;
    if (mine && (flags & O_ACCMODE) != O_RDONLY) {
        pthread_mutex_lock(&turn);
        paths[file] = strdup(path);
        if (is_new)
            keep('C', file, 0, NULL, 0, path);
        else
            keep('O', file, 0, NULL, 0, path);
        pthread_mutex_unlock(&turn);
    }
    return file;
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return opening(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return opening(path, flags, mode);
}

int close(int file) {
    if (ours(file)) {
        pthread_mutex_lock(&turn);
        free(paths[file]);
        paths[file] = NULL;
        pthread_mutex_unlock(&turn);
    }
    if (file >= 0 && file < FILES)
        is_socket[file] = 0;
    return next_close(file);
}

int ftruncate64(int file, off64_t size) {
    if (!ours(file))
        return next_ftruncate(file, size);
    REFUSE_IF_FAILING
    pthread_mutex_lock(&turn);
    int done = next_ftruncate(file, size);
    if (done == 0)
        keep('T', file, size, NULL, 0, NULL);
    pthread_mutex_unlock(&turn);
    return done;
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int posix_fallocate64(int file, off64_t at, off64_t size) {
    return ours(file) ? EOPNOTSUPP : next_fallocate(file, at, size);
}

static int syncing(int file, int (*sync)(int)) {
    struct stat64 about;
    int folder = !ours(file) && fstat64(file, &about) == 0 && S_ISDIR(about.st_mode);
    if (!ours(file) && !folder)
        return sync(file);
    REFUSE_IF_FAILING
    int done = sync(file);
    if (done == 0) {
        pthread_mutex_lock(&turn);
        keep(folder ? 'D' : 'S', file, 0, NULL, 0, NULL);
        pthread_mutex_unlock(&turn);
    }
    return done;
}

int fsync(int file) { return syncing(file, next_fsync); }

int fdatasync(int file) { return syncing(file, next_fdatasync); }

int unlink(const char *path) {
    int done = next_unlink(path);
    if (done == 0 && disk && strncmp(path, disk, disk_size) == 0) {
        pthread_mutex_lock(&turn);
        keep('U', -1, 0, NULL, 0, path);
        pthread_mutex_unlock(&turn);
    }
    return done;
}
