; name = "scss"
; grammar = "tree_sitter_scss"
; extensions = [".scss"]
; family = "web"
; comments = ["comment", "js_comment"]
; self_names = []

(rule_set (selectors [
  (class_selector (class_name) @name .)
  (id_selector (id_name) @name .)
  (placeholder (identifier) @name)
  (descendant_selector (class_selector (class_name) @name .) .)
  (descendant_selector (id_selector (id_name) @name .) .)
  (child_selector (class_selector (class_name) @name .) .)
  (child_selector (id_selector (id_name) @name .) .)
]) (block) @body) @definition.rule
(mixin_statement name: (identifier) @name (block) @body) @definition.macro
(function_statement name: (identifier) @name (block) @body) @definition.function
(keyframes_statement (keyframes_name) @name (keyframe_block_list) @body) @definition.keyframes
((declaration (property_name) @name) @definition.variable (#match? @name "^--"))
((stylesheet (declaration (property_name) @name) @definition.variable) (#match? @name "^\\$"))

(include_statement . (identifier) @name) @reference.call
(call_expression (function_name) @name) @reference.call
((call_expression (function_name) @_var (arguments . (_) @name)) @reference.type (#eq? @_var "var") (#match? @name "^--"))
((variable) @name @reference.type)
(extend_statement (class_selector (class_name) @name)) @reference.inherit
(import_statement (string_value) @module) @reference.import
(use_statement (string_value) @module) @reference.import
(forward_statement (string_value) @module) @reference.import
