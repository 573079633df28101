; name = "rust"
; grammar = "tree_sitter_rust"
; extensions = [".rs"]
; comments = ["line_comment", "block_comment"]
; attributes = ["attribute_item"]
; package_files = ["mod", "lib", "main"]
; self_names = ["self", "Self"]

; Definitions stand at file level, in the braces of a module, trait, impl or extern block, or in a function; its variables are its own.
(source_file [
  (function_item name: (identifier) @name)
  (function_signature_item name: (identifier) @name ";" @body)
 ] @definition.function)
(declaration_list [
  (function_item name: (identifier) @name)
  (function_signature_item name: (identifier) @name ";" @body)
 ] @definition.function)

(source_file [
  (struct_item name: (_) @name)
  (struct_item name: (_) @name body: (ordered_field_declaration_list) ";" @body)
  (union_item name: (_) @name)
 ] @definition.struct)
(declaration_list [
  (struct_item name: (_) @name)
  (struct_item name: (_) @name body: (ordered_field_declaration_list) ";" @body)
  (union_item name: (_) @name)
 ] @definition.struct)

(block (function_item name: (identifier) @name) @definition.function)
(block [
  (struct_item name: (_) @name)
  (struct_item name: (_) @name body: (ordered_field_declaration_list) ";" @body)
 ] @definition.struct)
(block (enum_item name: (_) @name) @definition.enum)
(block (trait_item name: (_) @name) @definition.trait)
(block (macro_definition name: (_) @name) @definition.macro)

(source_file (enum_item name: (_) @name) @definition.enum)
(declaration_list (enum_item name: (_) @name) @definition.enum)
(source_file (trait_item name: (_) @name) @definition.trait)
(declaration_list (trait_item name: (_) @name) @definition.trait)
(mod_item name: (_) @name body: (_)) @definition.module
(source_file (macro_definition name: (_) @name) @definition.macro)
(declaration_list (macro_definition name: (_) @name) @definition.macro)

(source_file (type_item name: (_) @name) @definition.type)
(declaration_list (type_item name: (_) @name) @definition.type)
(declaration_list (associated_type name: (_) @name) @definition.type)
(source_file (const_item name: (_) @name) @definition.constant)
(declaration_list (const_item name: (_) @name) @definition.constant)
(source_file (static_item name: (_) @name) @definition.variable)
(declaration_list (static_item name: (_) @name) @definition.variable)

; Their owner is the type that the impl is for.
(impl_item
  type: [
    (type_identifier) @owner
    (primitive_type) @owner
    (generic_type type: (type_identifier) @owner)
    (generic_type type: (scoped_type_identifier name: (_) @owner))
    (scoped_type_identifier name: (_) @owner)
    (dynamic_type trait: (type_identifier) @owner)
    (reference_type type: (type_identifier) @owner)
    (reference_type type: (generic_type type: (type_identifier) @owner))
  ]
  body: (declaration_list [
    (function_item name: (_) @name)
    (function_signature_item name: (_) @name)
    (macro_definition name: (_) @name)
    (const_item name: (_) @name)
    (type_item name: (_) @name)
  ] @definition.function))

; `use` nests without bound; three levels of braces are read, deeper ones are not written by people.
(mod_item name: (_) @module ";") @reference.import
(extern_crate_declaration name: (_) @module alias: (_)? @alias) @reference.import
(use_declaration argument: (identifier) @module @reference.import)
(use_declaration argument: (use_as_clause path: (identifier) @module alias: (_) @alias) @reference.import)
(use_declaration argument: [
  (scoped_identifier path: (_) @module name: (_) @name)
  (use_as_clause path: (scoped_identifier path: (_) @module name: (_) @name) alias: (_) @alias)
  (use_wildcard (_) @module "*" @name)
] @reference.import)
(use_declaration argument: (scoped_use_list path: (_) @module list: (use_list [
  (identifier) @name
  (scoped_identifier path: (_) @module name: (_) @name)
  (use_as_clause path: (identifier) @name alias: (_) @alias)
  (use_as_clause path: (self) alias: (_) @alias)
  (use_as_clause path: (scoped_identifier path: (_) @module name: (_) @name) alias: (_) @alias)
  (use_wildcard (_) @module "*" @name)
  (self)
] @reference.import)))
(use_declaration argument: (scoped_use_list path: (_) @module list: (use_list (scoped_use_list path: (_) @module list: (use_list [
  (identifier) @name
  (scoped_identifier path: (_) @module name: (_) @name)
  (use_as_clause path: (identifier) @name alias: (_) @alias)
  (use_as_clause path: (self) alias: (_) @alias)
  (use_as_clause path: (scoped_identifier path: (_) @module name: (_) @name) alias: (_) @alias)
  (use_wildcard (_) @module "*" @name)
  (self)
] @reference.import)))))
(use_declaration argument: (scoped_use_list path: (_) @module list: (use_list
  (scoped_use_list path: (_) @module list: (use_list (scoped_use_list path: (_) @module list: (use_list [
  (identifier) @name
  (scoped_identifier path: (_) @module name: (_) @name)
  (use_as_clause path: (identifier) @name alias: (_) @alias)
  (use_as_clause path: (self) alias: (_) @alias)
  (use_as_clause path: (scoped_identifier path: (_) @module name: (_) @name) alias: (_) @alias)
  (use_wildcard (_) @module "*" @name)
  (self)
] @reference.import)))))))

(trait_item bounds: (trait_bounds [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (scoped_type_identifier path: (_) @qualifier name: (_) @name)
  (generic_type type: (scoped_type_identifier path: (_) @qualifier name: (_) @name))
 ] @reference.inherit))
(impl_item
  trait: [
    (type_identifier) @name
    (generic_type type: (type_identifier) @name)
    (scoped_type_identifier path: (_) @qualifier name: (_) @name)
    (generic_type type: (scoped_type_identifier path: (_) @qualifier name: (_) @name))
  ] @reference.inherit
  type: [
    (type_identifier) @owner
    (generic_type type: (type_identifier) @owner)
    (scoped_type_identifier name: (_) @owner)
    (_)
  ])
; Attributes of items are macros; those of fields and variants are data for them.
([
  (source_file (attribute_item (attribute . (identifier) @_attribute (token_tree (identifier) @name))))
  (declaration_list (attribute_item (attribute . (identifier) @_attribute (token_tree (identifier) @name))))
 ] @reference.inherit (#eq? @_attribute "derive") (#match? @name "^[A-Z]")
 (#not-match? @name "^(Debug|Clone|Copy|PartialEq|Eq|PartialOrd|Ord|Hash|Default)$"))
([
  (source_file (attribute_item (attribute . (identifier) @name)))
  (declaration_list (attribute_item (attribute . (identifier) @name)))
 ] @reference.call
 (#match? @name "^[a-z]")
 (#not-match? @name "^(derive|cfg|cfg_attr|doc|allow|expect|warn|deny|inline|must_use)$")
 (#not-match? @name "^(macro_export|non_exhaustive|repr|ignore|cold|track_caller)$"))
([
  (source_file (attribute_item (attribute . (scoped_identifier path: (_) @qualifier name: (_) @name))))
  (declaration_list (attribute_item (attribute . (scoped_identifier path: (_) @qualifier name: (_) @name))))
 ] @reference.call)

(call_expression function: [
  (identifier) @name
  (generic_function function: (identifier) @name)
 ] (#not-match? @name "^(Some|Ok|Err)$")) @reference.call
(call_expression function: [
  (scoped_identifier path: (_) @qualifier name: (_) @name)
  (field_expression value: (_) @qualifier field: (field_identifier) @name)
  (generic_function function: (scoped_identifier path: (_) @qualifier name: (_) @name))
  (generic_function function: (field_expression value: (_) @qualifier field: (field_identifier) @name))
]) @reference.call
(struct_expression name: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (scoped_type_identifier path: (_) @qualifier name: (_) @name)
 ] (#not-eq? @name "Self")) @reference.call
(macro_invocation macro: (identifier) @name) @reference.call
(macro_invocation macro: (scoped_identifier path: (_) @qualifier name: (_) @name)) @reference.call

; In the arguments of a macro there are only tokens: a word before a parenthesis is a call.
((token_tree (identifier) @name @reference.token . (token_tree . "("))
  (#not-match? @name "^(Some|Ok|Err|any|all|not|skip|fields)$"))

(scoped_type_identifier path: (_) @qualifier name: (_) @name) @reference.type
([
  (parameter type: (type_identifier) @name)
  (closure_parameters (parameter type: (type_identifier) @name))
  (function_item return_type: (type_identifier) @name)
  (function_signature_item return_type: (type_identifier) @name)
  (field_declaration type: (type_identifier) @name)
  (ordered_field_declaration_list type: (type_identifier) @name)
  (const_item type: (type_identifier) @name)
  (static_item type: (type_identifier) @name)
  (type_item type: (type_identifier) @name)
  (let_declaration type: (type_identifier) @name)
  (reference_type type: (type_identifier) @name)
  (pointer_type type: (type_identifier) @name)
  (array_type element: (type_identifier) @name)
  (tuple_type (type_identifier) @name)
  (generic_type type: (type_identifier) @name)
  (type_arguments (type_identifier) @name)
  (type_binding type: (type_identifier) @name)
  (type_parameter default_type: (type_identifier) @name)
  (type_parameter bounds: (trait_bounds (type_identifier) @name))
  (where_predicate bounds: (trait_bounds (type_identifier) @name))
  (associated_type bounds: (trait_bounds (type_identifier) @name))
  (dynamic_type trait: (type_identifier) @name)
  (abstract_type trait: (type_identifier) @name)
  (bounded_type (type_identifier) @name)
  (type_cast_expression type: (type_identifier) @name)
 ] @reference.type
 (#not-match? @name "^([A-Z_]|Self|Option|String|Vec|Box)$"))
; What a type has is taken of it: `Status::Paid`.
([
  (scoped_identifier path: (identifier) @name)
  (scoped_identifier path: (scoped_identifier path: (_) @qualifier name: (identifier) @name))
 ] @reference.receiver (#match? @name "^[A-Z]\\w*[a-z]")
 (#not-match? @name "^(Self|Option|Result|String|Vec|Box)$"))

; What structs and enums hold.
(field_declaration name: (field_identifier) @name) @member
(enum_variant name: (identifier) @name) @member
; What names hold: parameters, locals, fields, results.
(parameter pattern: (identifier) @name type: (_) @type) @binding.variable
(let_declaration pattern: (identifier) @name type: (_) @type) @binding.variable
(let_declaration pattern: (identifier) @name !type value: (call_expression) @value) @binding.variable
(let_declaration pattern: (identifier) @name !type value: (struct_expression name: (type_identifier) @type)) @binding.variable
(struct_item body: (field_declaration_list (field_declaration name: (field_identifier) @name type: (_) @type) @binding.attribute))
(function_item return_type: (_) @type) @binding.returns
(function_signature_item return_type: (_) @type) @binding.returns

; A function may be given as a value: any name, or path, that is no parameter or variable.
([
  (arguments [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (field_initializer value: [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (array_expression [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (tuple_expression [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (let_declaration value: [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (assignment_expression right: [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (const_item value: [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (static_item value: [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (match_arm value: [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (return_expression [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (reference_expression value: [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
  (type_cast_expression value: [(identifier) @name (scoped_identifier path: (_) @qualifier name: (identifier) @name)])
 ] @reference.value (#match? @name "^[a-z_]"))

; Local variables hide what has their names outside.
(parameter pattern: (identifier) @name @local)
(parameter pattern: (tuple_pattern (identifier) @name @local))
(closure_parameters (identifier) @name @local)
(closure_parameters (tuple_pattern (identifier) @name @local))
(let_declaration pattern: [
  (identifier) @name
  (ref_pattern (identifier) @name)
  (tuple_pattern [(identifier) @name (mut_pattern (identifier) @name)])
  (tuple_struct_pattern type: (_) (identifier) @name)
  (struct_pattern (field_pattern name: (shorthand_field_identifier) @name))
 ]) @local
(let_condition pattern: [
  (identifier) @name
  (tuple_struct_pattern type: (_) (identifier) @name)
  (struct_pattern (field_pattern name: (shorthand_field_identifier) @name))
 ]) @local
(for_expression pattern: (identifier) @name @local)
(for_expression pattern: (tuple_pattern (identifier) @name @local))
(match_pattern [
  (identifier) @name
  (tuple_pattern (identifier) @name)
  (tuple_struct_pattern type: (_) (identifier) @name)
  (struct_pattern (field_pattern name: (shorthand_field_identifier) @name))
 ]) @local
[(function_item) (function_signature_item) (block) (for_expression) (match_arm) (if_expression) (while_expression)] @scope
(closure_expression) @scope.inner
