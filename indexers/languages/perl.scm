; name = "perl"
; grammar = "tree_sitter_perl"
; extensions = [".pl", ".pm", ".t", ".psgi", ".cgi"]
; interpreters = ["perl"]
; comments = ["comment", "pod"]
; self_names = ["$self", "$class", "__PACKAGE__"]

(package_statement name: (package) @name (block) @body) @definition.package
(package_statement name: (package) @name) @definition.package
(class_statement name: (package) @name) @definition.class
(subroutine_declaration_statement name: (bareword) @name) @definition.function
(method_declaration_statement name: (bareword) @name) @definition.method
(source_file (expression_statement (assignment_expression left: (variable_declaration "our" variable: (_ (varname) @name)))) @definition.variable)
(source_file (expression_statement (variable_declaration "our" variable: (_ (varname) @name))) @definition.variable)
((use_statement module: (package) @_constant (list_expression . (autoquoted_bareword) @name)) @definition.constant (#eq? @_constant "constant"))
((use_statement module: (package) @_constant (anonymous_hash_expression (list_expression (autoquoted_bareword) @name)))
  @definition.constant (#eq? @_constant "constant"))

((use_statement module: (package) @_parent [
  (string_literal content: (string_content) @name)
  (list_expression (string_literal content: (string_content) @name))
  (quoted_word_list content: (string_content) @name)
 ]) @reference.inherit (#any-of? @_parent "parent" "base") (#not-match? @name "\\s"))
((use_statement module: (package) @module) @reference.import
  (#not-match? @module "^(strict|warnings|utf8|parent|base|constant|feature|vars|lib|overload|integer|bytes|open|subs|experimental)$"))
(require_expression (bareword) @module) @reference.import
(function_call_expression function: (function) @name) @reference.call
(ambiguous_function_call_expression function: (function) @name) @reference.call
(method_call_expression invocant: (_) @qualifier method: (method) @name) @reference.call
