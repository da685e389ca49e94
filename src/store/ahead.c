#include "ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* As many blocks as keep both sides going where one of them stops for a moment, and no more memory than that takes. */
enum { BLOCKS = 4, BLOCK_ROWS = 1024, BLOCK_BYTES = 128 * 1024 };

struct ahead_row {
    size_t at; /* its fields in the block; or, where it is no row, what is wrong with it */
    uint32_t start[REPORT_COLUMNS + 1];
    bool is_whole;
    long line;
    long row_number;
    struct report_fields fields;
};

/* Rows in the order of the file, and what comes after them. */
struct block {
    struct ahead_row row[BLOCK_ROWS];
    size_t n;
    struct buffer bytes;
    bool is_end;
    bool has_failed;
    struct error error;
};

struct ahead {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t filled; /* blocks so far; the one that is being filled is the next */
    size_t used;   /* of these, which have been given back to be filled again */
    bool ending;
    struct csv csv; /* the thread's */
    size_t column[REPORT_COLUMNS];
    struct block block[BLOCKS]; /* a ring */
    struct block *current;      /* whose rows are being used; NULL: none yet */
    size_t next_row;            /* of them */
};

void report_read(const struct csv *csv, const size_t column[static REPORT_COLUMNS],
                 struct report_fields *ret)
{
    const char *text[REPORT_COLUMNS];
    size_t length[REPORT_COLUMNS];
    const char *reason;
    uint32_t code;
    for (int i = 0; i < REPORT_COLUMNS; i++) {
        text[i] = csv_field(csv, column[i]);
        length[i] = csv_length(csv, column[i]);
    }
    ret->is_right =
        period_parse(text[REPORT_PERIOD], length[REPORT_PERIOD], &ret->period) &&
        amount_parse(text[REPORT_VALUE], length[REPORT_VALUE], &ret->value, &reason) &&
        amount_parse(text[REPORT_PRECISION], length[REPORT_PRECISION], &ret->precision, &reason) &&
        ret->precision > 0 && length[REPORT_NOTE] <= TEXT_MAX &&
        !text_find_control(text[REPORT_NOTE], length[REPORT_NOTE], &code);
    if (ret->is_right)
        period_format(ret->period, ret->period_text);
}

/* Keeps the current row of the thread's csv. */
static void row_keep(struct ahead *ahead, struct block *block)
{
    const struct csv *csv = &ahead->csv;
    struct ahead_row *row = &block->row[block->n++];
    row->at = block->bytes.length;
    row->is_whole = !*csv->fault;
    row->line = csv->line;
    row->row_number = csv->row_number;
    if (!row->is_whole) {
        buffer_add(&block->bytes, csv->fault, sizeof csv->fault);
        return;
    }
    for (size_t i = 0; i <= REPORT_COLUMNS; i++)
        row->start[i] = (uint32_t)csv->start[i];
    buffer_add(&block->bytes, csv->row.bytes, csv->row.length);
    report_read(csv, ahead->column, &row->fields);
}

static void block_fill(struct ahead *ahead, struct block *block)
{
    block->n = 0;
    block->bytes.length = 0;
    while (block->n < BLOCK_ROWS && block->bytes.length < BLOCK_BYTES) {
        block->has_failed = !csv_next(&ahead->csv, &block->is_end, &block->error);
        if (block->has_failed || block->is_end)
            return;
        row_keep(ahead, block);
    }
}

static void *ahead_run(void *argument)
{
    struct ahead *ahead = argument;
    bool more = true;
    pthread_mutex_lock(&ahead->lock);
    while (more && !ahead->ending) {
        if (ahead->filled - ahead->used == BLOCKS) {
            pthread_cond_wait(&ahead->changed, &ahead->lock);
            continue;
        }
        struct block *block = &ahead->block[ahead->filled % BLOCKS];
        pthread_mutex_unlock(&ahead->lock);
        block_fill(ahead, block);
        more = !block->is_end && !block->has_failed;
        pthread_mutex_lock(&ahead->lock);
        ahead->filled++;
        pthread_cond_signal(&ahead->changed);
    }
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

struct ahead *ahead_begin(struct csv *csv, const size_t column[static REPORT_COLUMNS])
{
    struct ahead *ahead = must_calloc(1, sizeof *ahead);
    memcpy(ahead->column, column, sizeof ahead->column);
    ahead->csv = *csv;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    if (pthread_create(&ahead->thread, NULL, ahead_run, ahead) != 0) {
        pthread_cond_destroy(&ahead->changed);
        pthread_mutex_destroy(&ahead->lock);
        free(ahead);
        return NULL;
    }
    csv->row = (struct buffer){0};
    return ahead;
}

/* Gives back the block whose rows have been used, and waits for the next one. */
static void block_next(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->used += ahead->current != NULL;
    pthread_cond_signal(&ahead->changed);
    while (ahead->filled == ahead->used)
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
    ahead->current = &ahead->block[ahead->used % BLOCKS];
    ahead->next_row = 0;
}

static void row_show(const struct block *block, const struct ahead_row *row, struct csv *csv,
                     struct report_fields *ret)
{
    char *bytes = block->bytes.bytes + row->at;
    csv->line = row->line;
    csv->row_number = row->row_number;
    csv->fault[0] = '\0';
    if (!row->is_whole) {
        memcpy(csv->fault, bytes, sizeof csv->fault);
        return;
    }
    csv->row.bytes = bytes;
    for (size_t i = 0; i <= REPORT_COLUMNS; i++)
        csv->start[i] = row->start[i];
    *ret = row->fields;
}

bool ahead_next(struct ahead *ahead, struct csv *csv, struct report_fields *ret, bool *ret_end,
                struct error *reterr)
{
    struct block *block = ahead->current;
    while (!block || (ahead->next_row == block->n && !block->is_end && !block->has_failed)) {
        block_next(ahead);
        block = ahead->current;
    }
    *ret_end = false;
    if (ahead->next_row < block->n) {
        row_show(block, &block->row[ahead->next_row++], csv, ret);
        return true;
    }
    *ret_end = block->is_end;
    if (block->has_failed)
        *reterr = block->error;
    return !block->has_failed;
}

void ahead_end(struct ahead *ahead, struct csv *csv)
{
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->ending = true;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
    pthread_join(ahead->thread, NULL);
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
    for (int i = 0; i < BLOCKS; i++)
        buffer_release(&ahead->block[i].bytes);
    csv_release(&ahead->csv);
    free(ahead);
    csv->row = (struct buffer){0};
}
