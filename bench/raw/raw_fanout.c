// The limit of fan-out: epoll, and one write of a ready-made WebSocket frame for each client and publication. With
// --batched, one write of all frames that wait. No parsing of JSON, no store, no filters: what a real server spends
// beyond this is its own.
//
// Speaks just enough for bench/fanout: an upgrade on any GET that asks for one, PUT with the value as its body.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
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

enum { head_limit = 8192, request_limit = 2 << 20 };

typedef struct {
    char* bytes;
    size_t size;
    size_t capacity;
} buffer;

// Small on purpose: the resident bytes per idle client are part of the limit.
typedef struct {
    int fd;
    bool subscribed;
    bool dead;
    buffer* waiting;  // what the kernel did not take; null for nearly everybody
    buffer* request;  // bytes of a request that is not complete
} connection;

static int poller;
static bool batched;
static connection** subscribers;
static size_t subscriber_count, subscriber_capacity;
static buffer frames;  // of this round
static uint64_t revision = 1;
static volatile sig_atomic_t ending;

static void append(buffer* to, const char* bytes, size_t size) {
    if (to->size + size > to->capacity) {
        to->capacity = (to->size + size) * 2;
        to->bytes = realloc(to->bytes, to->capacity);
        if (!to->bytes) abort();
    }
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

static void append_text(buffer* to, const char* text) { append(to, text, strlen(text)); }

static void free_buffer(buffer** at) {
    if (*at) free((*at)->bytes);
    free(*at);
    *at = NULL;
}

static void watch(connection* c, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data = {.ptr = c}};
    epoll_ctl(poller, operation, c->fd, &event);
}

static void send_bytes(connection* c, const char* bytes, size_t size) {
    if (c->dead) return;
    ssize_t sent = 0;
    if (!c->waiting) {
        sent = send(c->fd, bytes, size, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN) {
                c->dead = true;
                return;
            }
            sent = 0;
        }
    }
    if ((size_t)sent == size) return;
    if (!c->waiting) {
        c->waiting = calloc(1, sizeof(buffer));
        if (!c->waiting) abort();
        watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    }
    append(c->waiting, bytes + sent, size - (size_t)sent);
}

static void send_waiting(connection* c) {
    if (!c->waiting) return;
    const ssize_t sent = send(c->fd, c->waiting->bytes, c->waiting->size, MSG_NOSIGNAL);
    if (sent <= 0) {
        if (sent < 0 && errno != EAGAIN) c->dead = true;
        return;
    }
    c->waiting->size -= (size_t)sent;
    memmove(c->waiting->bytes, c->waiting->bytes + sent, c->waiting->size);
    if (c->waiting->size == 0) {
        free_buffer(&c->waiting);
        watch(c, EPOLLIN, EPOLL_CTL_MOD);
    }
}

static void broadcast(void) {
    for (size_t i = 0; i < subscriber_count; ++i) send_bytes(subscribers[i], frames.bytes, frames.size);
    frames.size = 0;
}

static void append_frame(buffer* to, const char* payload, size_t size) {
    unsigned char head[10] = {0x81};
    size_t head_size = 2;
    if (size < 126) {
        head[1] = (unsigned char)size;
    } else {
        const unsigned count = size < 65536 ? 2 : 8;
        head[1] = count == 2 ? 126 : 127;
        for (unsigned i = 0; i < count; ++i) head[2 + i] = (unsigned char)((uint64_t)size >> (8 * (count - 1 - i)));
        head_size += count;
    }
    append(to, (const char*)head, head_size);
    append(to, payload, size);
}

static void upgrade(connection* c, const char* head) {
    const char* key = strcasestr(head, "Sec-WebSocket-Key:");
    if (!key) {
        c->dead = true;
        return;
    }
    key += strlen("Sec-WebSocket-Key:");
    key += strspn(key, " ");
    char joined[256];
    const int length =
        snprintf(joined, sizeof joined, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)strcspn(key, "\r\n "), key);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_size = 0;
    EVP_Digest(joined, (size_t)length, digest, &digest_size, EVP_sha1(), NULL);
    unsigned char accept[64];
    EVP_EncodeBlock(accept, digest, (int)digest_size);
    char answer[512];
    int size = snprintf(answer, sizeof answer,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Accept: %s\r\n\r\n",
                        (const char*)accept);
    const char* welcome = "{\"seq_id\":1,\"type\":\"welcome\",\"payload\":{\"protocol\":1}}";
    answer[size++] = (char)0x81;
    answer[size++] = (char)strlen(welcome);
    memcpy(answer + size, welcome, strlen(welcome));
    send_bytes(c, answer, (size_t)size + strlen(welcome));

    c->subscribed = true;
    if (subscriber_count == subscriber_capacity) {
        subscriber_capacity = subscriber_capacity ? subscriber_capacity * 2 : 1024;
        subscribers = realloc(subscribers, subscriber_capacity * sizeof *subscribers);
        if (!subscribers) abort();
    }
    subscribers[subscriber_count++] = c;
}

static void answer_json(connection* c, const char* json) {
    char answer[512];
    const int size = snprintf(answer, sizeof answer,
                              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                              strlen(json), json);
    send_bytes(c, answer, (size_t)size);
}

static void publish(connection* c, const char* value, size_t size) {
    static buffer json;
    json.size = 0;
    char text[256];
    ++revision;
    snprintf(
        text, sizeof text,
        "{\"seq_id\":%llu,\"type\":\"update\",\"payload\":{\"events\":[{\"op\":\"put\",\"key\":\"bench\",\"value\":\"",
        (unsigned long long)revision);
    append_text(&json, text);
    append(&json, value, size);
    snprintf(text, sizeof text, "\",\"mod_revision\":%llu,\"version\":1}]}}", (unsigned long long)revision);
    append_text(&json, text);
    append_frame(&frames, json.bytes, json.size);
    if (!batched) broadcast();
    snprintf(text, sizeof text,
             "{\"code\":200,\"message\":\"ok\",\"data\":{\"key\":\"bench\",\"mod_revision\":%llu,\"version\":1}}",
             (unsigned long long)revision);
    answer_json(c, text);
}

// Handles the complete requests in the bytes; returns how many bytes they were.
static size_t handle_requests(connection* c, char* bytes, size_t size) {
    size_t used = 0;
    while (!c->dead && !c->subscribed) {
        char* head = bytes + used;
        char* head_end = memmem(head, size - used, "\r\n\r\n", 4);
        if (!head_end) break;
        *head_end = '\0';
        const char* length = strcasestr(head, "Content-Length:");
        const size_t body_size = length ? (size_t)strtoull(length + strlen("Content-Length:"), NULL, 10) : 0;
        char* body = head_end + 4;
        if ((size_t)(bytes + size - body) < body_size) {
            *head_end = '\r';
            break;
        }
        if (strncmp(head, "PUT ", 4) == 0)
            publish(c, body, body_size);
        else if (strcasestr(head, "Upgrade: websocket"))
            upgrade(c, head);
        else
            answer_json(c, "{\"code\":200,\"message\":\"ok\",\"data\":null}");
        used = (size_t)(body - bytes) + body_size;
    }
    return used;
}

static void on_readable(connection* c) {
    static char bytes[65536 + 1];
    for (;;) {
        const ssize_t n = recv(c->fd, bytes, sizeof bytes - 1, 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) {
            c->dead = true;
            return;
        }
        if (c->subscribed) continue;  // what a subscriber says is not listened to
        if (!c->request) {
            bytes[n] = '\0';
            const size_t used = handle_requests(c, bytes, (size_t)n);
            if (used == (size_t)n) continue;
            c->request = calloc(1, sizeof(buffer));
            if (!c->request) abort();
            append(c->request, bytes + used, (size_t)n - used);
        } else {
            append(c->request, bytes, (size_t)n);
            append(c->request, "", 1);  // a terminator for the string functions
            --c->request->size;
            const size_t used = handle_requests(c, c->request->bytes, c->request->size);
            c->request->size -= used;
            memmove(c->request->bytes, c->request->bytes + used, c->request->size);
            if (c->request->size == 0) free_buffer(&c->request);
        }
        if (c->request && c->request->size > request_limit) c->dead = true;
    }
}

static void bury(connection* c) {
    if (c->subscribed) {
        for (size_t i = 0; i < subscriber_count; ++i) {
            if (subscribers[i] != c) continue;
            subscribers[i] = subscribers[--subscriber_count];
            break;
        }
    }
    close(c->fd);
    free_buffer(&c->waiting);
    free_buffer(&c->request);
    free(c);
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
        watch(c, EPOLLIN, EPOLL_CTL_ADD);
    }
}

static void on_signal(int number) {
    (void)number;
    ending = 1;
}

int main(int argc, char** argv) {
    uint16_t port = 8081;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--batched") == 0) {
            batched = true;
        } else if (strcmp(argv[i], "--port") == 0 && i + 1 < argc) {
            port = (uint16_t)strtoul(argv[++i], NULL, 10);
        } else {
            fprintf(stderr, "usage: raw_fanout [--port N] [--batched]\n");
            return strcmp(argv[i], "--help") == 0 ? 0 : 2;
        }
    }
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 4096) != 0) {
        fprintf(stderr, "raw_fanout: cannot listen on 127.0.0.1:%u: %s\n", port, strerror(errno));
        return 1;
    }
    poller = epoll_create1(EPOLL_CLOEXEC);
    connection doorbell = {.fd = listener};
    watch(&doorbell, EPOLLIN, EPOLL_CTL_ADD);
    fprintf(stderr, "raw_fanout: listening on 127.0.0.1:%u%s\n", port, batched ? ", batched" : "");

    static struct epoll_event events[1024];
    while (!ending) {
        const int count = epoll_wait(poller, events, 1024, -1);
        for (int i = 0; i < count; ++i) {
            connection* c = events[i].data.ptr;
            if (c == &doorbell) {
                accept_all(listener);
                continue;
            }
            if (events[i].events & EPOLLOUT) send_waiting(c);
            if (events[i].events & ~(uint32_t)EPOLLOUT) on_readable(c);
        }
        if (frames.size > 0) broadcast();
        // Not inside the round above: a later event of it may belong to the dead.
        for (int i = 0; i < count; ++i) {
            connection* c = events[i].data.ptr;
            if (c != &doorbell && c->dead) bury(c);
        }
    }
    return 0;
}
