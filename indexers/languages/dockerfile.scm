; name = "dockerfile"
; grammar = "tree_sitter_containerfile"
; extensions = [".dockerfile", ".containerfile"]
; filenames = ["Dockerfile", "Containerfile", "dockerfile"]
; self_names = []

(from_instruction as: (image_alias) @name) @definition.stage
(arg_instruction (arg_pair name: (_) @name)) @definition.variable
(env_instruction (env_pair name: (_) @name)) @definition.variable
(label_instruction (label_pair key: (_) @_key))

(from_instruction (image_spec name: (image_name) @module)) @reference.import
