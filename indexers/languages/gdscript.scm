; name = "gdscript"
; grammar = "tree_sitter_gdscript"
; extensions = [".gd"]
; attributes = ["annotation"]
; self_names = ["self", "super"]

(class_name_statement name: (name) @name) @definition.class
(class_definition name: (name) @name) @definition.class
(function_definition name: (name) @name) @definition.function
(constructor_definition "_init" @name) @definition.constructor
(enum_definition name: (name) @name) @definition.enum
(signal_statement name: (name) @name) @definition.event
(const_statement name: (name) @name) @definition.constant
(source (variable_statement name: (name) @name) @definition.variable)
(class_body (variable_statement name: (name) @name) @definition.property)

(extends_statement (type (identifier) @name)) @reference.inherit
((type (identifier) @name) @reference.type (#not-match? @name "^(void|int|float|bool|String|Array|Dictionary|Variant|StringName)$"))
(type (subscript (subscript_arguments (identifier) @name))) @reference.type
(call . (identifier) @name) @reference.call
(attribute . (_) @qualifier . (attribute_call (identifier) @name)) @reference.call
((call . (identifier) @_load (arguments . (string) @module)) @reference.import (#any-of? @_load "preload" "load"))
(extends_statement (string) @module) @reference.import
