"""What the platform costs, each measure taken beside what it may fairly be compared with."""
