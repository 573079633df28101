; name = "nix"
; grammar = "tree_sitter_nix"
; extensions = [".nix"]
; self_names = []

; What an attribute set or a `let` binds: functions everywhere, other values where the set is what the file gives or lets.
(binding attrpath: (attrpath (identifier) @name .) expression: (function_expression body: (_) @body)) @definition.function
(source_code expression: [
  (attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable))
  (rec_attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable))
  (let_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable))
  (let_expression body: (attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable)))
  (let_expression body: (rec_attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable)))
  (function_expression body: [
    (attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable))
    (rec_attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable))
    (let_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable))
    (let_expression body: (attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable)))
    (let_expression body: (rec_attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable)))
    (with_expression body: (attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable)))
    (with_expression body: (let_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable)))
    (with_expression body: (let_expression body: (attrset_expression (binding_set (binding attrpath: (attrpath) @name) @definition.variable))))
  ])
])

((apply_expression function: (variable_expression name: (identifier) @name)) @reference.call (#not-match? @name "^(import|toString|map|throw)$"))
(apply_expression function: (select_expression expression: (_) @qualifier attrpath: (attrpath (identifier) @name .))) @reference.call
((apply_expression function: (variable_expression name: (identifier) @_import) argument: [(path_expression) (spath_expression)] @module)
  @reference.import (#eq? @_import "import"))
(list_expression element: (path_expression) @module @reference.import)
((apply_expression function: [(variable_expression name: (identifier) @_call) (select_expression attrpath: (attrpath (identifier) @_call .))]
  argument: (path_expression) @module) @reference.import (#eq? @_call "callPackage"))
