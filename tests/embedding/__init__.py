"""How the package lives inside host applications of every shape."""
