{{ identity_tier(tier=1, previous=ref('int_identity__tier_0_steward')) }}
