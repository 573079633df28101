; name = "erlang"
; grammar = "semble_grammars"
; function = "get_language"
; bundled = "erlang"
; extensions = [".erl", ".hrl"]
; interpreters = ["escript"]
; attributes = ["spec"]
; clauses = true
; self_names = []

(module_attribute name: (atom) @name) @definition.module
(fun_decl clause: (function_clause name: (atom) @name body: (clause_body) @body)) @definition.function
(record_decl name: (atom) @name) @definition.struct
(pp_define lhs: (macro_lhs name: [(var) (atom)] @name args: (_))) @definition.macro
(pp_define lhs: (macro_lhs name: [(var) (atom)] @name !args)) @definition.constant
(type_alias name: (type_name name: (atom) @name)) @definition.type
(opaque name: (type_name name: (atom) @name)) @definition.type
(callback fun: (atom) @name) @definition.prototype

(record_field name: (atom) @name) @member

(pp_include file: (string) @module) @reference.import
(pp_include_lib file: (string) @module) @reference.import
(behaviour_attribute name: (atom) @name) @reference.inherit
(call expr: (atom) @name) @reference.call
(remote module: (remote_module module: (atom) @qualifier) fun: (call expr: (atom) @name)) @reference.call
(macro_call_expr name: (_) @name) @reference.call
(record_name name: (atom) @name @reference.type)
