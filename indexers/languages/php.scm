; name = "php"
; grammar = "tree_sitter_php"
; function = "language_php"
; extensions = [".php", ".phtml", ".php5", ".php7", ".phps"]
; interpreters = ["php"]
; sniff = { ".inc" = "^<\\?php", ".module" = "^<\\?php", ".install" = "^<\\?php", ".theme" = "^<\\?php" }
; attributes = ["attribute_list"]
; package_scope = true
; self_names = ["$this", "self", "static", "parent"]

(namespace_definition name: (_) @name body: (_)) @definition.module
(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.trait
(enum_declaration name: (name) @name) @definition.enum
(function_definition name: (name) @name) @definition.function
((method_declaration name: (name) @name) @definition.constructor (#eq? @name "__construct"))
(method_declaration name: (name) @name) @definition.function
(method_declaration name: (name) @name !body) @definition.function @head
(const_declaration (const_element . (name) @name)) @definition.constant
(property_declaration (property_element name: (variable_name (name) @name)) (property_hook_list) @body) @definition.property
((expression_statement (function_call_expression
  function: (name) @_define arguments: (arguments . (argument (string) @name)))) @definition.constant
  (#any-of? @_define "define" "DEFINE"))
(program (expression_statement (assignment_expression left: (variable_name (name) @name) right: [
  (anonymous_function body: (_) @body) (arrow_function body: (_) @body)])) @definition.function)

; `\Name` is of no namespace, as are the classes and functions of the language: what a project defines is rarely meant.
(base_clause (name) @name @reference.inherit)
(base_clause (qualified_name prefix: (namespace_name) @qualifier (name) @name) @reference.inherit)
(class_interface_clause (name) @name @reference.inherit)
(class_interface_clause (qualified_name prefix: (namespace_name) @qualifier (name) @name) @reference.inherit)
(use_declaration (name) @name @reference.inherit)
(use_declaration (qualified_name prefix: (namespace_name) @qualifier (name) @name) @reference.inherit)

((function_call_expression function: (name) @name) @reference.call (#not-match? @name "^(define|DEFINE)$"))
(function_call_expression function: (qualified_name prefix: (namespace_name) @qualifier (name) @name)) @reference.call
(member_call_expression object: (_) @qualifier name: (name) @name) @reference.call
(nullsafe_member_call_expression object: (_) @qualifier name: (name) @name) @reference.call
(scoped_call_expression scope: (_) @qualifier name: (name) @name) @reference.call
(object_creation_expression . (name) @name) @reference.call
(object_creation_expression . (qualified_name prefix: (namespace_name) @qualifier (name) @name)) @reference.call
(attribute (name) @name) @reference.call
(attribute (qualified_name prefix: (namespace_name) @qualifier (name) @name)) @reference.call

((named_type (name) @name) @reference.type (#not-match? @name "^(static|self|parent)$"))
(named_type (qualified_name prefix: (namespace_name) @qualifier (name) @name)) @reference.type
(class_constant_access_expression . (name) @name) @reference.type
(class_constant_access_expression . (qualified_name prefix: (namespace_name) @qualifier (name) @name)) @reference.type
(scoped_property_access_expression scope: (name) @name) @reference.type
(binary_expression operator: "instanceof" right: (name) @name) @reference.type
(binary_expression operator: "instanceof" right: (qualified_name prefix: (namespace_name) @qualifier (name) @name)) @reference.type

(namespace_use_declaration (namespace_use_clause . [(qualified_name) (name)] @module !alias)) @reference.import
(namespace_use_declaration (namespace_use_clause . [(qualified_name) (name)] @module alias: (_) @alias)) @reference.import
(namespace_use_declaration (namespace_name) @module
  body: (namespace_use_group (namespace_use_clause . [(name) (qualified_name)] @name !alias))) @reference.import
(namespace_use_declaration (namespace_name) @module
  body: (namespace_use_group (namespace_use_clause . [(name) (qualified_name)] @name alias: (_) @alias))) @reference.import

; Of a path that is put together, `__DIR__ . '/cart.php'`, the end is known.
([
  (require_expression [(string) @module (encapsed_string) @module (binary_expression right: (string) @module)])
  (require_once_expression [(string) @module (encapsed_string) @module (binary_expression right: (string) @module)])
  (include_expression [(string) @module (encapsed_string) @module (binary_expression right: (string) @module)])
  (include_once_expression [(string) @module (encapsed_string) @module (binary_expression right: (string) @module)])
  (require_expression (parenthesized_expression [(string) @module (binary_expression right: (string) @module)]))
  (require_once_expression (parenthesized_expression [(string) @module (binary_expression right: (string) @module)]))
  (include_expression (parenthesized_expression [(string) @module (binary_expression right: (string) @module)]))
  (include_once_expression (parenthesized_expression [(string) @module (binary_expression right: (string) @module)]))
] @reference.import)

; What types hold.
(property_declaration (property_element (variable_name (name) @name))) @member
(enum_case name: (name) @name) @member
; What names hold: parameters, locals, properties, results.
(simple_parameter type: (_) @type name: (variable_name (name) @name)) @binding.variable
(property_promotion_parameter type: (_) @type name: (variable_name (name) @name)) @binding.attribute
(property_promotion_parameter type: (_) @type name: (variable_name (name) @name)) @binding.variable
(assignment_expression left: (variable_name (name) @name)
  right: [(object_creation_expression) (member_call_expression) (scoped_call_expression) (function_call_expression)] @value) @binding.variable
(assignment_expression left: (variable_name (name) @name) right: (member_access_expression) @value) @binding.variable
(property_declaration type: (_) @type (property_element name: (variable_name (name) @name))) @binding.attribute
(assignment_expression left: (member_access_expression object: (variable_name (name) @_this) name: (name) @name)
  right: [(object_creation_expression) (variable_name) (member_call_expression) (scoped_call_expression)] @value
  (#eq? @_this "this")) @binding.attribute
(assignment_expression left: (member_access_expression object: (variable_name (name) @_this) name: (name) @name)
  right: (binary_expression left: (variable_name) @value operator: "??") (#eq? @_this "this")) @binding.attribute
(catch_clause type: (type_list . (named_type) @type .) name: (variable_name (name) @name)) @binding.variable
(method_declaration return_type: (_) @type) @binding.returns
(function_definition return_type: (_) @type) @binding.returns
