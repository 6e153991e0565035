{{ identity_tier(tier=2, previous=ref('int_identity__tier_1_npi')) }}
