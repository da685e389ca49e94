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
                  });
    }
}

/* The first report of the period that the observation rests on. */
static const struct report *first_support(const struct observation *own, date as_of)
{
    const struct evidence *evidence = &own->history->evidence;
    for (size_t i = 0; i < evidence->n_reports; i++) {
        const struct report *report = &evidence->reports[i];
        if (report->published.day <= as_of.day &&
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

static void scale(struct list *list, const struct report *report, const struct observation *now)
{
    if (!now->known || compatible(report->value, report->precision, now->value, now->precision) ||
        (!compatible(report->value * 10, report->precision * 10, now->value, now->precision) &&
         !compatible(report->value, report->precision, now->value * 10, now->precision * 10)))
        return;
    add(list, (struct finding){
                  .kind = FINDING_OUT_OF_SCALE,
                  .span = report->span,
                  .has_values = true,
                  .value = report->value,
                  .expected = now->value,
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
    struct list list = {.arena = arena};
    if (total)
        parts(&list, view, total);
    sums(&list, view);
    each_history(&list, view, scale);
    each_history(&list, view, early);
    each_history(&list, view, duplicate);
    return (struct findings){list.at, list.n};
}
