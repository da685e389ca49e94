#include "exportstat/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exportstat/base/text.h"
#include "sql.h"

static bool system_fault(const char *path, struct error *reterr)
{
    return error_set(reterr, ERROR_SYSTEM, "%s: %s", path, strerror(errno));
}

/* Brings a file, or the entries of a folder, to the disk. */
static bool to_disk(const char *path, struct error *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        system_fault(path, reterr);
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool folder_to_disk(const char *path, struct error *reterr)
{
    struct buffer folder = {0};
    const char *end = strrchr(path, '/');
    if (end)
        buffer_add(&folder, path, (size_t)(end - path) + 1);
    else
        buffer_text(&folder, ".");
    bool ok = to_disk(folder.bytes, reterr);
    buffer_release(&folder);
    return ok;
}

/* Gives a finished file its name; without `force` only where there is none of it, at this very moment too. */
static bool put_in_place(const char *part, const char *path, bool force, struct error *reterr)
{
    if (!to_disk(part, reterr))
        return false;
    if (force ? rename(part, path) != 0 : link(part, path) != 0) {
        if (errno == EEXIST)
            return error_set(reterr, ERROR_INPUT, "%s is there already: --force replaces it", path);
        return system_fault(path, reterr);
    }
    return folder_to_disk(path, reterr);
}

/* A copy of all that a connection sees, into a new file. */
static bool copy_into(sqlite3 *db, const char *part, struct error *reterr)
{
    sqlite3_stmt *copy = NULL;
    unlink(part);
    bool ok = sql_prepare(db, "VACUUM INTO :part", &copy, reterr);
    if (ok) {
        sql_bind_text(copy, ":part", part);
        ok = sql_run(copy, reterr);
    }
    sqlite3_finalize(copy);
    return ok;
}

static bool open_plain(const char *path, int flags, sqlite3 **ret, struct error *reterr)
{
    if (sqlite3_open_v2(path, ret, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return error_set(reterr, ERROR_STORE, "%s: %s", path, sqlite3_errmsg(*ret));
    sqlite3_busy_timeout(*ret, BUSY_MILLISECONDS);
    return true;
}

bool store_backup(const char *path, const char *to, bool force, struct error *reterr)
{
    struct buffer part = {0};
    sqlite3 *db = NULL;
    if (!force && access(to, F_OK) == 0)
        return error_set(reterr, ERROR_INPUT, "%s is there already: --force replaces it", to);
    buffer_format(&part, "%s.part", to);
    bool ok = open_plain(path, SQLITE_OPEN_READONLY, &db, reterr) &&
              store_recognise(db, path, STORE_WRITE, reterr) && copy_into(db, part.bytes, reterr) &&
              put_in_place(part.bytes, to, force, reterr);
    sqlite3_close(db);
    unlink(part.bytes);
    buffer_release(&part);
    return ok;
}

/* Whether a copy is whole, and of this program. */
static bool look_through(sqlite3 *db, const char *path, struct error *reterr)
{
    sqlite3_stmt *look = NULL;
    int64_t is_whole = 0;
    int64_t stores = 0;
    bool ok = store_recognise(db, path, STORE_WRITE, reterr) &&
              sql_prepare(db, "SELECT quick_check = 'ok' FROM pragma_quick_check LIMIT 1", &look,
                          reterr) &&
              sql_integer(look, &is_whole, reterr);
    sqlite3_finalize(look);
    look = NULL;
    ok = ok && (is_whole || error_set(reterr, ERROR_STORE, "%s: the copy is damaged", path)) &&
         sql_prepare(db, "SELECT count(*) FROM store", &look, reterr) &&
         sql_integer(look, &stores, reterr) &&
         (stores == 1 || error_set(reterr, ERROR_STORE, "%s: the copy is of no store", path));
    sqlite3_finalize(look);
    return ok;
}

/* Opens the store that is to be replaced, so that nobody else can: its log leaves only where it is open nowhere else. */
static bool take_alone(const char *path, sqlite3 **ret, struct error *reterr)
{
    sqlite3_stmt *mode = NULL;
    bool row = false;
    bool ok = open_plain(path, SQLITE_OPEN_READWRITE, ret, reterr) &&
              sql_execute(*ret, "PRAGMA locking_mode = EXCLUSIVE", reterr) &&
              sql_prepare(*ret, "PRAGMA journal_mode = DELETE", &mode, reterr) &&
              sql_step(mode, &row, reterr) && row &&
              strcmp((const char *)sqlite3_column_text(mode, 0), "delete") == 0;
    sqlite3_finalize(mode);
    ok = ok && sql_execute(*ret, "BEGIN EXCLUSIVE", reterr);
    return ok || error_set(reterr, ERROR_STORE,
                           "%s is in use, or no database: end the service first", path);
}

/* Another store than the one before, whatever generation the copy has. */
static bool name_anew(const char *path, struct error *reterr)
{
    sqlite3 *db = NULL;
    bool ok = open_plain(path, SQLITE_OPEN_READWRITE, &db, reterr) &&
              sql_execute(db, "UPDATE store SET id = lower(hex(randomblob(16)))", reterr);
    sqlite3_close(db);
    return ok;
}

/* What a store that is gone may have left beside its place. */
static void remove_log(const char *path)
{
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    struct buffer name = {0};
    for (size_t i = 0; i < COUNT(ends); i++) {
        name.length = 0;
        buffer_format(&name, "%s%s", path, ends[i]);
        unlink(name.bytes);
    }
    buffer_release(&name);
}

bool store_restore(const char *from, const char *path, bool force, struct error *reterr)
{
    struct buffer part = {0};
    sqlite3 *copy = NULL;
    sqlite3 *old = NULL;
    bool is_there = access(path, F_OK) == 0;
    if (is_there && !force)
        return error_set(reterr, ERROR_INPUT, "%s is there already: --force replaces it", path);
    buffer_format(&part, "%s.part", path);
    bool ok = open_plain(from, SQLITE_OPEN_READONLY, &copy, reterr) &&
              look_through(copy, from, reterr) && (!is_there || take_alone(path, &old, reterr)) &&
              copy_into(copy, part.bytes, reterr) && name_anew(part.bytes, reterr);
    if (ok && !is_there)
        remove_log(path);
    ok = ok && put_in_place(part.bytes, path, force, reterr);
    sqlite3_close(old);
    sqlite3_close(copy);
    unlink(part.bytes);
    buffer_release(&part);
    return ok;
}
