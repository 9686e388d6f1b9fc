#include "sim/io/utf8.h"

#include <string.h>

/* Bytes of the character that starts at s, 0 when it is broken. NUL counts as broken: callers stop before it.
 */
static int character_bytes(const unsigned char *s)
{
    if (s[0] >= 0x01 && s[0] <= 0x7f)
        return 1;
    int n = 0;
    unsigned char low = 0x80, high = 0xbf; /* of the second byte */
    if (s[0] >= 0xc2 && s[0] <= 0xdf) {
        n = 2;
    } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
        n = 3;
        if (s[0] == 0xe0)
            low = 0xa0;
        if (s[0] == 0xed)
            high = 0x9f;
    } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        n = 4;
        if (s[0] == 0xf0)
            low = 0x90;
        if (s[0] == 0xf4)
            high = 0x8f;
    } else {
        return 0;
    }
    if (s[1] < low || s[1] > high)
        return 0;
    for (int i = 2; i < n; i++)
        if (s[i] < 0x80 || s[i] > 0xbf)
            return 0;
    return n;
}

bool sim_utf8_is_valid(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    while (*s) {
        int n = character_bytes(s);
        if (n == 0)
            return false;
        s += n;
    }
    return true;
}

void sim_utf8_mend(char *text)
{
    unsigned char *s = (unsigned char *)text;
    while (*s) {
        int n = character_bytes(s);
        if (n == 0) {
            *s = '?';
            n = 1;
        }
        s += n;
    }
}

int32_t sim_utf8_cut(const char *text, int32_t limit)
{
    int32_t length = (int32_t)strnlen(text, (size_t)limit + 1);
    if (length <= limit)
        return length;
    int32_t n = limit;
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n;
}
