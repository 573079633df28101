; name = "lua"
; grammar = "tree_sitter_lua"
; extensions = [".lua", ".rockspec"]
; filenames = [".luacheckrc", ".luacov", "config.ld"]
; interpreters = ["lua", "luajit", "texlua", "resty", "lapis"]
; comments = ["comment"]
; package_files = ["init"]
; self_names = ["self"]

(function_declaration name: (identifier) @name) @definition.function
(function_declaration name: (dot_index_expression table: (_) @owner field: (identifier) @name)) @definition.function
(function_declaration name: (method_index_expression table: (_) @owner method: (identifier) @name)) @definition.method

; A function in a variable or a field: `local f = function`, `M.f = function`.
(chunk (variable_declaration (assignment_statement
  (variable_list . name: (identifier) @name) (expression_list . value: (function_definition body: (_)? @body)))) @definition.function)
(chunk (assignment_statement
  (variable_list . name: (identifier) @name) (expression_list . value: (function_definition body: (_)? @body))) @definition.function)
(chunk (assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @owner field: (identifier) @name))
  (expression_list . value: (function_definition body: (_)? @body))) @definition.function)
((block (assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @owner field: (identifier) @name))
  (expression_list . value: (function_definition body: (_)? @body))) @definition.function) (#not-eq? @owner "self"))
((block (assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @_self field: (identifier) @name))
  (expression_list . value: (function_definition body: (_)? @body))) @definition.function) (#eq? @_self "self"))

; A function that another one wraps: `M.f = wrap(function …)`.
(chunk (assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @owner field: (identifier) @name))
  (expression_list . value: (function_call arguments: (arguments . (function_definition body: (_)? @body))))) @definition.function)
(chunk (variable_declaration (assignment_statement
  (variable_list . name: (identifier) @name)
  (expression_list . value: (function_call arguments: (arguments . (function_definition body: (_)? @body))))) @definition.function))

(assignment_statement
  (variable_list . name: (bracket_index_expression
    table: [(identifier) @owner (dot_index_expression) @owner
      (bracket_index_expression table: (_) @owner field: (string content: (string_content) @owner))]
    field: (string content: (string_content) @name)))
  (expression_list . value: (function_definition body: (_)? @body))) @definition.function
(block [
  (variable_declaration (assignment_statement
    (variable_list . name: (identifier) @name) (expression_list . value: (function_definition body: (_)? @body))))
  (assignment_statement (variable_list . name: (identifier) @name) (expression_list . value: (function_definition body: (_)? @body)))
] @definition.function)

; A function in a table.
(field name: (identifier) @name value: (function_definition body: (_)? @body)) @definition.function
(field name: (string content: (string_content) @name) value: (function_definition body: (_)? @body)) @definition.function

; Classes as libraries make them: `Base:extend()`, `class("Name", Base)`.
((chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: (function_call name: (method_index_expression method: (identifier) @_make))))) @definition.class)
  (#any-of? @_make "extend" "subclass" "derive"))
((chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: (function_call name: (identifier) @_make)))) @definition.class)
  (#any-of? @_make "class" "Class"))

; Variables of the file, but not the names that modules are bound to.
((chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: [(number) (string) (true) (false) (unary_expression) (binary_expression)]))) @definition.constant)
  (#match? @name "^[A-Z][A-Z0-9_]*$"))
((chunk (variable_declaration (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: [(table_constructor) (number) (string) (true) (false) (unary_expression) (binary_expression)
    (function_call)] @_value))) @definition.variable)
  (#not-match? @_value "^(require|pcall|prequire)[^a-zA-Z_]"))
(chunk (assignment_statement (variable_list . name: (identifier) @name)
  (expression_list . value: [(table_constructor) (number) (string) (true) (false) (unary_expression) (binary_expression) (function_call)]))
  @definition.variable)
((chunk (assignment_statement (variable_list . name: (dot_index_expression table: (_) @owner field: (identifier) @name))
  (expression_list . value: [(table_constructor) (number) (string) (true) (false) (binary_expression) (function_call)]))
  @definition.variable)
  (#not-eq? @name "__index"))

((function_call name: (identifier) @_set arguments: (arguments (table_constructor (field name: (identifier) @_index value: [
  (identifier) @name @reference.inherit
  (dot_index_expression table: (_) @qualifier field: (identifier) @name) @reference.inherit]))))
  (#eq? @_set "setmetatable") (#eq? @_index "__index"))
((function_call name: (method_index_expression table: (identifier) @name @reference.inherit method: (identifier) @_make))
  (#any-of? @_make "extend" "subclass" "derive"))
((function_call name: (identifier) @_make arguments: (arguments . (string) . (identifier) @name @reference.inherit))
  (#any-of? @_make "class" "Class"))

; What `require` gives is bound to a local name, indexed at once, passed on, or dropped.
((assignment_statement (variable_list . name: (identifier) @alias)
  (expression_list . value: (function_call name: (identifier) @_require arguments: (arguments . (string) @module)) @reference.import))
  (#eq? @_require "require"))
((assignment_statement (variable_list . name: (identifier) @alias)
  (expression_list . value: (dot_index_expression
    table: (function_call name: (identifier) @_require arguments: (arguments . (string) @module))
      field: (identifier) @name) @reference.import))
  (#eq? @_require "require"))
((assignment_statement (variable_list (identifier) . (identifier) @alias)
  (expression_list (_) . value: (dot_index_expression
    table: (function_call name: (identifier) @_require arguments: (arguments . (string) @module))
      field: (identifier) @name) @reference.import))
  (#eq? @_require "require"))
((assignment_statement (variable_list (identifier) . (identifier) @alias)
  (expression_list (_) . value: (function_call name: (identifier) @_require arguments: (arguments . (string) @module)) @reference.import))
  (#eq? @_require "require"))
((assignment_statement (variable_list (_) . (identifier) @alias)
  (expression_list . value: (function_call name: (identifier) @_pcall
    arguments: (arguments . (identifier) @_require . (string) @module)) @reference.import))
  (#eq? @_pcall "pcall") (#eq? @_require "require"))
([(chunk (function_call name: (identifier) @_require arguments: (arguments . (string) @module)) @reference.import)
  (block (function_call name: (identifier) @_require arguments: (arguments . (string) @module)) @reference.import)
  (arguments (function_call name: (identifier) @_require arguments: (arguments . (string) @module)) @reference.import)
  (field (function_call name: (identifier) @_require arguments: (arguments . (string) @module)) @reference.import)
  (return_statement (expression_list
    (function_call name: (identifier) @_require arguments: (arguments . (string) @module)) @reference.import))]
  (#eq? @_require "require"))
((function_call name: (dot_index_expression
  table: (function_call name: (identifier) @_require arguments: (arguments . (string) @module))
    field: (identifier) @name)) @reference.import
  (#eq? @_require "require"))
((function_call name: (method_index_expression
  table: (function_call name: (identifier) @_require arguments: (arguments . (string) @module))
    method: (identifier) @name)) @reference.import
  (#eq? @_require "require"))

((function_call name: (identifier) @name) @reference.call
  (#not-match? @name "^(require|pairs|ipairs|type|tostring|tonumber|assert|error|pcall|setmetatable|getmetatable|print|unpack|select|next|rawget|rawset)$"))
(function_call name: (dot_index_expression table: [(identifier) (dot_index_expression) (parenthesized_expression)
  (bracket_index_expression)] @qualifier
  field: (identifier) @name)) @reference.call
(function_call name: (method_index_expression table: (_) @qualifier method: (identifier) @name)) @reference.call
