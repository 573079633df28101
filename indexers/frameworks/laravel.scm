; title = "Laravel"
; languages = ["php"]
; imports = ["Illuminate\\Support\\Facades\\Route"]

((scoped_call_expression scope: (name) @_route name: (name) @method
  arguments: (arguments . (argument [(string) (encapsed_string)] @path) . (argument (array_creation_expression
    . (array_element_initializer (class_constant_access_expression . (_) @receiver))
    . (array_element_initializer (string (string_content) @to)))))) @route
  (#eq? @_route "Route") (#any-of? @method "get" "post" "put" "patch" "delete" "any" "options"))
((scoped_call_expression scope: (name) @_route name: (name) @method
  arguments: (arguments . (argument [(string) (encapsed_string)] @path) . (argument (string (string_content) @action)))) @route
  (#eq? @_route "Route") (#any-of? @method "get" "post" "put" "patch" "delete" "any" "options"))
; One that is called itself, and a resource.
((scoped_call_expression scope: (name) @_route name: (name) @method
  arguments: (arguments . (argument [(string) (encapsed_string)] @path) . (argument
    (class_constant_access_expression . (name) @to)))) @route
  (#eq? @_route "Route") (#any-of? @method "get" "post" "put" "patch" "delete" "any" "resource" "apiResource"))
