/* One request being answered by its endpoint. Part of the api. */
#pragma once

#include "exportstat/api/api.h"
#include "exportstat/api/library.h"
#include "exportstat/stats/view.h"
#include "route.h"

/* The rows of periods that a request asks for. */
struct window {
    struct span *at; /* in the order asked for */
    size_t n;
    size_t total; /* before `after` and `limit` */
};

/* One of the series that a request is about. */
struct selected {
    const struct volume *volume;
    const struct series_info *info;
    struct view view;
    struct window window;
};

struct call {
    struct api *api;
    const struct route *route;
    const struct args *args;
    enum format format;
    const char *body; /* of the request; NULL: none */
    size_t body_length;
    bool is_body_csv;            /* it is text/csv */
    const char *token;           /* the name of the one it came with; NULL: none was needed */
    const char *idempotency_key; /* NULL: none */
    const char *database;        /* to be opened for writing */
    int64_t written;             /* the generation that the request has made; 0: none */
    int status;                  /* 0: 200 */
    struct out *out;
    struct store *store; /* in a read transaction; NULL: the database is not there now */
    struct store_state state;
    struct arena *arena;
    struct library *library;
    int64_t era;            /* of the store, as the library has it */
    const char *public_url; /* stands before paths in addresses; empty: relative to the host */
    bool has_pages;         /* this program has its pages for people */
    date today;             /* for freshness alone */
    bool quick;             /* no slow work */
    struct selected selected[SERIES_MAX];
    size_t n_selected;
    const struct volume **held; /* to be returned to the library at the end */
    size_t n_held;
    size_t held_room;
    struct buffer *link;     /* the address of the next page; empty: none */
    struct buffer *location; /* of what was made; empty: nothing */
    struct problem *problem;
};

/* Arguments. */
static inline const struct arg *arg(const struct call *call, enum param param)
{
    return &call->args->v[param];
}

date call_as_of(const struct call *call);
bool call_explain(const struct call *call);

/* Whether the request may go on with what takes longer than a millisecond; else that is the problem. */
bool call_slow(struct call *call);

/* The same for what writes. */
bool call_writing(struct call *call);

/* The series of an id (NULL: the default one), from those that the call holds already or from the library. */
bool call_hold(struct call *call, const char *id, const struct volume **ret, struct error *reterr);

/* A series by its id (NULL: the default one), with its view as of the request's date. A series that does not
 * exist is a problem that says which there are. */
bool call_series(struct call *call, const char *id, struct selected *ret);

/* A series for as long as it takes to look at it: to be given back by library_return, so that what looks at all of them
 * one after the other holds one. What is to stay is copied. Else as call_series. */
bool call_look(struct call *call, const char *id, const struct volume **ret);

/* A copy of what a series is that stays as long as the call. */
const struct series_info *call_keep_info(struct call *call, const struct series_info *info);

/* The ids of the series that `series` names, or of all that there are, of which there may be ROWS_MAX: a store
 * with more has to be asked for them by name. All of them are slow work. */
bool call_series_ids(struct call *call, const char *const **ret, size_t *ret_n);

/* Gives back every series that the call holds; their views must not be used any more. */
void call_release(struct call *call);

/* Whether `from` comes after `to`, which is a problem. */
bool window_backwards(struct call *call, const struct series_info *info);

/* The path of the request in a format, with its parameters but for one (PARAMS: all), ended by '?' or '&', so
 * that another one can follow. */
void call_path(const struct call *call, enum format format, enum param except, struct buffer *to);

/* The address of the next page, after the row of that id; call_link writes it for the header Link. */
void call_link_to(const struct call *call, enum param after, const char *id, struct buffer *to);
void call_link(struct call *call, enum param after, const char *id);

/* Says that there is a next page, after the row of that id: as the field `next` and as the header Link. */
void call_next(struct call *call, enum param after, const char *id);

/* The periods of a frequency that overlap the request's window, from the arguments from, to, last, order,
 * after and limit. False where `from` comes after `to`. */
bool window_of(struct call *call, struct selected *selected, enum frequency frequency);

/* Cuts the windows of several series at one period, so that the next page begins at the same one for all;
 * *ret_after is that period where there is such a page, else empty. */
void windows_cut(struct call *call, enum frequency frequency, char ret_after[static PERIOD_TEXT]);
