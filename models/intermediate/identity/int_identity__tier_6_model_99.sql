{{ identity_tier(tier=6, previous=ref('int_identity__tier_5_name_city')) }}
