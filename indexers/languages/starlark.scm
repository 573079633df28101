; name = "starlark"
; grammar = "tree_sitter_starlark"
; extensions = [".bzl", ".bazel", ".star", ".bzlmod"]
; filenames = ["BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel", "Tiltfile", "BUCK"]
; self_names = []

(module . (comment)* . (expression_statement (string) @doc.file))
(function_definition name: (identifier) @name body: (block . (comment)* . (expression_statement (string) @doc)?)) @definition.function
(module (expression_statement (assignment left: (identifier) @name) @definition.variable))
; A target: a call at file level that names it.
((module (expression_statement (call function: (_) (argument_list (keyword_argument name: (identifier) @_name
  value: (string (string_content) @name))))) @definition.target) (#eq? @_name "name"))

((call function: (identifier) @name) @reference.call (#not-match? @name "^(load|glob|select|fail|len|print|dict|list|str)$"))
(call function: (attribute object: (_) @qualifier attribute: (identifier) @name)) @reference.call
; What a target needs: `:cart`, `//shop:cart`.
((keyword_argument name: (identifier) @_deps value: (list (string (string_content) @name))) @reference.type
  (#any-of? @_deps "deps" "runtime_deps" "exports" "data" "embed" "implementation_deps"))
((call function: (identifier) @_load arguments: (argument_list . (string (string_content) @module) (string (string_content) @name)))
  @reference.import (#eq? @_load "load"))
((call function: (identifier) @_load arguments: (argument_list . (string (string_content) @module)
  (keyword_argument name: (identifier) @alias value: (string (string_content) @name)))) @reference.import (#eq? @_load "load"))
