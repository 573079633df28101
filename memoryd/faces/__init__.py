"""The faces (command line, HTTP, MCP) parse a request, ask the same core, and print its answer."""
