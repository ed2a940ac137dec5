"""The whole platform on one machine: real servers, six services, no container."""
