"""Tell what became of every referral, and count it the same way for everybody."""
