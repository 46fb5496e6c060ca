/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The floor that runnel is measured against: what libcurl and jansson cost when nothing else is
 * done but to print each delta, and to flush when no more input waits.  usage: bare URL < BODY
 */
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static char line[1 << 20];
static size_t line_len;

static void print_delta(const char *data, size_t len)
{
    json_t *chunk = json_loadb(data, len, 0, NULL);
    json_t *choice = json_array_get(json_object_get(chunk, "choices"), 0);
    json_t *content = json_object_get(json_object_get(choice, "delta"), "content");
    if (content)
        fwrite(json_string_value(content), 1, json_string_length(content), stdout);
    json_decref(chunk);
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *user)
{
    (void)user;
    for (size_t left = size * count; left > 0;) {
        const char *end = memchr(bytes, '\n', left);
        size_t len = end ? (size_t)(end - bytes) : left;
        if (line_len + len > sizeof(line))
            return 0;
        memcpy(line + line_len, bytes, len);
        line_len += len;
        if (end && line_len > 6 && memcmp(line, "data: {", 7) == 0)
            print_delta(line + 6, line_len - 6);
        if (end)
            line_len = 0;
        bytes += len + (end != NULL);
        left -= len + (end != NULL);
    }
    return size * count;
}

int main(int argc, char **argv)
{
    static char body[1 << 16];
    body[fread(body, 1, sizeof(body) - 1, stdin)] = '\0';
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, argv[argc - 1]);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    CURLM *multi = curl_multi_init();
    curl_multi_add_handle(multi, curl);
    int running = 1;
    while (curl_multi_perform(multi, &running) == CURLM_OK && running) {
        fflush(stdout); /* no more input waits */
        curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    curl_multi_remove_handle(multi, curl);
    curl_easy_cleanup(curl);
    curl_multi_cleanup(multi);
    return fflush(stdout) != 0 || running;
}
