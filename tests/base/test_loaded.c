#include "exportstat/base/loaded.h"

#include <math.h>
#include <string.h>

#include "check_main.h"

static struct {
    __typeof__(cos) *cos;
    __typeof__(sqrt) *sqrt;
} loaded;

static const struct loaded_function functions[] = {LOADED(&loaded.cos, cos),
                                                   LOADED(&loaded.sqrt, sqrt)};

START_TEST(finds_functions_in_the_first_file_there_is)
{
    struct error err;
    ck_assert(load_functions("libm", (const char *const[]){"libnone.so.9", "libm.so.6", NULL},
                             functions, 2, &err));
    ck_assert(loaded.cos(0) == 1);
    ck_assert(loaded.sqrt(4) == 2);
}
END_TEST

START_TEST(tells_of_a_library_that_is_not_there)
{
    struct error err;
    ck_assert(!load_functions("libnone", (const char *const[]){"libnone.so.9", NULL}, functions, 2,
                              &err));
    ck_assert_int_eq(err.kind, ERROR_SYSTEM);
    ck_assert_ptr_nonnull(strstr(err.detail, "libnone can not be loaded: libnone.so.9"));
}
END_TEST

START_TEST(tells_of_a_function_that_is_not_in_it)
{
    double (*none)(double) = NULL;
    struct error err;
    const struct loaded_function wanted[] = {LOADED(&loaded.cos, cos), {"cosine_of", &none}};
    ck_assert(!load_functions("libm", (const char *const[]){"libm.so.6", NULL}, wanted, 2, &err));
    ck_assert_int_eq(err.kind, ERROR_SYSTEM);
    ck_assert_str_eq(err.detail, "libm has no cosine_of");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("loaded");
    tcase_add_test(tests, finds_functions_in_the_first_file_there_is);
    tcase_add_test(tests, tells_of_a_library_that_is_not_there);
    tcase_add_test(tests, tells_of_a_function_that_is_not_in_it);
    return check_main(tests);
}
