// The limit of HTTP on kept connections: epoll, one `recv` and one `send` of the same ready-made answer for each
// request. No routes, no store, no checks: what a real server spends beyond this is its own.
//
// Takes requests with and without a body (Content-Length only), one after the other on each connection.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { request_limit = 64 << 10 };

// A request that did not come in one piece is kept until the rest is there.
typedef struct {
    int fd;
    size_t size;
    char* bytes;
} connection;

static int poller;
static char* answer;
static size_t answer_size;
static volatile sig_atomic_t ending;

static void make_answer(size_t wanted) {
    char head[128];
    size_t body = wanted;
    int size = 0;
    // The head says how long the body is, and both together are to be what was asked for.
    for (int round = 0; round < 2; ++round) {
        size = snprintf(head, sizeof head,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", body);
        body = wanted > (size_t)size ? wanted - (size_t)size : 0;
    }
    answer_size = (size_t)size + body;
    answer = malloc(answer_size + 1);
    if (!answer) abort();
    memcpy(answer, head, (size_t)size);
    memset(answer + size, 'x', body);
}

static void watch(connection* c, int operation) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = c}};
    epoll_ctl(poller, operation, c->fd, &event);
}

static void bury(connection* c) {
    close(c->fd);
    free(c->bytes);
    free(c);
}

// How long the request at the head of the bytes is; 0 when it is not all there.
static size_t request_size(const char* bytes, size_t size) {
    const char* end = memmem(bytes, size, "\r\n\r\n", 4);
    if (!end) return 0;
    const size_t head = (size_t)(end - bytes) + 4;
    if (bytes[0] != 'P') return head;
    const char* length = memmem(bytes, head, "Content-Length: ", 16);
    const size_t body = length ? (size_t)strtoull(length + 16, NULL, 10) : 0;
    return head + body <= size ? head + body : 0;
}

// False: the connection is done for.
static bool answer_all(connection* c, const char* bytes, size_t size) {
    size_t used = 0;
    for (size_t one; used < size && (one = request_size(bytes + used, size - used)) > 0; used += one)
        // Who does not read his answers is none of the clients that this is for.
        if (send(c->fd, answer, answer_size, MSG_NOSIGNAL) != (ssize_t)answer_size) return false;
    const size_t rest = size - used;
    if (rest > request_limit) return false;
    if (rest > 0) {
        if (!c->bytes) c->bytes = malloc(request_limit + 1);
        if (!c->bytes) abort();
        memmove(c->bytes, bytes + used, rest);
    }
    c->size = rest;
    return true;
}

static bool on_readable(connection* c) {
    static char bytes[2 * request_limit + 1];
    if (c->size > 0) memcpy(bytes, c->bytes, c->size);
    // One call is enough: epoll says so again when something is left.
    const ssize_t n = recv(c->fd, bytes + c->size, request_limit, 0);
    if (n < 0) return errno == EAGAIN;
    if (n == 0) return false;
    bytes[c->size + (size_t)n] = '\0';
    return answer_all(c, bytes, c->size + (size_t)n);
}

static void accept_all(int listener) {
    for (;;) {
        const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connection* c = calloc(1, sizeof *c);
        if (!c) abort();
        c->fd = fd;
        watch(c, EPOLL_CTL_ADD);
    }
}

static void on_signal(int number) {
    (void)number;
    ending = 1;
}

static int listen_on(uint16_t port) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    if (bind(listener, (struct sockaddr*)&address, sizeof address) == 0 && listen(listener, 4096) == 0) return listener;
    fprintf(stderr, "raw_http: cannot listen on 127.0.0.1:%u: %s\n", port, strerror(errno));
    exit(1);
}

int main(int argc, char** argv) {
    uint16_t port = 8081;
    size_t wanted = 512;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--port") == 0 && i + 1 < argc) {
            port = (uint16_t)strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--answer") == 0 && i + 1 < argc) {
            wanted = strtoul(argv[++i], NULL, 10);
        } else {
            fprintf(stderr, "usage: raw_http [--port N] [--answer BYTES]\n");
            return strcmp(argv[i], "--help") == 0 ? 0 : 2;
        }
    }
    make_answer(wanted);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    connection doorbell = {.fd = listen_on(port)};
    poller = epoll_create1(EPOLL_CLOEXEC);
    watch(&doorbell, EPOLL_CTL_ADD);
    fprintf(stderr, "raw_http: listening on 127.0.0.1:%u, answers of %zu bytes\n", port, answer_size);

    static struct epoll_event events[1024];
    while (!ending) {
        const int count = epoll_wait(poller, events, 1024, -1);
        for (int i = 0; i < count; ++i) {
            connection* c = events[i].data.ptr;
            if (c == &doorbell)
                accept_all(doorbell.fd);
            else if (!on_readable(c))
                bury(c);
        }
    }
    return 0;
}
