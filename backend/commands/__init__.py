"""What the command line ``jiefen`` does, one module per group of commands; ``backend.cli`` holds the parser."""
