"""Hold what is deployed on Kubernetes against what the code says, without a cluster."""
