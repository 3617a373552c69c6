"""Staff's jobs: schedules and what runs by them, codes by SMS, and the history of every job of the product."""
