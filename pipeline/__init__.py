"""Options, the graph, and how it is run. Only this package reads the command line and the environment."""
