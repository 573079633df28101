; title = "OpenAPI"
; languages = ["openapi"]
; texts = ["operationId"]
; depth = 1

((document (object (pair key: (string (string_content) @_paths) value: (object (pair
  key: (string (string_content) @path) value: (object (pair
    key: (string (string_content) @method) value: (object
      (pair key: (string (string_content) @_id) value: (string (string_content) @operation))) @route)))))))
  (#any-of? @_paths "paths" "webhooks") (#eq? @_id "operationId"))
