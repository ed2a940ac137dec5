"""September: thousands of referrals with their journeys, and what they cost the whole platform."""
