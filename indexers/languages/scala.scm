; name = "scala"
; grammar = "tree_sitter_scala"
; extensions = [".scala", ".sc", ".sbt", ".mill"]
; interpreters = ["scala", "scala-cli"]
; comments = ["comment", "block_comment"]
; attributes = ["annotation"]
; family = "jvm"
; package_files = ["package"]
; package_scope = true
; self_names = ["this", "super", "self"]

(class_definition name: (_) @name) @definition.class @head
(trait_definition name: (_) @name) @definition.trait @head
(object_definition name: (_) @name) @definition.object @head
(package_object name: (_) @name) @definition.object @head
(enum_definition name: (_) @name) @definition.enum @head
(package_clause name: (_) @name body: (_)) @definition.module
(type_definition name: (type_identifier) @name) @definition.type @head

(given_definition name: (identifier) @name body: (with_template_body)) @definition.object
(given_definition name: (identifier) @name) @definition.constant
; A given without a name is known by its type.
((given_definition !name return_type: (_) @name body: (with_template_body)) @definition.object (#not-match? @name "[.]"))
((given_definition !name return_type: (_) @name) @definition.constant (#not-match? @name "[.]"))

((function_definition name: (identifier) @name) @definition.constructor (#eq? @name "this"))

; A method is one of a file or a named type: those of blocks and anonymous classes belong to what holds them.
(compilation_unit [(function_definition name: (_) @name) (function_declaration name: (_) @name)] @definition.function @head)
(ERROR [(function_definition name: (_) @name) (function_declaration name: (_) @name)] @definition.function @head)
(package_clause body: (template_body
  [(function_definition name: (_) @name) (function_declaration name: (_) @name)] @definition.function @head))
(class_definition body: (template_body
  [(function_definition name: (_) @name) (function_declaration name: (_) @name)] @definition.function @head))
(trait_definition body: (template_body
  [(function_definition name: (_) @name) (function_declaration name: (_) @name)] @definition.function @head))
(object_definition body: (template_body
  [(function_definition name: (_) @name) (function_declaration name: (_) @name)] @definition.function @head))
(package_object body: (template_body
  [(function_definition name: (_) @name) (function_declaration name: (_) @name)] @definition.function @head))
(enum_definition body: (enum_body
  [(function_definition name: (_) @name) (function_declaration name: (_) @name)] @definition.function @head))
(given_definition body: (with_template_body
  [(function_definition name: (_) @name) (function_declaration name: (_) @name)] @definition.function @head))

(extension_definition (parameters (parameter type: [
    (type_identifier) @owner
    (generic_type type: (type_identifier) @owner)
    (stable_type_identifier (type_identifier) @owner .)]))
  (function_definition name: (_) @name) @definition.function)

; What an object holds exists once: it is a constant. Elsewhere a value is a field, unless it is computed or implicit.
(compilation_unit (val_definition pattern: [(identifier) @name (identifiers (identifier) @name)]) @definition.constant)
(package_clause body: (template_body (val_definition pattern: [(identifier) @name (identifiers (identifier) @name)]) @definition.constant))
(object_definition body: (template_body (val_definition pattern: [(identifier) @name (identifiers
  (identifier) @name)]) @definition.constant))
(package_object body: (template_body (val_definition pattern: [(identifier) @name (identifiers (identifier) @name)]) @definition.constant))
(compilation_unit (var_definition pattern: (identifier) @name) @definition.variable)
(class_definition body: (template_body (val_definition (modifiers "implicit") pattern: (identifier) @name) @definition.constant))
(trait_definition body: (template_body (val_definition (modifiers "implicit") pattern: (identifier) @name) @definition.constant))
(class_definition body: (template_body (val_definition (modifiers "lazy") pattern: (identifier) @name) @definition.property))
(trait_definition body: (template_body (val_definition (modifiers "lazy") pattern: (identifier) @name) @definition.property))
(trait_definition body: (template_body (val_declaration name: (identifier) @name) @definition.property))

(extends_clause [
  (type_identifier) @name @reference.inherit
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .) @reference.inherit
  (generic_type type: (type_identifier) @name) @reference.inherit
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .)) @reference.inherit])
(derives_clause (type_identifier) @name @reference.inherit)

(call_expression function: (identifier) @name) @reference.call
(call_expression function: (generic_function function: (identifier) @name)) @reference.call
(infix_expression left: (_) @qualifier operator: (identifier) @name) @reference.call
; A selection may be a call: methods without parameters look like fields.
((field_expression value: (_) @qualifier field: (identifier) @name) @reference.call (#not-eq? @name "this"))
; What an object has is taken of it: `Status.Paid`.
((field_expression value: (identifier) @name @reference.receiver) (#match? @name "^_?[A-Z]\\w*[a-z]"))
(instance_expression [
  (type_identifier) @name
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (type_identifier) @name)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.call
(instance_expression (applied_constructor_type [
  (type_identifier) @name
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (type_identifier) @name)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))])) @reference.call
(instance_expression (compound_type base: [
  (type_identifier) @name
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (type_identifier) @name)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))])) @reference.call
(instance_expression (compound_type base: (applied_constructor_type [
  (type_identifier) @name
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (type_identifier) @name)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]))) @reference.call

(parameter type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(class_parameter type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(val_definition type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(var_definition type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(val_declaration type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(var_declaration type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(type_definition type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(function_definition return_type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(function_declaration return_type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(given_definition return_type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(typed_pattern type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(case_class_pattern type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(context_bound type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(upper_bound type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(lower_bound type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(lazy_parameter_type type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(repeated_parameter_type type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(annotation name: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .)
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .))]) @reference.type
(type_arguments [
  (type_identifier) @name @reference.type
  (generic_type type: (type_identifier) @name) @reference.type
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .) @reference.type
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .)) @reference.type])
(self_type [
  (type_identifier) @name @reference.type
  (generic_type type: (type_identifier) @name) @reference.type
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .) @reference.type
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .)) @reference.type])
(function_type [
  (type_identifier) @name @reference.type
  (generic_type type: (type_identifier) @name) @reference.type
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .) @reference.type
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .)) @reference.type])
(parameter_types [
  (type_identifier) @name @reference.type
  (generic_type type: (type_identifier) @name) @reference.type
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .) @reference.type
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .)) @reference.type])
(compound_type [
  (type_identifier) @name @reference.type
  (generic_type type: (type_identifier) @name) @reference.type
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .) @reference.type
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .)) @reference.type])
(infix_type [
  (type_identifier) @name @reference.type
  (generic_type type: (type_identifier) @name) @reference.type
  (stable_type_identifier . (_) @qualifier (type_identifier) @name .) @reference.type
  (generic_type type: (stable_type_identifier . (_) @qualifier (type_identifier) @name .)) @reference.type])

((import_declaration "import" . (identifier) @module ("." . (identifier) @module)*) @reference.import
  (#match? @reference.import "^import\\s+[^\\s*,{]*[^\\s*,{_]$"))
(import_declaration "import" . (identifier) @module ("." . (identifier) @module)* . "." . (namespace_wildcard) @name) @reference.import
(import_declaration "import" . (identifier) @module ("." . (identifier) @module)* . "." . (namespace_selectors
  [(identifier) (namespace_wildcard)] @name)) @reference.import
(import_declaration "import" . (identifier) @module ("." . (identifier) @module)* . "." . (namespace_selectors
  [(arrow_renamed_identifier name: (_) @name alias: (_) @alias) (as_renamed_identifier name: (_) @name alias:
  (_) @alias)])) @reference.import
(import_declaration "import" . (identifier) @module ("." . (identifier) @module)* . "."
  . (as_renamed_identifier name: (_) @name alias: (_) @alias)) @reference.import

; What types hold.
(template_body [(val_definition pattern: (identifier) @name) (var_definition pattern: (identifier) @name)] @member)
(class_definition class_parameters: (class_parameters (class_parameter name: (identifier) @name) @member))
(simple_enum_case name: (identifier) @name) @member
