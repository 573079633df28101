; name = "openapi_yaml"
; keyed = true
; sniff = { ".yaml" = '^(?:openapi["\x27]?[ \t]*:[ \t]*["\x27]?3|swagger["\x27]?[ \t]*:[ \t]*["\x27]?2)', ".yml" = '^(?:openapi["\x27]?[ \t]*:[ \t]*["\x27]?3|swagger["\x27]?[ \t]*:[ \t]*["\x27]?2)' }
; family = "openapi"
; self_names = []

info.title                  @doc.file
info.description            @doc.file
paths|webhooks.*            @definition.path
paths|webhooks.*.get|put|post|delete|options|head|patch|trace                @definition.operation
paths|webhooks.*.get|put|post|delete|options|head|patch|trace.operationId    @name
paths|webhooks.*.get|put|post|delete|options|head|patch|trace.operationId    @route
paths|webhooks.*.get|put|post|delete|options|head|patch|trace.summary        @doc
paths|webhooks.*.get|put|post|delete|options|head|patch|trace.description    @doc
components.*.*              @definition.component
definitions.*               @definition.component
parameters.*                @definition.component
responses.*                 @definition.component
components.*.*.description  @doc
definitions.*.description   @doc
**.$ref                     @reference.pointer
