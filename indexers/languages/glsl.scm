; name = "glsl"
; grammar = "tree_sitter_glsl"
; branches = true
; extensions = [".glsl", ".vert", ".frag", ".geom", ".comp", ".tesc", ".tese", ".vsh", ".fsh", ".rgen", ".rchit", ".rmiss", ".rahit"]
; family = "glsl"
; inherits = ["c"]
; self_names = []
; mends = { '\b(const)[ \t]+in\b' = " " }

(translation_unit (declaration ["uniform" "in" "out" "buffer" "varying" "attribute" "shared"] declarator: [
  (identifier) @name (_ declarator: (identifier) @name)]) @definition.variable)
(translation_unit (declaration (identifier) @name . (field_declaration_list)) @definition.struct)
