; name = "workflow"
; keyed = true
; places = ['(?:^|/)\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$', '(?:^|/)action\.ya?ml$']
; package_files = ["action"]
; self_names = []

name                  @doc.file
description           @doc.file
jobs.*                @definition.job
jobs.*.name           @doc
jobs.*.needs          @reference.call
jobs.*.needs.-        @reference.call
jobs.*.uses           @reference.import
jobs.*.steps.-.uses   @reference.import
runs.steps.-.uses     @reference.import
