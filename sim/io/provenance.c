#include "sim/io/provenance.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <gsl/gsl_version.h>
#include <hdf5.h>
#include <openssl/crypto.h>

#include "pamir_version.h"
#include "sim/io/utf8.h"

const char *sim_provenance_version(void)
{
    return PAMIR_VERSION;
}

void sim_provenance_now(char out[32])
{
    time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts) == NULL || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(out, 32, "unknown");
}

static void add(struct sim_meta *meta, const char *name, char *text, const char *sentence, int *code,
    struct sim_error *error)
{
    sim_utf8_mend(text);
    if (*code == 0)
        *code = sim_meta_set(meta, SIM_META_ABOUT, name, text, sentence, error);
}

/* The processor's own name, where the kernel tells it. */
static void find_processor(char *out, size_t size)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "re");
    snprintf(out, size, "unknown");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon != NULL && colon[1] == ' ') {
            colon[strcspn(colon, "\n")] = 0;
            snprintf(out, size, "%s", colon + 2);
            break;
        }
    }
    if (file != NULL)
        fclose(file);
}

/* Appends one word as a POSIX shell would read it back. */
static void append_word(char *out, size_t size, const char *word)
{
    size_t n = strlen(out);
    if (n > 0 && n + 1 < size)
        out[n++] = ' ';
    bool plain = word[0] != 0 && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                   "0123456789_-+=./:,@%")] == 0;
    if (!plain && n + 1 < size)
        out[n++] = '\'';
    for (const char *c = word; *c && n + 5 < size; c++) {
        if (!plain && *c == '\'') {
            memcpy(out + n, "'\\''", 4);
            n += 4;
        } else {
            out[n++] = *c;
        }
    }
    if (!plain && n + 1 < size)
        out[n++] = '\'';
    out[n] = 0;
}

int sim_provenance_add(struct sim_meta *meta, int argc, char *const *argv, struct sim_error *error)
{
    int code = 0;
    char text[8192], processor[256];
    snprintf(text, sizeof text, "%s", PAMIR_VERSION);
    add(meta, "version", text, "version of the code", &code, error);
    snprintf(text, sizeof text, "gcc %s, C %ld", __VERSION__, __STDC_VERSION__);
    add(meta, "compiler", text, "compiler", &code, error);
    snprintf(text, sizeof text, "HDF5 %d.%d.%d, GSL %s, %s", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE,
        GSL_VERSION, OpenSSL_version(OPENSSL_VERSION));
    add(meta, "libraries", text, "libraries", &code, error);
    struct utsname system;
    if (uname(&system) == 0) {
        snprintf(text, sizeof text, "%s", system.nodename);
        add(meta, "host", text, "name of the machine", &code, error);
        snprintf(text, sizeof text, "%s %s %s", system.sysname, system.release, system.machine);
        add(meta, "system", text, "operating system", &code, error);
    }
    find_processor(processor, sizeof processor);
    snprintf(text, sizeof text, "%ld x %s", sysconf(_SC_NPROCESSORS_ONLN), processor);
    add(meta, "machine", text, "processors", &code, error);
    text[0] = 0;
    for (int i = 0; i < argc && argv != NULL; i++)
        append_word(text, sizeof text, argv[i]);
    if (text[0] != 0)
        add(meta, "command", text, "command line", &code, error);
    sim_provenance_now(text);
    add(meta, "started", text, "start of the last session, UTC", &code, error);
    return code;
}
