{{ identity_tier(tier=3, previous=ref('int_identity__tier_2_reference')) }}
