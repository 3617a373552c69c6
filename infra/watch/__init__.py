"""What the operator sees: alarms that tell one topic, and a dashboard for each domain and one over all."""
