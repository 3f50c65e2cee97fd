// The limit of group commit turned round: what a disk gives that is asked for each write alone. SQLite as the embedded
// store has it (WAL, synchronous=FULL), one transaction and so one fsync a write. Prints transactions per second.
#define _GNU_SOURCE
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(sqlite3* db, int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    fprintf(stderr, "raw_commit: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
    const char* file = NULL;
    double seconds = 2;
    size_t value = 256;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--file") == 0 && i + 1 < argc) {
            file = argv[++i];
        } else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            seconds = strtod(argv[++i], NULL);
        } else if (strcmp(argv[i], "--value") == 0 && i + 1 < argc) {
            value = strtoul(argv[++i], NULL, 10);
        } else {
            fprintf(stderr, "usage: raw_commit --file FILE [--seconds S] [--value BYTES]\n");
            return strcmp(argv[i], "--help") == 0 ? 0 : 2;
        }
    }
    if (!file) {
        fprintf(stderr, "raw_commit: --file says where\n");
        return 2;
    }
    sqlite3* db = NULL;
    check(db, sqlite3_open(file, &db));
    check(db, sqlite3_exec(db,
                           "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                           "CREATE TABLE log (revision INTEGER PRIMARY KEY, key TEXT, value BLOB)",
                           NULL, NULL, NULL));
    sqlite3_stmt* insert = NULL;
    check(db, sqlite3_prepare_v2(db, "INSERT INTO log (key, value) VALUES (?, ?)", -1, &insert, NULL));
    char* bytes = malloc(value + 1);
    if (!bytes) abort();
    memset(bytes, 'x', value);
    const double began = now();
    unsigned long commits = 0;
    for (; now() < began + seconds; ++commits) {
        char key[64];
        const int size = snprintf(key, sizeof key, "bench/put/%lu", commits % 4096);
        check(db, sqlite3_bind_text(insert, 1, key, size, SQLITE_STATIC));
        check(db, sqlite3_bind_blob(insert, 2, bytes, (int)value, SQLITE_STATIC));
        check(db, sqlite3_step(insert));
        check(db, sqlite3_reset(insert));
    }
    printf("%.1f\n", (double)commits / (now() - began));
    free(bytes);
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return 0;
}
