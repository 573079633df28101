; name = "r"
; grammar = "semble_grammars"
; function = "get_language"
; bundled = "r"
; extensions = [".r"]
; filenames = [".Rprofile"]
; interpreters = ["Rscript"]
; package_scope = true
; self_names = ["self", "private", "super"]

(binary_operator lhs: [(identifier) @name (string (string_content) @name)] ["<-" "<<-" "="]
  rhs: (function_definition body: (_) @body)) @definition.function
(program (binary_operator lhs: (identifier) @name ["<-" "="] rhs: (_) @_value) @definition.variable
  (#not-match? @_value "^(?:\\w+::)?(?:R6Class|setRefClass|function)\\b"))
; Classes as R6 and the reference classes make them, and the functions in their lists.
((binary_operator lhs: (identifier) @name rhs: (call function: (_) @_make arguments: (_) @body)) @definition.class
  (#any-of? @_make "R6Class" "R6::R6Class" "setRefClass" "ggproto"))
((call function: (identifier) @_make arguments: (arguments . (argument value: (string (string_content) @name)))) @definition.class
  (#eq? @_make "setClass"))
((call function: (identifier) @_make arguments: (arguments . (argument value: (string (string_content) @name)))) @definition.function
  (#any-of? @_make "setGeneric" "setMethod"))
((call function: (_) @_make arguments: (arguments (argument value: (call arguments: (arguments
  (argument name: (identifier) @name value: (function_definition body: (_) @body)) @definition.function)))))
  (#any-of? @_make "R6Class" "R6::R6Class" "setRefClass"))

((call function: (identifier) @name) @reference.call (#not-match? @name "^(library|require|source|function)$"))
(call function: (namespace_operator lhs: (identifier) @qualifier rhs: (identifier) @name)) @reference.call
(call function: (extract_operator lhs: (_) @qualifier rhs: (identifier) @name)) @reference.call
((call function: (identifier) @_load arguments: (arguments . (argument value: [(identifier) @module (string (string_content) @module)])))
  @reference.import (#any-of? @_load "library" "require" "source"))
