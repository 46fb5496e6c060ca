/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/settings.h"
#include "llm/codec.h"

const char *const command_names[] = {"replay", "sessions", "config", "decode", "serve-guide", NULL};

const char options_help[] =
    "Usage: runnel [OPTION]... [--] [PROMPT]...\n"
    "       runnel replay [SESSION]      play a session back\n"
    "       runnel sessions [list|path]  what was said so far, and where it is kept\n"
    "       runnel config [path]         the settings in force, and where each came from\n"
    "       runnel decode --wire NAME [--status N] FILE\n"
    "                                    a recorded body, or a --record, as events\n"
    "       runnel serve-guide --port N  serve the built-in guide to other clients\n"
    "\n"
    "Without a PROMPT on a terminal it opens a chat; else it gives one answer.  What comes\n"
    "from stdin is added to the PROMPT.\n"
    "\n"
    "Model\n"
    "  -m, --model [PROVIDER:]MODEL   who answers: ollama:llama3.2, openai:gpt-5-mini, guide\n"
    "      --url URL                  an OpenAI-compatible server (.../v1); -m is its model\n"
    "      --key-env NAME             the variable that holds the key for --url\n"
    "  -s, --system TEXT              the system prompt; @FILE reads it from a file\n"
    "  -R, --role NAME                a [role.NAME] of the config\n"
    "\n"
    "Mode\n"
    "  -S, --stream                   show the answer as it is made (this is the default)\n"
    "  -I, --invoke                   show the answer whole, when it is there\n"
    "\n"
    "Sessions\n"
    "  -c, --continue                 go on with the session written last\n"
    "  -r, --resume SESSION           go on with this one: an id, its beginning, a name, a path\n"
    "      --name NAME                name the new session\n"
    "      --no-save                  write no session\n"
    "\n"
    "Output\n"
    "      --text                     the answer's text (this is the default)\n"
    "      --events                   each event as a line of JSON\n"
    "      --json                     one JSON object at the end\n"
    "      --plain                    chat without a screen\n"
    "      --record FILE              keep what goes over the wire (no key is in it)\n"
    "      --log FILE                 a debug log\n"
    "\n"
    "Replay\n"
    "      --speed N                  2 is twice as fast (default 1)\n"
    "      --max-gap SECONDS          shorten longer silences\n"
    "      --instant                  all at once\n"
    "\n"
    "      --config FILE              instead of ~/.config/runnel/config.ini\n"
    "      --profile NAME             the settings of [profile.NAME]\n"
    "  -V, --version\n"
    "  -h, --help\n"
    "\n"
    "Exit status: 0 answered, 1 error from the provider or network, 2 usage or configuration,\n"
    "3 answered in part, 4 refused or filtered, 130 stopped, 141 the reader of stdout went away.\n";

enum {
    OPTION_URL = 256,
    OPTION_KEY_ENV,
    OPTION_NAME,
    OPTION_NO_SAVE,
    OPTION_TEXT,
    OPTION_EVENTS,
    OPTION_JSON,
    OPTION_PLAIN,
    OPTION_RECORD,
    OPTION_LOG,
    OPTION_CONFIG,
    OPTION_PROFILE,
    /* from here on they go with one command each */
    OPTION_SPEED,
    OPTION_MAX_GAP,
    OPTION_INSTANT,
    OPTION_WIRE,
    OPTION_STATUS,
    OPTION_PORT,
    OPTION_LISTEN_FD,
    OPTION_ALIVE_FD,
    OPTION_RATE,
};

static const struct option long_options[] = {
    {"model", required_argument, NULL, 'm'},
    {"url", required_argument, NULL, OPTION_URL},
    {"key-env", required_argument, NULL, OPTION_KEY_ENV},
    {"system", required_argument, NULL, 's'},
    {"role", required_argument, NULL, 'R'},
    {"stream", no_argument, NULL, 'S'},
    {"invoke", no_argument, NULL, 'I'},
    {"continue", no_argument, NULL, 'c'},
    {"resume", required_argument, NULL, 'r'},
    {"name", required_argument, NULL, OPTION_NAME},
    {"no-save", no_argument, NULL, OPTION_NO_SAVE},
    {"text", no_argument, NULL, OPTION_TEXT},
    {"events", no_argument, NULL, OPTION_EVENTS},
    {"json", no_argument, NULL, OPTION_JSON},
    {"plain", no_argument, NULL, OPTION_PLAIN},
    {"record", required_argument, NULL, OPTION_RECORD},
    {"log", required_argument, NULL, OPTION_LOG},
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {"speed", required_argument, NULL, OPTION_SPEED},
    {"max-gap", required_argument, NULL, OPTION_MAX_GAP},
    {"instant", no_argument, NULL, OPTION_INSTANT},
    {"wire", required_argument, NULL, OPTION_WIRE},
    {"status", required_argument, NULL, OPTION_STATUS},
    {"port", required_argument, NULL, OPTION_PORT},
    {"listen-fd", required_argument, NULL, OPTION_LISTEN_FD},
    {"alive-fd", required_argument, NULL, OPTION_ALIVE_FD},
    {"rate", required_argument, NULL, OPTION_RATE},
    {0},
};

/* Which command an option goes with; NULL: any. */
static const char *command_of(int option)
{
    switch (option) {
    case OPTION_SPEED:
    case OPTION_MAX_GAP:
    case OPTION_INSTANT:
        return "replay";
    case OPTION_WIRE:
    case OPTION_STATUS:
        return "decode";
    case OPTION_PORT:
    case OPTION_LISTEN_FD:
    case OPTION_ALIVE_FD:
    case OPTION_RATE:
        return "serve-guide";
    default:
        return NULL;
    }
}

static const char *name_of(int option)
{
    for (const struct option *known = long_options; known->name; known++)
        if (known->val == option)
            return known->name;
    return "";
}

/* ---- Values ---- */

static int read_number(int option, double least, double most, double *number, struct error *error)
{
    char *rest;
    errno = 0;
    *number = strtod(optarg, &rest);
    if (rest == optarg || *rest || errno || !(*number >= least && *number <= most))
        return error_set(error, RN_ECONFIG, "--%s takes a number from %g to %g, not \"%.40s\"",
                         name_of(option), least, most, optarg);
    return 0;
}

static int read_int(int option, int least, int most, int *number, struct error *error)
{
    double value;
    if (read_number(option, least, most, &value, error) < 0)
        return -1;
    *number = (int)value;
    return 0;
}

static int read_wire(struct options *options, struct error *error)
{
    if (codec_find(optarg)) {
        options->wire = optarg;
        return 0;
    }
    return error_set(error, RN_ECONFIG, "there is no wire \"%.40s\": it can be %s", optarg,
                     rn_wire(0));
}

static void set_format(struct options *options, enum plain_format format)
{
    options->format = format;
    options->has_format = true;
}

static int take_number(int option, struct options *options, struct error *error)
{
    enum { PORT_MAX = 65535, FD_MAX = 1 << 20, RATE_MAX = 100000 };
    double value;
    int rate;
    switch (option) {
    case OPTION_SPEED:
        return read_number(option, 0.01, 1000, &options->speed, error);
    case OPTION_MAX_GAP:
        if (read_number(option, 0, 86400, &value, error) < 0)
            return -1;
        options->max_gap_ms = (int64_t)(value * 1000);
        return 0;
    case OPTION_STATUS:
        return read_int(option, 100, 599, &options->status, error);
    case OPTION_PORT:
        return read_int(option, 0, PORT_MAX, &options->port, error);
    case OPTION_LISTEN_FD:
        return read_int(option, 0, FD_MAX, &options->listen_fd, error);
    case OPTION_ALIVE_FD:
        return read_int(option, 0, FD_MAX, &options->alive_fd, error);
    default:
        if (read_int(option, 0, RATE_MAX, &rate, error) < 0)
            return -1;
        options->rate = rate;
        return 0;
    }
}

static int take(int option, struct options *options, struct error *error)
{
    switch (option) {
    case 'm':
        options->model = optarg;
        return 0;
    case OPTION_URL:
        options->url = optarg;
        return 0;
    case OPTION_KEY_ENV:
        options->key_env = optarg;
        return 0;
    case 's':
        options->system = optarg;
        return 0;
    case 'R':
        options->role = optarg;
        return 0;
    case 'S':
        options->mode = "stream";
        return 0;
    case 'I':
        options->mode = "invoke";
        return 0;
    case 'c':
        options->wants_last = true;
        return 0;
    case 'r':
        options->resume = optarg;
        return 0;
    case OPTION_NAME:
        options->name = optarg;
        return 0;
    case OPTION_NO_SAVE:
        options->no_save = true;
        return 0;
    case OPTION_TEXT:
        set_format(options, PLAIN_TEXT);
        return 0;
    case OPTION_EVENTS:
        set_format(options, PLAIN_EVENTS);
        return 0;
    case OPTION_JSON:
        set_format(options, PLAIN_JSON);
        return 0;
    case OPTION_PLAIN:
        options->plain = true;
        return 0;
    case OPTION_RECORD:
        options->record = optarg;
        return 0;
    case OPTION_LOG:
        options->log = optarg;
        return 0;
    case OPTION_CONFIG:
        options->config = optarg;
        return 0;
    case OPTION_PROFILE:
        options->profile = optarg;
        return 0;
    case 'V':
        options->version = true;
        return 0;
    case 'h':
        options->help = true;
        return 0;
    case OPTION_INSTANT:
        options->speed = 0;
        return 0;
    case OPTION_WIRE:
        return read_wire(options, error);
    default:
        return take_number(option, options, error);
    }
}

/* ---- What cannot be read ---- */

static int fail_unknown(const char *word, struct error *error)
{
    const char *names[sizeof(long_options) / sizeof(long_options[0])];
    char typed[64];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        names[i] = long_options[i].name;
    if (word[0] != '-' || word[1] != '-')
        return error_set(error, RN_ECONFIG, "there is no option -%c: runnel --help lists them",
                         optopt);
    size_t len = strcspn(word + 2, "=");
    if (len >= sizeof(typed))
        len = sizeof(typed) - 1;
    memcpy(typed, word + 2, len);
    typed[len] = '\0';
    const char *near = nearest_word(typed, names);
    if (near)
        return error_set(error, RN_ECONFIG, "there is no option --%s: did you mean --%s?", typed,
                         near);
    return error_set(error, RN_ECONFIG, "there is no option --%s: runnel --help lists them", typed);
}

static int fail_at(int result, char **argv, struct error *error)
{
    const char *word = argv[optind - 1];
    if (result == ':')
        return error_set(error, RN_ECONFIG, "%s wants a value", word);
    if (optopt > 0 && *name_of(optopt)) /* a known one, with a value it does not take */
        return error_set(error, RN_ECONFIG, "--%s takes no value", name_of(optopt));
    return fail_unknown(word, error);
}

static bool is_command(const char *word)
{
    for (const char *const *name = command_names; *name; name++)
        if (strcmp(*name, word) == 0)
            return true;
    return false;
}

static int check_command(const struct options *options, const int *seen, int count,
                         struct error *error)
{
    for (int i = 0; i < count; i++) {
        const char *wanted = command_of(seen[i]);
        if (wanted && (!options->command || strcmp(options->command, wanted) != 0))
            return error_set(error, RN_ECONFIG, "--%s goes with: runnel %s", name_of(seen[i]),
                             wanted);
    }
    return 0;
}

int options_parse(int argc, char **argv, struct options *options, struct error *error)
{
    enum { SEEN_MAX = 64 };
    int option, seen[SEEN_MAX], seen_count = 0;
    *options = (struct options){.speed = 1,
                                .max_gap_ms = -1,
                                .status = 200,
                                .port = -1,
                                .listen_fd = -1,
                                .alive_fd = -1,
                                .rate = -1};
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":m:s:R:SIcr:Vh", long_options, NULL)) != -1) {
        if (option == '?' || option == ':')
            return fail_at(option, argv, error);
        if (take(option, options, error) < 0)
            return -1;
        if (seen_count < SEEN_MAX)
            seen[seen_count++] = option;
    }
    bool after_dashes = optind > 1 && strcmp(argv[optind - 1], "--") == 0;
    if (optind < argc && !after_dashes && is_command(argv[optind]))
        options->command = argv[optind++];
    options->words = argv + optind;
    options->word_count = argc - optind;
    return check_command(options, seen, seen_count, error);
}
