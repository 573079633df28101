"""What is measured: each language with its oracle, the kinds that are compared, and two repositories."""

from dataclasses import dataclass

FUNCTIONS = frozenset({"function", "method", "constructor", "prototype"})
TYPES = frozenset({"class", "interface", "struct", "enum", "type", "union", "record", "extension", "mixin", "protocol"})
VALUES = frozenset({"variable", "constant", "property"})
CTAGS, PYTHON, COMPILER = "Universal Ctags", "Python's ast", "the TypeScript compiler"
MODIFIERS = (
    r"(?:@\w+(?:\([^()\n]*\))?[ \t]+)*"
    r"(?:(?:public|private|protected|fileprivate|internal|open|final|indirect|static|mutating|override|required|sealed|abstract|implicit"
    r"|case|lazy|inline|nonisolated|package|prefix|isolated)(?:[(\[]\w+[)\]])? )*"
)
SCALA = r"(`[^`\n]+`|\w+_[^\w\s()\[\]{}.,;`'\"]+|\w+|[^\w\s()\[\]{}.,;`'\"]+)"
"""A name of Scala: quoted, with an operator at its end, plain, or an operator."""
COMPONENT = (
    r"<\w[^<>]*\sid=\"([\w-]+)\"",
    r"^\s*(?:export )?(?:async )?function (\w+)",
    r"^[ \t]{0,2}(?:export )?(?:const|let) (\w+) = (?:async )?(?:\(.*\)(?:: [^=]+)?|\w+) =>",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A language: `kinds` are the kinds of our symbols that are compared, `letters` and `parser` those of the oracle.

    `members` says that what the oracle calls a member of a type is looked for among ours, and not among our symbols.
    """

    language: str
    oracle: str
    kinds: frozenset[str]
    repositories: tuple[str, ...]
    letters: str = ""
    parser: str = ""
    patterns: tuple[str, ...] = ()
    members: bool = False


def _ctags(language: str, parser: str, letters: str, kinds: frozenset[str], repositories: tuple[str, ...]) -> Subject:
    return Subject(language, CTAGS, kinds, repositories, letters, parser)


def _older(language: str, parser: str, letters: str, kinds: frozenset[str], *repositories: str) -> Subject:
    return Subject(language, CTAGS, kinds, repositories, letters, parser, members=True)


def _compiler(language: str, *repositories: str) -> Subject:
    ending = {"typescript": "ts", "javascript": "js"}.get(language, language)
    return Subject(language, COMPILER, FUNCTIONS | TYPES | VALUES | {"module", "object"}, repositories, parser=ending, members=True)


def _lines(language: str, kinds: frozenset[str], repositories: tuple[str, ...], *patterns: str) -> Subject:
    return Subject(language, "scanner", kinds, repositories, patterns=patterns)


SUBJECTS = (
    Subject("python", PYTHON, FUNCTIONS | TYPES | VALUES, ("pallets/werkzeug", "celery/celery"), members=True),
    _compiler("typescript", "honojs/hono", "trpc/trpc"),
    _compiler("tsx", "TanStack/query", "apollographql/apollo-client"),
    _compiler("javascript", "axios/axios", "fastify/fastify"),
    _older("bash", "Sh", "f", frozenset({"function"}), "nvm-sh/nvm", "pyenv/pyenv"),
    _older("c", "C", "fgstuemp", FUNCTIONS | TYPES | {"destructor"}, "redis/redis", "libuv/libuv"),
    _older("cpp", "C++", "fgsctuemp", FUNCTIONS | TYPES | {"destructor"}, "gabime/spdlog", "google/googletest"),
    _older("csharp", "C#", "cgismEpef", FUNCTIONS | TYPES | {"event"}, "serilog/serilog", "App-vNext/Polly"),
    _older("elixir", "Elixir", "mfagdpcy", FUNCTIONS | {"module", "macro", "protocol", "impl", "callback", "type"},
           "sorentwo/oban", "elixir-ecto/ecto_sql"),
    _older("go", "Go", "fnsitcvm", FUNCTIONS | TYPES | VALUES, "gin-gonic/gin", "spf13/viper"),
    _older("haskell", "Haskell", "t", frozenset({"type", "data", "newtype"}), "haskell/aeson", "jaspervdj/hakyll"),
    _older("java", "Java", "aceigmf", FUNCTIONS | TYPES | {"annotation"}, "google/gson", "jhy/jsoup"),
    _older("kotlin", "Kotlin", "ciomT", FUNCTIONS | TYPES | {"object"}, "InsertKoinIO/koin", "square/okio"),
    _older("lua", "Lua", "f", FUNCTIONS, "nvim-lua/plenary.nvim", "luarocks/luarocks"),
    _older("php", "PHP", "cfitd", FUNCTIONS | TYPES | {"trait", "constant"}, "slimphp/Slim", "Seldaek/monolog"),
    _older("ruby", "Ruby", "cfmS", FUNCTIONS | TYPES | {"module"}, "rack/rack", "lostisland/faraday"),
    _older("rust", "Rust", "fgiMPstem", FUNCTIONS | TYPES | {"trait", "macro", "union"}, "sharkdp/fd", "tokio-rs/axum"),
    _lines("scala", TYPES | FUNCTIONS | {"object", "trait", "module"}, ("http4s/http4s", "scalameta/scalafmt"),
           rf"^[ \t]*{MODIFIERS}(?:class|object|trait|type|package(?= \w+ *\{{)) {SCALA}", rf"^[ \t]*{MODIFIERS}def {SCALA}"),
    _lines("swift", TYPES | FUNCTIONS | {"protocol"}, ("Alamofire/Alamofire", "apple/swift-argument-parser"),
           rf"^[ \t]*{MODIFIERS}(?:class|struct|enum|protocol|actor) (?!func\b|var\b)(\w+)",
           rf"^[ \t]*{MODIFIERS}(?:class )?func (\w+)", rf"^[ \t]*{MODIFIERS}extension ([\w.]+)",
           rf"^[ \t]*{MODIFIERS}(?:convenience )?(init)[?!]?[(<]", rf"^[ \t]*{MODIFIERS}typealias (\w+)", r"^[ \t]*(deinit) "),
    _lines("zig", FUNCTIONS, ("zigtools/zls", "mitchellh/libxev"), r"^[ \t]*(?:(?:pub|export|inline|extern(?: \"\w+\")?) )*fn (\w+)"),
    _older("cmake", "CMake", "fmtDpv", frozenset({"function", "macro", "target", "variable"}), "gabime/spdlog", "google/leveldb"),
    _older("clojure", "Clojure", "f", frozenset({"function"}), "ring-clojure/ring"),
    _older("erlang", "Erlang", "fdrt", frozenset({"function", "macro", "constant", "struct", "type"}),
           "ninenines/cowboy", "elixir-lang/elixir"),
    _older("protobuf", "Protobuf", "megsrf", frozenset({"class", "enum", "interface", "method"}), "prometheus/alertmanager", "google/gson"),
    _older("r", "R", "f", FUNCTIONS, "tidyverse/stringr"),
    _older("matlab", "MatLab", "fc", frozenset({"function", "method", "class"}), "altmany/export_fig"),
    _lines("graphql", TYPES | {"function", "macro"}, ("cli/cli", "absinthe-graphql/absinthe", "trpc/trpc"),
           r"^(?:extend )?(?:type|interface|union|enum|input|scalar) (\w+)", r"^(?:query|mutation|subscription|fragment) (\w+)",
           r"^directive @(\w+)"),
    _lines("groovy", TYPES | {"trait"}, ("mockito/mockito", "resilience4j/resilience4j", "netty/netty"),
           r"^\s*(?:(?:public|private|static|abstract|final) )*(?:class|interface|trait|enum) (\w+)"),
    _ctags("css", "CSS", "ci", frozenset({"rule"}), ("mitmproxy/mitmproxy", "TanStack/query")),
    _older("cuda", "C++", "fgsctuemp", FUNCTIONS | TYPES | {"destructor"}, "karpathy/llm.c", "taskflow/taskflow"),
    _older("fortran", "Fortran", "fmpstSMPk", FUNCTIONS | {"module", "class"}, "jacobwilliams/json-fortran", "fortran-lang/fpm"),
    _ctags("julia", "Julia", "fmns", FUNCTIONS | {"macro", "module", "struct"},
           ("JuliaCollections/DataStructures.jl", "JuliaIO/JSON.jl")),
    _ctags("makefile", "Make", "tm", frozenset({"target", "variable", "macro"}), ("redis/redis", "taskflow/taskflow")),
    _ctags("objc", "ObjectiveC", "iIPmcpef", FUNCTIONS | {"class", "impl", "protocol", "property", "extension", "enum"},
           ("AFNetworking/AFNetworking", "SDWebImage/SDWebImage")),
    _lines("ocaml", frozenset({"function", "type", "module", "exception", "variable", "interface"}), ("mirage/ocaml-cohttp",),
           r"^[ \t]*(?:let|and)(?:\[@[^\]]*\])?(?: rec)? (?!type\b|open\b|module\b|_\b)([a-z_][\w']*)",
           r"^[ \t]*(?:type|and)(?: (?:\+|-)?'\w+| \([^)]*\)| nonrec)* ([a-z_][\w']*)",
           r"^[ \t]*(?:let )?module (?!type\b|rec\b)(\w+)", r"^module type (\w+)", r"^(?:exception|external) (\w+)"),
    _ctags("perl", "Perl", "psc", FUNCTIONS | {"package", "constant"}, ("mojolicious/mojo", "beyondgrep/ack3")),
    _ctags("powershell", "PowerShell", "f", frozenset({"function"}), ("pester/Pester", "dahlbyk/posh-git")),
    _ctags("scss", "SCSS", "mf", frozenset({"macro", "function"}), ("videojs/video.js", "jekyll/jekyll")),
    _ctags("sql", "SQL", "tVfT", frozenset({"table", "view", "function", "method", "trigger"}), ("launchbadge/sqlx", "diesel-rs/diesel")),
    _ctags("systemverilog", "SystemVerilog", "mCIKft", FUNCTIONS | {"module", "class", "interface", "package"}, ("olofk/serv",)),
    Subject("starlark", PYTHON, frozenset({"function", "variable"}), ("bazelbuild/bazel-skylib", "Kong/kong")),
    Subject("html", "Python's html.parser", frozenset({"element"}), ("square/retrofit", "mitmproxy/mitmproxy")),
    _lines("dart", TYPES | frozenset({"class"}), ("rrousselGit/provider", "felangel/equatable"),
           r"^\s*(?:(?:abstract|base|final|sealed|interface|mixin) )*(?:class|mixin|enum|extension type) (?!with\b)([\w$]+)",
           r"^\s*extension (?!type\b|on\b)([\w$]+)", r"^typedef (\w+)"),
    _lines("dockerfile", frozenset({"stage"}), ("celestiaorg/celestia-app", "goreleaser/goreleaser"), r"(?i)^FROM \S.* AS (\S+)"),
    _lines("fsharp", frozenset({"module", "record", "union", "enum", "class", "type", "exception"}), ("fsprojects/FSharp.Data",),
           r"^\s*type (?:(?:private|internal|public) )?(?:\[<[^>]*>\] )?(\w+)",
           r"^\s*module (?:(?:private|internal|public|rec) )*([\w.]+)"),
    _lines("gdscript", FUNCTIONS | {"class", "event", "enum", "constant"}, ("bitwes/Gut",),
           r"^\s*(?:static )?func (\w+)", r"^\s*class (\w+)", r"^class_name (\w+)",
           r"^signal (\w+)", r"^\s*enum (\w+)", r"^\s*const (\w+)"),
    _lines("glsl", frozenset({"function", "struct"}), ("patriciogonzalezvivo/lygia", "alacritty/alacritty"),
           r"^(?!return\b|else\b|#)\w+[ \t]+(\w+)[ \t]*\([^;]*\)\s*\{", r"^struct (\w+)"),
    _lines("hlsl", frozenset({"function", "struct"}), ("patriciogonzalezvivo/lygia",),
           r"^(?!return\b|else\b|#)(?:inline )?\w+[ \t]+(\w+)[ \t]*\([^;]*\)\s*\{", r"^struct (\w+)"),
    _lines("nix", frozenset({"function"}), ("nix-community/disko",),
           r"^\s*([\w'-]+)\s*=\s*(?:\w+|(?:\w+\s*@\s*)?\{[^{}=;]*(?:\{[^{}]*\}[^{}=;]*)*\}(?:\s*@\s*\w+)?):(?=\s|$)"),
    _lines("solidity", FUNCTIONS | TYPES | {"event", "error", "macro"}, ("transmissions11/solmate", "Uniswap/v2-core"),
           r"^\s*(?:abstract )?(?:contract|interface|library|struct|enum|event|error|modifier|function) (\w+)",
           r"^\s*(constructor|receive|fallback) ?\("),
    _lines("svelte", frozenset({"element", "function"}), ("sveltejs/realworld", "TanStack/query"), *COMPONENT),
    _lines("vue", frozenset({"element", "function"}), ("vuejs/pinia", "fatedier/frp"), *COMPONENT),
    _lines("terraform", frozenset({"resource", "data", "variable", "output", "module", "provider"}),
           ("terraform-aws-modules/terraform-aws-vpc", "terraform-aws-modules/terraform-aws-eks"),
           r"^(?:resource|data) \"\w+\" \"([\w-]+)\"", r"^(?:variable|output|module|provider) \"([\w-]+)\""),
)  # fmt: skip
