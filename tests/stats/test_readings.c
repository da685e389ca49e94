#include "exportstat/stats/audit.h"

#include "check_main.h"
#include "stats/series_text.h"

/* Two series: the first from 2024-01 on, of which claims are; another to be mistaken for it. */
struct stage {
    struct store stores[2];
    const struct resolved *resolved[2];
    struct desk desk;
};

static void stage_set(struct stage *stage, const char *first, const char *values, const char *more,
                      const char *other)
{
    memset(stage, 0, sizeof *stage);
    series_read(&stage->stores[0], first, values, more, 7);
    series_read(&stage->stores[1], first, "", other, 7);
    for (size_t i = 0; i < COUNT(stage->stores); i++)
        stage->resolved[i] = &stage->stores[i].resolved;
    stage->desk =
        desk_of(&stage->stores[0].arena, stage->resolved, 2, AUDIT_NONE, AUDIT_NONE, DATE_ALL);
}

static void stage_clear(struct stage *stage)
{
    for (size_t i = 0; i < COUNT(stage->stores); i++)
        store_release(&stage->stores[i]);
}

static struct audit stage_audit(struct stage *stage, enum metric metric, const char *period,
                                const char *value, const char *precision, const char *published)
{
    struct claim claim = {
        .metric = metric,
        .span = span_of(period),
        .value = amount_read(value),
        .precision = amount_read(precision),
        .published = date_read(published),
    };
    return audit_claim(&stage->desk, &claim);
}

/* The claim is of the growth of 2024-02 on 2024-01; the other series is known to tens. */
static const struct {
    const char *name;
    const char *other; /* 2024-01 and 2024-02 */
    const char *value;
    enum verdict verdict;
} others[] = {
    {"three digits agree", "1000 1122", "12.2", VERDICT_MISLABELLED},
    {"known too coarsely to tell", "1000 1130", "12.2", VERDICT_CONTRADICTED},
    {"a decline", "1000 878", "-12.2", VERDICT_MISLABELLED},
    {"two digits are too few", "1000 1120", "12", VERDICT_CONTRADICTED},
    {"nothing near", "1000 1500", "12.2", VERDICT_CONTRADICTED},
};

START_TEST(other_series)
{
    struct stage stage;
    char other[128];
    const char *name = others[_i].name;
    int length = (int)strcspn(others[_i].other, " ");
    snprintf(other, sizeof other,
             "2024-01 %.*s 10 2024-02-18 2 b/1\n"
             "2024-02 %s 10 2024-03-18 2 b/2",
             length, others[_i].other, others[_i].other + length + 1);
    stage_set(&stage, "2024-01", "100 105", "", other);
    struct audit audit = stage_audit(&stage, METRIC_MOM, "2024-02", others[_i].value,
                                     strchr(others[_i].value, '.') ? "0.1" : "1", "2024-03-20");
    ck_assert_msg(audit.verdict == others[_i].verdict, "%s: %s", name,
                  verdict_names[audit.verdict]);
    ck_assert_msg(audit.has_reading == (others[_i].verdict == VERDICT_MISLABELLED), "%s", name);
    if (audit.has_reading)
        ck_assert_uint_eq(audit.reading.series, 1);
    stage_clear(&stage);
}
END_TEST

/* Months from 2024-01 on, published on the 18th of the next one. The verdict of the time knows nothing later, and
 * that of now is about the same new record; `computed` is the period of the record before, as known now. */
static const struct {
    const char *name;
    const char *values;
    const char *period;
    const char *value;
    const char *published;
    enum verdict then;
    enum verdict now;
    const char *computed;
} replaced[] = {
    {"after the new record", "100 120 110 130", "2024-02", "120", "2024-05-20", VERDICT_CONFIRMED,
     VERDICT_CONFIRMED, "2024-02"},
    {"before the new record is known", "100 120 110 130", "2024-02", "120", "2024-05-01",
     VERDICT_UNVERIFIABLE, VERDICT_CONFIRMED, "2024-02"},
    {"the record before, told late", "100 120 110 130", "2024-01", "100", "2024-05-01",
     VERDICT_CONFIRMED, VERDICT_CONFIRMED, "2024-01"},
    {"a later record is not the one that was meant", "100 120 110 130", "2024-01", "100",
     "2024-04-20", VERDICT_CONFIRMED, VERDICT_CONFIRMED, "2024-01"},
    {"the record before the last", "100 120 110 130", "2024-01", "100", "2024-05-20",
     VERDICT_CONTRADICTED, VERDICT_CONTRADICTED, "2024-02"},
    {"not the record that was replaced", "100 120 110 130", "2024-03", "110", "2024-05-20",
     VERDICT_CONTRADICTED, VERDICT_CONTRADICTED, "2024-02"},
    {"no record, whatever comes", "100 120 110 130", "2024-03", "110", "2024-05-01",
     VERDICT_CONTRADICTED, VERDICT_CONTRADICTED, "2024-02"},
    {"not replaced by its publication", "100 120 110 115 130", "2024-02", "120", "2024-05-20",
     VERDICT_CONTRADICTED, VERDICT_CONTRADICTED, "2024-01"},
    {"a record that replaced nothing, and is none", "100 90 80", "2024-01", "100", "2024-04-20",
     VERDICT_CONTRADICTED, VERDICT_CONTRADICTED, "2024-01"},
    {"never replaced within rounding", "100 120 110 119.5", "2024-02", "120", "2024-05-20",
     VERDICT_CONSISTENT, VERDICT_CONSISTENT, "2024-01"},
    {"the period is not known", "100 120 110 130", "2023-12", "99", "2024-05-20",
     VERDICT_UNVERIFIABLE, VERDICT_UNVERIFIABLE, NULL},
};

START_TEST(replaced_records)
{
    struct stage stage;
    const char *name = replaced[_i].name;
    stage_set(&stage, "2024-01", replaced[_i].values, "", "2024-01 1 1 2024-02-18 2 b");
    struct audit audit = stage_audit(&stage, METRIC_PREVIOUS_RECORD, replaced[_i].period,
                                     replaced[_i].value, "1", replaced[_i].published);
    ck_assert_msg(audit.verdict == replaced[_i].now, "%s: %s", name, verdict_names[audit.verdict]);
    ck_assert_msg(audit.then.verdict == replaced[_i].then, "%s then: %s", name,
                  verdict_names[audit.then.verdict]);
    if (replaced[_i].computed)
        ck_assert_msg(span_equal(audit.now.computed.at, span_of(replaced[_i].computed)), "%s",
                      name);
    stage_clear(&stage);
}
END_TEST

/* Without a date of its own, a claim is about the newest record there is. */
START_TEST(undated_previous_record)
{
    struct stage stage;
    struct claim claim = {.metric = METRIC_PREVIOUS_RECORD, .precision = 1, .published = DATE_ALL};
    stage_set(&stage, "2024-01", "100 120 110 130", "", "2024-01 1 1 2024-02-18 2 b");
    claim.span = span_of("2024-02");
    claim.value = amount_read("120");
    ck_assert_int_eq(audit_claim(&stage.desk, &claim).verdict, VERDICT_CONFIRMED);
    claim.span = span_of("2024-04");
    claim.value = amount_read("130");
    ck_assert_int_eq(audit_claim(&stage.desk, &claim).verdict, VERDICT_CONTRADICTED);
    stage_clear(&stage);
}
END_TEST

/* Quarters follow one another; halves and totals to date are compared with the same months of other years. The three
 * months of each quarter, from 2024-Q1 on, are equal. */
static const struct {
    const char *name;
    const char *quarters;
    enum metric metric;
    const char *period;
    const char *value;
    enum verdict verdict;
} longer[] = {
    {"below the quarter before", "10 20 30 40 35", METRIC_RECORD_HIGH, "2025-Q1", "105",
     VERDICT_CONTRADICTED},
    {"above all quarters", "10 20 30 40 45", METRIC_RECORD_HIGH, "2025-Q1", "135",
     VERDICT_CONFIRMED},
    {"a fiscal quarter", "10 20 30 40 35", METRIC_RECORD_HIGH, "FY2025-Q3", "105",
     VERDICT_CONTRADICTED},
    {"three months that are no quarter", "10 20 30 40 35", METRIC_RECORD_HIGH, "2024-12/2025-02",
     "110", VERDICT_CONFIRMED},
    {"a half after a higher one", "90 90 30 40 35", METRIC_RECORD_HIGH, "FY2025-H1", "210",
     VERDICT_CONFIRMED},
    {"the quarter before crossed it", "10 20 30 40 35", METRIC_THRESHOLD, "2025-Q1", "100",
     VERDICT_CONTRADICTED},
    {"crossed for the first time", "10 20 30 40 35", METRIC_THRESHOLD, "2024-Q4", "100",
     VERDICT_CONFIRMED},
    {"the record quarter that was replaced", "10 20 30 25 35", METRIC_PREVIOUS_RECORD, "2024-Q3",
     "90", VERDICT_CONFIRMED},
    {"not the highest quarter before", "30 20 25 10 35", METRIC_PREVIOUS_RECORD, "2024-Q3", "75",
     VERDICT_CONTRADICTED},
};

START_TEST(longer_periods)
{
    struct stage stage;
    char months[128] = "";
    char quarters[32];
    snprintf(quarters, sizeof quarters, "%s", longer[_i].quarters);
    for (char *rest = quarters, *value; (value = strtok_r(rest, " ", &rest));) {
        size_t length = strlen(months);
        snprintf(months + length, sizeof months - length, "%s%s %s %s", length > 0 ? " " : "",
                 value, value, value);
    }
    stage_set(&stage, "2024-01", months, "", "2024-01 1 1 2024-02-18 2 b");
    struct audit audit = stage_audit(&stage, longer[_i].metric, longer[_i].period, longer[_i].value,
                                     "1", "2025-05-01");
    ck_assert_msg(audit.verdict == longer[_i].verdict, "%s: %s", longer[_i].name,
                  verdict_names[audit.verdict]);
    stage_clear(&stage);
}
END_TEST

/* The number of another month that was a record: the latest one, within rounding, however many have the level. */
static const struct {
    const char *name;
    const char *values; /* from 2024-01 on */
    const char *period;
    const char *value;
    const char *precision;
    const char *reading; /* NULL: none */
} record_readings[] = {
    {"the latest of two", "100 110 111 90", "2024-04", "110", "3", "2024-03"},
    {"not a month that had the level alone", "100 110 105 108 90", "2024-05", "110", "5",
     "2024-02"},
    {"a month equal within rounding", "100 110 105 109.5 90", "2024-05", "110", "1", "2024-04"},
    {"the first there is", "100 90 80", "2024-03", "100", "1", "2024-01"},
    {"none, though many have the level", "200 100 100 100 90", "2024-05", "100", "100", NULL},
    {"later ones are not earlier", "100 90 120", "2024-02", "120", "1", NULL},
    {"over a gap", "100 - 110 90", "2024-04", "110", "1", "2024-03"},
};

START_TEST(records_of_another_month)
{
    struct stage stage;
    const char *name = record_readings[_i].name;
    stage_set(&stage, "2024-01", record_readings[_i].values, "", "2024-01 1 1 2024-02-18 2 b");
    struct audit audit =
        stage_audit(&stage, METRIC_RECORD_HIGH, record_readings[_i].period,
                    record_readings[_i].value, record_readings[_i].precision, "2024-12-20");
    ck_assert_msg(audit.has_reading == (record_readings[_i].reading != NULL), "%s", name);
    if (audit.has_reading)
        ck_assert_msg(span_equal(audit.reading.span, span_of(record_readings[_i].reading)), "%s",
                      name);
    stage_clear(&stage);
}
END_TEST

START_TEST(the_unknown_successor_is_named)
{
    struct stage stage;
    stage_set(&stage, "2024-01", "100 120 110 130", "", "2024-01 1 1 2024-02-18 2 b");
    struct audit audit =
        stage_audit(&stage, METRIC_PREVIOUS_RECORD, "2024-02", "120", "1", "2024-05-01");
    ck_assert_int_eq(audit.then.computed.why, MISSING_NOT_REPORTED);
    ck_assert(span_equal(audit.then.computed.missing, span_of("2024-04")));
    stage_clear(&stage);
}
END_TEST

/* Only a series of the same unit can have been meant. */
START_TEST(another_unit)
{
    struct stage stage;
    size_t units[] = {0, 1};
    stage_set(&stage, "2024-01", "100", "", "2024-01 777 1 2024-02-18 2 b");
    struct audit audit = stage_audit(&stage, METRIC_LEVEL, "2024-01", "777", "1", "2024-03-20");
    ck_assert_int_eq(audit.verdict, VERDICT_MISLABELLED);
    stage.desk.units = units;
    audit = stage_audit(&stage, METRIC_LEVEL, "2024-01", "777", "1", "2024-03-20");
    ck_assert_int_eq(audit.verdict, VERDICT_CONTRADICTED);
    stage_clear(&stage);
}
END_TEST

/* However many dates are asked for, the desk's memory stays what it was after the first: of levels, whose other
 * readings look at both series, and of what looks at all months. */
static const enum metric bounded[] = {METRIC_LEVEL, METRIC_MOM, METRIC_RECORD_HIGH,
                                      METRIC_PREVIOUS_RECORD, METRIC_STREAK};

START_TEST(memory_is_bounded)
{
    enum { DAYS = 2000 };
    struct stage stage;
    stage_set(&stage, "2024-01", "100 120 110 130", "", "2024-02 777 1 2024-03-18 2 b");
    struct claim claim = {.metric = bounded[_i],
                          .span = span_of("2024-02"),
                          .value = amount_read("555"),
                          .precision = amount_read("1"),
                          .published = date_read("2024-05-20")};
    ck_assert_int_ne(audit_claim(&stage.desk, &claim).verdict, VERDICT_CONFIRMED);
    size_t taken = stage.stores[0].arena.taken;
    const struct observation *rooms[] = {stage.desk.then_rooms[0], stage.desk.then_rooms[1]};
    ck_assert_ptr_nonnull(rooms[0]);
    ck_assert(claim.metric != METRIC_LEVEL || rooms[1]);
    for (int i = 0; i < DAYS; i++) {
        claim.published.day--;
        audit_claim(&stage.desk, &claim);
    }
    ck_assert_uint_eq(stage.stores[0].arena.taken, taken);
    for (int i = 0; i < 2; i++)
        ck_assert_ptr_eq(stage.desk.then_rooms[i], rooms[i]);
    claim.published = date_read("2024-05-20");
    audit_claim(&stage.desk, &claim);
    ck_assert_ptr_eq(stage.desk.then_views[0].at, rooms[0]);
    stage_clear(&stage);
}
END_TEST

/* FY2024 is reported as 1000. */
static const struct {
    enum metric metric;
    const char *value;
    const char *precision;
    enum verdict verdict;
} outcomes[] = {
    {METRIC_TARGET, "1000", "1", VERDICT_CONFIRMED},
    {METRIC_TARGET, "1040", "100", VERDICT_CONSISTENT},
    {METRIC_TARGET, "1040", "10", VERDICT_CONTRADICTED},
    {METRIC_PROJECTION_LOW, "1100", "100", VERDICT_CONTRADICTED},
    {METRIC_PROJECTION_HIGH, "960", "100", VERDICT_CONSISTENT},
    {METRIC_PROJECTION_HIGH, "900", "100", VERDICT_CONTRADICTED},
};

START_TEST(rounded_outcomes)
{
    struct stage stage;
    stage_set(&stage, "2024-01", "", "FY2024 1000 1 2024-08-18 2 a", "2024-01 1 1 2024-02-18 2 b");
    struct audit audit = stage_audit(&stage, outcomes[_i].metric, "FY2024", outcomes[_i].value,
                                     outcomes[_i].precision, "2023-08-01");
    ck_assert_msg(audit.verdict == outcomes[_i].verdict, "%s %s: %s",
                  metric_names[outcomes[_i].metric], outcomes[_i].value,
                  verdict_names[audit.verdict]);
    stage_clear(&stage);
}
END_TEST

START_TEST(missing_input_is_named)
{
    struct stage stage;
    stage_set(&stage, "2024-01", "100", "", "2024-02 200 1 2024-03-18 2 b");
    stage.desk.goods = 1;
    stage.desk.services = 0;
    struct audit audit = stage_audit(&stage, METRIC_SHARE, "2024-01", "10", "1", "2024-03-20");
    ck_assert_int_eq(audit.verdict, VERDICT_UNVERIFIABLE);
    ck_assert_uint_eq(audit.now.computed.missing_series, 1);
    ck_assert(span_equal(audit.now.computed.missing, span_of("2024-01")));
    audit = stage_audit(&stage, METRIC_MOM, "2024-01", "10", "1", "2024-03-20");
    ck_assert_int_eq(audit.verdict, VERDICT_UNVERIFIABLE);
    ck_assert_uint_eq(audit.now.computed.missing_series, 0);
    ck_assert(span_equal(audit.now.computed.missing, span_of("2023-12")));
    stage_clear(&stage);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("readings");
    tcase_add_loop_test(tests, other_series, 0, COUNT(others));
    tcase_add_loop_test(tests, replaced_records, 0, COUNT(replaced));
    tcase_add_loop_test(tests, longer_periods, 0, COUNT(longer));
    tcase_add_loop_test(tests, records_of_another_month, 0, COUNT(record_readings));
    tcase_add_test(tests, undated_previous_record);
    tcase_add_test(tests, the_unknown_successor_is_named);
    tcase_add_test(tests, another_unit);
    tcase_add_loop_test(tests, memory_is_bounded, 0, COUNT(bounded));
    tcase_add_loop_test(tests, rounded_outcomes, 0, COUNT(outcomes));
    tcase_add_test(tests, missing_input_is_named);
    return check_main(tests);
}
