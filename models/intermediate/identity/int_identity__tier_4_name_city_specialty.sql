{{ identity_tier(tier=4, previous='int_identity__tier_3_email') }}
