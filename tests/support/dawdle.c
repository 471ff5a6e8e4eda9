/* Preloaded into a process with pjsua2: whoever arms the first read of a socket dawdles when it lets go of the lock.
 *
 * pjlib registers a socket with no events, and changes those by taking it out and putting it in again with others. What
 * waits in a new socket is handed to the media thread once EPOLLIN is in, while the thread that armed the read is as
 * slow as it may be on a busy machine. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <unistd.h>

#define SOCKETS 4096
#define DAWDLE_US 60000

static char is_new[SOCKETS];
static __thread int has_armed, taken_out = -1;

int epoll_ctl(int epoll, int order, int socket, struct epoll_event *event) {
    static int (*real)(int, int, int, struct epoll_event *);
    if (!real) real = dlsym(RTLD_NEXT, "epoll_ctl");
    if (order == EPOLL_CTL_ADD && socket < SOCKETS) {
        if (event->events & EPOLLIN) has_armed = is_new[socket], is_new[socket] = 0;
        else is_new[socket] = taken_out != socket;
    }
    taken_out = order == EPOLL_CTL_DEL ? socket : -1;
    return real(epoll, order, socket, event);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    static int (*real)(pthread_mutex_t *);
    if (!real) real = dlsym(RTLD_NEXT, "pthread_mutex_unlock");
    int result = real(mutex);
    if (has_armed) has_armed = 0, usleep(DAWDLE_US);
    return result;
}
