; name = "css"
; grammar = "tree_sitter_css"
; extensions = [".css"]
; family = "web"
; self_names = []

; A rule defines the class or id that a selector is about: its last part. What only adds a state to it (`:hover`) is read in blocks.
(rule_set (selectors [
  (class_selector (class_name) @name .)
  (id_selector (id_name) @name .)
  (descendant_selector (class_selector (class_name) @name .) .)
  (descendant_selector (id_selector (id_name) @name .) .)
  (child_selector (class_selector (class_name) @name .) .)
  (child_selector (id_selector (id_name) @name .) .)
]) (block) @body) @definition.rule
((declaration (property_name) @name) @definition.variable (#match? @name "^--"))
(keyframes_statement (keyframes_name) @name (keyframe_block_list) @body) @definition.keyframes

((call_expression (function_name) @_var (arguments . (plain_value) @name)) @reference.type (#eq? @_var "var"))
((declaration (property_name) @_animation (plain_value) @name) @reference.type
  (#any-of? @_animation "animation" "animation-name") (#not-match? @name "^(none|linear|ease.*|infinite|both|forwards|backwards|alternate|inherit|initial|unset)$"))
(import_statement (string_value) @module) @reference.import
(import_statement (call_expression (arguments (string_value) @module))) @reference.import
