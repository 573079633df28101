; name = "bash"
; grammar = "tree_sitter_bash"
; extensions = [".sh", ".bash", ".zsh", ".ksh"]
; filenames = [".bashrc", ".bash_profile", ".bash_aliases", ".profile", ".zshrc", ".zshenv", ".zprofile", "PKGBUILD", "APKBUILD"]
; interpreters = ["bash", "sh", "zsh", "ksh", "dash", "ash"]
; self_names = []

(function_definition name: (word) @name) @definition.function

(program (declaration_command "readonly" (variable_assignment name: (variable_name) @name)) @definition.constant)
((program (declaration_command ["declare" "typeset"] . (word) @_flag (variable_assignment name: (variable_name) @name)) @definition.constant)
  (#match? @_flag "^-\\w*r"))
(program (declaration_command (variable_assignment name: (variable_name) @name)) @definition.variable)
(program (variable_assignment name: (variable_name) @name) @definition.variable)

; Commands, less what the shell itself does.
((command name: (command_name (word) @name)) @reference.call
  (#match? @name "^[A-Za-z_][\\w:.+-]*$")
  (#not-match? @name "^(alias|bg|break|builtin|cd|command|continue|declare|echo|eval|exec|exit|export|false|fg|getopts|hash|kill)$")
  (#not-match? @name "^(let|local|popd|printf|pushd|pwd|read|readonly|return|set|shift|shopt|source|test|trap|true|type|typeset)$")
  (#not-match? @name "^(ulimit|umask|unalias|unset|wait)$"))
((command name: (command_name) @_trap . argument: (word) @name) @reference.call
  (#eq? @_trap "trap") (#match? @name "^[a-z_]\\w+$"))

; Of a path that is put together, `"$DIR/cart.sh"`, the end is known.
((command name: (command_name (word) @_source) . argument: [
  (word) @module
  (raw_string) @module
  (string (string_content) @module .)
  (concatenation (word) @module .)
]) @reference.import (#any-of? @_source "." "source"))
