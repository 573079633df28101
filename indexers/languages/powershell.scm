; name = "powershell"
; grammar = "tree_sitter_powershell"
; extensions = [".ps1", ".psm1"]
; interpreters = ["pwsh", "powershell"]
; self_names = ["$this"]
; mends = { '(?<![$`])(\$)(?=")|^[ \t]*"([^"\n]{1,300})"(?=[ \t]*\{)' = "_", '^[ \t]*(\{\})[ \t]*$' = " " }

(class_statement . (simple_name) @name) @definition.class
(enum_statement . (simple_name) @name) @definition.enum
(class_method_definition (simple_name) @name (script_block)? @body) @definition.method
(function_statement (function_name) @name (script_block)? @body) @definition.function
(program (statement_list (pipeline (assignment_expression (left_assignment_expression (logical_expression (bitwise_expression
  (comparison_expression (additive_expression (multiplicative_expression (format_expression (range_expression (array_literal_expression
    (unary_expression (variable) @name)))))))))))) @definition.variable))

(class_statement (simple_name) . (simple_name) @name @reference.inherit)
((command command_name: (command_name) @name) @reference.call
  (#not-match? @name "^(using|Import-Module|Write-Host|Write-Output|ForEach-Object|Where-Object)$"))
(invokation_expression (_) @qualifier . (member_name (simple_name) @name)) @reference.call
((type_literal (type_spec (type_name (type_identifier) @name))) @reference.type
  (#not-match? @name "^([Ss]tring|[Ii]nt(32|64)?|[Bb]ool(ean)?|[Dd]ouble|[Aa]rray|[Hh]ashtable|[Ss]witch|[Vv]oid|[Oo]bject|[Pp][Ss]\\w+|[Ss]cript[Bb]lock|[Cc]har|[Ll]ong|[Bb]yte|[Dd]ate[Tt]ime)$"))
((command command_name: (command_name) @_import command_elements: (command_elements (generic_token) @module .)) @reference.import
  (#match? @_import "^(using|Import-Module)$"))
((command (command_invokation_operator) command_name: (command_name_expr (path_command_name (path_command_name_token) @module)))
  @reference.import)
