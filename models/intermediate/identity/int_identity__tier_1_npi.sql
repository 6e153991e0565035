{{ identity_tier(tier=1, previous='int_identity__tier_0_steward') }}
