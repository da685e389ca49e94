/* What went wrong, for the client: RFC 9457 problem details. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "exportstat/api/out.h"
#include "exportstat/base/error.h"

enum problem_kind {
    PROBLEM_BAD_REQUEST,
    PROBLEM_UNAUTHORIZED,
    PROBLEM_FORBIDDEN,
    PROBLEM_NOT_FOUND,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_NOT_ACCEPTABLE,
    PROBLEM_CONFLICT,
    PROBLEM_LENGTH_REQUIRED,
    PROBLEM_TOO_LARGE,
    PROBLEM_URI_TOO_LONG,
    PROBLEM_MEDIA_TYPE,
    PROBLEM_NO_TOTAL,
    PROBLEM_FAULTY_BATCH,
    PROBLEM_KEY_TAKEN,
    PROBLEM_TOO_MANY,
    PROBLEM_INTERNAL,
    PROBLEM_UNAVAILABLE,
};

enum { INVALID_MAX = 65 }; /* a parameter each, as many as a query may have, and one in the path */

struct invalid {
    char name[64];
    char reason[320];
    char suggestion[96]; /* empty: none */
};

struct problem {
    enum problem_kind kind;
    char detail[600];
    char log[512];   /* what the client is not told */
    bool is_slow;    /* all that is missing is the time for slow work … */
    bool is_writing; /* … or for writing */
    size_t n_invalid;
    struct invalid invalid[INVALID_MAX]; /* long, and last: who empties a problem leaves it */
};

/* Empties a problem, which there is one of for each request. */
void problem_clear(struct problem *problem);

/* Both fill the problem and return false. */
bool problem_set(struct problem *problem, enum problem_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool problem_invalid(struct problem *problem, const char *name, const char *suggestion,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether slow work may begin; where the answer is to be quick, that it may not is the problem. */
bool problem_slow(struct problem *problem, bool quick);

/* A failure from below as a problem: what was not found is told, what failed inside is only logged. */
bool problem_from(struct problem *problem, const struct error *err);

int problem_status(const struct problem *problem);
void problem_write(const struct problem *problem, struct buffer *to);
