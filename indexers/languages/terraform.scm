; name = "terraform"
; grammar = "tree_sitter_hcl"
; extensions = [".tf", ".tfvars", ".hcl", ".nomad"]
; self_names = []

; An address is what others write: `aws_instance.web`, `data.aws_ami.base`; a variable, a local, a module, an output is its name.
((block (identifier) @_kind . (string_lit (template_literal) @owner) . (string_lit (template_literal) @name) (block_start) @body)
  @definition.resource (#any-of? @_kind "resource" "ephemeral"))
((block (identifier) @_kind @owner . (string_lit (template_literal) @owner) . (string_lit (template_literal) @name) (block_start) @body)
  @definition.data (#eq? @_kind "data"))
((block (identifier) @_kind . (string_lit (template_literal) @name) . (block_start) @body) @definition.variable (#eq? @_kind "variable"))
((block (identifier) @_kind . (string_lit (template_literal) @name) . (block_start) @body) @definition.output (#eq? @_kind "output"))
((block (identifier) @_kind . (string_lit (template_literal) @name) . (block_start) @body) @definition.module (#eq? @_kind "module"))
((block (identifier) @_kind . (string_lit (template_literal) @name) . (block_start) @body) @definition.provider (#eq? @_kind "provider"))
((body (block (identifier) @_kind . (string_lit (template_literal) @name) . (block_start) @body) @definition.block)
  (#any-of? @_kind "job" "group" "task" "source" "target" "check" "run" "policy"))
((block (identifier) @_kind . (block_start) (body (attribute (identifier) @name) @definition.constant)) (#eq? @_kind "locals"))
(config_file (body (attribute (identifier) @name) @definition.variable))

((expression (variable_expr (identifier) @qualifier) . (get_attr (identifier) @name)) @reference.type
  (#not-match? @qualifier "^(data|each|count|self|path|terraform)$"))
((expression (variable_expr (identifier) @_data) . (get_attr (identifier) @qualifier) . (get_attr (identifier) @name)) @reference.type
  (#eq? @_data "data"))
(function_call (identifier) @name) @reference.call
((block (identifier) @_kind . (string_lit) . (block_start) (body (attribute (identifier) @_source
  (expression (literal_value (string_lit (template_literal) @module)))) @reference.import))
  (#eq? @_kind "module") (#eq? @_source "source"))
