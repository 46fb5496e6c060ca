# runnel: a chat program for the terminal, and librunnel, the C library under it.
# `make help` lists what there is to make.

PREFIX  ?= /usr/local
DESTDIR ?=
B       ?= build

# ---- What it stands on: the one place that names Debian's packages (docs/dependencies.md: why) ----

DEPS_BUILD = gcc binutils make pkg-config libc6-dev libcurl4-openssl-dev libjansson-dev \
             libncurses-dev libreadline-dev libmicrohttpd-dev libmd4c-dev
DEPS_TEST  = libcmocka-dev libvterm-dev
DEPS_CHECK = clang clang-format clang-tidy cppcheck libclang-rt-14-dev shellcheck valgrind \
             curl python3 nginx strace tmux
# Only where there is none yet: Node.js from elsewhere has one that Debian's cannot stand beside.
DEPS_NPM   = npm

# ---- How it is compiled ----

V ?= 0
Q = $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-5s %s\n' $(1) $(2);)

CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
       -Wold-style-definition -Wwrite-strings -Wpointer-arith -Wundef $(if $(DEVELOPER),-Werror)
LIBS_LIB  = libcurl jansson
LIBS_PROG = $(LIBS_LIB) ncursesw readline libmicrohttpd md4c
FLAGS = -std=c11 -D_GNU_SOURCE -Isrc $(WARN) -fno-common -fvisibility=hidden -fPIC -pthread $(SAN)
LDLIBS_LIB  = $(shell pkg-config --libs $(LIBS_LIB)) -lm
LDLIBS_PROG = $(shell pkg-config --libs $(LIBS_PROG)) -lm
SONAME = librunnel.so.0

# A folder is a layer.  The first ones make the library; the program is all of them.
LIB_DIRS  = agent base io llm session
PROG_DIRS = chat cli config doctor export guide plain text tools tui
sources   = $(sort $(wildcard $(1:%=src/%/*.c)))
LIB_OBJ   = $(patsubst src/%.c,$(B)/%.o,$(call sources,$(LIB_DIRS)))
PROG_OBJ  = $(patsubst src/%.c,$(B)/%.o,$(call sources,$(PROG_DIRS))) $(B)/guide/documents.o
GUIDE_TEXT = README.md $(sort $(wildcard docs/*.md))

all: $(B)/runnel $(B)/librunnel.a $(B)/librunnel.so $(B)/runnel.pc

$(B)/%.o: src/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The guide answers from the documentation, which is compiled in.
$(B)/guide/documents.c: src/guide/embed.awk $(GUIDE_TEXT)
	@mkdir -p $(@D)
	$(call say,EMBED,docs)LC_ALL=C awk -f src/guide/embed.awk $(GUIDE_TEXT) >$@.new && mv $@.new $@

$(B)/guide/documents.o: $(B)/guide/documents.c src/guide/guide.h
	$(call say,CC,$<)$(CC) $(FLAGS) $(CFLAGS) -c -o $@ $<

$(B)/runnel: $(B)/main.o $(PROG_OBJ) $(LIB_OBJ)
	$(call say,LINK,$@)$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS_PROG)

# One object in which every hidden symbol is made local: the archive shows rn_* and nothing else.
$(B)/librunnel.a: $(LIB_OBJ)
	$(call say,AR,$@)$(LD) -r -o $(B)/librunnel.o $^ && \
	    objcopy --localize-hidden $(B)/librunnel.o && \
	    rm -f $@ && $(AR) rcs $@ $(B)/librunnel.o

$(B)/librunnel.so: $(LIB_OBJ)
	$(call say,LINK,$@)$(CC) $(FLAGS) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) $(if $(SAN),,-Wl,-z,defs) \
	    -o $@ $^ $(LDLIBS_LIB) && ln -sf librunnel.so $(B)/$(SONAME)

VERSION = $(shell sed -n 's/.*RN_VERSION "\(.*\)"/\1/p' src/runnel.h)

$(B)/runnel.pc: src/runnel.h Makefile
	@mkdir -p $(@D)
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'Name: runnel' \
	    'Description: talk with language models by streaming' 'Version: $(VERSION)' \
	    'Requires.private: $(LIBS_LIB)' 'Libs: -L$${prefix}/lib -lrunnel' \
	    'Libs.private: -pthread -lm' 'Cflags: -I$${prefix}/include' >$@

-include $(wildcard $(B)/*.d $(B)/*/*.d $(B)/tests/*/*.d)

# ---- Set-up: what is missing is asked for by its Debian name ----

ROOT = $(if $(filter 0,$(shell id -u)),,sudo)

define install_missing
	@missing=; for name in $(1); do \
	    dpkg-query -W -f '$${Status}' $$name 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$name"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	if ! command -v apt-get >/dev/null || { [ -n "$(ROOT)" ] && ! command -v sudo >/dev/null; }; then \
	    echo "These packages are missing, by their Debian names:$$missing"; \
	    echo "Install them as root (apt-get install$$missing), or what your system calls them,"; \
	    echo "then run make again with DEPS=no."; exit 1; \
	fi; \
	echo "Installing:$$missing"; \
	$(ROOT) apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $(ROOT) apt-get install -y -qq --no-install-recommends $$missing
endef

deps:
	$(if $(filter no,$(DEPS)),,$(call install_missing,$(DEPS_BUILD)))
deps-test:
	$(if $(filter no,$(DEPS)),,$(call install_missing,$(DEPS_BUILD) $(DEPS_TEST)))
deps-check:
	$(if $(filter no,$(DEPS)),,$(call install_missing,$(DEPS_BUILD) $(DEPS_TEST) $(DEPS_CHECK) \
	    $(if $(shell command -v npm),,$(DEPS_NPM))))

# pkg-config may just have been installed: the rest of the work is another make's.
MORE = +@$(MAKE) --no-print-directory

# A chat on a terminal; without one, an answer of the guide, to see it stream.
run: deps
	$(MORE) all
	@if [ -t 0 ] && [ -t 1 ] || [ -n "$(ARGS)" ]; then $(B)/runnel $(ARGS); \
	else $(B)/runnel --no-save -m guide "What is runnel?"; fi

test: deps-test
	$(MORE) check

# ---- Tests: each tests/unit/test_*.c is a program ----

UNIT     = $(patsubst tests/unit/%.c,$(B)/tests/%,$(sort $(wildcard tests/unit/test_*.c)))
HELP_SRC = $(filter-out %/serve.c,$(sort $(wildcard tests/server/*.c tests/screen/*.c tests/program/*.c)))
HELP_OBJ = $(patsubst tests/%.c,$(B)/tests/%.o,$(HELP_SRC))
EXAMPLES = $(patsubst docs/examples/%.c,$(B)/examples/%,$(sort $(wildcard docs/examples/*.c)))

# Everything but main, in an archive, so that each test links what it uses.
$(B)/parts.a: $(PROG_OBJ) $(LIB_OBJ) $(HELP_OBJ)
	$(call say,AR,$@)rm -f $@ && $(AR) rcsT $@ $^

$(B)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(FLAGS) $(CFLAGS) -Itests -MMD -MP -c -o $@ $<

$(B)/tests/%: tests/unit/%.c $(B)/parts.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(FLAGS) $(CFLAGS) -Itests $(LDFLAGS) -MMD -MP -MT $@ -MF $@.d -o $@ $< \
	    $(B)/parts.a $(LDLIBS_PROG) -lcmocka -lvterm -lutil

$(B)/serve: tests/server/serve.c $(B)/parts.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(FLAGS) $(CFLAGS) -Itests $(LDFLAGS) -o $@ $< $(B)/parts.a $(LDLIBS_PROG)

# The examples see what a user of the library sees: its header and its archive.
$(B)/examples/%: docs/examples/%.c $(B)/librunnel.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -std=c11 -Wall -Wextra -Wpedantic $(CFLAGS) $(SAN) -Isrc $(LDFLAGS) -o $@ $< \
	    $(B)/librunnel.a $(LDLIBS_LIB) -pthread

check: all $(UNIT) $(EXAMPLES) $(B)/serve
	$(Q)B=$(B) tests/run.sh $(UNIT)

# ---- Checks ----

# Under the sanitizers gcc sees truncation where there is none (buf.c, mem.c measure first).
SANITIZED = $(MORE) DEPS=no DEVELOPER=1 CFLAGS="-O1 -g -fno-omit-frame-pointer -Wno-format-truncation"

asan:
	$(SANITIZED) B=build/asan SAN="-fsanitize=address,undefined -fno-sanitize-recover=all" check
tsan:
	$(SANITIZED) B=build/tsan SAN="-fsanitize=thread" check
valgrind: all $(UNIT)
	$(Q)B=$(B) tests/valgrind.sh

lint:
	$(Q)tests/layers.sh
	$(Q)B=$(B) tests/lint.sh
format:
	$(Q)git ls-files -co --exclude-standard 'src/*.[ch]' 'tests/*.[ch]' 'docs/*.[ch]' | xargs clang-format -i

# Each tests/fuzz/fuzz_*.c is a fuzz target, with its corpus beside it.
FUZZ_SECONDS ?= 60
FUZZ     = $(patsubst tests/fuzz/%.c,build/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
fuzz: $(B)/guide/documents.c
	$(MORE) DEPS=no CC=clang B=build/fuzz CFLAGS="-O1 -g" SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all" fuzz-programs
	$(Q)SECONDS_EACH=$(FUZZ_SECONDS) tests/fuzz/run.sh
fuzz-programs: $(FUZZ)
build/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(B)/parts.a
	$(call say,LINK,$@)$(CC) $(FLAGS) $(CFLAGS) -Itests -fsanitize=fuzzer -o $@ $< \
	    $(B)/parts.a $(LDLIBS_PROG)

# A monkey at the keyboard of the program under the sanitizers, KEYS_SECONDS long; KEYS_SEED plays one round.
KEYS_SECONDS ?= 600
fuzz-keys:
	$(SANITIZED) B=build/asan SAN="-fsanitize=address,undefined -fno-sanitize-recover=all" build/asan/runnel build/keys
	$(Q)KEYS_SECONDS=$(KEYS_SECONDS) build/keys build/asan/runnel build
build/keys: tests/stress/keys.c tests/stress/alphabet.h src/base/buf.c src/base/clock.c src/base/mem.c
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(filter-out $(SAN),$(FLAGS)) $(CFLAGS) -Itests -o $@ $(filter %.c,$^) -lutil

bench: all
	$(Q)B=$(B) python3 tests/bench/bench.py
guard: all
	$(Q)B=$(B) python3 tests/bench/guard.py
$(B)/peers/commonmark: tests/peers/commonmark.c $(B)/parts.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(FLAGS) $(CFLAGS) -Itests $(LDFLAGS) -o $@ $< $(B)/parts.a $(LDLIBS_PROG)

test-peers: all $(B)/peers/commonmark
	$(Q)B=$(B) tests/peers/run.sh
test-faults: all
	$(Q)B=$(B) tests/faults/run.sh

# ---- Installing ----

COMPLETIONS = bash-completion/completions zsh/site-functions fish/vendor_completions.d

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig \
	    $(DESTDIR)$(PREFIX)/share/doc/runnel
	install -m 755 $(B)/runnel $(DESTDIR)$(PREFIX)/bin
	install -m 644 src/runnel.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(B)/librunnel.a $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(B)/librunnel.so $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(PREFIX)/lib/librunnel.so
	sed 's|^prefix=.*|prefix=$(PREFIX)|' $(B)/runnel.pc >$(DESTDIR)$(PREFIX)/lib/pkgconfig/runnel.pc
	chmod 644 $(DESTDIR)$(PREFIX)/lib/pkgconfig/runnel.pc
	install -d $(COMPLETIONS:%=$(DESTDIR)$(PREFIX)/share/%)
	$(B)/runnel completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/runnel
	$(B)/runnel completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_runnel
	$(B)/runnel completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/runnel.fish
	install -m 644 config.example.ini README.md LICENSE $(wildcard docs/*.md docs/*.png) $(DESTDIR)$(PREFIX)/share/doc/runnel

uninstall:
	cd $(DESTDIR)$(PREFIX) && rm -f bin/runnel include/runnel.h lib/librunnel.a lib/librunnel.so lib/$(SONAME) \
	    lib/pkgconfig/runnel.pc share/bash-completion/completions/runnel share/zsh/site-functions/_runnel \
	    share/fish/vendor_completions.d/runnel.fish && rm -rf share/doc/runnel

clean:
	rm -rf build

help:
	@echo 'make              the program build/runnel, and librunnel (.a, .so)'
	@echo 'make run          install what is missing, build, open a chat; ARGS="..." are its options'
	@echo 'make test         install what is missing, build, run the tests'
	@echo 'make deps         install what building needs (deps-test, deps-check: more)'
	@echo 'make install      into DESTDIR, PREFIX ($(PREFIX)); make uninstall takes it away'
	@echo 'make asan tsan    the tests under the sanitizers;  make valgrind: those where they cannot look'
	@echo 'make lint format  check the code, lay it out'
	@echo 'make fuzz         each parser, FUZZ_SECONDS each ($(FUZZ_SECONDS))'
	@echo 'make fuzz-keys    a monkey at the keyboard, KEYS_SECONDS ($(KEYS_SECONDS)); KEYS_SEED=N: that round'
	@echo 'make test-peers   against servers that others wrote (npm)'
	@echo 'make test-faults  kill, full disks, clocks that jump: sessions last; KILLS=1000'
	@echo 'make bench        beside the floors, as ratios;  make guard: instructions, allocations, bytes, bounded'
	@echo 'make clean'
	@echo 'V=1 shows the commands, DEVELOPER=1 makes warnings errors, DEPS=no installs nothing.'

.PHONY: all deps deps-test deps-check run test check asan tsan valgrind lint format fuzz fuzz-programs fuzz-keys \
        bench guard test-peers test-faults install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:
