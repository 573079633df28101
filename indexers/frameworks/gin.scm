; title = "Gin"
; languages = ["go"]
; imports = ["github.com/gin-gonic/gin", "github.com/labstack/echo", "github.com/gofiber/fiber", "github.com/go-chi/chi"]

; The last of what is called for a path is its handler; those before it are called on the way.
((call_expression
  function: (selector_expression operand: (_) @on field: (field_identifier) @method)
  arguments: (argument_list . [(interpreted_string_literal) (raw_string_literal)] @path [
    (identifier) @to
    (selector_expression operand: (_) @receiver field: (field_identifier) @to)])) @route
  (#match? @method "^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Any|Get|Post|Put|Patch|Delete|Head|Options|All)$"))

; Where the paths of a group begin.
(short_var_declaration left: (expression_list (identifier) @on) right: (expression_list (call_expression
  function: (selector_expression field: (field_identifier) @_group)
  arguments: (argument_list . (interpreted_string_literal) @prefix)))
  (#eq? @_group "Group"))
