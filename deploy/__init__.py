"""How the platform is deployed where containers run, and what proves it without a cluster."""
