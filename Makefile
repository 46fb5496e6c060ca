# runnel: a chat program for the terminal, and librunnel.  `make help` lists what there is to make.

PREFIX ?= /usr/local
DESTDIR ?=
B ?= build

# ---- What it stands on: the one place that names Debian's packages (docs/dependencies.md has the reasons)

DEPS_BUILD = gcc make pkg-config libcurl4-openssl-dev libjansson-dev libncurses-dev \
             libreadline-dev libmicrohttpd-dev
DEPS_TEST  = libcmocka-dev libvterm-dev python3
DEPS_CHECK = clang clang-format clang-tidy cppcheck libclang-rt-14-dev valgrind npm tmux

# ---- How it is compiled

CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
       -Wold-style-definition -Wwrite-strings -Wpointer-arith -Wundef $(if $(DEVELOPER),-Werror)
LIBS_LIB  = libcurl jansson
LIBS_PROG = $(LIBS_LIB) ncursesw readline libmicrohttpd
PKG := $(shell pkg-config --cflags $(LIBS_PROG) 2>/dev/null)
override CFLAGS += -std=c11 -D_GNU_SOURCE -Isrc -I$(B) $(WARN) $(PKG) -fno-common -fvisibility=hidden \
                   -fPIC -pthread $(SAN)
LDLIBS_LIB  = $(shell pkg-config --libs $(LIBS_LIB)) -lm
LDLIBS_PROG = $(shell pkg-config --libs $(LIBS_PROG)) -lm
SONAME = librunnel.so.0

# The folders that make the library; the program is the library's objects and all the others.
LIB_DIRS = base io llm session
PROG_DIRS = config text chat plain tui guide
LIB_OBJ  = $(patsubst src/%.c,$(B)/%.o,$(sort $(wildcard $(LIB_DIRS:%=src/%/*.c))))
PROG_OBJ = $(patsubst src/%.c,$(B)/%.o,$(sort $(wildcard $(PROG_DIRS:%=src/%/*.c)))) $(B)/guide/documents.o
GUIDE_TEXT = README.md $(sort $(wildcard docs/*.md))

all: $(B)/runnel $(B)/librunnel.a $(B)/librunnel.so $(B)/runnel.pc

$(B)/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/guide/documents.o: $(B)/guide/documents.c
	$(CC) $(CFLAGS) -c -o $@ $<

$(B)/guide/documents.c: src/guide/embed.awk $(GUIDE_TEXT)
	@mkdir -p $(@D)
	LC_ALL=C awk -f src/guide/embed.awk $(GUIDE_TEXT) >$@.new && mv $@.new $@

$(B)/runnel: $(B)/main.o $(PROG_OBJ) $(LIB_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS_PROG)

# One object with every hidden symbol made local: the archive shows rn_* and nothing else.
$(B)/librunnel.a: $(LIB_OBJ)
	$(LD) -r -o $(B)/librunnel.o $^
	objcopy --localize-hidden $(B)/librunnel.o
	rm -f $@ && $(AR) rcs $@ $(B)/librunnel.o

$(B)/librunnel.so: $(LIB_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,-z,defs -o $@ $^ $(LDLIBS_LIB)
	ln -sf librunnel.so $(B)/$(SONAME)

$(B)/runnel.pc: Makefile
	@mkdir -p $(@D)
	printf '%s\n' 'prefix=$(PREFIX)' 'Name: runnel' 'Description: talk with language models by streaming' \
	    "Version: $$(sed -n 's/.*RN_VERSION "\(.*\)"/\1/p' src/runnel.h)" 'Requires.private: $(LIBS_LIB)' \
	    'Libs: -L$${prefix}/lib -lrunnel' 'Libs.private: -pthread -lm' 'Cflags: -I$${prefix}/include' >$@

-include $(LIB_OBJ:.o=.d) $(PROG_OBJ:.o=.d) $(B)/main.d

# ---- Tests: each tests/unit/test_*.c is a program

UNIT = $(patsubst tests/unit/%.c,$(B)/tests/%,$(sort $(wildcard tests/unit/test_*.c)))

$(B)/tests/%: tests/unit/%.c $(PROG_OBJ) $(LIB_OBJ)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Itests $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(LDLIBS_PROG) -lcmocka -lvterm -lutil

clean:
	rm -rf $(B)

.PHONY: all clean
.DELETE_ON_ERROR:
