"""Facts that intake announces: associations, people, consents, referrals and mentors."""
