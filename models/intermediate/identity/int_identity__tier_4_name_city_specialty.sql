{{ identity_tier(tier=4, previous=ref('int_identity__tier_3_email')) }}
