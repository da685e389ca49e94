/* POST /v1/claims/check: audits claims that the caller sends, and stores nothing. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "../endpoints.h"
#include "../sent.h"

enum { CHECK_CLAIMS_MAX = 100 };

struct check {
    struct sent_reader reader;
    json_t *values[CHECK_CLAIMS_MAX]; /* one for each claim */
    struct sent *sent;
    size_t n;
    bool is_list;
};

/* Finds the claims of {"claims": […]}, where nothing may stand beside the list. */
static bool find_list(struct check *check, json_t *root)
{
    json_t *list = json_object_get(root, "claims");
    size_t n = json_array_size(list);
    if (json_object_size(root) > 1)
        return problem_invalid(check->reader.call->problem, "claims", NULL,
                               "is the list of all claims: nothing stands beside it");
    if (n < 1 || n > CHECK_CLAIMS_MAX)
        return problem_invalid(check->reader.call->problem, "claims", NULL,
                               "expected a list of 1 to %d claims", CHECK_CLAIMS_MAX);
    for (size_t i = 0; i < n; i++)
        check->values[i] = json_array_get(list, i);
    check->n = n;
    check->is_list = true;
    return true;
}

static bool find_claims(struct check *check)
{
    json_t *root = check->reader.body.root;
    if (json_object_get(root, "claims"))
        return find_list(check, root);
    if (!json_is_object(root))
        return problem_invalid(check->reader.call->problem, "body", NULL,
                               "expected a claim, or {\"claims\": [a list of them]}");
    check->values[0] = root;
    check->n = 1;
    return true;
}

static void represent_checked(struct check *check, struct sent *sent, const struct audit *audit)
{
    struct out *out = check->reader.call->out;
    char period[PERIOD_TEXT];
    period_format(sent->period, period);
    out_text(out, "series", check->reader.desk.info[sent->claim.series]->id);
    out_text(out, "metric", metric_names[sent->claim.metric]);
    out_text(out, "period", period);
    out_amount(out, "value", sent->claim.value);
    out_text(out, "unit", sent->unit);
    out_amount(out, "precision", sent->claim.precision);
    out_text(out, "published", sent->text[FIELD_PUBLISHED]);
    represent_audit(check->reader.call, &check->reader.desk, audit, &sent->claim);
}

static void represent_all(struct check *check)
{
    struct out *out = check->reader.call->out;
    struct audit *audits = ARENA_ARRAY(check->reader.call->arena, check->n, struct audit);
    int64_t counts[VERDICTS] = {0};
    assert(check->sent);
    for (size_t i = 0; i < check->n; i++) {
        audits[i] = audit_claim(&check->reader.desk.desk, &check->sent[i].claim);
        counts[audits[i].verdict]++;
    }
    if (!check->is_list) {
        represent_checked(check, check->sent, audits);
        return;
    }
    represent_verdicts(out, counts);
    out_array(out, "claims");
    for (size_t i = 0; i < check->n; i++) {
        out_object(out, NULL);
        represent_checked(check, &check->sent[i], &audits[i]);
        out_object_end(out);
    }
    out_array_end(out);
}

/* A desk with the series that the claims name. What can be the id of no series is not looked for. */
static bool open_desk(struct check *check)
{
    struct call *call = check->reader.call;
    const char **ids = ARENA_ARRAY(call->arena, check->n, const char *);
    size_t n = 0;
    for (size_t i = 0; i < check->n; i++) {
        const char *id = json_string_value(json_object_get(check->values[i], "series"));
        if (id && identifier_valid(id, strlen(id), IDENTIFIER_MAX))
            ids[n++] = id;
    }
    return audit_desk_open(call, ids, n, &check->reader.desk);
}

/* All claims in the order of the body, so that their faults are told in this order too. */
static bool read_claims(struct check *check)
{
    bool ok = true;
    check->sent = ARENA_ARRAY(check->reader.call->arena, check->n, struct sent);
    for (size_t i = 0; i < check->n; i++) {
        struct sent *sent = &check->sent[i];
        if (check->is_list)
            snprintf(sent->within, sizeof sent->within, "claims[%zu]", i);
        ok = sent_read(&check->reader, sent, check->values[i]) && ok;
    }
    return ok;
}

bool check_claims(struct call *call)
{
    struct check check = {.reader = {.call = call}};
    bool ok = body_read(call, "claims", &check.reader.body) && find_claims(&check) &&
              (check.n <= AUDITS_AT_ONCE || call_slow(call)) && open_desk(&check) &&
              read_claims(&check);
    if (ok)
        represent_all(&check);
    else
        body_refuse(call->problem);
    body_release(&check.reader.body);
    return ok;
}
