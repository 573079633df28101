; name = "openapi"
; grammar = "semble_grammars"
; function = "get_language"
; bundled = "json"
; sniff = { ".json" = '\A\s{0,200}\{\s{0,200}"(?:openapi"\s{0,9}:\s{0,9}"3|swagger"\s{0,9}:\s{0,9}"2)' }
; self_names = []

; Operations by the id that handlers are called by, else by their method, in their path; documented by their summary.
((document (object (pair key: (string (string_content) @_paths)
  value: (object (pair key: (string (string_content) @name) value: (_) @body) @definition.path))))
  (#any-of? @_paths "paths" "webhooks"))
((document (object (pair key: (string (string_content) @_paths) value: (object (pair
  value: (object (pair value: (object
    (pair key: (string (string_content) @_id) value: (string (string_content) @name)))) @definition.operation))))))
  (#any-of? @_paths "paths" "webhooks") (#eq? @_id "operationId"))
((document (object (pair key: (string (string_content) @_paths) value: (object (pair
  value: (object (pair key: (string (string_content) @default) value: (object
    (pair key: (string (string_content) @_summary) value: (string (string_content) @doc)))) @definition.operation))))))
  (#any-of? @_paths "paths" "webhooks") (#eq? @_summary "summary"))
((document (object (pair key: (string (string_content) @_paths) value: (object (pair
  value: (object (pair key: (string (string_content) @default) value: (object)) @definition.operation))))))
  (#any-of? @_paths "paths" "webhooks") (#any-of? @default "get" "put" "post" "delete" "options" "head" "patch" "trace"))

((document (object (pair key: (string (string_content) @_components) value: (object (pair
  value: (object (pair key: (string (string_content) @name) value: (_) @body) @definition.component))))))
  (#eq? @_components "components"))
((document (object (pair key: (string (string_content) @_components)
  value: (object (pair key: (string (string_content) @name) value: (_) @body) @definition.component))))
  (#any-of? @_components "definitions" "parameters" "responses"))
((document (object (pair key: (string (string_content) @_info)
  value: (object (pair key: (string (string_content) @_title) value: (string (string_content) @doc.file))))))
  (#eq? @_info "info") (#eq? @_title "title"))

((pair key: (string (string_content) @_ref) value: (string (string_content) @name)) @reference.pointer (#eq? @_ref "$ref"))
