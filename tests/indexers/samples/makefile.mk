# Builds the shop.
include common.mk
-include local.mk

CC := gcc
# Flags of every file.
CFLAGS ?= -O2
SOURCES = $(wildcard src/*.c)

# Everything.
all: build test

## Compiles.
build: $(SOURCES) | out
	$(CC) $(CFLAGS) -o out/shop $^

out:
	mkdir -p $@

%.o: %.c
	$(call compile,$<)

define compile
$(CC) -c $(1)
endef

ifeq ($(OS),Windows)
EXE = .exe
endif

test: build
	./run $(EXE)

.PHONY: all test
