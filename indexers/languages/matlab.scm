; name = "matlab"
; grammar = "tree_sitter_matlab"
; sniff = { ".m" = '\A\s*(?:%|function\b|classdef\b)' }
; package_scope = true
; self_names = ["obj", "self", "this"]

(function_definition name: (identifier) @name (function_arguments)? @head . (comment)? @doc) @definition.function
(class_definition name: (identifier) @name . (superclasses)? @head . (comment)? @doc) @definition.class
(property name: (identifier) @name) @member
(enum (identifier) @name) @member
(superclasses (property_name (identifier) @name @reference.inherit))

(function_call name: (identifier) @name) @reference.call
(field_expression object: (_) @qualifier field: (function_call name: (identifier) @name)) @reference.call
