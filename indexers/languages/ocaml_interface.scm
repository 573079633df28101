; name = "ocaml_interface"
; grammar = "tree_sitter_ocaml"
; function = "language_ocaml_interface"
; extensions = [".mli"]
; family = "ocaml"
; inherits = ["shared/ocaml"]
; self_names = ["self", "this"]

(module_definition (module_binding . (module_name) @name)) @definition.module
(class_definition (class_binding (class_name) @name)) @definition.class

(open_module_signature module: (_) @module) @reference.import
(include_module_type (_) @module) @reference.import
