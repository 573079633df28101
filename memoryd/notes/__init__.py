"""Notes: the why of a project, kept as files beside its code and checked against it before anyone reads them."""
