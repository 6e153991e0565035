{{ identity_tier(tier=2, previous='int_identity__tier_1_npi') }}
