/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of the languages that text/language.c tells of, which alone includes this: each list in
 * the order of its bytes.
 */
#ifndef TEXT_LANGUAGE_WORDS_H
#define TEXT_LANGUAGE_WORDS_H

static const char *const c_keywords[] = {
    "alignas",  "alignof",      "asm",     "auto",   "break",         "case",
    "const",    "continue",     "default", "do",     "else",          "enum",
    "extern",   "for",          "goto",    "if",     "inline",        "register",
    "restrict", "return",       "sizeof",  "static", "static_assert", "struct",
    "switch",   "thread_local", "typedef", "typeof", "union",         "volatile",
    "while"};
static const char *const c_types[] = {
    "FILE",     "bool",    "char",      "double",   "float",   "int",      "int16_t",
    "int32_t",  "int64_t", "int8_t",    "intptr_t", "long",    "off_t",    "ptrdiff_t",
    "short",    "signed",  "size_t",    "ssize_t",  "time_t",  "uint16_t", "uint32_t",
    "uint64_t", "uint8_t", "uintptr_t", "unsigned", "va_list", "void",     "wchar_t"};
static const char *const c_constants[] = {"EOF",    "NULL",  "errno",  "false",
                                          "stderr", "stdin", "stdout", "true"};
static const char *const cpp_keywords[] = {
    "alignas",   "alignof",       "asm",         "auto",
    "break",     "case",          "catch",       "class",
    "co_await",  "co_return",     "co_yield",    "concept",
    "const",     "const_cast",    "consteval",   "constexpr",
    "continue",  "decltype",      "default",     "delete",
    "do",        "dynamic_cast",  "else",        "enum",
    "explicit",  "export",        "extern",      "final",
    "for",       "friend",        "goto",        "if",
    "inline",    "mutable",       "namespace",   "new",
    "noexcept",  "operator",      "override",    "private",
    "protected", "public",        "register",    "reinterpret_cast",
    "requires",  "restrict",      "return",      "sizeof",
    "static",    "static_assert", "static_cast", "struct",
    "switch",    "template",      "this",        "thread_local",
    "throw",     "try",           "typedef",     "typeid",
    "typename",  "typeof",        "union",       "using",
    "virtual",   "volatile",      "while"};
static const char *const cpp_types[] = {
    "FILE",        "array",      "bool",          "char",     "char16_t", "char32_t", "char8_t",
    "double",      "float",      "int",           "int16_t",  "int32_t",  "int64_t",  "int8_t",
    "intptr_t",    "long",       "map",           "off_t",    "optional", "pair",     "ptrdiff_t",
    "set",         "shared_ptr", "short",         "signed",   "size_t",   "ssize_t",  "string",
    "string_view", "time_t",     "tuple",         "uint16_t", "uint32_t", "uint64_t", "uint8_t",
    "uintptr_t",   "unique_ptr", "unordered_map", "unsigned", "va_list",  "variant",  "vector",
    "void",        "wchar_t"};
static const char *const cpp_constants[] = {"NULL", "false", "nullptr", "true"};
static const char *const rust_keywords[] = {
    "Self", "as",    "async",  "await",       "break",  "const",  "continue", "crate",
    "dyn",  "else",  "enum",   "extern",      "fn",     "for",    "if",       "impl",
    "in",   "let",   "loop",   "macro_rules", "match",  "mod",    "move",     "mut",
    "pub",  "ref",   "return", "self",        "static", "struct", "super",    "trait",
    "type", "union", "unsafe", "use",         "where",  "while"};
static const char *const rust_types[] = {
    "Arc",    "Box",   "Cell", "HashMap", "HashSet", "Mutex", "Option", "Rc",  "RefCell", "Result",
    "String", "Vec",   "bool", "char",    "f32",     "f64",   "i128",   "i16", "i32",     "i64",
    "i8",     "isize", "str",  "u128",    "u16",     "u32",   "u64",    "u8",  "usize"};
static const char *const rust_constants[] = {"Err", "None", "Ok", "Some", "false", "true"};
static const char *const go_keywords[] = {
    "break",  "case",        "chan", "const",   "continue", "default", "defer",
    "else",   "fallthrough", "for",  "func",    "go",       "goto",    "if",
    "import", "interface",   "map",  "package", "range",    "return",  "select",
    "struct", "switch",      "type", "var"};
static const char *const go_types[] = {
    "any",     "bool", "byte",   "complex128", "complex64", "error", "float32",
    "float64", "int",  "int16",  "int32",      "int64",     "int8",  "rune",
    "string",  "uint", "uint16", "uint32",     "uint64",    "uint8", "uintptr"};
static const char *const go_constants[] = {"false", "iota", "nil", "true"};
static const char *const python_keywords[] = {
    "and",  "as",     "assert", "async", "await",  "break",   "case",     "class", "continue",
    "def",  "del",    "elif",   "else",  "except", "finally", "for",      "from",  "global",
    "if",   "import", "in",     "is",    "lambda", "match",   "nonlocal", "not",   "or",
    "pass", "raise",  "return", "try",   "while",  "with",    "yield"};
static const char *const python_types[] = {"bool",  "bytes",     "cls", "complex", "dict",
                                           "float", "frozenset", "int", "list",    "object",
                                           "self",  "set",       "str", "tuple",   "type"};
static const char *const python_constants[] = {"Ellipsis", "False",    "None",    "NotImplemented",
                                               "True",     "__file__", "__name__"};
static const char *const javascript_keywords[] = {
    "as",     "async",    "await",    "break",      "case",   "catch",    "class",
    "const",  "continue", "debugger", "default",    "delete", "do",       "else",
    "export", "extends",  "finally",  "for",        "from",   "function", "get",
    "if",     "import",   "in",       "instanceof", "let",    "new",      "of",
    "return", "set",      "static",   "super",      "switch", "this",     "throw",
    "try",    "typeof",   "var",      "void",       "while",  "with",     "yield"};
static const char *const javascript_types[] = {
    "Array",  "BigInt",  "Boolean", "Date",   "Error", "JSON",   "Map",    "Math",   "Number",
    "Object", "Promise", "Proxy",   "RegExp", "Set",   "String", "Symbol", "WeakMap"};
static const char *const javascript_constants[] = {"Infinity", "NaN",  "false",
                                                   "null",     "true", "undefined"};
static const char *const typescript_keywords[] = {
    "abstract",  "as",        "asserts",    "async",     "await",     "break",      "case",
    "catch",     "class",     "const",      "continue",  "debugger",  "declare",    "default",
    "delete",    "do",        "else",       "enum",      "export",    "extends",    "finally",
    "for",       "from",      "function",   "get",       "if",        "implements", "import",
    "in",        "infer",     "instanceof", "interface", "is",        "keyof",      "let",
    "module",    "namespace", "new",        "of",        "out",       "override",   "private",
    "protected", "public",    "readonly",   "return",    "satisfies", "set",        "static",
    "super",     "switch",    "this",       "throw",     "try",       "type",       "typeof",
    "var",       "void",      "while",      "with",      "yield"};
static const char *const typescript_types[] = {
    "Array",  "BigInt", "Boolean", "Date",    "Error",  "JSON",     "Map",     "Math",
    "Number", "Object", "Partial", "Promise", "Proxy",  "Readonly", "Record",  "RegExp",
    "Set",    "String", "Symbol",  "WeakMap", "any",    "bigint",   "boolean", "never",
    "number", "object", "string",  "symbol",  "unknown"};
static const char *const java_keywords[] = {
    "abstract",     "assert", "break",   "case",       "catch",     "class",      "continue",
    "default",      "do",     "else",    "enum",       "extends",   "final",      "finally",
    "for",          "goto",   "if",      "implements", "import",    "instanceof", "interface",
    "native",       "new",    "package", "permits",    "private",   "protected",  "public",
    "record",       "return", "sealed",  "static",     "strictfp",  "super",      "switch",
    "synchronized", "this",   "throw",   "throws",     "transient", "try",        "var",
    "volatile",     "while",  "yield"};
static const char *const java_types[] = {
    "Boolean", "Double", "Integer", "List",   "Long",  "Map", "Object", "Optional", "Set", "String",
    "boolean", "byte",   "char",    "double", "float", "int", "long",   "short",    "void"};
static const char *const java_constants[] = {"false", "null", "true"};
static const char *const csharp_keywords[] = {
    "abstract",  "as",       "async",      "await",     "base",     "break",   "case",
    "catch",     "checked",  "class",      "const",     "continue", "default", "delegate",
    "do",        "else",     "enum",       "event",     "explicit", "extern",  "finally",
    "fixed",     "for",      "foreach",    "get",       "goto",     "if",      "implicit",
    "in",        "init",     "interface",  "internal",  "is",       "lock",    "namespace",
    "new",       "operator", "out",        "override",  "params",   "partial", "private",
    "protected", "public",   "readonly",   "record",    "ref",      "return",  "sealed",
    "set",       "sizeof",   "stackalloc", "static",    "struct",   "switch",  "this",
    "throw",     "try",      "typeof",     "unchecked", "unsafe",   "using",   "var",
    "virtual",   "volatile", "when",       "where",     "while",    "yield"};
static const char *const csharp_types[] = {
    "Dictionary", "IEnumerable", "List",  "Task",  "bool",   "byte", "char",   "decimal",
    "double",     "dynamic",     "float", "int",   "long",   "nint", "object", "sbyte",
    "short",      "string",      "uint",  "ulong", "ushort", "void"};
static const char *const kotlin_keywords[] = {
    "abstract", "as",          "break",     "by",          "catch",     "class",   "companion",
    "const",    "constructor", "continue",  "crossinline", "data",      "do",      "else",
    "enum",     "final",       "finally",   "for",         "fun",       "get",     "if",
    "import",   "in",          "infix",     "init",        "inline",    "inner",   "interface",
    "internal", "is",          "lateinit",  "noinline",    "object",    "open",    "operator",
    "out",      "override",    "package",   "private",     "protected", "public",  "reified",
    "return",   "sealed",      "set",       "super",       "suspend",   "tailrec", "this",
    "throw",    "try",         "typealias", "val",         "var",       "vararg",  "when",
    "where",    "while"};
static const char *const kotlin_types[] = {
    "Any",  "Array", "Boolean",     "Byte",       "Char",    "Double", "Float", "Int",    "List",
    "Long", "Map",   "MutableList", "MutableMap", "Nothing", "Set",    "Short", "String", "Unit"};
static const char *const swift_keywords[] = {"actor",       "as",          "associatedtype",
                                             "async",       "await",       "break",
                                             "case",        "catch",       "class",
                                             "continue",    "default",     "defer",
                                             "deinit",      "didSet",      "do",
                                             "else",        "enum",        "extension",
                                             "fallthrough", "fileprivate", "for",
                                             "func",        "get",         "guard",
                                             "if",          "import",      "in",
                                             "indirect",    "init",        "inout",
                                             "internal",    "is",          "lazy",
                                             "let",         "mutating",    "open",
                                             "operator",    "override",    "private",
                                             "protocol",    "public",      "repeat",
                                             "rethrows",    "return",      "self",
                                             "set",         "some",        "static",
                                             "struct",      "subscript",   "super",
                                             "switch",      "throw",       "throws",
                                             "try",         "typealias",   "var",
                                             "weak",        "where",       "while",
                                             "willSet"};
static const char *const swift_types[] = {"Any",    "Array",  "Bool", "Character", "Dictionary",
                                          "Double", "Float",  "Int",  "Optional",  "Result",
                                          "Set",    "String", "UInt", "Void"};
static const char *const swift_constants[] = {"false", "nil", "true"};
static const char *const sh_keywords[] = {
    "case",  "do",       "done", "elif", "else",  "esac",     "exit",   "export", "fi",
    "for",   "function", "if",   "in",   "local", "readonly", "return", "select", "set",
    "shift", "source",   "then", "time", "trap",  "unset",    "until",  "while"};
static const char *const sh_types[] = {
    "alias",   "awk",    "cat",  "cd",    "chmod", "chown",  "cp",  "curl", "cut",
    "declare", "docker", "echo", "eval",  "exec",  "find",   "git", "grep", "head",
    "kill",    "ls",     "make", "mkdir", "mv",    "printf", "ps",  "pwd",  "read",
    "rm",      "sed",    "sort", "ssh",   "sudo",  "tail",   "tar", "test", "touch",
    "tr",      "type",   "uniq", "wc",    "xargs"};
static const char *const sh_constants[] = {"false", "true"};
static const char *const data_constants[] = {"false", "no", "null", "off", "on", "true", "yes"};
static const char *const json_constants[] = {"false", "null", "true"};
static const char *const css_keywords[] = {"charset", "container", "font-face",
                                           "import",  "important", "keyframes",
                                           "layer",   "media",     "supports"};
static const char *const sql_keywords[] = {
    "add",     "all",       "alter",    "and",         "as",        "asc",     "begin",
    "between", "by",        "case",     "check",       "column",    "commit",  "constraint",
    "create",  "cross",     "database", "default",     "delete",    "desc",    "distinct",
    "drop",    "else",      "end",      "except",      "exists",    "explain", "foreign",
    "from",    "full",      "grant",    "group",       "having",    "if",      "in",
    "index",   "inner",     "insert",   "intersect",   "into",      "is",      "join",
    "key",     "left",      "like",     "limit",       "not",       "offset",  "on",
    "or",      "order",     "outer",    "over",        "partition", "primary", "references",
    "replace", "returning", "revoke",   "right",       "rollback",  "select",  "set",
    "table",   "then",      "to",       "transaction", "trigger",   "union",   "unique",
    "update",  "using",     "values",   "view",        "when",      "where",   "with"};
static const char *const sql_types[] = {
    "bigint", "blob",     "boolean", "bytea",    "char",      "date",        "decimal", "double",
    "float",  "int",      "integer", "interval", "json",      "jsonb",       "numeric", "real",
    "serial", "smallint", "text",    "time",     "timestamp", "timestamptz", "uuid",    "varchar"};
static const char *const sql_constants[] = {"current_date", "current_timestamp", "false", "null",
                                            "true"};
static const char *const lua_keywords[] = {
    "and", "break", "do",  "else", "elseif", "end",    "for",  "function", "goto", "if",
    "in",  "local", "not", "or",   "repeat", "return", "then", "until",    "while"};
static const char *const lua_types[] = {
    "assert",       "coroutine", "error", "io",       "ipairs",   "math",   "next",
    "os",           "pairs",     "pcall", "print",    "require",  "select", "self",
    "setmetatable", "string",    "table", "tonumber", "tostring", "type"};
static const char *const ruby_keywords[] = {"alias",
                                            "and",
                                            "attr_accessor",
                                            "attr_reader",
                                            "attr_writer",
                                            "begin",
                                            "break",
                                            "case",
                                            "class",
                                            "def",
                                            "defined",
                                            "do",
                                            "else",
                                            "elsif",
                                            "end",
                                            "ensure",
                                            "extend",
                                            "for",
                                            "if",
                                            "in",
                                            "include",
                                            "module",
                                            "next",
                                            "not",
                                            "or",
                                            "private",
                                            "protected",
                                            "public",
                                            "raise",
                                            "redo",
                                            "require",
                                            "require_relative",
                                            "rescue",
                                            "retry",
                                            "return",
                                            "self",
                                            "super",
                                            "then",
                                            "undef",
                                            "unless",
                                            "until",
                                            "when",
                                            "while",
                                            "yield"};
static const char *const ruby_types[] = {"Array",  "Class",  "Float", "Hash",  "Integer",
                                         "Module", "Object", "Proc",  "Range", "String",
                                         "Struct", "Symbol", "print", "puts"};
static const char *const ruby_constants[] = {"__FILE__", "false", "nil", "true"};
static const char *const php_keywords[] = {
    "abstract",     "and",        "as",        "break",     "callable",     "case",
    "catch",        "class",      "clone",     "const",     "continue",     "declare",
    "default",      "do",         "echo",      "else",      "elseif",       "enddeclare",
    "endfor",       "endforeach", "endif",     "endswitch", "endwhile",     "enum",
    "extends",      "final",      "finally",   "fn",        "for",          "foreach",
    "function",     "global",     "goto",      "if",        "implements",   "include",
    "include_once", "instanceof", "insteadof", "interface", "isset",        "list",
    "match",        "namespace",  "new",       "or",        "print",        "private",
    "protected",    "public",     "readonly",  "require",   "require_once", "return",
    "static",       "switch",     "throw",     "trait",     "try",          "unset",
    "use",          "var",        "while",     "xor",       "yield"};
static const char *const php_types[] = {"array",  "bool",   "float", "int",    "iterable", "mixed",
                                        "object", "parent", "self",  "string", "void"};
static const char *const perl_keywords[] = {
    "and",   "cmp",    "continue", "die",    "do",      "each",  "else",   "elsif",
    "eq",    "for",    "foreach",  "ge",     "given",   "goto",  "gt",     "if",
    "keys",  "last",   "le",       "local",  "lt",      "my",    "ne",     "next",
    "no",    "not",    "or",       "our",    "package", "print", "printf", "push",
    "qw",    "redo",   "require",  "return", "say",     "shift", "sub",    "tr",
    "undef", "unless", "until",    "use",    "values",  "when",  "while"};
static const char *const make_keywords[] = {"define",   "else",     "endef",    "endif", "export",
                                            "ifdef",    "ifeq",     "ifndef",   "ifneq", "include",
                                            "override", "undefine", "unexport", "vpath"};
static const char *const docker_keywords[] = {
    "add",         "arg",   "as",      "cmd", "copy",  "entrypoint", "env",  "expose", "from",
    "healthcheck", "label", "onbuild", "run", "shell", "stopsignal", "user", "volume", "workdir"};
static const char *const haskell_keywords[] = {
    "as",       "case",    "class",  "data",    "default", "deriving",  "do",    "else",   "family",
    "forall",   "foreign", "hiding", "if",      "import",  "in",        "infix", "infixl", "infixr",
    "instance", "let",     "module", "newtype", "of",      "qualified", "then",  "type",   "where"};
static const char *const haskell_types[] = {"Bool",    "Char",  "Double", "Either",  "Float",
                                            "Functor", "IO",    "Int",    "Integer", "Map",
                                            "Maybe",   "Monad", "Set",    "String"};
static const char *const haskell_constants[] = {"False", "Just", "Left",     "Nothing",
                                                "Right", "True", "otherwise"};
static const char *const zig_keywords[] = {"align",       "allowzero",
                                           "and",         "anytype",
                                           "asm",         "async",
                                           "await",       "break",
                                           "catch",       "comptime",
                                           "const",       "continue",
                                           "defer",       "else",
                                           "enum",        "errdefer",
                                           "error",       "export",
                                           "extern",      "fn",
                                           "for",         "if",
                                           "inline",      "noalias",
                                           "or",          "orelse",
                                           "packed",      "pub",
                                           "return",      "struct",
                                           "suspend",     "switch",
                                           "test",        "threadlocal",
                                           "try",         "union",
                                           "unreachable", "usingnamespace",
                                           "var",         "volatile",
                                           "while"};
static const char *const zig_types[] = {
    "anyerror", "anyopaque", "bool", "f16", "f32", "f64", "i16", "i32",   "i64", "i8",
    "isize",    "noreturn",  "type", "u16", "u32", "u64", "u8",  "usize", "void"};
static const char *const zig_constants[] = {"false", "null", "true", "undefined"};

#endif
