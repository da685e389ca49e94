#include "exportstat/base/loaded.h"

#include <dlfcn.h>
#include <string.h>

bool load_functions(const char *what, const char *const *files,
                    const struct loaded_function *functions, size_t n, struct error *reterr)
{
    void *library = NULL;
    for (; *files && !library; files++)
        library = dlopen(*files, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return error_set(reterr, ERROR_SYSTEM, "%s can not be loaded: %s", what, dlerror());
    for (size_t i = 0; i < n; i++) {
        void *found = dlsym(library, functions[i].name);
        if (!found)
            return error_set(reterr, ERROR_SYSTEM, "%s has no %s", what, functions[i].name);
        /* ISO C knows no conversion of one to a pointer to a function; POSIX says that they are alike. */
        memcpy(functions[i].to, &found, sizeof found);
    }
    return true;
}
