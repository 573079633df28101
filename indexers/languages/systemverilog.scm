; name = "systemverilog"
; grammar = "tree_sitter_systemverilog"
; extensions = [".sv", ".svh", ".v", ".vh"]
; comments = ["one_line_comment", "block_comment"]
; self_names = ["this", "super"]

(package_declaration name: (simple_identifier) @name) @definition.package
(module_declaration (module_ansi_header name: (simple_identifier) @name)) @definition.module
(module_declaration (module_nonansi_header name: (simple_identifier) @name)) @definition.module
(interface_declaration (interface_ansi_header name: (simple_identifier) @name)) @definition.interface
(class_declaration name: (simple_identifier) @name) @definition.class
(program_declaration (program_ansi_header name: (simple_identifier) @name)) @definition.module
(function_declaration (function_body_declaration name: (simple_identifier) @name ";" @body)) @definition.function
(task_declaration (task_body_declaration name: (simple_identifier) @name ";" @body)) @definition.function
(class_constructor_declaration "new" @name ";" @body) @definition.constructor
(type_declaration type_name: (simple_identifier) @name) @definition.type
(text_macro_definition (text_macro_name (simple_identifier) @name)) @definition.macro
(package_item (parameter_declaration (list_of_param_assignments (param_assignment . (simple_identifier) @name))) @definition.constant)
(module_declaration (parameter_declaration (list_of_param_assignments (param_assignment . (simple_identifier) @name))) @definition.constant)
(package_item (local_parameter_declaration (list_of_param_assignments (param_assignment . (simple_identifier) @name))) @definition.constant)

(class_declaration "extends" (simple_identifier) @name @reference.inherit)
(module_instantiation instance_type: (simple_identifier) @name) @reference.call
(tf_call (hierarchical_identifier (simple_identifier) @name .)) @reference.call
(method_call_body name: (simple_identifier) @name) @reference.call
(package_import_item . (simple_identifier) @module) @reference.import
(include_compiler_directive (quoted_string (quoted_string_item) @module)) @reference.import
