/* The audit of claims: what a source derived, judged by the observations.
 *
 * Every figure has a rounding interval, its value plus or minus half its precision; those of the inputs give
 * an interval for what is computed from them, and the claim has its own. A claim is judged by what was known when
 * it was published, and by what is known now. */
#pragma once

#include "exportstat/base/metric.h"
#include "exportstat/stats/band.h"

/* In the order in which they are tried: the first that holds is the verdict. */
enum verdict {
    VERDICT_CONFIRMED,   /* the computed value rounds to the claim */
    VERDICT_CONSISTENT,  /* the intervals meet */
    VERDICT_TRUNCATED,   /* right, but cut instead of rounded */
    VERDICT_SUPERSEDED,  /* one of these three when it was published, revised since */
    VERDICT_MISLABELLED, /* right under another reading that was known when it was published */
    VERDICT_CONTRADICTED,
    VERDICT_UNVERIFIABLE, /* an input is missing */
    VERDICTS,
};

/* "confirmed", …; NULL-terminated. */
extern const char *const verdict_names[];

struct claim {
    enum metric metric;
    size_t series; /* its place in the desk's series */
    struct span span;
    amount value;
    amount precision;
    date published;
    bool is_undated; /* nobody knows when it was published: the date is that of the audit */
};

enum { AUDIT_INPUTS_MAX = 3, AUDIT_NONE = -1 };

/* Of a desk of n series, n + these are the two of total exports that it has not. */
enum { AUDIT_GOODS_OFF, AUDIT_SERVICES_OFF };

/* What the observations say in a claim's place. */
struct computed {
    bool known;
    enum missing why; /* where not known, or open to a side: the reason, with */
    size_t
        missing_series;  /* a series and a period without which it can not be told; of the total */
    struct span missing; /* exports that are not on the desk, see AUDIT_GOODS_OFF */
    struct range range;  /* in the unit of the claim: the value, and what rounding leaves */
    bool is_exact;       /* an amount or a count, which is written as it is, unlike a rate */
    bool is_statement;   /* true or false, rather than a value: record, threshold, projection */
    bool holds;          /* at the observations' values */
    bool may_hold;       /* at some values within their rounding */
    bool ignores_value;  /* the claim's number is no value to compare: a threshold, a target */
    struct span
        at; /* the period that `value` is of, where it is not the claim's: a previous record */
    struct span streak; /* the months that growth was looked for in, the newest being the claim's */
    struct {
        size_t series;
        struct figure figure;
    } inputs[AUDIT_INPUTS_MAX];
    size_t n_inputs;
};

/* Another reading under which a claim is right. */
struct reading {
    enum metric metric;
    size_t series;
    struct span span;
};

struct judgement {
    enum verdict verdict;
    struct computed computed;
};

struct audit {
    enum verdict verdict;
    struct judgement then; /* as of the claim's publication */
    struct judgement now;  /* as of the desk's date */
    bool has_reading;      /* where one of these two is mislabelled */
    struct reading reading;
    struct computed read; /* what the observations said under it, when the claim was published */
};

/* Where claims are audited: all series, as of a date and as of other dates as needed. */
struct desk {
    struct arena *arena;
    const struct resolved *const *series;
    size_t n;
    const size_t *units; /* of each series, alike where the unit is; NULL where all are alike */
    size_t n_others;     /* so many of the first may be what a claim of another one was meant for */
    int goods; /* the places of the two series whose sum total exports are, or AUDIT_NONE */
    int services;
    date now;
    enum release release;    /* of which values claims are judged by; RELEASE_LATEST unless set */
    struct view *now_views;  /* of each series; made when first needed */
    struct view *then_views; /* the same as of `then` */
    struct observation **then_rooms; /* where these stand, whatever the date is */
    date then;
};

struct desk desk_of(struct arena *arena, const struct resolved *const *series, size_t n, int goods,
                    int services, date now);

/* A series as of the desk's date. */
const struct view *desk_view(struct desk *desk, size_t series);

/* Audits one claim. Claims in order of publication are fastest: views are kept while the date stays. */
struct audit audit_claim(struct desk *desk, const struct claim *claim);

/* The formula that a metric is computed by. */
const char *metric_formula(enum metric metric);
