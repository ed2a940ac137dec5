"""The policy lab: one history of arrivals under other rules, before anybody lives under them."""
