; name = "makefile"
; grammar = "tree_sitter_make"
; extensions = [".mk", ".mak"]
; filenames = ["Makefile", "makefile", "GNUmakefile", "Makefile.am", "Makefile.in"]
; interpreters = ["make"]
; self_names = []
; trimmed = "?+:"

((rule (targets (word) @name) (recipe)? @body) @definition.target (#not-match? @name "^\\.[A-Z_]+$"))
(variable_assignment name: (word) @name) @definition.variable
(makefile (shell_assignment name: (word) @name) @definition.variable)
(define_directive name: (word) @name) @definition.macro

((rule (targets (word) @_target) normal: (prerequisites (word) @name @reference.call))
  (#not-match? @_target "^\\.[A-Z_]+$") (#not-match? @name "[%$/]"))
(rule order_only: (prerequisites (word) @name @reference.call))
((function_call "call" (arguments . argument: (text) @name)) @reference.call (#match? @name "^[\\w.-]+$"))
((variable_reference (word) @name) @reference.type (#not-match? @name "^(MAKE|MAKEFLAGS|CURDIR|MAKECMDGOALS|MAKEFILE_LIST|SHELL)$"))
(include_directive filenames: (list (word) @module)) @reference.import
