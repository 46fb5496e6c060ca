/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat/attach.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chat/path.h"
#include "session/input.h"
#include "text/figures.h"

enum { NAME_SHOWN = 80 };

struct attached {
    char *name;
    const char *type; /* a static string */
    struct buf data;
    char *url; /* NULL: it has bytes */
};

static void attached_clear(struct attached *attached)
{
    free(attached->name);
    free(attached->url);
    buf_clear(&attached->data);
}

void attachments_clear(struct attachments *attachments)
{
    for (size_t i = 0; i < attachments->count; i++)
        attached_clear(&attachments->items[i]);
    free(attachments->items);
    *attachments = (struct attachments){0};
}

static bool is_text(const struct attached *attached)
{
    return strncmp(attached->type, "text/", 5) == 0;
}

/* ---- What the model's wire has a form for ---- */

static const char *kind_of(const struct attached *attached)
{
    return strncmp(attached->type, "image/", 6) == 0 ? "image" : "PDF";
}

static bool provider_takes(const rn_provider *provider, const struct attached *attached)
{
    rn_model *model = RN_MODEL(.provider = provider->name, .model = "any");
    bool takes = rn_model_takes(model, attached->type, attached->url);
    rn_model_free(model);
    return takes;
}

/* Of those that speak the same the first stands for all. */
static bool has_wire_before(const rn_provider *providers, const rn_provider *provider)
{
    for (const rn_provider *one = providers; one < provider; one++)
        if (strcmp(one->wire, provider->wire) == 0)
            return true;
    return false;
}

static void add_who_takes(struct buf *names, const struct attached *attached)
{
    const rn_provider *providers = rn_providers();
    for (const rn_provider *provider = providers; provider->name; provider++)
        if (!has_wire_before(providers, provider) && provider_takes(provider, attached))
            buf_addf(names, "%s%s", names->len > 0 ? ", " : "", provider->name);
}

static int fail_taken(const struct attached *attached, struct error *error)
{
    struct buf names = BUF_INIT;
    add_who_takes(&names, attached);
    const char *kind = kind_of(attached), *who = names.len > 0 ? names.data : "none";
    if (attached->url)
        error_set(error, RN_ECONFIG,
                  "%.*s: this model's API fetches no %s itself: download it first and attach the "
                  "file (providers that fetch it: %s)",
                  NAME_SHOWN, attached->url, kind, who);
    else
        error_set(error, RN_ECONFIG,
                  "%.*s: this model's API has no form for %s %s (providers that take one: %s)",
                  NAME_SHOWN, attached->name, *kind == 'i' ? "an" : "a", kind, who);
    buf_clear(&names);
    return -1;
}

static int check_taken(const struct attached *attached, const rn_model *model, struct error *error)
{
    if (is_text(attached) || rn_model_takes(model, attached->type, attached->url))
        return 0;
    return fail_taken(attached, error);
}

int attachments_check(const struct attachments *attachments, const rn_model *model,
                      struct error *error)
{
    for (size_t i = 0; i < attachments->count; i++)
        if (check_taken(&attachments->items[i], model, error) < 0)
            return -1;
    return 0;
}

/* ---- Adding ---- */

static int check_size(const struct attachments *attachments, const struct attached *attached,
                      struct error *error)
{
    size_t max = is_text(attached) ? ATTACH_TEXT_MAX : ATTACH_FILE_MAX, len = attached->data.len;
    if (len > max)
        return error_set(error, RN_ECONFIG, "%s of more than %zu MiB cannot be attached",
                         is_text(attached) ? "a text" : "a file", max / 1024 / 1024);
    if (attachments->bytes + len > ATTACH_ALL_MAX)
        return error_set(error, RN_ECONFIG, "with this, more than %d MiB would go with one prompt",
                         ATTACH_ALL_MAX / 1024 / 1024);
    return 0;
}

/* Takes it, also on an error. */
static int add(struct attachments *attachments, struct attached attached, const rn_model *model,
               struct error *error)
{
    if (check_taken(&attached, model, error) < 0) {
        attached_clear(&attached);
        return -1;
    }
    attachments->items =
        xrealloc(attachments->items, (attachments->count + 1) * sizeof(*attachments->items));
    attachments->items[attachments->count++] = attached;
    attachments->bytes += attached.data.len;
    return 0;
}

/* ---- A URL ---- */

static bool is_url(const char *what)
{
    size_t len = 0;
    while (isalnum((unsigned char)what[len]) || (len > 0 && what[len] && strchr("+.-", what[len])))
        len++;
    return len > 1 && strncmp(what + len, "://", 3) == 0;
}

/* Nobody has its bytes yet: its name's end must do.  NULL when that says nothing. */
static const char *type_of_url(const char *url)
{
    static const struct {
        const char *end, *type;
    } ends[] = {
        {".png", "image/png"}, {".jpg", "image/jpeg"},  {".jpeg", "image/jpeg"},
        {".gif", "image/gif"}, {".webp", "image/webp"}, {".pdf", "application/pdf"},
    };
    size_t len = strcspn(url, "?#");
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t end = strlen(ends[i].end);
        if (len > end && strncasecmp(url + len - end, ends[i].end, end) == 0)
            return ends[i].type;
    }
    return NULL;
}

static int add_url(struct attachments *attachments, const char *url, const rn_model *model,
                   struct error *error)
{
    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return error_set(error, RN_ECONFIG,
                         "%.*s: of URLs only http and https ones can be attached", NAME_SHOWN, url);
    for (const char *at = url; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7f)
            return error_set(error, RN_ECONFIG, "%.*s: a URL holds no blank", NAME_SHOWN, url);
    const char *type = type_of_url(url);
    if (!type)
        return error_set(error, RN_ECONFIG,
                         "%.*s: its end does not say what it is (.png, .jpg, .gif, .webp, .pdf): "
                         "download it first and attach the file",
                         NAME_SHOWN, url);
    struct attached attached = {.name = xstrdup(""), .type = type, .url = xstrdup(url)};
    return add(attachments, attached, model, error);
}

/* ---- A file ---- */

/* Without waiting for whoever might write into a FIFO. */
static int open_file(const char *path, struct error *error)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(error, RN_ECONFIG, "cannot be opened");
    if (fstat(fd, &info) < 0)
        error_errno(error, RN_ECONFIG, "cannot be looked at");
    else if (S_ISDIR(info.st_mode))
        error_set(error, RN_ECONFIG, "is a folder: attach the files in it");
    else if (!S_ISREG(info.st_mode))
        error_set(error, RN_ECONFIG, "is a pipe or a device: only files can be attached");
    else if (info.st_size > ATTACH_FILE_MAX)
        error_set(error, RN_ECONFIG, "a file of more than %d MiB cannot be attached",
                  ATTACH_FILE_MAX / 1024 / 1024);
    else
        return fd;
    close(fd);
    return -1;
}

static int read_file(const char *path, struct buf *data, struct error *error)
{
    int fd = open_file(path, error);
    if (fd < 0)
        return -1;
    int result = fd_read_all(fd, data, ATTACH_FILE_MAX, error);
    close(fd);
    return result;
}

static int look_at(const struct attachments *attachments, struct attached *attached,
                   struct error *error)
{
    attached->type = rn_media_type(buf_str(&attached->data), attached->data.len);
    if (attached->data.len == 0)
        return error_set(error, RN_ECONFIG, "it is empty");
    if (strcmp(attached->type, "application/octet-stream") == 0)
        return error_set(error, RN_ECONFIG,
                         "it is neither text in UTF-8 nor an image (PNG, JPEG, GIF, WebP) nor a "
                         "PDF");
    return check_size(attachments, attached, error);
}

/* The model is told where a file of the working folder is, and of others only what they are called: the
 * rest of their path is nobody's business. */
static char *name_of(const char *path)
{
    while (strncmp(path, "./", 2) == 0)
        path += 2;
    bool is_below = *path != '/' && strncmp(path, "../", 3) != 0 && !strstr(path, "/../");
    const char *slash = strrchr(path, '/');
    char *name = xstrdup(is_below || !slash ? path : slash + 1);
    for (char *at = name; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    return name;
}

static int add_file(struct attachments *attachments, const char *path, const rn_model *model,
                    struct error *error)
{
    struct attached attached = {.name = name_of(path)};
    if (read_file(path, &attached.data, error) < 0 || look_at(attachments, &attached, error) < 0) {
        error_prefix(error, "%.*s", NAME_SHOWN, attached.name);
        error->code = RN_ECONFIG;
        attached_clear(&attached);
        return -1;
    }
    return add(attachments, attached, model, error);
}

int attachments_add(struct attachments *attachments, const char *what, const rn_model *model,
                    struct error *error)
{
    if (is_url(what))
        return add_url(attachments, what, model, error);
    char *path = path_find(what);
    int result = add_file(attachments, path ? path : what, model, error);
    free(path);
    return result;
}

int attachments_add_bytes(struct attachments *attachments, const char *name, const char *bytes,
                          size_t len, const rn_model *model, struct error *error)
{
    struct attached attached = {.name = xstrdup(name), .type = rn_media_type(bytes, len)};
    if (strcmp(attached.type, "application/octet-stream") == 0)
        attached.type = "text/plain";
    if (is_text(&attached))
        utf8_add_clean(&attached.data, bytes, len);
    else
        buf_add(&attached.data, bytes, len);
    if (!is_text(&attached) && check_size(attachments, &attached, error) < 0) {
        attached_clear(&attached);
        return error_prefix(error, "%s", name);
    }
    return add(attachments, attached, model, error);
}

/* ---- The rest of their life ---- */

int attachments_drop(struct attachments *attachments, size_t nth, struct error *error)
{
    if (nth == 0) {
        attachments_clear(attachments);
        return 0;
    }
    if (nth > attachments->count)
        return error_set(error, RN_ECONFIG, "there is no number %zu: so many are attached: %zu",
                         nth, attachments->count);
    struct attached *gone = &attachments->items[nth - 1];
    attachments->bytes -= gone->data.len;
    attached_clear(gone);
    attachments->count--;
    memmove(gone, gone + 1, (attachments->count - (nth - 1)) * sizeof(*gone));
    return 0;
}

static rn_attachment public_form(const struct attached *attached)
{
    return (rn_attachment){.name = attached->name,
                           .type = attached->type,
                           .data = attached->url ? NULL : buf_str(&attached->data),
                           .len = attached->data.len,
                           .url = attached->url};
}

void attachments_give(struct attachments *attachments, rn_conversation *conversation)
{
    for (size_t i = 0; i < attachments->count; i++) {
        rn_attachment attachment = public_form(&attachments->items[i]);
        rn_conversation_attach(conversation, &attachment);
    }
    attachments_clear(attachments);
}

/* ---- Shown ---- */

static void show(const rn_attachment *attachment, struct buf *out)
{
    if (attachment->url) {
        buf_addf(out, "[%s]", attachment->url);
        return;
    }
    buf_addf(out, "[%s, ", *attachment->name ? attachment->name : attachment->type);
    figures_bytes(out, attachment->len);
    buf_addc(out, ']');
}

void attachments_list(const struct attachments *attachments, struct buf *out)
{
    for (size_t i = 0; i < attachments->count; i++) {
        rn_attachment attachment = public_form(&attachments->items[i]);
        buf_addf(out, "%s%zu. ", i > 0 ? "\n" : "", i + 1);
        show(&attachment, out);
    }
}

void attach_show(const rn_conversation *conversation, size_t nth, struct buf *out)
{
    rn_attachment attachment;
    for (size_t i = 0; rn_conversation_attachment(conversation, nth, i, &attachment); i++) {
        show(&attachment, out);
        buf_addc(out, '\n');
    }
}

void attach_show_input(const rn_event *start, struct buf *out)
{
    if (!strstr(start->start->input, "\"attachments\""))
        return;
    rn_conversation *input = session_input(start->start);
    for (size_t i = 0; i < rn_conversation_length(input); i++)
        attach_show(input, i, out);
    rn_conversation_free(input);
    if (out->len > 0)
        buf_drop_end(out, 1);
}

void attach_show_prompt(const rn_event *start, struct buf *out)
{
    struct buf marks = BUF_INIT;
    attach_show_input(start, &marks);
    buf_add(out, start->text, start->text_len);
    if (marks.len > 0)
        buf_addf(out, "%s%s", out->len > 0 ? "\n" : "", marks.data);
    buf_clear(&marks);
}
