{{ identity_tier(tier=3, previous='int_identity__tier_2_reference') }}
