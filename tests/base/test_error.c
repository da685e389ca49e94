#include "exportstat/base/error.h"

#include <string.h>

#include "check_main.h"

START_TEST(says_what_is_wrong)
{
    struct error err;
    ck_assert(!error_set(&err, ERROR_NOT_FOUND, "no series '%s'", "pk-it2"));
    ck_assert_int_eq(err.kind, ERROR_NOT_FOUND);
    ck_assert_str_eq(err.detail, "no series 'pk-it2'");
}
END_TEST

START_TEST(prefixes_keep_the_kind)
{
    struct error err;
    error_set(&err, ERROR_INPUT, "column %d", 3);
    ck_assert(!error_prefix(&err, "%s:%d", "reports.csv", 12));
    ck_assert(!error_prefix(&err, "import"));
    ck_assert_int_eq(err.kind, ERROR_INPUT);
    ck_assert_str_eq(err.detail, "import: reports.csv:12: column 3");
}
END_TEST

START_TEST(long_details_are_cut)
{
    struct error err;
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_set(&err, ERROR_STORE, "%s", text);
    ck_assert_uint_eq(strlen(err.detail), sizeof err.detail - 1);
    error_prefix(&err, "file");
    ck_assert_int_eq(strncmp(err.detail, "file: xxx", 9), 0);
    error_prefix(&err, "%s", text);
    ck_assert_uint_lt(strlen(err.detail), sizeof err.detail);
    ck_assert_ptr_nonnull(strstr(err.detail, ": file: xxx")); /* both parts keep their beginning */
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("error");
    tcase_add_test(tests, says_what_is_wrong);
    tcase_add_test(tests, prefixes_keep_the_kind);
    tcase_add_test(tests, long_details_are_cut);
    return check_main(tests);
}
