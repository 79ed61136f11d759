"""HTTP routes of the public port, one module per topic; ``backend.main`` wires them."""
