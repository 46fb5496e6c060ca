/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way to the provider: its name, the connection, TLS, HTTP.  It is gone twice, without a key, to see
 * whether the connection is used again.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/settings.h"
#include "doctor/chart.h"
#include "doctor/doctor.h"
#include "doctor/probe.h"
#include "io/http.h"
#include "io/io.h"
#include "io/proxy.h"

enum { STATUS_PROXY_LOGIN = 407 };

/* Where the provider is. */
struct address {
    const char *url, *unix_socket;
    char *peer, *section;
};

static void find_address(const struct patient *patient, struct address *address)
{
    address->section = xasprintf("provider.%s", patient->provider);
    address->url = settings_get(patient->settings, address->section, "url");
    address->unix_socket = settings_get(patient->settings, address->section, "unix_socket");
    for (const rn_provider *preset = rn_providers(); preset->name && !address->url; preset++)
        if (strcmp(preset->name, patient->provider) == 0)
            address->url = preset->url;
    if (!address->url)
        address->url = "";
    address->peer = http_peer(address->url, address->unix_socket);
}

static int limit(const struct patient *patient, const struct address *address, const char *key)
{
    long ms = settings_number(patient->settings, address->section, key);
    return ms > 0 && ms < PROBE_MS ? (int)ms : PROBE_MS;
}

static struct http_request request_to(const struct patient *patient, const struct address *address)
{
    return (struct http_request){
        .url = address->url,
        .unix_socket = address->unix_socket,
        .ca_file = settings_get(patient->settings, address->section, "ca_file"),
        .insecure = settings_flag(patient->settings, address->section, "insecure"),
        .decompress = true,
        .connect_ms = limit(patient, address, "connect_timeout"),
        .first_ms = limit(patient, address, "first_timeout"),
        .idle_ms = limit(patient, address, "idle_timeout"),
        .body_max = PROBE_BODY_MAX,
    };
}

static bool is_tls(const struct address *address)
{
    return strncasecmp(address->url, "https:", 6) == 0;
}

/* ---- The proxy ---- */

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

/* Without the login, which is a secret. */
static const char *proxy_place(const char *value)
{
    const char *login = strrchr(value, '@');
    return login ? login + 1 : value;
}

static void check_proxy(const struct address *address, struct chart *chart)
{
    const char *name = proxy_variable(address->url);
    const char *except = *variable("no_proxy") ? variable("no_proxy") : variable("NO_PROXY");
    if (!name)
        return;
    if (http_is_local(address->url, address->unix_socket)) {
        chart_add(chart, VERDICT_OK, "proxy", "", "%s is set; on this machine none is used", name);
        return;
    }
    chart_add(chart, VERDICT_OK, "proxy", "", "%s (%s)%s%s", proxy_place(variable(name)), name,
              *except ? ", but not for: " : "", except);
}

/* ---- The way, part by part ---- */

static void tell_times(const struct address *address, const struct probe *probe,
                       struct chart *chart)
{
    const struct http_timing *timing = &probe->timing;
    if (timing->resolve > 0) /* an address, or what this machine knows by itself, is no news */
        chart_add(chart, VERDICT_OK, "name", "", "%s is found in %lld ms", address->peer,
                  (long long)timing->resolve);
    if (timing->connect >= 0)
        chart_add(chart, VERDICT_OK, "connection", "", "%s answers in %lld ms", address->peer,
                  (long long)(timing->connect - (timing->resolve > 0 ? timing->resolve : 0)));
    if (timing->tls >= 0)
        chart_add(chart, VERDICT_OK, "TLS", "", "the certificate is good; %lld ms",
                  (long long)(timing->tls - (timing->connect > 0 ? timing->connect : 0)));
}

/* Where a proxy is set, whatever is wrong so early is between here and it. */
static char *advice_proxy(const char *name)
{
    return xasprintf("The way is through the proxy %s: is it the right one, and does it run? "
                     "%s names it; unset, there is none.",
                     proxy_place(variable(name)), name);
}

static char *advice_name(const struct address *address)
{
    const char *proxy = proxy_variable(address->url);
    if (proxy_is_used(address->url, address->unix_socket))
        return advice_proxy(proxy);
    return xasprintf("Is the machine online, and the name in url right? Behind a company's proxy, "
                     "%s must name it.",
                     is_tls(address) ? "https_proxy" : "http_proxy");
}

static char *advice_connection(const struct address *address)
{
    if (proxy_is_used(address->url, address->unix_socket))
        return advice_proxy(proxy_variable(address->url));
    return xstrdup("Is the server started, the port in url right, no firewall in between?");
}

static char *advice_tls(const struct address *address)
{
    return xasprintf("url and ca_file stand in [%s] of the config. A certificate that has expired "
                     "is the server's to renew, unless this machine's clock is wrong.",
                     address->section);
}

static char *advice_answer(const struct address *address)
{
    if (proxy_is_used(address->url, address->unix_socket))
        return xasprintf("Does the proxy %s let this server through? Does the server run well?",
                         proxy_place(variable(proxy_variable(address->url))));
    return xstrdup(is_tls(address)
                       ? "Is this the right url, and does the server run well?"
                       : "Is this the right url (or should it begin with https:?), and does the "
                         "server run well?");
}

/* Which part of the way it was that failed. */
static void tell_failure(const struct address *address, const struct probe *probe,
                         struct chart *chart)
{
    const struct http_timing *timing = &probe->timing;
    bool has_name = timing->resolve >= 0 || address->unix_socket;
    const char *part = timing->fails_tls     ? "TLS"
                       : !has_name           ? "name"
                       : timing->connect < 0 ? "connection"
                                             : "answer";
    char *advice = timing->fails_tls     ? advice_tls(address)
                   : !has_name           ? advice_name(address)
                   : timing->connect < 0 ? advice_connection(address)
                                         : advice_answer(address);
    chart_add(chart, VERDICT_BROKEN, part, advice, "%s", probe->error.text);
    free(advice);
}

static const char *version_of(const struct probe *probe)
{
    return probe->timing.http == 20 ? "HTTP/2" : probe->timing.http == 10 ? "HTTP/1.0" : "HTTP/1.1";
}

static bool tell_answer(const struct probe *probe, struct chart *chart)
{
    char place[256] = "", coding[32] = "";
    http_header(buf_str(&probe->head), "location", place, sizeof(place));
    http_header(buf_str(&probe->head), "content-encoding", coding, sizeof(coding));
    if (probe->status == STATUS_PROXY_LOGIN) {
        chart_add(chart, VERDICT_BROKEN, "answer",
                  "Put the login into the proxy's variable: http://USER:PASSWORD@HOST:PORT.",
                  "the proxy wants a login");
        return false;
    }
    if (probe->status >= 300 && probe->status < 400 && *place) {
        chart_add(chart, VERDICT_WARNING, "answer",
                  "runnel follows no redirect, since a key would go with it: if requests fail, set "
                  "url to the new address.",
                  "HTTP status %d: it has moved to %s", probe->status, place);
        return true;
    }
    chart_add(chart, VERDICT_OK, "answer", "", "%s, after %lld ms%s%s", version_of(probe),
              (long long)probe->timing.first_byte, *coding ? ", compressed with " : "", coding);
    return true;
}

static void check_reuse(struct worker *worker, const struct http_request *request,
                        struct chart *chart)
{
    struct probe probe;
    probe_send(&probe, worker, request);
    bool is_kept = probe.status > 0 && probe.timing.connect < 0;
    chart_add(chart, is_kept ? VERDICT_OK : VERDICT_WARNING, "keep-alive",
              is_kept ? ""
                      : "Each step of an answer with tools waits for a new connection. It is the "
                        "server's setting, or that of a proxy before it.",
              is_kept ? "the connection is used again" : "the connection is not used again");
    probe_clear(&probe);
}

static bool check_way(const struct patient *patient, const struct address *address,
                      struct chart *chart)
{
    struct probe probe;
    struct http_request request = request_to(patient, address);
    struct worker *worker = io_worker(patient->io);
    chart_wait(chart, "connection", address->peer);
    probe_send(&probe, worker, &request);
    tell_times(address, &probe, chart);
    bool is_reached = probe.status > 0 && probe.error.code == RN_OK;
    if (!is_reached)
        tell_failure(address, &probe, chart);
    else if ((is_reached = tell_answer(&probe, chart)))
        check_reuse(worker, &request, chart);
    probe_clear(&probe);
    return is_reached;
}

bool network_check(const struct patient *patient, struct chart *chart)
{
    struct address address;
    bool is_reached = false;
    chart_group(chart, "network");
    find_address(patient, &address);
    if (http_url_ok(address.url)) {
        check_proxy(&address, chart);
        is_reached = check_way(patient, &address, chart);
    } else {
        chart_add(chart, VERDICT_BROKEN, "url", "Set url in its section of the config.",
                  "%s has no URL that could be used: \"%s\"", patient->provider, address.url);
    }
    free(address.peer);
    free(address.section);
    return is_reached;
}
