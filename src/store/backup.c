#include "exportstat/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exportstat/base/text.h"
#include "sql.h"

/* Where a copy is to stand. */
struct place {
    struct buffer path; /* links followed: what they lead to is replaced, not they */
    struct buffer part; /* where the copy is made, beside it; another one's is another file */
    bool force;
    bool is_there;   /* something is to be replaced … */
    struct stat old; /* … which is this */
};

/* What SQLite puts beside a database. It takes each for a part of whatever database has the name; the first ones hold
 * changes. */
static const char *const companions[] = {"-wal", "-journal", "-shm"};
enum { COMPANIONS_WITH_CHANGES = 2 };

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

static bool place_find(struct place *place, const char *from, const char *to, bool force,
                       struct error *reterr)
{
    struct stat source;
    char *real = realpath(to, NULL);
    size_t length = strlen(to);
    *place = (struct place){.force = force};
    /* Never over what stands beside another database, and may be in use with it. */
    for (size_t i = 0; i < COUNT(companions); i++) {
        size_t end = strlen(companions[i]);
        if (length > end && strcmp(to + length - end, companions[i]) == 0) {
            free(real);
            return error_set(reterr, ERROR_INPUT, "%s: this is the name of a part of a database",
                             to);
        }
    }
    buffer_text(&place->path, real ? real : to);
    /* Of a name that nobody has left, nor has now: in containers process numbers are often the same. */
    uint64_t random;
    sqlite3_randomness(sizeof random, &random);
    buffer_format(&place->part, "%s.%016llx.part", place->path.bytes, (unsigned long long)random);
    free(real);
    place->is_there = stat(to, &place->old) == 0;
    if (!place->is_there)
        return errno == ENOENT || system_fault(to, reterr);
    if (stat(from, &source) == 0 && source.st_dev == place->old.st_dev &&
        source.st_ino == place->old.st_ino)
        return error_set(reterr, ERROR_INPUT, "%s: a database can not be copied onto itself", to);
    if (!S_ISREG(place->old.st_mode))
        return error_set(reterr, ERROR_INPUT, "%s: this is not a file", to);
    return force || error_set(reterr, ERROR_INPUT, "%s is there already: --force replaces it", to);
}

static void place_release(struct place *place)
{
    if (place->part.bytes)
        unlink(place->part.bytes);
    buffer_release(&place->path);
    buffer_release(&place->part);
}

static const char *companion(const struct place *place, size_t i, struct buffer *to)
{
    to->length = 0;
    buffer_format(to, "%s%s", place->path.bytes, companions[i]);
    return to->bytes;
}

/* Gives a finished file its name; without `force` only where there is none of it, at this very moment too. */
static bool put_in_place(const struct place *place, struct error *reterr)
{
    const char *part = place->part.bytes;
    const char *path = place->path.bytes;
    if (place->force ? rename(part, path) != 0 : link(part, path) != 0)
        return system_fault(path, reterr);
    return folder_to_disk(path, reterr);
}

/* A copy of all that a connection sees, into a new file. */
static bool copy_into(sqlite3 *db, const char *part, struct error *reterr)
{
    sqlite3_stmt *copy = NULL;
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
    /* Who holds the file may be killed while we wait for it, and leave something to be taken back: then once more. */
    for (int attempt = 0; attempt < 2; attempt++) {
        sql_take_back(path);
        sqlite3_close(*ret);
        if (sqlite3_open_v2(path, ret, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
            return error_set(reterr, ERROR_STORE, "%s: %s", path, sqlite3_errmsg(*ret));
        sqlite3_busy_timeout(*ret, BUSY_MILLISECONDS);
        sqlite3_exec(*ret, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
        if (sqlite3_errcode(*ret) != SQLITE_READONLY)
            break;
    }
    return true;
}

/* Whether it is of this program, and something was ever in it. */
static bool is_store(sqlite3 *db, const char *path, struct error *reterr)
{
    int64_t stores = 0;
    if (!store_recognise(db, path, STORE_WRITE, reterr))
        return false;
    if (!sql_ask(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'store'", &stores, reterr))
        return error_prefix(reterr, "%s", path);
    return stores == 1 || error_set(reterr, ERROR_STORE, "%s: this is an empty database", path);
}

/* A copy over a database in use would be taken for one with the changes of that one's log. */
static bool is_idle(const struct place *place, struct error *reterr)
{
    struct buffer name = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < COMPANIONS_WITH_CHANGES; i++) {
        if (access(companion(place, i, &name), F_OK) == 0)
            ok = error_set(reterr, ERROR_INPUT, "%s is there, of a database in use", name.bytes);
    }
    buffer_release(&name);
    return ok;
}

bool store_backup(const char *path, const char *to, bool force, struct error *reterr)
{
    struct place place;
    sqlite3 *db = NULL;
    bool ok = place_find(&place, path, to, force, reterr) && is_idle(&place, reterr) &&
              open_plain(path, SQLITE_OPEN_READONLY, &db, reterr) && is_store(db, path, reterr) &&
              copy_into(db, place.part.bytes, reterr) && to_disk(place.part.bytes, reterr) &&
              put_in_place(&place, reterr);
    sqlite3_close(db);
    place_release(&place);
    return ok;
}

/* Whether a copy is whole, and of this program. */
static bool look_through(sqlite3 *db, const char *path, struct error *reterr)
{
    bool is_whole;
    if (!is_store(db, path, reterr))
        return false;
    if (!sql_look_through(db, &is_whole, reterr))
        return error_prefix(reterr, "%s", path);
    return is_whole || error_set(reterr, ERROR_STORE, "%s: the copy is damaged", path);
}

static bool in_use(const char *path, struct error *reterr)
{
    return error_set(reterr, ERROR_STORE, "%s is in use: end the service first", path);
}

/* Brings what the log of the old store holds into its file, so that it is whole without, and takes the log away. One that
 * is damaged can not be helped: it goes as it is. */
static bool settle(const char *path, struct error *reterr)
{
    sqlite3 *db;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    bool ok = code == SQLITE_OK || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    if (code == SQLITE_BUSY)
        in_use(path, reterr);
    else if (!ok)
        error_set(reterr, ERROR_STORE, "%s: its log can not be written back: %s", path,
                  sqlite3_errstr(code));
    sqlite3_close(db);
    return ok;
}

/* Locks the old store as SQLite's file format has it, damaged or not: whoever has read from it holds a lock on these
 * bytes for as long as it is open. They are ours until *ret_fd is closed. */
static bool take_alone(const char *path, int *ret_fd, struct error *reterr)
{
    enum { LOCK_BYTES = 0x40000000, LOCK_LENGTH = 512 };
    struct flock all = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_BYTES, .l_len = LOCK_LENGTH};
    if (!settle(path, reterr))
        return false;
    *ret_fd = open(path, O_RDWR | O_CLOEXEC);
    if (*ret_fd >= 0 && fcntl(*ret_fd, F_SETLK, &all) == 0)
        return true;
    bool is_held = *ret_fd >= 0 && (errno == EAGAIN || errno == EACCES);
    return is_held ? in_use(path, reterr) : system_fault(path, reterr);
}

/* Who could use the old store can use the new one. */
static bool keep_owner(const struct place *place, struct error *reterr)
{
    const struct stat *old = &place->old;
    const char *part = place->part.bytes;
    bool is_own = old->st_uid == geteuid() && old->st_gid == getegid();
    return ((is_own || chown(part, old->st_uid, old->st_gid) == 0) &&
            chmod(part, old->st_mode & 07777) == 0) ||
           system_fault(part, reterr);
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

/* What a store that is gone, or damaged, may have left beside its place. Before the new one has its name, so that it is
 * never read with them. */
static bool remove_log(const struct place *place, struct error *reterr)
{
    struct buffer name = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT(companions); i++)
        ok = unlink(companion(place, i, &name)) == 0 || errno == ENOENT ||
             system_fault(name.bytes, reterr);
    buffer_release(&name);
    return ok && folder_to_disk(place->path.bytes, reterr);
}

bool store_restore(const char *from, const char *path, bool force, struct error *reterr)
{
    struct place place;
    sqlite3 *copy = NULL;
    int old = -1;
    bool ok = place_find(&place, from, path, force, reterr) &&
              open_plain(from, SQLITE_OPEN_READONLY, &copy, reterr) &&
              look_through(copy, from, reterr) && copy_into(copy, place.part.bytes, reterr) &&
              name_anew(place.part.bytes, reterr);
    if (ok && place.is_there)
        ok = keep_owner(&place, reterr) && take_alone(place.path.bytes, &old, reterr);
    ok = ok && to_disk(place.part.bytes, reterr) && remove_log(&place, reterr) &&
         put_in_place(&place, reterr);
    if (old >= 0)
        close(old);
    sqlite3_close(copy);
    place_release(&place);
    return ok;
}
