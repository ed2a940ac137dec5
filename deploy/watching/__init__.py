"""What Grafana and the Prometheus operator are given, written out of a few lines for each panel."""
