{{ identity_tier(tier=6, previous='int_identity__tier_5_name_city') }}
