; title = "net/http"
; languages = ["go"]
; imports = ["net/http", "github.com/gorilla/mux"]

((call_expression
  function: (selector_expression operand: (_) @on field: (field_identifier) @_handle)
  arguments: (argument_list . [(interpreted_string_literal) (raw_string_literal)] @path . [
    (identifier) @to
    (selector_expression operand: (_) @receiver field: (field_identifier) @to)])) @route
  (#eq? @_handle "HandleFunc"))
