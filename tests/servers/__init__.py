"""Real servers for the tests: given by the environment, in Docker, or as processes."""
