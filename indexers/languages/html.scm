; name = "html"
; grammar = "tree_sitter_html"
; extensions = [".html", ".htm", ".xhtml"]
; family = "web"
; self_names = []

; An element with an id is found by it.
((element (start_tag (attribute (attribute_name) @_id [
  (quoted_attribute_value (attribute_value) @name)
  (attribute_value) @name
])) @head) @definition.element (#eq? @_id "id") (#match? @name "^[\\w:.-]+$"))
((element (self_closing_tag (attribute (attribute_name) @_id [
  (quoted_attribute_value (attribute_value) @name)
  (attribute_value) @name
])) @head) @definition.element (#eq? @_id "id") (#match? @name "^[\\w:.-]+$"))

((attribute (attribute_name) @_class (quoted_attribute_value (attribute_value) @name)) @reference.words
  (#any-of? @_class "class" "for" "aria-labelledby" "aria-describedby" "aria-controls"))
((tag_name) @name @reference.type (#match? @name "^[a-z]+-[\\w-]+$"))
((end_tag (tag_name) @ignore) (#match? @ignore "-"))
((element (start_tag (tag_name) @_link (attribute (attribute_name) @_href (quoted_attribute_value (attribute_value) @module))))
  @reference.import (#eq? @_link "link") (#eq? @_href "href"))
((script_element (start_tag (attribute (attribute_name) @_src (quoted_attribute_value (attribute_value) @module)))) @reference.import
  (#eq? @_src "src"))
