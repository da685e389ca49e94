#include "exportstat/stats/quality.h"

#include <string.h>

const char *const finding_names[] = {
    [FINDING_PART_ABOVE_TOTAL] = "part_above_total",
    [FINDING_MONTHS_AGAINST_SUM] = "months_against_sum",
    [FINDING_OUT_OF_SCALE] = "out_of_scale",
    [FINDING_EARLY] = "early",
    [FINDING_DUPLICATE] = "duplicate",
    NULL,
};

struct list {
    struct arena *arena;
    const struct view *view;
    struct finding *at;
    size_t n;
    size_t room;
};

static void add(struct list *list, struct finding finding)
{
    if (list->n == list->room) {
        list->room = list->room ? list->room * 2 : 16;
        struct finding *more = ARENA_ARRAY(list->arena, list->room, struct finding);
        if (list->n > 0)
            memcpy(more, list->at, list->n * sizeof *more);
        list->at = more;
    }
    list->at[list->n++] = finding;
}

static void parts(struct list *list, const struct view *part, const struct view *total)
{
    for (size_t i = 0; i < part->n; i++) {
        const struct observation *month = &part->at[i];
        const struct observation *whole = view_month(total, month->span.first);
        if (!month->known || !whole || !whole->known || month->value <= whole->value ||
            compatible(month->value, month->precision, whole->value, whole->precision))
            continue;
        add(list, (struct finding){
                      .kind = FINDING_PART_ABOVE_TOTAL,
                      .span = month->span,
                      .has_values = true,
                      .value = month->value,
                      .expected = whole->value,
                      .against = figure_of(total, month->span),
                  });
    }
}

/* The first report of the period that the observation rests on; NULL where it is an editor's value alone. */
static const struct report *first_support(const struct observation *own, date as_of)
{
    const struct evidence *evidence = &own->history->evidence;
    for (size_t i = 0; i < evidence->n_reports; i++) {
        const struct report *report = &evidence->reports[i];
        if (report->published.day <= as_of.day &&
            !rejected(evidence->rulings, evidence->n_rulings, report->value, as_of) &&
            compatible(report->value, report->precision, own->value, own->precision))
            return report;
    }
    return NULL;
}

static void sums(struct list *list, const struct view *view)
{
    for (size_t i = 0; i < view->resolved->n_spans; i++) {
        struct figure figure = figure_of(view, view->resolved->spans[i].span);
        if (!figure.is_sum || !figure.own.known ||
            compatible(figure.value, figure.precision, figure.own.value, figure.own.precision))
            continue;
        add(list, (struct finding){
                      .kind = FINDING_MONTHS_AGAINST_SUM,
                      .span = figure.span,
                      .has_values = true,
                      .value = figure.own.value,
                      .expected = figure.value,
                      .against = figure,
                      .reports = {first_support(&figure.own, view->as_of)},
                  });
    }
}

/* Calls for every report that counts, with the observation of its period. */
typedef void visit(struct list *list, const struct report *report, const struct observation *now);

static void each_report(struct list *list, const struct view *view, const struct history *history,
                        visit *visit_report)
{
    const struct evidence *own = &history->evidence;
    struct observation now = observe(history, view->as_of, view->release);
    for (size_t i = 0; i < own->n_reports; i++) {
        const struct report *report = &own->reports[i];
        if (report->published.day <= view->as_of.day &&
            !rejected(own->rulings, own->n_rulings, report->value, view->as_of))
            visit_report(list, report, &now);
    }
}

static void each_history(struct list *list, const struct view *view, visit *visit_report)
{
    const struct resolved *resolved = view->resolved;
    for (size_t i = 0; i < resolved->n_months; i++)
        each_report(list, view, &resolved->months[i], visit_report);
    for (size_t i = 0; i < resolved->n_spans; i++)
        each_report(list, view, &resolved->spans[i], visit_report);
}

/* Nearer to a tenth of the other value than to itself or a hundredth of it, in ratio. */
static bool is_about_a_tenth(amount value, amount of)
{
    wide square = (wide)value * value;
    return value > 0 && of > 0 && square * 10 <= (wide)of * of && square * 1000 >= (wide)of * of;
}

static bool is_off_by_ten(amount value, amount of)
{
    return is_about_a_tenth(value, of) || is_about_a_tenth(of, value);
}

/* Whether most of the periods around say that a value is a tenth or tenfold: of a month those up to three months
 * away, of a longer period the same months up to two years away. Two at least have to be known. */
static bool is_off_around(const struct view *view, struct span span, amount value,
                          struct figure *ret)
{
    bool is_month = span.first == span.last;
    int32_t step = is_month ? 1 : 12;
    int32_t reach = is_month ? 3 : 24;
    int known = 0;
    int off = 0;
    for (int32_t away = step; away <= reach; away += step) {
        for (int32_t by = -away; by <= away; by += 2 * away) {
            struct figure figure = figure_of(view, (struct span){span.first + by, span.last + by});
            bool is_off = figure.known && is_off_by_ten(value, figure.value);
            if (is_off && off == 0)
                *ret = figure;
            known += figure.known;
            off += is_off;
        }
    }
    return known >= 2 && 2 * off > known;
}

/* Other reports of the period are the best evidence, then the sum of its months, then what is around it. */
static bool is_out_of_scale(const struct view *view, const struct report *report,
                            const struct observation *now, struct figure *ret_against)
{
    struct figure figure = figure_of(view, report->span);
    *ret_against =
        (struct figure){.span = report->span, .known = true, .value = now->value, .own = *now};
    if (now->known && !compatible(report->value, report->precision, now->value, now->precision) &&
        (compatible(report->value * 10, report->precision * 10, now->value, now->precision) ||
         compatible(report->value, report->precision, now->value * 10, now->precision * 10)))
        return true;
    *ret_against = figure;
    if (figure.is_sum)
        return is_off_by_ten(report->value, figure.value);
    return is_off_around(view, report->span, report->value, ret_against);
}

static void scale(struct list *list, const struct report *report, const struct observation *now)
{
    struct figure against;
    if (!is_out_of_scale(list->view, report, now, &against))
        return;
    add(list, (struct finding){
                  .kind = FINDING_OUT_OF_SCALE,
                  .span = report->span,
                  .has_values = true,
                  .value = report->value,
                  .expected = against.value,
                  .against = against,
                  .reports = {report},
              });
}

static void early(struct list *list, const struct report *report, const struct observation *now)
{
    (void)now;
    if (report->published.day >= date_month_end(report->span.last).day)
        return;
    add(list, (struct finding){
                  .kind = FINDING_EARLY,
                  .span = report->span,
                  .has_values = false,
                  .reports = {report},
              });
}

static void duplicate(struct list *list, const struct report *report, const struct observation *now)
{
    const struct report *first = now->history->evidence.reports;
    for (const struct report *other = report; other-- > first;) {
        if (other->published.day != report->published.day)
            return;
        if (other->value != report->value || other->precision != report->precision ||
            strcmp(other->publisher, report->publisher) != 0)
            continue;
        add(list, (struct finding){
                      .kind = FINDING_DUPLICATE,
                      .span = report->span,
                      .reports = {other, report},
                  });
        return;
    }
}

struct findings findings_of(struct arena *arena, const struct view *view, const struct view *total)
{
    struct list list = {.arena = arena, .view = view};
    if (total)
        parts(&list, view, total);
    sums(&list, view);
    each_history(&list, view, scale);
    each_history(&list, view, early);
    each_history(&list, view, duplicate);
    return (struct findings){list.at, list.n};
}
