; title = "ASP.NET"
; languages = ["csharp"]
; imports = ["Microsoft.AspNetCore"]
; texts = ["[ApiController]", ": ControllerBase", ": Controller", "WebApplication.CreateBuilder", "IEndpointRouteBuilder"]

((method_declaration
  (attribute_list (attribute name: (identifier) @method (attribute_argument_list . (attribute_argument (string_literal) @path))?))
  name: (identifier) @handler) @route
  (#match? @method "^Http(Get|Post|Put|Patch|Delete|Head|Options)$"))
((invocation_expression
  function: (member_access_expression expression: (_) @on name: (identifier) @method)
  arguments: (argument_list . (argument (string_literal) @path) . (argument [
    (identifier) @to
    (member_access_expression expression: (_) @receiver name: (identifier) @to)]))) @route
  (#match? @method "^Map(Get|Post|Put|Patch|Delete)$"))

; Where the paths of a controller begin.
((class_declaration
  (attribute_list (attribute name: (identifier) @_route (attribute_argument_list . (attribute_argument (string_literal) @prefix))))) @within
  (#eq? @_route "Route"))
(variable_declarator name: (identifier) @on (invocation_expression
  function: (member_access_expression name: (identifier) @_group)
  arguments: (argument_list . (argument (string_literal) @prefix)))
  (#eq? @_group "MapGroup"))
